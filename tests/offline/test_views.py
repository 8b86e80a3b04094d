"""The service worker, the pages it shows, and what the form says to a phone that kept an answer."""

import re
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.responses.phone import filled, make_survey, responses, words_on
from tracker.web.sealed import public_key, seal


def box_of(settings: Config, **values: str) -> dict[str, str]:
    body = "&".join(f"{name}={value}" for name, value in filled(**values).items())
    return {"sealed": seal(body.encode(), public_key(settings))}


def test_worker_carries_our_key_and_names_its_files(
    client: FlaskClient, session: Session, settings: Config
) -> None:
    make.make_organisation(session)

    page = client.get("/worker.js")

    assert page.mimetype == "text/javascript"
    assert page.headers["Cache-Control"] == "no-cache"
    assert f"self.outboxKey = '{public_key(settings)}';" in page.text
    files = re.findall(r"'(/static/[^']+)'", page.text)
    assert [file.rpartition("/")[2] for file in files] == ["outbox.js", "worker.js"]
    assert [client.get(file).status_code for file in files] == [200, 200]


def test_saved_names_all_that_has_to_be_kept_for_no_connection(
    client: FlaskClient, session: Session
) -> None:
    make.make_organisation(session)

    page = client.get("/saved").text

    first, then = re.findall(r'data-(?:first|keep)="([^"]+)"', page)
    assert first.split()[0] == "/saved"
    assert {"/offline", "/help", "/help/wales", "/help/scotland"} <= set(then.split())
    kept = [*first.split(), *then.split()]
    assert [client.get(path).status_code for path in kept] == [200] * 9
    for words in ("Saved on this phone, not sent yet", "Keep my answers on this phone"):
        assert words in page
    assert " checked" not in page


def test_notice_has_numbers_that_work_without_a_network(
    client: FlaskClient, session: Session
) -> None:
    make.make_organisation(session)

    page = client.get("/offline").text

    assert "There is no connection right now" in page
    for number in ("tel:999", "tel:08001111", "sms:85258"):
        assert number in page


def test_box_is_taken_once_and_thanked_for_each_time(
    client: FlaskClient, session: Session, settings: Config
) -> None:
    make_survey(session)
    box = box_of(settings)

    pages = [client.post("/s/abc234?sent=", data=box) for _ in range(2)]

    assert [page.headers["Answer-Kept"] for page in pages] == ["yes", "yes"]
    assert ["Thank you. We have your answer." in page.text for page in pages] == [True, True]
    assert words_on(pages[0].text) == words_on(pages[1].text) != []
    assert len(responses(session)) == 1


def test_box_with_a_mistake_comes_back_with_everything_typed(
    client: FlaskClient, session: Session, settings: Config
) -> None:
    make_survey(session)

    page = client.post("/s/abc234?sent=", data=box_of(settings, q1="", q2="Later"))

    assert (page.status_code, page.headers["Answer-Kept"]) == (400, "no")
    assert "Later</textarea>" in page.text


def test_box_that_comes_too_late_comes_back_in_words(
    client: FlaskClient, session: Session, settings: Config
) -> None:
    survey = make_survey(session)
    survey.consultation.closed_at = make.NOW

    page = client.post("/s/abc234?sent=", data=box_of(settings, q2="Later"))

    assert (page.status_code, page.headers["Answer-Kept"]) == (410, "no")
    assert "Later" in page.text


def test_other_words_under_the_same_id_are_not_said_to_be_kept(
    client: FlaskClient, session: Session, settings: Config
) -> None:
    make_survey(session)
    own = str(uuid4())
    client.post("/s/abc234?sent=", data=filled(submission_id=own))

    page = client.post("/s/abc234?sent=", data=box_of(settings, submission_id=own, q2="Music"))

    assert page.headers["Answer-Kept"] == "no"
    assert "Send it as a new answer" in page.text


def test_box_of_another_server_is_refused_in_words(client: FlaskClient, session: Session) -> None:
    make_survey(session)

    page = client.post("/s/abc234?sent=", data={"sealed": "AAAA"})

    assert (page.status_code, page.headers["Answer-Kept"]) == (400, "no")
    assert "can’t open the answer that waited on this phone" in page.text
