"""The invented consultations: one overdue, one that brought changes, one open, one still a draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tracker.actions.models import Action
from tracker.actions.policy import ActionDraft, Outcome, ReasonCode
from tracker.demo.story.beats import Beat, Thread, in_days, words_of
from tracker.demo.world import Ask, World
from tracker.surveys.models import Survey
from tracker.surveys.question_types import AnswerValue
from tracker.themes.models import Theme
from tracker.verdicts.operations import give_verdict
from tracker.verdicts.policy import VerdictValue


def bus(world: World, data: dict[str, Any]) -> list[Beat]:
    """Heard, untold, and long overdue: at risk of tokenism."""
    thread = Thread(
        world,
        "youth",
        data,
        [Ask("long_text", data["question"])],
        ("10-12", "13-15", "16-17"),
        for_days=17,
    )
    return [
        thread.asked(158),
        *thread.answered(data["answers"], _only_text, days=range(157, 143)),
        thread.heard(data["themes"], _fits(data), days_ago=131),
    ]


def friday(world: World, data: dict[str, Any]) -> list[Beat]:
    """Told in time and changed: one change made, one more, one honest refusal."""
    thread = Thread(world, "youth", data, [Ask("long_text", data["question"])], ("13-15", "16-17"))
    actions: list[Action] = []

    def tell(now: datetime) -> None:
        actions.extend(_friday_answers(world, thread.themes, now))

    def open_later(now: datetime) -> None:
        draft = ActionDraft(
            Outcome.DONE,
            "The centre is open until 9 pm on Fridays.",
            changed_on=in_days(now, -3),
            evidence="The new times are on the door and on the centre's page.",
        )
        world.decide_anew(actions[0], draft, now=now)

    def judge(now: datetime) -> None:
        values = [VerdictValue.YES] * 9 + [VerdictValue.A_BIT] * 2
        wanted = [
            response for response, fits in zip(thread.given, _fits(data), strict=True) if 0 in fits
        ]
        for response, value in zip(wanted, values, strict=False):
            give_verdict(world.session, response, actions[0], value, now=now)

    return [
        thread.asked(120),
        *thread.answered(data["answers"], _only_text, days=range(119, 107)),
        thread.heard(data["themes"], _fits(data), days_ago=81),
        Beat(80, tell),
        Beat(16, open_later),
        Beat(9, judge),
    ]


def _only_text(row: Sequence[Any]) -> dict[str, AnswerValue]:
    return {"q1": row[0]}


def _fits(data: dict[str, Any]) -> list[list[int]]:
    return [fits for _text, fits in data["answers"]]


def _friday_answers(world: World, themes: Sequence[Theme], now: datetime) -> list[Action]:
    drafts = (
        ActionDraft(
            Outcome.PLANNED, "We will stay open until 9 pm on Fridays.", due_on=in_days(now, 70)
        ),
        ActionDraft(
            Outcome.DONE,
            "A cook makes hot food every Friday. A plate costs £1.",
            changed_on=in_days(now, -1),
        ),
        ActionDraft(
            Outcome.CANNOT,
            "We can't pay for taxis.",
            reason_code=ReasonCode.MONEY,
            reason="One night of taxis costs as much as a month of clubs.",
            decided_by="The youth centre manager",
            review_on=in_days(now, 300),
        ),
    )
    return [
        world.decide([theme], draft, now=now) for theme, draft in zip(themes, drafts, strict=True)
    ]


def summer(world: World, data: dict[str, Any]) -> list[Beat]:
    """Open now: the one to answer on a phone, with a question of nearly every type."""
    kinds = {"choices": "Cooking\nTrips\nMusic\nSport\nArt"}
    matters = {"choices": "It's free\nMy friends come\nI learn something"}
    questions = [
        Ask("information", "This takes two minutes. You can skip any question."),
        Ask("one_choice", "What would you come for most?", kinds),
        Ask("several_choices", "What else would you come for?", kinds),
        Ask("ranking", "What matters most to you?", matters),
        Ask(
            "scale",
            "How was last summer?",
            {"choices": "Great\nGood\nOK\nNot good", "look": "faces"},
        ),
        Ask("short_text", "One thing we should do this summer"),
        Ask("yes_no", "Would you help to plan it?", {"not_sure": "y"}),
    ]
    thread = Thread(world, "youth", data, questions, ("13-15",), for_days=24)

    def values(row: Sequence[Any]) -> dict[str, AnswerValue]:
        return _summer_values(thread.survey, row)

    return [
        thread.asked(10),
        *thread.answered(data["answers"], values, days=range(9, 1)),
    ]


def _summer_values(survey: Survey, row: Sequence[Any]) -> dict[str, AnswerValue]:
    first, others, thing, helps = row
    one, several, text, yes_no = (survey.questions[n] for n in (1, 2, 5, 6))
    keys = {each["text"].lower(): each["key"] for each in one.settings["choices"]}
    more = {each["text"].lower(): each["key"] for each in several.settings["choices"]}
    return {
        one.key: keys[first],
        several.key: [more[name] for name in others if name in more],
        text.key: thing,
        yes_no.key: helps,
    }


def quiet(world: World, data: dict[str, Any]) -> list[Beat]:
    """A draft that can't open yet: the gate says why."""

    def draft(now: datetime) -> None:
        world.draft("youth", data["title"], words_of(data), now=now)

    return [Beat(3, draft)]
