"""What the tablet's script sends, and the answers in JSON: answers, signs of life, the PIN."""

from typing import Any
from uuid import uuid4

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.actions.queries import action_or_404
from tracker.board.forms import verdict_sent
from tracker.clock import local_date, utc_now
from tracker.db import current_session
from tracker.errors import Conflict, LoopkeeperError, NotFound
from tracker.kiosk import operations, policy, queries
from tracker.kiosk.views.blueprint import bp
from tracker.kiosk.views.tablet import survey_of
from tracker.languages import current_language
from tracker.responses.models import Source
from tracker.responses.operations import TakenBack, submit_response
from tracker.responses.policy import submission_id_from
from tracker.services.queries import organisation
from tracker.surveys.policy import read_answers
from tracker.surveys.translated import language_for
from tracker.verdicts.operations import give_verdict_at_kiosk
from tracker.web.limits import guess_key, limiter
from tracker.web.sealed import opened

_WRONG_PINS = "5 per 15 minutes"


class KioskEnded(Conflict):
    """The kiosk was ended so long ago that nothing comes in through it any more."""

    def __init__(self) -> None:
        super().__init__("This kiosk was ended long ago. Start a new one.")


def _kept(is_kept: bool, status: int, **said: Any) -> Response:
    page = jsonify(**said)
    page.status_code = status
    page.headers["Answer-Kept"] = "yes" if is_kept else "no"
    return page


@bp.post("/kiosk/<kiosk_token>/s/<survey_code>")
@public
def receive(kiosk_token: str, survey_code: str) -> ResponseReturnValue:
    """Take an answer, at once or from the tablet's queue; each one once."""
    try:
        return _taken(kiosk_token, survey_code)
    except TakenBack:
        current_session().rollback()
        return _kept(True, 200, words=[])  # so that it doesn't stay on the tablet either
    except LoopkeeperError as refusal:
        current_session().rollback()
        return _kept(False, 404 if isinstance(refusal, NotFound) else 400, message=refusal.message)


def _taken(kiosk_token: str, survey_code: str) -> Response:
    session, now = current_session(), utc_now()
    kiosk = queries.kiosk_by_token(session, kiosk_token)
    if not policy.brings_latecomers(
        kiosk.ended_on, local_date(now, organisation(session).time_zone)
    ):
        raise KioskEnded
    survey = survey_of(kiosk, survey_code)
    settings = current_app.config["LOOPKEEPER"]
    typed = opened(request.form, settings)
    answers = read_answers(survey.questions, typed)
    if answers.errors:
        return _kept(False, 400, message=next(iter(answers.errors.values())))
    submitted = submit_response(
        session,
        survey,
        answers.values,
        submission_id=submission_id_from(typed.get("submission_id", "")) or uuid4(),
        key=settings.derived_key("receipts"),
        now=now,
        source=Source.KIOSK,
        language=language_for(survey, typed.get("language", current_language())),
    )
    session.commit()
    return _kept(True, 200, words=(submitted.words or "").split())


@bp.post("/kiosk/<kiosk_token>/hello")
@public
def hello(kiosk_token: str) -> ResponseReturnValue:
    """A sign of life: how many answers wait on the tablet. It hears whether it was ended."""
    session = current_session()
    kiosk = queries.kiosk_by_token(session, kiosk_token)
    typed = request.form.get("waiting", "")
    waiting = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0
    operations.hear_of(session, kiosk, waiting=waiting, now=utc_now())
    session.commit()
    return jsonify(ended=kiosk.ended_on is not None)


def _was_wrong(response: Response) -> bool:
    return response.status_code == 403


def _at_this_kiosk() -> str:
    return guess_key(f"PIN {request.view_args}")


_pin_limited = limiter.limit(_WRONG_PINS, key_func=_at_this_kiosk, deduct_when=_was_wrong)


@bp.post("/kiosk/<kiosk_token>/unlock")
@public
@_pin_limited
def unlock(kiosk_token: str) -> ResponseReturnValue:
    """Whether this is the PIN; with `leave`, the kiosk is ended as well."""
    session = current_session()
    kiosk = queries.kiosk_by_token(session, kiosk_token)
    if not policy.is_pin(request.form.get("pin", ""), kiosk.pin_salt, kiosk.pin_hash):
        return jsonify(right=False), 403
    if "leave" in request.form:
        operations.end_kiosk(session, kiosk, now=utc_now())
        session.commit()
    return jsonify(right=True)


@bp.post("/kiosk/<kiosk_token>/verdicts")
@public
def verdict(kiosk_token: str) -> ResponseReturnValue:
    """What a child at the kiosk says of a change."""
    session = current_session()
    kiosk = queries.kiosk_by_token(session, kiosk_token)
    action_id, value, why = verdict_sent(request.form)
    action = action_or_404(session, action_id)
    is_asked = kiosk.asks_verdicts and kiosk.ended_on is None
    if not is_asked or action.consultation.service_id != kiosk.service_id:
        raise NotFound("This kiosk doesn't ask about that.")
    give_verdict_at_kiosk(session, action, value, why, now=utc_now())
    session.commit()
    return jsonify(given=value)
