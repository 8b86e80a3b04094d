import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from config import Config
from tests import factories as make
from tests.capabilities.scenes import LONG_AGO, SECRET_WORDS, Scene, make_scene, say
from tests.counting import counted
from tracker.accounts.models import Person
from tracker.actions.models import Action, ActionVersion
from tracker.actions.operations import publish_due
from tracker.actions.policy import Outcome
from tracker.capabilities.models import SentForm
from tracker.clock import utc_now
from tracker.consultations.queries import events_of
from tracker.db import Base
from tracker.reminders.models import Case, Mail, Snooze
from tracker.reminders.policy import CaseKind

TOMORROW = (utc_now() + timedelta(days=1)).date()
GOOD = "From 3 February the centre is open until 8 pm on Fridays."


@pytest.fixture
def scene(session: Session) -> Scene:
    return make_scene(session)


@pytest.fixture
def link(scene: Scene, settings: Config) -> str:
    return scene.link(settings)


def answer(scene: Scene, **values: str) -> dict[str, Any]:
    """The form that says the bus theme is done; `values` put in or replace fields."""
    key = f"t{scene.bus.id}"
    sent = {
        "form_id": str(uuid4()),
        f"{key}-choice": "done",
        f"{key}-did": GOOD,
        f"{key}-did_on": utc_now().date().isoformat(),
    }
    return sent | values


def versions(scene: Scene) -> list[ActionVersion]:
    scene.session.expire_all()
    return list(scene.session.scalars(select(ActionVersion).order_by(ActionVersion.id)))


def mails(scene: Scene) -> list[Mail]:
    return list(scene.session.scalars(select(Mail).order_by(Mail.id)))


def recorded(client: FlaskClient, scene: Scene, link: str) -> ActionVersion:
    client.post(link, data=answer(scene))
    return versions(scene)[-1]


def text_of(page: TestResponse) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


# Say what happened


def test_act_names_what_it_is_about_and_for_whom(client: FlaskClient, link: str) -> None:
    said = text_of(client.get(link))

    assert "Getting to the youth centre" in said
    assert "5 young people answered" in said
    assert "days" in said and "For Sam Green. Not you?" in said
    assert said.index("The bus stops too early") < said.index("We want somewhere quiet")
    assert "3 said so" in said


def test_act_shows_no_words_of_a_child(client: FlaskClient, scene: Scene, link: str) -> None:
    version = recorded(client, scene, link)
    for page in ("", "/cannot", "/until", "/snooze", "/hand-over", f"/pending/{version.id}"):
        assert SECRET_WORDS not in client.get(link + page).text
    for mail in mails(scene):
        assert SECRET_WORDS.encode() not in (mail.content or b"")


def test_act_keeps_its_address_to_itself(client: FlaskClient, link: str) -> None:
    page = client.get(link)

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text


def test_act_records_and_says_when_it_is_public(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    sent = client.post(link, data=answer(scene))
    page = client.get(sent.headers["Location"])

    (version,) = versions(scene)
    assert sent.status_code == 303
    assert version.text == GOOD and version.published_at is None
    assert version.publishes_at is not None
    assert "This goes on the board tomorrow at" in text_of(page)
    assert "Stop it" in page.text and "Change it" in page.text
    assert "1 thing young people said still waits" in text_of(page)
    assert "Set-Cookie" not in sent.headers


def test_act_tells_owner_deputies_and_contact_with_a_link_of_their_own(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)

    told = {mail.recipient_id: (mail.content or b"") for mail in mails(scene)}
    assert told.keys() == {scene.owner.id, scene.deputy.id, scene.contact.id}
    assert all(b"Stop it" in content for content in told.values())
    assert version.id is not None


def test_act_answers_several_themes_with_one(client: FlaskClient, scene: Scene, link: str) -> None:
    client.post(link, data=answer(scene, **{f"t{scene.quiet.id}-choice": "same"}))

    (version,) = versions(scene)
    assert {theme.id for theme in version.action.themes} == {scene.bus.id, scene.quiet.id}


def test_act_answers_each_theme_in_its_own_way(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    quiet = f"t{scene.quiet.id}"
    cannot = {
        f"{quiet}-choice": "cannot",
        f"{quiet}-why": "money",
        f"{quiet}-reason": "A second room costs £900 a month.",
        f"{quiet}-decided_by": "The head of service",
        f"{quiet}-review_on": TOMORROW.isoformat(),
    }

    client.post(link, data=answer(scene, **cannot))

    assert [version.outcome for version in versions(scene)] == [Outcome.DONE, Outcome.CANNOT]
    assert versions(scene)[1].reason == "A second room costs £900 a month."


@pytest.mark.parametrize(
    ("choice", "boxes", "outcome"),
    [
        ("planned", {"will": GOOD, "will_on": TOMORROW.isoformat()}, Outcome.PLANNED),
        (
            "planned",
            {"will": GOOD, "will_on": TOMORROW.strftime("%d/%m/%Y"), "begun": "yes"},
            Outcome.DOING,
        ),
        ("already", {"there": "The room upstairs is free every Tuesday."}, Outcome.ALREADY),
        (
            "passed_on",
            {"passed": "We asked them for a later bus on Fridays.", "passed_to": "The bus company"},
            Outcome.PASSED_ON,
        ),
        ("praise", {"thanks": "Thank you!"}, Outcome.PRAISE),
    ],
)
def test_act_takes_every_choice(
    client: FlaskClient,
    scene: Scene,
    link: str,
    choice: str,
    boxes: dict[str, str],
    outcome: Outcome,
) -> None:
    key = f"t{scene.bus.id}"
    fields = {f"{key}-{name}": value for name, value in boxes.items()}

    client.post(link, data={"form_id": str(uuid4()), f"{key}-choice": choice} | fields)

    (version,) = versions(scene)
    assert version.outcome is outcome


def test_act_says_what_is_missing_and_keeps_what_was_typed(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    key = f"t{scene.bus.id}"

    page = client.post(link, data=answer(scene, **{f"{key}-did_on": "31 June"}))

    assert page.status_code == 422 and versions(scene) == []
    assert "Nothing is saved yet" in page.text and f'href="#{key}-did_on"' in page.text
    assert "Enter the day since when something is different" in page.text
    assert GOOD in page.text and f'value="done" checked' in page.text  # noqa: F541


def test_act_asks_for_a_choice_when_none_was_made(client: FlaskClient, link: str) -> None:
    page = client.post(link, data={"form_id": str(uuid4())})

    assert page.status_code == 422 and "Choose what happened" in page.text


def test_act_refuses_to_repeat_nothing(client: FlaskClient, scene: Scene, link: str) -> None:
    data = {"form_id": str(uuid4()), f"t{scene.quiet.id}-choice": "same"}

    assert "There is no answer above to repeat" in client.post(link, data=data).text


def test_act_asks_once_what_is_different(client: FlaskClient, scene: Scene, link: str) -> None:
    key = f"t{scene.bus.id}"
    vague = answer(scene, **{f"{key}-did": "It is sorted."})

    asked = client.post(link, data=vague)
    assert "What is different now?" in asked.text and "One question" in asked.text
    assert versions(scene) == []

    client.post(link, data=vague | {"asked": key})
    assert [version.text for version in versions(scene)] == ["It is sorted."]


def test_act_makes_one_of_the_same_form_sent_three_times(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    form = answer(scene)

    places = {client.post(link, data=form).headers["Location"] for _ in range(3)}

    assert len(places) == 1 and len(versions(scene)) == 1 and len(mails(scene)) == 3


def test_act_makes_one_of_two_parallel_sendings(app: Flask, scene: Scene, link: str) -> None:
    form = answer(scene)

    replies = race(app, scene, (link, form), (link, form))

    assert [reply.status_code for reply in replies] == [303, 303]
    assert len({reply.headers["Location"] for reply in replies}) == 1
    assert len(versions(scene)) == 1 and len(mails(scene)) == 3


def test_act_lets_one_of_two_people_answer_the_same_theme(
    app: Flask, scene: Scene, link: str, settings: Config
) -> None:
    deputys = scene.link(settings, scene.deputy)

    replies = race(app, scene, (link, answer(scene)), (deputys, answer(scene)))

    assert sorted(reply.status_code for reply in replies) == [303, 422]
    lost = next(reply for reply in replies if reply.status_code == 422)
    assert GOOD in lost.text  # what they wrote can still be copied
    assert len(versions(scene)) == 1


def race(app: Flask, scene: Scene, *posts: tuple[str, dict[str, Any]]) -> list[TestResponse]:
    """Send the forms at the same moment, each from its own thread."""
    scene.session.commit()
    barrier = Barrier(len(posts))

    def send(post: tuple[str, dict[str, Any]]) -> TestResponse:
        barrier.wait()
        return Client(app).post(post[0], data=post[1])

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))


@pytest.mark.parametrize("form_id", ["", "not-a-form", "1234", "😀" * 40])
def test_act_keeps_the_words_when_the_form_lost_its_id(
    client: FlaskClient, scene: Scene, link: str, form_id: str
) -> None:
    page = client.post(link, data=answer(scene, form_id=form_id))

    assert page.status_code == 422 and "Part of this page was missing" in page.text
    assert GOOD in page.text and versions(scene) == []
    found = re.search(r'name="form_id" value="([^"]+)"', page.text)
    assert found and client.post(link, data=answer(scene, form_id=found[1])).status_code == 303


def test_act_bears_huge_and_hostile_text(client: FlaskClient, scene: Scene, link: str) -> None:
    key = f"t{scene.bus.id}"
    for text in ("x" * 200_000, "\0\0", "<script>alert(1)</script>", "‮ evil", "'; DROP TABLE"):
        page = client.post(link, data=answer(scene, **{f"{key}-did": text}))
        assert page.status_code == 422 and "<script>alert" not in page.text
    assert versions(scene) == []


def test_act_tells_of_a_theme_that_was_answered_meanwhile(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    recorded(client, scene, link)
    words = "We bought a bus of our own for Friday nights."

    page = client.post(link, data=answer(scene, **{f"t{scene.bus.id}-did": words}))

    assert page.status_code == 422 and words in page.text
    assert "What you wrote about things that are answered by now" in page.text
    assert len(versions(scene)) == 1


def test_act_offers_an_open_action_its_next_word(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    action = make.make_action(
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Three lights", due_on=TOMORROW
    )
    key = f"a{action.id}"

    assert "We told them: Three lights" in text_of(client.get(link))
    assert f'id="{key}-praise"' not in client.get(link).text  # an answer never sinks to mere thanks
    form = {
        "form_id": str(uuid4()),
        f"{key}-choice": "done",
        f"{key}-did": GOOD,
        f"{key}-did_on": utc_now().date().isoformat(),
    }
    client.post(link, data=form)

    assert [version.number for version in versions(scene)] == [1, 2]


def test_act_says_when_everything_was_answered(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    for theme in (scene.bus, scene.quiet):
        make.make_action(scene.session, theme, published_at=utc_now() - timedelta(days=1))

    said = text_of(client.get(link))

    assert "Everything that was said has an answer. The last went on the board yesterday" in said
    assert "<button>Save</button>" not in client.get(link).text


def test_act_shows_what_is_on_its_way(client: FlaskClient, scene: Scene, link: str) -> None:
    client.post(link, data=answer(scene, **{f"t{scene.quiet.id}-choice": "same"}))

    said = text_of(client.get(link))

    assert "has an answer by now" in said and "Going on the board by itself" in said


def test_act_asks_for_a_sign_in_to_read_answers(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    scene.session.delete(scene.bus)
    scene.session.delete(scene.quiet)

    page = client.get(scene.link(settings))

    assert "5 answers wait to be read" in page.text
    assert f"/staff/consultations/{scene.consultation.id}" in page.text
    assert "Ask me again on" in page.text and "Someone else should answer" in page.text
    assert "It will take until" not in page.text


def test_act_sends_the_contact_to_no_page_that_refuses_them(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    say(scene)
    link = scene.link(settings, scene.contact)
    client.post(link, data=answer(scene))

    said = client.get(link).text

    assert "1 answer waits to be read" in said and "by the owner and the deputies" in said
    assert "Stop it" in said and "(sign in)" not in said and "Sign in and read" not in said


def test_act_of_a_lead_shows_and_changes_nothing(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    link = scene.link(settings, scene.lead)

    page = client.get(link)
    refused = client.post(link, data=answer(scene))

    assert "The bus stops too early" in page.text and "<button>Save" not in page.text
    assert refused.status_code == 403 and "this is for the owner" in refused.text
    assert GOOD in refused.text and versions(scene) == []


def test_act_page_grows_no_queries_with_its_themes(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    with counted(scene.session) as one:
        client.get(link)
    for _ in range(3):
        say(scene, make.make_theme(scene.session, scene.consultation))
    scene.session.commit()
    with counted(scene.session) as more:
        client.get(link)

    assert len(more) == len(one)


# The short pages


def test_cannot_records_for_the_themes_picked(client: FlaskClient, scene: Scene, link: str) -> None:
    form = {
        "form_id": str(uuid4()),
        "pick": [f"t{scene.bus.id}", f"t{scene.quiet.id}"],
        "one-why": "money",
        "one-reason": "A night bus costs £90,000 a year.",
        "one-decided_by": "The head of service",
        "one-review_on": TOMORROW.isoformat(),
    }

    client.post(link + "/cannot", data=form)

    (version,) = versions(scene)
    assert version.outcome is Outcome.CANNOT and len(version.action.themes) == 2


def test_cannot_fills_in_who_decided_and_when_to_look_again(client: FlaskClient, link: str) -> None:
    page = client.get(link + "/cannot")

    assert 'value="The head of the service"' in page.text
    in_a_year = (utc_now() + timedelta(days=365)).date().isoformat()
    assert f'value="{in_a_year}"' in page.text


def test_cannot_asks_for_all_that_is_missing_at_once(client: FlaskClient, link: str) -> None:
    page = client.post(link + "/cannot", data={"form_id": str(uuid4()), "pick": ["t999", "x"]})

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
    form = {"form_id": str(uuid4()), "pick": f"a{action.id}", "one-will": GOOD}

    client.post(link + "/until", data=form | {"one-will_on": TOMORROW.isoformat()})

    assert versions(scene)[-1].due_on == TOMORROW and versions(scene)[-1].number == 2


def test_until_asks_once_what_will_be_different(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    form = {
        "form_id": str(uuid4()),
        "pick": f"t{scene.bus.id}",
        "one-will": "We will look into it.",
        "one-will_on": TOMORROW.isoformat(),
    }

    assert "What will be different" in client.post(link + "/until", data=form).text
    assert client.post(link + "/until", data=form | {"asked": "one"}).status_code == 303
    assert [version.outcome for version in versions(scene)] == [Outcome.PLANNED]


# Snooze


@pytest.fixture
def case(scene: Scene) -> Case:
    case = Case(kind=CaseKind.UNTOLD, consultation=scene.consultation, opened_at=make.NOW)
    scene.session.add(case)
    scene.session.commit()
    return case


def pause(chosen: Case, **values: str) -> dict[str, str]:
    until_on = utc_now().date() + timedelta(days=20)
    given = {
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
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Three lights", due_on=TOMORROW
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


def test_snooze_has_nothing_to_do_without_a_case(client: FlaskClient, link: str) -> None:
    assert "No reminders are running here" in client.get(link + "/snooze").text


def test_snooze_is_not_for_the_contact(
    client: FlaskClient, scene: Scene, case: Case, settings: Config
) -> None:
    link = scene.link(settings, scene.contact)

    for page in (client.get(link + "/snooze"), client.post(link + "/snooze", data=pause(case))):
        assert page.status_code == 403 and "this is for the owner" in page.text
    assert "Ask me again on" not in client.get(link).text


# Hand over


def test_hand_over_gives_it_to_the_deputy_and_tells_them(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    form = {"form_id": str(uuid4()), "to": str(scene.deputy.id)}

    places = [client.post(link + "/hand-over", data=form).headers["Location"] for _ in range(2)]

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.deputy.id
    assert [mail.recipient_id for mail in mails(scene)] == [scene.deputy.id]
    assert "Dee Patel answers from now on" in client.get(places[0]).text


def test_hand_over_of_ones_last_tie_still_says_what_was_done(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    giver = make.make_person(scene.session)
    scene.consultation.owner = giver
    scene.session.commit()
    link = scene.link(settings, giver)

    sent = client.post(
        link + "/hand-over", data={"form_id": str(uuid4()), "to": str(scene.deputy.id)}
    )

    assert "Dee Patel answers from now on" in client.get(sent.headers["Location"]).text
    assert client.get(link).status_code == 403


def test_hand_over_to_somebody_else_asks_contact_and_leads(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    who = "Ask <b>Pat</b> at the bus station"
    form = {"form_id": str(uuid4()), "to": "else", "who-words": who}

    sent = [client.post(link + "/hand-over", data=form) for _ in range(2)]

    assert "it stays where it is" in client.get(sent[0].headers["Location"]).text
    assert {mail.recipient_id for mail in mails(scene)} == {scene.contact.id, scene.lead.id}
    assert len(mails(scene)) == 2
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
    page = client.post(link + "/hand-over", data={"form_id": str(uuid4())} | values)

    assert page.status_code == 422 and message in page.text
    assert mails(scene) == []


def test_hand_over_never_offers_the_contact_or_the_owner(client: FlaskClient, link: str) -> None:
    page = client.get(link + "/hand-over")

    assert "Dee Patel" in page.text and "Con Bell" not in page.text
    assert "Sam Green answers for it now" in page.text


def test_hand_over_works_for_the_lead(client: FlaskClient, scene: Scene, settings: Config) -> None:
    form = {"form_id": str(uuid4()), "to": str(scene.deputy.id)}

    client.post(scene.link(settings, scene.lead) + "/hand-over", data=form)

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.deputy.id


# What is on its way to the board


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

    stopped = client.post(f"{scene.link(settings, person)}/pending/{version.id}/stop")
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

    client.post(address)
    first, told = versions(scene)[0].stopped_at, len(mails(scene))
    client.post(address)

    assert versions(scene)[0].stopped_at == first and len(mails(scene)) == told


def test_stop_comes_too_late_for_what_is_public(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    publish_due(scene.session, now=utc_now() + timedelta(days=2))
    scene.session.commit()

    page = client.post(f"{link}/pending/{version.id}/stop", follow_redirects=True)

    assert "so it can't be stopped here" in page.text
    assert versions(scene)[0].stopped_at is None


def test_stop_is_not_for_the_lead(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    version = recorded(client, scene, link)
    leads = scene.link(settings, scene.lead)

    assert client.post(f"{leads}/pending/{version.id}/stop").status_code == 403
    assert "Stop it" not in client.get(f"{leads}/pending/{version.id}").text
    assert versions(scene)[0].stopped_at is None


def test_change_puts_new_words_and_tells_the_circle_again(
    client: FlaskClient, scene: Scene, link: str, settings: Config
) -> None:
    version = recorded(client, scene, link)
    address = f"{scene.link(settings, scene.contact)}/pending/{version.id}/change"
    assert GOOD in client.get(address).text
    form = {
        "form_id": str(uuid4()),
        "one-choice": "planned",
        "one-will": "We will ask the bus company for a later bus.",
        "one-will_on": TOMORROW.isoformat(),
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

    page = client.post(f"{link}/pending/{version.id}/change", data={"form_id": str(uuid4())})

    assert page.status_code == 422 and "Choose what happened" in page.text


def test_change_comes_too_late_and_keeps_the_words(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    client.post(f"{link}/pending/{version.id}/stop")
    form = {
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
            client.post(f"{address}/change", data={"form_id": str(uuid4())}),
            client.post(f"{address}/stop"),
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


# Links that don't work


def test_explained_expired_link_says_what_happened_since_and_sends_a_fresh_one(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    old = scene.link(settings, expires_on=LONG_AGO)
    make.make_action(scene.session, scene.bus, scene.quiet, published_at=utc_now())

    page = client.get(old)
    sent = client.post(old + "/fresh-link")

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
        client.post(address + "/fresh-link").text.replace(address, "")
        for address in (old, old, scene.link(settings, stranger), "/do/made-up", "/do/%00%ff")
    ]

    assert len(set(pages[:4])) == 1
    assert [mail.recipient_id for mail in mails(scene)] == [scene.owner.id]


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
            assert "<script" not in reply.text and "Sam Green" not in reply.text


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


# Looking changes nothing


@pytest.fixture
def untouched(scene: Scene) -> Iterator[None]:
    """Every table holds the same rows after the test as before it."""
    before = rows(scene.session)
    yield
    scene.session.rollback()
    assert rows(scene.session) == before


def rows(session: Session) -> dict[str, list[str]]:
    session.expire_all()
    return {
        table.name: sorted(str(row) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.usefixtures("untouched")
def test_looking_changes_nothing_however_often_and_by_whom(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    pages = ("", "/cannot", "/until", "/snooze", "/hand-over", f"/done/{uuid4()}", "/fresh-link")
    headers = [{}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}]
    for person in (scene.owner, scene.contact, scene.lead):
        for page in pages:
            address = scene.link(settings, person) + page
            for extra in headers:
                assert client.get(address, headers=extra).status_code < 500
                assert client.head(address, headers=extra).status_code < 500
                assert client.options(address, headers=extra).status_code < 500


def test_looking_at_a_pending_answer_changes_nothing(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    before = rows(scene.session)
    scene.session.commit()

    for page in ("", "/stop", "/change"):
        for _ in range(3):
            client.get(f"{link}/pending/{version.id}{page}")
            client.head(f"{link}/pending/{version.id}{page}")

    assert rows(scene.session) == before


def test_a_form_from_another_site_is_refused(client: FlaskClient, scene: Scene, link: str) -> None:
    page = client.post(link, data=answer(scene), headers={"Origin": "https://evil.example"})

    assert page.status_code == 403 and versions(scene) == []


def test_every_accepted_form_is_kept_once(client: FlaskClient, scene: Scene, link: str) -> None:
    recorded(client, scene, link)

    form = scene.session.scalars(select(SentForm)).one()
    assert (form.person_id, form.consultation_id) == (scene.owner.id, scene.consultation.id)
    assert scene.session.scalar(select(func.count(Action.id))) == 1


def test_change_and_stop_at_one_moment_leave_one_outcome(
    app: Flask, scene: Scene, link: str, settings: Config
) -> None:
    client = app.test_client()
    version = recorded(client, scene, link)
    change = {
        "form_id": str(uuid4()),
        "one-choice": "already",
        "one-there": "The room upstairs is free every Tuesday.",
    }
    address = f"{link}/pending/{version.id}"
    stop = f"{scene.link(settings, scene.contact)}/pending/{version.id}/stop"

    replies = race(app, scene, (f"{address}/change", change), (stop, {}), (stop, {}))

    assert {reply.status_code for reply in replies} <= {303, 422}
    first, *others = versions(scene)
    assert first.stopped_at is not None and len(others) <= 1
