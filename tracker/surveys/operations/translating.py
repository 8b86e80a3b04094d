"""Into which languages a survey is translated, and the translations themselves.

They flush and never commit. A language that respondents can already choose stays as they saw it; one
that isn't complete can be worked on after the opening too, and is offered once it is complete.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.consultations.operations import lock_consultation
from tracker.consultations.policy import ConsultationState
from tracker.consultations.translated import public_texts
from tracker.errors import Conflict, NotFound
from tracker.languages import language_named, languages
from tracker.languages.translations import with_translations
from tracker.services.queries import languages_off
from tracker.surveys.models import Survey
from tracker.surveys.operations.changing import SurveyLocked, insist_on_draft, note_change
from tracker.surveys.translated import is_offered, question_texts, survey_texts

# Section → piece → what was typed for it.
Typed = Mapping[str, Mapping[str, str]]


class LanguageSwitchedOff(Conflict):
    """Public pages don't speak this language here, so nobody would read its translations."""

    def __init__(self, language: str) -> None:
        name = language_named(language).english_name
        super().__init__(
            f"{name} is switched off for public pages, so there is nothing to translate into it. What "
            "is translated is kept. An administrator can switch it on again in the settings."
        )


def choose_languages(
    session: Session,
    survey: Survey,
    written_in: str,
    wanted: Collection[str],
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Say what the survey is written in and into what it is translated.

    A language left out keeps its translations, for when it is wanted again. The language of what is
    written is the consultation's: its other surveys are in it too.
    """
    insist_on_draft(session, survey.consultation)
    survey.consultation.language = written_in
    survey.languages = [code for code in languages() if code in wanted and code != written_in]
    note_change(session, survey, person_id, now)


def save_translation(
    session: Session,
    survey: Survey,
    language: str,
    typed: Typed,
    *,
    person_id: int,
    now: datetime,
) -> None:
    """Keep what was typed for one language, as far as it goes; an emptied piece is missing again."""
    lock_consultation(session, survey.consultation)
    refuse_if_off(session, language)
    refuse_if_read(survey, language)
    about = survey.consultation
    about.translations = with_translations(
        public_texts(about), about.translations, language, typed.get("about", {})
    )
    survey.translations = with_translations(
        survey_texts(survey), survey.translations, language, typed.get("survey", {})
    )
    for question in survey.questions:
        question.translations = with_translations(
            question_texts(question),
            question.translations,
            language,
            typed.get(question.key, {}),
        )
    note_change(session, survey, person_id, now)


def refuse_if_off(session: Session, language: str) -> None:
    """Raises `LanguageSwitchedOff`."""
    if language in languages_off(session):
        raise LanguageSwitchedOff(language)


def refuse_if_read(survey: Survey, language: str) -> None:
    """Raises `NotFound` for a language nobody asked for, `SurveyLocked` for one that people read."""
    if language not in survey.languages or language == survey.consultation.language:
        raise NotFound("This survey isn't translated into that language. Choose it first.")
    if survey.consultation.state is ConsultationState.DRAFT:
        return
    if survey.consultation.state is ConsultationState.WITHDRAWN or is_offered(survey, language):
        raise SurveyLocked(
            "People have seen the survey in this language, or can't see it any more, so its words "
            "stay as they are. To ask something else, copy the survey to a new consultation."
        )
