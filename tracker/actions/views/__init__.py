"""What we did: every theme with its answers, recording them, their history."""

from tracker.actions.views.blueprint import bp
from tracker.actions.views.history import discard, history, publish, stop
from tracker.actions.views.merging import merge
from tracker.actions.views.overview import index
from tracker.actions.views.recording import record, revise

__all__ = ["bp", "discard", "history", "index", "merge", "publish", "record", "revise", "stop"]
