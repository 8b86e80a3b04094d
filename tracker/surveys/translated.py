"""A survey in another language: which it can be shown in, what is missing, and how it reads there.

Pure: models and words in, words out. A language is offered to respondents only when every piece of
the survey and of what its consultation says first is translated and still fits the original.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.consultations.translated import public_texts
from tracker.languages.translations import Piece, Standing, pieces_in, said_in
from tracker.surveys.easy_read import easy_read_said, easy_texts
from tracker.surveys.models import Question, Survey
from tracker.surveys.question_types import type_of


def survey_texts(survey: Survey) -> dict[str, str]:
    """The texts of the survey itself."""
    return {"title": survey.title}


def question_texts(question: Question) -> dict[str, str]:
    """The texts of a question of any kind, with the sentences of its easy read."""
    return type_of(question).pieces(question) | easy_texts(question.easy_read)


@dataclass(frozen=True)
class Section:
    """The pieces of one thing: the consultation, the survey, or question number `number`."""

    name: str  # what the names of its inputs begin with
    pieces: list[Piece]
    number: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a survey is translated into one language."""

    language: str
    sections: list[Section]

    @property
    def pieces(self) -> list[Piece]:
        return [piece for section in self.sections for piece in section.pieces]

    @property
    def missing(self) -> int:
        return sum(piece.standing is Standing.MISSING for piece in self.pieces)

    @property
    def outdated(self) -> int:
        return sum(piece.standing is Standing.OUTDATED for piece in self.pieces)

    @property
    def is_complete(self) -> bool:
        return all(piece.standing is Standing.DONE for piece in self.pieces)


def progress_in(survey: Survey, language: str) -> Progress:
    """Every piece of the survey and of its consultation, and how it stands in `language`."""
    about = survey.consultation
    first = [
        Section("about", pieces_in(public_texts(about), about.translations, language)),
        Section("survey", pieces_in(survey_texts(survey), survey.translations, language)),
    ]
    asked = [
        Section(
            question.key,
            pieces_in(question_texts(question), question.translations, language),
            number,
            question.kind,
        )
        for number, question in enumerate(survey.questions, start=1)
    ]
    return Progress(language, [each for each in [*first, *asked] if each.pieces])


def languages_offered(survey: Survey) -> list[str]:
    """The languages respondents can choose: the one it is written in, and those that are complete."""
    written_in = survey.consultation.language
    complete = (
        code
        for code in survey.languages
        if code != written_in and progress_in(survey, code).is_complete
    )
    return [written_in, *complete]


def is_offered(survey: Survey, language: str) -> bool:
    """Whether respondents can choose to read the survey in this language."""
    return language in languages_offered(survey)


def language_for(survey: Survey, wanted: str) -> str:
    """The language to show the survey in to somebody who speaks `wanted`."""
    offered = languages_offered(survey)
    return wanted if wanted in offered else offered[0]


class TranslatedQuestion:
    """A question as it reads in another language; all but its words is the question's own."""

    def __init__(self, question: Question, language: str, survey: "TranslatedSurvey") -> None:
        kind = type_of(question)
        said = said_in(question_texts(question), question.translations, language)
        self._question = question
        self.survey = survey
        self.language = language if "text" in said else question.language
        self.text = said.get("text", question.text)
        self.hint = said.get("hint", question.hint)
        self.easy_read = easy_read_said(question.easy_read, said)
        self.settings: dict[str, Any] = kind.translated_settings(question.settings, said)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._question, name)


class TranslatedSurvey:
    """A survey as it reads in another language; what isn't translated stays as it was written."""

    def __init__(self, survey: Survey, language: str) -> None:
        said = said_in(survey_texts(survey), survey.translations, language)
        self._survey = survey
        self.title = said.get("title", survey.title)
        self.language = language if "title" in said else survey.language
        self.questions = [TranslatedQuestion(each, language, self) for each in survey.questions]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._survey, name)


def in_language(survey: Survey, language: str) -> Survey | TranslatedSurvey:
    """The survey as it reads in `language`."""
    if language == survey.consultation.language:
        return survey
    return TranslatedSurvey(survey, language)


def incomplete(
    surveys: Iterable[Survey], off: Collection[str] = ()
) -> list[tuple[Survey, Progress]]:
    """The languages that surveys are being translated into and that aren't complete.

    Nobody has to translate into those that are switched off (`off`).
    """
    return [
        (survey, progress)
        for survey in surveys
        for code in survey.languages
        if code not in (survey.consultation.language, *off)
        and not (progress := progress_in(survey, code)).is_complete
    ]


def originals_of(survey: Survey) -> Mapping[str, Mapping[str, str]]:
    """Section → piece → original, for what a translator sends."""
    return {
        "about": public_texts(survey.consultation),
        "survey": survey_texts(survey),
        **{each.key: question_texts(each) for each in survey.questions},
    }
