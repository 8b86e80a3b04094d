"""The safeguarding lead's pages: what is flagged, its words, the record of what was done.

Nobody else opens them, and neither does a lead whose name stands in the text. That the words were
read is itself on the record, so they are shown after a button and never by an address alone.
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.responses.forms import SOURCE_LABELS
from tracker.safeguarding import operations as record
from tracker.safeguarding.models import Flag
from tracker.safeguarding.operations import FlagClosed, NothingWritten
from tracker.safeguarding.policy import CATEGORY_WORDS, Category, Hours, acknowledge_by
from tracker.safeguarding.queries import (
    MOST_SHOWN,
    closed_flags,
    flag_or_404,
    guardians_of,
    open_flags,
)
from tracker.services.queries import organisation
from tracker.worries import operations
from tracker.worries.forms import KEEP_OPEN, NO_WORRY, WORRY, RecordForm
from tracker.worries.queries import answer_of, is_reading

bp = Blueprint("worries", __name__, url_prefix="/staff/worries")


@bp.get("")
def index() -> ResponseReturnValue:
    require(Act.READ_SAFEGUARDING)
    session, now, reader = current_session(), utc_now(), current_person()
    waiting = open_flags(session, reader.id)
    held = organisation(session)
    hours = Hours(held.acknowledge_hours, held.escalate_hours)
    return render_template(
        "worries/index.html",
        flags=waiting[:MOST_SHOWN],
        number=len(waiting),
        unacknowledged=sum(flag.acknowledged_at is None for flag in waiting),
        closed=closed_flags(session, reader.id),
        ages={flag.id: age_in_words(flag, now) for flag in waiting[:MOST_SHOWN]},
        late={flag.id for flag in waiting if acknowledge_by(flag.raised_at, hours) <= now},
        hours=hours,
        order=guardians_of(session),
        reader=reader,
        is_sending=held.is_sending,
        categories=categories_of,
    )


@bp.get("/<uuid:flag_id>")
def flag(flag_id: UUID) -> ResponseReturnValue:
    require(Act.READ_SAFEGUARDING)
    return _flag_page(flag_id, RecordForm(formdata=None))


def _flag_page(flag_id: UUID, form: RecordForm) -> str:
    session, now, reader = current_session(), utc_now(), current_person()
    found = flag_or_404(session, flag_id, reader.id)
    return render_template(
        "worries/flag.html",
        flag=found,
        age=age_in_words(found, now),
        answer=answer_of(session, found) if is_reading(found, reader.id, now) else None,
        is_reading=is_reading(found, reader.id, now),
        rules=[(rule["phrase"], _category_words(rule)) for rule in found.rules],
        sources=SOURCE_LABELS,
        form=form,
        zone=organisation(session).time_zone,
    )


@bp.post("/<uuid:flag_id>/read")
def read(flag_id: UUID) -> ResponseReturnValue:
    """Write down that the words are read, then show them."""
    require(Act.READ_SAFEGUARDING)
    session, reader = current_session(), current_person()
    found = flag_or_404(session, flag_id, reader.id)
    record.note_opened(session, found, person_id=reader.id, now=utc_now())
    session.commit()
    return redirect(url_for("worries.flag", flag_id=flag_id))


@bp.post("/acknowledge")
def acknowledge() -> ResponseReturnValue:
    """Stop the clock of the flags chosen."""
    require(Act.READ_SAFEGUARDING)
    session, reader = current_session(), current_person()
    name = "shown" if "all" in request.form else "flag"
    chosen = set(request.form.getlist(name)[:MOST_SHOWN])
    flags = [each for each in open_flags(session, reader.id) if str(each.id) in chosen]
    number = record.acknowledge(session, flags, person_id=reader.id, now=utc_now())
    session.commit()
    flash(_acknowledged_words(number), "success")
    if "stay" in request.form and flags:
        return redirect(url_for("worries.flag", flag_id=flags[0].id))
    return redirect(url_for("worries.index"))


def _acknowledged_words(number: int) -> str:
    if number == 0:
        return "Nothing to do: these had been acknowledged already."
    what = "It is" if number == 1 else f"{number} are"
    return f"{what} acknowledged: nobody else is told about {'it' if number == 1 else 'them'}."


@bp.post("/<uuid:flag_id>/record")
def write(flag_id: UUID) -> ResponseReturnValue:
    """Add to the record, and decide."""
    require(Act.READ_SAFEGUARDING)
    session, reader, form = current_session(), current_person(), RecordForm()
    found = flag_or_404(session, flag_id, reader.id)
    if form.validate_on_submit():
        try:
            said = _decide(found, form, reader.id, utc_now())
        except (NothingWritten, FlagClosed) as refusal:
            form.what.errors = [refusal.message]
        else:
            session.commit()
            flash(said, "success")
            stays = form.decision.data == KEEP_OPEN
            return redirect(
                url_for("worries.flag", flag_id=flag_id) if stays else url_for("worries.index")
            )
    return _flag_page(flag_id, form), 400


def _decide(found: Flag, form: RecordForm, person_id: int, now: datetime) -> str:
    session, what = current_session(), form.what.data or ""
    if form.decision.data == WORRY:
        operations.keep_worry(session, found, what, person_id=person_id, now=now)
        return "It is closed. The words stay with the safeguarding leads."
    if form.decision.data == NO_WORRY:
        operations.release(session, found, what, person_id=person_id, now=now)
        return f"The team of “{found.consultation.title}” can read and hear this answer now."
    record.note(session, found, what, person_id=person_id, now=now)
    return "It is on the record."


@bp.post("/<uuid:flag_id>/reopen")
def reopen(flag_id: UUID) -> ResponseReturnValue:
    require(Act.READ_SAFEGUARDING)
    session, reader = current_session(), current_person()
    found = flag_or_404(session, flag_id, reader.id)
    operations.reopen(session, found, person_id=reader.id, now=utc_now())
    session.commit()
    flash("It is open again, and the answer is with you alone.", "success")
    return redirect(url_for("worries.flag", flag_id=flag_id))


def age_in_words(found: Flag, now: datetime) -> str:
    """How long ago it was raised. Only the hour is known, so it is never said more finely."""
    hours = int((now - found.raised_at).total_seconds() // 3600)
    if hours < 1:
        return "less than an hour ago"
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'} ago"
    return f"{hours // 24} days ago"


def categories_of(found: Flag) -> list[str]:
    """What the wording may be a sign of, each once."""
    return list(dict.fromkeys(_category_words(rule) for rule in found.rules))


def _category_words(rule: dict[str, str]) -> str:
    return CATEGORY_WORDS[Category(rule["category"])]
