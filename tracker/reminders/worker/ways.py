"""Which way a reminder mail travels: by whose choice, in which form, and when it may leave.

Decides nothing about what is due. A way that isn't set up here, or that failed this message, is mail.
"""

from collections.abc import Sequence
from datetime import datetime

from tracker.accounts.models import Person
from tracker.channels.models import Preference
from tracker.channels.policy import AS_USUAL, Channel, Choice, Rhythm, Way, digest_on
from tracker.clock import local_date
from tracker.reminders.models import Mail, Reminder
from tracker.reminders.policy import digest_moment, may_wait, next_window
from tracker.reminders.worker.room import Room, nation_of


def choice_for(room: Room, person_id: int) -> Choice:
    found = room.preferences.get(person_id)
    return found.choice if found else AS_USUAL


def way_of(room: Room, mail: Mail, going: Sequence[Reminder]) -> Way:
    """The way of a mail that holds these reminders. One that can't wait takes all others along."""
    if not all(may_wait(each.case.kind, each.step) for each in going):
        return Way()
    preference = room.preferences.get(mail.person.id)
    if preference is None:
        return Way(can_wait=True)
    is_weekly = preference.rhythm is Rhythm.WEEKLY
    if mail.detour or not leads_somewhere(room, preference, mail.person):
        return Way(Channel.MAIL, is_weekly, can_wait=True, detour=mail.detour or preference.trouble)
    return Way(preference.channel, is_weekly, can_wait=True)


def leads_somewhere(room: Room, preference: Preference, person: Person) -> bool:
    channel = preference.channel
    return channel is not Channel.MAIL and bool(address_on(room, channel, preference, person))


def address_on(room: Room, channel: Channel, preference: Preference | None, person: Person) -> str:
    """Where this channel reaches the person; empty if it doesn't (any more)."""
    if channel is Channel.MAIL:
        return person.email
    if channel not in room.channels or preference is None or preference.channel is not channel:
        return ""
    if channel is Channel.NOTIFY_EMAIL:
        return person.email
    return (room.seal.open(preference.address_sealed.encode()) or b"").decode()


def waits_until(room: Room, mail: Mail, going: Sequence[Reminder]) -> datetime | None:
    """When the weekly digest leaves that all of these wait for; None if one of them leaves now.

    One whose day has gone by, because nothing could be sent then, waits no longer.
    """
    weekday = choice_for(room, mail.person.id).digest_weekday
    if weekday is None or not all(may_wait(each.case.kind, each.step) for each in going):
        return None
    today = local_date(room.now, room.time_zone)
    moments = []
    for each in going:
        nation = nation_of(each)
        queued_on = local_date(each.queued_at, room.time_zone)
        if digest_on(queued_on, weekday, nation) <= today:
            return None
        opens = next_window(room.now, room.time_zone, nation)
        moments.append(digest_moment(opens, weekday, room.time_zone, nation))
    return min(moments)
