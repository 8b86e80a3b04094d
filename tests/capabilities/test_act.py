"""Say what happened: the page behind the button of a mail."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from tests import factories as make
from tests.capabilities.scenes import SECRET_WORDS, Scene, say
from tests.capabilities.sending import (
    GOOD,
    PRESS,
    SOON,
    answer,
    mails,
    race,
    recorded,
    text_of,
    versions,
)
from tests.counting import counted
from tracker.actions.policy import Outcome
from tracker.clock import utc_now


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
        f"{quiet}-review_on": SOON.isoformat(),
    }

    client.post(link, data=answer(scene, **cannot))

    assert [version.outcome for version in versions(scene)] == [Outcome.DONE, Outcome.CANNOT]
    assert versions(scene)[1].reason == "A second room costs £900 a month."


@pytest.mark.parametrize(
    ("choice", "boxes", "outcome"),
    [
        ("planned", {"will": GOOD, "will_on": SOON.isoformat()}, Outcome.PLANNED),
        (
            "planned",
            {"will": GOOD, "will_on": SOON.strftime("%d/%m/%Y"), "begun": "yes"},
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

    client.post(link, data={**PRESS, "form_id": str(uuid4()), f"{key}-choice": choice} | fields)

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
    page = client.post(link, data={**PRESS, "form_id": str(uuid4())})

    assert page.status_code == 422 and "Choose what happened" in page.text


def test_act_refuses_to_repeat_nothing(client: FlaskClient, scene: Scene, link: str) -> None:
    data = {**PRESS, "form_id": str(uuid4()), f"t{scene.quiet.id}-choice": "same"}

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
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Three lights", due_on=SOON
    )
    key = f"a{action.id}"

    assert "We told them: Three lights" in text_of(client.get(link))
    assert f'id="{key}-praise"' not in client.get(link).text  # an answer never sinks to mere thanks
    form = {
        **PRESS,
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
