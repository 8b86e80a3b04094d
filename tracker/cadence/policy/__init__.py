"""The rules of setting the cadence: limits, words, and the year that it would make. All pure."""

from tracker.cadence.policy.foresight import (
    MANY_MAILS,
    Addressee,
    ForeseenMail,
    Line,
    Prospect,
    foresee,
    in_service_alone,
    surge,
)
from tracker.cadence.policy.limits import (
    SNOOZE_LENGTH,
    SNOOZE_TIMES,
    FaultKey,
    Reach,
    faults_everywhere,
    faults_of,
    reach_of,
)
from tracker.cadence.policy.setting import settings_from
from tracker.cadence.policy.words import (
    anchor_in_words,
    audience_in_words,
    changes_in_words,
    step_in_words,
)
from tracker.cadence.policy.year import (
    Day,
    Month,
    PersonYear,
    Square,
    Year,
    end_of_year,
    year_of,
)

__all__ = [
    "MANY_MAILS",
    "SNOOZE_LENGTH",
    "SNOOZE_TIMES",
    "Addressee",
    "Day",
    "FaultKey",
    "ForeseenMail",
    "Line",
    "Month",
    "PersonYear",
    "Prospect",
    "Reach",
    "Square",
    "Year",
    "anchor_in_words",
    "audience_in_words",
    "changes_in_words",
    "end_of_year",
    "faults_everywhere",
    "faults_of",
    "foresee",
    "in_service_alone",
    "reach_of",
    "settings_from",
    "step_in_words",
    "surge",
    "year_of",
]
