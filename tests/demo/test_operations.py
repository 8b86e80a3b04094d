"""The demo, lived through once on each database: what it leaves to do on every page."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.demo.operations import load_demo
from tracker.demo.queries import is_empty, phone_addresses, receipts_to_try, sign_ins
from tracker.demo.story import BEGINS
from tracker.loop.policy import PublicState
from tracker.loop.queries import Loop, loops_of
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Reminder, ReminderState
from tracker.reminders.worker import tick
from tracker.responses.queries import response_by_receipt

# A Thursday noon, so that the last day's reminders have gone out.
NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
KEY = "the key of the demo's receipts"


def test_demo_lived_through_leaves_something_to_do_on_every_page(
    app: Flask, session: Session
) -> None:
    transport = MemoryTransport()
    assert is_empty(session)

    with app.test_request_context():
        days = list(
            load_demo(
                session,
                now=NOON,
                password="a hash",
                receipts_key=KEY,
                remind=lambda moment: _remind(app, session, transport, moment),
            )
        )

    assert len(days) == BEGINS + 1
    _check_stages(session)
    _check_reminders(session, transport)
    _check_greeting(session)


def _remind(app: Flask, session: Session, transport: MemoryTransport, moment: datetime) -> None:
    summary = tick(session, transport, app.config["LOOPKEEPER"], clock=lambda: moment)
    assert summary.failures == 0


def _check_stages(session: Session) -> None:
    loops = _loops_by_title(session)
    frieth = loops["Pupil survey 2018"]
    eastgate = loops["Outside spaces: what Key Stage 2 wants"]

    assert loops["Getting to the youth centre"].public_state is PublicState.AT_RISK
    assert loops["Friday nights"].public_state is PublicState.CHANGES_MADE
    assert eastgate.public_state is PublicState.WAITING
    assert frieth.public_state is PublicState.READING
    assert loops["What should we do this summer?"].public_state is PublicState.OPEN
    assert "A quiet room" not in loops  # a draft
    # The figures of the two real surveys.
    assert (frieth.facts.responses, frieth.facts.coded + frieth.facts.set_aside) == (31, 27)
    assert (eastgate.facts.themes, eastgate.facts.themes_told) == (9, 7)
    assert (eastgate.facts.done, eastgate.facts.cannot) == (5, 1)


def _check_reminders(session: Session, transport: MemoryTransport) -> None:
    sent = session.scalars(
        select(Reminder)
        .join(Reminder.case)
        .join(Consultation)
        .where(Consultation.title == "Getting to the youth centre")
        .where(Reminder.state == ReminderState.SENT)
        .order_by(Reminder.id)
    )
    steps = list(dict.fromkeys(reminder.step.value for reminder in sent))

    assert steps[:2] == ["next_steps", "nudge"]
    assert {"escalate_manager", "escalate_lead"} <= set(steps)
    assert all(recipient.endswith("@demo.example") for _, recipient, _ in transport.sent)


def _check_greeting(session: Session) -> None:
    receipts = receipts_to_try(session, KEY)

    assert [title for title, _code in phone_addresses(session)] == [
        "What should we do this summer?"
    ]
    assert len(sign_ins(session)) == 10
    assert len(receipts) == 3
    assert all(response_by_receipt(session, words, KEY) for words in receipts)


def _loops_by_title(session: Session) -> dict[str, Loop]:
    opened = list(session.scalars(select(Consultation).where(Consultation.opened_at.is_not(None))))
    loops = loops_of(session, opened, now=NOON)
    return {consultation.title: loops[consultation.id] for consultation in opened}
