"""Writes to the organisation's look. A look that can't be read is never saved.

They flush and never commit.
"""

from hashlib import sha256

from sqlalchemy.orm import Session

from tracker.brand.logos import Logo
from tracker.brand.models import OwnLook
from tracker.brand.policy import Faint, Look, faint_pairs, nearest_readable
from tracker.brand.queries import rules_of_look
from tracker.errors import LoopkeeperError
from tracker.services.queries import organisation


class HardToRead(LoopkeeperError):
    """Words in these colours can't be read well. `nearest` is the closest look in which they can."""

    def __init__(self, look: Look, faint: list[Faint]) -> None:
        self.nearest = nearest_readable(look)
        worst = min(faint, key=lambda pair: pair.ratio / pair.needed)
        super().__init__(
            f"Words in {look.brand} are hard to read: the contrast is {worst.ratio:.1f} to 1, and "
            f"{worst.needed:g} to 1 is needed. The nearest colour that can be read is "
            f"{self.nearest.brand}."
        )


def save_look(session: Session, look: Look) -> None:
    """Paint the public pages in these colours. Raises `HardToRead`."""
    if faint := faint_pairs(look):
        raise HardToRead(look, faint)
    own = _own(session)
    own.brand, own.accent, own.paper = look.brand, look.accent, look.paper
    _note_change(session)


def save_logo(session: Session, logo: Logo | None) -> None:
    """Put the logo on every public page, in place of the name; None takes it off."""
    own = _own(session)
    own.logo = logo.data if logo else None
    own.logo_width, own.logo_height = (logo.width, logo.height) if logo else (0, 0)
    _note_change(session)


def reset_look(session: Session) -> None:
    """Back to the standard colours, and no logo."""
    if own := session.get(OwnLook, 1):
        session.delete(own)
        session.flush()
    _note_change(session)


def _own(session: Session) -> OwnLook:
    own = session.get(OwnLook, 1)
    if own is None:
        own = OwnLook(id=1)
        session.add(own)
        session.flush()
    return own


def _note_change(session: Session) -> None:
    """The stylesheet gets a new address, so that no browser keeps the old one."""
    session.flush()
    rules = rules_of_look(session)
    organisation(session).look_digest = sha256(rules.encode()).hexdigest()[:16] if rules else ""
    session.flush()
