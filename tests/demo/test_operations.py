"""The demo, lived through once on each database: what it leaves to do on every page."""

from collections import Counter
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.consultations.models import Consultation
from tracker.demo.operations import load_demo
from tracker.demo.queries import (
    is_empty,
    kiosk_to_try,
    phone_addresses,
    receipts_to_try,
    sign_ins,
)
from tracker.demo.story import BEGINS
from tracker.kiosk.queries import kiosk_by_token
from tracker.loop.policy import PublicState
from tracker.loop.queries import Loop, loops_of
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Reminder, ReminderState
from tracker.reminders.worker import tick
from tracker.responses.models import Source, SurveyResponse
from tracker.responses.queries import response_by_receipt
from tracker.surveys.easy_read import QUESTION, easy_parts
from tracker.surveys.models import Survey
from tracker.surveys.question_types import type_of
from tracker.surveys.translated import languages_offered

# Early on a Thursday: the reminders of the last day are still to go out.
EARLY = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
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
                now=EARLY,
                password="a hash",
                receipts_key=KEY,
                remind=lambda moment: _remind(app, session, transport, moment),
            )
        )

    assert len(days) == BEGINS + 1
    _check_stages(session)
    _check_reminders(session, transport)
    _check_greeting(session)
    _check_library(session)


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

    assert [(phone.title, phone.about) for phone in phone_addresses(session)] == [
        ("What should we do this summer?", "open for answers"),
        (
            "What should our library have for you?",
            "open for answers, in English, Arabic and Welsh",
        ),
        (
            "Our library, with pictures",
            "open for answers, easy read, ages 6 to 9, in English, Arabic and Welsh",
        ),
    ]
    assert kiosk_by_token(session, kiosk_to_try(session, KEY) or "").surveys
    assert kiosk_to_try(session, "some other key") is None
    assert len(sign_ins(session)) == 11
    assert len(receipts) == 3
    assert all(response_by_receipt(session, words, KEY) for words in receipts)


def _check_library(session: Session) -> None:
    """Complete in three languages, pictures on every easy question, answers of phone and kiosk."""
    phone, easy = session.scalars(
        select(Survey)
        .join(Survey.consultation)
        .where(Consultation.title == "What should our library have for you?")
        .order_by(Survey.id)
    )
    answers = Counter(
        (response.source, response.language)
        for response in session.scalars(
            select(SurveyResponse).where(SurveyResponse.consultation_id == phone.consultation_id)
        )
    )

    for survey in (phone, easy):
        assert languages_offered(survey) == ["en", "ar", "cy"]
    assert phone.consultation.is_synthetic
    for question in easy.questions:
        parts = easy_parts(question, question.easy_read)
        assert set(parts) >= {QUESTION, *(one.key for one in type_of(question).choices(question))}
        assert all(part.symbol for part in parts.values())
    assert answers[Source.PHONE, "cy"] == 2
    assert answers[Source.PHONE, "ar"] == answers[Source.KIOSK, "ar"] == 1


def _loops_by_title(session: Session) -> dict[str, Loop]:
    opened = list(session.scalars(select(Consultation).where(Consultation.opened_at.is_not(None))))
    loops = loops_of(session, opened, now=EARLY)
    return {consultation.title: loops[consultation.id] for consultation in opened}
