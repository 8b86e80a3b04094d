"""Accounts for each mail after a mail server misbehaved: the outbox against the server's own log."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.hostile_smtp import Deed
from tracker.reminders.models import Mail, MailState

_OPEN = (MailState.WAITING, MailState.SENDING)


@dataclass(frozen=True)
class Account:
    """What became of the mails of one run. `problems` is empty if nothing was lost or unexplained."""

    sent: int
    waiting: int
    given_up: int
    copies: int  # messages that arrived more than once, each of them counted from the second on
    problems: tuple[str, ...]


def account(mails: Sequence[Mail], log: Sequence[Deed]) -> Account:
    """Every mail is sent, waits or is a dead letter with its reason; every copy has a logged fault."""
    arrived: dict[str, list[Deed]] = defaultdict(list)
    for deed in log:
        if deed.is_kept:
            arrived[deed.message_id].append(deed)
    problems = [*_of_mails(mails, arrived), *_of_copies(arrived)]
    if unknown := set(arrived) - {mail.message_id for mail in mails}:
        problems.append(f"{len(unknown)} messages arrived that nobody sent")
    return Account(
        sent=sum(mail.state is MailState.SENT for mail in mails),
        waiting=sum(mail.state in _OPEN for mail in mails),
        given_up=sum(mail.state is MailState.FAILED for mail in mails),
        copies=sum(len(same) - 1 for same in arrived.values()),
        problems=tuple(problems),
    )


def _of_mails(mails: Sequence[Mail], arrived: dict[str, list[Deed]]) -> Iterator[str]:
    for mail in mails:
        came = arrived.get(mail.message_id, [])
        if mail.state is MailState.SENT:
            if not came:
                yield f"mail {mail.id} counts as sent and never arrived"
        elif mail.state is MailState.CANCELLED:
            yield f"mail {mail.id} is lost: {mail.last_error}"
        elif not mail.last_error and (mail.attempts or mail.state is not MailState.WAITING):
            yield f"mail {mail.id} is {mail.state} and nobody knows why"
        elif any(not deed.fault for deed in came):
            yield f"mail {mail.id} arrived with no fault and isn't known to be sent"


def _of_copies(arrived: dict[str, list[Deed]]) -> Iterator[str]:
    for message_id, same in arrived.items():
        if len({deed.digest for deed in same}) > 1:
            yield f"{message_id} arrived with other bytes"
        if len({deed.recipient for deed in same}) > 1:
            yield f"{message_id} arrived at two people"
        if any(not deed.fault for deed in same[:-1]):
            yield f"{message_id} arrived again with no fault before"
