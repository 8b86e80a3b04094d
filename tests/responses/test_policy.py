from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.factories import NOW
from tracker.consultations.policy import ConsultationState
from tracker.responses.policy import (
    GRACE,
    accepts,
    estimated_minutes,
    may_type_in,
    read_receipt,
    receipt_hash,
    receipt_words,
    submission_id_from,
)
from tracker.responses.words import WORDS

ID = UUID("7d4e8c0a-2f5b-4b3e-9a61-0c5f3f1f9d11")
SECOND = timedelta(seconds=1)


def question(kind: str, text: str = "", hint: str = "", **settings: Any) -> Any:
    return SimpleNamespace(key="q1", kind=kind, text=text, hint=hint, settings=settings)


@pytest.mark.parametrize(
    ("state", "closed_at", "taken"),
    [
        (ConsultationState.DRAFT, None, False),
        (ConsultationState.OPEN, None, True),
        (ConsultationState.CLOSED, NOW, True),
        (ConsultationState.CLOSED, NOW - GRACE + SECOND, True),
        (ConsultationState.CLOSED, NOW - GRACE, False),
        (ConsultationState.CLOSED, NOW - GRACE - SECOND, False),
        (ConsultationState.WITHDRAWN, NOW, False),
        (ConsultationState.WITHDRAWN, None, False),
        (ConsultationState.CLOSED, None, False),
    ],
)
def test_accepts_while_open_and_for_a_day_after_closing(
    state: ConsultationState, closed_at: datetime | None, taken: bool
) -> None:
    assert accepts(state, closed_at, NOW) is taken


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (ConsultationState.DRAFT, False),
        (ConsultationState.OPEN, True),
        (ConsultationState.CLOSED, True),
        (ConsultationState.WITHDRAWN, False),
    ],
)
def test_may_type_in_while_open_and_ever_after(state: ConsultationState, may: bool) -> None:
    assert may_type_in(state) is may


@pytest.mark.parametrize(
    ("questions", "minutes"),
    [
        ([], 1),
        ([question("yes_no", "Is it good?")], 1),
        ([question("long_text")] * 2, 1),
        ([question("long_text")] * 2 + [question("yes_no")], 2),
        ([question("information", "word " * 120)], 1),
        ([question("information", "word " * 122)], 2),
        ([question("long_text", "word " * 30, hint="word " * 30)], 1),
        ([question("long_text", "word " * 30, hint="word " * 32)], 2),
    ],
)
def test_estimated_minutes_round_up_what_reading_and_answering_take(
    questions: list[Any], minutes: int
) -> None:
    assert estimated_minutes(questions) == minutes


def test_estimated_minutes_count_the_choices_as_reading() -> None:
    short = question("one_choice", "Which?", choices=[{"key": "c1", "text": "One"}])
    long = question("one_choice", "Which?", choices=[{"key": "c1", "text": "word " * 200}])

    assert estimated_minutes([short]) == 1
    assert estimated_minutes([long]) == 2


@pytest.mark.parametrize("typed", [str(ID), ID.hex, str(ID).upper()])
def test_submission_id_is_read_when_it_is_one(typed: str) -> None:
    assert submission_id_from(typed) == ID


@pytest.mark.parametrize("typed", ["", "7", "x" * 36, str(ID)[:-1], f"{ID} OR 1=1", "\ud800" * 32])
def test_submission_id_is_none_when_malformed(typed: str) -> None:
    assert submission_id_from(typed) is None


def test_receipt_words_are_four_of_the_list_and_always_the_same() -> None:
    words = receipt_words(ID, 0, "key")

    assert set(words.split()) <= set(WORDS)
    assert len(words.split()) == 4
    assert receipt_words(ID, 0, "key") == words


def test_receipt_words_differ_by_submission_attempt_and_key() -> None:
    several = {
        receipt_words(ID, 0, "key"),
        receipt_words(ID, 1, "key"),
        receipt_words(ID, 0, "other key"),
        receipt_words(UUID(int=1), 0, "key"),
    }

    assert len(several) == 4


def test_receipt_words_use_the_whole_list() -> None:
    used = {w for n in range(4000) for w in receipt_words(UUID(int=n), 0, "key").split()}

    assert used == set(WORDS)


def test_receipt_hash_depends_on_the_key_and_hides_the_words() -> None:
    hashed = receipt_hash("maple otter lantern seven", "key")

    assert len(hashed) == 64
    assert hashed != receipt_hash("maple otter lantern seven", "other key")
    assert "maple" not in hashed


@pytest.mark.parametrize(
    "typed",
    [
        "maple otter lantern seven",
        "  Maple  OTTER lantern\nseven. ",
        "maple-otter-lantern-seven",
        "maple · otter · lantern · seven",
        "1. maple 2. otter 3. lantern 4. seven",
        "mapel otter lantern seven",  # two letters swapped
        "maple oter lantern seven",  # one too few
        "maple otter lanterns seven",  # one too many
        "maple otter lantern sevem",  # one wrong
    ],
)
def test_read_receipt_forgives_capitals_signs_and_one_slip_in_a_word(typed: str) -> None:
    assert read_receipt(typed) == "maple otter lantern seven"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "maple otter lantern",
        "maple otter lantern seven maple",
        "maple otter lantern qqqqq",
        "mpla otter lantern seven",  # two slips
        "قيقب ثعلب فانوس سبعة",
        "maple otter lantern \x00",
        "a" * 5_000_000,
        "🦦 🍁 🏮 7",
    ],
)
def test_read_receipt_is_none_when_no_receipt_is_meant(typed: str) -> None:
    assert read_receipt(typed) is None


def test_read_receipt_guesses_nothing_when_two_words_can_be_meant() -> None:
    # One letter from "boat" and one from "oat(s)": neither is chosen for the person.
    candidates = [w for w in WORDS if len(w) == 3]
    ambiguous = next(
        a[0] + b[1] + a[2]
        for a in candidates
        for b in candidates
        if a[0] != b[0] and a[1] != b[1] and a[2] == b[2] and a[0] + b[1] + a[2] not in WORDS
    )

    assert read_receipt(f"{ambiguous} otter lantern seven") is None
