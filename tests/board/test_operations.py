"""Taking an answer back and changing it: what is gone, what stays, and who may no longer read it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import WORDS, answered, give_words, judged
from tests.factories import NOW, TODAY
from tracker.accounts.models import Person
from tracker.actions.policy import Outcome
from tracker.board.operations import NotYoursToChange, correct_answer, withdraw_answer
from tracker.consultations.queries import events_of
from tracker.errors import NotAllowed
from tracker.loop.queries import loop_of
from tracker.responses.models import Answer, SetAsideReason, SurveyResponse
from tracker.responses.operations import (
    NothingAnswered,
    Submitted,
    SurveyClosed,
    TakenBack,
    submit_response,
    take_back,
)
from tracker.responses.queries import response_by_receipt
from tracker.safeguarding.models import Flag, FlagOutcome
from tracker.surveys.models import Question
from tracker.themes.models import Coding, Theme
from tracker.verdicts.models import Verdict
from tracker.verdicts.operations import give_verdict
from tracker.verdicts.policy import VerdictValue
from tracker.verdicts.queries import counts_of_change, reasons_for, verdict_counts
from tracker.worries.operations import release
from tracker.worries.queries import answer_of

KEY = "a key"
WORRY = "And my uncle touches me."


class Scene:
    """An open consultation with one answer that was heard and has judged what was done."""

    def __init__(self, session: Session) -> None:
        make.make_organisation(session)
        self.session = session
        self.consultation = make.make_open_consultation(session)
        self.survey = make.make_survey(session, self.consultation)
        self.question: Question = make.make_question(session, self.survey)
        self.response = make.make_response(
            session, self.survey, answers={self.question: "A later bus"}
        )
        give_words(self.response, KEY)
        self.theme: Theme = make.make_theme(session, self.consultation)
        make.make_coding(session, self.response, self.theme)
        self.action = answered(session, self.theme, outcome=Outcome.DONE)
        judged(session, self.action, [self.response], VerdictValue.NO)
        self.person: Person = make.make_person(session)

    def count(self, model: type) -> int:
        return self.session.scalar(select(func.count()).select_from(model)) or 0

    def said(self, response: SurveyResponse) -> list[object]:
        query = select(Answer.value).where(Answer.response_id == response.id)
        return list(self.session.scalars(query))

    @property
    def events(self) -> list[tuple[str, str]]:
        return [
            (event.kind, event.at.isoformat())
            for event in events_of(self.session, self.consultation.id)
        ]

    def send_again(self, submission_id: UUID | None = None) -> Submitted:
        return submit_response(
            self.session,
            self.survey,
            {self.question.key: "A later bus"},
            submission_id=submission_id or self.response.submission_id,
            key=KEY,
            now=NOW,
        )

    @property
    def verdicts_counted(self) -> tuple[int, int]:
        """How many said no, as the board counts and as the rule for asking again counts."""
        self.session.flush()
        action_id = self.action.id
        counts = verdict_counts(self.session, [action_id])[action_id]
        change = self.action.versions[-1].changed_on
        assert change is not None
        judged_so = counts_of_change(self.session, action_id, change)
        return counts[VerdictValue.NO], judged_so[VerdictValue.NO]

    def opened_by_words(self) -> SurveyResponse | None:
        return response_by_receipt(self.session, WORDS, KEY)


@pytest.fixture
def scene(session: Session) -> Scene:
    return Scene(session)


def test_withdraw_erases_words_receipt_codings_and_verdicts(scene: Scene) -> None:
    assert withdraw_answer(scene.session, scene.response, now=NOW)
    assert [scene.count(model) for model in (Answer, Coding, Verdict)] == [0, 0, 0]
    assert scene.opened_by_words() is None
    kept = scene.response
    assert (kept.set_aside, kept.withdrawn_on) == (SetAsideReason.WITHDRAWN, TODAY)
    # That it happened is known, and on which day; not when, and not which.
    assert scene.events == [("answer_withdrawn", f"{TODAY.isoformat()}T00:00:00+00:00")]


def test_withdraw_leaves_a_worrying_reason_with_the_safeguarding_lead(scene: Scene) -> None:
    give_verdict(scene.session, scene.response, scene.action, VerdictValue.NO, WORRY, now=NOW)

    withdraw_answer(scene.session, scene.response, now=NOW)

    scene.session.expire_all()
    kept = scene.session.scalars(select(Verdict)).one()
    assert (kept.why, kept.response_id) == (WORRY, None)
    flag = scene.session.scalars(select(Flag)).one()
    shown = answer_of(scene.session, flag)
    assert shown is not None and shown.is_withdrawn
    assert [said.answer for said in shown.said] == [WORRY]


HOWEVER_SAID = pytest.mark.parametrize("why", ["", "Still shut.", WORRY])


@HOWEVER_SAID
def test_withdrawn_verdict_counts_nowhere_whether_its_reason_was_flagged_or_not(
    scene: Scene, why: str
) -> None:
    give_verdict(scene.session, scene.response, scene.action, VerdictValue.NO, why, now=NOW)
    assert scene.verdicts_counted == (1, 1)

    withdraw_answer(scene.session, scene.response, now=NOW)

    assert scene.verdicts_counted == (0, 0)
    assert reasons_for(scene.session, scene.action) == []


@HOWEVER_SAID
def test_corrected_answer_judges_anew_and_its_earlier_verdict_counts_nowhere(
    scene: Scene, why: str
) -> None:
    give_verdict(scene.session, scene.response, scene.action, VerdictValue.NO, why, now=NOW)
    values = {scene.question.key: "A tram"}
    corrected = correct_answer(scene.session, scene.response, values, now=NOW)
    assert scene.verdicts_counted == (0, 0)

    make.make_coding(scene.session, corrected, scene.theme)
    give_verdict(scene.session, corrected, scene.action, VerdictValue.NO, now=NOW)

    assert scene.verdicts_counted == (1, 1)


def test_withdrawn_verdicts_do_not_make_a_service_be_asked_again(scene: Scene) -> None:
    """Of eight who deny the change seven have taken their answer back: one voice reopens nothing."""
    others = [make.make_response(scene.session, scene.survey) for _ in range(7)]
    for each in others:
        make.make_coding(scene.session, each, scene.theme)
        give_verdict(scene.session, each, scene.action, VerdictValue.NO, WORRY, now=NOW)
        withdraw_answer(scene.session, each, now=NOW)

    give_verdict(scene.session, scene.response, scene.action, VerdictValue.NO, WORRY, now=NOW)

    assert scene.verdicts_counted == (1, 1)
    assert scene.action.reopenings == []


def test_withdrawn_reason_that_was_no_worry_is_deleted_and_never_shown_to_the_team(
    scene: Scene,
) -> None:
    give_verdict(scene.session, scene.response, scene.action, VerdictValue.NO, WORRY, now=NOW)
    flag = scene.session.scalars(select(Flag)).one()
    withdraw_answer(scene.session, scene.response, now=NOW)

    release(scene.session, flag, "", person_id=scene.person.id, now=NOW)

    assert scene.count(Verdict) == 0
    assert reasons_for(scene.session, scene.action) == []
    scene.session.refresh(flag)
    assert (flag.verdict_id, flag.outcome) == (None, FlagOutcome.NO_WORRY)


def test_withdraw_deletes_a_reason_that_was_found_to_be_no_worry_before(scene: Scene) -> None:
    give_verdict(scene.session, scene.response, scene.action, VerdictValue.NO, WORRY, now=NOW)
    flag = scene.session.scalars(select(Flag)).one()
    release(scene.session, flag, "", person_id=scene.person.id, now=NOW)
    assert [each.why for each in reasons_for(scene.session, scene.action)] == [WORRY]

    withdraw_answer(scene.session, scene.response, now=NOW)

    assert scene.count(Verdict) == 0


def test_withdraw_lets_the_counts_fall(scene: Scene) -> None:
    make.make_response(scene.session, scene.survey)
    before = loop_of(scene.session, scene.consultation, now=NOW).facts
    withdraw_answer(scene.session, scene.response, now=NOW)
    after = loop_of(scene.session, scene.consultation, now=NOW).facts
    assert (before.responses, before.coded, before.themes) == (2, 1, 1)
    assert (after.responses, after.to_hear, after.coded, after.themes) == (1, 1, 0, 0)


def test_withdrawn_answer_is_not_kept_again_when_a_phone_sends_it_again(scene: Scene) -> None:
    withdraw_answer(scene.session, scene.response, now=NOW)

    with pytest.raises(TakenBack, match="taken back") as refusal:
        scene.send_again()

    assert refusal.value.is_erased
    assert [scene.count(model) for model in (Answer, SurveyResponse)] == [0, 1]


def test_withdrawn_answer_is_not_kept_again_after_the_end_or_without_words(scene: Scene) -> None:
    withdraw_answer(scene.session, scene.response, now=NOW)
    with pytest.raises(TakenBack):
        submit_response(
            scene.session,
            scene.survey,
            {},
            submission_id=scene.response.submission_id,
            key=KEY,
            now=NOW,
        )
    scene.consultation.closed_at = NOW - timedelta(days=9)
    with pytest.raises(TakenBack):
        scene.send_again()


def test_corrected_worry_is_known_again_when_its_form_is_sent_again(scene: Scene) -> None:
    """Its first form leads to the answer that stands now, not to the one the lead keeps."""
    scene.response.set_aside, scene.response.set_aside_on = SetAsideReason.HELD, TODAY
    values = {scene.question.key: "A tram"}
    sent_with = scene.response.submission_id
    corrected = correct_answer(scene.session, scene.response, values, now=NOW)

    again = scene.send_again(sent_with)

    assert (again.response.id, again.is_new) == (corrected.id, False)
    assert scene.count(SurveyResponse) == 2


def test_withdrawn_answer_can_not_be_taken_back_by_staff(scene: Scene) -> None:
    withdraw_answer(scene.session, scene.response, now=NOW)
    for may_read in (False, True):
        with pytest.raises(NotAllowed, match="took this answer back"):
            take_back(
                scene.session,
                scene.response,
                person_id=scene.person.id,
                now=NOW,
                may_read_worries=may_read,
            )


WITH_LEAD = pytest.mark.parametrize("reason", [SetAsideReason.SAFEGUARDING, SetAsideReason.HELD])


@WITH_LEAD
def test_withdraw_leaves_a_worry_with_the_safeguarding_lead_until_they_give_it_back(
    scene: Scene, reason: SetAsideReason
) -> None:
    scene.response.set_aside, scene.response.set_aside_on = reason, TODAY
    assert not withdraw_answer(scene.session, scene.response, now=NOW)
    assert scene.said(scene.response) == ["A later bus"]
    assert scene.opened_by_words() is None
    assert scene.response.set_aside is reason
    with pytest.raises(TakenBack) as refusal:
        scene.send_again()
    assert not refusal.value.is_erased
    assert [scene.count(model) for model in (Coding, Verdict)] == [0, 0]
    assert loop_of(scene.session, scene.consultation, now=NOW).facts.responses == 0

    later = NOW + timedelta(days=3)
    take_back(
        scene.session,
        scene.response,
        person_id=scene.person.id,
        now=later,
        may_read_worries=True,
    )
    assert scene.said(scene.response) == []
    assert scene.response.set_aside is SetAsideReason.WITHDRAWN
    assert scene.response.withdrawn_on == TODAY


def test_correct_puts_other_words_under_the_same_receipt_to_be_heard_again(scene: Scene) -> None:
    key = scene.question.key
    corrected = correct_answer(scene.session, scene.response, {key: "A tram"}, now=NOW)
    assert corrected.id == scene.response.id
    assert scene.said(corrected) == ["A tram"]
    assert scene.opened_by_words() is corrected
    assert (corrected.corrected_on, corrected.received_on) == (TODAY, TODAY)
    assert [scene.count(model) for model in (Coding, SurveyResponse)] == [0, 1]
    assert scene.events == [("answer_corrected", f"{TODAY.isoformat()}T00:00:00+00:00")]


@WITH_LEAD
def test_correct_keeps_what_the_safeguarding_lead_needs(
    scene: Scene, reason: SetAsideReason
) -> None:
    scene.response.set_aside, scene.response.set_aside_on = reason, TODAY
    corrected = correct_answer(
        scene.session, scene.response, {scene.question.key: "A tram"}, now=NOW
    )
    assert corrected.id != scene.response.id
    assert scene.said(corrected) == ["A tram"] and corrected.set_aside is None
    assert scene.said(scene.response) == ["A later bus"] and scene.response.set_aside is reason
    assert scene.opened_by_words() is corrected
    assert loop_of(scene.session, scene.consultation, now=NOW).facts.responses == 1


@pytest.mark.parametrize("words", ["A tram", WORRY], ids=["plain", "worrying"])
def test_correct_sent_twice_undoes_no_work_of_those_who_heard_it(scene: Scene, words: str) -> None:
    values = {scene.question.key: words}
    corrected = correct_answer(scene.session, scene.response, values, now=NOW)
    make.make_coding(scene.session, corrected, scene.theme)
    rows, events = scene.count(SurveyResponse), scene.events

    again = correct_answer(scene.session, corrected, values, now=NOW)

    assert again is corrected and scene.said(again) == [words]
    assert scene.count(Coding) == 1
    assert (scene.count(SurveyResponse), scene.events) == (rows, events)


def test_correct_is_refused_once_staff_set_it_aside(scene: Scene) -> None:
    scene.response.set_aside, scene.response.set_aside_on = SetAsideReason.SPAM, TODAY
    with pytest.raises(NotYoursToChange):
        correct_answer(scene.session, scene.response, {scene.question.key: "A tram"}, now=NOW)
    assert scene.said(scene.response) == ["A later bus"]


def test_correct_is_refused_without_an_answer(scene: Scene) -> None:
    with pytest.raises(NothingAnswered):
        correct_answer(scene.session, scene.response, {}, now=NOW)
    assert scene.said(scene.response) == ["A later bus"]


def test_correct_is_refused_when_it_has_closed_but_for_the_grace(scene: Scene) -> None:
    values = {scene.question.key: "A tram"}
    scene.consultation.closed_at = NOW
    late = NOW + timedelta(hours=24)
    with pytest.raises(SurveyClosed):
        correct_answer(scene.session, scene.response, values, now=late)
    correct_answer(scene.session, scene.response, values, now=late - timedelta(seconds=1))
    assert scene.said(scene.response) == ["A tram"]
