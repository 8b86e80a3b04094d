"""The rules of setting the cadence as tables: what may be set, and the year that it would make."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cadence.policy import (
    MANY_MAILS,
    SNOOZE_LENGTH,
    SNOOZE_TIMES,
    Addressee,
    FaultKey,
    ForeseenMail,
    Prospect,
    audience_in_words,
    changes_in_words,
    end_of_year,
    faults_everywhere,
    faults_of,
    foresee,
    in_service_alone,
    reach_of,
    settings_from,
    step_in_words,
    surge,
    year_of,
)
from tracker.reminders.policy import (
    AS_ABOVE,
    CADENCE,
    DEFAULTS,
    Cadence,
    CadenceSettings,
    CaseFacts,
    CaseKind,
    Record,
    RecordState,
    Rule,
    Step,
    StepKey,
    Timing,
    cadence_for,
    from_stored,
    schedule,
    timing_of,
    to_stored,
)
from tracker.working_days import Nation, add_working_days

ENGLAND = Nation.ENGLAND
UNTOLD = CaseKind.UNTOLD
NUDGE: StepKey = (UNTOLD, Step.NUDGE)
NUDGE_AGAIN: StepKey = (UNTOLD, Step.NUDGE_AGAIN)
MANAGER: StepKey = (UNTOLD, Step.ESCALATE_MANAGER)


def d(words: str) -> date:
    return date.fromisoformat(words)


def setting(**values: int | None) -> CadenceSettings:
    return CadenceSettings({}, **values)


def steps(settings: Mapping[StepKey, Timing]) -> CadenceSettings:
    return CadenceSettings(dict(settings))


def over(*settings: CadenceSettings) -> Cadence:
    return cadence_for(DEFAULTS, *settings)


def rule_of(cadence: Cadence, key: StepKey) -> Rule:
    return next(rule for rule in cadence.rules[key[0]] if rule.step is key[1])


def faults(settings: Mapping[StepKey, Timing]) -> dict[FaultKey, str]:
    return faults_of(over(steps(settings)), DEFAULTS)


# What holds where


def test_nothing_set_is_the_defaults() -> None:
    assert over(AS_ABOVE, AS_ABOVE) == DEFAULTS
    assert faults_of(DEFAULTS, DEFAULTS) == {}
    assert DEFAULTS.rules == CADENCE


def test_a_service_overrides_step_by_step() -> None:
    cadence = over(
        steps({NUDGE: Timing(days=10), NUDGE_AGAIN: Timing(days=20)}),
        steps({NUDGE: Timing(days=3)}),
    )
    assert rule_of(cadence, NUDGE).days == 3
    assert rule_of(cadence, NUDGE_AGAIN).days == 20
    assert rule_of(cadence, MANAGER) == rule_of(DEFAULTS, MANAGER)


def test_limits_of_putting_off_are_overridden_one_by_one() -> None:
    cadence = over(setting(snooze_days=14, snoozes_per_case=1), setting(snoozes_per_case=0))
    assert (cadence.snooze_days, cadence.snoozes_per_case) == (14, 0)


def test_an_escalation_cannot_be_switched_off() -> None:
    cadence = over(steps({MANAGER: Timing(working_days=5, is_on=False)}))
    assert rule_of(cadence, MANAGER).is_on


@pytest.mark.parametrize("kind", list(CaseKind), ids=str)
def test_every_case_keeps_a_step_that_cannot_be_switched_off(kind: CaseKind) -> None:
    off = {(kind, rule.step): replace(timing_of(rule), is_on=False) for rule in CADENCE[kind]}
    left = [rule for rule in over(steps(off)).rules[kind] if rule.is_on]
    assert left and all(rule.is_escalation for rule in left)


def test_what_comes_once_never_repeats() -> None:
    assert rule_of(over(steps({NUDGE: Timing(days=7, every=5)})), NUDGE).every == 0


def test_nothing_can_be_put_off_where_no_step_would_wait() -> None:
    off = {(UNTOLD, rule.step): Timing(is_on=False) for rule in CADENCE[UNTOLD] if rule.can_wait}
    assert DEFAULTS.can_snooze(UNTOLD) and not over(steps(off)).can_snooze(UNTOLD)


def test_settings_can_be_stored_and_read() -> None:
    settings = CadenceSettings({NUDGE: Timing(days=10, is_on=False)}, snooze_days=14)
    assert from_stored(to_stored(settings)) == settings
    assert settings.is_set and not AS_ABOVE.is_set


def test_a_stored_step_that_no_case_has_any_more_is_passed_over() -> None:
    stored = to_stored(AS_ABOVE) | {"steps": {"untold/shout": {"days": 1}}}
    assert from_stored(stored) == AS_ABOVE


def test_only_what_differs_from_above_is_set() -> None:
    above = over(steps({NUDGE: Timing(days=10)}))
    typed = {NUDGE: Timing(days=10), NUDGE_AGAIN: Timing(days=30)}
    assert settings_from(above, typed, 28, 2) == steps({NUDGE_AGAIN: Timing(days=30)})
    assert settings_from(above, {}, 14, 1) == setting(snooze_days=14, snoozes_per_case=1)


# What may be set


@pytest.mark.parametrize(
    ("key", "timing", "is_sound"),
    [
        (NUDGE, Timing(days=1), False),  # the first step may come as late
        (NUDGE, Timing(days=27), True),
        (NUDGE, Timing(days=28), False),  # the next one's day
        (NUDGE_AGAIN, Timing(days=84), True),
        (NUDGE_AGAIN, Timing(days=85), False),
        ((UNTOLD, Step.PROMISE_SOON), Timing(days=-60), True),
        ((UNTOLD, Step.PROMISE_SOON), Timing(days=-61), False),
        ((UNTOLD, Step.PROMISE_SOON), Timing(days=-1), True),
        ((UNTOLD, Step.PROMISE_SOON), Timing(days=0), False),
        ((UNTOLD, Step.PROMISE_DUE), Timing(days=5), True),
        ((UNTOLD, Step.PROMISE_DUE), Timing(days=6), False),  # the manager may hear on the fifth
        ((UNTOLD, Step.PROMISE_DUE), Timing(working_days=4), True),
        ((UNTOLD, Step.PROMISE_DUE), Timing(working_days=5), False),
        (MANAGER, Timing(working_days=1), True),
        (MANAGER, Timing(working_days=10), True),
        (MANAGER, Timing(working_days=11), False),
        (MANAGER, Timing(days=1), True),
        (MANAGER, Timing(days=14), True),
        (MANAGER, Timing(days=15), False),
        (MANAGER, Timing(), False),  # on the promise date itself
        (MANAGER, Timing(days=-1), False),
        ((UNTOLD, Step.STILL_OPEN), Timing(working_days=40, every=5), True),
        ((UNTOLD, Step.STILL_OPEN), Timing(working_days=40, every=4), False),
        ((UNTOLD, Step.STILL_OPEN), Timing(working_days=40, every=40), True),
        ((UNTOLD, Step.STILL_OPEN), Timing(working_days=40, every=41), False),
        ((CaseKind.SAID_NO, Step.ESCALATE_LEAD), Timing(days=112), True),
        ((CaseKind.SAID_NO, Step.ESCALATE_LEAD), Timing(days=113), False),
        ((CaseKind.ORPHAN, Step.NO_OWNER), Timing(), True),
        ((CaseKind.ORPHAN, Step.NO_OWNER), Timing(days=1), False),
    ],
    ids=str,
)
def test_how_far_a_step_may_be_moved(key: StepKey, timing: Timing, is_sound: bool) -> None:
    assert (faults({key: timing}) == {}) is is_sound


def test_a_nudge_may_come_after_the_next_step_that_is_off() -> None:
    off = {NUDGE_AGAIN: Timing(days=28, is_on=False)}
    assert faults({NUDGE: Timing(days=40), **off}) == {}


def test_faults_are_named_all_at_once() -> None:
    wrong = CadenceSettings(
        {
            NUDGE: Timing(days=30),
            MANAGER: Timing(days=0),
            (UNTOLD, Step.PROMISE_SOON): Timing(days=-90),
            (UNTOLD, Step.PROMISE_DUE): Timing(working_days=15),
            (UNTOLD, Step.STILL_OPEN): Timing(working_days=40, every=1),
            (CaseKind.ORPHAN, Step.NO_OWNER): Timing(days=1),
        },
        snooze_days=29,
        snoozes_per_case=3,
    )
    assert faults_of(over(wrong), DEFAULTS) == {
        NUDGE_AGAIN: (
            "“Second nudge” has to come after “Nudge”, which comes 30 days after the close."
        ),
        MANAGER: (
            "“Told to the manager” can come 1 to 14 days after the promise date: "
            "enter a number between them."
        ),
        (UNTOLD, Step.PROMISE_SOON): (
            "“The promise date is near” can come 1 to 60 days before the promise date: "
            "enter a number between them."
        ),
        (UNTOLD, Step.PROMISE_DUE): (
            "“The promise date is here” can come 1 to 10 working days after the promise date: "
            "enter a number between them."
        ),
        (UNTOLD, Step.STILL_OPEN): (
            "“Still open” can come again every 5 to 40 working days: enter a number between them."
        ),
        (CaseKind.ORPHAN, Step.NO_OWNER): "“It has no owner” comes at once and can't be moved.",
        SNOOZE_LENGTH: "Reminders can be put off for 1 to 28 days: enter a number between them.",
        SNOOZE_TIMES: "Reminders can be put off 0 to 2 times: enter a number between them.",
    }


def test_an_escalation_before_its_step_says_so() -> None:
    found = faults({(UNTOLD, Step.PROMISE_DUE): Timing(days=9)})
    assert found == {
        MANAGER: (
            "“Told to the manager” has to come after “The promise date is here”, which comes "
            "9 days after the promise date. An escalation can't come before the step it follows."
        )
    }


def test_faults_of_services_below_are_named_with_the_service() -> None:
    everywhere = steps({NUDGE: Timing(days=20)})
    service = over(everywhere, steps({NUDGE_AGAIN: Timing(days=14)}))
    found = faults_everywhere(over(everywhere), DEFAULTS, {"Youth centre": service})
    assert found == {
        NUDGE_AGAIN: (
            "Youth centre sets steps of its own, and there: “Second nudge” has to come after "
            "“Nudge”, which comes 20 days after the close."
        )
    }


TIMINGS = st.builds(
    lambda number, is_working, is_on: Timing(
        days=0 if is_working else number, working_days=number if is_working else 0, is_on=is_on
    ),
    st.integers(-60, 120),
    st.booleans(),
    st.booleans(),
).map(lambda timing: replace(timing, working_days=abs(timing.working_days), every=20))
KEYS = [(kind, rule.step) for kind in CaseKind for rule in CADENCE[kind]]


@given(
    st.dictionaries(st.sampled_from(KEYS), TIMINGS, max_size=6),
    st.dates(d("2024-01-01"), d("2030-12-31")),
    st.sampled_from(Nation),
)
def test_a_sound_cadence_keeps_its_order_on_any_day(
    settings: dict[StepKey, Timing], start: date, nation: Nation
) -> None:
    cadence = over(steps(settings))
    sound = set(KEYS) - set(faults_of(cadence, DEFAULTS))
    for kind, rules in cadence.rules.items():
        if any((kind, rule.step) not in sound for rule in rules):
            continue
        facts = CaseFacts(kind, nation, start, start + timedelta(days=84), start, None, rules)
        coming = schedule(replace(facts, starts_on=date.min), start)
        for anchor in {due.rule.anchor for due in coming}:
            ranks = [due.rank for due in coming if due.rule.anchor is anchor]
            assert ranks == sorted(ranks)


@pytest.mark.parametrize("nation", list(Nation), ids=str)
def test_working_days_never_take_longer_than_reckoned(nation: Nation) -> None:
    for count in (1, 2, 5, 10, 20, 40, 80):
        for start in (d("2024-01-01") + timedelta(days=n) for n in range(0, 2600, 3)):
            took = (add_working_days(start, count, nation) - start).days
            assert count + 2 * ((count - 1) // 5) <= took <= count * 7 // 5 + 6 + count // 20


# In words


@pytest.mark.parametrize(
    ("kind", "timing", "words"),
    [
        (UNTOLD, Timing(days=7), "7 days after the close"),
        (UNTOLD, Timing(days=1), "1 day after the close"),
        (UNTOLD, Timing(working_days=1), "1 working day after the close"),
        (UNTOLD, Timing(days=7, is_on=False), "never"),
    ],
    ids=str,
)
def test_step_in_words(kind: CaseKind, timing: Timing, words: str) -> None:
    assert step_in_words(kind, rule_of(over(steps({NUDGE: timing})), NUDGE)) == words


def test_defaults_in_words() -> None:
    said = [
        f"{step_in_words(kind, rule)}, {audience_in_words(rule)}"
        for kind in (UNTOLD, CaseKind.SAID_NO, CaseKind.ORPHAN)
        for rule in CADENCE[kind][-5:]
    ]
    assert said == [
        "14 days before the promise date, to the owner and the deputies",
        "on the promise date, to the owner",
        "5 working days after the promise date, to the escalation contact, with a copy to the owner",
        "20 working days after the promise date, to the participation lead",
        "40 working days after the promise date, then every 20 working days, "
        "to the participation lead, with a copy to the owner",
        "1 working day after young people said no, to the owner",
        "14 days after young people said no, to the owner",
        "28 days after young people said no, to the escalation contact, with a copy to the owner",
        "56 days after young people said no, to the participation lead",
        "at once, to the deputies and the escalation contact",
    ]


def test_changes_in_words() -> None:
    after = over(
        CadenceSettings(
            {NUDGE: Timing(days=10), NUDGE_AGAIN: Timing(days=28, is_on=False)},
            snooze_days=14,
            snoozes_per_case=0,
        )
    )
    assert changes_in_words(DEFAULTS, DEFAULTS) == ()
    assert changes_in_words(DEFAULTS, after) == (
        "Waiting to be told, Nudge: 10 days after the close (was: 7 days after the close).",
        "Waiting to be told, Second nudge: never (was: 28 days after the close).",
        "Put off for at most 14 days (was: 28).",
        "Put off never at most (was: twice).",
    )


# The year

TODAY = d("2026-01-12")  # a Monday
OLU, DEE, MO, LEE = (Addressee(n, name) for n, name in enumerate(("Olu", "Dee", "Mo", "Lee"), 1))
PEOPLE = {
    **dict.fromkeys(Step, (OLU,)),
    Step.ESCALATE_MANAGER: (MO, OLU),
    Step.ESCALATE_LEAD: (LEE,),
    Step.STILL_OPEN: (LEE, OLU),
}


def prospect(key: int = 1, **values: object) -> Prospect:
    """Closed on 7 January, promised for 1 April; its first step was sent."""
    given: dict[str, object] = {
        "key": key,
        "consultation_id": key,
        "service_id": 1,
        "title": f"Consultation {key}",
        "facts": CaseFacts(UNTOLD, ENGLAND, d("2026-01-07"), d("2026-04-01")),
        "records": (Record(Step.NEXT_STEPS, d("2026-01-08"), RecordState.SENT),),
        "addressees": PEOPLE,
        "sends_on": TODAY,
        "sends_again_on": TODAY + timedelta(days=1),
    }
    return Prospect(**given | values)  # type: ignore[arg-type]


def mails(
    *prospects: Prospect, settings: CadenceSettings = AS_ABOVE, had_one: tuple[int, ...] = ()
) -> list[ForeseenMail]:
    rules = over(settings).rules
    return foresee(
        prospects,
        {each.service_id: rules for each in prospects},
        today=TODAY,
        until=end_of_year(TODAY),
        had_one=had_one,
    )


def told(found: list[ForeseenMail]) -> list[tuple[str, str, list[str]]]:
    return [(m.on.isoformat(), m.to.name, [str(line.step) for line in m.lines]) for m in found]


def test_foresee_a_year_of_one_case() -> None:
    assert told(mails(prospect()))[:9] == [
        ("2026-01-14", "Olu", ["nudge"]),
        ("2026-02-04", "Olu", ["nudge_again"]),
        ("2026-03-18", "Olu", ["promise_soon"]),
        ("2026-04-01", "Olu", ["promise_due"]),
        ("2026-04-10", "Mo", ["escalate_manager"]),  # over Easter
        ("2026-04-10", "Olu", ["escalate_manager"]),
        ("2026-05-01", "Lee", ["escalate_lead"]),
        ("2026-06-02", "Lee", ["still_open"]),
        ("2026-06-02", "Olu", ["still_open"]),
    ]


def test_foresee_follows_the_settings() -> None:
    changed = steps({NUDGE: Timing(days=9), NUDGE_AGAIN: Timing(days=28, is_on=False)})
    assert told(mails(prospect(), settings=changed))[:2] == [
        ("2026-01-16", "Olu", ["nudge"]),
        ("2026-03-18", "Olu", ["promise_soon"]),
    ]


def test_foresee_puts_all_of_one_day_into_one_mail() -> None:
    other = prospect(2, facts=CaseFacts(UNTOLD, ENGLAND, d("2026-01-07"), d("2026-02-04")))
    found = mails(prospect(), other)
    assert told(found)[:1] == [("2026-01-14", "Olu", ["nudge", "nudge"])]
    assert ("2026-02-04", "Olu", ["promise_due", "nudge_again"]) in told(found)  # the higher first


def test_foresee_sends_the_highest_of_what_is_due_with_the_next_sending() -> None:
    late = prospect(facts=CaseFacts(UNTOLD, ENGLAND, d("2025-11-12"), d("2026-02-04")))
    first = mails(late)[0]
    assert told([first]) == [("2026-01-12", "Olu", ["nudge_again"])]
    assert first.is_next
    assert [m.is_next for m in mails(late)[1:]] == [False] * len(mails(late)[1:])


def test_foresee_lets_a_step_of_the_next_sending_day_overtake() -> None:
    friday_evening = prospect(
        facts=CaseFacts(UNTOLD, ENGLAND, d("2026-01-06"), d("2026-04-01")),
        records=(),
        sends_on=d("2026-01-13"),
    )
    assert told(mails(friday_evening))[0] == ("2026-01-13", "Olu", ["nudge"])


def test_foresee_leaves_behind_what_is_held() -> None:
    facts = CaseFacts(UNTOLD, ENGLAND, d("2026-01-09"), d("2026-04-01"))
    due = prospect(facts=facts, records=())
    assert told(mails(due))[0] == ("2026-01-12", "Olu", ["next_steps"])
    assert told(mails(replace(due, is_held=True)))[0] == ("2026-01-16", "Olu", ["nudge"])


def test_foresee_gives_nobody_a_second_mail_today() -> None:
    facts = CaseFacts(UNTOLD, ENGLAND, d("2026-01-09"), d("2026-04-01"))
    found = mails(prospect(facts=facts, records=()), had_one=(OLU.id,))
    assert told(found)[0] == ("2026-01-13", "Olu", ["next_steps"]) and found[0].is_next


def test_foresee_keeps_the_higher_step_of_a_case_that_was_put_off_a_day() -> None:
    facts = CaseFacts(UNTOLD, ENGLAND, d("2026-01-06"), d("2026-04-01"))
    found = mails(prospect(facts=facts, records=()), had_one=(OLU.id,))
    assert told(found)[0] == ("2026-01-13", "Olu", ["nudge"])
    again = prospect(facts=facts, records=(), sends_again_on=d("2026-02-03"))
    assert told(mails(again, had_one=(OLU.id,)))[0] == ("2026-02-03", "Olu", ["nudge_again"])


def test_foresee_sends_the_higher_of_what_is_due_and_what_comes_with_the_next_sending() -> None:
    facts = CaseFacts(UNTOLD, ENGLAND, d("2026-01-06"), d("2026-01-12"))
    evening = prospect(facts=facts, records=(), sends_on=d("2026-01-13"))
    assert told(mails(evening))[0] == ("2026-01-13", "Olu", ["promise_due"])  # not the nudge


def test_foresee_keeps_the_higher_step_when_a_lower_one_was_put_off_beyond_it() -> None:
    facts = CaseFacts(
        UNTOLD, ENGLAND, d("2026-01-06"), d("2026-01-12"), snoozed_until=d("2026-01-28")
    )
    late = prospect(facts=facts, records=(), sends_again_on=d("2026-01-28"))
    found = [m for m in mails(late, had_one=(OLU.id,)) if m.to == OLU]
    assert told(found)[0] == ("2026-01-28", "Olu", ["escalate_manager"])


def test_foresee_ends_with_the_twelfth_month() -> None:
    assert end_of_year(TODAY) == d("2026-12-31")
    assert end_of_year(d("2026-02-28")) == d("2027-01-31")
    assert max(mail.on for mail in mails(prospect())) <= d("2026-12-31")


def test_one_service_is_shown_alone() -> None:
    other = prospect(2, service_id=2, facts=CaseFacts(UNTOLD, ENGLAND, d("2026-01-13")))
    found = mails(prospect(), other)
    alone = in_service_alone(found, 2)
    assert [line.service_id for mail in alone for line in mail.lines] == [2] * len(alone)
    assert {mail.on for mail in alone} < {mail.on for mail in found}


def test_surge_names_those_who_would_hear_at_once_only_by_the_change() -> None:
    many = [
        prospect(n, addressees={step: (Addressee(n, f"Person {n}"),) for step in Step})
        for n in range(1, MANY_MAILS + 3)
    ]
    due_anyway = replace(many[0], facts=CaseFacts(UNTOLD, ENGLAND, d("2025-12-15")))
    before = mails(due_anyway, *many[1:])
    after = mails(
        due_anyway,
        *many[1:],
        settings=steps({NUDGE: Timing(days=5), (UNTOLD, Step.NEXT_STEPS): Timing(days=1)}),
    )
    assert surge(before, before) == () == surge(after, before)
    assert len(surge(before, after)) == MANY_MAILS + 1 and "Person 1" not in surge(before, after)


def test_year_lays_mails_out_as_weeks_and_people() -> None:
    year = year_of(mails(prospect()), today=TODAY, nation=ENGLAND)
    january, april = year.months[0], year.months[3]
    assert [month.first.month for month in year.months] == list(range(1, 13))
    assert january.weeks[0] == (None, None, None, *january.weeks[0][3:])
    new_year, second = january.weeks[0][3:]
    assert new_year is not None and new_year.is_bank_holiday and new_year.is_past
    assert second is not None and not second.is_bank_holiday
    marked = [
        (square.on.day, square.mails)
        for week in april.weeks
        for square in week
        if square is not None and square.mails
    ]
    assert marked == [(1, 1), (10, 2)]
    assert (april.mails, april.people) == (3, 2)
    assert [(day.on.day, len(day.mails)) for day in april.days] == [(1, 1), (10, 2)]
    assert [person.to.name for person in year.people] == ["Olu", "Lee", "Mo"]
    assert sum(person.total for person in year.people) == year.mails
    assert year.people[0].by_month[:5] == (1, 1, 1, 2, 0)


def test_year_of_a_month_that_ends_on_a_sunday_has_no_empty_week() -> None:
    year = year_of([], today=d("2026-05-04"), nation=ENGLAND)  # 31 May 2026 is a Sunday
    assert all(any(week) for month in year.months for week in month.weeks)
    assert year.mails == 0 and year.people == ()


def test_reach_says_which_way_a_step_may_go() -> None:
    assert reach_of(rule_of(DEFAULTS, (UNTOLD, Step.PROMISE_SOON))).is_before
    assert reach_of(rule_of(DEFAULTS, (CaseKind.ORPHAN, Step.NO_OWNER))).is_fixed
    assert not reach_of(rule_of(DEFAULTS, MANAGER)).is_fixed
