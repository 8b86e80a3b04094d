"""The case `said_no` with the real clock work: from the verdict that tips it to its answer."""

from datetime import date, datetime, timedelta

import pytest

from tests import factories as make
from tests.mail.server import Received
from tests.reminders.world import World, at
from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome, ReasonCode
from tracker.loop.policy import PublicState, Stage
from tracker.loop.queries import loop_of
from tracker.reminders.timelines import timeline
from tracker.verdicts.operations import give_verdict_at_kiosk
from tracker.verdicts.policy import VerdictValue

DENIED = at("2026-03-04 15:20")  # a Wednesday


def done(world: World) -> Action:
    """A consultation that was told in February; its one action has been done since."""
    consultation = world.closed()
    world.tell(consultation, at("2026-01-20 10:00"))
    theme = make.make_theme(world.session, consultation, statement="It is dark at the stop")
    return make.make_action(
        world.session,
        theme,
        outcome=Outcome.DONE,
        text="There is a lamp at the stop.",
        changed_on=date(2026, 2, 2),
        recorded_at=at("2026-02-02 10:00"),
        published_at=at("2026-02-02 10:00"),
    )


def deny(world: World, action: Action, now: datetime = DENIED, times: int = 8) -> None:
    for _ in range(times):
        give_verdict_at_kiosk(world.session, action, VerdictValue.NO, now=now)


def publish(action: Action, moment: datetime, outcome: Outcome, **values: object) -> None:
    action.versions.append(
        ActionVersion(
            number=len(action.versions) + 1,
            outcome=outcome,
            text="Other words",
            recorded_at=moment,
            published_at=moment,
            **values,
        )
    )


def walk(world: World, first: str, days: int) -> None:
    for day in range(days):
        world.tick(at(f"{first} 09:00") + timedelta(days=day))


def test_a_denied_change_is_chased_day_by_day_until_the_lead(world: World) -> None:
    deny(world, done(world))
    walk(world, "2026-03-04", 80)
    assert [
        (r.due_on.isoformat(), str(r.step), r.recipient.name)
        for m in world.mails
        for r in m.reminders
    ] == [
        ("2026-03-05", "asked_again", "Olu"),
        ("2026-03-18", "nudge", "Olu"),
        ("2026-04-01", "escalate_manager", "Mo"),
        ("2026-04-01", "escalate_manager", "Olu"),
        ("2026-04-29", "escalate_lead", "Lee"),
    ]
    assert world.cases == [("said_no", "")]


def test_seven_who_deny_it_open_no_case(world: World) -> None:
    deny(world, done(world), times=7)
    walk(world, "2026-03-04", 20)
    assert world.cases == [] and world.sent == []


ANSWERS = [
    (Outcome.DONE, {"changed_on": date(2026, 3, 10)}),
    (Outcome.ALREADY, {}),
    (
        Outcome.CANNOT,
        {
            "reason_code": ReasonCode.MONEY,
            "reason": "It costs too much.",
            "decided_by": "The head",
            "review_on": date(2027, 1, 1),
        },
    ),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("outcome", "values"), ANSWERS)
def test_a_new_change_or_an_honest_closure_stops_the_chase(
    world: World, outcome: Outcome, values: dict[str, object]
) -> None:
    action = done(world)
    deny(world, action)
    walk(world, "2026-03-04", 3)
    publish(action, at("2026-03-10 10:00"), outcome, **values)
    walk(world, "2026-03-10", 60)
    assert world.sent == [("asked_again", "Olu")]
    assert world.cases == [("said_no", "A new change or an honest answer was published.")]


@pytest.mark.one_database
def test_better_words_for_the_same_change_stop_nothing(world: World) -> None:
    action = done(world)
    deny(world, action)
    walk(world, "2026-03-04", 3)
    publish(action, at("2026-03-10 10:00"), Outcome.DONE, changed_on=date(2026, 2, 2))
    walk(world, "2026-03-11", 8)
    assert world.sent == [("asked_again", "Olu"), ("nudge", "Olu")]


@pytest.mark.one_database
def test_a_plan_is_chased_by_its_date_and_the_denial_goes_on(world: World) -> None:
    action = done(world)
    deny(world, action)
    walk(world, "2026-03-04", 3)
    publish(action, at("2026-03-10 10:00"), Outcome.PLANNED, due_on=date(2026, 3, 25))
    walk(world, "2026-03-10", 10)
    assert world.cases == [("said_no", ""), ("late_action", "")]
    # Both fall on 18 March and travel in one mail.
    assert set(world.sent[1:]) == {("due_soon", "Olu"), ("nudge", "Olu")}
    assert len(world.mails) == 2


def test_a_newer_change_that_is_denied_too_starts_the_clock_anew(world: World) -> None:
    action = done(world)
    deny(world, action)
    walk(world, "2026-03-04", 3)
    publish(action, at("2026-03-10 10:00"), Outcome.DONE, changed_on=date(2026, 3, 9))
    deny(world, action, at("2026-03-10 12:00"))
    walk(world, "2026-03-10", 3)
    assert world.cases == [
        ("said_no", "Young people said no to a newer change as well. Its clock starts anew."),
        ("said_no", ""),
    ]
    assert world.sent == [("asked_again", "Olu"), ("asked_again", "Olu")]


@pytest.mark.one_database
def test_a_withdrawn_consultation_is_left_alone(world: World) -> None:
    action = done(world)
    deny(world, action)
    walk(world, "2026-03-04", 2)
    action.consultation.withdrawn_at = at("2026-03-06 10:00")
    action.consultation.withdrawn_reason = "Wrong question"
    walk(world, "2026-03-07", 60)
    assert world.sent == [("asked_again", "Olu")]
    assert world.cases == [("said_no", "It was withdrawn, and the board says why.")]


@pytest.mark.one_database
def test_nothing_from_before_the_organisation_went_live_is_chased(world: World) -> None:
    world.organisation.goes_live_on = date(2026, 2, 1)
    deny(world, done(world))
    walk(world, "2026-03-04", 3)
    assert world.cases == []


SAYS = {
    "asked_again": ("2026-03-05", "Olu", "What is different now, or why can't it be?"),
    "nudge": ("2026-03-18", "Olu", "Since 4 March 2026 the board says that young people see no"),
    "escalate_manager": ("2026-04-01", "Mo", "On 4 March 2026 young people said that this hasn't"),
    "escalate_lead": ("2026-04-29", "Lee", "They have not been answered yet. Olu looks after it."),
}


@pytest.mark.one_database
@pytest.mark.parametrize("step", SAYS)
def test_each_letter_states_its_facts(world: World, step: str) -> None:
    day, name, sentence = SAYS[step]
    deny(world, done(world))
    world.tick(at(f"{day} 09:00"))
    (mail,) = [
        Received("", "", content)
        for _, recipient, content in world.transport.sent
        if recipient == f"{name.lower()}@example.org"
    ]
    text = mail.text.replace("\r\n", "\n")
    assert mail.message["Subject"] == (
        "Young people say it hasn't changed: Bus to the youth centre"
    )
    assert sentence in text and "There is a lamp at the stop." in text
    assert ("Say what happened:\nhttp://localhost/do/" in text) == (name != "Lee")
    assert sentence in mail.html.replace("&#39;", "'")
    assert len(text.split("Loopkeeper")[0].split()) < 110


@pytest.mark.one_database
def test_the_timeline_tells_it(world: World) -> None:
    action = done(world)
    deny(world, action)
    walk(world, "2026-03-04", 3)
    told = timeline(world.session, action.consultation, now=at("2026-03-06 12:00"))
    label = "Young people say it hasn't changed: There is a lamp at the stop."
    past = [(row.on.isoformat(), row.case, row.what) for row in told.past]
    assert ("2026-03-04", "", "Young people said that it hasn't changed") in past
    assert ("2026-03-04", label, "The clock started") in past
    assert ("2026-03-05", label, "Asked again") in past
    assert [(row.on.isoformat(), row.what, row.to) for row in told.to_come] == [
        ("2026-03-18", "Nudge", ("Olu",)),
        ("2026-04-01", "Told to the manager", ("Mo", "Olu")),
        ("2026-04-29", "Told to the participation lead", ("Lee",)),
    ]


def test_the_loop_falls_back_and_closes_again(world: World) -> None:
    action = done(world)

    def stands(words: str) -> tuple[int, PublicState, int, int]:
        world.session.flush()
        loop = loop_of(world.session, action.consultation, now=at(words))
        return len(loop.reached), loop.public_state, loop.facts.reopened, loop.facts.done

    assert stands("2026-03-04 09:00") == (4, PublicState.CHANGES_MADE, 0, 1)
    deny(world, action)
    assert stands("2026-03-04 16:00") == (2, PublicState.TOLD, 1, 0)
    assert Stage.CHANGED not in loop_of(world.session, action.consultation, now=DENIED).reached
    publish(action, at("2026-03-10 10:00"), Outcome.PLANNED, due_on=date(2026, 4, 1))
    assert stands("2026-03-10 11:00") == (2, PublicState.TOLD, 0, 0)
    publish(action, at("2026-03-20 10:00"), Outcome.DONE, changed_on=date(2026, 3, 20))
    assert stands("2026-03-21 11:00") == (3, PublicState.CHANGES_MADE, 0, 1)
    assert stands("2026-06-21 11:00") == (4, PublicState.CHANGES_MADE, 0, 1)
