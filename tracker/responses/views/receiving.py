"""An answer on its way in: what was sent is read, looked at, stored, and answered with a receipt."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID, uuid4

from flask import Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from tracker.abuse import gate
from tracker.abuse.operations import InvitationMissing, InvitationUsed
from tracker.abuse.policy import Ask
from tracker.clock import utc_now
from tracker.db import db, has_begun, reading
from tracker.errors import NotFound
from tracker.failpoints import reach
from tracker.languages import current_language
from tracker.languages import gettext as _
from tracker.responses import policy
from tracker.responses.forms import typed_for_gone
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import (
    NothingAnswered,
    Row,
    Submitted,
    SurveyClosed,
    TakenBack,
    plain_answer,
    submit_response,
    submitted_before,
)
from tracker.responses.views.checking import carried, page_that_asks
from tracker.responses.views.keeping import KeptSurvey, kept_survey, kept_thanks
from tracker.responses.views.pages import (
    as_read,
    mend_again,
    not_open,
    thanks_page,
    uninvited,
)
from tracker.responses.views.taken_back import taken_back_page
from tracker.surveys.models import Survey
from tracker.surveys.policy import Answers, read_answers
from tracker.surveys.question_types import Form
from tracker.surveys.translated import language_for
from tracker.web.refusals import PLAIN, refusal_page
from tracker.web.sealed import SEALED, SealBroken, opened

Found = TypeVar("Found", Survey, KeptSurvey)

# Where the answers of this process wait for each other's commit.
_row = Row()


def receive(session: Session, code: str) -> Response:
    """Take what was sent to the survey at this address."""
    return _told_queues(_received(session, code))


def _received(session: Session, code: str) -> ResponseReturnValue:
    """Take what was sent; whatever is wrong with it, the page that follows still holds the words."""
    try:
        typed = opened(request.form, current_app.config["LOOPKEEPER"])
    except RequestEntityTooLarge:
        return render_template("responses/too_long.html"), 413
    except SealBroken as broken:
        return refusal_page(400, PLAIN[400][0], broken.message)
    if not typed and request.content_length:
        abort(415)
    kept = found_or_404(kept_survey(session, code))
    survey = kept.survey
    submission_id = policy.submission_id_from(typed.get("submission_id", "")) or uuid4()
    answers = read_answers(as_read(survey).questions, typed)
    ask = Ask.NOTHING
    if _is_in_order(survey, typed, answers):
        ask = gate.ask_of(survey, submission_id, typed, utc_now())
        if ask is Ask.NOTHING and (
            words := _stored_with_others(session, kept, submission_id, typed, answers)
        ):
            return _given(session, kept.of, words)
    survey = kept.of(session)
    asked = _asked_before(session, survey, submission_id, typed, answers, ask)
    if asked is None:
        return _take(session, survey, submission_id, typed, answers)
    # Nothing is asked of what is here already.
    return _known(session, survey, submission_id, typed) or asked


def _is_in_order(survey: Survey, typed: Form, answers: Answers) -> bool:
    """Whether there is nothing to mend, and nothing stands against taking this answer."""
    return (
        policy.accepts(survey.consultation.state, survey.consultation.closed_at, utc_now())
        and bool(answers.values)
        and not (answers.errors or typed_for_gone(survey.questions, typed))
        and not _is_altered()
    )


def _is_altered() -> bool:
    """Whether a sign had to be left out of what was sent."""
    return bool(getattr(request, "is_altered", False))


def _known(
    session: Session, survey: Survey, submission_id: UUID, typed: Form
) -> ResponseReturnValue | None:
    """The thanks once more, or that it was taken back, if this form was taken before."""
    try:
        known = submitted_before(session, survey, submission_id, _key())
    except TakenBack as refusal:
        return taken_back_page(session, survey, typed, refusal)
    return _thanks(session, survey, known, typed) if known else None


def _asked_before(
    session: Session, survey: Survey, submission_id: UUID, typed: Form, answers: Answers, ask: Ask
) -> ResponseReturnValue | None:
    """What has to be mended, or done, before this answer is taken; None if nothing."""
    if not policy.accepts(survey.consultation.state, survey.consultation.closed_at, utc_now()):
        return None  # it is refused, with all that was typed
    gone = typed_for_gone(survey.questions, typed)
    if answers.errors or gone:
        return mend_again(session, survey, submission_id, typed, answers, gone=gone)
    if _is_altered():
        message = _("A sign in what you wrote can’t be kept. Look at it once more, then send it.")
        return mend_again(session, survey, submission_id, typed, answers, message=message)
    return page_that_asks(session, survey, submission_id, typed, ask)


def _take(
    session: Session, survey: Survey, submission_id: UUID, typed: Form, answers: Answers
) -> ResponseReturnValue:
    """Store the answer and give its receipt, or say why not, with everything that was typed."""
    try:
        submitted = submit_response(
            session,
            survey,
            answers.values,
            submission_id=submission_id,
            key=_key(),
            now=utc_now(),
            invitation=typed.get("invitation", ""),
            invitation_keys=invitation_keys(),
            language=_language_of(survey, typed),
        )
    except SurveyClosed:
        return _too_late(session, survey, typed)
    except TakenBack as refusal:
        return taken_back_page(session, survey, typed, refusal)
    except NothingAnswered as nothing:
        return mend_again(session, survey, submission_id, typed, answers, message=nothing.message)
    except (InvitationMissing, InvitationUsed) as refusal:
        return uninvited(session, survey, submission_id, typed, refusal)
    reach("answer.done")
    session.commit()
    reach("answer.committed")
    return _thanks(session, survey, submitted, typed)


def _told_queues(reply: ResponseReturnValue) -> Response:
    """Say in a header what became of the answer, for phones that had to keep it until now.

    Kept; not kept, and to be shown to the person; or something is asked of the person first. A phone
    believes no other reply: it may come from a café's sign-in page, or from a server that is ill.
    """
    page = make_response(reply)
    is_asked = page.status_code == 429 or "Loopkeeper-Seal" in page.headers
    said = "ask" if is_asked else "yes" if page.status_code == 200 else "no"
    page.headers.setdefault("Answer-Kept", said)
    return page


def _too_late(session: Session, survey: Survey, typed: Form) -> ResponseReturnValue:
    session.rollback()
    with reading():
        return not_open(survey, typed)


def _language_of(survey: Survey, typed: Form) -> str:
    """The language in which it was asked."""
    return language_for(survey, typed.get("language", current_language()))


def _stored_with_others(
    session: Session, kept: KeptSurvey, submission_id: UUID, typed: Form, answers: Answers
) -> str:
    """The receipt of an answer that only had to be stored, and is; "" if it is for `submit_response`."""
    plain = plain_answer(
        kept.organisation,
        kept.survey,
        answers.values,
        submission_id=submission_id,
        key=_key(),
        now=utc_now(),
        language=_language_of(kept.survey, typed),
    )
    if plain is None or has_begun(session):
        return ""
    answer, words = plain
    return words if _row.store(db.engine, answer) else ""


def _thanks(
    session: Session, survey: Survey, submitted: Submitted, typed: Form
) -> ResponseReturnValue:
    """The page with the receipt; or, for other words than those we have, what becomes of them."""
    if submitted.is_new:
        return _given(session, lambda _: survey, submitted.words)
    if other := _sent_differently(survey, submitted.response, typed):
        # Whoever sends other words may be the next person on this phone: the receipt isn't theirs.
        page = thanks_page(session, survey, [], is_new=False, other=other)
        return page, 200, {"Answer-Kept": "no"}
    # What waited on a phone is sent by the phone until it knows; to the person it is the first time.
    return _given(session, lambda _: survey, submitted.words, is_new=SEALED in request.form)


def _given(
    session: Session,
    survey_of: Callable[[Session], Survey],
    words: str | None,
    *,
    is_new: bool = True,
) -> ResponseReturnValue:
    """The page with the receipt, given at once and not by a redirect: no address ever holds it."""

    def render(slots: Mapping[str, str]) -> str:
        survey = survey_of(session)
        return thanks_page(session, survey, list(slots.values()), is_new=is_new, other=[])

    return kept_thanks((words or "").split(), is_new=is_new, render=render)


def _sent_differently(survey: Survey, stored: SurveyResponse, typed: Form) -> list[tuple[str, str]]:
    """Everything typed, if it says something else than what is stored under its submission id.

    A page that somebody else finds by going back on a shared phone still carries the first id;
    what they write there must not be lost as "we already have it".
    """
    keys = {question.id: question.key for question in survey.questions}
    kept = {keys.get(answer.question_id): answer.value for answer in stored.answers}
    answers = read_answers(survey.questions, typed)
    if answers.values == kept or not (answers.values or answers.errors):
        return []
    return carried(typed)


def found_or_404(survey: Found | None) -> Found:
    if survey is None:
        raise NotFound(
            _(
                "There is no survey at this address. Check the letters and numbers after “/s/”, "
                "or ask the person who gave it to you."
            )
        )
    return survey


def _key() -> str:
    key: str = current_app.config["LOOPKEEPER"].derived_key("receipts")
    return key


def invitation_keys() -> list[str]:
    keys: list[str] = current_app.config["LOOPKEEPER"].derived_keys("invitations")
    return keys
