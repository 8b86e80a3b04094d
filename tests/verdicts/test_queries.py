"""Counting verdicts."""

from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import TODAY
from tracker.actions.policy import Outcome
from tracker.responses.models import SetAsideReason
from tracker.verdicts.models import Verdict
from tracker.verdicts.policy import VerdictValue
from tracker.verdicts.queries import verdict_counts, verdicts_of


def test_verdict_counts_gives_noughts_too_and_leaves_out_what_was_set_aside(
    session: Session,
) -> None:
    survey = make.make_survey(session, make.make_closed_consultation(session))
    theme = make.make_theme(session, survey.consultation)
    judged, unjudged = (
        make.make_action(session, theme, outcome=Outcome.DONE, changed_on=TODAY) for _ in range(2)
    )
    spam = make.make_response(session, survey, set_aside=SetAsideReason.SPAM, set_aside_on=TODAY)
    responses = [make.make_response(session, survey) for _ in range(3)]
    values = [VerdictValue.YES, VerdictValue.YES, VerdictValue.NO, VerdictValue.NO]
    for response, value in zip([*responses, spam], values, strict=True):
        session.add(
            Verdict(
                response_id=response.id,
                action_id=judged.id,
                changed_on=TODAY,
                value=value,
                given_on=TODAY,
            )
        )
    session.flush()

    counts = verdict_counts(session, [judged.id, unjudged.id])

    nothing = dict.fromkeys(VerdictValue, 0)
    assert counts[judged.id] == nothing | {VerdictValue.YES: 2, VerdictValue.NO: 1}
    assert counts[unjudged.id] == nothing


def test_verdict_counts_of_no_action_is_empty(session: Session) -> None:
    assert verdict_counts(session, []) == {}


def test_verdicts_of_tells_what_one_respondent_said(session: Session) -> None:
    survey = make.make_survey(session, make.make_closed_consultation(session))
    theme = make.make_theme(session, survey.consultation)
    action = make.make_action(session, theme, outcome=Outcome.DONE, changed_on=TODAY)
    response, other = make.make_response(session, survey), make.make_response(session, survey)
    session.add(
        Verdict(
            response_id=response.id,
            action_id=action.id,
            changed_on=TODAY,
            value=VerdictValue.NO,
            given_on=TODAY,
        )
    )
    session.flush()
    assert verdicts_of(session, response.id) == {action.id: VerdictValue.NO}
    assert verdicts_of(session, other.id) == {}
