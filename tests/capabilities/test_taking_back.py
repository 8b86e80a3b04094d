"""Taken back within a day: a pause, a hand-over, a request, and the stop of an answer."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Config
from tests import factories as make
from tests.capabilities.scenes import LONG_AGO, Scene
from tests.capabilities.sending import (
    GOOD,
    PRESS,
    answer,
    mails,
    race,
    recorded,
    text_of,
    versions,
)
from tracker.accounts.models import Person
from tracker.capabilities.deeds import TakingBack, putting_back, taking_back
from tracker.capabilities.models import SentForm
from tracker.capabilities.operations import hand_over_to, pause_reminders, suggest_owner, take_back
from tracker.capabilities.policy import Undo, Verb, undo_of
from tracker.clock import day_in_words, local_date, utc_now
from tracker.consultations.operations import hand_over, note_event
from tracker.consultations.queries import events_of
from tracker.reminders.models import Case, Snooze
from tracker.reminders.operations import take_back_snooze
from tracker.reminders.policy import CaseKind
from tracker.reminders.timelines import timeline

NOW = make.NOW
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def case(scene: Scene) -> Case:
    case = Case(
        kind=CaseKind.UNTOLD,
        consultation=scene.consultation,
        opened_at=scene.consultation.closed_at,
    )
    scene.session.add(case)
    scene.session.commit()
    return case


def give(client: FlaskClient, link: str, to: Person) -> str:
    """Hand over; the address of the thank-you page."""
    form = {**PRESS, "form_id": str(uuid4()), "to": str(to.id)}
    return client.post(link + "/hand-over", data=form).headers["Location"]


def pause(client: FlaskClient, link: str, case: Case) -> str:
    form = {
        **PRESS,
        "form_id": str(uuid4()),
        "case": str(case.id),
        "pause-until_on": (utc_now().date() + timedelta(days=9)).isoformat(),
        "pause-reason": "The panel meets on the 12th.",
    }
    return client.post(link + "/snooze", data=form).headers["Location"]


def told(scene: Scene, begin: str) -> list[int | None]:
    return [m.recipient_id for m in mails(scene) if (m.notice_key or "").startswith(begin)]


@pytest.mark.parametrize(
    ("taken_back", "newer", "after", "expected"),
    [
        (False, "", timedelta(0), Undo.OPEN),
        (False, "", DAY - SECOND, Undo.OPEN),
        (False, "", DAY, Undo.LATE),
        (False, "It changed hands again since.", timedelta(0), Undo.OVERTAKEN),
        (False, "It changed hands again since.", 2 * DAY, Undo.OVERTAKEN),
        (True, "It changed hands again since.", 2 * DAY, Undo.DONE),
    ],
)
def test_undo_is_open_for_a_day_unless_something_newer_happened(
    taken_back: bool, newer: str, after: timedelta, expected: Undo
) -> None:
    assert undo_of(NOW, NOW if taken_back else None, newer, NOW + after) is expected


def test_take_back_of_a_hand_over_gives_it_back_and_tells_everybody_again(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    place = give(client, link, scene.deputy)
    assert "Take it back" in client.get(place).text

    for _ in range(3):
        page = client.post(f"{place}/take-back", data=PRESS, follow_redirects=True)

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.owner.id
    assert "You took this back today at" in text_of(page)
    assert "Sam Green answers for it." in text_of(page)
    assert 'name="press" value="back"' not in page.text
    assert told(scene, "back/") == [scene.deputy.id]
    changed = [
        e for e in events_of(scene.session, scene.consultation.id) if e.kind == "owner_changed"
    ]
    assert [event.detail for event in changed] == [
        "from Sam Green to Dee Patel",
        "from Dee Patel to Sam Green",
    ]


def test_take_back_works_from_the_confirming_mail(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    give(client, link, scene.deputy)
    (mail,) = [m for m in mails(scene) if (m.notice_key or "").startswith("saved/")]
    letter = (mail.content or b"").replace(b"=\r\n", b"").replace(b"=\n", b"").decode()
    address = next(word for word in letter.split() if "/done/" in word and word.startswith("http"))

    assert mail.recipient_id == scene.owner.id and "until tomorrow at" in mail.subject
    client.post(address.removeprefix("http://localhost") + "/take-back", data=PRESS)

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.owner.id


def test_take_back_of_a_deputys_hand_over_tells_the_former_owner_too(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    other = make.make_person(scene.session, "Ola Nowak")
    scene.consultation.service.deputies = [scene.deputy, other]
    place = give(client, scene.link(settings, scene.deputy), other)
    assert told(scene, "away/") == [scene.owner.id]

    client.post(f"{place}/take-back", data=PRESS)

    assert told(scene, "back/") == [other.id, scene.owner.id]


def test_hand_over_of_an_owner_whom_mail_cannot_reach_tells_only_the_new_one(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    other = make.make_person(scene.session, "Ola Nowak")
    scene.consultation.service.deputies = [scene.deputy, other]
    scene.owner.is_bounced = True

    place = give(client, scene.link(settings, scene.deputy), other)

    assert told(scene, "away/") == []
    assert "Mail can't reach Sam Green any more" in text_of(client.get(place)).replace("&#39;", "'")


def test_take_back_works_for_a_giver_whose_last_tie_it_was(
    client: FlaskClient, scene: Scene, settings: Config
) -> None:
    giver = make.make_person(scene.session, "Guy")
    scene.consultation.owner = giver
    link = scene.link(settings, giver)
    place = give(client, link, scene.deputy)
    assert client.get(link).status_code == 403

    client.post(f"{place}/take-back", data=PRESS)

    scene.session.expire_all()
    assert scene.consultation.owner_id == giver.id
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("who", ["left", "expired", "stranger", "not pressed", "no such form"])
def test_take_back_is_for_the_giver_with_a_sound_link_and_a_press(
    client: FlaskClient, scene: Scene, link: str, settings: Config, who: str
) -> None:
    place = give(client, link, scene.deputy)
    form_id, sent = place.rpartition("/")[2], PRESS
    if who == "left":
        scene.owner.active = False
    elif who == "expired":
        link = scene.link(settings, expires_on=LONG_AGO)
    elif who == "stranger":
        link = scene.link(settings, scene.contact)
    elif who == "not pressed":
        sent = {}
    else:
        form_id = str(uuid4())

    reply = client.post(f"{link}/done/{form_id}/take-back", data=sent)

    scene.session.expire_all()
    assert scene.consultation.owner_id == scene.deputy.id
    expected = {"left": 403, "expired": 410, "stranger": 404, "no such form": 404}
    assert reply.status_code == expected.get(who, 303)


@pytest.mark.usefixtures("scene")
def test_take_back_of_an_unreadable_link_explains_itself(client: FlaskClient) -> None:
    page = client.post(f"/do/nonsense/done/{uuid4()}/take-back", data=PRESS)

    assert page.status_code == 404 and "This link isn&#39;t whole" in page.text


def test_take_back_at_one_moment_happens_once(app: Flask, scene: Scene, link: str) -> None:
    place = give(app.test_client(), link, scene.deputy)

    replies = race(app, scene, *[(f"{place}/take-back", PRESS)] * 3)

    assert {reply.status_code for reply in replies} == {303}
    scene.session.expire_all()
    kinds = [event.kind for event in events_of(scene.session, scene.consultation.id)]
    assert kinds.count("owner_changed") == 2 and told(scene, "back/") == [scene.deputy.id]


def newer_work(scene: Scene) -> None:
    note_event(scene.session, scene.consultation, "coded", person_id=scene.deputy.id, now=NOW)


def another_owner(scene: Scene) -> None:
    other = make.make_person(scene.session)
    hand_over(scene.session, scene.consultation, to=other, person_id=scene.lead.id, now=NOW)


def there_and_back(scene: Scene) -> None:
    another_owner(scene)
    session, who = scene.session, scene.lead.id
    hand_over(session, scene.consultation, to=scene.deputy, person_id=who, now=NOW)


def former_became_contact(scene: Scene) -> None:
    scene.consultation.service.escalation_contact = scene.owner


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (newer_work, "Dee Patel has been at work on it since."),
        (another_owner, "It changed hands again since."),
        (there_and_back, "It changed hands again since."),
        (former_became_contact, "Sam Green is told when the owner doesn't answer"),
    ],
    ids=["work", "another", "there and back", "contact"],
)
def test_take_back_never_overrides_something_newer_and_says_what(
    client: FlaskClient, scene: Scene, link: str, happens: object, words: str
) -> None:
    place = give(client, link, scene.deputy)
    assert callable(happens)
    happens(scene)
    scene.session.commit()
    before = scene.consultation.owner_id

    page = client.post(f"{place}/take-back", data=PRESS, follow_redirects=True)

    scene.session.expire_all()
    assert scene.consultation.owner_id == before
    assert words in text_of(page).replace("&#39;", "'")
    assert told(scene, "back/") == []


def handed(scene: Scene, *, by: Person | None = None, now: datetime = NOW) -> SentForm:
    return hand_over_to(scene.session, scene.holder(by), uuid4(), scene.deputy, now=now)


def found(scene: Scene, form: SentForm, now: datetime = NOW) -> TakingBack:
    scene.session.flush()
    answer = taking_back(scene.session, scene.consultation, form, now=now)
    assert answer is not None
    return answer


def test_taking_back_ends_after_a_day(scene: Scene) -> None:
    form = handed(scene)

    assert found(scene, form, NOW + DAY - SECOND).state is Undo.OPEN
    assert found(scene, form, NOW + DAY).state is Undo.LATE
    assert not take_back(scene.session, scene.holder(), form, now=NOW + DAY)
    assert scene.consultation.owner_id == scene.deputy.id
    assert take_back(scene.session, scene.holder(), form, now=NOW + DAY - SECOND)


def test_taking_back_says_when_it_has_gone_by(client: FlaskClient, scene: Scene, link: str) -> None:
    place = give(client, link, scene.deputy)
    form = scene.session.get_one(SentForm, UUID(place.rpartition("/")[2]))
    form.sent_at -= 2 * DAY

    assert "That has gone by." in client.get(place).text


def test_taking_back_has_nobody_to_return_an_orphan_to(scene: Scene) -> None:
    scene.consultation.owner = None
    form = handed(scene, by=scene.lead)

    assert found(scene, form).newer.startswith("Nobody answered for it before")


def test_take_back_of_a_request_tells_those_who_were_asked(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    form = {**PRESS, "form_id": str(uuid4()), "to": "else", "who-words": "Pat at the bus station"}
    place = client.post(link + "/hand-over", data=form).headers["Location"]

    pages = [client.post(f"{place}/take-back", data=PRESS, follow_redirects=True) for _ in range(2)]

    assert "It stays where it is." in text_of(pages[1])
    assert told(scene, "back/") == [scene.contact.id, scene.lead.id]
    kinds = [event.kind for event in events_of(scene.session, scene.consultation.id)]
    assert kinds.count("new_owner_not_asked_for") == 1


def test_take_back_of_a_request_comes_too_late_for_a_new_owner(scene: Scene) -> None:
    form = suggest_owner(scene.session, scene.holder(), uuid4(), now=NOW)
    assert found(scene, form).state is Undo.OPEN
    another_owner(scene)

    assert found(scene, form).newer == "It got another owner since."


def test_take_back_of_a_pause_lets_the_steps_fall_on_their_days_again(
    client: FlaskClient, scene: Scene, case: Case, link: str
) -> None:
    place = pause(client, link, case)

    pages = [client.post(f"{place}/take-back", data=PRESS, follow_redirects=True) for _ in range(2)]

    scene.session.expire_all()
    assert case.snoozes[0].taken_back_at is not None and case.pauses == []
    assert "The reminders go out on the days they would have." in text_of(pages[1])
    assert told(scene, "snoozed/") == told(scene, "snooze_taken_back/") == [scene.contact.id]
    story = timeline(scene.session, scene.consultation, now=utc_now())
    assert "Sam Green took that back" in [row.what for row in story.past]
    pause(client, link, case)
    pause(client, link, case)
    assert len(case.pauses) == 2  # what was taken back doesn't count


def test_take_back_snooze_does_it_once(scene: Scene, case: Case) -> None:
    taken = paused(scene, case).snooze
    assert taken is not None
    who = scene.owner.id

    assert take_back_snooze(scene.session, taken, person_id=who, now=NOW)
    assert not take_back_snooze(scene.session, taken, person_id=who, now=NOW)


def paused(scene: Scene, case: Case, days: int = 9) -> SentForm:
    until_on = local_date(NOW, "Europe/London") + timedelta(days=days)
    form_id, reason = uuid4(), "Exams"
    return pause_reminders(scene.session, scene.holder(), form_id, case, until_on, reason, now=NOW)


def test_taking_back_a_pause_stops_at_something_newer(scene: Scene, case: Case) -> None:
    first, day_after = paused(scene, case, days=1), local_date(NOW, "Europe/London") + DAY
    midnight = datetime.combine(day_after, datetime.min.time(), NOW.tzinfo)

    assert found(scene, first, midnight - SECOND).state is Undo.OPEN
    assert found(scene, first, midnight).newer == "That day has come."
    second = paused(scene, case)
    assert found(scene, first).newer == "It was put off again since."
    assert take_back(scene.session, scene.holder(), second, now=NOW)
    assert found(scene, second).state is Undo.DONE
    assert found(scene, first).state is Undo.OPEN
    case.closed_at, case.closed_because = NOW, "Told."
    assert found(scene, first).newer == "This is settled by now, so no reminder waits."


def test_taking_back_is_not_for_answers_nor_for_forms_of_old(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    place = client.post(link, data=answer(scene)).headers["Location"]
    form = scene.session.get_one(SentForm, UUID(place.rpartition("/")[2]))
    old = SentForm(
        id=uuid4(),
        consultation_id=scene.consultation.id,
        person_id=scene.owner.id,
        verb=Verb.HAND_OVER,
        sent_at=NOW,
    )

    for each in (form, old):
        assert taking_back(scene.session, scene.consultation, each, now=utc_now()) is None
    assert not take_back(scene.session, scene.holder(), form, now=utc_now())
    assert "Stop it" in client.get(place).text and "Take it back" not in client.get(place).text


def test_put_back_lets_a_stopped_answer_go_on_the_board_after_all(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    version = recorded(client, scene, link)
    address = f"{link}/pending/{version.id}"
    stopped = client.post(f"{address}/stop", data=PRESS, follow_redirects=True)
    assert "Put it back" in stopped.text

    places = [client.post(f"{address}/put-back", data=PRESS).headers["Location"] for _ in range(2)]

    first, second = versions(scene)
    assert first.stopped_at is not None and second.is_held and second.text == GOOD
    assert places == [f"{link}/pending/{second.id}", address]
    assert len(told(scene, f"pending/{second.id}/")) == 3


@pytest.mark.parametrize("why", ["not pressed", "not the stopper", "late", "answered since"])
def test_put_back_is_for_the_stopper_within_a_day(
    client: FlaskClient, scene: Scene, link: str, settings: Config, why: str
) -> None:
    version = recorded(client, scene, link)
    client.post(f"{link}/pending/{version.id}/stop", data=PRESS)
    sent, words = PRESS, ""
    if why == "not pressed":
        sent = {}
    elif why == "not the stopper":
        link = scene.link(settings, scene.contact)
    elif why == "late":
        stopped = versions(scene)[0]
        assert stopped.stopped_at is not None
        stopped.stopped_at -= 2 * DAY
        scene.session.commit()
        words = "That has gone by."
    else:
        client.post(link, data=answer(scene))
        words = "It was answered in other words since."
    before = len(versions(scene))

    page = client.post(f"{link}/pending/{version.id}/put-back", data=sent, follow_redirects=True)

    assert words in page.text and len(versions(scene)) == before


def test_putting_back_is_offered_of_a_stopped_revision_of_something_public(scene: Scene) -> None:
    action = make.make_action(scene.session, scene.bus)
    values = {"outcome": action.versions[0].outcome, "text": "Newer", "recorded_at": NOW}
    newer = type(action.versions[0])(
        number=2, publishes_at=NOW + DAY, stopped_at=NOW, stopped_by=scene.owner.id, **values
    )
    action.versions.append(newer)
    scene.session.flush()

    offered = putting_back(scene.session, scene.holder(), newer, now=NOW)

    assert offered is not None and offered.state is Undo.OPEN
    newer.publishes_at = None
    assert putting_back(scene.session, scene.holder(), newer, now=NOW) is None


def test_a_pause_taken_back_leaves_its_reason_in_the_story(
    client: FlaskClient, scene: Scene, case: Case, link: str
) -> None:
    place = pause(client, link, case)
    client.post(f"{place}/take-back", data=PRESS)

    snooze = scene.session.scalars(select(Snooze)).one()

    deeds = events_of(scene.session, scene.consultation.id)
    until = f"until {day_in_words(snooze.until_on)}"
    assert [(e.kind, e.detail) for e in deeds] == [
        ("snoozed", until),
        ("snooze_taken_back", until),
    ]


def test_nobody_is_sent_a_confirmation_that_would_come_back(
    client: FlaskClient, scene: Scene, link: str
) -> None:
    scene.owner.is_bounced = True

    give(client, link, scene.deputy)

    assert [mail.recipient_id for mail in mails(scene)] == [scene.deputy.id]
