"""The gate and the moves, by table: every item, every state, every boundary."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tracker.consultations.policy import AgeBand, Anonymity, ConsultationState, Details, LawfulBasis
from tracker.opening.policy import (
    CHECKS,
    GateFacts,
    Move,
    Place,
    Somebody,
    SurveyFacts,
    extension_problems,
    may_move,
    missing,
    promise_problems,
    warnings,
)

TODAY = date(2026, 2, 4)
A_DAY = timedelta(days=1)
CLOSES = TODAY + timedelta(days=14)
PROMISE = CLOSES + timedelta(days=84)
RETENTION = PROMISE + timedelta(days=365)
FULL = Details(
    title="A later bus",
    service_id=1,
    purpose="The last bus goes at 9.",
    decision="Whether we pay for a later bus",
    decided_by="Head of youth services",
    not_up_for_change="Sundays",
    readers="Two youth workers",
    closes_on=CLOSES,
    promise_on=PROMISE,
    ladder="swindon",
    level="consultation",
    anonymity=Anonymity.ANONYMOUS,
    lawful_basis=LawfulBasis.PUBLIC_TASK,
    retention_on=RETENTION,
    help_page="england",
)
OLU, CONNIE, DEE = (Somebody(n, name, True) for n, name in enumerate(("Olu", "Connie", "Dee"), 1))
READY = GateFacts(
    details=FULL,
    today=TODAY,
    owner=OLU,
    service_owner=OLU,
    contact=CONNIE,
    surveys=(SurveyFacts("The bus", asks=True),),
)


def gone(person: Somebody) -> Somebody:
    return replace(person, is_reachable=False)


def detailed(**changes: Any) -> GateFacts:
    return replace(READY, details=replace(FULL, **changes))


def test_missing_is_nothing_when_all_is_there() -> None:
    assert missing(READY) == []


def test_missing_lists_everything_at_once() -> None:
    empty = GateFacts(details=Details(title="A later bus", service_id=1), today=TODAY)
    assert [one.code for one in missing(empty)] == [
        check.code for check in CHECKS if check.code != "owner"
    ]


@pytest.mark.parametrize(
    ("facts", "code", "place", "words"),
    [
        (detailed(purpose=""), "purpose", Place.DETAILS, "Say why you ask"),
        (detailed(decision=""), "decision", Place.DETAILS, "Name the decision"),
        (detailed(decided_by=""), "decided_by", Place.DETAILS, "Say who decides"),
        (detailed(not_up_for_change=""), "not_up_for_change", Place.DETAILS, "can't change"),
        (detailed(readers=""), "readers", Place.DETAILS, "who reads"),
        (detailed(anonymity=None), "anonymity", Place.DETAILS, "anybody can tell"),
        (detailed(lawful_basis=None), "lawful_basis", Place.DETAILS, "the law"),
        (detailed(ladder="", level=""), "level", Place.DETAILS, "how much say"),
        (detailed(ladder="hart"), "level", Place.DETAILS, "how much say"),
        (detailed(help_page=""), "help_page", Place.DETAILS, "helplines"),
        (detailed(help_page="france"), "help_page", Place.DETAILS, "helplines"),
        (detailed(closes_on=TODAY - A_DAY), "closes_on", Place.DETAILS, "3 February 2026, is over"),
        (detailed(promise_on=None), "promise_on", Place.DETAILS, "Promise the day"),
        (detailed(promise_on=CLOSES), "promise_on", Place.DETAILS, "after the last day"),
        (detailed(retention_on=None), "retention_on", Place.DETAILS, "are deleted"),
        (detailed(retention_on=PROMISE), "retention_on", Place.DETAILS, "until after the promise"),
        (
            replace(READY, service_is_active=False),
            "service_owner",
            Place.SERVICE,
            "The service has stopped",
        ),
        (
            replace(READY, service_owner=None),
            "service_owner",
            Place.SERVICE,
            "The service has no owner",
        ),
        (
            replace(READY, service_owner=gone(DEE)),
            "service_owner",
            Place.SERVICE,
            "Dee owns the service, but can't be reached",
        ),
        (replace(READY, contact=None), "contact", Place.SERVICE, "nobody who is told"),
        (replace(READY, contact=gone(CONNIE)), "contact", Place.SERVICE, "can't be reached"),
        (replace(READY, contact=OLU), "contact", Place.SERVICE, "two people are needed"),
        (
            replace(READY, owner=CONNIE),
            "contact",
            Place.SERVICE,
            "Connie is owner and escalation contact at once",
        ),
        (replace(READY, owner=gone(DEE)), "owner", Place.OWNER, "can't be reached"),
        (replace(READY, surveys=()), "survey", Place.SURVEYS, "Make a survey"),
        (
            replace(READY, surveys=(SurveyFacts("Empty", asks=False),)),
            "survey",
            Place.SURVEYS,
            "“Empty” asks nothing yet",
        ),
        (
            replace(READY, surveys=(*READY.surveys, SurveyFacts("Parents", asks=False))),
            "survey",
            Place.SURVEYS,
            "“Parents” asks nothing yet",
        ),
        (
            replace(READY, surveys=(SurveyFacts("The bus", asks=True, problems=1),)),
            "survey",
            Place.SURVEYS,
            "A question of “The bus” can't be asked yet",
        ),
        (
            replace(READY, surveys=(SurveyFacts("The bus", asks=True, problems=3),)),
            "survey",
            Place.SURVEYS,
            "3 questions of “The bus” can't be asked yet",
        ),
        (replace(READY, language_off="Welsh"), "survey", Place.SURVEYS, "written in Welsh, which"),
    ],
)
def test_missing_names_each_thing_and_where_to_mend_it(
    facts: GateFacts, code: str, place: Place, words: str
) -> None:
    (found,) = missing(facts)
    assert (found.code, found.place) == (code, place)
    assert words in found.what
    assert found.field == (code if place is Place.DETAILS else "")


@pytest.mark.parametrize(
    "facts",
    [
        detailed(closes_on=TODAY),  # the day itself is open until midnight
        detailed(promise_on=CLOSES + A_DAY),
        detailed(retention_on=PROMISE + A_DAY),
        replace(READY, owner=DEE),
        replace(READY, owner=None),  # the service's owner takes it
    ],
)
def test_missing_is_nothing_at_the_edge(facts: GateFacts) -> None:
    assert missing(facts) == []


def test_missing_asks_for_a_closing_date_first() -> None:
    found = missing(detailed(closes_on=None, promise_on=None, retention_on=RETENTION))
    assert [one.code for one in found] == ["closes_on", "promise_on"]


def test_warnings_are_none_when_nothing_is_unwise() -> None:
    assert warnings(READY) == []


@pytest.mark.parametrize(
    ("question", "is_warned"),
    [
        ("What could be better?", False),
        ("What are your favourite activities?", False),  # 9: just right
        ("Favourite activities?", True),  # 10
        ("How would you evaluate the accessibility of transport in your locality?", True),
        ("ماذا يجب أن يتغير؟", False),  # can't be judged
        ("", False),
    ],
)
def test_warnings_name_a_question_that_reads_above_nine(question: str, is_warned: bool) -> None:
    facts = replace(READY, surveys=(SurveyFacts("The bus", True, questions=(question,)),))
    found = warnings(facts)
    assert [one.code for one in found] == (["hard_to_read"] if is_warned else [])
    assert missing(facts) == []


def test_warnings_shorten_a_long_question() -> None:
    long = "Considering everything that representatives communicated previously " * 9
    (found,) = warnings(replace(READY, surveys=(SurveyFacts("Bus", True, questions=(long,)),)))
    assert "…” in “Bus” may be hard to read" in found.what and len(found.what) < 300


@pytest.mark.parametrize(
    ("bands", "times_asked", "expected"),
    [
        ((), {AgeBand.SIX_TO_NINE: 9}, []),
        (("6-9",), {}, []),
        (("6-9",), {AgeBand.SIX_TO_NINE: 2}, []),
        (("6-9",), {AgeBand.SIX_TO_NINE: 3}, ["asked_often"]),  # this would be the fourth time
        (("6-9",), {AgeBand.TEN_TO_TWELVE: 3}, []),
        (
            ("6-9", "18+"),
            {AgeBand.SIX_TO_NINE: 4, AgeBand.EIGHTEEN_UP: 3},
            ["asked_often", "asked_often"],
        ),
        (("0-5",), {AgeBand.SIX_TO_NINE: 4}, []),
    ],
)
def test_warnings_say_when_the_same_ages_are_asked_too_often(
    bands: tuple[str, ...], times_asked: dict[AgeBand, int], expected: list[str]
) -> None:
    facts = replace(detailed(age_bands=bands), times_asked=times_asked)
    assert [one.code for one in warnings(facts)] == expected


def test_warnings_say_when_nobody_is_safeguarding_lead() -> None:
    (found,) = warnings(replace(READY, safeguarding_leads=0))
    assert found.code == "no_safeguarding_lead" and "Ask an administrator" in found.what


@pytest.mark.parametrize(
    ("others", "words"), [(1, "another consultation open"), (3, "3 other consultations open")]
)
def test_warnings_ask_after_the_services_other_loops(others: int, words: str) -> None:
    (found,) = warnings(replace(READY, other_loops=others))
    assert found.code == "other_loops" and words in found.what and found.what.endswith("?")


@pytest.mark.parametrize(
    ("days", "expected"), [(84, []), (85, ["long_wait"]), (300, ["long_wait"])]
)
def test_warnings_say_when_they_would_wait_long(days: int, expected: list[str]) -> None:
    facts = detailed(promise_on=CLOSES + timedelta(days=days))
    assert [one.code for one in warnings(facts)] == expected


DRAFT, OPEN, CLOSED, WITHDRAWN = ConsultationState


@pytest.mark.parametrize(
    ("move", "states"),
    [
        (Move.OPEN, {DRAFT}),
        (Move.EXTEND, {OPEN, CLOSED}),
        (Move.CLOSE, {OPEN}),
        (Move.WITHDRAW, {OPEN, CLOSED}),
        (Move.MOVE_PROMISE, {OPEN, CLOSED}),
    ],
)
def test_may_move_from_these_states_alone(move: Move, states: set[ConsultationState]) -> None:
    assert {state for state in ConsultationState if may_move(move, state)} == states


YESTERDAY = TODAY - A_DAY


@pytest.mark.parametrize(
    ("state", "closes_on", "new", "problem"),
    [
        (OPEN, CLOSES, CLOSES + A_DAY, None),
        (OPEN, CLOSES, CLOSES, "It is open until 18 February 2026 already"),
        (OPEN, CLOSES, TODAY, "It is open until"),
        (OPEN, CLOSES, YESTERDAY, "Choose today or a later day"),
        (OPEN, None, TODAY, None),
        (CLOSED, YESTERDAY, TODAY, None),
        (CLOSED, YESTERDAY, YESTERDAY, "Choose today or a later day"),
        # Closed by hand before its day: it may open again until any day from today on.
        (CLOSED, CLOSES, TODAY, None),
        (CLOSED, CLOSES, CLOSES, None),
        (OPEN, CLOSES, date(2100, 1, 1), "Check the year: 2100"),
        (OPEN, CLOSES, date.max, "Check the year: 9999"),
        (CLOSED, CLOSES, date.min, "Choose today or a later day"),
    ],
)
def test_extension_problems_want_a_later_day(
    state: ConsultationState, closes_on: date | None, new: date, problem: str | None
) -> None:
    found = extension_problems(
        replace(FULL, closes_on=closes_on),
        state,
        closes_on=new,
        promise_on=None,
        reason="",
        has_moved_promise=False,
        today=TODAY,
    )
    assert found.keys() == ({"closes_on"} if problem else set())
    assert problem is None or problem in found["closes_on"]


@pytest.mark.parametrize(
    ("new", "promise_on", "reason", "has_moved", "wrong"),
    [
        # The new day is before the promise: it stays, whatever else was typed.
        (PROMISE - A_DAY, None, "", False, {}),
        (PROMISE - A_DAY, None, "", True, {}),
        (PROMISE - A_DAY, TODAY, "", False, {}),
        # It reaches the promise: that has to move along, once, with a reason.
        (PROMISE, None, "", False, {"promise_on": "promise a later day"}),
        (PROMISE, PROMISE + A_DAY, "Exams", False, {}),
        (PROMISE, PROMISE + A_DAY, " ", False, {"reason": "Say why"}),
        (PROMISE, PROMISE, "Exams", False, {"promise_on": "after 13 May 2026"}),
        (PROMISE + A_DAY, PROMISE + A_DAY, "Exams", False, {"promise_on": "after 14 May 2026"}),
        (PROMISE, PROMISE + A_DAY, "Exams", True, {"closes_on": "a day before 13 May 2026"}),
        (PROMISE, RETENTION, "Exams", False, {"promise_on": "deleted on 13 May 2027"}),
        (PROMISE, RETENTION, "", False, {"promise_on": "deleted on", "reason": "Say why"}),
    ],
)
def test_extension_problems_keep_the_promise_after_the_closing_day(
    new: date, promise_on: date | None, reason: str, has_moved: bool, wrong: dict[str, str]
) -> None:
    found = extension_problems(
        FULL,
        OPEN,
        closes_on=new,
        promise_on=promise_on,
        reason=reason,
        has_moved_promise=has_moved,
        today=TODAY,
    )
    assert found.keys() == wrong.keys()
    assert all(words in found[name] for name, words in wrong.items())


@pytest.mark.parametrize(
    ("promise_on", "reason", "has_moved", "today", "wrong"),
    [
        (PROMISE + A_DAY, "The council meets later", False, TODAY, {}),
        (PROMISE, "Later", False, TODAY, {"promise_on": "after 13 May 2026"}),
        (PROMISE - A_DAY, "Sooner", False, TODAY, {"promise_on": "after 13 May 2026"}),
        (PROMISE + A_DAY, "", False, TODAY, {"reason": "on the board"}),
        (PROMISE + A_DAY, "Again", True, TODAY, {"promise_on": "moved once already"}),
        # It has gone by already: the new day has to be ahead of today.
        (
            PROMISE + 2 * A_DAY,
            "Late",
            False,
            PROMISE + 2 * A_DAY,
            {"promise_on": "after 15 May 2026"},
        ),
        (PROMISE + 3 * A_DAY, "Late", False, PROMISE + 2 * A_DAY, {}),
        (RETENTION - A_DAY, "Later", False, TODAY, {}),
        (RETENTION, "Later", False, TODAY, {"promise_on": "Choose a day before that"}),
    ],
)
def test_promise_problems_let_it_move_once_later_and_with_a_reason(
    promise_on: date, reason: str, has_moved: bool, today: date, wrong: dict[str, str]
) -> None:
    found = promise_problems(
        FULL, promise_on=promise_on, reason=reason, has_moved_promise=has_moved, today=today
    )
    assert found.keys() == wrong.keys()
    assert all(words in found[name] for name, words in wrong.items())


@pytest.mark.parametrize(
    ("day", "is_refused"), [(date(2099, 12, 31), False), (date(2100, 1, 1), True), (date.max, True)]
)
def test_promise_problems_refuse_an_impossible_year(day: date, is_refused: bool) -> None:
    found = promise_problems(
        replace(FULL, retention_on=None),
        promise_on=day,
        reason="Later",
        has_moved_promise=False,
        today=TODAY,
    )
    assert ("promise_on" in found) is is_refused
