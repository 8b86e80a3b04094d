"""The outbox and the timelines for staff, and putting a case off."""

from typing import cast

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

from config import Config
from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.channels.policy import CHANNEL_LABELS
from tracker.clock import day_in_words, moment_in_words, utc_now
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.mail.message import is_address
from tracker.mail.transport import transport_of
from tracker.reminders import operations, queries
from tracker.reminders.cadences import cadences
from tracker.reminders.forms import SnoozeForm
from tracker.reminders.models import Mail, MailState
from tracker.reminders.operations import SnoozeRefused
from tracker.reminders.policy import times_in_words
from tracker.reminders.policy.mending import Advice, DeadLetter, advice_on
from tracker.reminders.reading import StoredMail, read_stored
from tracker.reminders.timelines import label_of
from tracker.reminders.timelines import timeline as timeline_of
from tracker.reminders.worker import tick
from tracker.services.queries import organisation

bp = Blueprint("reminders", __name__, url_prefix="/staff")

# The stored message in a frame: its own styles and nothing else; links open beside this page.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


bp.add_app_template_filter(moment_in_words, "moment")


def _settings() -> Config:
    return cast(Config, current_app.config["LOOPKEEPER"])


def _shows_words() -> bool:
    """Whether mails may be read here. Where they are really sent, their links belong to others."""
    return not _settings().smtp_host


@bp.get("/consultations/<int:consultation_id>/reminders")
def timeline(consultation_id: int) -> ResponseReturnValue:
    """Every mail ever sent about a consultation, every one to come, and why."""
    session = current_session()
    consultation = consultation_or_404(session, consultation_id)
    require(Act.SEE_CONSULTATION, consultation.service_id)
    now = utc_now()
    story = timeline_of(session, consultation, now=now)
    return render_template(
        "reminders/timeline.html",
        consultation=consultation,
        story=story,
        can_put_off=queries.cases_that_can_wait(session, story.open_cases, now=now),
        label_of=label_of,
        time_zone=organisation(session).time_zone,
    )


@bp.route("/cases/<int:case_id>/put-off", methods=["GET", "POST"])
def snooze(case_id: int) -> ResponseReturnValue:
    """Hold the next reminders of a case until a day, with a reason."""
    session = current_session()
    case = queries.case_or_404(session, case_id)
    consultation = case.consultation
    require(Act.SNOOZE, consultation.service_id)
    form = SnoozeForm()
    if form.validate_on_submit() and form.until_on.data and form.reason.data:
        until_on = form.until_on.data
        try:
            operations.snooze(
                session,
                case,
                until_on,
                form.reason.data,
                person_id=current_person().id,
                now=utc_now(),
            )
        except SnoozeRefused as refusal:
            session.rollback()
            form.form_errors.append(refusal.message)
        else:
            session.commit()
            flash(f"You will be asked again on {day_in_words(until_on)}.", "success")
            there = url_for("reminders.timeline", consultation_id=consultation.id)
            return redirect(there)
    page = render_template(
        "reminders/snooze.html",
        form=form,
        consultation=consultation,
        cadence=cadences(session).of(consultation.service_id),
        times_in_words=times_in_words,
    )
    return page, 400 if form.errors else 200


@bp.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Every mail, newest first, with what became of it."""
    require(Act.SEE_OUTBOX)
    session = current_session()
    wanted = request.args.get("state", "")
    state = MailState(wanted) if wanted in list(MailState) else None
    page = request.args.get("page", 1, type=int)
    return render_template(
        "reminders/outbox.html",
        outbox=queries.outbox_page(session, state, min(page, 10_000_000)),
        state=state,
        states=list(MailState),
        is_sending=organisation(session).is_sending,
        can_run=_is_demo(),
        time_zone=organisation(session).time_zone,
    )


def _is_demo() -> bool:
    return _settings().demo and _shows_words()


@bp.post("/outbox/send-now")
def send_now() -> ResponseReturnValue:
    """Look at what is due, now. In the demo only: elsewhere the clock does it."""
    require(Act.SEE_OUTBOX)
    if not _is_demo():
        raise NotFound("This button is for the demo. Here the clock looks by itself.")
    settings = _settings()
    # In this request's own session: another one would wait for this one's lock.
    summary = tick(current_session(), transport_of(settings), settings, clock=utc_now)
    mails = "1 mail was" if summary.sent == 1 else f"{summary.sent} mails were"
    if summary.sent:
        flash(f"{mails} written.", "success")
    else:
        flash(
            "No mail was written: nothing is due, or it is outside the hours for reminders "
            "(working days, 9 am to 4 pm).",
            "success",
        )
    return redirect(url_for("reminders.outbox"))


@bp.get("/outbox/<int:mail_id>")
def mail(mail_id: int) -> ResponseReturnValue:
    """One mail: what became of it and, where nothing is really sent, how it looks."""
    require(Act.SEE_OUTBOX)
    session = current_session()
    found = queries.mail_or_404(session, mail_id)
    return render_template(
        "reminders/mail.html",
        mail=found,
        stored=_stored(found),
        channel_labels=CHANNEL_LABELS,
        advice=_advice(found) if found.state is MailState.FAILED else None,
        shows_words=_shows_words(),
        time_zone=organisation(session).time_zone,
    )


def _advice(found: Mail) -> Advice:
    reader = found.recipient
    if reader is None:
        return advice_on(DeadLetter(found.last_error, "", has_left=found.subscription_id is None))
    return advice_on(
        DeadLetter(
            found.last_error,
            reader.name,
            has_left=not reader.active,
            is_bounced=reader.is_bounced,
            has_address=is_address(reader.email),
        )
    )


@bp.get("/outbox/<int:mail_id>/html")
def mail_html(mail_id: int) -> ResponseReturnValue:
    """The HTML of a mail, for the frame on its page."""
    require(Act.SEE_OUTBOX)
    stored = _stored(queries.mail_or_404(current_session(), mail_id))
    if stored is None or not _shows_words():
        raise NotFound("There is nothing to show of this mail.")
    page = stored.html.replace("<head>", '<head><base target="_blank">', 1)
    return Response(page, headers={"Content-Security-Policy": _FRAME_POLICY})


@bp.post("/outbox/<int:mail_id>/send-again")
def send_again(mail_id: int) -> ResponseReturnValue:
    """Take up a mail that was given up."""
    require(Act.SEE_OUTBOX)
    session = current_session()
    found = queries.mail_or_404(session, mail_id)
    operations.send_again(session, found, now=utc_now())
    session.commit()
    flash(
        f"It goes to {found.recipient.name if found.recipient else 'the subscriber'} again with the next mails.",
        "success",
    )
    return redirect(url_for("reminders.outbox"))


def _stored(found: Mail) -> StoredMail | None:
    if found.content is None or found.recipient_id is None:  # the mails of subscribers are sealed
        return None
    return read_stored(found.content)
