"""What is asked before an answer is taken, at each boundary."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from uuid import UUID

import pytest

from tests.factories import NOW
from tracker.abuse import policy
from tracker.abuse.policy import Ask, Kind, Seal, what_to_ask
from tracker.abuse.policy.asking import OLDEST, QUICKEST
from tracker.abuse.policy.rates import SHORTEST_WAIT

ID = UUID(int=7)
KEY = "a key"
SECOND = timedelta(seconds=1)


def solve(seal: str, zero_bits: int = policy.ZERO_BITS) -> str:
    """The sum, done the slow way."""

    def piece(n: int) -> str:
        for tried in count():
            digest = sha256(f"{seal}.{n}.{tried}".encode()).digest()
            if int.from_bytes(digest[:4]) >> (32 - zero_bits) == 0:
                return str(tried)
        raise AssertionError

    return ",".join(piece(n) for n in range(policy.PIECES))


@pytest.mark.parametrize("kind", Kind)
def test_read_seal_reads_what_make_seal_made(kind: Kind) -> None:
    sealed = policy.make_seal(ID, Seal(kind, NOW), KEY)

    assert policy.read_seal(sealed, ID, [KEY]) == Seal(kind, NOW)
    assert policy.read_seal(sealed, ID, ["a new key", KEY]) == Seal(kind, NOW)


def test_seal_fits_one_block_of_the_hash_with_piece_and_number() -> None:
    sealed = policy.make_seal(ID, Seal(Kind.WAIT, datetime(9999, 1, 1, tzinfo=UTC)), KEY)

    assert len(f"{sealed}.15.zzzzzzz") <= 55


def _sealed(kind: Kind = Kind.FORM) -> str:
    return policy.make_seal(ID, Seal(kind, NOW), KEY)


@pytest.mark.parametrize(
    ("typed", "of", "keys"),
    [
        (_sealed(), UUID(int=8), [KEY]),
        (_sealed(), ID, ["another key"]),
        (_sealed(), ID, []),
        ("p" + _sealed()[1:], ID, [KEY]),
        (_sealed().replace(".", "0."), ID, [KEY]),
        (_sealed() + " ", ID, [KEY]),
        (_sealed()[:-1], ID, [KEY]),
        ("", ID, [KEY]),
        ("fffffffffff.0123456789abcdef", ID, [KEY]),
        ("🎸" * 1000, ID, [KEY]),
    ],
)
def test_read_seal_refuses_what_was_not_made_for_this_id(
    typed: str, of: UUID, keys: list[str]
) -> None:
    assert policy.read_seal(typed, of, keys) is None


def _form(ago: timedelta) -> Seal:
    return Seal(Kind.FORM, NOW - ago)


@pytest.mark.parametrize(
    ("seal", "trap", "asked"),
    [
        (_form(timedelta(minutes=3)), "", Ask.NOTHING),
        (_form(QUICKEST), "", Ask.NOTHING),
        (_form(QUICKEST - SECOND), "", Ask.PRESS),
        (_form(-SECOND), "", Ask.PRESS),
        (_form(timedelta(minutes=3)), "https://spam.example", Ask.PRESS),
        (_form(OLDEST - SECOND), "", Ask.NOTHING),
        (_form(OLDEST), "", Ask.PRESS),
        (None, "", Ask.PRESS),
        (Seal(Kind.PRESSED, NOW), "", Ask.NOTHING),
        (Seal(Kind.PRESSED, NOW), "filled in by a browser", Ask.NOTHING),
        (Seal(Kind.PRESSED, NOW - OLDEST), "", Ask.PRESS),
        (Seal(Kind.WAIT, NOW + SHORTEST_WAIT), "", Ask.NOTHING),
    ],
)
def test_what_to_ask_in_quiet_times(seal: Seal | None, trap: str, asked: Ask) -> None:
    assert what_to_ask(seal, NOW, trap=trap, is_crowded=False, is_proven=False) is asked


@pytest.mark.parametrize(
    ("seal", "is_proven", "asked"),
    [
        (_form(timedelta(minutes=3)), False, Ask.PROOF),
        (_form(timedelta(minutes=3)), True, Ask.NOTHING),
        (None, False, Ask.PROOF),
        (Seal(Kind.PRESSED, NOW), False, Ask.PROOF),
        (Seal(Kind.WAIT, NOW + SECOND), False, Ask.PROOF),
        (Seal(Kind.WAIT, NOW), False, Ask.NOTHING),
        (Seal(Kind.WAIT, NOW - SECOND), False, Ask.NOTHING),
        (Seal(Kind.WAIT, NOW + SECOND), True, Ask.NOTHING),
        (Seal(Kind.WAIT, NOW - OLDEST), False, Ask.PRESS),
    ],
)
def test_what_to_ask_when_crowded(seal: Seal | None, is_proven: bool, asked: Ask) -> None:
    assert what_to_ask(seal, NOW, trap="", is_crowded=True, is_proven=is_proven) is asked


def test_is_solved_takes_a_solved_sum_for_its_own_seal_alone() -> None:
    seal = _sealed(Kind.WAIT)
    solved = solve(seal)

    assert policy.is_solved(seal, solved)
    assert not policy.is_solved(_sealed(Kind.FORM), solved)


@pytest.mark.parametrize(
    "proof", ["", "0", ",".join("0" * 16), "0," * 16, "٣" * 16, ",".join(["z" * 8] * 16)]
)
def test_is_solved_refuses_what_solves_nothing(proof: str) -> None:
    assert not policy.is_solved(_sealed(Kind.WAIT), proof)


@pytest.mark.parametrize(
    ("in_slot", "in_hour", "over"),
    [(40, 40, False), (500, 1500, False), (501, 501, True), (1, 2000, False), (1, 2001, True)],
)
def test_is_over_budget_lets_a_class_and_a_school_through(
    in_slot: int, in_hour: int, over: bool
) -> None:
    assert policy.is_over_budget(in_slot, in_hour) is over


@pytest.mark.parametrize(
    ("in_slot", "earlier", "attack"),
    [
        (600, [], False),
        (601, [], True),
        (601, [0, 0, 1], True),
        (801, [100, 100], True),
        (800, [100, 100], False),
        (801, [0, 100, 0], True),
        (4800, [50_000], False),
        (4801, [50_000], True),
    ],
)
def test_is_attack_against_the_usual(in_slot: int, earlier: list[int], attack: bool) -> None:
    assert policy.is_attack(in_slot, earlier) is attack


def test_next_turn_is_a_minute_off_and_after_the_last() -> None:
    first = policy.next_turn(NOW, None)

    assert first == NOW + SHORTEST_WAIT
    assert policy.next_turn(NOW, first) == first + 2 * SECOND
    assert policy.next_turn(NOW + timedelta(hours=1), first) == NOW + timedelta(hours=1, minutes=1)


def test_new_code_is_ours_and_reads_back_however_it_is_typed() -> None:
    code = policy.new_code(KEY)

    assert len(code) == 12
    assert policy.is_ours(code, ["a new key", KEY])
    assert not policy.is_ours(code, ["a new key"])
    for typed in (policy.shown(code), f" {code.upper()} ", f"{code[:4]} {code[4:8]} – {code[8:]}"):
        assert policy.read_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "abc", "cdfg-hjkm-npq", "cdfg-hjkm-npqa", "c" * 13, "²" * 12]
)
def test_read_code_refuses_what_can_be_none(typed: str) -> None:
    assert policy.read_code(typed) is None


def test_is_ours_refuses_a_code_with_one_sign_changed() -> None:
    code = policy.new_code(KEY, draw=lambda alphabet: alphabet[0])
    changed = "d" + code[1:]

    assert not policy.is_ours(changed, [KEY])


def test_code_hash_depends_on_code_and_key() -> None:
    hashes = {policy.code_hash(code, key) for code in ("a", "b") for key in ("k", "l")}

    assert len(hashes) == 4
    assert all(len(each) == 64 for each in hashes)
