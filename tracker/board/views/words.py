"""The four words in a form: whose answer they open, and how often wrong ones may be tried.

They travel in hidden fields from one page to the next: never in a URL, a log or a cookie.
"""

from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from limits import parse
from sqlalchemy.orm import Session

from tracker.responses.models import SurveyResponse
from tracker.responses.queries import response_by_receipt
from tracker.web.limits import guess_key, limiter

# Wrong words from one address; right ones aren't counted, so a whole class can look at once.
WRONG_WORDS = "20 per minute; 200 per hour"
LONGEST = 200


def _were_wrong(response: Response) -> bool:
    return response.status_code == 422


# One count for every page that takes words.
limited = limiter.shared_limit(
    WRONG_WORDS, scope="receipts", methods=["POST"], deduct_when=_were_wrong
)


def typed_words() -> str:
    """What was typed as four words, to be shown or carried on."""
    return request.form.get("words", "")[:LONGEST]


# The brake for everybody: so many wrong words in a minute, from wherever, are no slips of the finger.
# While it is on, each connection has a few wrong tries a minute and no more. Right words are never
# counted, so nobody outside a school can lock it out.
ALARM = parse("600 per minute")
WHILE_ALARMED = parse("5 per minute")


def response_meant(session: Session) -> SurveyResponse | None:
    """The response that the words in the form open. While the brake is on, perhaps a 429 instead."""
    counters, guesser = limiter.limiter, guess_key("while alarmed")
    if not (counters.test(ALARM, "wrong words") or counters.test(WHILE_ALARMED, guesser)):
        abort(429)
    keys = current_app.config["LOOPKEEPER"].derived_keys("receipts")
    found = response_by_receipt(session, request.form.get("words", ""), *keys)
    if found is None:
        counters.hit(ALARM, "wrong words")
        counters.hit(WHILE_ALARMED, guesser)
    return found


def ask_again(**more: Any) -> ResponseReturnValue:
    """The words open nothing: ask for them once more, with what was typed."""
    page = render_template("board/answer.html", typed=typed_words(), is_wrong=True, **more)
    return page, 422
