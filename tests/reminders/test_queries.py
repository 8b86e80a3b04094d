"""The next step of each loop, the story of one, and the outbox."""

from datetime import date, timedelta

import pytest

from tests import factories as make
from tests.counting import counted
from tests.reminders.world import World, at
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.consultations.operations import note_event
from tracker.errors import NotFound
from tracker.mail.errors import TemporaryMailError, UnknownOutcomeError
from tracker.mail.render import RenderedMail
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import MailState
from tracker.reminders.operations import queue_notice, snooze
from tracker.reminders.policy import Step
from tracker.reminders.queries import (
    PAGE,
    NextStep,
    case_or_404,
    mail_or_404,
    next_steps,
    open_cases_of,
    outbox_page,
    timeline,
)

NINE = at("2026-01-08 09:00")


class Broken(MemoryTransport):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        raise self.error


def test_next_step_is_the_first_to_come(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    assert next_steps(world.session, [consultation.id], now=NINE) == {
        consultation.id: NextStep(Step.NUDGE, "Nudge", date(2026, 1, 14), ("Olu",))
    }


def test_next_step_is_the_one_that_waits_or_is_due_today(world: World) -> None:
    consultation = world.closed()
    night = at("2026-01-10 03:00")
    world.tick(at("2026-01-08 06:00"))
    for now in (at("2026-01-08 06:30"), night):
        step = next_steps(world.session, [consultation.id], now=now)[consultation.id]
        assert (step.step, step.on) == (Step.NEXT_STEPS, now.date())
    world.tick(NINE, Broken(UnknownOutcomeError("killed")))
    step = next_steps(world.session, [consultation.id], now=NINE)[consultation.id]
    assert step.step is Step.NUDGE  # the other one left, as far as anybody knows


def test_next_step_of_a_day_is_the_higher_and_of_cases_the_sooner(world: World) -> None:
    consultation = world.closed(promise_on=date(2026, 1, 14))
    world.tick(NINE)
    make.make_action(
        world.session,
        consultation=consultation,
        outcome=Outcome.PLANNED,
        due_on=date(2026, 6, 1),
        published_at=NINE,
    )
    world.tick(NINE + timedelta(hours=1))
    step = next_steps(world.session, [consultation.id], now=NINE)[consultation.id]
    assert step.step is Step.PROMISE_DUE
    assert len(open_cases_of(world.session, consultation.id)) == 2


def test_next_step_takes_as_many_statements_for_three_as_for_one(world: World) -> None:
    ids = [world.closed(title=title).id for title in ("Bus", "Food", "Lights")]
    world.tick(NINE)
    counts = []
    for wanted in (ids[:1], ids):
        world.session.commit()
        world.session.expunge_all()
        with counted(world.session) as statements:
            assert len(next_steps(world.session, wanted, now=NINE)) == len(wanted)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_next_step_of_what_is_told_or_still_open_is_none(world: World) -> None:
    told = world.closed()
    world.tell(told, NINE)
    running = make.make_open_consultation(
        world.session, service=world.service, closes_on=date(2026, 3, 1)
    )
    world.tick(NINE)
    assert next_steps(world.session, [told.id, running.id], now=NINE) == {}


def test_next_step_of_a_case_whose_steps_are_over_is_none(world: World) -> None:
    consultation = world.closed(responses=0)
    world.tick(at("2026-02-04 09:00"))
    assert next_steps(world.session, [consultation.id], now=at("2026-02-05 09:00")) == {}


def lines(world: World, now_words: str) -> list[tuple[str, str, str]]:
    consultation = open_cases_of(world.session, 1)[0].consultation
    story = timeline(world.session, consultation, now=at(now_words))
    return [(str(row.state), row.what, row.why) for row in story.rows]


def test_timeline_says_what_is_due_and_what_will_be_skipped(world: World) -> None:
    world.closed()
    world.organisation.is_sending = False
    world.tick(NINE)
    found = lines(world, "2026-01-14 03:00")
    assert ("to come", "Nudge", "It is due and will be queued at the next look.") in found
    assert ("to come", "First steps", "A higher step is due: this one will be skipped.") in found
    assert not timeline(
        world.session, open_cases_of(world.session, 1)[0].consultation, now=NINE
    ).is_sending


def test_timeline_says_why_something_waits(world: World) -> None:
    world.closed()
    world.tick(at("2026-01-08 06:00"))
    hours = "It goes out in the next hours for sending: a working day, 9 am to 4 pm."
    assert ("waiting", "First steps", hours) in lines(world, "2026-01-08 06:01")
    world.tick(NINE, Broken(TemporaryMailError("451 not now")))
    why = "The mail server said: 451 not now"
    assert ("waiting", "First steps", why) in lines(world, "2026-01-08 09:01")
    world.tick(NINE + timedelta(minutes=6), Broken(UnknownOutcomeError("killed")))
    why = "It was handed to the mail server; the answer isn't known yet."
    assert ("waiting", "First steps", why) in lines(world, "2026-01-08 09:07")


def test_timeline_says_what_gives_way_and_what_is_snoozed(world: World) -> None:
    world.closed(promise_on=date(2026, 1, 14))
    world.tick(NINE)
    why = "It gives way on that day to: The promise date is here."
    assert ("to come", "Nudge", why) in lines(world, "2026-01-08 10:00")
    case = open_cases_of(world.session, 1)[0]
    snooze(world.session, case, date(2026, 1, 20), "Exams", person_id=world.owner.id, now=NINE)
    why = "Snoozed; it would have come on 14 January 2026."
    assert ("to come", "The promise date is here", why) in lines(world, "2026-01-08 10:00")
    assert ("note", "Olu put it off until 20 January 2026", "Exams") in lines(
        world, "2026-01-08 10:00"
    )


def test_timeline_says_who_cannot_be_reached_and_when_there_is_nobody(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    world.owner.active = False
    assert ("to come", "Nudge", "Olu has left.") in lines(world, "2026-01-08 10:00")
    consultation.owner = None
    assert ("to come", "Nudge", "There is nobody to send it to.") in lines(
        world, "2026-01-08 10:00"
    )


def test_timeline_says_when_the_clock_was_moved_and_by_what(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    note_event(
        world.session,
        consultation,
        "promise_moved",
        person_id=world.owner.id,
        now=NINE,
        detail="to 6 May 2026: the bus company is slow",
    )
    assert (
        "note",
        "The promise date was moved",
        "to 6 May 2026: the bus company is slow",
    ) in lines(world, "2026-01-08 10:00")


def test_timeline_takes_as_many_statements_for_many_reminders_as_for_one(world: World) -> None:
    consultation_id = world.closed().id
    counts = []
    for moment in (NINE, at("2026-05-05 09:00")):
        world.tick(moment)
        world.session.commit()
        world.session.expunge_all()
        fresh = world.session.get_one(Consultation, consultation_id)
        with counted(world.session) as statements:
            timeline(world.session, fresh, now=moment)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_case_and_mail_or_404(world: World) -> None:
    world.closed()
    world.tick(NINE)
    assert case_or_404(world.session, 1).id == mail_or_404(world.session, 1).id == 1
    with pytest.raises(NotFound):
        case_or_404(world.session, 2)
    with pytest.raises(NotFound):
        mail_or_404(world.session, 2)


def test_outbox_page_counts_filters_and_turns_pages(world: World) -> None:
    hello = RenderedMail("Hello", "Hello", "<p>Hello</p>")
    for number in range(PAGE + 1):
        queue_notice(
            world.session, recipient=world.owner, key=f"k/{number}", rendered=hello, now=NINE
        )
    world.closed()
    world.tick(NINE)
    first = outbox_page(world.session, None, 1)
    assert (len(first.mails), first.pages, first.counts) == (PAGE, 2, {MailState.SENT: PAGE + 2})
    assert len(outbox_page(world.session, MailState.SENT, 2).mails) == 2
    assert outbox_page(world.session, None, 99).page == 2
    assert outbox_page(world.session, None, -5).page == 1
    empty = outbox_page(world.session, MailState.FAILED, 1)
    assert (empty.mails, empty.pages) == ([], 1)
