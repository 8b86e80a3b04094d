"""Mails whose worker died while it had them: perhaps they arrived, perhaps not."""

from datetime import timedelta

import pytest

from tests.reminders.trouble import NINE, Failing, leave_half_way
from tests.reminders.world import World, at
from tracker.mail.errors import (
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.reminders.worker.claiming import MAX_LAPSES, hand_back, record_refused, record_sent
from tracker.reminders.worker.preparing import MAY_HAVE_ARRIVED


@pytest.mark.parametrize("last_error", ["", "451 no"])
@pytest.mark.parametrize(
    ("lapses", "state"), [(MAX_LAPSES - 2, "sent"), (MAX_LAPSES - 1, "failed")]
)
def test_mail_whose_workers_died_is_given_up_far_later_than_one_whose_tries_failed(
    world: World, lapses: int, state: str, last_error: str
) -> None:
    mail = leave_half_way(world)
    mail.lapses, mail.last_error, mail.claimed_until = lapses, last_error, NINE
    world.tick(NINE + timedelta(minutes=10))
    assert (str(world.mails[0].state), world.mails[0].lapses) == (state, lapses + 1)


def test_a_worker_that_died_costs_a_mail_none_of_its_tries(world: World) -> None:
    mail = leave_half_way(world)
    mail.attempts, mail.claimed_until = 3, NINE
    world.tick(NINE + timedelta(minutes=10), Failing(UnknownOutcomeError("the line died")))
    mail = world.mails[0]
    assert (str(mail.state), mail.attempts, mail.lapses) == ("sending", 3, 1)
    # This try came to an end, though nobody knows to which: it counts.
    world.tick(NINE + timedelta(hours=1), Failing(UnknownOutcomeError("the line died")))
    mail = world.mails[0]
    assert (mail.attempts, mail.lapses) == (4, 1)


def test_half_sent_mail_is_not_repeated_once_its_cases_are_over(world: World) -> None:
    mail = leave_half_way(world)
    world.tell(mail.reminders[0].case.consultation, NINE)
    world.tick(NINE + timedelta(hours=1))
    assert world.transport.sent == []
    assert (str(world.mails[0].state), world.mails[0].last_error) == ("cancelled", MAY_HAVE_ARRIVED)
    assert world.reminders[0][3].startswith("Every theme has a published answer. It may have been")


def test_half_sent_mail_waits_for_the_hours_of_sending(world: World) -> None:
    leave_half_way(world, at("2026-01-08 15:58"))
    assert world.tick(at("2026-01-08 16:30")).sent == 0
    assert world.tick(at("2026-01-09 08:59")).sent == 0
    assert world.tick(at("2026-01-09 09:01")).sent == 1


def test_half_sent_mail_is_held_over_a_holiday_of_its_nation(world: World) -> None:
    leave_half_way(world)
    assert world.tick(at("2026-01-10 10:00")).sent == 0  # a Saturday, within the hours
    assert world.tick(at("2026-01-12 09:01")).sent == 1


def test_half_sent_mail_counts_for_the_day_it_is_repeated_on(world: World) -> None:
    leave_half_way(world)
    world.closed(title="Food", closes_on=at("2026-01-09 00:00").date())
    world.tick(at("2026-01-12 10:00"))
    assert len(world.transport.sent) == 1  # the other waits for Tuesday
    world.tick(at("2026-01-13 10:00"))
    assert len(world.transport.sent) == 2


def test_half_sent_mail_waits_when_the_day_has_had_one(world: World) -> None:
    mail = leave_half_way(world)
    mail.claimed_until = at("2026-01-12 11:00")
    world.closed(title="Food", closes_on=at("2026-01-09 00:00").date())
    assert world.tick(at("2026-01-12 10:00")).sent == 1
    assert world.tick(at("2026-01-12 12:00")).sent == 0
    assert world.tick(at("2026-01-13 09:01")).sent == 1


def test_half_sent_mail_that_no_server_takes_keeps_its_bytes(world: World) -> None:
    mail = leave_half_way(world)
    bytes_before = mail.content
    world.tick(NINE + timedelta(hours=1), Failing(ServerUnavailable("down")))
    mail = world.mails[0]
    assert (str(mail.state), mail.content) == ("sending", bytes_before)
    world.tick(NINE + timedelta(hours=2), Failing(TemporaryMailError("451")))
    assert str(world.mails[0].state) == "sending"
    assert world.tick(NINE + timedelta(hours=3)).sent == 1
    assert world.transport.sent[0][2] == bytes_before


def test_half_sent_mail_that_cannot_be_looked_at_is_tried_again_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_half_way(world)
    ten = NINE + timedelta(hours=1)

    def fail(*_: object) -> bool:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("tracker.reminders.worker.preparing.has_had_one", fail)
        assert world.tick(ten).sent == 0
    assert world.mails[0].last_error == "It could not be written: RuntimeError"
    assert str(world.mails[0].state) == "sending"
    assert world.tick(ten + timedelta(minutes=1)).sent == 0
    assert world.tick(ten + timedelta(hours=1)).sent == 1


def test_outcome_of_a_worker_that_lost_its_lease_changes_nothing(world: World) -> None:
    mail = leave_half_way(world)
    world.session.flush()
    late, session = "somebody late", world.session
    assert not record_sent(session, late, mail.id, now=NINE)
    assert not record_refused(session, late, mail.id, "550", now=NINE, is_recipient_gone=True)
    assert not hand_back(session, late, mail.id, "", until=NINE, is_unknown=False, attempts=1)
    session.expire_all()
    assert (mail.claimed_by, str(mail.state)) == ("the dead one", "sending")
    assert not world.owner.is_bounced


def test_refusal_of_a_repeat_says_that_an_earlier_try_may_have_arrived(world: World) -> None:
    leave_half_way(world)
    world.tick(NINE + timedelta(hours=1), Failing(PermanentMailError("554 no")))
    assert world.mails[0].last_error == f"554 no {MAY_HAVE_ARRIVED}"
