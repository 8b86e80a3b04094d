"""Changes to the wording rules and to the clock behind flags.

Every change of a rule gives the organisation a new stamp, so that each process compiles them anew.
Flags that were raised before stay as they are.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from tracker.accounts.policy import RoleName
from tracker.accounts.queries import people_with_role
from tracker.errors import Conflict, LoopkeeperError
from tracker.safeguarding.models import WordingRule
from tracker.safeguarding.policy import Category, phrase_problem
from tracker.safeguarding.shipped import shipped
from tracker.safeguarding.wording import ListedRule, rules_of
from tracker.services.models import Organisation
from tracker.services.queries import organisation


class PhraseUnusable(LoopkeeperError):
    """The phrase can't match anything, or would match everything."""


class PhraseTaken(Conflict):
    """There is such a rule already."""


class UnknownLead(LoopkeeperError):
    """The first to be told has to be a safeguarding lead."""


@dataclass(frozen=True)
class RuleDraft:
    phrase: str
    language: str
    category: Category
    is_on: bool = True


@dataclass(frozen=True)
class SafeguardingDraft:
    """Who is asked first (None: whoever was the first to be given the role), the hours, the way out."""

    first_lead_id: int | None
    acknowledge_hours: int
    escalate_hours: int
    leave_address: str


def add_rule(session: Session, draft: RuleDraft, *, person_id: int, now: datetime) -> WordingRule:
    """A rule of the organisation's own. Raises `PhraseUnusable` and `PhraseTaken`."""
    _check(session, draft, None)
    row = WordingRule(replaces="")
    _fill(session, row, draft, person_id, now)
    session.add(row)
    session.flush()
    return row


def change_rule(
    session: Session, listed: ListedRule, draft: RuleDraft, *, person_id: int, now: datetime
) -> WordingRule:
    """Change a rule, or switch it off or on. Raises like `add_rule`."""
    _check(session, draft, listed)
    row = listed.row or WordingRule(replaces=listed.replaces)
    _fill(session, row, draft, person_id, now)
    session.add(row)
    session.flush()
    return row


def restore_rule(session: Session, listed: ListedRule) -> None:
    """Take the organisation's change away: the product's rule as it was, or nothing if it was its own."""
    if listed.row is not None:
        session.delete(listed.row)
        _stamp(session)
        session.flush()


def save_safeguarding(session: Session, held: Organisation, draft: SafeguardingDraft) -> None:
    """Change who is told first, the hours and the way out. Raises `UnknownLead`."""
    leads = {person.id for person in people_with_role(session, RoleName.SAFEGUARDING_LEAD)}
    if draft.first_lead_id is not None and draft.first_lead_id not in leads:
        raise UnknownLead("Choose somebody who is a safeguarding lead now.")
    held.first_safeguarding_lead_id = draft.first_lead_id
    held.acknowledge_hours = draft.acknowledge_hours
    held.escalate_hours = draft.escalate_hours
    held.leave_address = draft.leave_address
    session.flush()


def _check(session: Session, draft: RuleDraft, changed: ListedRule | None) -> None:
    if problem := phrase_problem(draft.phrase, shipped().groups):
        raise PhraseUnusable(problem)
    for other in rules_of(session):
        is_same = (other.rule.phrase, other.rule.language) == (draft.phrase, draft.language)
        if is_same and (changed is None or other.rule != changed.rule):
            raise PhraseTaken("There is a rule with these words in this language already.")


def _fill(
    session: Session, row: WordingRule, draft: RuleDraft, person_id: int, now: datetime
) -> None:
    row.phrase, row.language, row.category = draft.phrase, draft.language, draft.category
    row.is_on, row.changed_by, row.changed_at = draft.is_on, person_id, now
    _stamp(session)


def _stamp(session: Session) -> None:
    organisation(session).wording_stamp = uuid4().hex
