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
)
def test_settled_marks_english_where_an_element_may_stand(page: str, expected: str) -> None:
    assert settled(page, is_html=True) == expected


def test_settled_leaves_nothing_in_plain_text() -> None:
    assert settled(f"{MARKED}: 0800", is_html=False) == "Get help: 0800"
