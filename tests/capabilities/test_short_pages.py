""" "We can't, because" and "It will take until": the short pages behind a mail."""

from datetime import timedelta
from uuid import uuid4

from flask.testing import FlaskClient

from tests import factories as make
from tests.capabilities.scenes import LONG_AGO, Scene
from tests.capabilities.sending import GOOD, PRESS, SOON, versions
from tracker.actions.policy import Outcome
from tracker.clock import local_date, utc_now


def test_cannot_records_for_the_themes_picked(client: FlaskClient, scene: Scene, link: str) -> None:
    form = {
        **PRESS,
        "form_id": str(uuid4()),
        "pick": [f"t{scene.bus.id}", f"t{scene.quiet.id}"],
        "one-why": "money",
        "one-reason": "A night bus costs £90,000 a year.",
        "one-decided_by": "The head of service",
        "one-review_on": SOON.isoformat(),
    }

    client.post(link + "/cannot", data=form)

    (version,) = versions(scene)
    assert version.outcome is Outcome.CANNOT and len(version.action.themes) == 2


def test_cannot_fills_in_who_decided_and_when_to_look_again(client: FlaskClient, link: str) -> None:
    page = client.get(link + "/cannot")

    assert 'value="The head of the service"' in page.text
    in_a_year = local_date(utc_now(), "Europe/London") + timedelta(days=365)
    assert f'value="{in_a_year}"' in page.text


def test_cannot_asks_for_all_that_is_missing_at_once(client: FlaskClient, link: str) -> None:
    page = client.post(
        link + "/cannot", data={**PRESS, "form_id": str(uuid4()), "pick": ["t999", "x"]}
    )

    for message in (
        "Choose what this is about",
        "Choose what kind of reason it is",
        "Give the reason in plain words",
        "Say who decided",
        "Enter the date when it will be looked at again",
    ):
        assert message in page.text


def test_cannot_has_the_only_theme_ticked(client: FlaskClient, scene: Scene, link: str) -> None:
    assert " checked" not in client.get(link + "/cannot").text
    make.make_action(scene.session, scene.quiet)

    page = client.get(link + "/cannot")

    assert f'value="t{scene.bus.id}" checked' in page.text


def test_cannot_says_so_when_nothing_waits(client: FlaskClient, scene: Scene, link: str) -> None:
    make.make_action(scene.session, scene.bus, scene.quiet)

    assert "Nothing waits for this kind of answer" in client.get(link + "/cannot").text


def test_until_moves_the_date_of_an_open_action(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    action = make.make_action(
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Three lights", due_on=LONG_AGO
    )
    form = {**PRESS, "form_id": str(uuid4()), "pick": f"a{action.id}", "one-will": GOOD}

    client.post(link + "/until", data=form | {"one-will_on": SOON.isoformat()})

    assert versions(scene)[-1].due_on == SOON and versions(scene)[-1].number == 2


def test_until_asks_once_what_will_be_different(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    form = {
        **PRESS,
        "form_id": str(uuid4()),
        "pick": f"t{scene.bus.id}",
        "one-will": "We will look into it.",
        "one-will_on": SOON.isoformat(),
    }

    assert "What will be different" in client.post(link + "/until", data=form).text
    assert client.post(link + "/until", data=form | {"asked": "one"}).status_code == 303
    assert [version.outcome for version in versions(scene)] == [Outcome.PLANNED]
