"""The blueprint of actions, and what several of its pages need."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.actions.models import Action
from tracker.actions.queries import action_or_404
from tracker.clock import day_in_words
from tracker.db import current_session
from tracker.services.queries import organisation

bp = Blueprint("actions", __name__, url_prefix="/staff")


def action_for(action_id: int, act: Act) -> Action:
    """The action, for somebody who may do `act` with it."""
    action = action_or_404(current_session(), action_id)
    require(act, action.consultation.service_id)
    return action


def in_words(moment: datetime) -> str:
    """The moment as the organisation's clock shows it: 4 March 2026 at 10.15."""
    local = moment.astimezone(ZoneInfo(organisation(current_session()).time_zone))
    return f"{day_in_words(local.date())} at {local:%H.%M}"
