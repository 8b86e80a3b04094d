"""What the safeguarding lead sees of a flag: the words behind it, and whether they may be shown now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tracker.responses.models import Source, SurveyResponse
from tracker.responses.queries import Said, said_to_lead
from tracker.safeguarding.models import EntryKind, Flag
from tracker.verdicts.models import Verdict
from tracker.verdicts.policy import VERDICT_LABELS

# How long after pressing "Read the words" the page shows them, so that a refresh needs no new line.
READING = timedelta(minutes=30)


@dataclass(frozen=True)
class Answer:
    """What was written behind a flag. `said` is empty when the words have been deleted."""

    received_on: date
    source: Source | None  # None for the reason given with a verdict
    said: tuple[Said, ...]
    is_withdrawn: bool


def answer_of(session: Session, flag: Flag) -> Answer | None:
    """The answer or verdict with its words; None once it is gone."""
    if flag.verdict_id:
        return _reason(session.get(Verdict, flag.verdict_id))
    response = session.get(SurveyResponse, flag.response_id) if flag.response_id else None
    if response is None:
        return None
    return Answer(
        received_on=response.received_on,
        source=response.source,
        said=said_to_lead(session, response.id),
        is_withdrawn=response.withdrawn_on is not None,
    )


def _reason(verdict: Verdict | None) -> Answer | None:
    if verdict is None:
        return None
    asked = f"Did it change? They said: {VERDICT_LABELS[verdict.value]}. Why?"
    said = (Said(asked, verdict.why, is_written=True),) if verdict.why else ()
    return Answer(
        received_on=verdict.given_on, source=None, said=said, is_withdrawn=verdict.is_taken_back
    )


def is_reading(flag: Flag, person_id: int, now: datetime) -> bool:
    """Whether this person opened the words a moment ago, which is on the record."""
    return any(
        entry.kind is EntryKind.OPENED and entry.person_id == person_id and now - entry.at < READING
        for entry in flag.entries
    )
