import re
from datetime import date

import pytest

from tracker.safeguarding.helplines import (
    CHILDLINE,
    EMERGENCY,
    HELPLINES,
    SHOUT,
    Helpline,
    checked_on,
    help_pages,
    helplines_of,
    nation_named,
)
from tracker.working_days import Nation

EVERYWHERE = {"0800 1111", "85258", "116 123", "116 000"}


@pytest.mark.parametrize(
    ("nation", "own"),
    [
        (Nation.ENGLAND, {"111"}),
        (Nation.WALES, {"111", "080880 23456"}),
        (Nation.SCOTLAND, {"111"}),
        (Nation.NORTHERN_IRELAND, {"0808 808 8000"}),
    ],
)
def test_helplines_of_a_nation_are_those_that_work_there(nation: Nation, own: set[str]) -> None:
    assert {line.number for line in helplines_of(nation)} == EVERYWHERE | own


@pytest.mark.parametrize("nation", list(Nation))
def test_helplines_of_every_nation_begin_with_the_one_for_every_child(nation: Nation) -> None:
    assert helplines_of(nation)[0] is CHILDLINE


@pytest.mark.parametrize("line", [EMERGENCY, *HELPLINES], ids=lambda line: line.name)
def test_helpline_links_to_the_number_it_shows(line: Helpline) -> None:
    digits = re.sub(r"\D", "", line.number)

    assert re.fullmatch(rf"(tel:|sms:){digits}(\?&body=[A-Z]+)?", line.link)
    assert line.does.endswith(".")


def test_helplines_say_whether_to_call_or_to_text() -> None:
    assert (CHILDLINE.verb, SHOUT.verb) == ("Call", "Text")


@pytest.mark.parametrize("nation", list(Nation))
def test_helplines_were_checked_and_the_page_tells_the_oldest_date(nation: Nation) -> None:
    dates = [line.checked_on for line in helplines_of(nation)]

    assert checked_on(nation) == min(dates)
    assert min(dates) >= date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "nation"),
    [
        ("england", Nation.ENGLAND),
        ("Wales", Nation.WALES),
        ("northern-ireland", Nation.NORTHERN_IRELAND),
        ("northern_ireland", Nation.NORTHERN_IRELAND),
        ("", None),
        ("france", None),
        ("x" * 10_000, None),
    ],
)
def test_nation_named_reads_an_address(name: str, nation: Nation | None) -> None:
    assert nation_named(name) is nation


def test_help_pages_lead_back_to_their_nation() -> None:
    assert [nation_named(page) for page in help_pages()] == list(Nation)
