"""The themes that a form chose, the one it named anew included."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.themes.forms import CodingForm
from tracker.themes.models import Theme
from tracker.themes.operations import add_theme
from tracker.themes.policy import cleaned
from tracker.themes.queries import themes_named


def themes_chosen(
    session: Session,
    consultation: Consultation,
    form: CodingForm,
    *,
    person_id: int,
    now: datetime,
) -> list[Theme]:
    """The themes ticked, and the new one, which is added unless there is one with its words."""
    themes = themes_named(session, consultation.id, form.theme.data or [])
    words = cleaned(form.new_theme.data or "")
    if not words:
        return themes
    added = add_theme(session, consultation, words, person_id=person_id, now=now)
    return themes if added in themes else [*themes, added]
