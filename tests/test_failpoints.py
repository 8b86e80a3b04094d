"""The failpoints: each named once and standing somewhere, harmless unless asked for, deadly if so."""

import ast
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config import ROOT
from tracker.failpoints import (
    COMMITS,
    FAILPOINTS,
    VARIABLE,
    WORDS,
    FailpointReached,
    NoSuchFailpoint,
    at_each,
    reach,
    trap,
)

PACKAGE = ROOT / "tracker"
# Parts of a tick are named where they are begun, those of features above in `create_app`.
_PARTS_ABOVE = {"looking for bounces"}


def _calls(name: str, within: str = ".") -> Iterator[ast.expr]:
    """The first argument of each call of a function or method of this name."""
    for path in (PACKAGE / within).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
                if called == name or (isinstance(called, ast.Name) and called.id == name):
                    yield node.args[0]


def _pattern(argument: ast.expr) -> str:
    """What a name can be: itself, or anything in the place of what is only known later."""
    if isinstance(argument, ast.Constant):
        return re.escape(str(argument.value))
    assert isinstance(argument, ast.JoinedStr)
    parts = (
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
        for part in argument.values
    )
    return "".join(parts)


def test_there_are_sixty_failpoints_and_more_each_with_its_meaning() -> None:
    assert len(FAILPOINTS) >= 60
    assert all(FAILPOINTS.values())


def test_every_failpoint_of_the_source_is_listed_and_every_listed_one_is_there() -> None:
    patterns = {_pattern(argument) for argument in _calls("reach")}
    found = {
        pattern: [name for name in FAILPOINTS if re.fullmatch(pattern, name)]
        for pattern in patterns
    }
    assert [pattern for pattern, names in found.items() if not names] == []
    assert set(FAILPOINTS) - {name for names in found.values() for name in names} == set()


def test_every_part_of_a_tick_has_its_failpoints() -> None:
    named = {
        str(argument.value)
        for argument in _calls("part", "reminders/worker")
        if isinstance(argument, ast.Constant)
    }
    listed = {place.removeprefix("tick.") for place in COMMITS if place.startswith("tick.")}
    assert named | _PARTS_ABOVE == listed


def test_every_commit_outside_of_staff_pages_stands_between_its_failpoints() -> None:
    """Those of the staff's pages pass "any.done" and "any.committed" alone."""
    for place in (
        "reminders/worker",
        "bounces/worker.py",
        "capabilities",
        "board/views",
        "responses/views/receiving.py",
        "health/watchman.py",
    ):
        path = PACKAGE / place
        for module in [path] if path.suffix else path.rglob("*.py"):
            lines = [line.strip() for line in module.read_text().splitlines()]
            for number, line in enumerate(lines):
                if line.endswith("session.commit()") and "def alarms" not in lines[number - 2]:
                    around = lines[number - 1], lines[number + 1]
                    assert all(each.startswith("reach(") for each in around), (module, number + 1)


def test_reaching_does_nothing_unless_asked() -> None:
    assert VARIABLE not in os.environ
    for name in FAILPOINTS:
        reach(name)


def test_trap_springs_at_its_time_and_at_its_name_alone() -> None:
    try:
        at_each(trap("sent.done@2:raise").spring)
        reach("sent.done")
        reach("sent.committed")
        with pytest.raises(FailpointReached):
            reach("sent.done")
        reach("sent.done")
    finally:
        at_each(None)


@pytest.mark.parametrize(
    "setting", ["", "nowhere", "sent.done@often", "sent.done@²", "sent.done:explode", "@2"]
)
def test_trap_refuses_what_it_does_not_know(setting: str) -> None:
    with pytest.raises(NoSuchFailpoint, match=VARIABLE):
        trap(setting)


def _run(setting: str) -> "subprocess.CompletedProcess[str]":
    program = "from tracker.failpoints import reach; reach('sent.done'); print('alive')"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={VARIABLE: setting},
        capture_output=True,
        text=True,
        check=False,
    )


def test_process_dies_where_the_variable_says() -> None:
    assert _run("sent.done").returncode == -signal.SIGKILL
    assert _run("sent.committed").stdout == "alive\n"
    assert "names no failpoint" in _run("sent.don").stderr


def test_page_about_reliability_lists_every_failpoint() -> None:
    page = (ROOT / "docs/reliability.md").read_text()
    places = {*COMMITS, *(f"smtp.{verb}" for verb in WORDS)}
    single = {name for name in FAILPOINTS if name.rpartition(".")[0] not in places}
    assert {name for name in places | single if f"`{name}`" not in page} == set()
    assert f"{len(FAILPOINTS)} of them" in page


def test_words_to_a_mail_server_are_those_of_the_protocol() -> None:
    assert all(verb.isupper() and len(verb) in (4, 8) for verb in WORDS)
