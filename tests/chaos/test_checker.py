"""The checker itself: it has to notice what is lost, doubled or unexplained."""

from collections import Counter
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.chaos.checker import Verdict, check_answers, check_mails, check_reminders
from tests.chaos.copies import Acceptance, Witness
from tests.chaos.ledger import Entry
from tests.chaos.stage import Key
from tests.reminders.world import World, at
from tracker.reminders.models import Mail, Reminder
from tracker.surveys.models import Survey

SENT, RETURNED = uuid4(), uuid4()
NOBODY = Witness([], [], 170)


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session), code="code")
    make.make_question(session, survey)
    return survey


def store(session: Session, survey: Survey, submission_id: UUID, words: str = "") -> None:
    words = words or f"words of {submission_id}"
    answers = {survey.questions[0]: words}
    make.make_response(session, survey, submission_id=submission_id, answers=answers)


def written(what: str, submission_id: UUID) -> Entry:
    return Entry(0, what, {"id": str(submission_id)})


LEDGER = [
    written("trying", SENT),
    written("acknowledged", SENT),
    written("trying", RETURNED),
    written("given up", RETURNED),
]


def of_answers(session: Session) -> tuple[list[str], Counter[str]]:
    counts: Counter[str] = Counter()
    return list(check_answers(session, LEDGER, ["code"], counts)), counts


def test_answers_are_accounted_for(session: Session, survey: Survey) -> None:
    store(session, survey, SENT)
    assert of_answers(session) == (
        [],
        Counter(
            {
                "acknowledged": 1,
                "not acknowledged, stored": 0,
                "not acknowledged, not stored": 1,
            }
        ),
    )
    store(session, survey, RETURNED)
    assert of_answers(session)[0] == []


def test_an_acknowledged_answer_that_is_gone_is_noticed(session: Session, survey: Survey) -> None:
    assert of_answers(session)[0] == [f"answer {SENT} was acknowledged and is lost"]


def test_an_answer_with_other_words_is_noticed(session: Session, survey: Survey) -> None:
    store(session, survey, SENT, "words of somebody else")
    assert len(of_answers(session)[0]) == 1


def test_an_answer_that_nobody_sent_is_noticed(session: Session, survey: Survey) -> None:
    store(session, survey, SENT)
    store(session, survey, uuid4())
    assert "nobody sent it" in of_answers(session)[0][0]


@pytest.fixture
def owed(world: World) -> set[Key]:
    """One reminder that is owed and was sent."""
    consultation = world.closed()
    world.tick(at("2026-01-08 09:00"))
    return {(consultation.id, "next_steps", world.owner.id, date(2026, 1, 8))}


def of_reminders(world: World, owed: set[Key]) -> list[str]:
    return list(check_reminders(world.session, owed, Counter()))


def test_reminders_are_accounted_for(world: World, owed: set[Key]) -> None:
    assert of_reminders(world, owed) == []


def test_a_reminder_that_is_gone_or_owed_by_nobody_is_noticed(world: World, owed: set[Key]) -> None:
    assert "owed by nobody" in of_reminders(world, set())[0]
    world.session.execute(delete(Reminder))
    assert "owed and lost" in of_reminders(world, owed)[0]


def test_a_reminder_whose_mail_never_left_is_noticed(world: World, owed: set[Key]) -> None:
    world.session.execute(update(Mail).values(state="waiting"))
    assert "its mail is waiting" in of_reminders(world, owed)[0]


def test_a_reminder_and_a_mail_that_never_go_on_are_noticed(world: World, owed: set[Key]) -> None:
    (mail,) = world.mails
    world.session.execute(update(Reminder).values(state="waiting"))
    world.session.execute(update(Mail).values(state="sending"))
    assert "waits for ever, and its mail is sending" in of_reminders(world, owed)[0]
    assert "is sending for ever" in of_mails(world, arrival(mail.message_id))[0]


def arrival(message_id: str, at: float = 1.0, digest: str = "a", fault: str = "") -> Entry:
    facts = {"message_id": message_id, "peer": 1, "digest": digest, "fault": fault}
    return Entry(at, "deed", {"is_kept": True, **facts})


def of_mails(world: World, *arrivals: Entry, witness: Witness = NOBODY) -> list[str]:
    return list(check_mails(world.session, arrivals, witness, Verdict()))


def test_mails_are_accounted_for(world: World, owed: set[Key]) -> None:
    (mail,) = world.mails
    assert of_mails(world, arrival(mail.message_id)) == []
    assert "never arrived" in of_mails(world)[0]
    assert "nobody knows of it" in of_mails(world, arrival(mail.message_id), arrival("<x@y>"))[0]


def test_a_copy_needs_a_fault_and_the_same_bytes(world: World, owed: set[Key]) -> None:
    (mail,) = world.mails
    first = arrival(mail.message_id)
    assert "no fault" in of_mails(world, first, arrival(mail.message_id, 2.0))[0]
    lost = arrival(mail.message_id, fault="takes it and hangs up")
    assert of_mails(world, lost, arrival(mail.message_id, 2.0)) == []
    assert "other bytes" in of_mails(world, lost, arrival(mail.message_id, 2.0, "b"))[0]


def reached(at: float, pid: int, point: str) -> Entry:
    """A second of this clock is a minute of the worker's."""
    return Entry(at, "reached", {"pid": pid, "point": point, "now": at * 60})


ONE, NEXT = Acceptance(2.0, 1001, "a"), Acceptance(6.0, 1002, "a")
LINES = [
    Entry(0.1, "connected", {"pid": 1, "peer": 1001}),
    Entry(4.1, "connected", {"pid": 2, "peer": 1002}),
]
CLAIMS = [
    reached(0.9, 1, "tick.gathering.committed"),
    reached(1.0, 1, "claim.done"),
    reached(5.0, 2, "tick.gathering.committed"),
    reached(5.1, 2, "claim.done"),
]
SETTLED = reached(2.1, 1, "sent.committed")
KILLED = Entry(2.5, "kill", {"whom": "worker", "pid": 1})
CUT = Entry(1.5, "cut", {"whom": "worker 1"})
COMPLAINT = Entry(2.2, "complaint", {"pid": 1, "words": "delivery failed"})
IN_VAIN = Entry(
    2.2, "complaint", {"pid": 1, "words": "mail 7 was taken over by another worker meanwhile"}
)


@pytest.mark.parametrize(
    ("workers", "acts", "why"),
    [
        ([], [KILLED], "killed between acceptance and commit"),
        ([COMPLAINT], [CUT], "lost its database between acceptance and commit"),
        ([], [], "its lease ran out in flight"),
        ([reached(5.5, 1, "sent.committed")], [], "its lease ran out in flight"),
        ([SETTLED, IN_VAIN], [], "its lease ran out in flight"),
    ],
    ids=["killed", "cut", "never recorded", "recorded late", "recorded in vain"],
)
def test_a_copy_is_explained_by_what_befell_the_worker(
    workers: list[Entry], acts: list[Entry], why: str
) -> None:
    witness = Witness(sorted([*LINES, *CLAIMS, *workers], key=lambda e: e.at), acts, 170)
    assert witness.why_again(ONE, NEXT) == why


@pytest.mark.parametrize(("lease", "why"), [(170, "its lease ran out in flight"), (301, "")])
def test_a_copy_may_come_from_a_worker_that_slept_past_its_lease(lease: float, why: str) -> None:
    """The first to claim it hands it over last: the other has sent and recorded it meanwhile."""
    meanwhile = reached(5.6, 2, "sent.committed")
    witness = Witness(sorted([*LINES, *CLAIMS, meanwhile], key=lambda e: e.at), [], lease)
    assert witness.why_again(Acceptance(5.5, 1002, "a"), Acceptance(6.0, 1001, "a")) == why


def test_a_copy_while_the_lease_still_held_is_explained_by_nothing() -> None:
    """Nobody was killed, and five seconds of the machine are five minutes of the lease."""
    witness = Witness(sorted([*LINES, *CLAIMS], key=lambda e: e.at), [], 301)
    assert witness.why_again(ONE, NEXT) == ""


def test_a_copy_of_a_mail_that_was_recorded_in_time_is_explained_by_nothing() -> None:
    before = [*LINES, *CLAIMS, SETTLED, COMPLAINT]
    witness = Witness(sorted(before, key=lambda e: e.at), [KILLED], 170)
    assert witness.why_again(ONE, NEXT) == ""


def test_a_copy_from_nobody_knows_where_is_explained_by_nothing() -> None:
    assert Witness([], [], 170).why_again(ONE, NEXT) == ""
