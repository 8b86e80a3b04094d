"""Reminders by other channels than mail: what travels there, and what becomes of it when they fail."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.mail.server import Received
from tests.reminders.world import World, at
from tracker.accounts.models import Person
from tracker.channels.models import Preference
from tracker.channels.operations import choose
from tracker.channels.outlets import Outlets
from tracker.channels.policy import Channel, Choice, Rhythm
from tracker.mail.errors import (
    LineLost,
    MailError,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Mail
from tracker.reminders.simulation import simulate
from tracker.subscriptions.sealing import Seal

NINE = at("2026-01-08 09:00")
NTFY = "https://ntfy.sh/our-loops"


class Outlet(MemoryTransport):
    """A channel that keeps what it is handed; while `error` is set it fails, with or without keeping."""

    def __init__(self, error: MailError | None = None) -> None:
        super().__init__()
        self.error = error
        self.asked = 0

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        self.asked += 1
        if self.error is None or isinstance(self.error, UnknownOutcomeError):
            super().send(message, sender=sender, recipient=recipient)
        if self.error is not None:
            raise self.error


def prefer(
    world: World,
    channel: Channel = Channel.CHAT,
    person: Person | None = None,
    address: str = NTFY,
    rhythm: Rhythm = Rhythm.AT_ONCE,
) -> None:
    world.organisation.uses_chat = world.organisation.uses_notify = True
    sealed = Seal(world.settings).close(address.encode()).decode()
    choose(
        world.session,
        (person or world.owner).id,
        Choice(rhythm, 0, channel),
        now=NINE - timedelta(days=1),
        address_sealed=sealed,
    )


def words(sent: tuple[str, str, bytes]) -> Received:
    return Received(*sent)


def preference(world: World) -> Preference:
    return world.session.get_one(Preference, world.owner.id)


@pytest.mark.parametrize(
    ("channel", "recipient"),
    [
        (Channel.CHAT, NTFY),
        (Channel.NOTIFY_EMAIL, "olu@example.org"),
        (Channel.NOTIFY_TEXT, NTFY),  # whatever was kept as its address
    ],
)
def test_polite_reminder_travels_by_the_channel_of_choice(
    world: World, channel: Channel, recipient: str
) -> None:
    world.closed()
    prefer(world, channel)
    outlet = Outlet()
    assert world.tick(NINE, outlets={channel: outlet}).sent == 1
    assert world.transport.sent == []
    assert world.sent == [("next_steps", "Olu")]
    [sent] = outlet.sent
    assert sent[1] == recipient
    assert words(sent).message["Subject"] == "1 loop waits for you: Bus to the youth centre"
    [mail] = world.mails
    assert (mail.channel, str(mail.state)) == (channel, "sent")
    assert words(sent).message["Message-ID"] == mail.message_id


def test_chat_holds_no_link_that_does_the_job_and_nothing_that_was_said(world: World) -> None:
    consultation = world.closed()
    world.tell(consultation, NINE - timedelta(days=3))
    consultation.closed_at = NINE - timedelta(days=1)
    world.closed(title="Food")
    prefer(world)
    outlet = Outlet()
    world.tick(NINE, outlets={Channel.CHAT: outlet})
    text = words(outlet.sent[-1]).text
    assert "/staff/consultations/" in text
    assert "/do/" not in text and "/reach/" not in text
    assert "The bus stops too early" not in text


def test_text_message_has_the_lines_and_no_foot(world: World) -> None:
    world.closed()
    prefer(world, Channel.NOTIFY_TEXT)
    outlet = Outlet()
    world.tick(NINE, outlets={Channel.NOTIFY_TEXT: outlet})
    text = words(outlet.sent[0]).text.replace("\r\n", "\n")
    assert text.startswith("3 young people are waiting to hear: Bus to the youth centre")
    assert "Read the answers: http://localhost/staff/" in text
    assert "Loopkeeper" not in text and "/reach/" not in text


def test_what_cannot_wait_goes_by_mail_whatever_was_chosen(world: World) -> None:
    world.closed(promise_on=at("2026-01-05 00:00").date())
    for person in (world.owner, world.contact):
        prefer(world, person=person, rhythm=Rhythm.WEEKLY)
    outlet = Outlet()
    world.tick(at("2026-01-13 09:00"), outlets={Channel.CHAT: outlet})
    assert outlet.asked == 0
    assert {to for _, to, _ in world.transport.sent} == {"olu@example.org", "mo@example.org"}


def test_weekly_digest_by_chat(world: World) -> None:
    world.closed()
    prefer(world, rhythm=Rhythm.WEEKLY)
    outlet = Outlet()
    assert world.tick(NINE, outlets={Channel.CHAT: outlet}).sent == 0
    assert world.tick(at("2026-01-12 09:00"), outlets={Channel.CHAT: outlet}).sent == 1
    assert len(outlet.sent) == 1


@pytest.mark.parametrize("why", ["not set up", "switched off", "no address"])
def test_channel_that_leads_nowhere_is_mail(world: World, why: str) -> None:
    world.closed()
    prefer(world, address="" if why == "no address" else NTFY)
    outlet = Outlet()
    outlets: Outlets = {} if why == "not set up" else {Channel.CHAT: outlet}
    if why == "switched off":
        world.organisation.uses_chat = False
    assert world.tick(NINE, outlets=outlets).sent == 1
    assert outlet.asked == 0
    assert words(world.transport.sent[0]).message["List-Unsubscribe"]


@pytest.mark.parametrize(
    "error",
    [
        TemporaryMailError("503 from ntfy"),
        ServerUnavailable("403 AuthError"),
        LineLost("ntfy didn’t answer"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_channel_that_fails_gives_way_to_mail_after_three_tries(
    world: World, error: MailError
) -> None:
    world.closed()
    prefer(world)
    outlet = Outlet(error)
    moment = NINE
    for tries in (1, 2, 3):
        assert world.transport.sent == []
        world.tick(moment, outlets={Channel.CHAT: outlet})
        assert outlet.asked == tries
        moment += timedelta(minutes=25)
    [sent] = world.transport.sent  # in the round of the third try already
    assert (
        "This comes by e-mail, because the way you chose didn’t work. "
        f"Chat: Microsoft Teams, Slack or ntfy: {error}" in words(sent).text
    )
    assert world.sent == [("next_steps", "Olu")]
    assert preference(world).channel is Channel.CHAT  # the next one is tried there again


def test_address_that_is_refused_is_left_for_good(world: World) -> None:
    world.closed()
    prefer(world)
    outlet = Outlet(PermanentMailError("404 from ntfy"))
    assert world.tick(NINE, outlets={Channel.CHAT: outlet}).sent == 1
    assert "404 from ntfy" in words(world.transport.sent[0]).text
    assert preference(world).channel is Channel.MAIL
    assert preference(world).trouble == "Chat: Microsoft Teams, Slack or ntfy: 404 from ntfy"
    world.tick(at("2026-01-14 09:00"), outlets={Channel.CHAT: outlet})
    assert outlet.asked == 1


def test_unknown_outcome_is_tried_again_with_the_same_bytes_and_then_says_so(world: World) -> None:
    world.closed()
    prefer(world)
    outlet = Outlet(UnknownOutcomeError("ntfy took too long"))
    for minutes in (0, 25, 50):
        world.tick(NINE + timedelta(minutes=minutes), outlets={Channel.CHAT: outlet})
    assert outlet.asked == 3
    assert len({content for _, _, content in outlet.sent}) == 1
    [sent] = world.transport.sent
    assert "It may have been sent" in words(sent).text


def test_what_was_half_way_when_the_channel_was_left_goes_by_mail(world: World) -> None:
    world.closed()
    prefer(world)
    outlet = Outlet(UnknownOutcomeError("ntfy took too long"))
    world.tick(NINE, outlets={Channel.CHAT: outlet})
    choose(world.session, world.owner.id, Choice(), now=NINE)
    later = NINE + timedelta(minutes=10)
    assert world.tick(later, outlets={Channel.CHAT: outlet}).sent == 1
    assert outlet.asked == 1
    assert "It can’t be reached any more." in words(world.transport.sent[0]).text


def test_dead_mail_server_holds_up_no_chat(world: World) -> None:
    class Dead(MemoryTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            raise ServerUnavailable("no connection")

    world.closed(promise_on=at("2026-01-05 00:00").date())
    later = at("2026-01-13 09:00")
    world.closed(title="Polite", closes_on=at("2026-01-12 00:00").date(), owner=world.deputy)
    prefer(world, person=world.deputy)
    outlet = Outlet()
    summary = world.tick(later, Dead(), {Channel.CHAT: outlet})
    assert len(outlet.sent) == 1
    assert (summary.sent, summary.put_off) == (1, 2)


def test_dead_chat_is_asked_once_a_round_and_holds_up_no_other(world: World) -> None:
    world.closed()
    world.closed(title="Food", owner=world.deputy)
    world.closed(title="Music", owner=world.contact)
    prefer(world, address="https://ntfy.sh/one")
    prefer(world, person=world.deputy, address="https://ntfy.sh/two")
    outlet = Outlet(ServerUnavailable("no TLS"))
    summary = world.tick(NINE, outlets={Channel.CHAT: outlet})
    assert outlet.asked == 1
    assert (summary.sent, summary.put_off) == (1, 2)
    assert [mail.attempts for mail in world.mails if mail.last_error] == [1, 1]


def test_one_chat_that_is_dead_holds_up_no_other_chat(world: World) -> None:
    class Half(Outlet):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            self.error = ServerUnavailable("no TLS") if "dead" in recipient else None
            super().send(message, sender=sender, recipient=recipient)

    world.closed()
    world.closed(title="Food", owner=world.deputy)
    prefer(world, address="https://dead.example/one")
    prefer(world, person=world.deputy, address="https://ntfy.sh/two")
    outlet = Half()
    assert world.tick(NINE, outlets={Channel.CHAT: outlet}).sent == 1
    assert [to for _, to, _ in outlet.sent] == ["https://ntfy.sh/two"]


def test_server_that_is_lost_three_times_in_a_row_is_left_alone(world: World) -> None:
    people = [world.owner, world.deputy, world.contact, world.lead]
    for number, person in enumerate(people):
        world.closed(title=f"Loop {number}", owner=person)
        prefer(world, person=person)
    outlet = Outlet(LineLost("ntfy didn’t answer"))
    assert world.tick(NINE, outlets={Channel.CHAT: outlet}).put_off == 4
    assert outlet.asked == 3


def test_worker_that_lost_its_lease_settles_nothing(world: World) -> None:
    class Thief(Outlet):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            mail = world.session.scalars(select(Mail)).one()
            mail.claimed_by = "another"
            world.session.commit()
            raise PermanentMailError("404 from ntfy")

    world.closed()
    prefer(world)
    world.tick(NINE, outlets={Channel.CHAT: Thief()})
    assert preference(world).channel is Channel.CHAT
    assert str(world.mails[0].state) == "sending"


def test_what_is_foreseen_reaches_nobody(world: World) -> None:
    world.closed()
    prefer(world)
    world.session.commit()
    with world.app.app_context():
        mails = [
            mail
            for _, found in simulate(world.session, world.settings, days=2, now=_early())
            for mail in found
        ]
    assert [mail.name for mail in mails] == ["Olu"]


def _early() -> datetime:
    return NINE - timedelta(hours=2)
