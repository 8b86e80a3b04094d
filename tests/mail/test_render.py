from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from tests.factories import TODAY
from tracker.mail.render import render_mail


def test_render_mail_fills_subject_text_and_html() -> None:
    context = {
        "person": SimpleNamespace(name="Mo"),
        "asker": SimpleNamespace(name="Olu <b>"),
        "consultation": SimpleNamespace(title="Bus & tram\nBcc: x"),
        "pause": SimpleNamespace(until_on=TODAY, reason="Exams <script>"),
    }
    rendered = render_mail("snoozed", **context)
    assert rendered.subject == "Put off until 4 February 2026: Bus & tram Bcc: x"
    assert "Their reason: Exams <script>" in rendered.text
    assert "Exams &lt;script&gt;" in rendered.html and "<script>" not in rendered.html


def test_render_mail_refuses_to_leave_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render_mail("snoozed", person=SimpleNamespace(name="Mo"))
