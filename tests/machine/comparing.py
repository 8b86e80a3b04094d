"""The model beside the rows: cases, reminders and mails as lines that can be laid next to each other."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from tests.machine.model import Model
from tests.machine.people import Case as ModelCase
from tests.machine.product import Product
from tracker.db import db
from tracker.reminders.models import Case, Mail, MailKind, MailState, Reminder, ReminderState
from tracker.reminders.operations import due_looks, look_at

Lines = list[tuple[str, ...]]

# The product's words for why something is over, and the model's.
WORDS = {
    "withdrawn": "It was withdrawn",
    "before go-live": "It closed before",
    "owned": "It has an owner whom",
    "told": "Every theme has",
    "open again": "It is open for answers again",
    "answered": "Answers have come in",
    "empty": "It holds no responses",
    "closed anew": "It was opened again and closed anew",
    "outcome": "The action has its outcome",
    "new date": "A new date was published",
    "answered anew": "A new change or an honest answer",
    "denied anew": "Young people said no to a newer",
    "unreachable": r"Person \d\d has left|Mail to Person \d\d comes back",
    "somebody else": "Somebody else looks after it",
    "no such step": "There is no such step",
    "date moved": "Its date moved",
    "acted": "The owner did something",
    "undeliverable": "The mail could not be delivered",
    "overtaken": "It fell on the same day|It was not sent in its time|A higher step came due",
}


@dataclass
class Snapshot:
    """All that is compared, as plain lines in an order of their own."""

    cases: Lines
    reminders: Lines
    mails: Lines

    def difference(self, other: "Snapshot") -> str:
        """What one has and the other hasn't; empty if they are the same."""
        found = [
            f"{mark} {name}: {' | '.join(line)}"
            for name in ("cases", "reminders", "mails")
            for mark, lines in _apart(getattr(self, name), getattr(other, name))
            for line in lines
        ]
        return "\n".join(found)


def _apart(ours: Lines, theirs: Lines) -> Iterable[tuple[str, Lines]]:
    if ours == theirs:
        return []
    left, right = list(ours), list(theirs)
    for line in ours:
        if line in right:
            right.remove(line)
            left.remove(line)
    return [("model  ", left), ("product", right)]


def of_model(model: Model) -> Snapshot:
    names: dict[ModelCase, tuple[str, ...]] = {}
    for case in model.cases:
        deed = str(case.of.deeds.index(case.deed)) if case.deed else ""
        names[case] = (str(case.of.number), case.kind, deed, moment(case.opened_at))
    return Snapshot(
        cases=sorted((*names[case], case.closed) for case in model.cases),
        reminders=sorted(
            (*names[r.case], r.step, str(r.to.number), str(r.due_on), r.state, r.why)
            for r in model.reminders
        ),
        mails=sorted(
            (
                moment(mail.sent_at),
                str(mail.to.number),
                str(mail.day or ""),
                *sorted(" ".join((*names[r.case], r.step, str(r.due_on))) for r in mail.reminders),
            )
            for mail in model.mails
            if mail.state == "sent"
        ),
    )


def of_product(product: Product) -> Snapshot:
    session = product.session
    names = _named_cases(product)
    people = {id_: str(each.number) for each, id_ in product.people.items()}
    cases = [(*names[id_], _short(why)) for id_, why in _rows(session, _CASES)]
    mails: dict[int, tuple[list[str], list[str]]] = {}
    for mail_id, sent_at, to, day, mail_kind in _rows(session, _SENT):
        day = day if mail_kind is MailKind.REMINDER else None
        mails[mail_id] = ([moment(sent_at), people[to], str(day or "")], [])
    reminders = []
    for case_id, step, to, due_on, state, reason, in_mail in _rows(session, _REMINDERS):
        name = names[case_id]
        line = (*name, str(step), people[to], str(due_on), str(state), _short(reason))
        reminders.append(line)
        if state is ReminderState.SENT:
            lines = mails.setdefault(in_mail, (["never sent"], []))[1]
            lines.append(" ".join((*name, str(step), str(due_on))))
    session.rollback()
    return Snapshot(
        sorted(cases),
        sorted(reminders),
        sorted((*head, *sorted(parts)) for head, parts in mails.values()),
    )


def _named_cases(product: Product) -> dict[int, tuple[str, ...]]:
    """Each case by consultation, kind, action and beginning, as the model names it."""
    numbers = {id_: str(each.number) for each, id_ in product.consultations.items()}
    deeds = {
        product.deeds[deed]: str(number)
        for consultation in product.model.consultations
        for number, deed in enumerate(consultation.deeds)
    }
    return {
        id_: (numbers[of], str(kind), deeds.get(deed, ""), moment(opened_at))
        for id_, of, kind, deed, opened_at in _rows(product.session, _NAMES)
    }


_NAMES = select(Case.id, Case.consultation_id, Case.kind, Case.action_id, Case.opened_at)
_CASES = select(Case.id, Case.closed_because)
_SENT = select(Mail.id, Mail.sent_at, Mail.recipient_id, Mail.day, Mail.kind).where(
    Mail.state == MailState.SENT
)
_REMINDERS = select(
    Reminder.case_id,
    Reminder.step,
    Reminder.recipient_id,
    Reminder.due_on,
    Reminder.state,
    Reminder.reason,
    Reminder.mail_id,
)


def _rows(session: Session, query: Executable) -> Sequence[Any]:
    return session.execute(query).all()


def moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _short(words: str) -> str:
    if not words:
        return ""
    return next((short for short, known in WORDS.items() if re.match(known, words)), words)


def left_to_look_at(product: Product) -> str:
    """What a look at the consultations that aren't due would change. It must be nothing, ever."""
    with Session(db.engine) as session:
        due = {each.consultation_id for each in due_looks(session, now=product.now)}
        ids = [id_ for id_ in product.consultations.values() if id_ not in due]
        before = _decided(session)
        look_at(session, ids, now=product.now)
        after = _decided(session)
        session.rollback()
    changed = [str(row) for row in after if row not in set(before)]
    return "\n".join(f"nobody was to look yet, but a look changes {row}" for row in changed)


def _decided(session: Session) -> list[tuple[object, ...]]:
    session.flush()
    cases = session.execute(select(Case.id, Case.consultation_id, Case.kind, Case.closed_because))
    reminders = session.execute(
        select(Reminder.id, Reminder.case_id, Reminder.step, Reminder.state, Reminder.reason)
    )
    return [tuple(row) for row in (*cases, *reminders)]
