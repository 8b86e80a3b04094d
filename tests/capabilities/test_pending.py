"""What is on its way to the board: stopped, changed, or left to go."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from config import Config
from tests import factories as make
from tests.capabilities.scenes import Scene
from tests.capabilities.sending import (
    GOOD,
    PRESS,
    SOON,
    answer,
    mails,
    recorded,
    text_of,
    versions,
)
from tracker.accounts.models import Person
from tracker.actions.operations import publish_due
from tracker.actions.policy import Outcome
from tracker.clock import utc_now


def test_pending_shows_the_text_and_its_hour(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    version = recorded(client, scene, link)

    page = client.get(f"{scene.link(settings, scene.contact)}/pending/{version.id}")

    assert GOOD in page.text and "tomorrow at" in page.text
    assert "Recorded by Sam Green" in text_of(page) and "Stop it" in page.text


@pytest.mark.parametrize("who", ["owner", "deputy", "contact"])
def test_stop_works_with_one_button_for_each_of_the_circle(
    client: FlaskClient, scene: Scene, link: str, settings: Config, who: str
) -> None:
    version = recorded(client, scene, link)
    person: Person = getattr(scene, who)
    before = len(mails(scene))

    stopped = client.post(f"{scene.link(settings, person)}/pending/{version.id}/stop", data=PRESS)
    page = client.get(stopped.headers["Location"])

    assert f"It is stopped and won't go on the board. {person.name} stopped it" in text_of(
        page
    ).replace("&#39;", "'")
    assert versions(scene)[0].stopped_by == person.id
    assert len(mails(scene)) == before + (who != "owner")


def test_stop_twice_changes_and_tells_nothing_more(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    version = recorded(client, scene, link)
    address = f"{scene.link(settings, scene.deputy)}/pending/{version.id}/stop"

    client.post(address, data=PRESS)
    first, told = versions(scene)[0].stopped_at, len(mails(scene))
    client.post(address, data=PRESS)

    assert versions(scene)[0].stopped_at == first and len(mails(scene)) == told


def test_stop_comes_too_late_for_what_is_public(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    publish_due(scene.session, now=utc_now() + timedelta(days=2))
    scene.session.commit()

    page = client.post(f"{link}/pending/{version.id}/stop", data=PRESS, follow_redirects=True)

    assert "so it can't be stopped here" in page.text
    assert versions(scene)[0].stopped_at is None


def test_stop_is_not_for_the_lead(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    version = recorded(client, scene, link)
    leads = scene.link(settings, scene.lead)

    assert client.post(f"{leads}/pending/{version.id}/stop", data=PRESS).status_code == 403
    assert "Stop it" not in client.get(f"{leads}/pending/{version.id}").text
    assert versions(scene)[0].stopped_at is None


def test_change_puts_new_words_and_tells_the_circle_again(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    version = recorded(client, scene, link)
    address = f"{scene.link(settings, scene.contact)}/pending/{version.id}/change"
    assert GOOD in client.get(address).text
    form = {
        **PRESS,
        "form_id": str(uuid4()),
        "one-choice": "planned",
        "one-will": "We will ask the bus company for a later bus.",
        "one-will_on": SOON.isoformat(),
    }

    places = {client.post(address, data=form).headers["Location"] for _ in range(2)}

    first, second = versions(scene)
    assert len(places) == 1 and second.outcome is Outcome.PLANNED
    assert first.stopped_at is not None and second.action is first.action
    assert len(mails(scene)) == 6
    replaced = client.get(f"{link}/pending/{version.id}")
    assert f"{link}/pending/{second.id}" in replaced.text and "was changed" in replaced.text


def test_change_asks_for_a_choice(client: FlaskClient, scene: Scene, link: str) -> None:
    version = recorded(client, scene, link)

    page = client.post(
        f"{link}/pending/{version.id}/change", data={**PRESS, "form_id": str(uuid4())}
    )

    assert page.status_code == 422 and "Choose what happened" in page.text


def test_change_comes_too_late_and_keeps_the_words(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    client.post(f"{link}/pending/{version.id}/stop", data=PRESS)
    form = {
        **PRESS,
        "form_id": str(uuid4()),
        "one-choice": "already",
        "one-there": "The room upstairs is free every Tuesday.",
    }

    page = client.post(f"{link}/pending/{version.id}/change", data=form)

    assert page.status_code == 422 and "can&#39;t be changed any more" in page.text
    assert "The room upstairs is free every Tuesday." in page.text
    assert len(versions(scene)) == 1


def test_pending_of_a_draft_says_that_it_waits_for_a_person(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    draft = make.make_action(scene.session, scene.bus, published_at=None).versions[0]

    assert "This is a draft" in client.get(f"{link}/pending/{draft.id}").text


def test_pages_of_another_consultations_version_are_not_there(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    other = make.make_theme(scene.session, make.make_closed_consultation(scene.session))
    strange = make.make_action(
        scene.session, other, text="None of your business", published_at=None, publishes_at=make.NOW
    ).versions[0]

    for version_id in (strange.id, 999_999, 2**31, 2**70):
        address = f"{link}/pending/{version_id}"
        for page in (
            client.get(address),
            client.get(f"{address}/change"),
            client.post(f"{address}/change", data={**PRESS, "form_id": str(uuid4())}),
            client.post(f"{address}/stop", data=PRESS),
            client.post(f"{address}/put-back", data=PRESS),
        ):
            assert page.status_code == 404 and "None of your business" not in page.text
    scene.session.refresh(strange)
    assert strange.stopped_at is None


def test_done_shows_nobody_elses_form(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    place = client.post(link, data=answer(scene)).headers["Location"]
    form_id = place.rpartition("/")[2]

    for address in (
        f"{scene.link(settings, scene.deputy)}/done/{form_id}",
        f"{link}/done/{uuid4()}",
        f"{link}/done/not-a-form",
        f"/do/nonsense/done/{form_id}",
    ):
        assert client.get(address).status_code == 404


def test_act_with_somebody_elses_form_id_saves_nothing(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    form = answer(scene)
    client.post(link, data=form)

    page = client.post(scene.link(settings, scene.deputy), data=form, follow_redirects=True)

    assert page.status_code in (404, 422) and len(versions(scene)) == 1
