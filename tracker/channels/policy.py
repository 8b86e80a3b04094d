"""How often, by which channel and in which language reminders reach a person; the day of a digest.

Pure. Which reminders may wait at all is a rule of the cadence (`tracker.reminders.policy.waiting`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.languages import ENGLISH, noop
from tracker.working_days import Nation, roll_forward


class Rhythm(StrEnum):
    AT_ONCE = "at_once"
    WEEKLY = "weekly"


class Channel(StrEnum):
    """The ways a reminder can travel."""

    MAIL = "mail"
    CHAT = "chat"  # Microsoft Teams, Slack or ntfy
    NOTIFY_EMAIL = "notify_email"  # GOV.UK Notify, to the person's e-mail address
    NOTIFY_TEXT = "notify_text"  # GOV.UK Notify, to a mobile phone


CHANNEL_LABELS = {
    Channel.MAIL: "E-mail",
    Channel.CHAT: "Chat: Microsoft Teams, Slack or ntfy",
    Channel.NOTIFY_EMAIL: "E-mail through GOV.UK Notify",
    Channel.NOTIFY_TEXT: "Text message through GOV.UK Notify",
}
# Those that need an address of their own.
ADDRESSED = frozenset({Channel.CHAT, Channel.NOTIFY_TEXT})
WEEKDAYS = (
    noop("Monday"),
    noop("Tuesday"),
    noop("Wednesday"),
    noop("Thursday"),
    noop("Friday"),
)
TRIES = 3  # on a channel, before the message goes by mail


@dataclass(frozen=True)
class Choice:
    """What a person chose. `weekday`: 0 is Monday, the day of a weekly digest. `language`: its code."""

    rhythm: Rhythm = Rhythm.AT_ONCE
    weekday: int = 0
    channel: Channel = Channel.MAIL
    language: str = ENGLISH

    @property
    def digest_weekday(self) -> int | None:
        """The day of the digest; None without one."""
        return self.weekday if self.rhythm is Rhythm.WEEKLY else None

    def language_beside(self, off: Collection[str]) -> str:
        """The language of what we write; English while theirs is among those switched `off`."""
        return ENGLISH if self.language in off else self.language


AS_USUAL = Choice()


@dataclass(frozen=True)
class Way:
    """How one message travels. `detour`: why by mail, if its reader chose otherwise."""

    channel: Channel = Channel.MAIL
    is_weekly: bool = False
    can_wait: bool = False  # everything in it may
    detour: str = ""

    @property
    def is_short(self) -> bool:
        """One line for each case, instead of a letter."""
        return self.is_weekly or self.channel is not Channel.MAIL

    @property
    def may_be_fewer(self) -> bool:
        """Whether one press in the mail program makes these mails fewer."""
        return self.can_wait and not self.is_short


USUAL_WAY = Way()


def digest_on(day: date, weekday: int, nation: Nation) -> date:
    """The first day of a digest that is not before `day`: on a bank holiday the next working day."""
    latest = day - timedelta(days=(day.weekday() - weekday) % 7)
    falls_on = roll_forward(latest, nation)
    return falls_on if falls_on >= day else roll_forward(latest + timedelta(days=7), nation)
