"""The page for a form that was sent again after its respondent took the answer back.

It shows nothing that was typed: whoever reads it may be the next person on this phone. What was
typed goes along unseen, so that it can still be sent as a new answer.
"""

from uuid import uuid4

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.abuse import gate
from tracker.clock import utc_now
from tracker.consultations.policy import ConsultationState
from tracker.db import reading
from tracker.responses.operations import TakenBack
from tracker.responses.views.checking import carried
from tracker.surveys.models import Survey
from tracker.surveys.question_types import Form


def taken_back_page(
    session: Session, survey: Survey, typed: Form, refusal: TakenBack
) -> ResponseReturnValue:
    """That the answer was taken back and nothing was kept again, with the ways to answer anew."""
    new_id = uuid4()
    session.rollback()
    with reading():
        page = render_template(
            "responses/taken_back.html",
            survey=survey,
            consultation=survey.consultation,
            help_nation=survey.consultation.help_page or None,
            is_erased=refusal.is_erased,
            is_open=survey.consultation.state is ConsultationState.OPEN,
            new_id=new_id,
            seal=gate.seal_press(new_id, utc_now()),
            pairs=carried(typed),
        )
    return page, 409
