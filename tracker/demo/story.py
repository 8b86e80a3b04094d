"""The demo's story: what happens on which day, counted back from today.

Two consultations are real and published (Frieth School 2018, Eastgate Academy 2014), brought
forward to these days; the others are invented. All answers are made up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tracker.actions.models import Action
from tracker.actions.policy import ActionDraft, Outcome, ReasonCode
from tracker.clock import local_date
from tracker.demo.world import ZONE, Ask, World, read_data
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey
from tracker.themes.models import Theme
from tracker.verdicts.operations import give_verdict
from tracker.verdicts.policy import VerdictValue

BEGINS = 160  # days ago

Deed = Callable[[datetime], None]


@dataclass(frozen=True)
class Beat:
    """What somebody does on the morning of one day."""

    days_ago: int
    deed: Deed


def story(world: World) -> list[Beat]:
    """All that happens in the demo, in order; each deed is given its moment."""
    made_up = read_data("made-up")
    told = (
        *_bus(world, made_up["bus"]),
        *_friday(world, made_up["friday"]),
        *_eastgate(world),
        *_frieth(world),
        *_summer(world, made_up["summer"]),
        *_quiet(world, made_up["quiet"]),
    )
    return sorted(told, key=lambda beat: -beat.days_ago)


def _words(data: dict[str, Any]) -> dict[str, str]:
    names = ("purpose", "decision", "decided_by", "not_up_for_change", "readers")
    return {name: data[name] for name in names if name in data}


def _day(now: datetime, days: int) -> date:
    return local_date(now, ZONE) + timedelta(days=days)


def _spread(first: int, last: int, count: int) -> list[int]:
    """`count` days ago, from `first` down to `last`, most of them early."""
    return [first - round((first - last) * (n / count) ** 1.5) for n in range(count)]


def _bus(world: World, data: dict[str, Any]) -> list[Beat]:
    """Heard, untold, and long overdue: at risk of tokenism."""
    surveys: list[Survey] = []
    given: list[SurveyResponse] = []

    def ask(now: datetime) -> None:
        question = Ask("long_text", data["question"])
        surveys.append(
            world.ask(
                "youth", data["title"], _words(data), [question],
                for_days=17, ages=("10-12", "13-15", "16-17"), now=now,
            )
        )  # fmt: skip

    def answer(text: str) -> Deed:
        return lambda now: given.append(world.answer(surveys[0], {"q1": text}, now=now))

    def hear(now: datetime) -> None:
        themes = world.name_themes(surveys[0].consultation, data["themes"], now=now)
        for response, (_text, chosen) in zip(given, data["answers"], strict=True):
            world.hear(response, [themes[n] for n in chosen], now=now)

    days = _spread(157, 143, len(data["answers"]))
    answers = [
        Beat(day, answer(text)) for day, (text, _) in zip(days, data["answers"], strict=True)
    ]
    return [Beat(158, ask), *answers, Beat(131, hear)]


def _friday(world: World, data: dict[str, Any]) -> list[Beat]:
    """Told in time and changed: one change made, one more, one honest refusal."""
    surveys: list[Survey] = []
    given: list[SurveyResponse] = []
    actions: list[Action] = []

    def ask(now: datetime) -> None:
        question = Ask("long_text", data["question"])
        surveys.append(
            world.ask(
                "youth", data["title"], _words(data), [question],
                for_days=14, ages=("13-15", "16-17"), now=now,
            )
        )  # fmt: skip

    def answer(text: str) -> Deed:
        return lambda now: given.append(world.answer(surveys[0], {"q1": text}, now=now))

    def hear(now: datetime) -> None:
        themes = world.name_themes(surveys[0].consultation, data["themes"], now=now)
        for response, (_text, chosen) in zip(given, data["answers"], strict=True):
            world.hear(response, [themes[n] for n in chosen], now=now)
        actions.extend(_friday_answers(world, themes, now))

    def open_later(now: datetime) -> None:
        draft = ActionDraft(
            Outcome.DONE,
            "The centre is open until 9 pm on Fridays.",
            changed_on=_day(now, -3),
            evidence="The new times are on the door and on the centre's page.",
        )
        world.decide_anew(actions[0], draft, now=now)

    def judge(now: datetime) -> None:
        values = [VerdictValue.YES] * 9 + [VerdictValue.A_BIT] * 2
        later = [
            row for row, (_, chosen) in zip(given, data["answers"], strict=True) if 0 in chosen
        ]
        for response, value in zip(later, values, strict=False):
            give_verdict(world.session, response, actions[0], value, now=now)

    days = _spread(119, 107, len(data["answers"]))
    answers = [
        Beat(day, answer(text)) for day, (text, _) in zip(days, data["answers"], strict=True)
    ]
    return [Beat(120, ask), *answers, Beat(80, hear), Beat(16, open_later), Beat(9, judge)]


def _friday_answers(world: World, themes: Sequence[Theme], now: datetime) -> list[Action]:
    return [
        world.decide(
            themes[:1],
            ActionDraft(
                Outcome.PLANNED, "We will stay open until 9 pm on Fridays.", due_on=_day(now, 70)
            ),
            now=now,
        ),
        world.decide(
            themes[1:2],
            ActionDraft(
                Outcome.DONE,
                "A cook makes hot food every Friday. A plate costs £1.",
                changed_on=_day(now, -1),
            ),
            now=now,
        ),
        world.decide(
            themes[2:3],
            ActionDraft(
                Outcome.CANNOT,
                "We can't pay for taxis.",
                reason_code=ReasonCode.MONEY,
                reason="One night of taxis costs as much as a month of clubs.",
                decided_by="The youth centre manager",
                review_on=_day(now, 300),
            ),
            now=now,
        ),
    ]


def _eastgate(world: World) -> list[Beat]:
    """The real survey of 2014: seven of nine wishes answered, two still owed an answer."""
    data = read_data("eastgate-2014")
    surveys: list[Survey] = []
    given: list[tuple[SurveyResponse, list[int]]] = []
    themes: list[Theme] = []
    words = {
        "purpose": "We have some money for the playgrounds. What should we buy and change?",
        "decision": data["decision"].capitalize(),
        "decided_by": "The principal, with the school council",
        "not_up_for_change": "The size of the playgrounds",
        "readers": "The school council and two teachers",
    }

    def ask(now: datetime) -> None:
        questions = [Ask("yes_no", row["text"], is_required=True) for row in data["questions"]]
        surveys.append(
            world.ask(
                "eastgate", data["title"], words, questions,
                for_days=14, ages=("6-9", "10-12"), now=now,
            )
        )  # fmt: skip

    def answer(number: int) -> Deed:
        def deed(now: datetime) -> None:
            wishes = _wishes(number, [row["percent_yes"] for row in data["questions"]])
            values = {f"q{n + 1}": "yes" if n in wishes else "no" for n in range(9)}
            given.append((world.answer(surveys[0], values, now=now), wishes))

        return deed

    def hear(now: datetime) -> None:
        said = [_as_wish(row["text"]) for row in data["questions"]]
        themes.extend(world.name_themes(surveys[0].consultation, said, now=now))
        for response, wishes in given:
            world.hear(response, [themes[n] for n in wishes], now=now)

    def tell(now: datetime) -> None:
        for row in data["we_did"]:
            world.decide([themes[n] for n in row["answers"]], _eastgate_draft(row, now), now=now)

    answers = [Beat(day, answer(n)) for n, day in enumerate(_spread(74, 64, 100))]
    return [Beat(75, ask), *answers, Beat(52, hear), Beat(30, tell)]


def _wishes(number: int, percents: Sequence[int]) -> list[int]:
    """Which of nine questions the `number`-th of 100 pupils says yes to; the shares come out exact."""
    return [n for n, percent in enumerate(percents) if (number * 37 + n * 11) % 100 < percent]


def _as_wish(question: str) -> str:
    return question.rstrip("?")


def _eastgate_draft(row: dict[str, Any], now: datetime) -> ActionDraft:
    if row["outcome"] == "cannot":
        return ActionDraft(
            Outcome.CANNOT,
            row["text"],
            reason_code=ReasonCode.SPACE,
            reason=row["reason"].capitalize() + ".",
            decided_by="The principal",
            review_on=_day(now, 365),
        )
    return ActionDraft(Outcome.DONE, row["text"] + ".", changed_on=_day(now, -2))


def _frieth(world: World) -> list[Beat]:
    """The real survey of 2018: closed, nearly heard, and three wishes that can't be met."""
    data, made_up = read_data("frieth-2018"), read_data("frieth-answers")["answers"]
    surveys: list[Survey] = []
    given: list[SurveyResponse] = []
    themes: list[Theme] = []
    words = {
        "purpose": "The School Council wants to know how you feel in school and what could be better.",
        "decision": data["decision"].capitalize(),
        "decided_by": "The headteacher and the governors",
        "not_up_for_change": "When the school day begins and ends",
        "readers": "The School Council's teacher and the headteacher",
    }

    def ask(now: datetime) -> None:
        surveys.append(
            world.ask(
                "frieth", data["title"], words, frieth_questions(),
                for_days=14, ages=("6-9", "10-12"), now=now,
            )
        )  # fmt: skip

    def answer(row: dict[str, Any]) -> Deed:
        return lambda now: given.append(
            world.answer(surveys[0], _frieth_values(surveys[0], row), now=now)
        )

    def hear(now: datetime) -> None:
        themes.extend(world.name_themes(surveys[0].consultation, data["you_said"], now=now))
        for response, row in list(zip(given, made_up, strict=True))[:27]:
            world.hear(response, [themes[n] for n in row["themes"]], now=now)

    def tell(now: datetime) -> None:
        for row, due in zip(data["we_did"][:2], (38, 11), strict=True):
            draft = ActionDraft(Outcome.DOING, row["text"] + ".", due_on=_day(now, due))
            world.decide([themes[n] for n in row["answers"]], draft, now=now)

    days = _spread(39, 28, len(made_up))
    answers = [Beat(day, answer(row)) for day, row in zip(days, made_up, strict=True)]
    return [Beat(40, ask), *answers, Beat(12, hear), Beat(8, tell)]


def frieth_questions() -> list[Ask]:
    """The questions of the real survey, as its author would type them into the builder."""
    return [
        Ask(
            row["kind"],
            row["text"],
            {"choices": "\n".join(row["labels"]), "look": "faces"} if "labels" in row else {},
        )
        for row in read_data("frieth-2018")["questions"]
    ]


def _frieth_values(survey: Survey, row: dict[str, Any]) -> dict[str, Any]:
    scales = zip(survey.questions, row["scales"], strict=False)
    values = {
        question.key: question.settings["choices"][place]["key"] for question, place in scales
    }
    return values | {survey.questions[-1].key: row["text"]}


def _summer(world: World, data: dict[str, Any]) -> list[Beat]:
    """Open now: the one to answer on a phone."""
    surveys: list[Survey] = []
    kinds = "Cooking\nTrips\nMusic\nSport\nArt"
    questions = [
        Ask("information", "This takes two minutes. You can skip any question."),
        Ask("one_choice", "What would you come for most?", {"choices": kinds}),
        Ask("several_choices", "What else would you come for?", {"choices": kinds}),
        Ask("ranking", "What matters most to you?", {"choices": "It's free\nMy friends come\nI learn something"}),
        Ask("scale", "How was last summer?", {"choices": "Great\nGood\nOK\nNot good", "look": "faces"}),
        Ask("short_text", "One thing we should do this summer"),
        Ask("yes_no", "Would you help to plan it?", {"not_sure": "y"}),
    ]  # fmt: skip

    def ask(now: datetime) -> None:
        surveys.append(
            world.ask(
                "youth", data["title"], _words(data), questions,
                for_days=24, ages=("13-15",), now=now,
            )
        )  # fmt: skip

    def answer(row: list[Any]) -> Deed:
        def deed(now: datetime) -> None:
            world.answer(surveys[0], _summer_values(surveys[0], row), now=now)

        return deed

    rows = data["answers"]
    answers = [
        Beat(day, answer(row)) for day, row in zip(_spread(9, 1, len(rows)), rows, strict=True)
    ]
    return [Beat(10, ask), *answers]


def _summer_values(survey: Survey, row: list[Any]) -> dict[str, Any]:
    first, others, thing, helps = row
    keys = {
        choice["text"].lower(): choice["key"] for choice in survey.questions[1].settings["choices"]
    }
    more = {
        choice["text"].lower(): choice["key"] for choice in survey.questions[2].settings["choices"]
    }
    return {
        survey.questions[1].key: keys[first],
        survey.questions[2].key: [more[name] for name in others if name in more],
        survey.questions[5].key: thing,
        survey.questions[6].key: helps,
    }


def _quiet(world: World, data: dict[str, Any]) -> list[Beat]:
    """A draft that can't open yet: the gate says why."""

    def draft(now: datetime) -> None:
        world.draft("youth", data["title"], _words(data), now=now)

    return [Beat(3, draft)]
