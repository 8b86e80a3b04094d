"""Recording, revising, publishing and stopping: every version kept, every step in the history."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.actions.test_policy import SOUND
from tests.factories import NOW, TODAY
from tracker.accounts.models import Person
from tracker.actions.models import Action, ActionVersion, Via
from tracker.actions.operations import (
    AlreadyPublic,
    ChangedMeanwhile,
    DraftIncomplete,
    MoveNotAllowed,
    ThemeElsewhere,
    ThemeLeftUnanswered,
    VersionStopped,
    answer_themes,
    discard,
    merge_themes,
    publish,
    publish_due,
    record_action,
    revise_action,
    stop,
)
from tracker.actions.policy import MAIL_HOLD, ActionDraft, Outcome
from tracker.consultations.models import Consultation
from tracker.consultations.queries import events_of
from tracker.db import db
from tracker.themes.models import Coding, Theme

LATER = NOW + timedelta(hours=1)
A_SECOND = timedelta(seconds=1)
DONE, PLANNED, ALREADY = SOUND[Outcome.DONE], SOUND[Outcome.PLANNED], SOUND[Outcome.ALREADY]


@pytest.fixture
def consultation(session: Session) -> Consultation:
    make.make_organisation(session)
    return make.make_closed_consultation(session)


@pytest.fixture
def theme(session: Session, consultation: Consultation) -> Theme:
    return make.make_theme(session, consultation, statement="The bus stops too early")


@pytest.fixture
def owner(consultation: Consultation) -> Person:
    assert consultation.owner is not None
    return consultation.owner


def kinds(session: Session, consultation: Consultation) -> list[str]:
    return [event.kind for event in events_of(session, consultation.id)]


def test_record_action_makes_a_draft_nobody_sees(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    version = record_action(session, consultation, [theme], DONE, person_id=owner.id, now=NOW)
    action = version.action
    assert (action.themes, action.published, action.pending) == ([theme], None, version)
    assert (version.number, version.via, version.publishes_at) == (1, Via.SIGN_IN, None)
    assert version.draft == DONE and not version.is_held
    event = events_of(session, consultation.id)[-1]
    assert (event.kind, event.person_id, event.at) == ("action_recorded", owner.id, NOW)
    assert event.detail == "We did it"


@pytest.mark.parametrize("outcome", Outcome)
def test_record_action_keeps_every_outcome(
    session: Session, consultation: Consultation, owner: Person, outcome: Outcome
) -> None:
    version = record_action(session, consultation, [], SOUND[outcome], person_id=owner.id, now=NOW)
    session.expire_all()
    assert version.draft == SOUND[outcome]


def test_record_action_by_mail_is_held_for_a_day(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    version = record_action(
        session, consultation, [theme], DONE, person_id=owner.id, via=Via.MAIL, now=NOW
    )
    assert version.publishes_at == NOW + MAIL_HOLD and version.is_held
    assert events_of(session, consultation.id)[-1].detail == "We did it (by mail)"


def test_record_action_names_all_that_is_missing(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    empty = ActionDraft(Outcome.PLANNED, "")
    with pytest.raises(DraftIncomplete, match="Enter the date") as refusal:
        record_action(session, consultation, [], empty, person_id=owner.id, now=NOW)
    assert set(refusal.value.problems) == {"text", "due_on"}
    assert session.scalar(select(func.count(Action.id))) == 0


def test_record_action_takes_today_from_the_organisation(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    """At 23.30 UTC in summer it's tomorrow in London already, so tomorrow's change has happened."""
    late = NOW.replace(month=7, hour=23, minute=30)
    draft = ActionDraft(Outcome.DONE, DONE.text, changed_on=late.date() + timedelta(days=1))
    version = record_action(session, consultation, [], draft, person_id=owner.id, now=late)
    assert version.changed_on == draft.changed_on


def test_record_action_refuses_a_theme_of_another_consultation(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    stray = make.make_theme(session, make.make_closed_consultation(session))
    with pytest.raises(ThemeElsewhere):
        record_action(session, consultation, [stray], DONE, person_id=owner.id, now=NOW)


def test_publish_makes_it_public_once(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    version = record_action(session, consultation, [theme], DONE, person_id=owner.id, now=NOW)
    publish(session, version, person_id=owner.id, now=LATER)
    publish(session, version, person_id=owner.id, now=LATER + MAIL_HOLD)
    assert version.published_at == LATER
    assert version.action.published is version and version.action.pending is None
    assert kinds(session, consultation) == ["action_recorded", "action_published"]


def test_publish_refuses_a_stopped_version(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    stop(session, version, person_id=owner.id, now=NOW)
    with pytest.raises(VersionStopped, match="Revise the action"):
        publish(session, version, person_id=owner.id, now=LATER)
    assert version.published_at is None


def test_publish_refuses_a_date_that_has_gone_by_in_the_drawer(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], PLANNED, person_id=owner.id, now=NOW)
    with pytest.raises(DraftIncomplete, match="today or later"):
        publish(session, version, person_id=owner.id, now=NOW + timedelta(days=1))


def test_stop_keeps_a_version_from_the_public_for_good(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    version = record_action(
        session, consultation, [theme], DONE, person_id=owner.id, via=Via.MAIL, now=NOW
    )
    contact = make.make_person(session)
    stop(session, version, person_id=contact.id, now=LATER)
    stop(session, version, person_id=owner.id, now=LATER + A_SECOND)
    assert (version.stopped_at, version.stopped_by) == (LATER, contact.id)
    assert not version.is_held and version.action.latest is None
    assert publish_due(session, now=NOW + MAIL_HOLD) == 0
    assert kinds(session, consultation) == ["action_recorded", "action_stopped"]


def test_stop_comes_too_late_for_what_is_public(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    publish(session, version, person_id=owner.id, now=NOW)
    with pytest.raises(AlreadyPublic, match="Revise"):
        stop(session, version, person_id=owner.id, now=LATER)
    assert version.stopped_at is None


def test_revise_edits_a_draft_in_place(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], PLANNED, person_id=owner.id, now=NOW)
    deputy = make.make_person(session)
    revised = revise_action(session, version.action, ALREADY, person_id=deputy.id, now=LATER)
    assert revised is version and version.draft == ALREADY
    assert (version.number, version.recorded_by, version.recorded_at) == (1, deputy.id, LATER)


def test_revise_adds_a_version_once_public(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    first = record_action(session, consultation, [], PLANNED, person_id=owner.id, now=NOW)
    publish(session, first, person_id=owner.id, now=NOW)
    second = revise_action(session, first.action, DONE, person_id=owner.id, now=LATER)
    assert second.number == 2 and first.draft == PLANNED
    assert (first.action.published, first.action.pending) == (first, second)
    publish(session, second, person_id=owner.id, now=LATER)
    assert first.action.published is second and first.published_at == NOW


def test_revise_replaces_what_waits_after_a_mail(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    held = record_action(session, consultation, [], DONE, person_id=owner.id, via=Via.MAIL, now=NOW)
    newer = revise_action(
        session, held.action, PLANNED, person_id=owner.id, via=Via.MAIL, now=LATER
    )
    assert held.stopped_at == LATER and held.draft == DONE
    assert (newer.number, newer.publishes_at) == (2, LATER + MAIL_HOLD)
    assert publish_due(session, now=LATER + MAIL_HOLD) == 1
    assert held.action.published is newer


def test_revise_by_mail_keeps_the_draft_written_at_the_desk_in_the_history(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    draft = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    mailed = revise_action(
        session, draft.action, ALREADY, person_id=owner.id, via=Via.MAIL, now=LATER
    )
    assert draft.draft == DONE and draft.stopped_at == LATER
    assert draft.action.pending is mailed


def test_revise_after_a_stop_starts_a_new_version(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    stopped = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    stop(session, stopped, person_id=owner.id, now=NOW)
    newer = revise_action(session, stopped.action, DONE, person_id=owner.id, now=LATER)
    assert newer.number == 2 and stopped.action.pending is newer


def test_revise_refuses_a_move_the_policy_forbids(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    publish(session, version, person_id=owner.id, now=NOW)
    with pytest.raises(MoveNotAllowed, match="We did it"):
        revise_action(session, version.action, PLANNED, person_id=owner.id, now=LATER)
    assert len(version.action.versions) == 1


def test_revise_refuses_an_incomplete_draft(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    with pytest.raises(DraftIncomplete):
        revise_action(
            session, version.action, ActionDraft(Outcome.DONE, ""), person_id=owner.id, now=NOW
        )
    assert version.draft == DONE


def test_revise_notices_that_somebody_else_was_faster(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    seen = version.action.edition
    revise_action(session, version.action, ALREADY, person_id=owner.id, now=LATER, seen=seen)
    with pytest.raises(ChangedMeanwhile, match="kept below"):
        revise_action(session, version.action, DONE, person_id=owner.id, now=LATER, seen=seen)
    assert version.draft == ALREADY


def test_revise_lets_one_of_two_at_once_through(
    app: Flask, session: Session, consultation: Consultation, owner: Person
) -> None:
    """Two people press Save in the same moment, having read the same words."""
    version = record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    publish(session, version, person_id=owner.id, now=NOW)
    action_id, person_id, seen = version.action_id, owner.id, version.action.edition
    session.commit()
    start, told = Barrier(2), list[str]()

    def revise(draft: ActionDraft) -> None:
        with app.app_context(), Session(db.engine) as own:
            start.wait()
            action = own.get_one(Action, action_id)
            try:
                revise_action(own, action, draft, person_id=person_id, now=LATER, seen=seen)
                own.commit()
                told.append("kept")
            except ChangedMeanwhile:
                told.append("changed meanwhile")

    both = [Thread(target=revise, args=[draft]) for draft in (ALREADY, SOUND[Outcome.CANNOT])]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(told) == ["changed meanwhile", "kept"]
    numbers = session.scalars(select(ActionVersion.number).order_by(ActionVersion.number))
    assert list(numbers) == [1, 2]


@pytest.mark.parametrize(
    ("wait", "expected"),
    [(MAIL_HOLD - A_SECOND, 0), (MAIL_HOLD, 1), (MAIL_HOLD + A_SECOND, 1)],
)
def test_publish_due_waits_for_the_whole_hold(
    session: Session,
    consultation: Consultation,
    owner: Person,
    wait: timedelta,
    expected: int,
) -> None:
    record_action(session, consultation, [], DONE, person_id=owner.id, via=Via.MAIL, now=NOW)
    assert publish_due(session, now=NOW + wait) == expected


def test_publish_due_publishes_each_once_in_the_name_of_the_clock(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    version = record_action(
        session, consultation, [], DONE, person_id=owner.id, via=Via.MAIL, now=NOW
    )
    due = NOW + MAIL_HOLD
    assert [publish_due(session, now=due), publish_due(session, now=due)] == [1, 0]
    assert version.published_at == due
    event = events_of(session, consultation.id)[-1]
    assert (event.kind, event.person_id) == ("action_published", None)


def test_publish_due_leaves_drafts_alone(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    record_action(session, consultation, [], DONE, person_id=owner.id, now=NOW)
    assert publish_due(session, now=NOW + timedelta(days=365)) == 0


def test_publish_now_spares_the_wait(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    held = record_action(session, consultation, [], DONE, person_id=owner.id, via=Via.MAIL, now=NOW)
    publish(session, held, person_id=owner.id, now=LATER)
    assert publish_due(session, now=NOW + MAIL_HOLD) == 0
    assert held.published_at == LATER and not held.is_held


def test_answer_themes_adds_and_notes_it(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    action = make.make_action(session, theme)
    second = make.make_theme(session, consultation, position=-1)
    answer_themes(session, action, [theme, second], person_id=owner.id, now=NOW)
    session.expire_all()
    assert action.themes == [second, theme]
    assert events_of(session, consultation.id)[-1].detail == "answers 2 themes"


def test_answer_themes_writes_nothing_when_nothing_changed(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    action = make.make_action(session, theme)
    answer_themes(session, action, [theme], person_id=owner.id, now=NOW)
    assert events_of(session, consultation.id) == []


def test_answer_themes_warns_before_a_theme_loses_its_only_answer(
    session: Session, theme: Theme, owner: Person
) -> None:
    action = make.make_action(session, theme)
    with pytest.raises(ThemeLeftUnanswered, match="The bus stops too early"):
        answer_themes(session, action, [], person_id=owner.id, now=NOW)
    assert action.themes == [theme]
    answer_themes(session, action, [], person_id=owner.id, now=NOW, is_warned=True)
    assert action.themes == []


def test_answer_themes_needs_no_warning_when_another_answer_is_public(
    session: Session, theme: Theme, owner: Person
) -> None:
    action = make.make_action(session, theme)
    make.make_action(session, theme)
    answer_themes(session, action, [], person_id=owner.id, now=NOW)
    assert action.themes == []


def test_answer_themes_warns_when_the_other_answer_is_a_draft(
    session: Session, theme: Theme, owner: Person
) -> None:
    action = make.make_action(session, theme)
    make.make_action(session, theme, published_at=None)
    with pytest.raises(ThemeLeftUnanswered):
        answer_themes(session, action, [], person_id=owner.id, now=NOW)


def test_answer_themes_of_a_draft_are_free(session: Session, theme: Theme, owner: Person) -> None:
    action = make.make_action(session, theme, published_at=None)
    answer_themes(session, action, [], person_id=owner.id, now=NOW)
    assert action.themes == []


def test_answer_themes_refuses_a_theme_of_another_consultation(
    session: Session, theme: Theme, owner: Person
) -> None:
    stray = make.make_theme(session, make.make_closed_consultation(session))
    action = make.make_action(session, theme)
    with pytest.raises(ThemeElsewhere):
        answer_themes(session, action, [theme, stray], person_id=owner.id, now=NOW)


def test_merge_themes_moves_responses_and_actions(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    into = make.make_theme(session, consultation)
    response = make.make_response(session, make.make_survey(session, consultation))
    make.make_coding(session, response, theme)
    answering, both = make.make_action(session, theme), make.make_action(session, theme, into)
    theme_id = theme.id
    merge_themes(session, theme, into, person_id=owner.id, now=NOW)
    session.expire_all()
    assert session.get(Theme, theme_id) is None
    assert answering.themes == both.themes == [into]
    assert session.get(Coding, (response.id, into.id)) is not None
    event = events_of(session, consultation.id)[-1]
    assert (event.kind, event.detail) == ("theme_changed", "merged with another")


def test_merge_themes_refuses_itself_and_strangers(
    session: Session, theme: Theme, owner: Person
) -> None:
    stray = make.make_theme(session, make.make_closed_consultation(session))
    for wrong in (theme, stray):
        with pytest.raises(ThemeElsewhere):
            merge_themes(session, theme, wrong, person_id=owner.id, now=NOW)
    assert session.get(Theme, theme.id) is theme


def test_discard_deletes_a_draft_and_says_so(
    session: Session, consultation: Consultation, theme: Theme, owner: Person
) -> None:
    version = record_action(session, consultation, [theme], DONE, person_id=owner.id, now=NOW)
    discard(session, version.action, person_id=owner.id, now=NOW)
    assert session.scalar(select(func.count(ActionVersion.id))) == 0
    assert events_of(session, consultation.id)[-1].detail == "draft deleted"


def test_discard_refuses_what_was_ever_public(
    session: Session, theme: Theme, owner: Person
) -> None:
    action = make.make_action(session, theme, published_at=NOW)
    with pytest.raises(AlreadyPublic, match="history"):
        discard(session, action, person_id=owner.id, now=NOW)
    assert session.get(Action, action.id) is action


def test_edition_tells_versions_apart(session: Session, theme: Theme) -> None:
    action = make.make_action(session, theme)
    assert action.edition == f"1-{TODAY:%Y%m%d}100000000000"
