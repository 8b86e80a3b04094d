"""Someone else should answer."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from config import Config
from tests import factories as make
from tests.capabilities.scenes import Scene
from tests.capabilities.sending import PRESS, mails
from tracker.consultations.queries import events_of


def test_hand_over_gives_it_to_the_deputy_and_tells_them(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    form = {**PRESS, "form_id": str(uuid4()), "to": str(scene.deputy.id)}

    places = [client.post(link + "/hand-over", data=form).headers["Location"] for _ in range(2)]

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.deputy.id
    assert [mail.recipient_id for mail in mails(scene)] == [scene.deputy.id, scene.owner.id]
    assert "Dee Patel answers from now on" in client.get(places[0]).text


def test_hand_over_of_ones_last_tie_still_says_what_was_done(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    giver = make.make_person(scene.session)
    scene.consultation.owner = giver
    scene.session.commit()
    link = scene.link(settings, giver)

    sent = client.post(
        link + "/hand-over", data={**PRESS, "form_id": str(uuid4()), "to": str(scene.deputy.id)}
    )

    assert "Dee Patel answers from now on" in client.get(sent.headers["Location"]).text
    assert client.get(link).status_code == 403


def test_hand_over_to_somebody_else_asks_contact_and_leads(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    who = "Ask <b>Pat</b> at the bus station"
    form = {**PRESS, "form_id": str(uuid4()), "to": "else", "who-words": who}

    sent = [client.post(link + "/hand-over", data=form) for _ in range(2)]

    assert "it stays where it is" in client.get(sent[0].headers["Location"]).text
    told = [scene.contact.id, scene.lead.id, scene.owner.id]
    assert [mail.recipient_id for mail in mails(scene)] == told
    assert all(b"<b>Pat</b> at" not in (m.content or b"").split(b"html")[-1] for m in mails(scene))
    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.owner.id
    events = events_of(scene.session, scene.consultation.id)
    assert [event.kind for event in events if event.person_id == scene.owner.id][-1:] == [
        "new_owner_asked_for"
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Choose who should answer"),
        ({"to": "999999999999999999999"}, "Choose who should answer"),
        ({"to": "else"}, "Write who it should be"),
        ({"to": "else", "who-words": "x" * 161}, "160 characters at most"),
    ],
)
def test_hand_over_refuses_and_says_why(
    client: FlaskClient, scene: Scene, link: str, values: dict[str, str], message: str
) -> None:
    page = client.post(link + "/hand-over", data={**PRESS, "form_id": str(uuid4())} | values)

    assert page.status_code == 422 and message in page.text
    assert mails(scene) == []


def test_hand_over_never_offers_the_contact_or_the_owner(client: FlaskClient, link: str) -> None:
    page = client.get(link + "/hand-over")

    assert "Dee Patel" in page.text and "Con Bell" not in page.text
    assert "Sam Green answers for it now" in page.text


def test_hand_over_works_for_the_lead(client: FlaskClient, scene: Scene, settings: Config) -> None:
    form = {**PRESS, "form_id": str(uuid4()), "to": str(scene.deputy.id)}

    client.post(scene.link(settings, scene.lead) + "/hand-over", data=form)

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.deputy.id
