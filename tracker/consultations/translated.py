"""What the public reads of a consultation, in another language where it is translated. Pure."""

from dataclasses import dataclass

from tracker.consultations.models import Consultation
from tracker.languages import current_language
from tracker.languages.translations import said_in

PUBLIC_TEXTS = ("title", "purpose", "decision", "decided_by", "not_up_for_change", "readers")


@dataclass(frozen=True)
class Spoken:
    """Words, and the language they are in."""

    text: str
    language: str


def public_texts(consultation: Consultation) -> dict[str, str]:
    """The texts of a consultation that can be translated, by name."""
    return {name: getattr(consultation, name) or "" for name in PUBLIC_TEXTS}


def in_own_words(consultation: Consultation, name: str, language: str | None = None) -> Spoken:
    """One text in `language` (or the one being spoken); as it was written where it isn't there."""
    language = language or current_language()
    if language != consultation.language:
        said = said_in(public_texts(consultation), consultation.translations, language)
        if name in said:
            return Spoken(said[name], language)
    return Spoken(getattr(consultation, name) or "", consultation.language)
