"""Alerts about flagged answers: to whom, when, once, and without a word of the answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from tests.factories import NOW
from tests.reminders.trouble import HELLO
from tests.safeguarding.world import Guarded, flag_of, make_guarded, write
from tracker.mail.errors import PermanentMailError, ServerUnavailable
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Mail
from tracker.reminders.operations import queue_notice
from tracker.reminders.worker import tick
from tracker.reminders.worker.alarms import GATHERING, MOST_AT_ONCE, raise_alarms
from tracker.responses.models import SetAsideReason
from tracker.responses.operations import set_aside
from tracker.safeguarding.models import FlagCall
from tracker.safeguarding.operations import acknowledge

Ticked = Callable[[datetime], dict[str, str]]

NIGHT = datetime(2026, 2, 8, 2, 40, tzinfo=UTC)  # a Sunday


@pytest.fixture
def guarded(session: Session) -> Guarded:
    return make_guarded(session)


@pytest.fixture
def transport() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def ticked(session: Session, settings: Config, transport: MemoryTransport) -> Ticked:
    """`ticked(moment)`: one tick; the addresses that got a mail in it, with the mails' texts."""

    def once(moment: datetime) -> dict[str, str]:
        session.commit()
        before = len(transport.sent)
        tick(session, transport, settings, clock=lambda: moment)
        session.expire_all()
        return {to: _text(content) for _, to, content in transport.sent[before:]}

    return once


def _text(content: bytes) -> str:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


def test_alarm_tells_the_first_lead_at_once_at_any_hour(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    write(session, guarded, now=NIGHT)

    told = ticked(NIGHT)

    assert list(told) == [guarded.first.email]
    words = told[guarded.first.email]
    assert "1 answer needs you now" in words and "/staff/worries" in words
    assert "Youth service" in words and "Bus" in words and "8 February 2026, 6:00" in words
    assert "Ada Quill" in words  # whom to ask instead


def test_alarm_holds_no_word_of_the_answer(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    write(session, guarded, now=NIGHT)

    for hours in (0, 4, 8, 33):
        for words in ticked(NIGHT + timedelta(hours=hours)).values():
            assert not {"zanzibar", "hits", "dad", "stick"} & set(words.lower().split())
    mails = session.scalars(select(Mail)).all()
    assert len(mails) > 4
    assert all(b"zanzibar" not in (mail.content or b"") for mail in mails)
    assert not any("zanzibar" in mail.subject for mail in mails)


def test_alarm_goes_up_by_the_clock_each_step_once(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    write(session, guarded, now=NIGHT)  # counted from 02:00
    two = datetime(2026, 2, 8, 2, 0, tzinfo=UTC)
    steps = {}

    for minutes in range(40, 60 * 34, 10):
        moment = two + timedelta(minutes=minutes)
        if told := ticked(moment):
            steps[(moment - two) / timedelta(hours=1)] = sorted(told)

    leads = sorted([guarded.first.email, guarded.second.email])
    others = sorted([guarded.administrator.email, guarded.participation_lead.email])
    assert list(steps.values()) == [
        [guarded.first.email],
        [guarded.second.email],
        others,
        sorted(leads + others),
    ]
    after = list(steps)
    assert 4 <= after[1] < 4.2 and 8 <= after[2] < 8.2 and 32 <= after[3] < 32.2


def test_alarm_falls_silent_once_somebody_acknowledges(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    flag = flag_of(session, write(session, guarded, now=NIGHT))
    ticked(NIGHT)

    acknowledge(session, [flag], person_id=guarded.first.id, now=NIGHT)

    assert ticked(NIGHT + timedelta(hours=50)) == {}
    assert {call.notice_key for call in flag.calls} == {""}  # nothing leads to the minute


def test_alarm_goes_to_the_alternate_when_the_lead_is_named(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    write(session, guarded, "mr marsden touches me", now=NIGHT)

    assert list(ticked(NIGHT)) == [guarded.second.email]
    for hours in (4, 8, 33):
        told = ticked(NIGHT + timedelta(hours=hours))
        assert guarded.first.email not in told
        assert all("Marsden" not in words for words in told.values())


@pytest.mark.parametrize("change", [{"active": False}, {"is_bounced": True}, {"roles": []}])
def test_alarm_goes_to_the_alternate_when_the_lead_is_out_of_reach(
    session: Session, guarded: Guarded, ticked: Ticked, change: dict[str, object]
) -> None:
    write(session, guarded, now=NIGHT)
    for name, value in change.items():
        setattr(guarded.first, name, value)

    assert list(ticked(NIGHT)) == [guarded.second.email]


def test_alarm_goes_to_the_alternate_when_the_mail_is_refused(
    session: Session, guarded: Guarded, ticked: Ticked, transport: MemoryTransport, settings: Config
) -> None:
    class Refusing(MemoryTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            if recipient == guarded.first.email:
                raise PermanentMailError("no such mailbox", is_recipient_gone=False)
            transport.send(message, sender=sender, recipient=recipient)

    write(session, guarded, now=NIGHT)
    session.commit()
    refusing = Refusing()

    def tick_at(moment: datetime) -> None:
        tick(session, refusing, settings, clock=lambda: moment)

    tick_at(NIGHT)
    assert transport.sent == []
    tick_at(NIGHT + timedelta(minutes=6))

    assert [to for _, to, _ in transport.sent] == [guarded.second.email]


def test_alarm_tells_administrators_when_nobody_may_read_it(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    guarded.first.roles, guarded.second.roles = [], []
    write(session, guarded, now=NIGHT)

    told = ticked(NIGHT)

    assert sorted(told) == sorted([guarded.administrator.email, guarded.participation_lead.email])
    assert all("nobody who may read it" in words for words in told.values())


def test_alarm_gathers_a_flood_in_few_mails(
    session: Session, settings: Config, guarded: Guarded
) -> None:
    for _ in range(30):
        write(session, guarded, now=NIGHT)

    assert raise_alarms(session, settings, now=NIGHT) == 1
    assert raise_alarms(session, settings, now=NIGHT) == 0

    assert session.scalar(select(func.count()).select_from(FlagCall)) == 30
    mail = session.scalars(select(Mail)).one()
    assert mail.subject.startswith("30 answers need you now") and mail.is_urgent
    assert MOST_AT_ONCE > 10_000


def test_alarm_gathers_what_comes_right_after_another(
    session: Session, settings: Config, guarded: Guarded
) -> None:
    write(session, guarded, now=NIGHT)
    assert raise_alarms(session, settings, now=NIGHT) == 1
    for _ in range(2):
        write(session, guarded, now=NIGHT)

    assert raise_alarms(session, settings, now=NIGHT + GATHERING - timedelta(seconds=1)) == 0
    assert raise_alarms(session, settings, now=NIGHT + GATHERING) == 1

    latest = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert latest is not None and latest.subject.startswith("2 answers need you now")


def test_alarm_leaves_before_a_mail_that_waits_longer(
    session: Session, guarded: Guarded, ticked: Ticked, transport: MemoryTransport
) -> None:
    for number in range(3):
        queue_notice(
            session,
            recipient=guarded.owner,
            key=f"notice/{number}",
            rendered=HELLO,
            now=NIGHT - timedelta(days=1),
        )
    write(session, guarded, now=NIGHT)

    ticked(NIGHT)

    assert transport.sent[0][1] == guarded.first.email
    assert len(transport.sent) == 4


def test_alarm_is_tried_again_within_a_minute_when_no_server_answers(
    session: Session, settings: Config, guarded: Guarded, transport: MemoryTransport
) -> None:
    class Away(MemoryTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            raise ServerUnavailable("away")

    write(session, guarded, now=NIGHT)
    session.commit()

    tick(session, Away(), settings, clock=lambda: NIGHT)
    tick(session, transport, settings, clock=lambda: NIGHT + timedelta(minutes=1))

    assert [to for _, to, _ in transport.sent] == [guarded.first.email]


def test_alarm_waits_in_silence_while_sending_is_off(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    guarded.organisation.is_sending = False
    write(session, guarded, now=NIGHT)
    assert ticked(NIGHT) == {}

    guarded.organisation.is_sending = True

    assert list(ticked(NIGHT + timedelta(minutes=1))) == [guarded.first.email]


def test_alarm_is_raised_by_a_colleagues_worry_too(
    session: Session, guarded: Guarded, ticked: Ticked
) -> None:
    response = write(session, guarded, "The bus is late", now=NIGHT)
    set_aside(session, response, SetAsideReason.SAFEGUARDING, person_id=guarded.owner.id, now=NIGHT)

    assert list(ticked(NIGHT)) == [guarded.first.email]


def test_alarm_asks_nothing_before_there_is_an_organisation(
    session: Session, settings: Config
) -> None:
    assert raise_alarms(session, settings, now=NOW) == 0
