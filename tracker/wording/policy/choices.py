"""Choices that overlap, leave somebody without an answer, or lean to one side."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import shorten

from tracker.wording.policy.finding import Remark

_RANGE = re.compile(r"(\d{1,6})\s*(?:-|–|—|to|and|up to)\s*(\d{1,6})", re.I)
_WAY_OUT = re.compile(
    r"\b(?:other|others|else|none|nothing|nobody|no one|nowhere|not sure|unsure|sure|don['’]t know"
    r"|do not know|don['’]t mind|rather not|prefer not|any|anything|all of|everything|both"
    r"|doesn['’]t matter|never|can['’]t (?:say|tell)|depends)\b",
    re.I,
)
# Lists that run from one end to the other are complete without a way out.
_IN_STEPS = re.compile(
    r"\b(?:always|often|sometimes|rarely|every (?:day|week|month)|once|twice|daily|weekly|yes|no|a lot"
    r"|a bit|a little|very|really|quite|agree|disagree|ok|good|bad|happy|sad|\d+)\b",
    re.I,
)
_GOOD = re.compile(
    r"\b(?:good|great|excellent|brilliant|amazing|happy|happier|safe|safer|love|like|agree|better"
    r"|best|easy|easier|fun|kind|fair|satisfied|useful|helpful|well|fantastic|perfect|welcome)\b",
    re.I,
)
_BAD = re.compile(
    r"\b(?:bad|badly|poor|poorly|awful|terrible|sad|sadder|unhappy|unsafe|hate|dislike|disagree|worse"
    r"|worst|hard|harder|difficult|boring|unkind|unfair|dissatisfied|useless|unhelpful|rubbish"
    r"|horrible|unwelcome)\b",
    re.I,
)
_TURNED = re.compile(r"\b(?:not|never|isn['’]t|don['’]t|wasn['’]t|no)\b", re.I)
_FEWEST_FOR_A_WAY_OUT = 3


def choice_remarks(choices: Sequence[str], kind: str = "") -> Iterator[Remark]:
    """What is doubtful about a list of choices, for a question of this kind."""
    yield from _alike(choices)
    yield from _ranges(choices)
    if kind == "yes_no" and len(choices) == 2:
        what = "Somebody who doesn’t know has to guess, or leave."
        yield Remark("no_way_out", _listed(choices), what, "Offer “Not sure” as well.")
    if kind in ("one_choice", "several_choices"):
        yield from _no_way_out(choices)
    if kind in ("scale", "one_choice"):
        yield from _leaning(choices)


def _alike(choices: Sequence[str]) -> Iterator[Remark]:
    seen: dict[str, str] = {}
    for choice in choices:
        plain = " ".join(re.findall(r"\w+", choice.lower()))
        if plain and plain in seen:
            what = f"The same as “{seen[plain]}”."
            yield Remark("overlap", choice, what, "Take one of them away.")
        seen.setdefault(plain, choice)


def _ranges(choices: Sequence[str]) -> Iterator[Remark]:
    found = [(choice, match) for choice in choices if (match := _RANGE.search(choice))]
    for (one, first), (other, second) in pairwise(found):
        last, start = int(first[2]), int(second[1])
        if int(first[1]) <= start <= last:
            what = f"{start} is in both: somebody has two right answers."
            yield Remark("overlap", f"{one} / {other}", what, f"Start the second at {last + 1}.")
        elif start > last + 1:
            what = f"{last + 1} is in neither: somebody has no right answer."
            yield Remark("gap", f"{one} / {other}", what, f"Start the second at {last + 1}.")


def _no_way_out(choices: Sequence[str]) -> Iterator[Remark]:
    if len(choices) < _FEWEST_FOR_A_WAY_OUT:
        return
    if any(_WAY_OUT.search(choice) or _IN_STEPS.search(choice) for choice in choices):
        return
    what = "Somebody whose answer isn’t here has nothing to choose."
    change = "Add “Something else” or “I don’t know”, unless nothing else is possible."
    yield Remark("no_way_out", _listed(choices), what, change)


def _leaning(choices: Sequence[str]) -> Iterator[Remark]:
    sides = [_side(choice) for choice in choices]
    good, bad = sides.count(1), sides.count(-1)
    if good + bad < 2 or abs(good - bad) < 2:
        return
    side, other = ("good", "bad") if good > bad else ("bad", "good")
    what = f"{max(good, bad)} choices say {side} and {min(good, bad)} say {other}."
    yield Remark(
        "leaning", _listed(choices), what, "Give as many choices on one side as on the other."
    )


def _side(choice: str) -> int:
    """1 for a choice that says good, -1 for bad, 0 for neither."""
    side = 1 if _GOOD.search(choice) else 0
    side = -1 if _BAD.search(choice) else side
    return -side if _TURNED.search(choice) else side


def _listed(choices: Sequence[str]) -> str:
    return shorten(" / ".join(choices), 120, placeholder="…")
