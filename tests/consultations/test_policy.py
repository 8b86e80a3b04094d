"""What a consultation's details allow, by table."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tracker.accounts.policy import Act, Actor, RoleName
from tracker.consultations.policy import (
    AGE_BAND_WORDS,
    ANONYMITY_WORDS,
    DETAIL_WORDS,
    FIXED_BY_OPENING,
    LAWFUL_BASIS_WORDS,
    STATE_WORDS,
    AgeBand,
    Anonymity,
    ConsultationState,
    Details,
    LawfulBasis,
    changed_details,
    date_problems,
    days_waiting,
    default_promise,
    detail_problems,
    may_change,
    services_for,
    state_of,
    suggested_promise,
    with_suggestions,
)

DRAFT, OPEN, CLOSED, WITHDRAWN = ConsultationState
AT = datetime(2026, 2, 4, 10, tzinfo=UTC)
CLOSES = date(2026, 3, 2)
PROMISE = date(2026, 5, 25)  # 84 days later
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
    retention_on=date(2027, 2, 4),
    help_page="england",
    age_bands=("10-12",),
)


@pytest.mark.parametrize(
    ("opened_at", "closed_at", "withdrawn_at", "expected"),
    [
        (None, None, None, DRAFT),
        (AT, None, None, OPEN),
        (AT, AT, None, CLOSED),
        (AT, None, AT, WITHDRAWN),
        (AT, AT, AT, WITHDRAWN),
    ],
)
def test_state_of_follows_from_three_moments(
    opened_at: datetime | None,
    closed_at: datetime | None,
    withdrawn_at: datetime | None,
    expected: ConsultationState,
) -> None:
    assert state_of(opened_at, closed_at, withdrawn_at) is expected


def test_default_promise_is_twelve_weeks_later() -> None:
    assert default_promise(CLOSES) == PROMISE


@pytest.mark.parametrize("detail", sorted(FIXED_BY_OPENING))
def test_may_change_holds_what_young_people_were_told(detail: str) -> None:
    allowed = [state for state in ConsultationState if may_change(detail, state)]
    assert allowed == [DRAFT]


@pytest.mark.parametrize(
    "detail",
    [
        "title",
        "purpose",
        "decision",
        "decided_by",
        "not_up_for_change",
        "readers",
        "retention_on",
        "help_page",
        "age_bands",
    ],
)
def test_may_change_leaves_the_words_until_it_is_withdrawn(detail: str) -> None:
    allowed = [state for state in ConsultationState if may_change(detail, state)]
    assert allowed == [DRAFT, OPEN, CLOSED]


def test_changed_details_names_them_in_their_order() -> None:
    after = replace(FULL, age_bands=(), title="Buses")
    assert changed_details(FULL, after) == ["title", "age_bands"]
    assert changed_details(FULL, FULL) == []


@pytest.mark.parametrize("state", [OPEN, CLOSED])
@pytest.mark.parametrize(
    ("before", "after"),
    [(Anonymity.ANONYMOUS, Anonymity.NAMED), (Anonymity.NAMED, Anonymity.ANONYMOUS)],
)
def test_detail_problems_refuse_to_change_anonymity_after_opening_both_ways(
    state: ConsultationState, before: Anonymity, after: Anonymity
) -> None:
    problems = detail_problems(
        replace(FULL, anonymity=before), replace(FULL, anonymity=after), state
    )
    assert list(problems) == ["anonymity"] and "can't change any more" in problems["anonymity"]


def test_detail_problems_let_a_draft_change_everything() -> None:
    after = Details(title="Other", service_id=2, anonymity=Anonymity.NAMED)
    assert detail_problems(FULL, after, DRAFT) == {}


def test_detail_problems_ask_for_a_title() -> None:
    assert detail_problems(FULL, replace(FULL, title=""), DRAFT) == {"title": "Give it a title."}


@pytest.mark.parametrize(
    ("state", "before", "after", "is_refused"),
    [
        (DRAFT, date(2027, 2, 4), date(2027, 2, 5), False),
        (OPEN, date(2027, 2, 4), date(2027, 2, 3), False),
        (OPEN, date(2027, 2, 4), date(2027, 2, 5), True),
        (CLOSED, date(2027, 2, 4), date(2027, 2, 5), True),
        (CLOSED, date(2027, 2, 4), None, True),
        (OPEN, None, date(2027, 2, 5), False),  # made before the rule
    ],
)
def test_detail_problems_let_retention_only_come_sooner_after_opening(
    state: ConsultationState, before: date | None, after: date | None, is_refused: bool
) -> None:
    problems = detail_problems(
        replace(FULL, retention_on=before), replace(FULL, retention_on=after), state
    )
    assert ("retention_on" in problems) is is_refused


def test_detail_problems_leave_old_dates_alone_when_words_change() -> None:
    odd = replace(FULL, promise_on=CLOSES)
    assert detail_problems(odd, replace(odd, purpose="Other words"), OPEN) == {}


@pytest.mark.parametrize(
    ("closes_on", "promise_on", "retention_on", "wrong"),
    [
        (None, None, None, set()),
        (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4), set()),
        (date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 4), {"promise_on"}),
        (date(2026, 3, 2), date(2026, 3, 1), None, {"promise_on"}),
        (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 3), {"retention_on"}),
        (date(2026, 3, 2), None, date(2026, 3, 2), {"retention_on"}),
        (date(2026, 3, 2), None, date(2026, 3, 3), set()),
        (None, date(2026, 3, 2), date(2026, 3, 2), {"retention_on"}),
        (date(1999, 12, 31), None, None, {"closes_on"}),
        (date(2000, 1, 1), None, None, set()),
        (None, None, date(2099, 12, 31), set()),
        (None, None, date(2100, 1, 1), {"retention_on"}),
        (date.max, None, None, {"closes_on"}),
        (None, date.min, None, {"promise_on"}),
    ],
)
def test_date_problems_keep_the_dates_in_order(
    closes_on: date | None, promise_on: date | None, retention_on: date | None, wrong: set[str]
) -> None:
    assert date_problems(closes_on, promise_on, retention_on).keys() == wrong


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # (closes_on, promise_on) before and after, and what the promise becomes
        ((None, None), (None, None), None),
        ((None, None), (CLOSES, None), PROMISE),
        ((None, None), (CLOSES, date(2026, 4, 1)), date(2026, 4, 1)),
        # Left as suggested, it follows the closing date.
        ((CLOSES, PROMISE), (date(2026, 3, 3), PROMISE), date(2026, 5, 26)),
        # Chosen by the author, it stays.
        ((CLOSES, date(2026, 4, 1)), (date(2026, 3, 3), date(2026, 4, 1)), date(2026, 4, 1)),
        ((CLOSES, PROMISE), (date(2026, 3, 3), date(2026, 4, 1)), date(2026, 4, 1)),
        ((CLOSES, PROMISE), (None, PROMISE), PROMISE),
        ((CLOSES, PROMISE), (CLOSES, None), PROMISE),
        ((None, None), (date.max, None), None),
    ],
)
def test_suggested_promise_fills_in_what_was_left(
    before: tuple[date | None, date | None],
    after: tuple[date | None, date | None],
    expected: date | None,
) -> None:
    old = replace(FULL, closes_on=before[0], promise_on=before[1])
    new = replace(FULL, closes_on=after[0], promise_on=after[1])
    assert suggested_promise(old, new) == expected


@pytest.mark.parametrize(
    ("actor", "act", "expected"),
    [
        (Actor(1, True, owns=frozenset({5})), Act.EDIT_CONSULTATION, {5}),
        (Actor(1, True, deputises=frozenset({6})), Act.EDIT_CONSULTATION, {6}),
        (Actor(1, True, is_contact_of=frozenset({7})), Act.EDIT_CONSULTATION, set()),
        (Actor(1, True, is_contact_of=frozenset({7})), Act.SEE_CONSULTATION, {7}),
        (Actor(1, True), Act.SEE_CONSULTATION, set()),
        (Actor(1, False, owns=frozenset({5})), Act.SEE_CONSULTATION, set()),
        (Actor(1, True, frozenset({RoleName.VIEWER})), Act.SEE_CONSULTATION, None),
        (Actor(1, True, frozenset({RoleName.VIEWER})), Act.EDIT_CONSULTATION, set()),
        (Actor(1, True, frozenset({RoleName.PARTICIPATION_LEAD})), Act.EDIT_CONSULTATION, None),
        (Actor(1, True, frozenset({RoleName.SAFEGUARDING_LEAD})), Act.SEE_CONSULTATION, set()),
    ],
)
def test_services_for_follows_roles_and_ties(
    actor: Actor, act: Act, expected: set[int] | None
) -> None:
    assert services_for(actor, act) == expected


@pytest.mark.parametrize(
    ("state", "expected"), [(DRAFT, PROMISE), (OPEN, None), (CLOSED, None), (WITHDRAWN, None)]
)
def test_with_suggestions_fills_in_a_draft_alone(
    state: ConsultationState, expected: date | None
) -> None:
    without = replace(FULL, promise_on=None)
    assert with_suggestions(without, without, state) == replace(FULL, promise_on=expected)


def test_everything_has_words() -> None:
    assert set(STATE_WORDS) == set(ConsultationState)
    assert set(ANONYMITY_WORDS) == set(Anonymity)
    assert set(LAWFUL_BASIS_WORDS) == set(LawfulBasis)
    assert set(AGE_BAND_WORDS) == set(AgeBand)
    assert set(DETAIL_WORDS) == set(Details.__dataclass_fields__)


@pytest.mark.parametrize(
    ("closed_at", "closes_on", "days"),
    [
        (None, None, 0),
        (None, date(2026, 7, 5), 0),
        # The clock closes it at the midnight that ends its last day: at 23:00 UTC in summer …
        (datetime(2026, 7, 5, 23, tzinfo=UTC), date(2026, 7, 5), 141),
        # … and by hand somebody closes it before that day, or without having named one.
        (datetime(2026, 7, 3, 9, tzinfo=UTC), date(2026, 7, 5), 143),
        (datetime(2026, 7, 3, 9, tzinfo=UTC), None, 143),
        (datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23), 0),
        # A clock that was ahead and has been put right.
        (datetime(2026, 12, 1, 9, tzinfo=UTC), date(2026, 12, 5), 0),
    ],
)
def test_days_waiting_counts_from_the_last_day_for_answers(
    closed_at: datetime | None, closes_on: date | None, days: int
) -> None:
    assert days_waiting(closed_at, closes_on, date(2026, 11, 23), "Europe/London") == days
