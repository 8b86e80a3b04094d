"""The blueprint of hearing, and the one question each of its pages asks first."""

from flask import Blueprint

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.consultations.models import Consultation
from tracker.consultations.queries import consultation_or_404
from tracker.db import current_session

bp = Blueprint("themes", __name__, url_prefix="/staff")


def consultation_to_hear(consultation_id: int) -> Consultation:
    """The consultation, for somebody who may read its answers and code them."""
    consultation = consultation_or_404(current_session(), consultation_id)
    check_may_hear(consultation)
    return consultation


def check_may_hear(consultation: Consultation) -> None:
    """Themes are made from answers, so who works on them may read the answers too."""
    require(Act.READ_RESPONSES, consultation.service_id)
    require(Act.CODE_RESPONSES, consultation.service_id)
