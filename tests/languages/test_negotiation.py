"""Which language is spoken with whom."""

import pytest

from tracker.languages.negotiation import known_code, negotiated

OFFERED = ("en", "cy", "ar", "pt-BR")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("cy", "cy"),
        ("CY", "cy"),
        (" cy ", "cy"),
        ("cy-GB", "cy"),
        ("cy_GB", "cy"),
        ("pt-br", "pt-BR"),
        ("pt", None),
        ("pt-PT", None),
        ("xx", None),
        ("", None),
        ("../../etc/passwd", None),
        ("c" * 5000, None),
    ],
)
def test_known_code_finds_a_language_however_it_is_written(asked: str, code: str | None) -> None:
    assert known_code(asked, OFFERED) == code


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ([], None),
        ([("cy", 1.0)], "cy"),
        ([("cy-GB", 1.0), ("en", 0.9)], "cy"),
        ([("en-GB", 0.8), ("cy", 0.9)], "cy"),
        ([("en-GB", 1.0), ("cy", 0.9)], "en"),
        ([("so", 1.0), ("ar-SY", 0.5)], "ar"),
        ([("so", 1.0)], None),
        ([("cy", 0.0), ("ar", 0.1)], "ar"),
        ([("*", 1.0), ("cy", 0.5)], None),
        ([("so", 1.0), ("*", 0.5), ("cy", 0.1)], None),
    ],
)
def test_negotiated_takes_what_the_browser_likes_best(
    accepted: list[tuple[str, float]], code: str | None
) -> None:
    assert negotiated(accepted, OFFERED) == code
