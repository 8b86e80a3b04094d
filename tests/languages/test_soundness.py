"""A translation that would break a page is never spoken."""

from typing import Any

import pytest

from tracker.languages.soundness import fault_in


@pytest.mark.parametrize(
    ("original", "said", "fault"),
    [
        ("By %(day)s.", "Erbyn %(day)s.", None),
        ("By %(day)s.", "Erbyn.", "%(day)s is missing"),
        ("By %(day)s.", "Erbyn %(dydd)s.", "%(dydd)s isn't in the original"),
        ("By %(day)s.", "Erbyn %(day)d.", "%(day)s is missing"),
        ("{number} of {count}", "{count} میں سے {number}", None),
        ("{number} of {count}", "{number} o 10", "{count} is missing"),
        ("Half of it", "50 % ohono", "a % stands alone: write it in words"),
        ("Get help", "<b>Cael help</b>", "there is a < in it, and none in the original"),
        (("%(num)s day", "%(num)s days"), ("un diwrnod", "%(num)s diwrnod"), None),
        (("%(num)s day", "%(num)s days"), ("", "%(num)s diwrnod"), None),
        (("%(num)s day", "%(num)s days"), ("%(n)s", "%(num)s"), "%(n)s isn't in the original"),
        (("%(num)s of %(x)s",) * 2, ("%(x)s", "%(num)s"), "%(x)s is missing"),
    ],
)
def test_fault_in_says_what_is_wrong(original: Any, said: Any, fault: str | None) -> None:
    assert fault_in(original, said) == fault
