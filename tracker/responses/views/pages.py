"""What a respondent is shown around the form: the form itself, why there is none, the thanks."""

from typing import Any
from uuid import UUID, uuid4

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.abuse import gate
from tracker.abuse.operations import InvitationMissing, InvitationUsed
from tracker.clock import utc_now
from tracker.consultations.policy import ConsultationState
from tracker.db import current_session, has_begun, reading
from tracker.languages import current_language
from tracker.responses import policy
from tracker.responses.forms import typed_in_words
from tracker.responses.views.checking import carried
from tracker.safeguarding.helplines import CHILDLINE, SHOUT
from tracker.surveys.models import Survey
from tracker.surveys.policy import Answers
from tracker.surveys.queries import variants_of
from tracker.surveys.question_types import Form, type_of
from tracker.surveys.translated import TranslatedSurvey, in_language, language_for

NO_ANSWERS = Answers()


def as_read(survey: Survey) -> Survey | TranslatedSurvey:
    """The survey as this reader reads it: in the language of the page if it is offered in that."""
    return in_language(survey, language_for(survey, current_language()))


def form_page(
    survey: Survey,
    submission_id: UUID | str,
    typed: Form,
    answers: Answers = NO_ANSWERS,
    template: str = "responses/form.html",
    **more: Any,
) -> str:
    asked = [question for question in survey.questions if type_of(question).asks]
    return render_template(
        template,
        survey=as_read(survey),
        consultation=survey.consultation,
        help_nation=survey.consultation.help_page or None,
        asked=len(asked),
        minutes=policy.estimated_minutes(survey.questions),
        variants=[as_read(each) for each in variants_of(current_session(), survey)],
        submission_id=submission_id,
        typed=typed,
        errors=answers.errors,
        helplines=(CHILDLINE, SHOUT),
        **more,
    )


def form_for_kiosk(survey: Survey, template: str, **more: Any) -> str:
    """The form as a kiosk shows it: `template` extends the form's own and knows `more`."""
    return form_page(survey, uuid4(), Form(), template=template, seal="", **more)


def mend_again(
    session: Session,
    survey: Survey,
    submission_id: UUID,
    typed: Form,
    answers: Answers,
    *,
    message: str = "",
    gone: list[str] | None = None,
) -> ResponseReturnValue:
    """The form once more, with everything that was typed and what to mend. Nothing is stored."""
    session.rollback()
    with reading():
        page = form_page(
            survey,
            submission_id,
            typed,
            answers,
            seal=gate.seal_press(submission_id, utc_now()),
            invitation=typed.get("invitation", ""),
            message=message,
            gone=gone or [],
        )
    return page, 400


def uninvited(
    session: Session,
    survey: Survey,
    submission_id: UUID,
    typed: Form,
    refusal: InvitationMissing | InvitationUsed,
) -> ResponseReturnValue:
    """Nothing is sent without an invitation that is still good; all that was typed stays."""
    session.rollback()
    why = "unknown" if typed.get("invitation") else "missing"
    if isinstance(refusal, InvitationUsed):
        why = "used"
    with reading():
        page = render_template(
            "responses/invited.html",
            why=why,
            survey=survey,
            help_nation=survey.consultation.help_page or None,
            submission_id=submission_id,
            seal=gate.seal_press(submission_id, utc_now()),
            pairs=[pair for pair in carried(typed) if pair[0] != "invitation"],
            kept=typed_in_words(as_read(survey).questions, typed),
        )
    return page, 410 if why == "used" else 403


def without_invitation(why: str) -> str:
    """The page that asks for the letters and numbers of an invitation: missing, unknown or used."""
    return render_template("responses/invited.html", why=why, kept=[])


def not_open(survey: Survey, typed: Form | None = None) -> ResponseReturnValue:
    """Why there is no form here; with what was typed, where something was."""
    consultation = survey.consultation
    page = render_template(
        "responses/not_open.html",
        consultation=consultation,
        state=consultation.state.value,
        help_nation=consultation.help_page or None,
        kept=typed_in_words(as_read(survey).questions, typed) if typed else [],
    )
    return page, 404 if consultation.state is ConsultationState.DRAFT else 410


def thanks_page(
    session: Session,
    survey: Survey,
    words: list[str],
    *,
    is_new: bool,
    other: list[tuple[str, str]],
) -> str:
    new_id = uuid4()
    if has_begun(session):
        session.rollback()  # the page may take its time; whoever writes next needn't wait for it
    with reading():
        return render_template(
            "responses/thanks.html",
            survey=survey,
            consultation=survey.consultation,
            help_nation=survey.consultation.help_page or None,
            words=words,
            is_new=is_new,
            other=other,
            new_id=new_id,
            seal=gate.seal_press(new_id, utc_now()),
            helplines=(CHILDLINE, SHOUT),
        )
