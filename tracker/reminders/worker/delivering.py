"""Delivery: claim, look once more, hand over, record. Commits after each of these.

No transaction is open while a mail server is talked to. A worker killed at any point loses nothing:
before the claim nothing has happened, after it the lease runs out, and once the bytes are stored
another worker hands over the same bytes with the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from config import Config
from tracker.channels.outlets import NO_OUTLETS, Outlets
from tracker.channels.policy import Channel
from tracker.failpoints import reach
from tracker.mail.errors import (
    LineLost,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.mail.smtp import LIMIT
from tracker.mail.transport import Transport
from tracker.reminders.policy import is_in_hours
from tracker.reminders.worker.claiming import (
    MAX_ATTEMPTS,
    URGENT_PAUSE,
    claim,
    claim_for_elsewhere,
    claim_urgent,
    hand_back,
    pause_after,
    record_refused,
    record_sent,
)
from tracker.reminders.worker.elsewhere import Elsewhere, settle
from tracker.reminders.worker.preparing import MAY_HAVE_ARRIVED, Parcel, prepare
from tracker.services.queries import organisation

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# How long the last look at a mail holds good. Whatever waited longer is looked at again.
FRESH = timedelta(seconds=60)
SERVER_PAUSE = timedelta(minutes=5)
# After this time what is left waits for the next tick, so that the clock's other work is done.
LONGEST_ROUND = timedelta(minutes=3)
# So many mails in a row that took the line down with them: it is the server, not the mails.
LOSSES = 3
# Longer than a mail can wait in a batch (`FRESH`) and then be in a server's hands.
LEASE = FRESH + timedelta(seconds=LIMIT) + FRESH


@dataclass(frozen=True)
class Delivered:
    """What became of the mails that were handed over."""

    sent: int = 0
    refused: int = 0
    put_off: int = 0


@dataclass
class _Round:
    """One worker's delivery: its name, its tools and its count."""

    session: Session
    transport: Transport
    settings: Config
    clock: Clock
    worker: str
    elsewhere: Elsewhere
    only_urgent: bool = False
    sent: int = 0
    refused: int = 0
    put_off: int = 0
    losses: int = 0  # in a row
    no_mail: str = ""  # why no mail server would talk to us


def deliver(
    session: Session,
    transport: Transport,
    settings: Config,
    *,
    clock: Clock,
    look: Callable[[], None] = lambda: None,
    only_urgent: bool = False,
    outlets: Outlets = NO_OUTLETS,
) -> Delivered:
    """Send every mail that may leave now. Any number of workers may do so at once.

    `look` is called before each batch: what it queues as urgent leaves with the next one, and so
    waits for no long line of reminders. However ill the server is, it is over within `LONGEST_ROUND`
    and one batch; a mail that takes the line down with it costs itself a try and the others nothing.
    `outlets` are the channels beside mail: they go on when mail can't, and mail when they can't.
    """
    round_ = _Round(
        session, transport, settings, clock, uuid4().hex, Elsewhere(outlets), only_urgent
    )
    ends = clock() + LONGEST_ROUND
    with transport:
        look()
        while clock() < ends and (ids := _claim(round_)):
            _deliver_batch(round_, ids)
            look()
    return Delivered(round_.sent, round_.refused, round_.put_off)


def _claim(round_: _Round) -> list[int]:
    session, now = round_.session, round_.clock()
    own = organisation(session)
    ids: list[int] = []
    if own.is_sending:
        ids = _claim_some(round_, now, is_in_hours=is_in_hours(now, own.time_zone))
    reach("claim.done")
    session.commit()
    reach("claim.committed")
    return ids


def _claim_some(round_: _Round, now: datetime, *, is_in_hours: bool) -> list[int]:
    if round_.no_mail:
        if not (round_.elsewhere.outlets and is_in_hours) or round_.only_urgent:
            return []
        return claim_for_elsewhere(round_.session, round_.worker, now=now, lease=LEASE)
    ids = claim_urgent(round_.session, round_.worker, now=now)
    if ids or round_.only_urgent:
        return ids
    return claim(round_.session, round_.worker, now=now, lease=LEASE, with_reminders=is_in_hours)


def _deliver_batch(round_: _Round, ids: list[int]) -> None:
    """Hand over one batch, the mails first: they are the quicker ones."""
    looked_at = round_.clock()
    parcels = prepare(
        round_.session,
        round_.worker,
        ids,
        round_.settings,
        now=looked_at,
        channels=round_.elsewhere.outlets,
    )
    reach("prepare.done")
    round_.session.commit()
    reach("prepare.committed")
    for parcel in sorted(parcels, key=lambda each: each.channel is not Channel.MAIL):
        if round_.no_mail and parcel.channel is Channel.MAIL:
            _give_back(round_, parcel, round_.no_mail, round_.clock() + _pause(parcel))
        elif round_.clock() - looked_at > FRESH:
            _give_back(round_, parcel, "", round_.clock() - timedelta(seconds=1))
        elif parcel.channel is Channel.MAIL:
            round_.no_mail = _hand_over(round_, parcel)
        else:
            _hand_elsewhere(round_, parcel)


def _hand_elsewhere(round_: _Round, parcel: Parcel) -> None:
    error = round_.elsewhere.hand_over(parcel, round_.settings.mail_from)
    settled = settle(round_.session, round_.worker, parcel, error, now=round_.clock())
    _note(round_, parcel, "sent" if settled.is_sent else "later", settled.was_ours)
    round_.sent += settled.is_sent
    round_.put_off += not settled.is_sent


def _hand_over(round_: _Round, parcel: Parcel) -> str:
    """Hand one parcel over and record what became of it; why, if no other has to be tried now."""
    losses, round_.losses = round_.losses, 0
    try:
        round_.transport.send(
            parcel.content, sender=round_.settings.mail_from, recipient=parcel.recipient
        )
    except ServerUnavailable as error:
        _give_back(round_, parcel, str(error), round_.clock() + _pause(parcel))
        return str(error)
    except (LineLost, UnknownOutcomeError) as error:
        is_unknown = parcel.is_repeat or isinstance(error, UnknownOutcomeError)
        _try_later(round_, parcel, str(error), is_unknown=is_unknown)
        round_.losses = losses + 1
        return str(error) if round_.losses >= LOSSES else ""
    except TemporaryMailError as error:
        _try_later(round_, parcel, str(error), is_unknown=parcel.is_repeat)
    except PermanentMailError as error:
        why = f"{error} {MAY_HAVE_ARRIVED}" if parcel.is_repeat else str(error)
        _refused(round_, parcel, why, is_recipient_gone=error.is_recipient_gone)
    else:
        _note(
            round_,
            parcel,
            "sent",
            record_sent(round_.session, round_.worker, parcel.mail_id, now=round_.clock()),
        )
        round_.sent += 1
    return ""


def _try_later(round_: _Round, parcel: Parcel, why: str, *, is_unknown: bool) -> None:
    if parcel.attempts >= MAX_ATTEMPTS:
        _refused(round_, parcel, f"{why} {MAY_HAVE_ARRIVED}" if is_unknown else why)
        return
    kept = hand_back(
        round_.session,
        round_.worker,
        parcel.mail_id,
        why,
        until=round_.clock() + _pause(parcel, pause_after(parcel.attempts, parcel.mail_id)),
        is_unknown=is_unknown,
        attempts=parcel.attempts,
    )
    _note(round_, parcel, "later", kept)
    round_.put_off += 1


def _pause(parcel: Parcel, pause: timedelta = SERVER_PAUSE) -> timedelta:
    return min(pause, URGENT_PAUSE) if parcel.is_urgent else pause


def _give_back(round_: _Round, parcel: Parcel, why: str, until: datetime) -> None:
    """Untried: it costs the mail none of its tries."""
    kept = hand_back(
        round_.session,
        round_.worker,
        parcel.mail_id,
        why,
        until=until,
        is_unknown=parcel.is_repeat,
        attempts=parcel.attempts - 1,
    )
    _note(round_, parcel, "untried", kept)
    round_.put_off += 1


def _refused(round_: _Round, parcel: Parcel, why: str, *, is_recipient_gone: bool = False) -> None:
    kept = record_refused(
        round_.session,
        round_.worker,
        parcel.mail_id,
        why,
        now=round_.clock(),
        is_recipient_gone=is_recipient_gone,
    )
    _note(round_, parcel, "refused", kept)
    round_.refused += 1


def _note(round_: _Round, parcel: Parcel, what: str, was_ours: bool) -> None:
    reach(f"{what}.done")
    round_.session.commit()
    reach(f"{what}.committed")
    if not was_ours:
        log.warning("mail %s was taken over by another worker meanwhile", parcel.mail_id)
