"""Giving a verdict: by those who said it, on what is said to be done, as often as they like."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.actions.models import Action
from tracker.actions.policy import Outcome
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.surveys.models import Survey
from tracker.themes.models import Theme
from tracker.verdicts.models import Verdict
from tracker.verdicts.operations import NotYoursToJudge, give_verdict
from tracker.verdicts.policy import VerdictValue
from tracker.verdicts.queries import verdicts_of


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
