"""Questions of a survey: added, changed, copied, moved and deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Conflict, LoopkeeperError
from tracker.surveys import policy
from tracker.surveys.easy_read import Easy, as_kept
from tracker.surveys.models import Question, Survey
from tracker.surveys.operations.changing import TooMany, insist_on_draft, note_change
from tracker.surveys.operations.surveys import question_like
from tracker.surveys.policy import QuestionDraft
from tracker.surveys.question_types import QUESTION_TYPES, type_of


class QuestionInUse(Conflict):
    """Other questions depend on this one, so it can't go or move there."""


class BadCondition(LoopkeeperError):
    """The question can't depend on what was chosen."""


def add_question(
    session: Session,
    survey: Survey,
    kind: str,
    draft: QuestionDraft,
    *,
    person_id: int,
    now: datetime,
) -> Question:
    """A new question at the end of the survey."""
    _insist_on_room(session, survey)
    _insist_on_condition(draft, survey.questions)
    question = Question(
        key=policy.next_key([each.key for each in survey.questions]),
        position=len(survey.questions),
        kind=kind,
    )
    _apply(question, draft)
    survey.questions.append(question)
    note_change(session, survey, person_id, now)
    return question


def edit_question(
    session: Session, question: Question, draft: QuestionDraft, *, person_id: int, now: datetime
) -> None:
    """Change a question. A choice that another question depends on can't be taken away."""
    survey = question.survey
    insist_on_draft(session, survey.consultation)
    _insist_on_condition(draft, survey.questions[: survey.questions.index(question)])
    _insist_on_choices(question, draft)
    _apply(question, draft)
    note_change(session, survey, person_id, now)


def set_easy_read(
    session: Session,
    question: Question,
    parts: Mapping[str, Easy],
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Give a question and its choices pictures and short sentences, by key (see `easy_read`)."""
    insist_on_draft(session, question.survey.consultation)
    question.easy_read = as_kept(parts)
    note_change(session, question.survey, person_id, now)


def copy_question(
    session: Session, question: Question, *, person_id: int, now: datetime
) -> Question:
    """The same question once more, right behind it."""
    survey = question.survey
    _insist_on_room(session, survey)
    key = policy.next_key([each.key for each in survey.questions])
    copied = question_like(question, key, 0)
    ordered = list(survey.questions)
    ordered.insert(ordered.index(question) + 1, copied)
    survey.questions.append(copied)
    _renumber(ordered)
    note_change(session, survey, person_id, now)
    session.expire(survey, ["questions"])
    return copied


def delete_question(session: Session, question: Question, *, person_id: int, now: datetime) -> None:
    """Delete a question that no other depends on."""
    survey = question.survey
    insist_on_draft(session, survey.consultation)
    _refuse_if_needed(question)
    survey.questions.remove(question)
    _renumber(survey.questions)
    note_change(session, survey, person_id, now)


def move_question(
    session: Session, question: Question, *, steps: int, person_id: int, now: datetime
) -> None:
    """Move a question down (or, with negative `steps`, up) as far as there is room."""
    survey = question.survey
    insist_on_draft(session, survey.consultation)
    ordered = list(survey.questions)
    place = ordered.index(question)
    ordered.insert(max(place + steps, 0), ordered.pop(place))
    wrong = policy.misplaced(ordered)
    if wrong is not None:
        raise QuestionInUse(
            f"“{_short(wrong.text)}” depends on an answer that is asked before it, so the two "
            "can't change places. Show it always, or move the other one first."
        )
    _renumber(ordered)
    note_change(session, survey, person_id, now)
    session.expire(survey, ["questions"])


def _apply(question: Question, draft: QuestionDraft) -> None:
    question.text = draft.text
    question.hint = draft.hint
    question.is_required = draft.is_required and QUESTION_TYPES[question.kind].asks
    question.settings = draft.settings
    question.show_if = draft.show_if
    question.set_aside = list(draft.set_aside)


def _renumber(questions: Sequence[Question]) -> None:
    for position, question in enumerate(questions):
        question.position = position


def _insist_on_room(session: Session, survey: Survey) -> None:
    insist_on_draft(session, survey.consultation)
    if len(survey.questions) >= policy.MOST_QUESTIONS:
        raise TooMany(
            f"A survey has {policy.MOST_QUESTIONS} questions at most, and few people finish half "
            "as many. Delete one, or start another survey."
        )


def _insist_on_condition(draft: QuestionDraft, earlier: Sequence[Question]) -> None:
    problem = policy.condition_problem(draft.show_if, earlier)
    if problem is not None:
        raise BadCondition(problem)


def _insist_on_choices(question: Question, draft: QuestionDraft) -> None:
    """Choices that show another question have to stay."""
    edited = Question(kind=question.kind, settings=draft.settings)
    kept = {choice.key for choice in type_of(question).choices(edited)}
    gone = [choice for choice in type_of(question).choices(question) if choice.key not in kept]
    for dependent in policy.dependents(question.key, question.survey.questions):
        wanted = dependent.show_if["any_of"] if dependent.show_if else []
        lost = next((choice for choice in gone if choice.key in wanted), None)
        if lost is not None:
            raise QuestionInUse(
                f"“{_short(lost.text)}” shows the question “{_short(dependent.text)}”, so it "
                "can't be taken away. Change that question first."
            )


def _refuse_if_needed(question: Question) -> None:
    waiting = policy.dependents(question.key, question.survey.questions)
    if waiting:
        names = " and ".join(f"“{_short(each.text)}”" for each in waiting[:3])
        verb = "depends" if len(waiting) == 1 else "depend"
        raise QuestionInUse(
            f"{names} {verb} on the answer to this question, so it can't be deleted. "
            "Change or delete what depends on it first."
        )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
