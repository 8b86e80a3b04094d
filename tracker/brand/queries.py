"""Reads about the organisation's look."""

from sqlalchemy.orm import Session

from tracker.brand.logos import Logo
from tracker.brand.models import OwnLook
from tracker.brand.policy import STANDARD, Look
from tracker.brand.stylesheet import own_rules
from tracker.services.models import Organisation


def present_look(session: Session) -> Look:
    """The colours of the public pages now."""
    own = session.get(OwnLook, 1)
    return own.look if own else STANDARD


def present_logo(session: Session) -> Logo | None:
    own = session.get(OwnLook, 1)
    return Logo(own.logo, own.logo_width, own.logo_height) if own and own.logo else None


def look_digest(session: Session) -> str:
    """Changes whenever the look does; "" for the standard, and before anything is set up."""
    own = session.get(Organisation, 1)
    return own.look_digest if own else ""


def rules_of_look(session: Session) -> str:
    """What the stylesheet of public pages ends with; "" where the look is the standard."""
    return own_rules(present_look(session), present_logo(session))
