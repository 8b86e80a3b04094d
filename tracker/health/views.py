"""How the reminders are: a page for people, and the same as metrics for a monitor."""

import hmac
from typing import cast

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from config import Config
from tracker.accounts.guard import public, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.health.metrics import metrics_text
from tracker.health.policy import silence_in_words
from tracker.health.queries import health
from tracker.services.queries import organisation

bp = Blueprint("health", __name__)


@bp.get("/staff/health")
def page() -> ResponseReturnValue:
    """The last tick, what waits, what failed, what comes next."""
    require(Act.SEE_OUTBOX)
    session, now = current_session(), utc_now()
    state = health(session, now=now)
    return render_template(
        "health/page.html",
        state=state,
        silence=silence_in_words(state.last_tick_at, now),
        time_zone=organisation(session).time_zone,
    )


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """The same for Prometheus. Only with the token that is set; without one there is no such page."""
    settings = cast(Config, current_app.config["LOOPKEEPER"])
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.metrics_token}"
    if not settings.metrics_token or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise NotFound("There is no such page.")
    now = utc_now()
    text = metrics_text(health(current_session(), now=now), now=now)
    return Response(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
