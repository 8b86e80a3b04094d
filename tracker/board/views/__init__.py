"""The public board, and "where is my answer now?". No cookie, no session, no script needed."""

from tracker.board.views.answer import answer
from tracker.board.views.blueprint import bp
from tracker.board.views.changing import correct, withdraw
from tracker.board.views.feeds import consultation_feed, feed
from tracker.board.views.pages import consultation, index

__all__ = [
    "answer",
    "bp",
    "consultation",
    "consultation_feed",
    "correct",
    "feed",
    "index",
    "withdraw",
]
