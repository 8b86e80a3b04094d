from datetime import UTC, datetime, timedelta

import pytest

from tracker.accounts.policy import RoleName, Tie
from tracker.actions.policy import ActionDraft, Outcome, ReasonCode
from tracker.capabilities.policy import (
    Given,
    LinkState,
    Verb,
    VersionState,
    gentle_question,
    link_state,
    moment_words,
    shared_answers,
    verbs_of,
    version_state,
)

ALL = frozenset(Verb)
NONE: frozenset[Verb] = frozenset()


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        ({Tie.OWNER}, ALL),
        ({Tie.DEPUTY}, ALL),
        ({Tie.CONTACT}, ALL - {Verb.SNOOZE}),
        ({RoleName.PARTICIPATION_LEAD}, {Verb.HAND_OVER}),
        ({RoleName.ADMINISTRATOR}, NONE),
        ({RoleName.SAFEGUARDING_LEAD}, NONE),
        ({RoleName.VIEWER}, NONE),
        (set(), NONE),
        # Whoever is both has what either allows.
        ({Tie.CONTACT, Tie.DEPUTY}, ALL),
        ({RoleName.PARTICIPATION_LEAD, RoleName.VIEWER}, {Verb.HAND_OVER}),
    ],
)
def test_verbs_of_follow_from_the_tie(held: set[Tie | RoleName], allowed: frozenset[Verb]) -> None:
    assert verbs_of(is_active=True, held=frozenset(held)) == allowed


@pytest.mark.parametrize("held", [Tie.OWNER, Tie.CONTACT, RoleName.PARTICIPATION_LEAD])
def test_verbs_of_somebody_who_left_are_none(held: Tie | RoleName) -> None:
    assert verbs_of(is_active=False, held=frozenset({held})) == NONE


@pytest.mark.parametrize(
    ("exists", "verbs", "is_withdrawn", "is_expired", "state"),
    [
        (True, ALL, False, False, LinkState.WORKS),
        (True, ALL, False, True, LinkState.EXPIRED),
        (True, ALL, True, False, LinkState.WITHDRAWN),
        (True, ALL, True, True, LinkState.WITHDRAWN),
        (True, NONE, False, False, LinkState.NOT_YOURS),
        (True, NONE, True, True, LinkState.NOT_YOURS),
        (False, NONE, False, False, LinkState.GONE),
        (False, NONE, False, True, LinkState.GONE),
    ],
)
def test_link_state_names_what_is_furthest_from_mending(
    exists: bool, verbs: frozenset[Verb], is_withdrawn: bool, is_expired: bool, state: LinkState
) -> None:
    assert (
        link_state(exists=exists, verbs=verbs, is_withdrawn=is_withdrawn, is_expired=is_expired)
        is state
    )


@pytest.mark.parametrize(
    ("is_published", "is_stopped", "is_newest", "publishes_by_itself", "state"),
    [
        (False, False, True, True, VersionState.HELD),
        (False, False, True, False, VersionState.DRAFT),
        (True, False, True, True, VersionState.PUBLISHED),
        (True, False, False, False, VersionState.PUBLISHED),
        (False, True, True, True, VersionState.STOPPED),
        (False, True, False, True, VersionState.REPLACED),
    ],
)
def test_version_state(
    is_published: bool,
    is_stopped: bool,
    is_newest: bool,
    publishes_by_itself: bool,
    state: VersionState,
) -> None:
    assert (
        version_state(
            is_published=is_published,
            is_stopped=is_stopped,
            is_newest=is_newest,
            publishes_by_itself=publishes_by_itself,
        )
        is state
    )


WINTER = datetime(2026, 2, 4, 10, 15, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "now", "words"),
    [
        (WINTER + timedelta(hours=24), WINTER, "tomorrow at 10.15"),
        (WINTER, WINTER, "today at 10.15"),
        (WINTER - timedelta(hours=11), WINTER, "yesterday at 23.15"),
        (WINTER - timedelta(hours=35), WINTER, "on Monday 2 February 2026 at 23.15"),
        (WINTER + timedelta(hours=38), WINTER, "on Friday 6 February 2026 at 0.15"),
        # 22.05 UTC is five past eleven at night in London's summer; an hour later it's another day.
        (SUMMER, SUMMER, "today at 23.05"),
        (SUMMER + timedelta(hours=1), SUMMER, "tomorrow at 0.05"),
    ],
)
def test_moment_words_are_said_as_in_london(moment: datetime, now: datetime, words: str) -> None:
    assert moment_words(moment, now, "Europe/London") == words


PLAIN = "From 3 February the centre is open until 8 pm on Fridays."


@pytest.mark.parametrize(
    ("outcome", "text", "reason", "asks"),
    [
        (Outcome.DONE, PLAIN, "", None),
        (Outcome.DONE, "It is sorted.", "", "What is different now?"),
        (Outcome.PLANNED, "We will put three lights along the path.", "", None),
        (
            Outcome.PLANNED,
            "We will look into this with our partners.",
            "",
            "What will be different",
        ),
        (Outcome.DOING, "Ongoing.", "", "What will be different"),
        (Outcome.CANNOT, "We can't do this.", "A night bus costs £90,000 a year.", None),
        (Outcome.CANNOT, "We can't do this.", "No money.", "What stands in the way?"),
        (Outcome.ALREADY, "The room upstairs is free every Tuesday.", "", None),
        (Outcome.ALREADY, "Upstairs.", "", "Where can young people find it"),
        (Outcome.PASSED_ON, "We asked.", "", "What did you ask them to do?"),
        (Outcome.PRAISE, "Thanks!", "", None),
    ],
)
def test_gentle_question_is_asked_of_what_nobody_could_check(
    outcome: Outcome, text: str, reason: str, asks: str | None
) -> None:
    draft = ActionDraft(outcome, text, reason_code=ReasonCode.MONEY, reason=reason)
    question = gentle_question(draft)
    assert (question is None) if asks is None else (question or "").startswith(asks)


def card(key: str, kind: str) -> Given:
    return Given(key, has_answer=kind == "own", repeats_above=kind == "same")


@pytest.mark.parametrize(
    ("cards", "takes"),
    [
        ([], {}),
        ([("t1", "own"), ("t2", "own")], {"t1": "t1", "t2": "t2"}),
        ([("t1", "own"), ("t2", "same"), ("t3", "same")], {"t1": "t1", "t2": "t1", "t3": "t1"}),
        ([("t1", "own"), ("t2", "later"), ("t3", "same")], {"t1": "t1", "t3": "t1"}),
        ([("t1", "own"), ("t2", "own"), ("t3", "same")], {"t1": "t1", "t2": "t2", "t3": "t2"}),
        ([("t1", "later"), ("t2", "same")], {"t2": None}),
        ([("t1", "later")], {}),
    ],
)
def test_shared_answers_repeat_the_nearest_above(
    cards: list[tuple[str, str]], takes: dict[str, str | None]
) -> None:
    assert shared_answers([card(key, kind) for key, kind in cards]) == takes
