"""What every story of the demo is made of: beats, and the thread of one consultation through them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.demo.world import ZONE, Ask, World
from tracker.responses.models import SurveyResponse
from tracker.surveys.models import Survey
from tracker.surveys.question_types import AnswerValue
from tracker.themes.models import Theme

Deed = Callable[[datetime], None]
_WORDS = ("purpose", "decision", "decided_by", "not_up_for_change", "readers")


@dataclass(frozen=True)
class Beat:
    """What somebody does on the morning of one day."""

    days_ago: int
    deed: Deed


@dataclass
class Thread:
    """One consultation as its story goes on; its beats fill what the later ones need."""

    world: World
    service: str
    data: Mapping[str, Any]  # its title and its words, as in the data files
    questions: Sequence[Ask]
    ages: Sequence[str]
    for_days: int = 14
    surveys: list[Survey] = field(default_factory=list)
    given: list[SurveyResponse] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)

    @property
    def survey(self) -> Survey:
        return self.surveys[0]

    @property
    def consultation(self) -> Consultation:
        return self.survey.consultation

    def asked(self, days_ago: int) -> Beat:
        """The day on which it opens."""

        def deed(now: datetime) -> None:
            survey = self.world.ask(
                self.service,
                self.data["title"],
                words_of(self.data),
                self.questions,
                for_days=self.for_days,
                ages=self.ages,
                now=now,
            )
            self.surveys.append(survey)

        return Beat(days_ago, deed)

    def answered(
        self, rows: Sequence[Any], values: Callable[[Any], dict[str, AnswerValue]], *, days: range
    ) -> list[Beat]:
        """A response for each row, most of them on the first of `days` (days ago, downwards)."""

        def deed(row: Any) -> Deed:
            return lambda now: self.given.append(
                self.world.answer(self.survey, values(row), now=now)
            )

        return [
            Beat(day, deed(row)) for day, row in zip(_spread(days, len(rows)), rows, strict=True)
        ]

    def heard(
        self, statements: Sequence[str], fits: Sequence[Sequence[int]], *, days_ago: int
    ) -> Beat:
        """The day on which the first `len(fits)` responses are put with the themes that fit them."""

        def deed(now: datetime) -> None:
            self.themes.extend(self.world.name_themes(self.consultation, statements, now=now))
            for response, fitting in zip(self.given, fits, strict=False):
                self.world.hear(response, [self.themes[n] for n in fitting], now=now)

        return Beat(days_ago, deed)


def words_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What a consultation says of itself, as far as the data has it."""
    return {name: data[name] for name in _WORDS if name in data}


def in_days(now: datetime, days: int) -> date:
    """The local date so many days from `now`."""
    return local_date(now, ZONE) + timedelta(days=days)


def _spread(days: range, count: int) -> list[int]:
    long = days.start - days.stop
    return [days.start - round(long * (n / count) ** 1.5) for n in range(count)]
