"""Cases open and close by what the rows say; notices and reminders are queued once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.counting import counted
from tests.reminders.world import CLOSED_ON, World, at
from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.reminders.models import Case, MailKind
from tracker.reminders.operations import queue_due, snooze, sync_cases
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey
from tracker.themes.models import Theme

NINE = at("2026-01-08 09:00")
AGAIN = "It is open for answers again. Its clock starts anew when it closes."
TOLD = "Every theme has a published answer."


def respond(session: Session, consultation: Consultation) -> None:
    survey = session.scalars(select(Survey).where(Survey.consultation_id == consultation.id)).one()
    make.make_response(session, survey)


def test_sync_opens_one_case_and_doing_it_again_changes_nothing(world: World) -> None:
    world.closed()
    assert world.tick(NINE).opened_cases == 1
    assert world.tick(NINE).opened_cases == 0
    assert world.cases == [("untold", "")]


def test_a_consultation_without_a_promise_is_chased_by_the_usual_one(world: World) -> None:
    world.closed(promise_on=None)
    world.tick(at("2026-04-01 09:00"))
    assert world.sent == [("promise_due", "Olu")]  # twelve weeks after the close
    assert b"Today is the day" in world.transport.sent[0][2]


def test_sync_leaves_drafts_and_open_consultations_alone(world: World) -> None:
    make.make_consultation(world.session, service=world.service)
    make.make_open_consultation(world.session, service=world.service, closes_on=date(2026, 3, 1))
    world.tick(NINE)
    assert world.cases == []


def test_sync_closes_what_is_withdrawn(world: World) -> None:
    consultation = world.closed()
    world.tick(NINE)
    consultation.withdrawn_at, consultation.withdrawn_reason = NINE, "We asked the wrong question."
    assert world.tick(NINE + timedelta(hours=1)).closed_cases == 1
    assert world.cases == [("untold", "It was withdrawn, and the board says why.")]


def test_sync_turns_no_answers_into_untold_when_a_paper_form_comes_in(world: World) -> None:
    consultation = world.closed(responses=0)
    world.tick(NINE)
    assert world.sent == [("next_steps", "Olu")]
    respond(world.session, consultation)
    world.tick(NINE + timedelta(hours=1))
    assert world.cases == [("no_answers", "Answers have come in."), ("untold", "")]


def test_nobody_answered_is_chased_three_times_and_the_contact_sees_the_last(
    world: World,
) -> None:
    consultation = world.closed(responses=0)
    for day in range(60):
        world.tick(at("2026-01-08 10:00") + timedelta(days=day))
    assert world.sent == [
        ("next_steps", "Olu"),
        ("nudge", "Olu"),
        ("nudge_again", "Olu"),
        ("nudge_again", "Mo"),
    ]
    consultation.closed_at = None
    consultation.closes_on = date(2026, 6, 1)
    world.tick(at("2026-03-20 10:00"))
    assert world.cases == [("no_answers", AGAIN)]


def test_a_late_paper_form_opens_a_told_loop_again_with_a_clock_of_its_own(world: World) -> None:
    consultation = world.closed()
    world.tell(consultation, NINE)
    world.tick(at("2026-05-05 10:00"))
    assert world.cases == []
    respond(world.session, consultation)
    world.tick(at("2026-05-05 12:00"))  # the first time it is seen untold
    assert world.cases == [("untold", "")]


def test_a_loop_that_was_chased_and_told_starts_a_new_clock_when_it_opens_again(
    world: World,
) -> None:
    consultation = world.closed()
    world.tick(NINE)
    world.tell(consultation, NINE)
    world.tick(at("2026-05-04 10:00"))
    respond(world.session, consultation)
    world.tick(at("2026-05-05 10:00"))  # long after the promise date, and no escalation
    assert world.cases == [("untold", TOLD), ("untold", "")]
    for day in range(45):
        world.tick(at("2026-05-06 10:00") + timedelta(days=day))
    assert world.sent[1:] == [
        ("next_steps", "Olu"),
        ("nudge", "Olu"),
        ("promise_soon", "Olu"),
        ("promise_soon", "Dee"),
        ("promise_due", "Olu"),  # four weeks later; the second nudge gives way
        ("escalate_manager", "Mo"),
        ("escalate_manager", "Olu"),
    ]


def test_responses_that_are_gone_leave_nobody_to_tell(world: World) -> None:
    consultation = world.closed(responses=1)
    world.tick(NINE)
    survey = world.session.scalars(
        select(Survey).where(Survey.consultation_id == consultation.id)
    ).one()
    for response in world.session.scalars(select(SurveyResponse)):
        world.session.delete(response)
    assert survey
    world.tick(NINE + timedelta(hours=1))
    assert world.cases == [("untold", "It holds no responses any more."), ("no_answers", "")]


def promise_action(world: World, due_on: date) -> Action:
    """A told consultation whose one action is promised for a day."""
    consultation = world.closed()
    world.tell(consultation, NINE)
    theme = world.session.scalars(select(Theme)).one()
    return make.make_action(
        world.session,
        theme,
        outcome=Outcome.PLANNED,
        text="A later bus",
        due_on=due_on,
        recorded_at=NINE,
        published_at=NINE,
    )


def publish(action: Action, outcome: Outcome, **values: object) -> None:
    moment = at("2026-02-24 10:00")
    action.versions.append(
        ActionVersion(
            number=len(action.versions) + 1,
            outcome=outcome,
            text="A later bus",
            recorded_at=moment,
            published_at=moment,
            **values,
        )
    )


def test_promised_action_is_chased_until_its_outcome(world: World) -> None:
    action = promise_action(world, date(2026, 3, 2))
    world.tick(at("2026-02-23 10:00"))
    assert world.cases == [("late_action", "")]
    assert world.sent == [("due_soon", "Olu")]
    publish(action, Outcome.DONE, changed_on=date(2026, 2, 24))
    world.tick(at("2026-03-02 10:00"))
    assert world.cases == [("late_action", "The action has its outcome.")]
    assert world.sent == [("due_soon", "Olu")]


def test_promised_action_escalates_to_manager_and_lead(world: World) -> None:
    promise_action(world, date(2026, 3, 2))
    for day in range(50):
        world.tick(at("2026-02-20 10:00") + timedelta(days=day))
    assert world.sent == [
        ("due_soon", "Olu"),
        ("due", "Olu"),
        ("escalate_manager", "Mo"),
        ("escalate_manager", "Olu"),
        ("escalate_lead", "Lee"),
    ]


def test_promised_action_with_a_new_date_starts_its_clock_anew(world: World) -> None:
    action = promise_action(world, date(2026, 3, 2))
    world.tick(at("2026-02-23 10:00"))
    publish(action, Outcome.DOING, due_on=date(2026, 3, 2))  # same day, other words: same clock
    world.tick(at("2026-02-25 10:00"))
    assert world.cases == [("late_action", "")]
    publish(action, Outcome.DOING, due_on=date(2026, 4, 1))
    world.tick(at("2026-03-02 10:00"))
    assert world.cases == [
        ("late_action", "A new date was published: 1 April 2026."),
        ("late_action", ""),
    ]
    assert world.sent == [("due_soon", "Olu")]
    publish(action, Outcome.PRAISE)
    publish(action, Outcome.PLANNED, due_on=date(2026, 4, 1))
    world.tick(at("2026-03-03 10:00"))
    assert len(world.cases) == 2  # published in one breath: the day never changed for anybody


def test_promised_action_stops_when_the_consultation_is_withdrawn(world: World) -> None:
    action = promise_action(world, date(2026, 3, 2))
    world.tick(at("2026-02-23 10:00"))
    action.consultation.withdrawn_at = NINE
    action.consultation.withdrawn_reason = "Wrong question"
    world.tick(at("2026-03-02 10:00"))
    assert world.cases == [("late_action", "It was withdrawn, and the board says why.")]
    assert len(world.sent) == 1


def test_promised_action_with_an_impossible_date_stops_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    promise_action(world, date.max)
    world.closed(title="Food")
    assert world.tick(NINE).sent == 1
    assert "has dates that can't be reckoned with" in caplog.text


def test_a_draft_of_a_promised_action_starts_no_clock(world: World) -> None:
    action = promise_action(world, date(2026, 3, 2))
    draft = ActionVersion(
        number=2,
        outcome=Outcome.DOING,
        text="Soon",
        due_on=date(2026, 6, 1),
        recorded_at=NINE,
    )
    action.versions.append(draft)
    world.tick(at("2026-02-23 10:00"))
    assert world.sent == [("due_soon", "Olu")]


def test_snooze_by_the_contact_or_without_a_contact_tells_nobody(world: World) -> None:
    world.closed()
    world.tick(NINE)
    case = world.session.scalars(select(Case)).one()
    for contact in (world.contact, None):
        world.service.escalation_contact = contact
        snooze(
            world.session,
            case,
            date(2026, 1, 20),
            "Exams",
            person_id=world.contact.id,
            now=NINE,
        )
    assert [mail.kind for mail in world.mails] == [MailKind.REMINDER]


def test_orphan_goes_to_deputies_and_contact_at_once_and_ends_with_an_owner(
    world: World,
) -> None:
    consultation = make.make_open_consultation(
        world.session, service=world.service, closes_on=date(2026, 6, 1), owner=None
    )
    world.tick(at("2026-02-07 12:00"))  # a Saturday
    world.tick(at("2026-02-09 09:00"))
    world.tick(at("2026-02-10 09:00"))
    assert world.sent == [("no_owner", "Dee"), ("no_owner", "Mo")]
    consultation.owner = world.owner
    world.tick(at("2026-02-11 09:00"))
    assert world.cases == [("orphan", "It has an owner whom mail can reach.")]


def test_orphan_of_a_service_where_nobody_is_left_goes_to_the_lead(world: World) -> None:
    world.closed()
    world.deputy.active = world.contact.active = world.owner.active = False
    world.tick(NINE)
    assert world.sent == [("no_owner", "Lee")]
    assert ("no_owner", "Dee", "skipped", "Dee has left.") in world.reminders


def test_steps_for_an_owner_who_left_are_recorded_with_the_reason(world: World) -> None:
    world.closed()
    world.owner.active = False
    world.tick(NINE)
    assert ("next_steps", "Olu", "skipped", "Olu has left.") in world.reminders


def test_step_with_nobody_to_send_to_stays_due_until_there_is_somebody(world: World) -> None:
    consultation = world.closed(owner=None)
    world.tick(NINE)
    assert world.sent == [("no_owner", "Dee"), ("no_owner", "Mo")]
    consultation.owner = world.owner
    world.tick(at("2026-01-09 09:00"))
    assert world.sent[2:] == [("next_steps", "Olu")]


def test_escalation_reaches_the_lead_if_the_contact_left(world: World) -> None:
    world.closed()
    world.contact.active = False
    world.tick(at("2026-04-10 09:00"))
    assert world.sent == [("escalate_manager", "Lee"), ("escalate_manager", "Olu")]


def test_escalation_reaches_the_contact_if_there_is_no_lead(world: World) -> None:
    world.closed()
    world.lead.active = False
    world.tick(at("2026-05-05 09:00"))
    assert world.sent == [("escalate_lead", "Mo")]


def test_somebody_with_two_parts_gets_one_reminder(world: World) -> None:
    world.service.deputies = [world.deputy, world.contact]
    make.make_open_consultation(
        world.session, service=world.service, closes_on=date(2026, 6, 1), owner=None
    )
    world.tick(at("2026-02-09 09:00"))
    assert sorted(world.sent) == [("no_owner", "Dee"), ("no_owner", "Mo")]


def test_waiting_mail_leaves_as_soon_as_any_of_its_reminders_may(world: World) -> None:
    world.closed(title="Bus")
    world.tick(at("2026-01-08 06:00"))
    mail = world.mails[0]
    mail.not_before = at("2026-01-12 09:00")  # put off for some reason
    world.closed(title="Food")
    world.tick(at("2026-01-08 07:00"))
    assert [m.not_before for m in world.mails] == [NINE]
    assert [m.kind for m in world.mails] == [MailKind.REMINDER]


def test_the_number_of_statements_does_not_grow_with_the_cases(world: World) -> None:
    def statements() -> tuple[int, int]:
        world.session.commit()
        with counted(world.session) as syncing:
            sync_cases(world.session, make.consultation_ids(world.session), now=NINE)
        with counted(world.session) as queueing:
            queue_due(world.session, make.consultation_ids(world.session), now=NINE)
        world.session.commit()
        return len(syncing), len(queueing)

    world.closed(title="One", responses=1)
    world.tick(NINE)
    one = statements()
    for title in ("Two", "Three", "Four"):
        world.closed(title=title, responses=1)
    world.tick(NINE)
    assert statements() == one


def test_case_opened_at_the_close_however_late_it_is_seen(world: World) -> None:
    world.closed()
    world.tick(at("2026-03-01 12:00"))
    case = world.session.scalars(select(Case)).one()
    assert case.opened_at == at("2026-01-08 00:00")
    assert case.consultation.closes_on == CLOSED_ON
