"""What people are answerable for, as features above `accounts` tell it.

Services and consultations know who answers for them; the pages about people ask here. Each feature
registers one reader, so that nothing below imports anything above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Duty:
    """One thing that one person answers for."""

    person_id: int
    role: str  # "Service owner", "Deputy", "Escalation contact", "Owner"
    what: str  # its name
    # True where nobody is left to answer for it once the person goes.
    orphans: bool


class DutiesReader(Protocol):
    """How a feature tells what these people answer for in it."""

    def __call__(self, session: Session, people: Sequence[int], *, now: datetime) -> list[Duty]: ...


def init_duties(app: Flask, *readers: DutiesReader) -> None:
    """Register who can tell what people answer for."""
    app.extensions["loopkeeper.duties"] = readers


def duties_of(session: Session, people: Sequence[int], *, now: datetime) -> dict[int, list[Duty]]:
    """By person id: everything those people answer for. One read per feature, however many people."""
    found: dict[int, list[Duty]] = {person_id: [] for person_id in people}
    readers: tuple[DutiesReader, ...] = current_app.extensions["loopkeeper.duties"]
    for reader in readers:
        for duty in reader(session, people, now=now):
            found[duty.person_id].append(duty)
    return found
