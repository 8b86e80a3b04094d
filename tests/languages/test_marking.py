"""What stays English is marked as English."""

import pytest

from tracker.languages.marking import as_english, settled

MARKED = as_english("Get help")
SPAN = '<span lang="en" dir="ltr">Get help</span>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f"<p>{MARKED}</p>", f"<p>{SPAN}</p>"),
        (f"<p>Cael {MARKED} nawr</p>", f"<p>Cael {SPAN} nawr</p>"),
        (f'<a title="{MARKED}">x</a>', '<a title="Get help">x</a>'),
        (f"<title>{MARKED} – Loopkeeper</title>", "<title>Get help – Loopkeeper</title>"),
        (
            f"<textarea>{MARKED}</textarea><p>{MARKED}</p>",
            f"<textarea>Get help</textarea><p>{SPAN}</p>",
        ),
        (
            f"<select><option>{MARKED}</option></select>",
            "<select><option>Get help</option></select>",
        ),
        (f"<svg><text x='1'>{MARKED}</text></svg>", "<svg><text x='1'>Get help</text></svg>"),
        ("<p>Cael help</p>", "<p>Cael help</p>"),
        (f"<p>{as_english('By <b>4 March</b>')}</p>", "<p>By <b>4 March</b></p>"),
    ],
    ids=lambda _text: "",  # the marks are drawn anew in each process
)
def test_settled_marks_english_where_an_element_may_stand(page: str, expected: str) -> None:
    assert settled(page, is_html=True) == expected


# The corners of Unicode that serve somebody as a private mark, noncharacters, and figures.
ODD = ["\ue0e0", "\ue0e1", "\ue0e0x\ue0e1", "\ufdd0", "\uffff", "\U0010ffff", "\x02", "0" * 40]


@pytest.mark.parametrize("typed", ODD)
@pytest.mark.parametrize("is_html", [True, False])
def test_settled_leaves_what_was_typed_as_it_is(typed: str, is_html: bool) -> None:
    inside = as_english(f"You wrote {typed}.")
    page = (
        f'<p>{typed}{MARKED}{typed}</p><textarea>{typed}</textarea><i title="{typed}">{inside}</i>'
    )
    begin, end = ('<span lang="en" dir="ltr">', "</span>") if is_html else ("", "")
    assert settled(page, is_html=is_html) == (
        f"<p>{typed}{begin}Get help{end}{typed}</p><textarea>{typed}</textarea>"
        f'<i title="{typed}">{begin}You wrote {typed}.{end}</i>'
    )


def test_settled_leaves_nothing_in_plain_text() -> None:
    assert settled(f"{MARKED}: 0800", is_html=False) == "Get help: 0800"
