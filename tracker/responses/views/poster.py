"""The poster that brings young people to a survey, and its QR code to put elsewhere."""

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.db import current_session
from tracker.responses.views.blueprint import bp
from tracker.surveys.models import Survey
from tracker.surveys.queries import survey_or_404
from tracker.web import qr


@bp.get("/staff/surveys/<int:survey_id>/poster")
def poster(survey_id: int) -> ResponseReturnValue:
    survey = _survey(survey_id)
    address = _address(survey)
    return render_template(
        "responses/poster.html",
        survey=survey,
        consultation=survey.consultation,
        qr=Markup(qr.inline_svg(address)),  # noqa: S704  (drawn by us from our own address)
        short_address=address.partition("://")[2],
    )


@bp.get("/staff/surveys/<int:survey_id>/qr.<any(svg, png):kind>")
def qr_code(survey_id: int, kind: str) -> ResponseReturnValue:
    """The QR code alone, as a file."""
    survey = _survey(survey_id)
    draw, mimetype = (qr.svg, "image/svg+xml") if kind == "svg" else (qr.png, "image/png")
    page = Response(draw(_address(survey)), mimetype=mimetype)
    page.headers["Content-Disposition"] = f"attachment; filename={survey.code}.{kind}"
    return page


def _survey(survey_id: int) -> Survey:
    survey = survey_or_404(current_session(), survey_id)
    require(Act.SEE_CONSULTATION, survey.consultation.service_id)
    return survey


def _address(survey: Survey) -> str:
    base_url: str = current_app.config["LOOPKEEPER"].base_url
    return base_url + url_for("responses.form", code=survey.code)
