"""The outlook: that it foresees what the engine then does, over rows as they are."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.reminders.world import World, at
from tracker.actions.policy import Outcome
from tracker.cadence.policy import ForeseenMail
from tracker.cadence.queries import outlook
from tracker.consultations.operations import note_event
from tracker.reminders.cadences import cadences
from tracker.reminders.models import CadenceVersion, Mail, MailState
from tracker.reminders.policy import CadenceSettings, CaseKind, Step, Timing, to_stored

EIGHT = at("2026-01-12 08:00")  # a Monday


def foreseen(session: Session, now: datetime) -> list[ForeseenMail]:
    return outlook(session, now=now).mails(cadences(session))


def told(found: list[ForeseenMail]) -> list[tuple[date, str, tuple[str, ...]]]:
    return [(m.on, m.to.name, tuple(sorted(str(line.step) for line in m.lines))) for m in found]


def full_world(world: World) -> None:
    """Cases of every kind, at different stages, in two nations."""
    world.closed(title="Bus")
    world.closed(0, title="Nobody came")
    world.closed(title="Old", closes_on=date(2025, 9, 3))
    north = make.make_service(
        world.session, owner=world.deputy, escalation_contact=world.contact, nation="scotland"
    )
    gone = make.make_person(world.session, "Gone", active=False)
    world.closed(title="North", service=north, owner=world.deputy, promise_on=date(2026, 1, 20))
    world.closed(title="Orphan", owner=gone)
    promised = world.closed(title="Promised", closes_on=date(2025, 12, 3))
    world.tell(promised, at("2025-12-10 09:00"))
    make.make_action(
        world.session,
        consultation=promised,
        outcome=Outcome.PLANNED,
        text="A later bus",
        due_on=date(2026, 2, 2),
        recorded_at=at("2025-12-10 09:00"),
        published_at=at("2025-12-10 09:00"),
    )
    opened = {"opened_at": at("2025-12-20 09:00"), "closes_on": date(2026, 2, 6)}
    for title in ("Open", "Open and silent"):
        asking = make.make_consultation(world.session, service=world.service, title=title, **opened)
        survey = make.make_survey(world.session, asking)
        if title == "Open":
            make.make_response(world.session, survey)


def live(world: World, now: datetime, days: int) -> list[tuple[date, str, tuple[str, ...]]]:
    """What the engine really sends from `now` on in these days, if nobody does anything."""
    first = now.date()
    for day in (first + timedelta(days=n) for n in range(days)):
        moment = at(f"{day} 09:30")
        if moment >= now and day.weekday() < 5:
            world.tick(moment)
    sent = [
        (mail.day, mail.person.name, tuple(sorted(str(r.step) for r in mail.reminders)))
        for mail in world.mails
        if mail.state is MailState.SENT and mail.reminders and mail.day and mail.day >= first
    ]
    return sorted(sent)


@pytest.mark.one_database
@pytest.mark.parametrize("start", ["2026-01-12 08:30", "2026-01-16 17:00"], ids=str)
def test_outlook_foresees_what_the_engine_sends(world: World, start: str) -> None:
    full_world(world)
    now = at(start)
    world.tick(now - timedelta(days=3))
    world.tick(now)
    today, until = now.date(), now.date() + timedelta(days=32)
    had = [(m.day, m.person.name) for m in world.mails if m.day == today]

    expected = [mail for mail in told(foreseen(world.session, now)) if mail[0] < until]
    lived = [mail for mail in live(world, now, 32) if mail[:2] not in had]

    assert expected and sorted(expected) == lived


@pytest.mark.one_database
def test_outlook_foresees_under_other_settings(world: World) -> None:
    full_world(world)
    world.tick(at("2026-01-09 09:00"))
    own = CadenceSettings(
        {
            (CaseKind.UNTOLD, Step.NUDGE): Timing(days=5),
            (CaseKind.UNTOLD, Step.NUDGE_AGAIN): Timing(working_days=15, is_on=False),
            (CaseKind.UNTOLD, Step.STILL_OPEN): Timing(working_days=30, every=5),
            (CaseKind.LATE_ACTION, Step.ESCALATE_MANAGER): Timing(days=2),
        }
    )
    world.session.add(
        CadenceVersion(number=1, settings=to_stored(own), summary="Sooner.", at=EIGHT)
    )
    expected = [m for m in told(foreseen(world.session, EIGHT)) if m[0] < date(2026, 2, 13)]
    assert sorted(expected) == live(world, EIGHT, 32)


def test_outlook_leaves_out_what_an_act_or_an_answer_holds(world: World) -> None:
    acted = world.closed(title="Acted", closes_on=date(2026, 1, 5))
    world.closed(title="Not acted", closes_on=date(2026, 1, 5), owner=world.deputy)
    answered = world.closed(title="Answered", closes_on=date(2026, 1, 5))
    theme = make.make_theme(world.session, answered)
    make.make_action(
        world.session, theme, published_at=None, publishes_at=EIGHT + timedelta(hours=20)
    )
    world.tick(at("2026-01-11 12:00"))  # a Sunday
    note_event(world.session, acted, "coded", person_id=world.owner.id, now=at("2026-01-12 07:00"))
    today = [m for m in foreseen(world.session, EIGHT) if m.on == EIGHT.date()]
    assert [(m.to.name, [line.title for line in m.lines]) for m in today] == [
        ("Dee", ["Not acted"])
    ]


def test_outlook_of_nothing(world: World) -> None:
    make.make_consultation(world.session, service=world.service)  # a draft
    world.closed(closed_at=at("2026-01-08 00:00"), withdrawn_at=EIGHT, withdrawn_reason="No money")
    world.tick(EIGHT)
    assert foreseen(world.session, EIGHT) == []


def test_outlook_skips_what_closes_before_the_organisation_goes_live(world: World) -> None:
    asked: dict[str, Any] = {"opened_at": EIGHT, "service": world.service}
    make.make_consultation(world.session, closes_on=date(2026, 2, 2), **asked)
    world.organisation.goes_live_on = date(2026, 2, 2)
    assert foreseen(world.session, EIGHT)
    world.organisation.goes_live_on = date(2026, 2, 3)
    assert foreseen(world.session, EIGHT) == []


def test_outlook_survives_a_date_at_the_end_of_time(world: World) -> None:
    asked: dict[str, Any] = {"opened_at": EIGHT, "service": world.service}
    far = make.make_consultation(world.session, closes_on=date(9999, 10, 1), **asked)
    make.make_response(world.session, make.make_survey(world.session, far))
    make.make_consultation(world.session, closes_on=date(2026, 2, 2), title="Sound", **asked)
    view = outlook(world.session, now=EIGHT)
    assert [prospect.title for prospect in view.prospects] == ["Sound"]
    assert view.mails(cadences(world.session))


def test_outlook_names_nobody_whom_mail_cannot_reach(world: World) -> None:
    world.closed()
    world.tick(EIGHT)
    world.deputy.is_bounced = True
    assert "Dee" not in {mail.to.name for mail in foreseen(world.session, EIGHT)}


def test_outlook_asks_as_often_for_three_cases_as_for_one(world: World, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            world.closed()
        world.tick(EIGHT)
        session.expire_all()
        with counted(session) as queries:
            outlook(session, now=EIGHT)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_mail_of_today_moves_the_next_to_tomorrow(world: World) -> None:
    world.closed(closes_on=date(2026, 1, 9))
    world.tick(EIGHT)  # before the hours for sending: queued
    session = world.session
    assert told(foreseen(session, EIGHT))[0][:2] == (date(2026, 1, 12), "Olu")
    session.add(
        Mail(
            kind="reminder",
            recipient_id=world.owner.id,
            day=EIGHT.date(),
            state=MailState.SENT,
            queued_at=EIGHT,
            not_before=EIGHT,
        )
    )
    assert told(foreseen(session, EIGHT))[0][:2] == (date(2026, 1, 13), "Olu")
