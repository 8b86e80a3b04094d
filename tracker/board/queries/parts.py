"""What the pages of the board are made of: what was said, and what was done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, lazyload

from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome
from tracker.board.policy.small_numbers import PublicCount, PublicCounts, public_counts
from tracker.board.policy.words import OUTCOME_TITLES, promise_lines, said_so_in_words
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.languages import gettext as _
from tracker.loop.queries import Loop
from tracker.services.models import Service
from tracker.verdicts.policy import VERDICT_LABELS, VerdictValue


@dataclass(frozen=True)
class Said:
    """One theme as the public reads it: the statement and how many said so."""

    theme_id: int
    statement: str
    count: PublicCount

    @property
    def how_many(self) -> str:
        return said_so_in_words(self.count)


@dataclass(frozen=True)
class Did:
    """What one action says in public now, since when, and what young people think of it."""

    action_id: int
    version: ActionVersion
    published_on: date
    verdicts: PublicCounts | None = None  # of a done action, in the order of `VerdictValue`
    is_denied: bool = False  # young people said that it hasn't changed

    @property
    def title(self) -> str:
        return _(OUTCOME_TITLES[self.version.outcome])

    @property
    def is_done(self) -> bool:
        return self.version.outcome is Outcome.DONE

    @property
    def opinions(self) -> list[tuple[str, PublicCount]]:
        """Each verdict in words with its public count."""
        parts = self.verdicts.parts if self.verdicts else ()
        return list(zip(VERDICT_LABELS.values(), parts, strict=bool(parts)))


def did(
    actions: Iterable[Action],
    zone: str,
    verdicts: dict[int, dict[VerdictValue, int]] | None = None,
) -> list[Did]:
    """What these actions say in public; those of which nothing is published are left out."""
    found = []
    for action in actions:
        version = action.published
        if version is None or version.published_at is None:
            continue
        given = (verdicts or {}).get(action.id) if version.outcome is Outcome.DONE else None
        shown = public_counts([given[value] for value in VERDICT_LABELS]) if given else None
        published_on = local_date(version.published_at, zone)
        is_denied = action.asked_again is not None and version.outcome is Outcome.DONE
        found.append(Did(action.id, version, published_on, shown, is_denied))
    return found


def public_consultations() -> Select[Consultation]:
    """All that was ever opened, with its service and no member of staff."""
    service = joinedload(Consultation.service, innerjoin=True).options(
        lazyload(Service.owner), lazyload(Service.escalation_contact), lazyload(Service.deputies)
    )
    query = select(Consultation).where(Consultation.opened_at.is_not(None))
    return query.options(service, lazyload(Consultation.owner))


def promise_of(consultation: Consultation, loop: Loop, today: date) -> list[str]:
    """What was promised about the consultation, and what became of it."""
    return promise_lines(
        loop.promise,
        consultation.promise_on,
        today=today,
        told_on=loop.facts.told_on,
        first_promise_on=consultation.first_promise_on,
        moved_because=consultation.promise_reason,
    )
