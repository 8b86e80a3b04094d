"""The last look at each claimed mail: is it still true, may it leave now, and which bytes leave.

Ends every mail it is given in one of these: ready to be handed over (state `sending`, with its
bytes stored), put off, or cancelled with the reason. Hands nothing over itself.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config import Config
from tracker.channels.policy import CHANNEL_LABELS, Channel
from tracker.clock import local_date
from tracker.languages import speaking
from tracker.mail.message import BadAddress, compose, stamp
from tracker.reminders.circle import unreachable_because
from tracker.reminders.models import Mail, MailKind, MailState, Reminder, ReminderState
from tracker.reminders.operations import lock_cadence
from tracker.reminders.policy import (
    Judgement,
    is_in_hours,
    may_send_now,
    next_window,
)
from tracker.reminders.policy.mending import BAD_ADDRESS
from tracker.reminders.threads import thread_headers
from tracker.reminders.worker.claiming import MAX_ATTEMPTS, MAX_LAPSES, pause_after
from tracker.reminders.worker.failures import place_of
from tracker.reminders.worker.room import (
    Room,
    claimed_mails,
    has_had_one,
    judged,
    make_room,
    nation_of,
)
from tracker.reminders.worker.ways import address_on, choice_for, waits_until, way_of
from tracker.subscriptions.models import Subscription

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(hours=1)  # at a mail all of whose reminders are held back
NOTHING_LEFT = "Nothing was left to say."
NOBODY_ANY_MORE = "Whoever asked to be told wants no more mails."
MAY_HAVE_ARRIVED = (
    "It may have been sent: the mail server's answer to an earlier try was never known."
)


@dataclass(frozen=True)
class Parcel:
    """One mail ready to leave, free of the database. `is_repeat`: an earlier try may have arrived."""

    mail_id: int
    recipient: str
    content: bytes
    is_repeat: bool
    attempts: int
    is_urgent: bool = False
    channel: Channel = Channel.MAIL


def prepare(
    session: Session,
    worker: str,
    ids: Sequence[int],
    settings: Config,
    *,
    now: datetime,
    channels: Collection[Channel] = (),
) -> list[Parcel]:
    """Look at the claimed mails once more; the parcels of those that leave now.

    While it looks nobody decides what is due, so that no reminder is overtaken under its hands.
    A mail that can't be written is put off, and given up after some tries; it stops no other. One
    with an address that is none is given up at once: a person has to mend it.
    """
    lock_cadence(session, shared=True)
    mails = claimed_mails(session, worker, ids)
    room = make_room(session, settings, mails, now, channels)
    parcels = []
    for mail in mails:
        try:
            with session.begin_nested():
                parcel = _prepare(room, mail)
        except BadAddress:
            _give_up(mail, BAD_ADDRESS, now)
            continue
        except Exception as error:
            log.error("mail %s could not be written: %s", mail.id, place_of(error))
            _give_another_chance(mail, f"It could not be written: {type(error).__name__}", now)
            continue
        if parcel is not None:
            parcels.append(parcel)
    session.flush()
    return parcels


def _prepare(room: Room, mail: Mail) -> Parcel | None:
    if mail.state is MailState.SENDING:
        if mail.recipient is None and mail.subscription is None:
            _cancel(mail, f"{NOBODY_ANY_MORE} {MAY_HAVE_ARRIVED}")
            mail.content = None
            return None
        return _prepare_repeat(room, mail)
    if mail.kind is MailKind.NOTICE:
        return _prepare_notice(room, mail)
    return _prepare_reminders(room, mail)


def _prepare_repeat(room: Room, mail: Mail) -> Parcel | None:
    """A mail some worker left half-way: the same bytes again, unless nothing in it is true any more."""
    waiting = _waiting(mail)
    if mail.kind is MailKind.REMINDER and all(room.over[r.case_id] for r in waiting):
        for reminder in waiting:
            why = f"{room.over[reminder.case_id]} {MAY_HAVE_ARRIVED}"
            _drop(reminder, why, room.now)
        _cancel(mail, MAY_HAVE_ARRIVED)
        return None
    if mail.attempts + 1 >= MAX_ATTEMPTS or mail.lapses >= MAX_LAPSES:
        _give_up(mail, MAY_HAVE_ARRIVED, room.now)
        return None
    if mail.channel is not Channel.MAIL and not _address_of_channel(room, mail):
        turn_to_mail(mail, "It can’t be reached any more.", room.now)
        return None
    if mail.kind is MailKind.REMINDER:
        nation = nation_of(waiting[0])
        if not may_send_now(room.now, room.time_zone, nation) or has_had_one(room, mail):
            not_today = has_had_one(room, mail)
            mail.claimed_until = next_window(room.now, room.time_zone, nation, not_today=not_today)
            mail.claimed_by = ""
            return None
        mail.day = local_date(room.now, room.time_zone)
    mail.attempts += 1
    assert mail.content is not None  # noqa: S101  (stored when it was first handed over)
    return _parcel(room, mail, mail.content, is_repeat=True)


def _prepare_notice(room: Room, mail: Mail) -> Parcel | None:
    if mail.recipient is None:
        return _prepare_for_subscriber(room, mail)
    if why := unreachable_because(mail.recipient):
        _cancel(mail, why)
        return None
    assert mail.notice_key is not None and mail.content is not None  # noqa: S101  (a notice has both)
    if not mail.message_id:
        to = mail.recipient
        message_id = room.message_id(mail.notice_key)
        mail.content = _stamped(room, mail.content, message_id, to_name=to.name, to=to.email)
        mail.message_id = message_id
    return _ready(room, mail, mail.content)


def _prepare_for_subscriber(room: Room, mail: Mail) -> Parcel | None:
    """A mail to somebody who asked to be told: sealed where it is kept, open only on its way."""
    if mail.subscription is None:
        _cancel(mail, NOBODY_ANY_MORE)
        mail.content = None
        return None
    assert mail.notice_key is not None and mail.content is not None  # noqa: S101  (a notice has both)
    if not mail.message_id:
        draft = room.seal.open(mail.content)
        if draft is None:
            _cancel(mail, "It was sealed with a key that isn't known any more.")
            return None
        message_id = room.message_id(mail.notice_key)
        to = _address_of(room, mail.subscription)
        mail.content = room.seal.close(_stamped(room, draft, message_id, to_name="", to=to))
        mail.message_id = message_id
    return _ready(room, mail, mail.content)


def _parcel(room: Room, mail: Mail, content: bytes, *, is_repeat: bool) -> Parcel:
    if mail.subscription is not None:
        address = _address_of(room, mail.subscription)
        content = room.seal.open(content) or b""
    else:
        address = _address_of_channel(room, mail)
    return Parcel(mail.id, address, content, is_repeat, mail.attempts, mail.is_urgent, mail.channel)


def _address_of_channel(room: Room, mail: Mail) -> str:
    preference = room.preferences.get(mail.person.id)
    return address_on(room, mail.channel, preference, mail.person)


def _address_of(room: Room, subscription: Subscription) -> str:
    return (room.seal.open(subscription.address_sealed.encode()) or b"").decode()


def _prepare_reminders(room: Room, mail: Mail) -> Parcel | None:
    waiting = _waiting(mail)
    if not waiting:
        _cancel(mail, NOTHING_LEFT)
        return None
    if not is_in_hours(room.now, room.time_zone):
        _put_off(mail, next_window(room.now, room.time_zone, nation_of(waiting[0])))
        return None
    going, held = _sorted_out(room, mail, waiting)
    if not going:
        if held:
            _put_off(mail, room.now + LOOK_AGAIN)
        else:
            _cancel(mail, NOTHING_LEFT)
        return None
    if has_had_one(room, mail):
        nation = nation_of(going[0])
        _put_off(mail, next_window(room.now, room.time_zone, nation, not_today=True))
        return None
    if digest_at := waits_until(room, mail, going):
        _put_off(mail, digest_at)
        return None
    for reminder in held:
        reminder.mail_id = None
    return _written(room, mail, going)


def _sorted_out(
    room: Room, mail: Mail, waiting: list[Reminder]
) -> tuple[list[Reminder], list[Reminder]]:
    """Those that leave now and those held back; the others are cancelled, each with its reason."""
    going: list[Reminder] = []
    held: list[Reminder] = []
    for reminder in waiting:
        judgement, reason = judged(room, reminder, mail.person)
        if judgement is Judgement.CANCEL:
            _drop(reminder, reason, room.now)
        else:
            (going if judgement is Judgement.SEND else held).append(reminder)
    return going, held


def _written(room: Room, mail: Mail, going: list[Reminder]) -> Parcel:
    """Write the mail as of now. Its Message-ID follows from the reminders in it and nothing else."""
    by_urgency = sorted(going, key=lambda r: (-_rank(room, r), r.id))
    to = mail.person
    cases = [(room.briefings[r.case_id], r.step) for r in by_urgency]
    way = way_of(room, mail, going)
    with speaking(choice_for(room, to.id).language_beside(room.languages_off)):
        rendered = room.writer.write(to, cases, way)
        calendar = room.writer.calendar(cases, now=room.now)
    key = "\n".join(sorted(reminder.key for reminder in going))
    headers = thread_headers(to.id, [each.case.consultation_id for each, _ in cases])
    if way.may_be_fewer:
        headers |= room.writer.fewer(to)
    draft = compose(
        rendered,
        key=key,
        date=room.now,
        headers=headers,
        calendar=calendar,
    )
    message_id = room.message_id(key)
    content = _stamped(room, draft, message_id, to_name=to.name, to=to.email)
    mail.message_id, mail.subject = message_id, rendered.subject[:255]
    mail.channel, mail.detour = way.channel, way.detour
    mail.day = local_date(room.now, room.time_zone)
    return _ready(room, mail, content)


def _rank(room: Room, reminder: Reminder) -> int:
    due = room.briefings[reminder.case_id].scheduled(reminder)
    return due.rank if due else 0


def _stamped(room: Room, draft: bytes, message_id: str, *, to_name: str, to: str) -> bytes:
    return stamp(
        draft,
        to_name=to_name,
        to=to,
        sender_name=f"Loopkeeper, {room.organisation}",
        sender=room.settings.mail_from,
        message_id=message_id,
    )


def _ready(room: Room, mail: Mail, content: bytes) -> Parcel:
    mail.state, mail.content = MailState.SENDING, content
    mail.attempts += 1
    return _parcel(room, mail, content, is_repeat=False)


def _waiting(mail: Mail) -> list[Reminder]:
    return [r for r in mail.reminders if r.state is ReminderState.WAITING]


def _drop(reminder: Reminder, reason: str, now: datetime) -> None:
    reminder.state, reminder.reason = ReminderState.CANCELLED, reason
    reminder.decided_at = now


def _put_off(mail: Mail, until: datetime) -> None:
    mail.not_before, mail.claimed_by, mail.claimed_until = until, "", None


def turn_to_mail(mail: Mail, why: str, now: datetime) -> None:
    """Leave the channel its reader chose: it is written anew, and says why it comes by mail."""
    label = CHANNEL_LABELS[mail.channel]
    mail.detour = f"{label}: {why}"
    mail.state, mail.channel, mail.content, mail.day = MailState.WAITING, Channel.MAIL, None, None
    mail.attempts, mail.not_before, mail.message_id = 0, now, ""
    mail.claimed_by, mail.claimed_until = "", None


def _cancel(mail: Mail, why: str) -> None:
    mail.state, mail.last_error, mail.day = MailState.CANCELLED, why, None
    mail.claimed_by, mail.claimed_until = "", None


def _give_up(mail: Mail, why: str, now: datetime) -> None:
    mail.state, mail.last_error = MailState.FAILED, why
    mail.claimed_by, mail.claimed_until = "", None
    for reminder in _waiting(mail):
        _drop(reminder, why, now)


def _give_another_chance(mail: Mail, why: str, now: datetime) -> None:
    mail.attempts += 1
    if mail.attempts >= MAX_ATTEMPTS:
        _give_up(mail, why, now)
        return
    mail.last_error, mail.claimed_by = why, ""
    again = now + pause_after(mail.attempts, mail.id)
    if mail.state is MailState.SENDING:  # it may have left already, so it stays under way
        mail.claimed_until = again
    else:
        mail.claimed_until, mail.not_before = None, again
