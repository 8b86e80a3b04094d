from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests import factories as make
from tests.capabilities.scenes import Scene, say
from tests.counting import counted
from tests.factories import NOW, TODAY
from tracker.accounts.policy import RoleName
from tracker.actions.models import ActionVersion, Reopening, Via
from tracker.actions.policy import Outcome
from tracker.capabilities.forms import choices_after
from tracker.capabilities.models import SentForm
from tracker.capabilities.people import (
    find_holder,
    people_to_hand_over_to,
    people_told,
    people_who_find_an_owner,
)
from tracker.capabilities.policy import Verb, VersionState
from tracker.capabilities.queries import (
    cards_of,
    find_sent_form,
    held_versions,
    pausable_cases,
    sent_form_or_404,
    standing_of,
    state_of,
    version_or_404,
)
from tracker.errors import NotFound
from tracker.reminders.models import Case, Snooze
from tracker.reminders.policy import DEFAULTS, CaseKind
from tracker.responses.models import SetAsideReason


def keys(scene: Scene) -> list[str]:
    return [card.key for card in cards_of(scene.session, scene.consultation.id)]


def test_find_holder_reads_the_ties_of_now(scene: Scene) -> None:
    stranger = make.make_person(scene.session, "Stan")

    assert scene.holder().verbs == frozenset(Verb)
    assert scene.holder(scene.deputy).verbs == frozenset(Verb)
    assert scene.holder(scene.contact).verbs == frozenset(Verb) - {Verb.SNOOZE}
    assert scene.holder(scene.lead).verbs == {Verb.HAND_OVER}
    assert scene.holder(stranger).verbs == frozenset()

    scene.consultation.owner = stranger
    scene.session.flush()
    assert scene.holder(stranger).may(Verb.RECORD)
    scene.consultation.service.deputies = []
    assert scene.holder(scene.deputy).verbs == frozenset()


def test_find_holder_is_none_for_who_or_what_is_gone(scene: Scene) -> None:
    assert find_holder(scene.session, 999_999, scene.owner.id) is None
    assert find_holder(scene.session, scene.consultation.id, 999_999) is None


def test_cards_of_puts_what_most_said_first_then_open_actions_by_date(scene: Scene) -> None:
    dark = make.make_theme(scene.session, scene.consultation)
    late = make.make_theme(scene.session, scene.consultation)
    say(scene, dark, late, times=9)
    for theme, due_on in ((late, TODAY), (dark, TODAY - timedelta(days=1))):
        make.make_action(scene.session, theme, outcome=Outcome.PLANNED, due_on=due_on)

    cards = cards_of(scene.session, scene.consultation.id)

    assert [card.themes[0].id for card in cards] == [
        scene.bus.id,
        scene.quiet.id,
        dark.id,
        late.id,
    ]
    assert [card.responses for card in cards] == [3, 2, 9, 9]
    assert [card.said_so_far is not None for card in cards] == [False, False, True, True]


def test_cards_of_leaves_out_what_nobody_said_or_was_set_aside(scene: Scene) -> None:
    make.make_theme(scene.session, scene.consultation)
    spam = make.make_theme(scene.session, scene.consultation)
    response = make.make_response(
        scene.session, scene.survey, set_aside=SetAsideReason.SPAM, set_aside_on=TODAY
    )
    make.make_coding(scene.session, response, spam)

    assert keys(scene) == [f"t{scene.bus.id}", f"t{scene.quiet.id}"]


@pytest.mark.parametrize(
    ("values", "is_owed"),
    [
        ({}, False),
        ({"published_at": None, "publishes_at": NOW, "via": Via.MAIL}, False),
        ({"published_at": None}, True),  # a draft at the desk
        ({"published_at": None, "publishes_at": NOW, "stopped_at": NOW}, True),
    ],
)
def test_cards_of_counts_a_theme_as_answered_when_the_answer_is_or_will_be_public(
    scene: Scene, values: dict[str, object], is_owed: bool
) -> None:
    make.make_action(scene.session, scene.bus, **values)

    assert (f"t{scene.bus.id}" in keys(scene)) is is_owed


def test_cards_of_leaves_out_an_open_action_whose_next_word_is_on_its_way(scene: Scene) -> None:
    action = make.make_action(scene.session, scene.bus, outcome=Outcome.DOING, due_on=TODAY)
    assert f"a{action.id}" in keys(scene)
    action.versions.append(_held(2))
    scene.session.flush()

    assert keys(scene) == [f"t{scene.quiet.id}"]


def _held(number: int) -> ActionVersion:
    return ActionVersion(
        number=number,
        outcome=Outcome.ALREADY,
        text="Upstairs",
        recorded_at=NOW,
        publishes_at=NOW + timedelta(days=1),
    )


def test_cards_of_asks_as_many_queries_for_three_themes_as_for_one(scene: Scene) -> None:
    with_one = _queries_of_cards(scene, more=1)

    assert _queries_of_cards(scene, more=2) == with_one


def _queries_of_cards(scene: Scene, *, more: int) -> int:
    for _ in range(more):
        theme = make.make_theme(scene.session, scene.consultation)
        say(scene, theme)
        make.make_action(scene.session, theme, outcome=Outcome.PLANNED, due_on=TODAY)
    scene.session.commit()
    with counted(scene.session) as statements:
        cards_of(scene.session, scene.consultation.id)
    return len(statements)


def test_held_versions_are_those_that_publish_by_themselves(scene: Scene) -> None:
    waiting: dict[str, object] = {"published_at": None, "via": Via.MAIL}
    second = make.make_action(
        scene.session, scene.bus, publishes_at=NOW + timedelta(hours=2), **waiting
    )
    first = make.make_action(
        scene.session, scene.quiet, publishes_at=NOW + timedelta(hours=1), **waiting
    )
    make.make_action(scene.session, scene.quiet, published_at=None)
    make.make_action(scene.session, scene.quiet)

    held = held_versions(scene.session, scene.consultation.id)

    assert [version.action for version in held] == [first, second]


def test_version_or_404_refuses_one_of_another_consultation(scene: Scene) -> None:
    other = make.make_theme(scene.session, make.make_closed_consultation(scene.session))
    strange = make.make_action(scene.session, other).versions[0]
    own = make.make_action(scene.session, scene.bus).versions[0]

    assert version_or_404(scene.session, scene.consultation.id, own.id) is own
    for version_id in (strange.id, 999_999):
        with pytest.raises(NotFound, match="no such answer here"):
            version_or_404(scene.session, scene.consultation.id, version_id)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, VersionState.PUBLISHED),
        ({"published_at": None}, VersionState.DRAFT),
        ({"published_at": None, "publishes_at": NOW}, VersionState.HELD),
        ({"published_at": None, "publishes_at": NOW, "stopped_at": NOW}, VersionState.STOPPED),
    ],
)
def test_state_of_a_version(scene: Scene, values: dict[str, object], state: VersionState) -> None:
    assert state_of(make.make_action(scene.session, scene.bus, **values).versions[0]) is state


def test_standing_of_counts_days_and_unread(scene: Scene) -> None:
    say(scene, times=4)
    make.make_action(scene.session, scene.bus, published_at=NOW - timedelta(days=2))
    make.make_action(scene.session, scene.quiet, published_at=NOW - timedelta(days=1))

    standing = standing_of(scene.session, scene.consultation, now=NOW)

    assert (standing.unread, standing.waiting_days) == (4, 7)
    assert standing.told_at == NOW - timedelta(days=1)


def test_standing_of_an_open_consultation_waits_for_nobody(scene: Scene) -> None:
    opened = make.make_open_consultation(scene.session)

    standing = standing_of(scene.session, opened, now=NOW)

    assert (standing.waiting_days, standing.unread, standing.told_at) == (0, 0, None)


def test_find_sent_form_shows_a_holder_their_own_alone(scene: Scene) -> None:
    form = SentForm(
        id=uuid4(),
        consultation_id=scene.consultation.id,
        person_id=scene.owner.id,
        verb=Verb.RECORD,
        sent_at=NOW,
    )
    scene.session.add(form)
    scene.session.flush()
    elsewhere = make.make_closed_consultation(scene.session, service=scene.consultation.service)
    holder_there = find_holder(scene.session, elsewhere.id, scene.owner.id)
    assert holder_there is not None

    assert sent_form_or_404(scene.session, scene.holder(), form.id) is form
    assert find_sent_form(scene.session, scene.holder(scene.deputy), form.id) is None
    assert find_sent_form(scene.session, holder_there, form.id) is None
    with pytest.raises(NotFound, match="Nothing was saved"):
        sent_form_or_404(scene.session, scene.holder(), uuid4())


def test_pausable_cases_leave_out_an_orphan_and_mark_the_spent(scene: Scene) -> None:
    action = make.make_action(
        scene.session, scene.bus, outcome=Outcome.PLANNED, text="Three lights", due_on=TODAY
    )
    late = Case(
        kind=CaseKind.LATE_ACTION, consultation=scene.consultation, action=action, opened_at=NOW
    )
    kinds = (CaseKind.UNTOLD, CaseKind.NO_ANSWERS, CaseKind.ORPHAN)
    others = [Case(kind=kind, consultation=scene.consultation, opened_at=NOW) for kind in kinds]
    scene.session.add_all([late, *others])
    for days in (7, 14):
        until_on: date = TODAY + timedelta(days=days)
        late.snoozes.append(Snooze(until_on=until_on, reason="Panel", at=NOW))
    scene.session.flush()

    cases = pausable_cases(scene.session, scene.consultation.id, DEFAULTS, now=NOW)
    found = {one.case.kind: one for one in cases}

    assert found.keys() == {CaseKind.LATE_ACTION, CaseKind.UNTOLD, CaseKind.NO_ANSWERS}
    assert found[CaseKind.LATE_ACTION].is_spent and not found[CaseKind.UNTOLD].is_spent
    assert not any(each.is_late for each in found.values())
    assert [found[kind].words for kind in sorted(found)] == [
        "“Three lights”",
        "Nobody answered",
        "Young people are waiting to hear",
    ]


def test_people_told_are_the_circle_once_each(scene: Scene) -> None:
    scene.consultation.service.deputies = [scene.deputy, scene.contact]

    assert people_told(scene.consultation) == [scene.owner, scene.deputy, scene.contact]
    assert people_to_hand_over_to(scene.consultation) == [scene.deputy]


def test_people_who_find_an_owner_are_contact_and_leads(scene: Scene) -> None:
    make.make_person(scene.session, "Vera", RoleName.VIEWER)

    assert people_who_find_an_owner(scene.session, scene.consultation) == [
        scene.contact,
        scene.lead,
    ]


def test_cards_offer_what_young_people_deny_with_every_way_but_thanks(scene: Scene) -> None:
    theme = make.make_theme(scene.session, scene.consultation)
    action = make.make_action(scene.session, theme, outcome=Outcome.DONE, changed_on=TODAY)
    assert f"a{action.id}" not in keys(scene)
    action.reopenings.append(Reopening(changed_on=TODAY, after_number=1, reopened_on=TODAY))
    scene.session.flush()
    assert f"a{action.id}" in keys(scene)
    assert {choice.outcome for choice in choices_after(action.published)} == {
        Outcome.DONE,
        Outcome.PLANNED,
        Outcome.CANNOT,
        Outcome.ALREADY,
        Outcome.PASSED_ON,
    }
