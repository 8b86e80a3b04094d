from datetime import date
from uuid import UUID

import pytest

from tests.factories import TODAY
from tracker.actions.policy import ActionDraft, Outcome, ReasonCode
from tracker.capabilities.boxes import CHOICES, SAID
from tracker.capabilities.typed import (
    clean,
    filled_beforehand,
    kept_words,
    read_day,
    read_form_id,
    typed_from,
)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-02-04", date(2026, 2, 4)),
        ("04/02/2026", date(2026, 2, 4)),
        ("4/2/2026", date(2026, 2, 4)),
        ("4.2.2026", date(2026, 2, 4)),
        ("9999-12-31", date(9999, 12, 31)),
        ("0000-01-01", None),
        ("10000-01-01", None),
        ("2026-02-30", None),
        ("31 June", None),
        ("", None),
        ("２０２６-02-04\n", None),
    ],
)
def test_read_day_as_boxes_and_people_write_it(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "is_id"),
    [("b5b2c1f0-0000-4000-8000-000000000000", True), ("", False), ("7", False), ("ü" * 36, False)],
)
def test_read_form_id(typed: str, is_id: bool) -> None:
    assert isinstance(read_form_id(typed), UUID) is is_id


def test_clean_bounds_what_comes_back() -> None:
    assert clean("  a\r\nb ") == "a\nb"
    assert len(clean("x" * 1_000_000)) == 5000


@pytest.mark.parametrize("outcome", list(Outcome))
def test_typed_from_fills_every_box_of_its_choice(outcome: Outcome) -> None:
    draft = ActionDraft(
        outcome,
        "Words",
        due_on=TODAY,
        changed_on=TODAY,
        reason_code=ReasonCode.LAW,
        reason="Why",
        decided_by="Panel",
        review_on=TODAY,
        passed_on_to="Them",
    )

    typed = typed_from("one", draft)

    chosen = CHOICES[typed["one-choice"]]
    expected = {"one-choice"} | {f"one-{box.name}" for box in chosen.boxes}
    assert typed.keys() == expected
    empty = {name for name, text in typed.items() if not text}
    assert empty == ({"one-begun"} if outcome is Outcome.PLANNED else set())
    assert "one-choice" not in typed_from("one", draft, is_chosen=False)


def test_said_has_words_for_every_outcome() -> None:
    assert SAID.keys() == set(Outcome)


def test_filled_beforehand_spares_what_nearly_everybody_would_enter() -> None:
    assert filled_beforehand(["t1"], decided_by="The panel", today=TODAY) == {
        "t1-did_on": "2026-02-04",
        "t1-decided_by": "The panel",
        "t1-review_on": "2027-02-04",
    }


def test_kept_words_are_those_whose_card_is_gone() -> None:
    typed = {
        "form_id": "x",
        "t1-did": "Gone",
        "t1-did_on": "2026-02-04",
        "t1-decided_by": "Panel",
        "t2-did": "Still here",
        "t3-will": "",
    }

    assert kept_words(typed, shown=["t2"]) == ["Gone"]
