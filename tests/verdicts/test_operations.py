"""Giving a verdict: by those who said it, on what is said to be done, as often as they like."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.actions.models import Action, ActionVersion, Reopening
from tracker.actions.policy import Outcome
from tracker.consultations.queries import events_of
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.safeguarding.models import Flag
from tracker.services.models import Organisation
from tracker.surveys.models import Survey
from tracker.themes.models import Theme
from tracker.verdicts.models import Verdict
from tracker.verdicts.operations import (
    NotYoursToJudge,
    forget_reasons,
    give_verdict,
    give_verdict_at_kiosk,
    give_verdict_by_subscription,
)
from tracker.verdicts.policy import VerdictValue
from tracker.verdicts.queries import reasons_for, verdict_counts, verdicts_of
from tracker.worries.operations import keep_worry, release, reopen
from tracker.worries.queries import answer_of


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    return make.make_survey(session, make.make_closed_consultation(session))


@pytest.fixture
def theme(session: Session, survey: Survey) -> Theme:
    return make.make_theme(session, survey.consultation)


@pytest.fixture
def action(session: Session, theme: Theme) -> Action:
    return make.make_action(session, theme, outcome=Outcome.DONE, changed_on=TODAY)


def heard(session: Session, survey: Survey, theme: Theme) -> SurveyResponse:
    response = make.make_response(session, survey)
    make.make_coding(session, response, theme)
    return response


def test_give_verdict_keeps_it_with_its_day(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    verdict = give_verdict(
        session, heard(session, survey, theme), action, VerdictValue.A_BIT, now=NOW
    )
    assert (verdict.value, verdict.given_on) == (VerdictValue.A_BIT, TODAY)


def test_give_verdict_again_replaces_the_earlier_one(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    response = heard(session, survey, theme)
    give_verdict(session, response, action, VerdictValue.YES, now=NOW)
    give_verdict(session, response, action, VerdictValue.NO, now=NOW + timedelta(days=1))
    verdict = session.scalars(select(Verdict)).one()
    assert (verdict.value, verdict.given_on) == (VerdictValue.NO, TODAY + timedelta(days=1))


def test_give_verdict_after_the_window_still_counts(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    response = heard(session, survey, theme)
    give_verdict(session, response, action, VerdictValue.NO, now=NOW + timedelta(days=400))
    assert verdicts_of(session, response.id) == {action.id: VerdictValue.NO}


def test_give_verdict_is_refused_to_those_who_said_something_else(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    other = make.make_theme(session, survey.consultation)
    with pytest.raises(NotYoursToJudge, match="Open the page again"):
        give_verdict(session, heard(session, survey, other), action, VerdictValue.YES, now=NOW)
    assert session.scalar(select(func.count()).select_from(Verdict)) == 0


def test_give_verdict_is_refused_for_an_answer_set_aside(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    response = heard(session, survey, theme)
    response.set_aside, response.set_aside_on = SetAsideReason.SPAM, TODAY
    with pytest.raises(NotYoursToJudge):
        give_verdict(session, response, action, VerdictValue.YES, now=NOW)


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": Outcome.ALREADY},
        {"outcome": Outcome.DONE, "changed_on": TODAY, "published_at": None},
    ],
)
def test_give_verdict_is_refused_for_what_is_not_publicly_done(
    session: Session, survey: Survey, theme: Theme, values: dict[str, object]
) -> None:
    action = make.make_action(session, theme, **values)
    with pytest.raises(NotYoursToJudge):
        give_verdict(session, heard(session, survey, theme), action, VerdictValue.YES, now=NOW)


def test_give_verdict_keeps_why_until_the_verdict_changes(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    response = heard(session, survey, theme)
    give_verdict(session, response, action, VerdictValue.NO, "It is still closed.", now=NOW)
    verdict = give_verdict(session, response, action, VerdictValue.NO, now=NOW)
    assert verdict.why == "It is still closed."
    verdict = give_verdict(session, response, action, VerdictValue.YES, now=NOW)
    assert verdict.why == ""


def test_give_verdict_by_subscription_counts_a_voice_once(session: Session, action: Action) -> None:
    for value in (VerdictValue.YES, VerdictValue.NO):
        give_verdict_by_subscription(session, action, "one", value, "", now=NOW)
    give_verdict_by_subscription(session, action, "two", VerdictValue.NO, "Still shut.", now=NOW)
    counts = verdict_counts(session, [action.id])[action.id]
    assert (counts[VerdictValue.YES], counts[VerdictValue.NO]) == (0, 2)
    assert [reason.why for reason in reasons_for(session, action)] == ["Still shut."]


def test_give_verdict_at_kiosk_counts_each(session: Session, action: Action) -> None:
    for _ in range(3):
        give_verdict_at_kiosk(session, action, VerdictValue.A_BIT, now=NOW)
    assert verdict_counts(session, [action.id])[action.id][VerdictValue.A_BIT] == 3


@pytest.mark.parametrize("value", VerdictValue)
def test_give_verdict_at_kiosk_is_refused_for_what_is_not_done(
    session: Session, theme: Theme, value: VerdictValue
) -> None:
    with pytest.raises(NotYoursToJudge):
        give_verdict_at_kiosk(session, make.make_action(session, theme), value, now=NOW)


def deny(session: Session, action: Action, times: int = 8) -> None:
    for _ in range(times):
        give_verdict_at_kiosk(session, action, VerdictValue.NO, now=NOW)


def reopenings(session: Session) -> list[tuple[int, str, int, str]]:
    query = select(Reopening).order_by(Reopening.id)
    return [
        (r.action_id, r.changed_on.isoformat(), r.after_number, r.reopened_on.isoformat())
        for r in session.scalars(query)
    ]


def test_seven_who_say_no_do_not_reopen(session: Session, action: Action) -> None:
    deny(session, action, 7)
    assert reopenings(session) == [] and action.asked_again is None


def test_the_eighth_who_says_no_reopens_once_and_leaves_no_moment(
    session: Session, action: Action
) -> None:
    deny(session, action, 12)
    day = TODAY.isoformat()
    assert reopenings(session) == [(action.id, day, 1, day)]
    assert action.asked_again is not None
    events = [e for e in events_of(session, action.consultation_id) if e.kind == "said_no"]
    assert [(e.at.isoformat(), e.person_id) for e in events] == [(f"{day}T00:00:00+00:00", None)]


def test_a_change_of_mind_does_not_take_a_reopening_back(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    responses = [heard(session, survey, theme) for _ in range(8)]
    for value in (VerdictValue.NO, VerdictValue.YES):
        for response in responses:
            give_verdict(session, response, action, value, now=NOW)
    assert len(reopenings(session)) == 1 and action.asked_again is not None


def test_the_organisation_says_how_many_it_takes(
    session: Session, survey: Survey, action: Action
) -> None:
    own = session.get_one(Organisation, 1)
    own.reopens_at_judging, own.reopens_at_share = 5, 75
    give_verdict_at_kiosk(session, action, VerdictValue.YES, now=NOW)
    deny(session, action, 2)
    give_verdict_at_kiosk(session, action, VerdictValue.NO, now=NOW)
    assert reopenings(session) == []  # three of four
    deny(session, action, 1)
    assert len(reopenings(session)) == 1  # four of five


def publish(session: Session, action: Action, outcome: Outcome, **values: object) -> None:
    action.versions.append(
        ActionVersion(
            number=len(action.versions) + 1,
            outcome=outcome,
            text="Other words",
            recorded_at=NOW,
            published_at=NOW,
            **values,
        )
    )
    session.flush()


NEXT_DAY = TODAY + timedelta(days=1)


def test_what_was_said_of_a_change_does_not_count_against_the_next(
    session: Session, action: Action
) -> None:
    deny(session, action)
    publish(session, action, Outcome.DONE, changed_on=NEXT_DAY)
    assert action.asked_again is None
    assert not any(verdict_counts(session, [action.id])[action.id].values())
    deny(session, action, 7)
    assert action.asked_again is None
    deny(session, action, 1)
    assert [row[1:3] for row in reopenings(session)] == [
        (TODAY.isoformat(), 1),
        (NEXT_DAY.isoformat(), 2),
    ]
    assert action.asked_again is not None


def test_better_words_for_the_same_change_answer_nobody(session: Session, action: Action) -> None:
    deny(session, action)
    publish(session, action, Outcome.DONE, changed_on=TODAY)
    assert action.asked_again is not None
    assert verdict_counts(session, [action.id])[action.id][VerdictValue.NO] == 8


def test_a_plan_answers_nobody_but_an_honest_closure_does(session: Session, action: Action) -> None:
    deny(session, action)
    publish(session, action, Outcome.PLANNED, due_on=NEXT_DAY)
    assert action.asked_again is not None
    publish(session, action, Outcome.PASSED_ON, passed_on_to="The bus company")
    assert action.asked_again is None
    publish(session, action, Outcome.PLANNED, due_on=NEXT_DAY)
    assert action.asked_again is None  # a later plan doesn't bring it back


def test_reasons_are_forgotten_when_their_day_is_over_and_the_verdicts_stay(
    session: Session, survey: Survey, action: Action
) -> None:
    give_verdict_at_kiosk(session, action, VerdictValue.NO, "Still shut.", now=NOW)
    survey.consultation.retention_on = TODAY
    session.flush()
    assert forget_reasons(session, now=NOW) == 0
    assert forget_reasons(session, now=NOW + timedelta(days=1)) == 1
    session.expire_all()
    verdict = session.scalars(select(Verdict)).one()
    assert (verdict.value, verdict.why) == (VerdictValue.NO, "")


SECRET = "No. And my uncle touches me."


def flag_on(session: Session, verdict: Verdict) -> Flag:
    return session.scalars(select(Flag).where(Flag.verdict_id == verdict.id)).one()


def test_give_verdict_holds_a_worrying_reason_for_the_safeguarding_lead(
    session: Session, action: Action
) -> None:
    verdict = give_verdict_at_kiosk(session, action, VerdictValue.NO, SECRET, now=NOW)
    flag = flag_on(session, verdict)

    assert reasons_for(session, action) == []
    answer = answer_of(session, flag)
    assert answer is not None
    assert [said.answer for said in answer.said] == [SECRET]
    assert verdict_counts(session, [action.id])[action.id][VerdictValue.NO] == 1

    person = make.make_person(session)
    keep_worry(session, flag, "Told the head.", person_id=person.id, now=NOW)
    assert reasons_for(session, action) == []
    reopen(session, flag, person_id=person.id, now=NOW)
    reopen(session, flag, person_id=person.id, now=NOW)
    release(session, flag, "", person_id=person.id, now=NOW)
    assert [reason.why for reason in reasons_for(session, action)] == [SECRET]


def test_give_verdict_never_puts_new_words_in_the_place_of_held_ones(
    session: Session, survey: Survey, theme: Theme, action: Action
) -> None:
    response = heard(session, survey, theme)
    verdict = give_verdict(session, response, action, VerdictValue.NO, SECRET, now=NOW)

    give_verdict(session, response, action, VerdictValue.YES, now=NOW)
    assert verdict.why == SECRET
    give_verdict(session, response, action, VerdictValue.NO, "Forget it.", now=NOW)
    assert verdict.why == f"Forget it.\n\n{SECRET}"
    assert reasons_for(session, action) == []


def test_give_verdict_with_another_worry_keeps_the_open_flag(
    session: Session, action: Action
) -> None:
    voice = "a" * 64
    first = give_verdict_by_subscription(session, action, voice, VerdictValue.NO, SECRET, now=NOW)
    give_verdict_by_subscription(
        session, action, voice, VerdictValue.NO, "He touches me a lot.", now=NOW
    )

    assert flag_on(session, first).closed_at is None
    assert first.why.endswith(SECRET)


def test_answer_of_a_verdict_that_is_gone_or_has_no_words_shows_none(
    session: Session, action: Action
) -> None:
    verdict = give_verdict_at_kiosk(session, action, VerdictValue.NO, SECRET, now=NOW)
    flag = flag_on(session, verdict)
    verdict.why = ""
    session.flush()
    answer = answer_of(session, flag)
    assert answer is not None and answer.said == ()

    session.delete(verdict)
    session.flush()
    session.expire_all()
    assert flag.verdict_id is None
    assert answer_of(session, flag) is None
