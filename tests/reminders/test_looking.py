"""When a consultation is looked at: as its next step falls due, and at once when a fact has changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.reminders.world import CLOSED_ON, World, at
from tracker.accounts.models import Person, person_roles
from tracker.accounts.policy import RoleName
from tracker.actions.models import ActionVersion, Reopening
from tracker.consultations.models import Consultation
from tracker.reminders.models import Beat, Case, NextLook, Snooze
from tracker.reminders.operations import due_looks, look_at, settle_looks, snooze
from tracker.reminders.policy import (
    CADENCE,
    Ahead,
    CaseFacts,
    CaseKind,
    Record,
    RecordState,
    Step,
    ahead,
    next_look,
    schedule,
)
from tracker.reminders.worker.agenda import is_anything_due
from tracker.responses.models import SurveyResponse
from tracker.services.models import Organisation, Service
from tracker.surveys.models import Survey
from tracker.themes.models import Coding, Theme
from tracker.working_days import Nation

NINE = at("2026-01-08 09:00")
DAY = timedelta(days=1)
UNTOLD = CaseFacts(CaseKind.UNTOLD, Nation.ENGLAND, CLOSED_ON, promise_on=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("today", "records", "next_on"),
    [
        (date(2026, 1, 7), [], date(2026, 1, 8)),
        (date(2026, 1, 8), [], date(2026, 1, 14)),  # the one due today is behind us
        (
            date(2026, 1, 7),
            [Record(Step.NEXT_STEPS, date(2026, 1, 8), RecordState.SENT)],
            date(2026, 1, 14),
        ),
        (date(2026, 6, 2), [], date(2026, 6, 30)),  # of the one that repeats, the next
    ],
)
def test_ahead_is_the_first_step_after_today(
    today: date, records: list[Record], next_on: date
) -> None:
    steps = schedule(UNTOLD, today)

    assert ahead(steps, records, today, has_nobody=False) == Ahead(next_on, has_nobody=False)


def test_ahead_waits_for_somebody_only_when_a_step_is_due() -> None:
    steps = schedule(UNTOLD, CLOSED_ON)
    sent = [Record(Step.NEXT_STEPS, date(2026, 1, 8), RecordState.SENT)]

    assert ahead(steps, [], date(2026, 1, 8), has_nobody=True).has_nobody
    assert not ahead(steps, sent, date(2026, 1, 8), has_nobody=True).has_nobody


def test_ahead_of_a_case_with_one_step_is_nothing() -> None:
    facts = CaseFacts(CaseKind.ORPHAN, Nation.ENGLAND, CLOSED_ON)
    steps = schedule(facts, date(2026, 1, 8))

    assert len(CADENCE[CaseKind.ORPHAN]) == 1
    assert ahead(steps, [], date(2026, 1, 8), has_nobody=False) == Ahead(None, has_nobody=False)


IN_SUMMER = datetime(2026, 6, 10, 10, tzinfo=UTC)  # 11 o'clock in London


@pytest.mark.parametrize(
    ("cases", "is_in_play", "is_open", "after"),
    [
        ([], False, False, None),  # a draft, or withdrawn: only a fact can bring it back
        ([], True, True, DAY),
        ([], True, False, 28 * DAY),  # told, and nothing promised
        ([Ahead(None, has_nobody=False)], True, False, DAY),
        ([Ahead(None, has_nobody=False)], False, False, DAY),
        ([Ahead(None, has_nobody=True)], True, False, timedelta(hours=1)),
        ([Ahead(date(2026, 6, 11), has_nobody=False)], True, False, timedelta(hours=13)),
        ([Ahead(date(2026, 6, 12), has_nobody=False)], True, False, DAY),
        ([Ahead(date.max, has_nobody=False)], True, False, DAY),
        (
            [Ahead(date(2026, 6, 11), has_nobody=False), Ahead(None, has_nobody=True)],
            True,
            False,
            timedelta(hours=1),
        ),
    ],
    ids=range(10),
)
def test_next_look_is_when_the_next_step_begins_or_the_net_says(
    cases: list[Ahead], is_in_play: bool, is_open: bool, after: timedelta | None
) -> None:
    found = next_look(
        cases, is_in_play=is_in_play, is_open=is_open, now=IN_SUMMER, time_zone="Europe/London"
    )

    assert found == (None if after is None else IN_SUMMER + after)


@pytest.fixture
def told(world: World) -> Consultation:
    """A consultation with a row of everything, looked at and settled."""
    consultation = world.closed()
    world.tell(consultation, NINE)
    action = consultation_action(world.session)
    action.due_on = date(2026, 3, 2)
    world.session.add(
        Reopening(
            action_id=action.action_id,
            changed_on=CLOSED_ON,
            after_number=1,
            reopened_on=CLOSED_ON,
        )
    )
    world.session.flush()
    world.tick(NINE)
    case = world.session.scalars(select(Case).where(Case.closed_at.is_(None))).first()
    assert case is not None
    world.session.add(Snooze(case_id=case.id, until_on=CLOSED_ON, reason="Half-term", at=NINE))
    world.session.commit()
    world.tick(NINE)
    return consultation


def consultation_action(session: Session) -> ActionVersion:
    return session.scalars(select(ActionVersion)).one()


def is_due(session: Session) -> bool:
    session.flush()
    return bool(due_looks(session, now=NINE))


CHANGES: dict[str, Callable[[Session], object]] = {
    "consultation": lambda s: s.execute(update(Consultation).values(closes_on=CLOSED_ON)),
    "answer comes": lambda s: make.make_response(
        s, s.scalars(select(SurveyResponse)).all()[0].survey
    ),
    "answer set aside": lambda s: s.execute(update(SurveyResponse).values(received_on=CLOSED_ON)),
    "answers gone": lambda s: s.execute(delete(SurveyResponse)),
    "theme": lambda s: make.make_theme(s, s.scalars(select(Consultation)).one()),
    "theme said otherwise": lambda s: s.execute(update(Theme).values(statement="Other")),
    "theme gone": lambda s: s.execute(delete(Theme)),
    "coding gone": lambda s: s.execute(delete(Coding)),
    "coding": lambda s: s.execute(update(Coding).values(coded_on=CLOSED_ON)),
    "version": lambda s: s.execute(update(ActionVersion).values(due_on=date(2026, 3, 3))),
    "version gone": lambda s: s.execute(delete(ActionVersion)),
    "reopening gone": lambda s: s.execute(delete(Reopening)),
    "snooze gone": lambda s: s.execute(delete(Snooze)),
    "somebody leaves": lambda s: s.execute(
        update(Person).where(Person.name == "Dee").values(active=False)
    ),
    "mail comes back": lambda s: s.execute(
        update(Person).where(Person.name == "Olu").values(is_bounced=True)
    ),
    "contact leaves": lambda s: s.execute(
        update(Person).where(Person.name == "Mo").values(active=False)
    ),
    "lead leaves": lambda s: s.execute(
        update(Person).where(Person.name == "Lee").values(active=False)
    ),
    "another lead": lambda s: make.make_person(s, "Lu", RoleName.PARTICIPATION_LEAD),
    "lead no more": lambda s: s.execute(delete(person_roles)),
    "service": lambda s: s.execute(update(Service).values(nation=Nation.SCOTLAND)),
    "deputies": lambda s: s.scalars(select(Service)).one().deputies.clear(),
    "going live": lambda s: s.execute(update(Organisation).values(goes_live_on=CLOSED_ON)),
    "time zone": lambda s: s.execute(update(Organisation).values(time_zone="Asia/Tokyo")),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_changed_fact_has_it_looked_at_at_once(
    world: World, told: Consultation, change: str
) -> None:
    assert not is_due(world.session)

    CHANGES[change](world.session)

    assert is_due(world.session)


def test_what_no_case_hangs_on_has_nothing_looked_at(world: World, told: Consultation) -> None:
    world.session.execute(update(Person).values(job_title="Cook"))
    world.session.execute(update(Organisation).values(name="Other Council"))
    make.make_person(world.session, "Ada", RoleName.ADMINISTRATOR).active = False

    assert not is_due(world.session)


def test_answers_to_an_open_consultation_have_nothing_looked_at(world: World) -> None:
    survey = make.make_survey(world.session, make.make_open_consultation(world.session))
    world.tick(make.NOW)

    make.make_response(world.session, survey)

    assert due_looks(world.session, now=make.NOW) == []


def test_draft_is_looked_at_once_and_rests(world: World) -> None:
    make.make_consultation(world.session)

    assert world.tick(NINE).looked_at == 1
    assert world.session.scalars(select(NextLook.at)).all() == [None]
    assert world.tick(NINE + 400 * DAY).looked_at == 0


def test_look_that_was_overtaken_by_a_change_leaves_it_due(world: World) -> None:
    world.closed()
    world.session.commit()
    seen = due_looks(world.session, now=NINE)
    looked = look_at(world.session, [due.consultation_id for due in seen], now=NINE)
    world.session.execute(update(Consultation).values(promise_on=date(2026, 5, 1)))

    settle_looks(world.session, seen, looked.next)
    assert is_due(world.session)

    settle_looks(world.session, due_looks(world.session, now=NINE), looked.next)
    assert not is_due(world.session)


def test_one_that_is_just_being_changed_stays_due_and_holds_nobody_up(
    world: World, database: str
) -> None:
    changed, other = world.closed(title="Bus").id, world.closed(title="Food").id
    world.session.commit()
    seen = due_looks(world.session, now=NINE)
    looked = look_at(world.session, [due.consultation_id for due in seen], now=NINE)
    world.session.commit()
    with Session(world.session.get_bind()) as somebody:
        fact = update(Consultation).where(Consultation.id == changed)
        somebody.execute(fact.values(promise_on=date(2026, 5, 1)))
        if database == "sqlite":
            somebody.commit()  # its writers take turns
        else:
            world.session.execute(text("SET LOCAL lock_timeout = '5s'"))
        settle_looks(world.session, seen, looked.next)
        world.session.commit()
        somebody.commit()

    assert {due.consultation_id for due in seen} == {changed, other}
    assert [due.consultation_id for due in due_looks(world.session, now=NINE)] == [changed]


def test_moment_that_a_clock_running_ahead_has_set_is_due(world: World) -> None:
    world.closed()
    assert world.tick(NINE + 365 * DAY).looked_at == 1
    world.session.execute(delete(Case))

    assert world.tick(NINE).looked_at == 1
    assert world.cases == [("untold", "")]
    assert world.tick(NINE).looked_at == 0


def test_loop_that_opens_again_on_a_clock_set_back_is_chased_by_one_case(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    world.tell(consultation, NINE)
    world.tick(NINE + DAY)
    make.make_response(world.session, world.session.scalars(select(Survey)).one())

    for hours in range(3):
        world.tick(NINE + timedelta(days=-30, hours=hours))
        world.session.execute(update(NextLook).values(at=NINE - 60 * DAY))

    assert world.cases == [("untold", "Every theme has a published answer."), ("untold", "")]


def test_one_that_breaks_keeps_no_other_waiting(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    titles = [f"No {number}" for number in range(8)]
    consultations = [world.closed(title=title) for title in titles]
    world.session.commit()
    # Something that no page lets in: a case kind nobody knows.
    broken = consultations[3].id
    world.tick(NINE)
    world.session.execute(update(NextLook).values(at=NINE))
    kind = update(Case).where(Case.consultation_id == broken)
    world.session.connection().exec_driver_sql(
        f"UPDATE cases SET kind = 'unheard of' WHERE consultation_id = {broken}"
    )

    summary = world.tick(NINE)

    assert (summary.looked_at, summary.failures) == (7, 4)  # of 8, 4, 2 and 1
    assert caplog.text.count("looking failed: LookupError") == 4
    assert [due.consultation_id for due in due_looks(world.session, now=NINE)] == [broken]
    world.session.execute(kind.values(kind=CaseKind.UNTOLD))
    assert world.tick(NINE).looked_at == 1


def test_tick_with_nothing_due_asks_one_question(world: World) -> None:
    for number in range(3):
        world.closed(title=f"No {number}")
    world.tick(NINE)
    world.tick(NINE)

    with counted(world.session) as asked:
        summary = world.tick(NINE + timedelta(seconds=30))

    assert (summary.looked_at, summary.sent) == (0, 0)
    assert len(asked) <= 2  # the session's own read of the organisation, and the question


def test_tick_says_that_it_ticked_and_what_failed(world: World) -> None:
    world.tick(NINE)
    assert beat(world) == (NINE, "")

    world.tick(NINE + timedelta(seconds=59))
    assert beat(world) == (NINE, "")

    world.tick(NINE + timedelta(seconds=60))
    assert beat(world) == (NINE + timedelta(seconds=60), "")

    world.organisation.time_zone = "Nowhere"
    world.tick(NINE + timedelta(seconds=61))
    last, failures = beat(world)
    assert last == NINE + timedelta(seconds=61)
    assert "closing" in failures


def beat(world: World) -> tuple[datetime, str]:
    row = world.session.execute(select(Beat.at, Beat.failures).where(Beat.name == "tick")).one()
    return row[0], row[1]


def test_many_facts_at_once_are_looked_at_once(world: World) -> None:
    consultation = world.closed()
    for _ in range(5):
        make.make_theme(world.session, consultation)
    number = select(func.count()).select_from(NextLook)

    assert world.session.scalar(number) == 1
    assert world.tick(NINE).looked_at == 1


def test_snooze_moves_the_next_look(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    case = world.session.scalars(select(Case)).one()
    snooze(
        world.session,
        case,
        date(2026, 1, 30),
        "Half-term",
        person_id=world.owner.id,
        now=NINE,
    )

    assert world.tick(NINE).looked_at == 1
    assert world.session.get_one(NextLook, consultation.id).at == NINE + DAY


def test_tick_before_anything_is_set_up_has_nothing_to_do(session: Session) -> None:
    assert not is_anything_due(session, now=NINE)
