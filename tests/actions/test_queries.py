"""Reading what answers which theme."""

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tracker.actions.models import ActionVersion
from tracker.actions.policy import Outcome
from tracker.actions.queries import (
    action_or_404,
    actions_answering,
    actions_of,
    history_of,
    overview_of,
    version_or_404,
)
from tracker.errors import NotFound
from tracker.surveys.models import Survey
from tracker.themes.models import Theme


@pytest.fixture
def survey(session: Session) -> Survey:
    return make.make_survey(session, make.make_closed_consultation(session))


def said(session: Session, survey: Survey) -> Theme:
    """A theme that one young person's answer is with."""
    theme = make.make_theme(session, survey.consultation)
    make.make_coding(session, make.make_response(session, survey), theme)
    return theme


def test_what_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        action_or_404(session, 4711)
    with pytest.raises(NotFound):
        version_or_404(session, 4711)


def test_actions_of_leaves_out_other_consultations(session: Session, survey: Survey) -> None:
    own = make.make_action(session, said(session, survey))
    make.make_action(session, make.make_theme(session, make.make_closed_consultation(session)))
    assert actions_of(session, survey.consultation_id) == [own]


def test_overview_puts_apart_what_is_owed(session: Session, survey: Survey) -> None:
    unanswered, drafted, told = (said(session, survey) for _ in range(3))
    silent = make.make_theme(session, survey.consultation)
    draft = make.make_action(session, drafted, published_at=None)
    public = make.make_action(session, told)
    unasked = make.make_action(session, consultation=survey.consultation)
    overview = overview_of(session, survey.consultation_id)
    assert [each.row.theme for each in overview.owed] == [unanswered, drafted]
    assert [each.row.theme for each in overview.answered] == [told, silent]
    assert [each.actions for each in overview.owed] == [(), (draft,)]
    assert overview.answered[0].actions == (public,)
    assert overview.unasked == (unasked,)


def test_actions_answering_names_drafts_too(session: Session, survey: Survey) -> None:
    theme = said(session, survey)
    action = make.make_action(session, theme, published_at=None)
    make.make_action(session, said(session, survey))
    assert actions_answering(session, theme.id) == [action]


def test_history_has_the_newest_first_with_names(session: Session, survey: Survey) -> None:
    owner, deputy = make.make_person(session, "Olga"), make.make_person(session, "Dan")
    action = make.make_action(session, said(session, survey), recorded_by=owner.id)
    action.versions.append(
        ActionVersion(
            number=2,
            outcome=Outcome.ALREADY,
            text="It was.",
            recorded_at=NOW,
            stopped_at=NOW,
            stopped_by=deputy.id,
        )
    )
    session.flush()
    versions = history_of(session, action)
    assert [version.number for version in versions] == [2, 1]
    assert versions[0].stopper is deputy and versions[1].recorder is owner
