"""Setting the cadence: what it changes for cases that run, and what it refuses."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories as make
from tests.reminders.world import World, at
from tracker.cadence.operations import (
    CadenceRefused,
    ChangedMeanwhile,
    ManyMailsAtOnce,
    NothingToUndo,
    set_cadence,
    stamp_of,
    undo,
)
from tracker.reminders.cadences import cadences, versions_of
from tracker.reminders.models import CadenceVersion, Case
from tracker.reminders.operations import SnoozeRefused, snooze
from tracker.reminders.operations.snoozing import SnoozeTooLate
from tracker.reminders.policy import (
    AS_ABOVE,
    DEFAULTS,
    CadenceSettings,
    CaseKind,
    Step,
    Timing,
)
from tracker.reminders.queries import cases_that_can_wait
from tracker.reminders.timelines import timeline

NOON = at("2026-01-12 12:00")
NUDGE = (CaseKind.UNTOLD, Step.NUDGE)
NUDGE_AGAIN = (CaseKind.UNTOLD, Step.NUDGE_AGAIN)
LATER = CadenceSettings({NUDGE: Timing(days=12)})


def set_it(
    world: World, settings: CadenceSettings, service_id: int | None = None, **values: Any
) -> CadenceVersion | None:
    """Set it as the participation lead, after a look at what holds."""
    given: dict[str, Any] = {
        "based_on": stamp_of(cadences(world.session), service_id),
        "confirmed": 0,
        "person_id": world.lead.id,
        "now": NOON,
    }
    return set_cadence(world.session, service_id, settings, **given | values)


def undo_it(world: World, service_id: int | None = None, **values: Any) -> CadenceVersion | None:
    given: dict[str, Any] = {
        "based_on": stamp_of(cadences(world.session), service_id),
        "confirmed": 0,
        "person_id": world.lead.id,
        "now": NOON,
    }
    return undo(world.session, service_id, **given | values)


def test_set_cadence_moves_the_steps_of_cases_that_run(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    set_it(world, LATER)
    world.tick(at("2026-01-14 09:00"))  # the nudge's day before
    assert world.sent == [("next_steps", "Olu")]
    world.tick(at("2026-01-19 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("nudge", "Olu")]


def test_set_cadence_holds_for_one_service_alone(world: World) -> None:
    world.closed()
    other = make.make_service(world.session, owner=world.deputy, escalation_contact=world.contact)
    world.closed(service=other, owner=world.deputy, title="Library")
    world.tick(at("2026-01-08 09:00"))
    set_it(world, LATER, other.id)
    world.tick(at("2026-01-14 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("next_steps", "Dee"), ("nudge", "Olu")]
    world.tick(at("2026-01-19 09:00"))
    assert world.sent[3:] == [("nudge", "Dee")]


def test_set_cadence_lets_what_was_sent_stay_sent(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    world.tick(at("2026-01-14 09:00"))
    set_it(world, LATER, now=at("2026-01-15 12:00"))
    world.tick(at("2026-01-19 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("nudge", "Olu")]


def test_set_cadence_takes_back_a_reminder_that_waits(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    world.tick(at("2026-01-14 06:00"))  # queued, before the hours for sending
    set_it(world, LATER, now=at("2026-01-14 07:00"))
    world.tick(at("2026-01-14 09:00"))
    assert world.reminders[-1] == (
        "nudge",
        "Olu",
        "cancelled",
        "Its date moved to 19 January 2026.",
    )
    world.tick(at("2026-01-19 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("nudge", "Olu")]


def test_set_cadence_switches_a_step_off(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    world.tick(at("2026-01-14 06:00"))
    off = CadenceSettings({NUDGE: Timing(days=7, is_on=False)})
    set_it(world, off, now=at("2026-01-14 07:00"))
    world.tick(at("2026-01-14 09:00"))
    assert world.reminders[-1][2:] == ("cancelled", "There is no such step any more.")
    world.tick(at("2026-02-04 09:00"))
    assert world.sent == [("next_steps", "Olu"), ("nudge_again", "Olu"), ("nudge_again", "Dee")]


def test_set_cadence_is_noted_on_the_timelines_of_cases_that_run(world: World) -> None:
    before = world.closed(title="Settled before")
    consultation = world.closed()
    world.tick(at("2026-01-08 09:00"))
    world.tell(before, at("2026-01-09 09:00"))
    world.tick(at("2026-01-09 09:00"))
    set_it(world, LATER)
    set_it(world, CadenceSettings({NUDGE: Timing(days=9)}), world.service.id)
    other = make.make_service(world.session)
    set_it(world, CadenceSettings(snooze_days=7), other.id)

    def notes(of: Any) -> list[tuple[str, str]]:
        rows = timeline(world.session, of, now=NOON).past
        return [(row.what, row.why) for row in rows if "changed" in row.what]

    assert notes(consultation) == [
        (
            "Lee changed when reminders go out everywhere",
            "Waiting to be told, Nudge: 12 days after the close (was: 7 days after the close).",
        ),
        (
            "Lee changed when reminders go out in this service",
            "Waiting to be told, Nudge: 9 days after the close (was: 12 days after the close).",
        ),
    ]
    assert notes(before) == []


def test_set_cadence_keeps_every_version(world: World) -> None:
    assert set_it(world, AS_ABOVE) is None
    first = set_it(world, LATER)
    second = set_it(world, CadenceSettings(snooze_days=14))
    own = set_it(world, CadenceSettings(snoozes_per_case=0), world.service.id)
    assert first and second and own
    assert [first.number, second.number, own.number] == [1, 2, 1]
    assert versions_of(world.session, None) == [first, second]
    assert versions_of(world.session, None, world.service.id) == [first, second, own]
    assert versions_of(world.session, world.service.id) == [own]
    held = cadences(world.session)
    assert held.set_by(None) == CadenceSettings(snooze_days=14)
    assert held.of(world.service.id).snoozes_per_case == 0
    assert held.of(None).snoozes_per_case == 2
    assert held.above(world.service.id).snooze_days == 14 and held.above(None) == DEFAULTS
    assert second.summary == (
        "Waiting to be told, Nudge: 7 days after the close (was: 12 days after the close). "
        "Put off for at most 14 days (was: 28)."
    )
    assert (second.person_id, second.at) == (world.lead.id, NOON)


def test_set_cadence_refuses_all_that_is_wrong_at_once(world: World) -> None:
    wrong = CadenceSettings({NUDGE: Timing(days=50)}, snooze_days=40)
    for place in (None, world.service.id):
        with pytest.raises(CadenceRefused) as refused:
            set_it(world, wrong, place)
        assert set(refused.value.faults) == {NUDGE_AGAIN, "snooze_days"}
        assert "“Second nudge” has to come after" in refused.value.message
    assert versions_of(world.session, None, world.service.id) == []


def test_set_cadence_refuses_what_breaks_the_order_in_a_service(world: World) -> None:
    set_it(world, CadenceSettings({NUDGE_AGAIN: Timing(days=10)}), world.service.id)
    with pytest.raises(CadenceRefused, match="Youth centre sets steps of its own"):
        set_it(world, LATER)


def test_set_cadence_refuses_what_is_based_on_an_older_look(world: World) -> None:
    own = set_it(world, CadenceSettings(snooze_days=7), world.service.id)
    looked = stamp_of(cadences(world.session), world.service.id)
    assert own is not None and looked == own.id
    set_it(world, LATER)
    with pytest.raises(ChangedMeanwhile, match="Nothing was saved"):
        set_it(world, AS_ABOVE, world.service.id, based_on=looked)


def many_owners(world: World, count: int) -> None:
    """So many consultations, each with an owner of its own, whose nudge is due on Wednesday."""
    for number in range(count):
        owner = make.make_person(world.session, f"Owner {number:02}")
        world.closed(1, owner=owner, title=f"Consultation {number:02}")
    world.tick(at("2026-01-08 09:00"))


SOONER = CadenceSettings(
    {NUDGE: Timing(days=3), (CaseKind.UNTOLD, Step.NEXT_STEPS): Timing(days=1)}
)


@pytest.mark.parametrize(("owners", "confirmed"), [(20, 0), (21, 21)], ids=str)
def test_set_cadence_saves_what_sends_few_or_was_confirmed(
    world: World, owners: int, confirmed: int
) -> None:
    many_owners(world, owners)
    assert set_it(world, SOONER, confirmed=confirmed) is not None
    assert world.tick(at("2026-01-12 13:00")).sent == owners


def test_set_cadence_asks_before_it_sends_many_mails_at_once(world: World) -> None:
    many_owners(world, 21)
    for confirmed in (0, 20):
        with pytest.raises(ManyMailsAtOnce, match="This would send 21 more mails at once") as asked:
            set_it(world, SOONER, confirmed=confirmed)
    assert asked.value.names[:2] == ("Owner 00", "Owner 01")
    assert versions_of(world.session, None) == []
    assert world.tick(at("2026-01-12 13:00")).sent == 0


def test_undo_goes_back_and_forth(world: World) -> None:
    with pytest.raises(NothingToUndo):
        undo_it(world)
    set_it(world, LATER)
    undo_it(world)
    assert cadences(world.session).of(None) == DEFAULTS
    undo_it(world)
    assert cadences(world.session).set_by(None) == LATER
    assert [version.number for version in versions_of(world.session, None)] == [1, 2, 3]


def test_undo_in_a_service_leaves_the_organisation_alone(world: World) -> None:
    set_it(world, LATER)
    with pytest.raises(NothingToUndo):
        undo_it(world, world.service.id)
    set_it(world, CadenceSettings(snooze_days=7), world.service.id)
    undo_it(world, world.service.id)
    held = cadences(world.session)
    assert held.of(world.service.id).snooze_days == 28 and held.set_by(None) == LATER


def test_undo_asks_before_it_sends_many_mails_at_once(world: World) -> None:
    many_owners(world, 21)
    set_it(world, CadenceSettings({NUDGE: Timing(days=20)}))
    world.tick(at("2026-01-14 09:00"))
    with pytest.raises(ManyMailsAtOnce):
        undo_it(world, now=at("2026-01-15 12:00"))
    assert undo_it(world, now=at("2026-01-15 12:00"), confirmed=21) is not None


def running_case(world: World) -> Case:
    world.closed()
    world.tick(at("2026-01-08 09:00"))
    return world.session.scalars(select(Case)).one()


def put_off(world: World, case: Case, until: date) -> None:
    snooze(world.session, case, until, "Exams", person_id=world.owner.id, now=NOON)


def test_putting_off_keeps_to_the_limits_of_the_service(world: World) -> None:
    case = running_case(world)
    set_it(world, CadenceSettings(snooze_days=7, snoozes_per_case=1), world.service.id)
    with pytest.raises(SnoozeRefused, match="to 19 January 2026"):
        put_off(world, case, date(2026, 1, 20))
    assert cases_that_can_wait(world.session, [case], now=NOON) == [case]
    put_off(world, case, date(2026, 1, 19))
    assert cases_that_can_wait(world.session, [case], now=NOON) == []
    with pytest.raises(SnoozeTooLate, match="put off once already"):
        put_off(world, case, date(2026, 1, 19))


def test_putting_off_can_be_forbidden(world: World) -> None:
    case = running_case(world)
    set_it(world, CadenceSettings(snoozes_per_case=0))
    with pytest.raises(SnoozeTooLate, match="can't be put off here"):
        put_off(world, case, date(2026, 1, 19))


def test_a_service_that_is_deleted_takes_its_cadence_along(world: World) -> None:
    service = make.make_service(world.session)
    set_it(world, LATER, service.id)
    world.session.delete(service)
    world.session.flush()
    assert world.session.scalars(select(CadenceVersion)).all() == []
