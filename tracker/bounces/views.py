"""The door at which mail providers post bounces, and the page about addresses that don't work."""

import json
from typing import Any, cast

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from config import Config
from tracker.accounts.duties import duties_of
from tracker.accounts.guard import public, require
from tracker.accounts.policy import Act
from tracker.accounts.queries import person_or_404
from tracker.bounces import operations, queries
from tracker.bounces.policy import KEPT, PROVIDERS, SOFT_DAYS, SOFT_WITHIN, BadPost, Post
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.failpoints import reach
from tracker.services.queries import organisation
from tracker.subscriptions.sealing import Seal
from tracker.web.input import takes_up_to

bp = Blueprint("bounces", __name__)

_LARGEST_POST = 64 * 1024


def _settings() -> Config:
    return cast(Config, current_app.config["LOOPKEEPER"])


@bp.post("/hooks/bounces/<provider>")
@public
@takes_up_to(_LARGEST_POST)
def receive(provider: str) -> ResponseReturnValue:
    """Take what a mail provider posts, if it proves who it is. Answers in JSON: nobody reads it."""
    settings, now = _settings(), utc_now()
    known = PROVIDERS.get(provider)
    secret = str(getattr(settings, known.setting)) if known else ""
    if known is None or not secret:
        return _refusal(404, "No such provider is set up here. docs/bounces.md says how.")
    post = Post(_headers(), request.get_data(), _json())
    if not known.is_genuine(post, secret, now.timestamp()):
        return _refusal(401, "The signature or token is wrong, or the time is too far from ours.")
    try:
        reports = known.read(post.data)
    except BadPost as bad:
        return _refusal(400, str(bad))
    session, seal = current_session(), Seal(settings)
    taken = sum(operations.take_report(session, report, seal, now=now) for report in reports)
    reach("bounces.posted.done")
    session.commit()
    reach("bounces.posted.committed")
    return jsonify(read=len(reports), taken=taken)


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _json() -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _refusal(status: int, why: str) -> ResponseReturnValue:
    return jsonify(error=why), status


@bp.get("/staff/people/addresses")
def index() -> ResponseReturnValue:
    """Whose mail comes back, since when, and what the mail server said."""
    require(Act.MANAGE_PEOPLE)
    session, now = current_session(), utc_now()
    dead = queries.dead_addresses(session)
    settings = _settings()
    return render_template(
        "bounces/index.html",
        dead=dead,
        doubtful=queries.doubtful_addresses(session, now=now),
        duties=duties_of(session, [each.person.id for each in dead], now=now),
        mailbox=queries.mailbox(session) if settings.bounce_imap_host else None,
        is_told=bool(settings.bounce_imap_host) or _is_posted(settings),
        soft_days=SOFT_DAYS,
        soft_within=SOFT_WITHIN.days,
        kept=KEPT.days,
        time_zone=organisation(session).time_zone,
    )


def _is_posted(settings: Config) -> bool:
    return any(getattr(settings, provider.setting) for provider in PROVIDERS.values())


@bp.post("/staff/people/<int:person_id>/address-works")
def settle(person_id: int) -> ResponseReturnValue:
    """Somebody made sure that mail reaches this person again."""
    require(Act.MANAGE_PEOPLE)
    session = current_session()
    person = person_or_404(session, person_id)
    operations.settle_address(session, person, now=utc_now())
    session.commit()
    flash(
        f"Mail goes to {person.email} again. If it comes back, {person.name} is listed here again."
    )
    return redirect(url_for("bounces.index"))
