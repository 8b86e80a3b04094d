"""Ask me again on…"""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from config import Config
from tests import factories as make
from tests.capabilities.scenes import Scene
from tests.capabilities.sending import PRESS, SOON, text_of
from tracker.actions.policy import Outcome
from tracker.clock import utc_now
from tracker.reminders.models import Case, Reminder, ReminderState, Snooze
from tracker.reminders.policy import CaseKind, Step


@pytest.fixture
def case(scene: Scene) -> Case:
    case = Case(kind=CaseKind.UNTOLD, consultation=scene.consultation, opened_at=make.NOW)
    scene.session.add(case)
    scene.session.commit()
    return case


def pause(chosen: Case, **values: str) -> dict[str, str]:
    until_on = utc_now().date() + timedelta(days=20)
    given = {
        **PRESS,
        "form_id": str(uuid4()),
        "case": str(chosen.id),
        "pause-until_on": until_on.isoformat(),
        "pause-reason": "The panel meets on the 12th.",
    }
    return given | values


def test_snooze_pauses_once_however_often_it_is_sent(
    client: FlaskClient, scene: Scene, case: Case, link: str
) -> None:
    form = pause(case)

    places = [client.post(link + "/snooze", data=form).headers["Location"] for _ in range(3)]

    assert scene.session.scalar(select(func.count(Snooze.id))) == 1
    assert "We won&#39;t ask you again before" in client.get(places[0]).text
    assert "sent your reason" in text_of(client.get(link + "/snooze"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"case": "999"}, "Choose which reminders to put off"),
        ({"pause-until_on": "soon"}, "Enter the day on which"),
        ({"pause-until_on": "2020-01-01"}, "Choose a day from"),
        ({"pause-until_on": "9999-12-31"}, "Choose a day from"),
        ({"pause-reason": " "}, "Say why, in a few words"),
        ({"pause-reason": "x" * 501}, "500 characters"),
    ],
)
def test_snooze_refuses_and_keeps_what_was_typed(
    client: FlaskClient,
    scene: Scene,
    case: Case,
    link: str,
    values: dict[str, str],
    message: str,
) -> None:
    form = pause(case, **values)

    page = client.post(link + "/snooze", data=form)

    assert page.status_code == 422 and message in page.text
    assert form["pause-reason"].strip() in page.text
    assert scene.session.scalar(select(func.count(Snooze.id))) == 0


def test_snooze_twice_is_as_often_as_it_gets(
    client: FlaskClient, scene: Scene, case: Case, link: str
) -> None:
    for _ in range(2):
        client.post(link + "/snooze", data=pause(case))

    page = client.get(link + "/snooze")
    third = client.post(link + "/snooze", data=pause(case))

    assert "put off twice already" in page.text and "<form" not in page.text
    assert third.status_code == 422
    assert scene.session.scalar(select(func.count(Snooze.id))) == 2


def test_snooze_offers_each_case_when_there_are_several(
    client: FlaskClient, scene: Scene, case: Case, link: str
) -> None:
    action = make.make_action(
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Three lights", due_on=SOON
    )
    late = Case(
        kind=CaseKind.LATE_ACTION,
        consultation=scene.consultation,
        action=action,
        opened_at=make.NOW,
    )
    scene.session.add(late)

    page = client.get(link + "/snooze")

    assert "“Three lights”" in page.text and "Young people are waiting to hear" in page.text


def test_snooze_says_when_it_would_hold_nothing_any_more(
    client: FlaskClient, scene: Scene, case: Case, link: str
) -> None:
    for step in Step:
        scene.session.add(
            Reminder(
                case_id=case.id,
                step=step,
                recipient_id=scene.owner.id,
                due_on=utc_now().date(),
                queued_at=utc_now(),
                state=ReminderState.SENT,
            )
        )

    page = client.get(link + "/snooze")
    refused = client.post(link + "/snooze", data=pause(case))

    assert "This can't be put off any more" in page.text and "<form" not in page.text
    assert refused.status_code == 422
    assert scene.session.scalar(select(func.count(Snooze.id))) == 0


def test_snooze_has_nothing_to_do_without_a_case(client: FlaskClient, link: str) -> None:
    assert "No reminders are running here" in client.get(link + "/snooze").text


def test_snooze_is_not_for_the_contact(
    client: FlaskClient, scene: Scene, case: Case, settings: Config
) -> None:
    link = scene.link(settings, scene.contact)

    for page in (client.get(link + "/snooze"), client.post(link + "/snooze", data=pause(case))):
        assert page.status_code == 403 and "this is for the owner" in page.text
    assert "Ask me again on" not in client.get(link).text
