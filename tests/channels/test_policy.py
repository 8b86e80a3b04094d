"""The day of a digest, and the addresses that channels take."""

from datetime import date

import pytest

from tracker.channels.addresses import BadAddressOfChannel, chat_target, phone_number
from tracker.channels.policy import USUAL_WAY, Channel, Choice, Rhythm, Way, digest_on
from tracker.working_days import Nation

E, S = Nation.ENGLAND, Nation.SCOTLAND


@pytest.mark.parametrize(
    ("day", "weekday", "nation", "expected"),
    [
        (date(2026, 1, 12), 0, E, date(2026, 1, 12)),  # a Monday is its own
        (date(2026, 1, 13), 0, E, date(2026, 1, 19)),
        (date(2026, 1, 18), 0, E, date(2026, 1, 19)),  # a Sunday
        (date(2026, 1, 13), 4, E, date(2026, 1, 16)),
        (date(2026, 1, 17), 4, E, date(2026, 1, 23)),
        (date(2026, 4, 6), 0, E, date(2026, 4, 7)),  # Easter Monday is a bank holiday
        (date(2026, 4, 7), 0, E, date(2026, 4, 7)),
        (date(2026, 4, 8), 0, E, date(2026, 4, 13)),
        (date(2026, 4, 6), 0, S, date(2026, 4, 6)),  # not in Scotland
        (date(2026, 12, 25), 4, E, date(2026, 12, 29)),  # Christmas, a weekend, Boxing Day's Monday
        (date(2028, 2, 29), 1, E, date(2028, 2, 29)),
    ],
)
def test_digest_falls_on_the_chosen_day_or_the_next_working_day(
    day: date, weekday: int, nation: Nation, expected: date
) -> None:
    assert digest_on(day, weekday, nation) == expected


def test_digest_weekday_is_there_for_who_chose_one() -> None:
    assert Choice(Rhythm.WEEKLY, 3).digest_weekday == 3
    assert Choice(Rhythm.AT_ONCE, 3).digest_weekday is None


@pytest.mark.parametrize(
    ("way", "is_short", "may_be_fewer"),
    [
        (USUAL_WAY, False, False),
        (Way(can_wait=True), False, True),
        (Way(is_weekly=True, can_wait=True), True, False),
        (Way(Channel.CHAT, can_wait=True), True, False),
    ],
)
def test_way_says_its_form(way: Way, is_short: bool, may_be_fewer: bool) -> None:
    assert (way.is_short, way.may_be_fewer) == (is_short, may_be_fewer)


TEAMS = (
    "https://prod-12.uksouth.logic.azure.com:443/workflows/0a1b/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=AbC_d-e"
)
POWER = (
    "https://default0a.1b.environment.api.powerplatform.com/powerautomate/automations/direct/cu/07"
    "/workflows/0a1b/triggers/manual/paths/invoke?api-version=1&sig=AbC"
)
SLACK = "https://hooks.slack.com/services/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"
OWN = "https://ntfy.sh http://127.0.0.1:8099"


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        (TEAMS, "Microsoft Teams"),
        (POWER, "Microsoft Teams"),
        (f"  {SLACK} ", "Slack"),
        ("https://ntfy.sh/our-loops", "ntfy"),
        ("http://127.0.0.1:8099/our-loops", "ntfy"),
    ],
    ids=["teams", "power-automate", "slack", "ntfy", "own-ntfy"],
)
def test_chat_target_knows_the_doors_of_chats(typed: str, service: str) -> None:
    found = chat_target(typed, OWN)
    assert (found.service, found.address) == (service, typed.strip())


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "olu@example.org",
        "https://example.org/hook",
        "http://hooks.slack.com/services/T1/B1/x1",
        "https://hooks.slack.com.evil.example/services/T1/B1/x1",
        "https://hooks.slack.com@10.0.0.1/services/T1/B1/x1",
        "https://hooks.slack.com:8443/services/T1/B1/x1",
        "https://ntfy.sh/",
        "https://ntfy.sh/a/b",
        "https://ntfy.sh/topic?email=a@example.org",
        "https://ntfy.sh/topic#part",
        "http://127.0.0.1:22/our-loops",
        "file:///etc/passwd",
        "mailto://user:pass@example.org",
        TEAMS.replace("https", "http"),
        TEAMS.replace("azure.com:443", "azure.com:22"),
        TEAMS.replace("&sig=AbC_d-e", ""),
        TEAMS.replace("prod-12.uksouth.logic.azure.com", "logic.azure.com.evil.example"),
        "https://[::1",
        "https://ntfy.sh/to\x00pic",
        "https://ntfy.sh/" + "a" * 3000,
        "https://ntfy.sh/töpic",
    ],
)
def test_chat_target_takes_nothing_else(typed: str) -> None:
    with pytest.raises(BadAddressOfChannel, match="ntfy topic"):
        chat_target(typed, OWN)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (7700) 900-123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("+353 85 123 4567", "+353851234567"),
    ],
)
def test_phone_number_is_kept_in_international_form(typed: str, number: str) -> None:
    assert phone_number(typed) == number


@pytest.mark.parametrize("typed", ["", "12345", "07700 90012x", "+0123456789", "٠٧٧٠٠٩٠٠١٢٣"])
def test_phone_number_refuses_what_is_none(typed: str) -> None:
    with pytest.raises(BadAddressOfChannel, match="mobile number"):
        phone_number(typed)
