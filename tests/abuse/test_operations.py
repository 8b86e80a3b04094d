"""Invitations: each good for one answer, and nothing that tells whose answer it was."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import ORMExecuteState, Session

from tests import factories as make
from tests.factories import NOW
from tracker.abuse import operations, policy
from tracker.abuse.models import Invitation, InvitationBatch
from tracker.abuse.operations import InvitationMissing, InvitationUsed, MadeAlready
from tracker.abuse.queries import InvitationCount, count_invitations, invited_survey
from tracker.consultations.models import ConsultationEvent
from tracker.responses.models import SurveyResponse
from tracker.responses.operations import submit_response
from tracker.surveys.models import Survey

KEY = "a key for invitations"


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    survey = make.make_survey(session, make.make_open_consultation(session))
    make.make_question(session, survey, text="What could be better?")
    survey.by_invitation = True
    return survey


def made(
    session: Session, survey: Survey, number: int = 3, form_id: UUID | None = None
) -> list[str]:
    return operations.make_invitations(
        session,
        survey,
        number,
        form_id=form_id or uuid4(),
        key=KEY,
        person_id=survey.consultation.owner_id or 0,
        now=NOW,
    )


def send(
    session: Session, survey: Survey, code: str, submission_id: UUID | None = None, words: str = "x"
) -> SurveyResponse:
    return submit_response(
        session,
        survey,
        {"q1": words},
        submission_id=submission_id or uuid4(),
        key="receipts",
        now=NOW,
        invitation=code,
        invitation_keys=["a newer key", KEY],
    ).response


def test_make_invitations_keeps_hashes_alone(session: Session, survey: Survey) -> None:
    codes = made(session, survey, 40)

    kept = set(session.scalars(select(Invitation.code_hash)))
    assert len(set(codes)) == 40
    assert kept == {policy.code_hash(code, KEY) for code in codes}
    assert {column.name for column in Invitation.__table__.columns} == {"code_hash", "survey_id"}
    assert count_invitations(session, survey.id) == InvitationCount(made=40, unused=40)


def test_make_invitations_refuses_the_same_form_twice(session: Session, survey: Survey) -> None:
    form_id = uuid4()
    made(session, survey, form_id=form_id)

    with pytest.raises(MadeAlready):
        made(session, survey, form_id=form_id)
    assert count_invitations(session, survey.id).made == 3


def test_answer_uses_up_its_invitation_and_leaves_nothing_to_link_them(
    session: Session, survey: Survey
) -> None:
    first, second, _ = made(session, survey)

    send(session, survey, policy.shown(first))

    assert count_invitations(session, survey.id).used == 1
    assert invited_survey(session, first, [KEY]) is None
    assert invited_survey(session, second, [KEY]) is survey
    # The used one isn't marked: it is gone.
    assert session.get(Invitation, policy.code_hash(first, KEY)) is None
    assert "invitation" not in " ".join(SurveyResponse.__table__.columns.keys())


def test_invitation_used_twice_is_refused(session: Session, survey: Survey) -> None:
    code = made(session, survey)[0]
    send(session, survey, code)

    with pytest.raises(InvitationUsed):
        send(session, survey, code)


def test_same_answer_sent_again_is_harmless(session: Session, survey: Survey) -> None:
    code, other, _ = made(session, survey)
    submission_id = uuid4()
    first = send(session, survey, code, submission_id)

    assert send(session, survey, code, submission_id) is first
    assert send(session, survey, other, submission_id) is first
    assert count_invitations(session, survey.id).used == 1


@pytest.mark.parametrize("code", ["", "cdfg-hjkm-npqr", "not a code", "🎸" * 12])
def test_answer_without_an_invitation_of_ours_is_refused(
    session: Session, survey: Survey, code: str
) -> None:
    made(session, survey)

    with pytest.raises(InvitationMissing):
        send(session, survey, code)


def test_same_form_that_used_the_invitation_a_moment_earlier_is_no_second_use(
    session: Session, survey: Survey
) -> None:
    code, form = made(session, survey)[0], uuid4()
    earlier: list[SurveyResponse] = []

    @event.listens_for(session, "do_orm_execute")
    def be_quicker(asked: ORMExecuteState) -> None:
        # The other tap gets through between our look and our use of the invitation.
        if asked.is_delete and not earlier:
            earlier.append(SurveyResponse())
            earlier[0] = send(session, survey, code, form)

    assert send(session, survey, code, form) is earlier[0]
    assert count_invitations(session, survey.id).used == 1


def test_invitation_to_another_survey_is_no_good_here(session: Session, survey: Survey) -> None:
    other = make.make_survey(session, survey.consultation)
    code = made(session, other)[0]

    with pytest.raises(InvitationUsed):
        send(session, survey, code)
    assert count_invitations(session, other.id).unused == 3


def test_survey_for_everybody_asks_for_no_invitation(session: Session, survey: Survey) -> None:
    code = made(session, survey)[0]
    operations.set_by_invitation(session, survey, False, person_id=_owner(survey), now=NOW)

    send(session, survey, "")
    send(session, survey, code)

    assert count_invitations(session, survey.id).used == 0


def test_call_in_makes_unused_links_worthless_and_counts_them_out(
    session: Session, survey: Survey
) -> None:
    used, unused, _ = made(session, survey)
    send(session, survey, used)

    called = operations.call_in(session, survey, form_id=uuid4(), person_id=_owner(survey), now=NOW)

    assert called == 2
    assert count_invitations(session, survey.id) == InvitationCount(made=1, unused=0)
    with pytest.raises(InvitationUsed):
        send(session, survey, unused)
    assert operations.call_in(session, survey, form_id=uuid4(), person_id=1, now=NOW) == 0
    assert len(session.scalars(select(InvitationBatch)).all()) == 2


def test_guard_asks_for_a_while_and_stops(session: Session, survey: Survey) -> None:
    operations.guard(session, survey, hours=24, person_id=_owner(survey), now=NOW)
    assert survey.proof_until == NOW + timedelta(days=1)
    operations.guard(session, survey, hours=9999, person_id=_owner(survey), now=NOW)
    assert survey.proof_until == NOW + operations.LONGEST_GUARD

    operations.guard(session, survey, hours=0, person_id=_owner(survey), now=NOW)

    assert survey.proof_until is None
    kinds = session.scalars(select(ConsultationEvent.kind)).all()
    assert kinds == ["survey_changed"] * 3


def test_rows_of_invitations_stand_in_the_order_of_their_hashes(
    session: Session, survey: Survey
) -> None:
    """Nothing tells in which order they were made, nor which were made together."""
    made(session, survey, 20)
    made(session, survey, 20)

    if session.get_bind().dialect.name == "sqlite":
        hashes = session.scalars(text("SELECT code_hash FROM invitations")).all()
        assert hashes == sorted(hashes)
    else:
        options = session.scalar(
            text("SELECT reloptions FROM pg_class WHERE relname = 'invitations'")
        )
        assert "autovacuum_vacuum_threshold=0" in options


def _owner(survey: Survey) -> int:
    assert survey.consultation.owner_id is not None
    return survey.consultation.owner_id
