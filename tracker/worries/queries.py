"""What the safeguarding lead sees of a flag: the answer's words, and whether they may be shown now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tracker.responses.models import Source, SurveyResponse
from tracker.responses.queries import Said, said_to_lead
from tracker.safeguarding.models import EntryKind, Flag

# How long after pressing "Read the words" the page shows them, so that a refresh needs no new line.
READING = timedelta(minutes=30)


@dataclass(frozen=True)
class Answer:
    """The answer behind a flag. `said` is empty when its words have been deleted."""

    received_on: date
    source: Source
    said: tuple[Said, ...]
    is_withdrawn: bool


def answer_of(session: Session, flag: Flag) -> Answer | None:
    """The answer with its words; None once the response itself is gone."""
    response = session.get(SurveyResponse, flag.response_id) if flag.response_id else None
    if response is None:
        return None
    return Answer(
        received_on=response.received_on,
        source=response.source,
        said=said_to_lead(session, response.id),
        is_withdrawn=response.withdrawn_on is not None,
    )


def is_reading(flag: Flag, person_id: int, now: datetime) -> bool:
    """Whether this person opened the words a moment ago, which is on the record."""
    return any(
        entry.kind is EntryKind.OPENED and entry.person_id == person_id and now - entry.at < READING
        for entry in flag.entries
    )
