"""What may be kept no longer is deleted, but never by a clock that has just leapt."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests import factories as make
from tests.reminders.world import World, at
from tracker.reminders.models import Beat
from tracker.responses.models import Answer

NOON = at("2026-03-02 12:00")
DAY = timedelta(days=1)


@pytest.fixture
def kept(world: World) -> World:
    """One answer that may be kept until the end of 3 March, and a clock that has ticked since noon."""
    consultation = world.closed(responses=0, retention_on=date(2026, 3, 3))
    survey = make.make_survey(world.session, consultation)
    question = make.make_question(world.session, survey)
    make.make_response(world.session, survey, answers={question: "More trees"})
    world.tick(NOON)
    return world


def answers(world: World) -> int:
    return world.session.scalar(select(func.count()).select_from(Answer)) or 0


def test_answers_are_deleted_when_their_day_is_over(kept: World) -> None:
    assert kept.tick(NOON + DAY).expired == 0
    assert answers(kept) == 1

    assert kept.tick(NOON + DAY + timedelta(hours=12)).expired == 1
    assert answers(kept) == 0


@pytest.mark.parametrize("leap", [timedelta(days=2), timedelta(days=366)], ids=["days", "year"])
def test_clock_that_leaps_ahead_and_comes_back_deletes_nothing(
    kept: World, leap: timedelta
) -> None:
    for minutes in (0, 20, 40):
        assert kept.tick(NOON + leap + timedelta(minutes=minutes)).expired == 0
    kept.tick(NOON + timedelta(hours=1))

    assert answers(kept) == 1


def test_after_a_rest_deleting_waits_for_a_day_of_ticking(kept: World) -> None:
    back = NOON + 5 * DAY
    assert kept.tick(back).expired == 0
    assert kept.tick(back + timedelta(hours=23, minutes=59)).expired == 0

    assert kept.tick(back + timedelta(hours=24, minutes=15)).expired == 1


def test_day_of_25_hours_is_no_leap(kept: World) -> None:
    kept.tick(NOON + DAY)

    assert kept.tick(NOON + DAY + timedelta(hours=25)).expired == 1


def test_first_tick_of_all_is_no_leap(world: World) -> None:
    consultation = world.closed(responses=0, retention_on=date(2026, 2, 1))
    survey = make.make_survey(world.session, consultation)
    question = make.make_question(world.session, survey)
    make.make_response(world.session, survey, answers={question: "More trees"})

    assert world.tick(NOON).expired == 1


def test_chores_are_done_every_quarter_of_an_hour(kept: World) -> None:
    def last() -> datetime:
        return kept.session.scalars(select(Beat.at).where(Beat.name == "chores")).one()

    kept.tick(NOON + timedelta(minutes=14))
    assert last() == NOON
    kept.tick(NOON + timedelta(minutes=15))
    assert last() == NOON + timedelta(minutes=15)
