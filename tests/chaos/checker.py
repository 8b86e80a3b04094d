"""Accounts for everything after a chaos: each submission, each reminder and each mail.

It believes the ledgers, the database and what the stage says is owed, and nothing else. A problem is a
sentence; none means that all is accounted for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.chaos.copies import Acceptance, Witness
from tests.chaos.ledger import Entry, read
from tests.chaos.stage import Key
from tracker.reminders.models import Case, Mail, MailState, Reminder, ReminderState
from tracker.responses.models import Answer, SurveyResponse
from tracker.surveys.models import Survey


@dataclass
class Verdict:
    """What became of everything, and what is not as it should be."""

    submissions: Counter[str] = field(default_factory=Counter)
    reminders: Counter[str] = field(default_factory=Counter)
    mails: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)  # by the fault that explains them
    harm: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def check(
    session: Session, folder: Path, *, owed: set[Key], codes: Sequence[str], lease: float
) -> Verdict:
    """Account for a chaos whose ledgers are in `folder`. `lease` is in seconds of its own clock."""
    verdict = Verdict()
    verdict.problems += check_answers(session, read(folder / "answers"), codes, verdict.submissions)
    verdict.problems += check_reminders(session, owed, verdict.reminders)
    acts = read(folder / "conductor")
    witness = Witness(read(folder / "workers"), acts, lease)
    verdict.problems += check_mails(session, read(folder / "server"), witness, verdict)
    for act in acts:
        if act.what != "clock":
            whom = str(act.facts.get("whom", "")).partition(" ")[0]
            verdict.harm[f"{act.what} {whom}".strip()] += 1
    return verdict


def check_answers(
    session: Session, ledger: Sequence[Entry], codes: Sequence[str], counts: Counter[str]
) -> Iterator[str]:
    """What was acknowledged is there exactly once, what wasn't at most once, each with its words."""
    stored = _stored(session, codes)
    tried = {entry["id"] for entry in ledger if entry.what == "trying"}
    acknowledged = {entry["id"] for entry in ledger if entry.what == "acknowledged"}
    counts["acknowledged"] = len(acknowledged)
    counts["not acknowledged, stored"] = len((tried - acknowledged) & set(stored))
    counts["not acknowledged, not stored"] = len(tried - acknowledged - set(stored))
    for entry in ledger:
        if entry.what == "refused":
            yield f"answer {entry['id']} was refused with {entry['status']}"
    for submission_id in sorted(acknowledged - set(stored)):
        yield f"answer {submission_id} was acknowledged and is lost"
    for submission_id, rows in stored.items():
        if submission_id not in tried:
            yield f"answer {submission_id} is there, and nobody sent it"
        elif rows != [f"words of {submission_id}"]:
            yield f"answer {submission_id} is there {len(rows)} times, or with other words"


def _stored(session: Session, codes: Sequence[str]) -> dict[str, list[str]]:
    """The words that are there, by submission id."""
    query = (
        select(SurveyResponse.submission_id, Answer.value)
        .join(Survey, Survey.id == SurveyResponse.survey_id)
        .outerjoin(Answer, Answer.response_id == SurveyResponse.id)
        .where(Survey.code.in_(codes))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for submission_id, words in session.execute(query):
        found[str(submission_id)].append(str(words))
    return found


def check_reminders(session: Session, owed: set[Key], counts: Counter[str]) -> Iterator[str]:
    """Each reminder owed exists once and is sent or was dropped with a reason; no other does.

    All is at rest, so one that still waits will wait for ever.
    """
    query = (
        select(
            Case.consultation_id,
            Reminder.step,
            Reminder.recipient_id,
            Reminder.due_on,
            Reminder.state,
            Reminder.reason,
            Mail.state,
        )
        .join(Case, Case.id == Reminder.case_id)
        .outerjoin(Mail, Mail.id == Reminder.mail_id)
    )
    found: Counter[Key] = Counter()
    for consultation, step, to, on, state, reason, mail_state in session.execute(query):
        key = (consultation, str(step), to, on)
        found[key] += 1
        counts[str(state)] += 1
        yield from (f"reminder {key} {what}" for what in _troubles(state, reason, mail_state))
    counts["owed"] = len(owed)
    for key in sorted(owed - set(found)):
        yield f"reminder {key} is owed and lost"
    for key, times in found.items():
        if key not in owed:
            yield f"reminder {key} is owed by nobody"
        if times > 1:
            yield f"reminder {key} is there {times} times"


def _troubles(state: ReminderState, reason: str, mail_state: MailState | None) -> Iterator[str]:
    if state is ReminderState.SENT and mail_state is not MailState.SENT:
        yield f"counts as sent, and its mail is {mail_state}"
    if state is ReminderState.WAITING:
        yield f"waits for ever, and its mail is {mail_state}"
    if state in (ReminderState.SKIPPED, ReminderState.CANCELLED) and not reason:
        yield f"was {state}, and nobody knows why"


def check_mails(
    session: Session, ledger: Sequence[Entry], witness: Witness, verdict: Verdict
) -> Iterator[str]:
    """Each mail that counts as sent arrived; each that arrived twice has a fault that explains it."""
    arrived: dict[str, list[Acceptance]] = defaultdict(list)
    for entry in ledger:
        if entry["is_kept"]:
            accepted = Acceptance(entry.at, entry["peer"], entry["digest"], entry["fault"])
            arrived[entry["message_id"]].append(accepted)
    query = select(Mail.id, Mail.message_id, Mail.state, Mail.last_error)
    known = set()
    for mail_id, message_id, state, last_error in session.execute(query):
        known.add(message_id)
        verdict.mails[str(state)] += 1
        if state is MailState.SENT and message_id not in arrived:
            yield f"mail {mail_id} counts as sent and never arrived"
        if state in (MailState.WAITING, MailState.SENDING):
            yield f"mail {mail_id} is {state} for ever"
        if state in (MailState.FAILED, MailState.CANCELLED) and not last_error:
            yield f"mail {mail_id} is {state}, and nobody knows why"
    verdict.mails["arrived"] = sum(len(same) for same in arrived.values())
    for message_id in arrived.keys() - known:
        yield f"{message_id} arrived, and nobody knows of it"
    yield from check_copies(arrived, witness, verdict.copies)


def check_copies(
    arrived: Mapping[str, Sequence[Acceptance]], witness: Witness, counts: Counter[str]
) -> Iterator[str]:
    """Each copy is explained by what befell whoever had handed over the one before it."""
    for message_id, same in arrived.items():
        if len({each.digest for each in same}) > 1:
            yield f"{message_id} arrived with other bytes"
        for one, next_one in pairwise(same):
            if why := witness.why_again(one, next_one):
                counts[why] += 1
            else:
                yield f"{message_id} arrived again, {next_one.at - one.at:.1f} s later, with no fault"
