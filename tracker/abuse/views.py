"""Staff: who can answer a survey, invitations, and what is asked of machines."""

import csv
import io

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from config import Config
from tracker.abuse import gate, operations, policy, queries
from tracker.abuse.forms import HOURS, InviteForm, SumForm
from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.surveys.models import Survey
from tracker.surveys.queries import survey_or_404
from tracker.web import qr

bp = Blueprint("abuse", __name__, url_prefix="/staff/surveys/<int:survey_id>")


@bp.get("/protect")
def protect(survey_id: int) -> ResponseReturnValue:
    """Who can answer, and what is done about spam."""
    survey = _survey(survey_id)
    return _page(survey, InviteForm(), _sum_form(survey))


@bp.post("/by-invitation")
def by_invitation(survey_id: int) -> ResponseReturnValue:
    """Open the survey to people with an invitation alone (`on` is 1), or to everybody."""
    survey, session = _survey(survey_id), current_session()
    is_on = request.form.get("on") == "1"
    operations.set_by_invitation(
        session, survey, is_on, person_id=current_person().id, now=utc_now()
    )
    session.commit()
    flash(
        "Only people with an invitation can answer now."
        if is_on
        else "Everybody who has the address can answer now."
    )
    return redirect(url_for("abuse.protect", survey_id=survey.id))


@bp.post("/invitations")
def make(survey_id: int) -> ResponseReturnValue:
    """Make links and show them, this once: they are stored as hashes alone."""
    survey, session, form = _survey(survey_id), current_session(), InviteForm()
    if not form.validate_on_submit():
        return _page(survey, form, _sum_form(survey))
    codes = operations.make_invitations(
        session,
        survey,
        form.number.data or 0,
        form_id=form.id_of_form,
        key=_keys()[0],
        person_id=current_person().id,
        now=utc_now(),
    )
    if not survey.by_invitation:
        operations.set_by_invitation(
            session, survey, True, person_id=current_person().id, now=utc_now()
        )
    session.commit()
    return render_template(
        "abuse/make.html",
        survey=survey,
        consultation=survey.consultation,
        slips=[(policy.shown(code), _picture(code)) for code in codes],
        codes=" ".join(codes),
        short_address=_address("").partition("://")[2].rstrip("/"),
    )


@bp.post("/invitations.csv")
def codes_csv(survey_id: int) -> ResponseReturnValue:
    """The codes that the page of slips carried, as a table: they aren't stored here."""
    survey = _survey(survey_id)
    read = (policy.read_code(word) for word in request.form.get("codes", "").split())
    codes = [code for code in read if code and policy.is_ours(code, _keys())]
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["Code", "Link"])
    rows.writerows((policy.shown(code), _address(code)) for code in codes)
    page = Response(table.getvalue(), mimetype="text/csv")
    page.headers["Content-Disposition"] = f"attachment; filename=invitations-{survey.code}.csv"
    page.headers["Cache-Control"] = "no-store"
    return page


@bp.route("/invitations/call-in", methods=["GET", "POST"])
def call_in(survey_id: int) -> ResponseReturnValue:
    """Make every unused link worthless, after asking."""
    survey, session, form = _survey(survey_id), current_session(), InviteForm()
    count = queries.count_invitations(session, survey.id)
    if request.method == "GET":
        return render_template("abuse/call_in.html", survey=survey, form=form, count=count)
    called_in = operations.call_in(
        session,
        survey,
        form_id=form.id_of_form,
        person_id=current_person().id,
        now=utc_now(),
    )
    session.commit()
    flash(f"{called_in} unused links are worthless now.")
    return redirect(url_for("abuse.protect", survey_id=survey.id))


@bp.post("/sum")
def ask_sum(survey_id: int) -> ResponseReturnValue:
    """Ask a sum of every phone, for so long."""
    survey, session, form = _survey(survey_id), current_session(), SumForm()
    if not form.validate_on_submit():
        return _page(survey, InviteForm(), form)
    hours = int(form.hours.data)
    operations.guard(session, survey, hours=hours, person_id=current_person().id, now=utc_now())
    session.commit()
    flash(
        f"A sum is asked of every phone now: {HOURS[hours].lower()}."
        if hours
        else "A sum is asked only when far more comes in than usual."
    )
    return redirect(url_for("abuse.protect", survey_id=survey.id))


def _page(survey: Survey, invite: InviteForm, sums: SumForm) -> ResponseReturnValue:
    now = utc_now()
    return render_template(
        "abuse/protect.html",
        survey=survey,
        invite=invite,
        sums=sums,
        count=queries.count_invitations(current_session(), survey.id),
        is_on_guard=gate.is_on_guard(survey, now),
        is_attacked=gate.watch.is_attacked(survey.id, now),
    )


def _sum_form(survey: Survey) -> SumForm:
    """The form with what is in force: a sum that is on counts as asked for the shortest time."""
    is_on = gate.is_on_guard(survey, utc_now())
    return SumForm(data={"hours": str(min(HOURS)) if is_on else "0"})


def _survey(survey_id: int) -> Survey:
    survey = survey_or_404(current_session(), survey_id)
    require(Act.OPEN_AND_CLOSE, survey.consultation.service_id)
    return survey


def _picture(code: str) -> Markup:
    return Markup(qr.inline_svg(_address(code)))  # noqa: S704  (drawn by us from our own address)


def _address(code: str) -> str:
    path = url_for("responses.invited", code=policy.shown(code)) if code else "/i/"
    return _settings().base_url + path


def _keys() -> list[str]:
    return _settings().derived_keys("invitations")


def _settings() -> Config:
    settings: Config = current_app.config["LOOPKEEPER"]
    return settings
