"""Handing messages to the channels beside mail. A dead one holds up no other, and nothing stays with it.

Each server has an illness of its own. A message that isn't taken after some tries, or is refused for
good, goes by mail instead and says why; whoever's address is no good gets mail from then on.
"""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.channels.operations import hold_choice, leave_channel
from tracker.channels.outlets import Outlets
from tracker.channels.policy import CHANNEL_LABELS, TRIES, Channel
from tracker.mail.errors import (
    LineLost,
    MailError,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.reminders.models import Mail
from tracker.reminders.worker.claiming import hand_back, pause_after, record_detour, record_sent
from tracker.reminders.worker.preparing import MAY_HAVE_ARRIVED, Parcel

LOSSES = 3  # so many in a row, and the server is left alone for this round


@dataclass
class Elsewhere:
    """The channels beside mail in one round, and what is known of their servers by now."""

    outlets: Outlets
    ill: dict[str, str] = field(default_factory=dict)  # why, by server
    losses: dict[str, int] = field(default_factory=dict)  # in a row, by server

    def hand_over(self, parcel: Parcel, sender: str) -> MailError | None:
        """What went wrong, if anything did. A server that is ill isn't asked again."""
        server = server_of(parcel)
        if server in self.ill:
            return TemporaryMailError(self.ill[server])
        try:
            self.outlets[parcel.channel].send(
                parcel.content, sender=sender, recipient=parcel.recipient
            )
        except MailError as error:
            self._note(server, error)
            return error
        self.losses.pop(server, None)
        return None

    def _note(self, server: str, error: MailError) -> None:
        if isinstance(error, LineLost | UnknownOutcomeError):
            self.losses[server] = self.losses.get(server, 0) + 1
        else:
            self.losses.pop(server, None)
        if isinstance(error, ServerUnavailable) or self.losses.get(server, 0) >= LOSSES:
            self.ill[server] = str(error)


def server_of(parcel: Parcel) -> str:
    """Whose server it is: all of GOV.UK Notify's, or the one of this chat."""
    return urlsplit(parcel.recipient).netloc if parcel.channel is Channel.CHAT else "GOV.UK Notify"


@dataclass(frozen=True)
class Settled:
    """What became of a parcel: whether it was still ours to say so, and how it is counted."""

    was_ours: bool
    is_sent: bool


def settle(
    session: Session, worker: str, parcel: Parcel, error: MailError | None, *, now: datetime
) -> Settled:
    """Record what became of a parcel that was handed to a channel. The caller commits."""
    if error is None:
        return Settled(record_sent(session, worker, parcel.mail_id, now=now), is_sent=True)
    is_unknown = parcel.is_repeat or isinstance(error, UnknownOutcomeError)
    why = f"{CHANNEL_LABELS[parcel.channel]}: {error}"
    if isinstance(error, PermanentMailError) or parcel.attempts >= TRIES:
        return Settled(_detoured(session, worker, parcel, error, why, is_unknown, now), False)
    kept = hand_back(
        session,
        worker,
        parcel.mail_id,
        why,
        until=now + pause_after(parcel.attempts, parcel.mail_id),
        is_unknown=is_unknown,
        attempts=parcel.attempts,
    )
    return Settled(kept, is_sent=False)


def _detoured(
    session: Session,
    worker: str,
    parcel: Parcel,
    error: MailError,
    why: str,
    is_unknown: bool,
    now: datetime,
) -> bool:
    said = f"{why} {MAY_HAVE_ARRIVED}" if is_unknown else why
    is_refused = isinstance(error, PermanentMailError)
    reader = session.scalar(select(Mail.recipient_id).where(Mail.id == parcel.mail_id))
    assert reader is not None  # noqa: S101  (a reminder goes to a person)
    if is_refused:
        hold_choice(session, reader, now)
    was_ours = record_detour(session, worker, parcel.mail_id, said, now=now)
    if was_ours and is_refused:
        leave_channel(session, reader, why, now=now)
    return was_ours
