"""A mail server misbehaves in one way while mails are due; then it mends, and what was left arrives."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.chaos.accounting import Account, account
from tests.chaos.behaviours import STATES
from tests.chaos.hostile_smtp import PASSWORD, USER, Behaviour, HostileServer
from tracker.accounts.models import Person
from tracker.clock import seconds_running
from tracker.mail.render import RenderedMail
from tracker.mail.smtp import SmtpTransport
from tracker.reminders.models import Mail, MailState
from tracker.reminders.operations import queue_notice, send_again
from tracker.reminders.worker import deliver

NOW = make.NOW
PAUSE = timedelta(hours=5)  # longer than any mail waits for its next try
_SOON = {"timeout": 0.08, "limit": 0.2}  # for servers that hold whom they talk to
_BEARABLE = {"timeout": 0.5}  # for those that do so when all has been said


class Stopwatch(SmtpTransport):
    """The product's own transport; knows how long it was held by one mail at most."""

    longest = 0.0

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        begun = seconds_running()
        try:
            super().send(message, sender=sender, recipient=recipient)
        finally:
            self.longest = max(self.longest, seconds_running() - begun)


@dataclass(frozen=True)
class Siege:
    """How it went: while it lasted, and after the server had mended."""

    during: Account
    afterwards: Account
    longest: float  # seconds for which one mail was held
    tries: int

    @property
    def problems(self) -> tuple[str, ...]:
        return self.during.problems + self.afterwards.problems


def transport_to(
    server: HostileServer, behaviour: Behaviour | None, **patience: float
) -> Stopwatch:
    """The way to the server, set up as the behaviour supposes."""
    signs_in = behaviour is not None and behaviour.signs_in
    return Stopwatch(
        host="127.0.0.1",
        port=server.port,
        security=behaviour.security if behaviour else "none",
        user=USER if signs_in else "",
        password=PASSWORD if signs_in else "",
        context=server.certificates.trusting,
        **({"timeout": 20} | patience),
    )


def queue_mails(session: Session, count: int, name: str) -> None:
    """One mail each to so many people."""
    first = session.scalar(select(func.count()).select_from(Person)) or 0
    for number in range(first, first + count):
        person = make.make_person(session, f"Reader {number}", email=f"r{number}@example.org")
        words = f"Mail {number}\n.a line that begins with a dot\n\nGrüße, {name}\n"
        queue_notice(
            session,
            recipient=person,
            key=f"siege/{number}",
            rendered=RenderedMail(f"Mail {number}", words, f"<p>{words}</p>"),
            now=NOW,
        )
    session.commit()


def besiege(
    session: Session,
    settings: Config,
    server: HostileServer,
    behaviour: Behaviour,
    *,
    mails: int,
    rounds: int,
) -> Siege:
    """Let the server misbehave for some rounds of delivery, then mend it and deliver the rest."""
    server.log.clear()
    server.seen.clear()
    queue_mails(session, mails, behaviour.name)
    last = session.scalar(select(func.max(Mail.id))) or 0
    own = select(Mail).where(Mail.id > last - mails).order_by(Mail.id)
    now, longest = NOW, 0.0

    def rounds_of(count: int, hostile: Behaviour | None) -> None:
        nonlocal now, longest
        server.behaviour = hostile
        for _ in range(count):
            transport = transport_to(server, hostile, **_patience(hostile))
            _deliver(session, settings, transport, now)
            longest = max(longest, transport.longest)
            now += PAUSE

    rounds_of(rounds, behaviour)
    during = _account(session, own, server, behaviour)
    tries = sum(deed.verb == "RCPT" for deed in server.log)
    for mail in session.scalars(own.where(Mail.state == MailState.FAILED)):
        mail.person.is_bounced = False  # somebody corrected the address
        send_again(session, mail, now=now)
    session.commit()
    rounds_of(1, None)
    afterwards = _account(session, own, server, None)
    return Siege(during, afterwards, longest, tries)


def _patience(behaviour: Behaviour | None) -> dict[str, float]:
    if behaviour is None or not behaviour.holds:
        return {}
    return _BEARABLE if behaviour.outcome == "sent" else _SOON


def _deliver(session: Session, settings: Config, transport: SmtpTransport, now: datetime) -> None:
    deliver(session, transport, settings, clock=lambda: now)
    session.expire_all()


def _account(
    session: Session,
    own: Select[Mail],
    server: HostileServer,
    behaviour: Behaviour | None,
) -> Account:
    mails = list(session.scalars(own))
    found = account(mails, list(server.log))
    allowed = STATES[behaviour.outcome] if behaviour else {MailState.SENT}
    wrong = {str(mail.state) for mail in mails} - set(allowed)
    blamed = sum(mail.person.is_bounced for mail in mails)
    due = len(mails) if behaviour is not None and behaviour.outcome == "gone" else 0
    problems = [
        *found.problems,
        *([f"mails that are {', '.join(sorted(wrong))}"] if wrong else []),
        *([f"{blamed} people marked as bounced, not {due}"] if blamed != due else []),
    ]
    return replace(found, problems=tuple(problems))
