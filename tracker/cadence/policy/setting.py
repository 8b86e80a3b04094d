"""From what was typed to what is stored: only what differs from above is a setting of one's own. Pure."""

from collections.abc import Mapping

from tracker.reminders.policy import (
    Cadence,
    CadenceSettings,
    StepKey,
    Timing,
    retimed,
    timing_of,
)


def settings_from(
    above: Cadence, steps: Mapping[StepKey, Timing], snooze_days: int, snoozes_per_case: int
) -> CadenceSettings:
    """The settings that make, over `above`, what was typed. A step that wasn't typed is as above."""
    return CadenceSettings(
        steps={
            (kind, rule.step): timing
            for kind, rules in above.rules.items()
            for rule in rules
            if (timing := steps.get((kind, rule.step)))
            and timing_of(retimed(rule, timing)) != timing_of(rule)
        },
        snooze_days=None if snooze_days == above.snooze_days else snooze_days,
        snoozes_per_case=None if snoozes_per_case == above.snoozes_per_case else snoozes_per_case,
    )
