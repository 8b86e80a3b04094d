"""Which reminders may wait for a weekly digest or travel by another channel than mail. Pure.

Polite ones, while nobody but the owner and the deputies hears. What tells somebody else, the promised
day itself and work that nobody looks after never wait: they go by mail, at once, whatever was chosen.
(Alerts about a young person are no reminders, and nothing that anybody chooses touches them.)
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from tracker.channels.policy import digest_on
from tracker.clock import local_moment
from tracker.reminders.policy.cadence import CADENCE, OPENS_AT, CaseKind, Step
from tracker.working_days import Nation

_POLITE = frozenset(
    {
        Step.NEXT_STEPS,
        Step.NUDGE,
        Step.NUDGE_AGAIN,
        Step.PROMISE_SOON,
        Step.DUE_SOON,
        Step.ASKED_AGAIN,
    }
)
_MAY_WAIT = frozenset(
    (kind, rule.step)
    for kind, rules in CADENCE.items()
    for rule in rules
    if rule.step in _POLITE and rule.can_wait and not rule.is_escalation
)


def may_wait(kind: CaseKind, step: Step) -> bool:
    """Whether its reader may have this step of such a case later, or elsewhere."""
    return (kind, step) in _MAY_WAIT


def digest_moment(earliest: datetime, weekday: int, time_zone: str, nation: Nation) -> datetime:
    """When a digest leaves that may not leave before `earliest`: at once on its day, else as it opens."""
    today = earliest.astimezone(ZoneInfo(time_zone)).date()
    day = digest_on(today, weekday, nation)
    return max(earliest, local_moment(day, OPENS_AT, time_zone))
