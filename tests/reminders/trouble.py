"""Servers that refuse, are slow or die, and the mails that meet them."""

from datetime import datetime, timedelta

from sqlalchemy import text

from tests.mail.server import Inbox
from tests.reminders.world import World, at
from tracker.mail.errors import UnknownOutcomeError
from tracker.mail.render import RenderedMail
from tracker.mail.smtp import SmtpTransport
from tracker.mail.transport import MemoryTransport
from tracker.reminders.models import Mail
from tracker.reminders.operations import queue_notice

NINE = at("2026-01-08 09:00")
HELLO = RenderedMail("Hello", "Hello", "<p>Hello</p>")


def smtp(inbox: Inbox) -> SmtpTransport:
    return SmtpTransport(host=inbox.host, port=inbox.port, security="none", timeout=60)


class Failing(MemoryTransport):
    """Fails with `error` for the addresses in `only` (for all, if none), else keeps the mail."""

    def __init__(self, error: Exception, *only: str, is_kept: bool = False) -> None:
        super().__init__()
        self.error, self.only, self.is_kept = error, only, is_kept

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        fails = not self.only or recipient in self.only
        if self.is_kept or not fails:
            super().send(message, sender=sender, recipient=recipient)
        if fails:
            raise self.error


class Slow(MemoryTransport):
    """Takes its time, by the clock, for each mail, or hands it to somebody else meanwhile."""

    def __init__(
        self, world: World, *, steals: bool = False, takes: timedelta = timedelta(minutes=2)
    ) -> None:
        super().__init__()
        self.world, self.now, self.steals, self.takes = world, NINE, steals, takes

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        super().send(message, sender=sender, recipient=recipient)
        self.now += self.takes
        if self.steals:
            self.world.session.execute(text("UPDATE mails SET claimed_by = 'another'"))
            self.world.session.commit()


def leave_half_way(world: World, moment: datetime = NINE) -> Mail:
    """A mail that a worker handed over and then died."""
    world.closed()
    world.tick(moment, Failing(UnknownOutcomeError("killed"), is_kept=True))
    mail = world.mails[0]
    mail.claimed_by = "the dead one"
    return mail


def notice(world: World, key: str = "k/1", moment: datetime = NINE) -> Mail:
    return queue_notice(world.session, recipient=world.owner, key=key, rendered=HELLO, now=moment)
