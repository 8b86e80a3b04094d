from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from config import Config
from tests import factories as make
from tests.capabilities.scenes import Scene
from tests.factories import NOW, TODAY
from tracker.actions.models import ActionVersion, Via
from tracker.actions.operations import publish, publish_due
from tracker.actions.policy import ActionDraft, Outcome
from tracker.capabilities.notices import send_fresh_link, tell_held, tell_stopped
from tracker.capabilities.operations import (
    AlreadyAnswered,
    AlreadySent,
    NotOneOfTheService,
    change_answer,
    hand_over_to,
    pause_reminders,
    record_answers,
    stop_answer,
    suggest_owner,
)
from tracker.capabilities.policy import Answer
from tracker.capabilities.queries import cards_of
from tracker.consultations.queries import events_of
from tracker.errors import Conflict
from tracker.reminders.models import Case, Mail
from tracker.reminders.policy import CaseKind

DID = ActionDraft(Outcome.DONE, "From 3 February the centre is open until 8.", changed_on=TODAY)
WILL = ActionDraft(
    Outcome.PLANNED, "We will put three lights along the path.", due_on=TODAY + timedelta(days=30)
)


def record(scene: Scene, *answers: Answer, **values: Any) -> list[ActionVersion]:
    given: dict[str, Any] = {"form_id": uuid4(), "now": NOW} | values
    return record_answers(scene.session, scene.holder(), answers=answers, **given)


def mails(scene: Scene) -> list[Mail]:
    return list(scene.session.scalars(select(Mail).order_by(Mail.id)))


def test_record_answers_holds_each_for_a_day(scene: Scene) -> None:
    versions = record(scene, Answer(DID, (scene.bus.id,)), Answer(WILL, (scene.quiet.id,)))

    assert [version.publishes_at for version in versions] == [NOW + timedelta(days=1)] * 2
    assert {version.via for version in versions} == {Via.MAIL}
    assert {version.recorded_by for version in versions} == {scene.owner.id}
    assert publish_due(scene.session, now=NOW + timedelta(hours=24) - timedelta(seconds=1)) == 0
    assert publish_due(scene.session, now=NOW + timedelta(hours=24)) == 2


def test_record_answers_makes_one_action_for_several_themes(scene: Scene) -> None:
    (version,) = record(scene, Answer(DID, (scene.bus.id, scene.quiet.id)))

    assert {theme.id for theme in version.action.themes} == {scene.bus.id, scene.quiet.id}
    assert cards_of(scene.session, scene.consultation.id) == []


def test_record_answers_gives_an_open_action_its_next_word(scene: Scene) -> None:
    action = make.make_action(
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Soon", due_on=TODAY
    )

    (version,) = record(scene, Answer(DID, action_id=action.id))

    assert version.action is action and version.number == 2


def test_record_answers_refuses_a_theme_answered_meanwhile_and_keeps_none(scene: Scene) -> None:
    record(scene, Answer(DID, (scene.bus.id,)))
    scene.session.commit()

    with pytest.raises(AlreadyAnswered, match="Somebody else answered"):
        record(scene, Answer(WILL, (scene.quiet.id,)), Answer(DID, (scene.bus.id,)))
    scene.session.rollback()

    assert scene.session.scalar(select(func.count(ActionVersion.id))) == 1


def test_record_answers_refuses_an_action_that_is_closed_or_elsewhere(scene: Scene) -> None:
    closed = make.make_action(scene.session, scene.bus)
    other = make.make_theme(scene.session, make.make_closed_consultation(scene.session))
    elsewhere = make.make_action(scene.session, other, outcome=Outcome.PLANNED, due_on=TODAY)

    for action in (closed, elsewhere):
        with pytest.raises(AlreadyAnswered):
            record(scene, Answer(DID, action_id=action.id))


def test_record_answers_refuses_a_theme_of_another_consultation(scene: Scene) -> None:
    other = make.make_theme(scene.session, make.make_closed_consultation(scene.session))

    with pytest.raises(AlreadyAnswered):
        record(scene, Answer(DID, (other.id,)))


def test_claim_form_takes_an_id_once(scene: Scene) -> None:
    form_id = uuid4()
    record(scene, Answer(DID, (scene.bus.id,)), form_id=form_id)

    with pytest.raises(AlreadySent, match="Nothing was saved twice"):
        record(scene, Answer(WILL, (scene.quiet.id,)), form_id=form_id)
    assert scene.session.scalar(select(func.count(ActionVersion.id))) == 1


def test_change_answer_replaces_the_words_and_starts_the_day_anew(scene: Scene) -> None:
    (first,) = record(scene, Answer(DID, (scene.bus.id,)))
    later = NOW + timedelta(hours=5)

    newer = change_answer(scene.session, scene.holder(), uuid4(), first, WILL, now=later)

    assert newer.text == WILL.text and newer.publishes_at == later + timedelta(days=1)
    assert first.stopped_at == later and newer.action.pending is newer


def test_change_answer_is_refused_once_it_is_public(scene: Scene) -> None:
    (first,) = record(scene, Answer(DID, (scene.bus.id,)))
    publish(scene.session, first, person_id=scene.owner.id, now=NOW)

    with pytest.raises(Conflict, match="can't be changed any more"):
        change_answer(scene.session, scene.holder(), uuid4(), first, WILL, now=NOW)


def test_stop_answer_keeps_it_off_the_board_and_the_theme_owed(scene: Scene) -> None:
    (version,) = record(scene, Answer(DID, (scene.bus.id,)))
    holder = scene.holder(scene.contact)

    assert stop_answer(scene.session, holder, version, now=NOW) is True
    assert stop_answer(scene.session, holder, version, now=NOW + timedelta(hours=1)) is False

    assert version.stopped_at == NOW and version.stopped_by == scene.contact.id
    assert publish_due(scene.session, now=NOW + timedelta(days=2)) == 0
    assert scene.bus in [c.themes[0] for c in cards_of(scene.session, scene.consultation.id)]


def test_stop_answer_leaves_what_is_public(scene: Scene) -> None:
    (version,) = record(scene, Answer(DID, (scene.bus.id,)))
    publish_due(scene.session, now=NOW + timedelta(days=1))

    stopped = stop_answer(scene.session, scene.holder(), version, now=NOW + timedelta(days=1))

    assert stopped is False and version.stopped_at is None


def test_pause_reminders_says_when_we_ask_again(scene: Scene) -> None:
    case = Case(kind=CaseKind.UNTOLD, consultation=scene.consultation, opened_at=NOW)
    scene.session.add(case)
    until = TODAY + timedelta(days=14)

    form = pause_reminders(
        scene.session, scene.holder(), uuid4(), case, until, "The panel meets then.", now=NOW
    )

    assert case.snoozes[0].until_on == until
    assert form.result == "We won't ask you again before 18 February 2026."


def test_hand_over_to_one_of_the_service(scene: Scene) -> None:
    form = hand_over_to(scene.session, scene.holder(), uuid4(), scene.deputy, now=NOW)

    assert scene.consultation.owner is scene.deputy
    assert form.result.startswith("Dee Patel answers from now on.")
    kinds = [event.kind for event in events_of(scene.session, scene.consultation.id)]
    assert kinds == ["owner_changed"]


@pytest.mark.parametrize("who", ["contact", "lead", "owner"])
def test_hand_over_to_anybody_else_is_refused(scene: Scene, who: str) -> None:
    with pytest.raises(NotOneOfTheService, match="can't take it over"):
        hand_over_to(scene.session, scene.holder(), uuid4(), getattr(scene, who), now=NOW)
    assert scene.consultation.owner is scene.owner


def test_suggest_owner_changes_nothing(scene: Scene) -> None:
    form = suggest_owner(scene.session, scene.holder(), uuid4(), now=NOW)

    assert "it stays where it is" in form.result
    assert scene.consultation.owner is scene.owner


def test_tell_held_goes_to_the_circle_once_each(scene: Scene, settings: Config) -> None:
    versions = record(scene, Answer(DID, (scene.bus.id,)), Answer(WILL, (scene.quiet.id,)))

    for _ in range(2):
        tell_held(scene.session, settings, scene.holder(), versions, now=NOW)

    told = mails(scene)
    assert {mail.recipient_id for mail in told} == {
        scene.owner.id,
        scene.deputy.id,
        scene.contact.id,
    }
    assert {mail.notice_key for mail in told} == {
        f"pending/{versions[0].id}/{mail.recipient_id}" for mail in told
    }
    assert {mail.subject for mail in told} == {
        "Going on the board tomorrow at 10.00: Getting to the youth centre"
    }


def test_tell_held_passes_over_whom_no_mail_reaches(scene: Scene, settings: Config) -> None:
    scene.deputy.is_bounced = True
    scene.contact.active = False
    versions = record(scene, Answer(DID, (scene.bus.id,)))

    tell_held(scene.session, settings, scene.holder(), versions, now=NOW)

    assert [mail.recipient_id for mail in mails(scene)] == [scene.owner.id]


@pytest.mark.parametrize(
    ("stopper", "told"),
    [("contact", {"owner"}), ("owner", set()), ("deputy", {"owner"})],
)
def test_tell_stopped_goes_to_the_owner_unless_it_was_them(
    scene: Scene, settings: Config, stopper: str, told: set[str]
) -> None:
    (version,) = record(scene, Answer(DID, (scene.bus.id,)))
    holder = scene.holder(getattr(scene, stopper))
    stop_answer(scene.session, holder, version, now=NOW)

    tell_stopped(scene.session, settings, holder, version, now=NOW)

    assert {m.recipient_id for m in mails(scene)} == {getattr(scene, who).id for who in told}


def test_send_fresh_link_once_an_hour(scene: Scene, settings: Config) -> None:
    times = [timedelta(0), timedelta(minutes=59, seconds=59), timedelta(minutes=60)]

    sent = [
        send_fresh_link(scene.session, settings, scene.holder(), now=NOW + after) for after in times
    ]

    assert sent == [True, False, True]
    assert [mail.recipient_id for mail in mails(scene)] == [scene.owner.id] * 2


def test_send_fresh_link_counts_each_person_apart(scene: Scene, settings: Config) -> None:
    for person in (scene.owner, scene.deputy):
        assert send_fresh_link(scene.session, settings, scene.holder(person), now=NOW)


def test_send_fresh_link_to_nobody_who_left(scene: Scene, settings: Config) -> None:
    scene.owner.active = False
    stranger = make.make_person(scene.session)

    for person in (scene.owner, stranger):
        assert not send_fresh_link(scene.session, settings, scene.holder(person), now=NOW)
    assert mails(scene) == []
