"""How reminders reach you: under one's own account, and by the link in each reminder, with no sign-in.

GET changes nothing: mail scanners open every link. The one press of RFC 8058 is a POST, as mail programs
send it, and leads to the weekly digest; no press and no choice ends what must come.
"""

from datetime import date
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
from sqlalchemy.orm import Session

from config import Config
from tracker.accounts.guard import current_person, public, require
from tracker.accounts.models import Person
from tracker.accounts.policy import Act
from tracker.channels.links import read_reach_link
from tracker.channels.outlets import outlets_of_app, switched_on
from tracker.channels.policy import CHANNEL_LABELS, WEEKDAYS
from tracker.channels.queries import choice_of, languages_on, preference_of
from tracker.clock import local_date, utc_now
from tracker.db import current_session
from tracker.reach.forms import RHYTHM_LABELS, choice_in, form_about
from tracker.reach.operations import press_unsubscribe, set_reach, set_reach_by_link
from tracker.services.queries import organisation
from tracker.subscriptions.sealing import Seal

bp = Blueprint("reach", __name__)


def _settings() -> Config:
    return cast(Config, current_app.config["LOOPKEEPER"])


@bp.route("/staff/account/reminders", methods=["GET", "POST"])
def mine() -> ResponseReturnValue:
    """Your own choice; the only page where a new address can be given."""
    require(Act.USE_DESK)
    session, person, now = current_session(), current_person(), utc_now()
    kept = preference_of(session, person.id)
    form = form_about(kept)
    channels = switched_on(organisation(session), outlets_of_app())
    form.offer(channels, languages_on(session), kept, _settings().chat_ntfy)
    if (settled := form.settle()) is not None:
        choice, address = settled
        sealed = None if address is None else Seal(_settings()).close(address.encode()).decode()
        set_reach(session, person, choice, now=now, address_sealed=sealed)
        session.commit()
        flash("Saved. It holds for reminders that wait already, too.", "success")
        return redirect(url_for("reach.mine"))
    page = render_template("reach/mine.html", form=form, person=person, kept=kept)
    return page, 422 if form.errors else 200


@bp.route("/reach/<token>", methods=["GET", "POST"])
@public
def by_link(token: str) -> ResponseReturnValue:
    """The choice behind a link in a mail, and the door for the one press."""
    session, now = current_session(), utc_now()
    today = local_date(now, organisation(session).time_zone)
    person, status = _person_behind(session, token, today)
    if person is None:
        return _closed(render_template("reach/closed.html"), status)
    is_wrong = is_saved = False
    if request.form.get("List-Unsubscribe") == "One-Click":
        press_unsubscribe(session, _settings(), person, now=now)
        is_saved = True
    elif request.method == "POST":
        spoken = [each.code for each in languages_on(session)]
        choice = choice_in(request.form, choice_of(session, person.id), spoken)
        is_saved, is_wrong = choice is not None, choice is None
        if choice is not None:
            set_reach_by_link(session, _settings(), person, choice, now=now)
    session.commit()
    choice = choice_of(session, person.id)
    page = render_template(
        "reach/by_link.html",
        person=person,
        choice=choice,
        weekday=WEEKDAYS[choice.weekday],
        weekdays=WEEKDAYS,
        rhythms=RHYTHM_LABELS,
        channels=CHANNEL_LABELS,
        languages=languages_on(session),
        is_saved=is_saved,
        is_wrong=is_wrong,
    )
    return _closed(page, 422 if is_wrong else 200)


def _person_behind(session: Session, token: str, today: date) -> tuple[Person | None, int]:
    """Whose link it is while it works; else nobody, and the status that says why."""
    claim = read_reach_link(_settings(), token, today=today)
    if claim is None:
        return None, 404
    person = session.get(Person, claim.person_id)
    if claim.is_expired or person is None or not person.active:
        return None, 410
    return person, 200


def _closed(page: str, status: int) -> Response:
    """The address itself is the key: it must not be kept, passed on or found."""
    response = Response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
