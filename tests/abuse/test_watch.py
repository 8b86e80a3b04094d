"""How much comes in: counted, and forgotten again."""

from datetime import timedelta

from tests.factories import NOW
from tracker.abuse.watch import QUIET, Watch

FIVE_MINUTES = timedelta(minutes=5)


def arrive(watch: Watch, times: int, who: str = "a school", survey: int = 1, at: int = 0) -> bool:
    """`times` answers in the slot that begins `at` slots after NOW; what was said of the last."""
    return [watch.arrived(survey, who, NOW + at * FIVE_MINUTES) for _ in range(times)][-1]


def test_watch_lets_a_school_of_1500_through_within_an_hour() -> None:
    watch = Watch()

    assert not any(arrive(watch, 125, at=slot) for slot in range(12))


def test_watch_asks_one_connection_that_sends_far_too_much_and_nobody_else() -> None:
    watch = Watch()

    assert not arrive(watch, 500)
    assert arrive(watch, 1)
    assert not arrive(watch, 1, who="another")
    assert not arrive(watch, 1, survey=2)
    assert not arrive(watch, 1, at=1)


def test_watch_sees_an_attack_from_many_places_until_it_has_been_quiet() -> None:
    watch = Watch()
    for n in range(601):
        watch.arrived(1, f"connection {n}", NOW)

    assert watch.is_attacked(1, NOW)
    assert arrive(watch, 1, who="a child")
    assert watch.is_attacked(1, NOW + QUIET - timedelta(seconds=1))
    assert not watch.is_attacked(1, NOW + QUIET)
    assert not watch.is_attacked(2, NOW)


def test_watch_takes_a_busy_day_as_the_usual_and_forgets_it_after_a_day() -> None:
    watch = Watch()
    for n in range(400):
        watch.arrived(1, f"connection {n}", NOW)
    for n in range(700):
        watch.arrived(1, f"connection {n}", NOW + FIVE_MINUTES)
    assert not watch.is_attacked(1, NOW + FIVE_MINUTES)

    day_later = 24 * 12 + 2
    for n in range(700):
        watch.arrived(1, f"connection {n}", NOW + day_later * FIVE_MINUTES)
    assert watch.is_attacked(1, NOW + day_later * FIVE_MINUTES)


def test_turns_of_one_connection_follow_one_another() -> None:
    watch = Watch()

    first, second = watch.turn("a", NOW), watch.turn("a", NOW)

    assert second - first == timedelta(seconds=2)
    assert watch.turn("b", NOW) == first
    watch.arrived(1, "a", NOW)
    assert watch.turn("a", NOW) - second == timedelta(seconds=2)
    watch.forget()
    assert watch.turn("a", NOW) == first
