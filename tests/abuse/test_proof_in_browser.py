"""The sum that a phone does by itself while a survey is flooded."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import OpenPage
from tests.responses.phone import make_survey, responses
from tracker.abuse.gate import watch
from tracker.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

SEND = """() => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/s/abc234?sent=";
  for (const [name, value] of Object.entries({ q1: "yes", q2: "Later\\nbuses" })) {
    const box = document.createElement("textarea");
    box.name = name;
    box.value = value;
    form.append(box);
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(autouse=True)
def on_guard(app: Flask) -> Iterator[None]:
    app.config["SPAM_CHECKS"] = True
    watch.forget()
    yield
    app.config["SPAM_CHECKS"] = False


def test_phone_does_the_sum_and_sends_by_itself(session: Session, open_page: OpenPage) -> None:
    make_survey(session).proof_until = utc_now() + timedelta(hours=1)
    session.commit()
    page = open_page("/")

    page.evaluate(SEND)

    page.get_by_role("heading", name="Thank you. We have your answer.").wait_for()
    (stored,) = responses(session)
    assert "Later\nbuses" in [answer.value for answer in stored.answers]
