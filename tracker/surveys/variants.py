"""Whom a survey is for, beside the other surveys of its consultation. Pure."""

from dataclasses import dataclass

from tracker.consultations.policy import AGE_BAND_WORDS, AgeBand
from tracker.languages import gettext as _
from tracker.languages import noop

_FOR_AGES = {
    AgeBand.SIX_TO_NINE: noop("For ages 6 to 9"),
    AgeBand.TEN_TO_TWELVE: noop("For ages 10 to 12"),
    AgeBand.THIRTEEN_TO_FIFTEEN: noop("For ages 13 to 15"),
    AgeBand.SIXTEEN_TO_SEVENTEEN: noop("For ages 16 and 17"),
    AgeBand.EIGHTEEN_UP: noop("For ages 18 and over"),
}


@dataclass(frozen=True)
class Variant:
    """An easy-read version, one for an age band, or both; neither is for everybody."""

    age_band: AgeBand | None = None
    is_easy_read: bool = False

    @property
    def for_author(self) -> str:
        """In an author's words: "easy read, ages 6 to 9"; empty for everybody."""
        ages = f"ages {AGE_BAND_WORDS[self.age_band]}" if self.age_band else ""
        return ", ".join(part for part in ("easy read" if self.is_easy_read else "", ages) if part)

    @property
    def for_respondent(self) -> str:
        """In a respondent's words and language; empty for everybody."""
        if self.age_band is None:
            return _("Easier version with pictures") if self.is_easy_read else ""
        ages = _(_FOR_AGES[self.age_band])
        return _("%(ages)s, easier with pictures", ages=ages) if self.is_easy_read else ages
