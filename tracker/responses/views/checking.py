"""What stands between an answer that was sent and its being taken: one more press, or a short wait.

Nothing is ever lost here: each page carries everything that was typed, and shows it.
"""

import math
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.abuse import gate, policy
from tracker.abuse.policy import Ask
from tracker.clock import utc_now
from tracker.db import reading
from tracker.responses.forms import typed_in_words
from tracker.surveys.models import Survey
from tracker.surveys.question_types import Form

# Fields of a form that belong to one page and are made anew for the next.
_OF_ONE_PAGE = frozenset({"submission_id", *gate.FIELDS})


def carried(typed: Form, but: Collection[str] = _OF_ONE_PAGE) -> list[tuple[str, str]]:
    """What a page carries along unseen, so that it can be sent again."""
    return [pair for pair in typed.items(multi=True) if pair[0] not in but]


def page_that_asks(
    session: Session, survey: Survey, submission_id: UUID, typed: Form, ask: Ask
) -> ResponseReturnValue | None:
    """The page that asks for something before this answer is taken, or None if nothing is asked.

    A queue that sends without anybody looking may send again with the seal in the header
    `Loopkeeper-Seal`: a page that asks for one press needs nothing more.
    """
    if ask is Ask.NOTHING:
        return None
    now = utc_now()
    session.rollback()
    with reading():
        if ask is Ask.PRESS:
            return _press_page(survey, submission_id, typed, gate.seal_press(submission_id, now))
        return _proof_page(survey, submission_id, typed, now)


def _press_page(survey: Survey, submission_id: UUID, typed: Form, seal: str) -> ResponseReturnValue:
    page = make_response(
        render_template(
            "responses/press.html",
            survey=survey,
            help_nation=survey.consultation.help_page or None,
            submission_id=submission_id,
            seal=seal,
            pairs=carried(typed),
            kept=typed_in_words(survey.questions, typed),
        ),
        400,
    )
    page.headers["Loopkeeper-Seal"] = seal
    return page


def _proof_page(
    survey: Survey, submission_id: UUID, typed: Form, now: datetime
) -> ResponseReturnValue:
    seal, turn = gate.seal_wait(submission_id, typed, now)
    return render_template(
        "responses/prove.html",
        survey=survey,
        help_nation=survey.consultation.help_page or None,
        submission_id=submission_id,
        seal=seal,
        seconds=max(1, math.ceil((turn - now).total_seconds())),
        zero_bits=policy.ZERO_BITS,
        pieces=policy.PIECES,
        pairs=carried(typed),
        kept=typed_in_words(survey.questions, typed),
    ), 429
