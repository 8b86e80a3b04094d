"""Links that don't work, and what their pages say instead."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from config import Config
from tests import factories as make
from tests.capabilities.scenes import LONG_AGO, Scene
from tests.capabilities.sending import GOOD, PRESS, answer, mails, recorded, text_of, versions
from tracker.actions.operations import publish_due
from tracker.capabilities.deeds import deeds_of
from tracker.clock import utc_now
from tracker.consultations.operations import note_event


def test_explained_expired_link_says_what_happened_since_and_sends_a_fresh_one(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    old = scene.link(settings, expires_on=LONG_AGO)
    make.make_action(scene.session, scene.bus, scene.quiet, published_at=utc_now())

    page = client.get(old)
    sent = client.post(old + "/fresh-link", data=PRESS)

    assert page.status_code == 410 and "All that was said has an answer" in page.text
    assert "today at" in page.text and "Send me a fresh link" in page.text
    assert "Look in your mail" in sent.text
    (mail,) = mails(scene)
    assert mail.recipient_id == scene.owner.id
    fresh = re.search(
        rb"/do/[\w.\-]+", (mail.content or b"").replace(b"=\r\n", b"").replace(b"=\n", b"")
    )
    assert fresh and client.get(fresh[0].decode()).status_code == 200


def test_explained_expired_link_keeps_what_was_typed(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    old = scene.link(settings, expires_on=LONG_AGO)

    page = client.post(old, data=answer(scene))

    assert page.status_code == 410 and GOOD in page.text
    assert "What you wrote was not saved" in page.text and versions(scene) == []


def test_explained_expired_link_tells_of_an_answer_on_its_way(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    old = scene.link(settings, expires_on=LONG_AGO)
    assert "No answer is on the board yet" in client.get(old).text
    recorded(client, scene, link)

    assert "An answer goes on the board tomorrow" in client.get(old).text


def test_fresh_link_says_the_same_and_sends_once_an_hour_to_that_person_alone(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    old = scene.link(settings, expires_on=LONG_AGO)
    stranger = make.make_person(scene.session, "Stan")
    scene.session.commit()

    pages = [
        client.post(address + "/fresh-link", data=PRESS).text.replace(address, "")
        for address in (old, old, scene.link(settings, stranger), "/do/made-up", "/do/%00%ff")
    ]

    assert len(set(pages[:4])) == 1
    assert [mail.recipient_id for mail in mails(scene)] == [scene.owner.id]


def test_explained_expired_link_says_what_was_done_when_and_by_whom(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    recorded(client, scene, link)
    client.post(
        link + "/hand-over", data={**PRESS, "form_id": str(uuid4()), "to": str(scene.deputy.id)}
    )

    said = text_of(client.get(scene.link(settings, expires_on=LONG_AGO)))

    assert "and worked until 1 January 2020" in said
    assert "Sam Green recorded an answer, today at" in said
    assert "Sam Green handed it over from Sam Green to Dee Patel, today at" in said
    assert "@" not in said


def test_used_link_says_what_was_done_what_stands_and_offers_a_fresh_one(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    both = make.make_action(
        scene.session, scene.bus, scene.quiet, published_at=None, publishes_at=make.NOW
    )
    publish_due(scene.session, now=utc_now())

    page = client.get(link)
    client.post(link + "/fresh-link", data=PRESS)

    said = text_of(page)
    assert "Everything that was said has an answer." in said
    assert "An answer went on the board by itself, today at" in said
    assert "This link works until 1 January 2100." in said
    assert both.published is not None and "@" not in page.text
    assert [mail.recipient_id for mail in mails(scene)] == [scene.owner.id]


def test_deeds_of_the_clock_and_of_people_are_told_apart(scene: Scene) -> None:
    for kind, person_id in (("withdrawn", None), ("withdrawn", scene.lead.id), ("coded", None)):
        note_event(scene.session, scene.consultation, kind, person_id=person_id, now=make.NOW)

    deeds = deeds_of(scene.session, scene.consultation.id)

    assert [deed.words for deed in deeds] == ["Lea Ross withdrew it", "This was done by itself"]


def test_fresh_link_needs_a_press(client: FlaskClient, scene: Scene, settings: Config) -> None:
    old, works = scene.link(settings, expires_on=LONG_AGO), scene.link(settings)

    assert client.post(old + "/fresh-link").status_code == 410
    assert client.post(works + "/fresh-link").headers["Location"] == works
    assert mails(scene) == []


def test_fresh_link_is_not_held_back_by_a_mail_of_a_clock_that_ran_ahead(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    old = scene.link(settings, expires_on=LONG_AGO)
    client.post(old + "/fresh-link", data=PRESS)
    mails(scene)[0].queued_at += timedelta(days=365)
    mails(scene)[0].notice_key = f"link/{scene.owner.id}/another"
    scene.session.commit()

    client.post(old + "/fresh-link", data=PRESS)

    assert len(mails(scene)) == 2


@pytest.mark.parametrize("stray", [".", ")", ">", "],", "!”", "%2E", "%3E."])
def test_a_link_works_with_what_a_mail_program_took_for_a_part_of_it(
    client: FlaskClient, scene: Scene, link: str, stray: str
) -> None:
    page = client.get(link + stray)
    client.post(link + stray, data=answer(scene))

    assert page.status_code == 200 and "Say what happened" in page.text
    assert [version.text for version in versions(scene)] == [GOOD]


HOSTILE = [
    "x",
    "a.b.c",
    "..%2f..%2fetc",
    "%00",
    "%ff%fe",
    "eyJhIjoxfQ.c2ln",
    "😀",
    "x" * 5000,
    "WzEsMSwxXQ.AAAA",
    "null",
    "{{7*7}}",
    "<script>",
]


@pytest.mark.parametrize("token", HOSTILE)
def test_explained_unreadable_link_is_a_plain_page(
    client: FlaskClient, scene: Scene, token: str
) -> None:
    for page in ("", "/cannot", "/until", "/snooze", "/hand-over", "/pending/1"):
        for reply in (client.get(f"/do/{token}{page}"), client.post(f"/do/{token}{page}")):
            assert 400 <= reply.status_code < 500
            assert "<script>" not in reply.text and "Sam Green" not in reply.text


def test_explained_link_cut_short_says_how_to_mend_it(client: FlaskClient, link: str) -> None:
    page = client.get(link[:-4])

    assert page.status_code == 404 and "copy the whole address" in page.text


def test_explained_link_of_somebody_who_left_shows_nothing(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    scene.owner.active = False

    for reply in (client.get(link), client.post(link, data=answer(scene))):
        assert reply.status_code == 403
        assert "answer for Youth centre any more" in text_of(reply)
        assert "The bus stops too early" not in reply.text
        assert "Send me a fresh link" not in reply.text
    assert versions(scene) == []


def test_explained_link_of_a_former_deputy_shows_nothing(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    link = scene.link(settings, scene.deputy)
    scene.consultation.service.deputies = []

    assert client.get(link).status_code == 403
    assert client.post(link + "/cannot", data=answer(scene)).status_code == 403


def test_explained_withdrawn_says_why(client: FlaskClient, scene: Scene, link: str) -> None:
    scene.consultation.withdrawn_at = utc_now()
    scene.consultation.withdrawn_reason = "The centre burned down."

    page = client.get(link)
    refused = client.post(link, data=answer(scene))

    assert page.status_code == refused.status_code == 410
    assert "The centre burned down." in page.text and versions(scene) == []


def test_explained_link_to_what_was_deleted(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    from tracker.reminders.links import make_link

    gone = make_link(settings, 999_999, scene.owner.id, expires_on=LONG_AGO)

    page = client.get(gone.removeprefix(settings.base_url))

    assert page.status_code == 404 and "nothing left to answer" in page.text
    assert client.get(f"{gone.removeprefix(settings.base_url)}/done/{uuid4()}").status_code == 404
