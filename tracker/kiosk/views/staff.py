"""For staff: this tablet becomes a kiosk, and any kiosk is ended from anywhere."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_security import logout_user

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.kiosk import operations, queries
from tracker.kiosk.forms import StartForm
from tracker.kiosk.views.blueprint import bp


@bp.route("/staff/consultations/<int:consultation_id>/kiosk", methods=["GET", "POST"])
def start(consultation_id: int) -> ResponseReturnValue:
    """Make the tablet that this page is open on a kiosk, and sign out on it."""
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.OPEN_AND_CLOSE, consultation.service_id)
    offered = queries.surveys_to_offer(session, consultation.service_id)
    own = [str(survey.id) for survey in offered if survey.consultation_id == consultation.id]
    form = StartForm(data={"surveys": own})
    form.offer(offered)
    if not form.validate_on_submit():
        page = render_template(
            "kiosk/start.html",
            consultation=consultation,
            form=form,
            kiosks=queries.kiosks_of(session, consultation.service_id),
        )
        return page, 400 if form.errors else 200
    started = operations.start_kiosk(
        session,
        consultation.service,
        form.chosen,
        name=form.name.data or "",
        pin=form.pin.data or "",
        asks_verdicts=bool(form.asks_verdicts.data),
        person_id=current_person().id,
        now=utc_now(),
    )
    session.commit()
    return _signed_out(url_for("kiosk.home", kiosk_token=started.token))


def _signed_out(onwards: str) -> Response:
    """On to the kiosk, with nothing of the sign-in left on the tablet."""
    logout_user()
    cookie.clear()
    page = make_response(redirect(onwards, 303))
    page.headers["Clear-Site-Data"] = '"cookies"'
    return page


@bp.post("/staff/kiosks/<int:kiosk_id>/end")
def end(kiosk_id: int) -> ResponseReturnValue:
    """End a kiosk wherever its tablet is; it hears of it when it is next online."""
    session = current_session()
    kiosk = queries.kiosk_or_404(session, kiosk_id)
    require(Act.OPEN_AND_CLOSE, kiosk.service_id)
    operations.end_kiosk(session, kiosk, now=utc_now())
    session.commit()
    flash(
        f"“{kiosk.name}” is ended. It stops when it is next online. "
        "Answers that wait on it still come in.",
        "success",
    )
    return redirect(url_for("consultations.index"))
