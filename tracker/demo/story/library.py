"""The library: asked in three languages, with pictures for the youngest, on phones and at a kiosk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tracker.consultations.policy import AgeBand
from tracker.demo.story.beats import Beat, Deed, words_of
from tracker.demo.world import Ask, World, kiosk_token, read_data
from tracker.kiosk.operations import start_kiosk
from tracker.kiosk.policy import token_hash
from tracker.responses.models import Source
from tracker.surveys.easy_read import QUESTION, Easy, symbol_named
from tracker.surveys.models import Survey
from tracker.surveys.operations import add_survey, choose_languages, save_translation
from tracker.surveys.question_types import AnswerValue
from tracker.surveys.translated import originals_of
from tracker.surveys.variants import Variant

KIOSK_PIN = "2580"
_KIOSK_NAME = "Tablet by the picture books"
_LANGUAGES = ("cy", "ar")
_FOR_THE_YOUNGEST = Variant(AgeBand.SIX_TO_NINE, is_easy_read=True)
_KEYS_OF_YES_NO = ("yes", "no", "not_sure")


def library(world: World) -> list[Beat]:
    """Open now, in English, Welsh and Arabic; easy read for ages 6 to 9, which a kiosk asks too."""
    data = read_data("library")
    surveys: list[Survey] = []

    def ask(now: datetime) -> None:
        surveys.extend(_surveys(world, data, now))
        _start_kiosk(world, surveys, now)

    def answered(row: Sequence[Any], place: int, source: Source) -> Deed:
        language, values = row

        def deed(now: datetime) -> None:
            given = _by_key(values)
            world.answer(surveys[place], given, source=source, language=language, now=now)

        return deed

    phones, kiosk = data["answers"], data["at_the_kiosk"]
    return [
        Beat(6, ask),
        *(Beat(5 - n // 2, answered(row, 0, Source.PHONE)) for n, row in enumerate(phones)),
        *(Beat(4 - n // 2, answered(row, 1, Source.KIOSK)) for n, row in enumerate(kiosk)),
    ]


def _surveys(world: World, data: Mapping[str, Any], now: datetime) -> list[Survey]:
    """The survey for everybody and the one for the youngest, both translated, then opened."""
    first = world.prepare(
        "library",
        data["title"],
        words_of(data),
        [_question(row) for row in data["questions"]],
        for_days=30,
        ages=("6-9", "10-12"),
        now=now,
    )
    person_id, easy = first.consultation.owner_id or 0, data["easy"]
    second = add_survey(
        world.session,
        first.consultation,
        easy["title"],
        variant=_FOR_THE_YOUNGEST,
        person_id=person_id,
        now=now,
    )
    world.add_questions(second, [_question(row) for row in easy["questions"]], now=now)
    for survey in (first, second):
        _translate(world, survey, data["translations"], now)
    world.open(first, now=now)
    return [first, second]


def _question(row: Mapping[str, Any]) -> Ask:
    typed = {"choices": "\n".join(row.get("choices", ())), "look": "faces", "not_sure": "y"}
    return Ask(row["kind"], row["text"], typed, hint=row.get("hint", ""), easy=_easy(row))


def _easy(row: Mapping[str, Any]) -> dict[str, Easy]:
    """The symbol and the sentence of a question, and the symbol of each choice."""
    if "symbol" not in row:
        return {}
    own = {QUESTION: Easy(symbol_named(row["symbol"]), row.get("words", ""))}
    symbols = row.get("symbols", ())
    is_ours = row["kind"] == "yes_no"
    keys = _KEYS_OF_YES_NO if is_ours else [f"c{n}" for n, _ in enumerate(symbols, start=1)]
    return own | {key: Easy(symbol_named(name)) for key, name in zip(keys, symbols, strict=False)}


def _translate(
    world: World, survey: Survey, said: Mapping[str, Mapping[str, str]], now: datetime
) -> None:
    """Say every piece of a survey in every language; a sentence that has none is a mistake here."""
    person_id, written_in = survey.consultation.owner_id or 0, survey.consultation.language
    choose_languages(world.session, survey, written_in, _LANGUAGES, person_id=person_id, now=now)
    for language in _LANGUAGES:
        typed = {
            section: {name: said[words][language] for name, words in pieces.items() if words}
            for section, pieces in originals_of(survey).items()
        }
        save_translation(world.session, survey, language, typed, person_id=person_id, now=now)


def _start_kiosk(world: World, surveys: Sequence[Survey], now: datetime) -> None:
    """The tablet's kiosk. Its token is known beforehand, so that the greeting can tell its address."""
    started = start_kiosk(
        world.session,
        world.services["library"],
        surveys,
        name=_KIOSK_NAME,
        pin=KIOSK_PIN,
        asks_verdicts=False,
        person_id=surveys[0].consultation.owner_id or 0,
        now=now,
    )
    started.kiosk.token_hash = token_hash(kiosk_token(world.receipts_key))


def _by_key(values: Sequence[AnswerValue]) -> dict[str, AnswerValue]:
    return {f"q{n}": value for n, value in enumerate(values, start=1)}
