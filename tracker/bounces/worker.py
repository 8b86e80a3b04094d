"""Looking into the mailbox for bounces: part of each tick, but at most once in a few minutes.

No transaction is open while the server is talked to. A worker killed half-way loses nothing: what it
took is committed with its place, what it didn't take is read again. It sends nothing.
"""

import logging
import ssl
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from config import Config
from tracker.bounces.mailbox import LIMIT, TIMEOUT, Letter, Mailbox, MailboxTrouble, open_mailbox
from tracker.bounces.operations import (
    Place,
    begin_look,
    end_look,
    forget_old,
    note_read,
    take_report,
)
from tracker.bounces.policy import LATEST, reports_in
from tracker.failpoints import reach
from tracker.reminders.worker.failures import place_of
from tracker.subscriptions.sealing import Seal

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def look_for_bounces(
    session: Session,
    settings: Config,
    clock: Clock,
    *,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
    limit: float = LIMIT,
) -> int:
    """Take every bounce that has come since the last look; how many. Commits as it goes."""
    forget_old(session, now=clock())
    reach("bounces.old.done")
    session.commit()
    reach("bounces.old.committed")
    if not settings.bounce_imap_host:
        return 0
    place = begin_look(session, _name_of(settings), now=clock())
    reach("bounces.begun.done")
    session.commit()
    reach("bounces.begun.committed")
    if place is None:
        return 0
    taken, trouble = 0, ""
    try:
        with open_mailbox(settings, context=context, timeout=timeout, limit=limit) as mailbox:
            taken = _read(session, mailbox, place, Seal(settings), clock)
    except MailboxTrouble as error:
        trouble = str(error)
        log.warning("the mailbox for bounces can't be read: %s", trouble)
    end_look(session, trouble, now=clock())
    reach("bounces.over.done")
    session.commit()
    reach("bounces.over.committed")
    return taken


def _name_of(settings: Config) -> str:
    host, folder = settings.bounce_imap_host, settings.bounce_imap_folder
    return f"{settings.bounce_imap_user} at {host}, {folder}"


def _read(session: Session, mailbox: Mailbox, place: Place, seal: Seal, clock: Clock) -> int:
    is_known = mailbox.uid_validity == place.uid_validity
    after = place.last_uid if is_known else 0
    taken = 0
    for letter in mailbox.letters(after=after, since=(clock() - LATEST).date()):
        taken += _take(session, letter, seal, clock())
        note_read(session, Place(mailbox.uid_validity, letter.uid))
        reach("bounces.letter.done")
        session.commit()
        reach("bounces.letter.committed")
    return taken


def _take(session: Session, letter: Letter, seal: Seal, now: datetime) -> int:
    """A letter that can't be taken is passed over, so that it doesn't hold up those behind it."""
    try:
        with session.begin_nested():
            return sum(
                take_report(session, one, seal, now=now) for one in reports_in(letter.content)
            )
    except Exception as error:
        log.error("mail %s of the mailbox could not be taken: %s", letter.uid, place_of(error))
        return 0
