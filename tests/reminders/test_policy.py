"""The cadence as a table, at every boundary; and what holds for any dates (hypothesis)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reminders.world import at
from tracker.consultations.policy import ConsultationState
from tracker.reminders.policy import (
    CADENCE,
    CASE_LABELS,
    DEFAULTS,
    STEP_LABELS,
    AtSending,
    CaseFacts,
    CaseKind,
    Decision,
    Judgement,
    Record,
    RecordState,
    Standing,
    Step,
    acted_lately,
    can_hold,
    decide,
    judge,
    may_send_now,
    next_window,
    plan,
    reopened_promise,
    schedule,
    why_over,
)
from tracker.working_days import Nation, add_working_days, is_working_day

ENGLAND, SCOTLAND, ULSTER = Nation.ENGLAND, Nation.SCOTLAND, Nation.NORTHERN_IRELAND
LONDON = "Europe/London"
DAY = timedelta(days=1)


def d(words: str) -> date:
    return date.fromisoformat(words)


def dates(facts: CaseFacts, until: str = "2026-01-01") -> list[tuple[str, str]]:
    return [(due.due_on.isoformat(), str(due.step)) for due in schedule(facts, d(until))]


UNTOLD = CaseFacts(CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"), promise_on=d("2026-04-01"))


def test_cadence_of_an_untold_consultation() -> None:
    assert dates(UNTOLD) == [
        ("2026-01-08", "next_steps"),  # close + 1 working day
        ("2026-01-14", "nudge"),  # close + 7
        ("2026-02-04", "nudge_again"),  # close + 28
        ("2026-03-18", "promise_soon"),  # promise - 14
        ("2026-04-01", "promise_due"),
        ("2026-04-10", "escalate_manager"),  # + 5 working days, Easter between
        ("2026-05-01", "escalate_lead"),  # + 20 working days
        ("2026-06-02", "still_open"),  # + 40, two bank holidays in May
    ]


def test_cadence_of_a_consultation_nobody_answered() -> None:
    facts = CaseFacts(CaseKind.NO_ANSWERS, ENGLAND, starts_on=d("2026-01-07"))
    assert dates(facts) == [
        ("2026-01-08", "next_steps"),
        ("2026-01-14", "nudge"),
        ("2026-02-04", "nudge_again"),
    ]


def test_cadence_of_a_promised_action() -> None:
    facts = CaseFacts(
        CaseKind.LATE_ACTION, ENGLAND, starts_on=d("2026-01-07"), due_on=d("2026-03-02")
    )
    assert dates(facts) == [
        ("2026-02-23", "due_soon"),
        ("2026-03-02", "due"),
        ("2026-03-09", "escalate_manager"),
        ("2026-03-30", "escalate_lead"),
    ]


def test_cadence_of_a_change_that_young_people_deny() -> None:
    facts = CaseFacts(CaseKind.SAID_NO, ENGLAND, starts_on=d("2026-01-07"))
    assert dates(facts) == [
        ("2026-01-08", "asked_again"),  # reopening + 1 working day
        ("2026-01-21", "nudge"),  # + 14
        ("2026-02-04", "escalate_manager"),  # + 28
        ("2026-03-04", "escalate_lead"),  # + 56
    ]


@pytest.mark.parametrize(
    ("reopened_on", "asked_on"),
    [
        ("2026-04-02", "2026-04-07"),  # the Thursday before Easter
        ("2026-01-09", "2026-01-12"),  # a Friday
        ("2026-01-10", "2026-01-12"),  # a Saturday
    ],
)
def test_asked_again_comes_a_working_day_later(reopened_on: str, asked_on: str) -> None:
    facts = CaseFacts(CaseKind.SAID_NO, ENGLAND, starts_on=d(reopened_on))
    assert dates(facts)[0] == (asked_on, "asked_again")


def test_a_snooze_holds_the_owner_of_a_denied_change_but_no_escalation() -> None:
    facts = CaseFacts(
        CaseKind.SAID_NO,
        ENGLAND,
        starts_on=d("2026-01-07"),
        snoozed_until=d("2026-02-09"),
    )
    assert dates(facts) == [
        ("2026-02-04", "escalate_manager"),
        ("2026-02-09", "asked_again"),
        ("2026-02-09", "nudge"),
        ("2026-03-04", "escalate_lead"),
    ]


def test_cadence_of_an_orphan_is_at_once() -> None:
    facts = CaseFacts(CaseKind.ORPHAN, ENGLAND, starts_on=d("2026-01-10"))  # a Saturday
    assert dates(facts) == [("2026-01-12", "no_owner")]


def test_steps_of_a_date_that_is_missing_are_left_out() -> None:
    assert dates(CaseFacts(CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"))) == [
        ("2026-01-08", "next_steps"),
        ("2026-01-14", "nudge"),
        ("2026-02-04", "nudge_again"),
    ]


@pytest.mark.parametrize(
    ("nation", "nudge_on"),
    [
        (ENGLAND, "2026-03-17"),
        (SCOTLAND, "2026-03-17"),
        (ULSTER, "2026-03-18"),  # St Patrick's Day
    ],
)
def test_steps_fall_on_working_days_of_the_nation(nation: Nation, nudge_on: str) -> None:
    facts = CaseFacts(CaseKind.UNTOLD, nation, starts_on=d("2026-03-10"), promise_on=None)
    assert (nudge_on, "nudge") in dates(facts)


def test_new_year_takes_two_days_in_scotland() -> None:
    england = CaseFacts(CaseKind.NO_ANSWERS, ENGLAND, starts_on=d("2024-12-31"))
    scotland = CaseFacts(CaseKind.NO_ANSWERS, SCOTLAND, starts_on=d("2024-12-31"))
    assert dates(england)[0] == ("2025-01-02", "next_steps")
    assert dates(scotland)[0] == ("2025-01-03", "next_steps")


def test_steps_of_a_short_promise_cross_and_are_sorted_by_date() -> None:
    facts = CaseFacts(
        CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"), promise_on=d("2026-01-14")
    )
    assert dates(facts) == [
        ("2026-01-07", "promise_soon"),  # none falls before the closing date
        ("2026-01-08", "next_steps"),
        ("2026-01-14", "nudge"),
        ("2026-01-14", "promise_due"),
        ("2026-01-21", "escalate_manager"),
        ("2026-02-04", "nudge_again"),
        ("2026-02-11", "escalate_lead"),
        ("2026-03-11", "still_open"),
    ]


def test_plan_gives_way_to_the_higher_step_of_the_day() -> None:
    facts = CaseFacts(
        CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"), promise_on=d("2026-01-14")
    )
    planned = plan(schedule(facts, d("2026-01-07")), [], d("2026-01-08"))
    assert [(str(p.due.step), p.gives_way_to) for p in planned][:3] == [
        ("nudge", Step.PROMISE_DUE),
        ("promise_due", None),
        ("escalate_manager", None),
    ]


def test_still_open_comes_again_every_twenty_working_days() -> None:
    again = [day for day, step in dates(UNTOLD, until="2026-08-01") if step == "still_open"]
    assert again == ["2026-06-02", "2026-06-30", "2026-07-28", "2026-08-25"]


def record(step: Step, due_on: str, state: RecordState = RecordState.SENT) -> Record:
    return Record(step, d(due_on), state)


NEXT_SENT = record(Step.NEXT_STEPS, "2026-01-08")
NUDGED = record(Step.NUDGE, "2026-01-14")


@pytest.mark.parametrize(
    ("today", "records", "sent", "skipped"),
    [
        ("2026-01-07", [], None, []),  # the day before the first step
        ("2026-01-08", [], "next_steps", []),
        ("2026-01-08", [NEXT_SENT], None, []),
        ("2026-01-13", [NEXT_SENT], None, []),
        ("2026-01-14", [NEXT_SENT], "nudge", []),
        ("2026-01-14", [], "nudge", ["next_steps"]),
        ("2026-05-01", [NEXT_SENT, NUDGED], "escalate_lead", 4),
        ("2026-06-30", [NEXT_SENT, NUDGED], "still_open", 6),
        # One that waits is still owed; one in a worker's hands isn't queued again.
        (
            "2026-01-14",
            [NEXT_SENT, record(Step.NUDGE, "2026-01-14", RecordState.WAITING)],
            "nudge",
            [],
        ),
        (
            "2026-01-14",
            [NEXT_SENT, record(Step.NUDGE, "2026-01-14", RecordState.FLYING)],
            None,
            [],
        ),
        # Skipped or cancelled on its day: it doesn't come again.
        (
            "2026-01-14",
            [NEXT_SENT, record(Step.NUDGE, "2026-01-14", RecordState.DROPPED)],
            None,
            [],
        ),
    ],
)
def test_decide(
    today: str, records: list[Record], sent: str | None, skipped: list[str] | int
) -> None:
    decision = decide(schedule(UNTOLD, d(today)), records, d(today))
    assert (str(decision.send.step) if decision.send else None) == sent
    names = [str(due.step) for due, _ in decision.skipped]
    assert (len(names) if isinstance(skipped, int) else names) == skipped


def test_decide_says_why_a_step_is_skipped() -> None:
    short = CaseFacts(
        CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"), promise_on=d("2026-01-14")
    )
    decision = decide(schedule(short, d("2026-01-14")), [], d("2026-01-14"))
    assert [(str(due.step), why) for due, why in decision.skipped] == [
        (
            "promise_soon",
            "It was not sent in its time, and a higher step is due: The promise date is here.",
        ),
        (
            "next_steps",
            "It was not sent in its time, and a higher step is due: The promise date is here.",
        ),
        ("nudge", "It fell on the same day as a higher step: The promise date is here."),
    ]


def test_still_open_that_was_sent_settles_the_earlier_ones_only() -> None:
    steps = schedule(UNTOLD, d("2026-06-30"))
    earlier = [Record(due.step, due.base_on, RecordState.SENT) for due in steps[:8]]
    decision = decide(steps, earlier, d("2026-06-30"))
    assert decision.send is not None and decision.send.due_on == d("2026-06-30")
    assert decide(steps, [*earlier, record(Step.STILL_OPEN, "2026-06-30")], d("2026-06-30")) == (
        Decision()
    )


def test_a_promise_that_moves_redates_what_has_not_been_sent() -> None:
    moved = CaseFacts(
        CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"), promise_on=d("2026-05-13")
    )
    records = [
        record(Step.PROMISE_SOON, "2026-03-18"),
        record(Step.PROMISE_DUE, "2026-04-01", RecordState.DROPPED),
    ]
    coming = plan(schedule(moved, d("2026-04-02")), records, d("2026-04-02"))
    assert [(p.due.due_on.isoformat(), str(p.due.step)) for p in coming][:2] == [
        ("2026-05-13", "promise_due"),  # cancelled for the old date, so owed for the new one
        ("2026-05-20", "escalate_manager"),  # and promise_soon, sent once, isn't sent again
    ]


@pytest.mark.parametrize(
    ("until", "nudge_again_on"),
    [
        ("2026-02-03", "2026-02-04"),
        ("2026-02-04", "2026-02-04"),
        ("2026-02-05", "2026-02-05"),
        ("2026-02-14", "2026-02-16"),  # a Saturday: the Monday
    ],
)
def test_snooze_holds_steps_until_its_day(until: str, nudge_again_on: str) -> None:
    facts = CaseFacts(
        CaseKind.UNTOLD,
        ENGLAND,
        starts_on=d("2026-01-07"),
        promise_on=d("2026-04-01"),
        snoozed_until=d(until),
    )
    assert (nudge_again_on, "nudge_again") in dates(facts)


def test_snooze_cannot_move_the_escalations() -> None:
    snoozed = CaseFacts(
        CaseKind.UNTOLD,
        ENGLAND,
        starts_on=d("2026-01-07"),
        promise_on=d("2026-04-01"),
        snoozed_until=d("2026-12-01"),
    )
    high = {"escalate_manager", "escalate_lead", "still_open"}
    kept = [line for line in dates(UNTOLD) if line[1] in high]
    assert [line for line in dates(snoozed) if line[1] in high] == kept


def test_only_an_orphan_cannot_be_put_off() -> None:
    assert [kind for kind in CaseKind if not DEFAULTS.can_snooze(kind)] == [CaseKind.ORPHAN]


@pytest.mark.parametrize(
    ("kind", "holding"),
    [
        (CaseKind.UNTOLD, ["next_steps", "nudge", "nudge_again", "promise_soon"]),
        (CaseKind.NO_ANSWERS, ["next_steps", "nudge"]),
        (CaseKind.LATE_ACTION, ["due_soon"]),
        (CaseKind.SAID_NO, ["asked_again"]),
        (CaseKind.ORPHAN, []),
    ],
)
def test_a_snooze_holds_something_while_a_step_that_waits_is_to_come(
    kind: CaseKind, holding: list[str]
) -> None:
    facts = CaseFacts(
        kind,
        ENGLAND,
        starts_on=d("2026-01-07"),
        promise_on=d("2026-04-01"),
        due_on=d("2026-04-01"),
    )
    steps = schedule(facts, d("2026-04-01"))
    assert [due.step for due in steps if can_hold(steps, [], after=due.due_on)] == holding
    assert can_hold(steps, []) == DEFAULTS.can_snooze(kind)
    last = [Record(due.step, due.due_on, RecordState.SENT) for due in steps]
    assert not can_hold(steps, last)


def test_a_loop_that_opens_again_has_four_weeks_at_least() -> None:
    assert reopened_promise(d("2026-04-01"), d("2026-03-30")) == d("2026-04-27")
    assert reopened_promise(d("2026-06-01"), d("2026-03-30")) == d("2026-06-01")
    assert reopened_promise(None, d("2026-03-30")) == d("2026-04-27")


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-02-04 08:59:59", False),
        ("2026-02-04 09:00:00", True),
        ("2026-02-04 15:59:59", True),
        ("2026-02-04 16:00:00", False),
        ("2026-02-07 10:00:00", False),  # a Saturday
        ("2026-12-25 10:00:00", False),
        ("2026-07-01 07:59:59", False),  # summer: one hour earlier in UTC
        ("2026-07-01 08:00:00", True),
        ("2026-07-01 14:59:59", True),
        ("2026-07-01 15:00:00", False),
        # The Mondays after the clocks changed.
        ("2026-03-30 07:59:59", False),
        ("2026-03-30 08:00:00", True),
        ("2026-10-26 08:59:59", False),
        ("2026-10-26 09:00:00", True),
    ],
)
def test_may_send_now(moment: str, may: bool) -> None:
    assert may_send_now(at(moment), LONDON, ENGLAND) is may


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-02-04 10:30:00", "2026-02-04 10:30:00"),
        ("2026-02-04 03:00:00", "2026-02-04 09:00:00"),
        ("2026-02-04 16:00:00", "2026-02-05 09:00:00"),
        ("2026-02-06 16:00:00", "2026-02-09 09:00:00"),  # Friday evening
        ("2026-03-28 12:00:00", "2026-03-30 08:00:00"),  # over the change to summer time
        ("2026-10-24 12:00:00", "2026-10-26 09:00:00"),  # and back
        ("2026-04-02 15:30:00", "2026-04-07 08:00:00"),  # over Easter
    ],
)
def test_next_window(moment: str, opens: str) -> None:
    assert next_window(at(moment), LONDON, ENGLAND) == at(opens)


def test_next_window_of_another_day() -> None:
    now = at("2026-02-04 03:00")
    assert next_window(now, LONDON, ENGLAND, not_today=True) == at("2026-02-05 09:00")


@pytest.mark.parametrize(
    ("acted_at", "lately"),
    [
        (None, False),
        ("2026-02-03 10:00:00", False),
        ("2026-02-03 10:00:01", True),
        ("2026-02-04 10:00:00", True),
    ],
)
def test_acted_lately(acted_at: str | None, lately: bool) -> None:
    assert acted_lately(at(acted_at) if acted_at else None, at("2026-02-04 10:00")) is lately


DUE_TODAY = schedule(UNTOLD, d("2026-01-08"))[0]
TRUE = AtSending(
    over="",
    unreachable="",
    is_addressed=True,
    due=DUE_TODAY,
    was_due_on=d("2026-01-08"),
    held="",
    acted_at=None,
    is_working_day=True,
)


@pytest.mark.parametrize(
    ("change", "judgement", "reason"),
    [
        ({}, Judgement.SEND, ""),
        ({"over": "Told."}, Judgement.CANCEL, "Told."),
        ({"unreachable": "Olu has left."}, Judgement.CANCEL, "Olu has left."),
        ({"is_addressed": False}, Judgement.CANCEL, "Somebody else looks after it now."),
        ({"due": None}, Judgement.CANCEL, "There is no such step any more."),
        ({"held": "An answer waits."}, Judgement.HOLD, "An answer waits."),
        (
            {"is_working_day": False},
            Judgement.HOLD,
            "It is not a working day where the service is.",
        ),
        (
            {"acted_at": at("2026-01-07 09:00:01")},
            Judgement.CANCEL,
            "The owner did something about it in the last 24 hours.",
        ),
        ({"acted_at": at("2026-01-07 09:00:00")}, Judgement.SEND, ""),
        # What can't leave today isn't cancelled today for an act of yesterday.
        (
            {"acted_at": at("2026-01-07 10:00:00"), "is_working_day": False},
            Judgement.HOLD,
            "It is not a working day where the service is.",
        ),
    ],
)
def test_judge(change: dict[str, object], judgement: Judgement, reason: str) -> None:
    facts = AtSending(**{**vars(TRUE), **change})
    verdict = judge(facts, today=d("2026-01-08"), now=at("2026-01-08 09:00"))
    assert verdict == (judgement, reason)


def test_judge_cancels_what_moved_and_holds_what_is_snoozed() -> None:
    now = at("2026-01-07 09:00")
    earlier = AtSending(**{**vars(TRUE), "was_due_on": d("2026-01-07")})
    moved = judge(earlier, today=d("2026-01-07"), now=now)
    assert moved == (Judgement.CANCEL, "Its date moved to 8 January 2026.")
    behind = judge(TRUE, today=d("2026-01-07"), now=now)
    assert behind == (Judgement.HOLD, "Its day hasn't come.")
    snoozed = CaseFacts(
        CaseKind.UNTOLD, ENGLAND, starts_on=d("2026-01-07"), snoozed_until=d("2026-01-20")
    )
    due = schedule(snoozed, d("2026-01-08"))[0]
    facts = AtSending(**{**vars(TRUE), "due": due})
    assert judge(facts, today=d("2026-01-08"), now=now) == (
        Judgement.HOLD,
        "Snoozed until 20 January 2026.",
    )


CLOSED, OPEN = ConsultationState.CLOSED, ConsultationState.OPEN
AGAIN = "It is open for answers again. Its clock starts anew when it closes."
TOLD = "Every theme has a published answer."


@pytest.mark.parametrize(
    ("kind", "state", "responses", "is_told", "is_owned", "reason"),
    [
        (CaseKind.UNTOLD, CLOSED, 1, False, True, ""),
        (CaseKind.UNTOLD, CLOSED, 1, True, True, TOLD),
        (CaseKind.UNTOLD, CLOSED, 0, False, True, "It holds no responses any more."),
        (CaseKind.UNTOLD, OPEN, 1, False, True, AGAIN),
        (CaseKind.NO_ANSWERS, CLOSED, 0, False, True, ""),
        (CaseKind.NO_ANSWERS, CLOSED, 1, False, True, "Answers have come in."),
        (CaseKind.NO_ANSWERS, OPEN, 0, False, True, AGAIN),
        (CaseKind.ORPHAN, OPEN, 0, False, False, ""),
        (CaseKind.ORPHAN, CLOSED, 1, False, False, ""),
        (CaseKind.ORPHAN, CLOSED, 0, False, False, ""),
        (CaseKind.ORPHAN, CLOSED, 1, True, False, TOLD),
        (CaseKind.ORPHAN, OPEN, 0, False, True, "It has an owner whom mail can reach."),
    ],
)
def test_why_over(
    kind: CaseKind,
    state: ConsultationState,
    responses: int,
    is_told: bool,
    is_owned: bool,
    reason: str,
) -> None:
    standing = Standing(state, True, responses, is_told, is_owned)
    assert why_over(kind, standing) == reason


@pytest.mark.parametrize("kind", CaseKind)
def test_nothing_is_chased_once_withdrawn_or_before_going_live(kind: CaseKind) -> None:
    withdrawn = Standing(ConsultationState.WITHDRAWN, True, 1, False, False)
    before = Standing(CLOSED, False, 1, False, False)
    assert why_over(kind, withdrawn) == "It was withdrawn, and the board says why."
    assert why_over(kind, before) == "It closed before this organisation went live."


def test_every_step_and_case_has_words() -> None:
    assert set(CASE_LABELS) == set(CaseKind) == set(CADENCE)
    assert set(STEP_LABELS) == set(Step)


days = st.dates(d("2018-01-01"), d("2032-12-31"))


@st.composite
def facts(draw: st.DrawFn) -> CaseFacts:
    starts_on = draw(days)
    within = st.integers(-30, 200).map(lambda n: starts_on + n * DAY)
    return CaseFacts(
        kind=draw(st.sampled_from(CaseKind)),
        nation=draw(st.sampled_from(Nation)),
        starts_on=starts_on,
        promise_on=draw(st.none() | within),
        due_on=draw(st.none() | within),
        snoozed_until=draw(st.none() | within),
    )


@given(facts(), st.integers(0, 400))
def test_any_schedule_is_in_order_on_working_days_and_not_before_the_close(
    case: CaseFacts, days_on: int
) -> None:
    steps = schedule(case, case.starts_on + days_on * DAY)
    assert [s.due_on for s in steps] == sorted(s.due_on for s in steps)
    assert all(is_working_day(s.due_on, case.nation) for s in steps)
    assert all(s.due_on >= case.starts_on for s in steps)
    assert all(s.due_on >= s.base_on for s in steps)


@given(facts(), st.lists(st.integers(1, 90), max_size=30))
def test_any_gaps_between_looks_send_at_most_one_step_a_day_and_none_twice(
    case: CaseFacts, gaps: list[int]
) -> None:
    today, records, sent = case.starts_on, list[Record](), list[tuple[Step, date]]()
    for gap in gaps:
        today += gap * DAY
        steps = schedule(case, today)
        decision = decide(steps, records, today)
        if decision.send:
            sent.append((decision.send.step, decision.send.due_on))
            records.append(Record(decision.send.step, decision.send.due_on, RecordState.SENT))
        records += [
            Record(due.step, due.due_on, RecordState.DROPPED) for due, _ in decision.skipped
        ]
        assert decide(steps, records, today) == Decision()
    assert len(sent) == len(set(sent))


@given(days, st.times(), st.sampled_from(Nation))
def test_the_next_window_is_always_open_and_never_in_the_past(
    day: date, clock: time, nation: Nation
) -> None:
    now = datetime.combine(day, clock, UTC)
    opens = next_window(now, LONDON, nation)
    assert opens >= now and may_send_now(opens, LONDON, nation)
    assert opens - now < 12 * DAY


@given(days, st.integers(0, 60), st.integers(0, 60), st.sampled_from(Nation))
def test_working_days_add_up(day: date, one: int, other: int, nation: Nation) -> None:
    stepwise = add_working_days(add_working_days(day, one, nation), other, nation)
    assert one == 0 or stepwise == add_working_days(day, one + other, nation)
