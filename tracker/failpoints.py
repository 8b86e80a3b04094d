"""Places where a process can be made to die, to prove that nothing is lost wherever it does.

Before and after every commit that matters, and around every word to a mail server, stands a `reach`.
It does nothing, unless the variable LOOPKEEPER_FAILPOINT was set when the process began:

    sent.done             die by SIGKILL on reaching it
    sent.done@3           on reaching it for the third time
    sent.done@3:raise     raise `FailpointReached` instead, as if something else had gone wrong

The names are those of `FAILPOINTS`. For tests alone: a site that has it set will die.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

VARIABLE = "LOOPKEEPER_FAILPOINT"

# Each commit has a point just before it ("done") and one just after it ("committed").
COMMITS = {
    "any": "whatever a page, a command or a worker has written, savepoints too",
    "tick.asking": "whether anything is due",
    "tick.mending after the clock": "what a clock that ran ahead has left is mended",
    "tick.alarms": "alerts about young people are raised",
    "tick.closing": "consultations are closed on their closing date",
    "tick.publishing": "answers recorded by mail go on the board",
    "tick.finding": "which consultations are to be looked at",
    "tick.looking": "when they are looked at next is settled",
    "tick.chores": "what may be kept no longer is deleted",
    "tick.writing to subscribers": "letters to subscribers are queued",
    "tick.gathering": "reminders are put into the one mail of the day",
    "tick.delivery": "the last of delivery",
    "tick.noting": "the tick is written down",
    "tick.looking for bounces": "the last of reading bounces",
    "look": "cases are opened and closed and reminders queued",
    "claim": "mails are claimed",
    "prepare": "claimed mails are looked at once more, and their bytes stored",
    "sent": "a mail is recorded as sent",
    "later": "a mail is put off to its next try",
    "untried": "a claimed mail is given back untried",
    "refused": "a mail is given up",
    "bounces.old": "old bounces are forgotten",
    "bounces.begun": "the mailbox for bounces is taken for this worker",
    "bounces.letter": "a bounce is taken, and the place in the mailbox",
    "bounces.over": "the mailbox for bounces is let go",
    "bounces.posted": "bounces posted by the mail provider are taken",
    "watchman": "administrators are told that the worker stands still",
    "answers": "answers that came at the same moment are stored together",
    "answer": "an answer that is more than plain is stored",
    "withdraw": "an answer is taken back",
    "correct": "an answer is corrected",
    "verdict": "a verdict is given",
    "capability": "what an owner did by a link in a mail",
    "capability.stop": "an answer is kept off the board by a link in a mail",
    "capability.put back": "an answer that one has stopped goes on the board after all",
    "capability.take back": "a pause, a hand-over or a request is taken back",
    "capability.fresh": "a fresh link is sent for one that ran out",
}
# Each word to a mail server has a point before it is said and one after it was answered.
WORDS = {
    "EHLO": "we say who we are",
    "HELO": "the same to a server of old",
    "STARTTLS": "we ask for encryption",
    "AUTH": "we sign in",
    "MAIL": "we name the sender",
    "RCPT": "we name the recipient",
    "DATA": "we announce the message",
    "RSET": "we begin anew after a refusal",
    "QUIT": "we say goodbye",
}
FAILPOINTS: dict[str, str] = {
    **{f"{place}.done": f"before the commit: {words}" for place, words in COMMITS.items()},
    **{f"{place}.committed": f"after the commit: {words}" for place, words in COMMITS.items()},
    **{f"smtp.{verb}.unsaid": f"{words}: not said yet" for verb, words in WORDS.items()},
    **{f"smtp.{verb}.answered": f"{words}: answered" for verb, words in WORDS.items()},
    "smtp.call.unsaid": "before the mail server is dialled",
    "smtp.call.answered": "the line is open, and nothing has been said on it",
    "smtp.handshake.unsaid": "before the line is encrypted",
    "smtp.handshake.answered": "the line is encrypted",
    "smtp.message.unsaid": "before the first byte of the message",
    "smtp.dot.unsaid": "all of the message is on its way but the dot at its end",
    "smtp.dot.said": "the dot is on its way: from here on the server may have taken it",
    "smtp.dot.answered": "the server said what it did with the message",
}


class FailpointReached(Exception):
    """What goes wrong at a failpoint that was told to raise."""


class NoSuchFailpoint(ValueError):
    """The setting names no failpoint, or says something else that isn't understood."""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise FailpointReached


# What can go wrong. The proofs add ways of their own, such as a lost connection to the database.
WAYS: dict[str, Callable[[], None]] = {"kill": _die, "raise": _raise}


@dataclass
class Trap:
    """What happens at one failpoint, and how often it has still to be reached until then."""

    name: str
    left: int
    way: Callable[[], None]

    def spring(self, name: str) -> None:
        if name == self.name:
            self.left -= 1
            if self.left == 0:
                self.way()


_at_each: Callable[[str], None] | None = None


def reach(name: str) -> None:
    """Say that the process is at this point, one of `FAILPOINTS`."""
    if _at_each is not None:
        _at_each(name)


def at_each(do: Callable[[str], None] | None) -> None:
    """Have something done at each failpoint from now on, in place of what was done until now."""
    global _at_each
    _at_each = do


def trap(setting: str) -> Trap:
    """The trap that a setting asks for. Raises `NoSuchFailpoint`."""
    place, _, way = setting.partition(":")
    name, _, times = place.partition("@")
    if name not in FAILPOINTS or (way or "kill") not in WAYS:
        raise NoSuchFailpoint(f"{VARIABLE} is {setting!r}, which names no failpoint")
    if not (times or "1").isascii() or not (times or "1").isdigit():
        raise NoSuchFailpoint(f"{VARIABLE} is {setting!r}: how often is no number")
    return Trap(name, int(times or 1), WAYS[way or "kill"])


if _setting := os.environ.get(VARIABLE, ""):
    at_each(trap(_setting).spring)
