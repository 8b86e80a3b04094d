"""Who may do what: the table itself, its edges, and the last administrator."""

import pytest

from tracker.accounts.policy import (
    ALLOWED,
    ROLE_LABELS,
    ROLE_MEANINGS,
    Act,
    Actor,
    RoleName,
    Tie,
    lockout,
    may,
    may_somewhere,
)

HERE, ELSEWHERE = 1, 2
ADMIN = frozenset({RoleName.ADMINISTRATOR})
NOTHING: frozenset[RoleName] = frozenset()


def actor(
    *roles: RoleName, owns: int = 0, deputises: int = 0, contact: int = 0, is_active: bool = True
) -> Actor:
    return Actor(
        person_id=1,
        is_active=is_active,
        roles=frozenset(roles),
        owns=frozenset({owns} - {0}),
        deputises=frozenset({deputises} - {0}),
        is_contact_of=frozenset({contact} - {0}),
    )


OWNER = actor(owns=HERE)
DEPUTY = actor(deputises=HERE)
CONTACT = actor(contact=HERE)
LEAD = actor(RoleName.PARTICIPATION_LEAD)
ADMINISTRATOR = actor(RoleName.ADMINISTRATOR)
SAFEGUARDING = actor(RoleName.SAFEGUARDING_LEAD)
VIEWER = actor(RoleName.VIEWER)
NOBODY = actor()


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (Act.MANAGE_PEOPLE, [ADMINISTRATOR]),
        (Act.MANAGE_SERVICES, [ADMINISTRATOR]),
        (Act.MANAGE_SETTINGS, [ADMINISTRATOR]),
        (Act.SEE_OPEN_LOOPS, [ADMINISTRATOR, LEAD, VIEWER]),
        (Act.SEE_OUTBOX, [ADMINISTRATOR, LEAD]),
        (Act.READ_SAFEGUARDING, [SAFEGUARDING]),
        (Act.SEE_CONSULTATION, [ADMINISTRATOR, LEAD, VIEWER, OWNER, DEPUTY, CONTACT]),
        (Act.EDIT_CONSULTATION, [LEAD, OWNER, DEPUTY]),
        (Act.OPEN_AND_CLOSE, [LEAD, OWNER, DEPUTY]),
        (Act.WITHDRAW, [LEAD, OWNER]),
        (Act.READ_RESPONSES, [LEAD, OWNER, DEPUTY]),
        (Act.CODE_RESPONSES, [LEAD, OWNER, DEPUTY]),
        (Act.RECORD_ACTION, [LEAD, OWNER, DEPUTY]),
        (Act.PUBLISH_ACTION, [LEAD, OWNER, DEPUTY]),
        (Act.STOP_PUBLICATION, [LEAD, OWNER, DEPUTY, CONTACT]),
        (Act.HAND_OVER, [ADMINISTRATOR, LEAD, OWNER, CONTACT]),
        (Act.SNOOZE, [LEAD, OWNER, DEPUTY]),
    ],
)
def test_may_allows_these_and_nobody_else(act: Act, allowed: list[Actor]) -> None:
    everybody = [ADMINISTRATOR, LEAD, SAFEGUARDING, VIEWER, OWNER, DEPUTY, CONTACT, NOBODY]
    assert [one for one in everybody if may(one, act, HERE)] == [
        one for one in everybody if one in allowed
    ]


def test_may_lets_everybody_active_use_the_desk() -> None:
    assert may(NOBODY, Act.USE_DESK)
    assert not may(actor(is_active=False), Act.USE_DESK)


@pytest.mark.parametrize("act", list(Act))
def test_may_refuses_whoever_has_left(act: Act) -> None:
    gone = actor(*RoleName, owns=HERE, deputises=HERE, contact=HERE, is_active=False)
    assert not may(gone, act, HERE)


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.USE_DESK])
@pytest.mark.parametrize("tied", [OWNER, DEPUTY, CONTACT])
def test_may_stops_at_the_service_one_is_tied_to(tied: Actor, act: Act) -> None:
    assert not may(tied, act, ELSEWHERE)
    assert not may(tied, act)


def test_may_somewhere_finds_the_service_that_allows_it() -> None:
    assert may_somewhere(OWNER, Act.READ_RESPONSES)
    assert may_somewhere(CONTACT, Act.SEE_CONSULTATION)
    assert may_somewhere(LEAD, Act.READ_RESPONSES)
    assert not may_somewhere(CONTACT, Act.READ_RESPONSES)
    assert not may_somewhere(NOBODY, Act.SEE_CONSULTATION)


def test_ties_are_those_to_the_one_service() -> None:
    both = actor(owns=HERE, contact=HERE, deputises=ELSEWHERE)
    assert both.ties(HERE) == {Tie.OWNER, Tie.CONTACT}
    assert both.ties(ELSEWHERE) == {Tie.DEPUTY}


def test_every_act_has_a_row_and_every_role_its_words() -> None:
    assert set(ALLOWED) == set(Act)
    assert set(ROLE_LABELS) == set(ROLE_MEANINGS) == set(RoleName)


def test_only_the_safeguarding_lead_reads_safeguarding() -> None:
    assert ALLOWED[Act.READ_SAFEGUARDING] == {RoleName.SAFEGUARDING_LEAD}


@pytest.mark.parametrize(
    ("was", "becomes", "others", "refused"),
    [
        (ADMIN, NOTHING, 0, True),
        (ADMIN, NOTHING, 1, False),
        (ADMIN, ADMIN, 0, False),
        (NOTHING, NOTHING, 0, False),
        (NOTHING, ADMIN, 0, False),
        (ADMIN | {RoleName.VIEWER}, frozenset({RoleName.VIEWER}), 0, True),
    ],
)
def test_lockout_keeps_one_administrator(
    was: frozenset[RoleName], becomes: frozenset[RoleName], others: int, refused: bool
) -> None:
    assert bool(lockout(True, was, becomes, others)) is refused


@pytest.mark.parametrize(("own", "says"), [(True, "You are"), (False, "This person is")])
def test_lockout_says_whom_it_is_about(own: bool, says: str) -> None:
    reason = lockout(own, ADMIN, NOTHING, 0)
    assert reason is not None
    assert reason.startswith(f"{says} the last administrator.")
