"""What young people say of one action, as its team reads it."""

from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tracker.actions.policy import Outcome
from tracker.verdicts.operations import give_verdict_at_kiosk
from tracker.verdicts.policy import VerdictValue


def test_index_shows_true_counts_reasons_and_that_it_was_reopened(
    session: Session, sign_in: SignIn
) -> None:
    make.make_organisation(session)
    consultation = make.make_closed_consultation(session)
    theme = make.make_theme(session, consultation)
    action = make.make_action(session, theme, outcome=Outcome.DONE, changed_on=TODAY)
    for why in ("The door is <still> shut.", *[""] * 7):
        give_verdict_at_kiosk(session, action, VerdictValue.NO, why, now=NOW)
    owner = consultation.service.owner
    assert owner is not None
    page = sign_in(owner).get(f"/staff/actions/{action.id}/verdicts").text
    assert "The door is &lt;still&gt; shut." in page
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">8</td>' in page
    assert "enough young people said no" in page
    history = sign_in(owner).get(f"/staff/actions/{action.id}").text
    assert "hasn’t happened for them" in history
    assert "Waits" not in history and "It waits for a new change" in history


def test_index_says_so_when_there_is_nothing_to_judge(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    consultation = make.make_closed_consultation(session)
    action = make.make_action(session, make.make_theme(session, consultation))
    owner = consultation.service.owner
    assert owner is not None
    page = sign_in(owner).get(f"/staff/actions/{action.id}/verdicts").text
    assert "Nothing is said to be done just now" in page
    assert "Nobody has given a reason yet." in page


def test_index_is_shut_to_those_who_may_not_read_answers(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    consultation = make.make_closed_consultation(session)
    action = make.make_action(session, make.make_theme(session, consultation))
    contact = consultation.service.escalation_contact
    assert contact is not None
    assert sign_in(contact).get(f"/staff/actions/{action.id}/verdicts").status_code == 403
    assert sign_in(contact).get("/staff/actions/99999/verdicts").status_code == 404
