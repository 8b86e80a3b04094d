"""What the holder of a link may do, what their link has come to, and how plainly an answer speaks.

Pure: plain values and moments in, values out. Who the holder is to the service is read by `queries`
at the moment of use, so that a link is never worth more than the person's tie to the service *now*.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tracker.accounts.policy import RoleName, Tie
from tracker.actions.policy import ActionDraft, Outcome, vague_hint
from tracker.languages import day_in_words, noop, weekday_in_words
from tracker.languages import gettext as _

# How long one person waits before another fresh link is sent to them.
FRESH_LINK_MINUTES = 60
# How long whoever did something through a link may take it back.
UNDO_FOR = timedelta(hours=24)


class Verb(StrEnum):
    """Everything a link in a mail can be used for. All are low-harm; none shows a child's words."""

    RECORD = "record"
    CANNOT = "cannot"
    UNTIL = "until"
    SNOOZE = "snooze"
    HAND_OVER = "hand_over"
    STOP = "stop"
    CHANGE = "change"


_EVERYTHING = frozenset(Verb)
ALLOWED: dict[Tie | RoleName, frozenset[Verb]] = {
    Tie.OWNER: _EVERYTHING,
    Tie.DEPUTY: _EVERYTHING,
    # The one who is told of the delay can't also be the one who puts it off.
    Tie.CONTACT: _EVERYTHING - {Verb.SNOOZE},
    RoleName.PARTICIPATION_LEAD: frozenset({Verb.HAND_OVER}),
}


def verbs_of(*, is_active: bool, held: frozenset[Tie | RoleName]) -> frozenset[Verb]:
    """What somebody who holds these ties and roles may do through a link."""
    if not is_active:
        return frozenset()
    return frozenset().union(*(ALLOWED.get(standing, frozenset()) for standing in held))


class LinkState(StrEnum):
    """What has become of a link, the reason furthest from mending first."""

    UNREADABLE = "unreadable"  # cut short, or never one of ours

    GONE = "gone"  # the consultation or the person no longer exists
    NOT_YOURS = "not_yours"  # the person left, or no longer has to do with the service
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    WORKS = "works"


def link_state(
    *, exists: bool, verbs: frozenset[Verb], is_withdrawn: bool, is_expired: bool
) -> LinkState:
    """What has become of a link whose signature is sound."""
    if not exists:
        return LinkState.GONE
    if not verbs:
        return LinkState.NOT_YOURS
    if is_withdrawn:
        return LinkState.WITHDRAWN
    return LinkState.EXPIRED if is_expired else LinkState.WORKS


class VersionState(StrEnum):
    """What has become of an answer that was recorded."""

    HELD = "held"  # goes on the board by itself
    DRAFT = "draft"  # kept at the desk; never goes on the board by itself
    PUBLISHED = "published"
    STOPPED = "stopped"
    REPLACED = "replaced"  # a newer version of the same action took its place


def version_state(
    *, is_published: bool, is_stopped: bool, is_newest: bool, publishes_by_itself: bool
) -> VersionState:
    """Where one recorded answer stands."""
    if is_published:
        return VersionState.PUBLISHED
    if is_stopped:
        return VersionState.STOPPED if is_newest else VersionState.REPLACED
    return VersionState.HELD if publishes_by_itself else VersionState.DRAFT


class Undo(StrEnum):
    """Whether something that was done through a link can be taken back."""

    OPEN = "open"
    DONE = "done"  # it was taken back
    LATE = "late"
    OVERTAKEN = "overtaken"  # something newer happened, and that stands


def undo_of(done_at: datetime, taken_back_at: datetime | None, newer: str, now: datetime) -> Undo:
    """Whether it can be taken back at `now`; `newer` says what happened since, or is empty."""
    if taken_back_at is not None:
        return Undo.DONE
    if newer:
        return Undo.OVERTAKEN
    return Undo.OPEN if now - done_at < UNDO_FOR else Undo.LATE


_NEAR = {
    -1: noop("yesterday at %(time)s"),
    0: noop("today at %(time)s"),
    1: noop("tomorrow at %(time)s"),
}


def moment_words(moment: datetime, now: datetime, time_zone: str) -> str:
    """A moment as people say it: "tomorrow at 10.15", "on Friday 6 February 2026 at 9.05"."""
    zone = ZoneInfo(time_zone)
    then, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (then.date() - today).days
    time = f"{then.hour}.{then.minute:02}"
    if days in _NEAR:
        return _(_NEAR[days], time=time)
    return _(
        "on %(weekday)s %(day)s at %(time)s",
        weekday=weekday_in_words(then.date()),
        day=day_in_words(then.date()),
        time=time,
    )


_QUESTIONS = {
    Outcome.PLANNED: "What will be different, and where? Say it so that a young person could check.",
    Outcome.DOING: "What will be different, and where? Say it so that a young person could check.",
    Outcome.CANNOT: "What stands in the way? One more plain sentence helps people accept a no.",
    Outcome.ALREADY: "Where can young people find it, and when?",
    Outcome.PASSED_ON: "What did you ask them to do?",
}


def gentle_question(draft: ActionDraft) -> str | None:
    """A question to ask once if the draft is vague, else None. It never stops anybody."""
    if draft.outcome is Outcome.DONE:
        return vague_hint(draft)
    words = draft.reason if draft.outcome is Outcome.CANNOT else draft.text
    # What is vague about something done is as vague about something to come.
    is_vague = vague_hint(ActionDraft(Outcome.DONE, words)) is not None
    return _QUESTIONS.get(draft.outcome) if is_vague else None


@dataclass(frozen=True)
class Given:
    """One card of the page as it came in: whether an answer was given, or the one above repeated."""

    key: str
    has_answer: bool
    repeats_above: bool


def shared_answers(cards: list[Given]) -> dict[str, str | None]:
    """Card key → key of the card whose answer it takes (its own, or the nearest answered above).

    Cards left for later are left out; None means "same as above" with no answer above.
    """
    found: dict[str, str | None] = {}
    above: str | None = None
    for card in cards:
        if card.has_answer:
            above = found[card.key] = card.key
        elif card.repeats_above:
            found[card.key] = above
    return found


@dataclass(frozen=True)
class Answer:
    """One answer, ready to be recorded: for themes still owed one, or as an action's next word."""

    draft: ActionDraft
    theme_ids: tuple[int, ...] = ()
    action_id: int | None = None
