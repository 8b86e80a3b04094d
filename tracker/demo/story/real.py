"""The two real, published consultations, brought forward to these days. Their answers are made up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tracker.actions.policy import ActionDraft, Outcome, ReasonCode
from tracker.demo.story.beats import Beat, Thread, in_days
from tracker.demo.world import Ask, World, read_data
from tracker.surveys.models import Survey
from tracker.surveys.question_types import AnswerValue


def eastgate(world: World) -> list[Beat]:
    """Eastgate Academy, 2014: seven of nine wishes answered, two still owed an answer."""
    data = read_data("eastgate-2014")
    words = {
        "purpose": "We have some money for the playgrounds. What should we buy and change?",
        "decision": data["decision"].capitalize(),
        "decided_by": "The principal, with the school council",
        "not_up_for_change": "The size of the playgrounds",
        "readers": "The school council and two teachers",
    }
    questions = [Ask("yes_no", row["text"], is_required=True) for row in data["questions"]]
    thread = Thread(world, "eastgate", data | words, questions, ("6-9", "10-12"))
    percents = [row["percent_yes"] for row in data["questions"]]
    wishes = [_wishes(pupil, percents) for pupil in range(100)]
    said = [row["text"].rstrip("?") for row in data["questions"]]

    def tell(now: datetime) -> None:
        for row in data["we_did"]:
            themes = [thread.themes[n] for n in row["answers"]]
            world.decide(themes, _eastgate_draft(row, now), now=now)

    return [
        thread.asked(75),
        *thread.answered(wishes, _yes_to, days=range(74, 64)),
        thread.heard(said, wishes, days_ago=52),
        Beat(30, tell),
    ]


def _wishes(pupil: int, percents: Sequence[int]) -> list[int]:
    """Which questions one of 100 pupils says yes to; over all, the published shares come out exact."""
    return [n for n, percent in enumerate(percents) if (pupil * 37 + n * 11) % 100 < percent]


def _yes_to(wishes: Sequence[int]) -> dict[str, AnswerValue]:
    return {f"q{n + 1}": "yes" if n in wishes else "no" for n in range(9)}


def _eastgate_draft(row: dict[str, Any], now: datetime) -> ActionDraft:
    if row["outcome"] == "cannot":
        return ActionDraft(
            Outcome.CANNOT,
            row["text"],
            reason_code=ReasonCode.SPACE,
            reason=row["reason"].capitalize() + ".",
            decided_by="The principal",
            review_on=in_days(now, 365),
        )
    return ActionDraft(Outcome.DONE, row["text"] + ".", changed_on=in_days(now, -2))


def frieth(world: World) -> list[Beat]:
    """Frieth School, 2018: closed, nearly heard, and three wishes that can't be met."""
    data, rows = read_data("frieth-2018"), read_data("frieth-answers")["answers"]
    words = {
        "purpose": "The School Council wants to know how you feel in school and what could be better.",
        "decision": data["decision"].capitalize(),
        "decided_by": "The headteacher and the governors",
        "not_up_for_change": "When the school day begins and ends",
        "readers": "The School Council's teacher and the headteacher",
    }
    questions = [_frieth_question(row) for row in data["questions"]]
    thread = Thread(world, "frieth", data | words, questions, ("6-9", "10-12"))

    def values(row: dict[str, Any]) -> dict[str, AnswerValue]:
        return _frieth_values(thread.survey, row)

    def tell(now: datetime) -> None:
        for row, due in zip(data["we_did"][:2], (38, 11), strict=True):
            draft = ActionDraft(Outcome.DOING, row["text"] + ".", due_on=in_days(now, due))
            world.decide([thread.themes[n] for n in row["answers"]], draft, now=now)

    return [
        thread.asked(40),
        *thread.answered(rows, values, days=range(39, 28)),
        thread.heard(data["you_said"], [row["themes"] for row in rows[:27]], days_ago=12),
        Beat(8, tell),
    ]


def _frieth_question(row: dict[str, Any]) -> Ask:
    if "labels" not in row:
        return Ask(row["kind"], row["text"])
    return Ask(row["kind"], row["text"], {"choices": "\n".join(row["labels"]), "look": "faces"})


def _frieth_values(survey: Survey, row: dict[str, Any]) -> dict[str, AnswerValue]:
    *scales, text = survey.questions
    values: dict[str, AnswerValue] = {
        question.key: question.settings["choices"][place]["key"]
        for question, place in zip(scales, row["scales"], strict=True)
    }
    return values | {text.key: row["text"]}
