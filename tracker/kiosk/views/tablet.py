"""The pages on the tablet: what to answer, the form, "Did it change?". They lead nowhere else."""

from flask import Response, current_app, jsonify, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.consultations.policy import ConsultationState
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.kiosk import policy, queries
from tracker.kiosk.models import Kiosk
from tracker.kiosk.views.blueprint import bp
from tracker.languages import gettext as _
from tracker.responses.views.pages import as_read, form_for_kiosk
from tracker.safeguarding.helplines import EMERGENCY, helplines_of
from tracker.surveys.models import Survey
from tracker.verdicts.policy import VERDICT_LABELS
from tracker.web.sealed import public_key


@bp.get("/kiosk/<kiosk_token>")
@public
def home(kiosk_token: str) -> ResponseReturnValue:
    """Where every child begins: the form itself if there is only one thing to answer."""
    kiosk = queries.kiosk_by_token(current_session(), kiosk_token)
    if kiosk.ended_on is not None:
        return _ended()
    surveys = [survey for survey in kiosk.surveys if _is_open(survey)]
    changes = _changes(kiosk)
    if len(surveys) == 1 and not changes:
        return _page(form_for_kiosk(surveys[0], "kiosk/form.html", **_frame(kiosk, kiosk_token)))
    return _page(
        render_template(
            "kiosk/home.html",
            surveys=[as_read(survey) for survey in surveys],
            changes=changes,
            **_frame(kiosk, kiosk_token),
        )
    )


@bp.get("/kiosk/<kiosk_token>/s/<survey_code>")
@public
def form(kiosk_token: str, survey_code: str) -> ResponseReturnValue:
    """One of the kiosk's surveys."""
    kiosk = queries.kiosk_by_token(current_session(), kiosk_token)
    survey = survey_of(kiosk, survey_code)
    if kiosk.ended_on is not None or not _is_open(survey):
        return _ended()
    return _page(form_for_kiosk(survey, "kiosk/form.html", **_frame(kiosk, kiosk_token)))


@bp.get("/kiosk/<kiosk_token>/changes")
@public
def changes(kiosk_token: str) -> ResponseReturnValue:
    """ "Did it change?", about what the service says it has done."""
    kiosk = queries.kiosk_by_token(current_session(), kiosk_token)
    if kiosk.ended_on is not None:
        return _ended()
    page = render_template(
        "kiosk/changes.html",
        changes=_changes(kiosk),
        verdicts=VERDICT_LABELS,
        **_frame(kiosk, kiosk_token),
    )
    return _page(page)


@bp.get("/kiosk/<kiosk_token>/app.webmanifest")
@public
def manifest(kiosk_token: str) -> ResponseReturnValue:
    """What "Add to home screen" asks for, so that the tablet shows the kiosk and nothing round it."""
    kiosk = queries.kiosk_by_token(current_session(), kiosk_token)
    page = jsonify(
        name=kiosk.name,
        start_url=url_for("kiosk.home", kiosk_token=kiosk_token),
        scope=url_for("kiosk.home", kiosk_token=kiosk_token),
        display="fullscreen",
        icons=[],
    )
    page.mimetype = "application/manifest+json"
    return page


def survey_of(kiosk: Kiosk, code: str) -> Survey:
    """The kiosk's survey with this code, or `NotFound`."""
    found = next((survey for survey in kiosk.surveys if survey.code == code), None)
    if found is None:
        raise NotFound(_("This kiosk doesn’t ask that. Please tell a member of staff."))
    return found


def _is_open(survey: Survey) -> bool:
    return survey.consultation.state is ConsultationState.OPEN


def _changes(kiosk: Kiosk) -> list[queries.Change]:
    if not kiosk.asks_verdicts:
        return []
    return queries.changes_to_judge(current_session(), kiosk.service_id)


def _frame(kiosk: Kiosk, token: str) -> dict[str, object]:
    nation = kiosk.service.nation
    return {
        "kiosk": kiosk,
        "token": token,
        "rounds": policy.PIN_ROUNDS,
        "key": public_key(current_app.config["LOOPKEEPER"]),
        "numbers": (EMERGENCY, *helplines_of(nation)),
    }


def _page(text: str) -> Response:
    """Never from a cache of the browser's, whose Back would show what stood in it."""
    page = make_response(text)
    page.headers["Cache-Control"] = "no-store"
    return page


def _ended() -> ResponseReturnValue:
    return render_template("kiosk/ended.html"), 410
