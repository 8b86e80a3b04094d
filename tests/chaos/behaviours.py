"""The ways in which a mail server can misbehave, each with what it may do to a mail and what not.

The outcome says what has become of the mails for as long as it goes on:

    sent      all have arrived all the same
    later     none has arrived and none is blamed: they wait, untried or for their next try
    unknown   they may have arrived: each is repeated with the same Message-ID and bytes
    patchy    each was sent or waits
    refused   given up at once, with the reason, and nobody's address blamed
    gone      given up at once, and the address counts as dead
"""

from tests.chaos.hostile_smtp import Answer, Behaviour, Talk
from tracker.reminders.models import MailState

_WAITS = {MailState.WAITING}
# What may have become of each mail, by outcome, while the behaviour goes on.
STATES: dict[str, set[MailState]] = {
    "sent": {MailState.SENT},
    "later": _WAITS,
    "unknown": {MailState.WAITING, MailState.SENDING},
    "patchy": {MailState.SENT, MailState.WAITING},
    "refused": {MailState.FAILED},
    "gone": {MailState.FAILED},
}


def say(*lines: str) -> Answer:
    words = "".join(f"{line}\r\n" for line in lines).encode()
    return lambda _: words


def raw(words: bytes) -> Answer:
    return lambda _: words


def trickle(words: bytes) -> Answer:
    """One byte at a time, and no end to it."""

    def trickling(talk: Talk) -> bytes:
        place = 0
        while True:
            talk.say(words[place : place + 1] or b"x")
            place += 1
            talk.wait(talk.server.beat)

    return trickling


def endless(talk: Talk) -> bytes:
    while True:
        talk.say(b"250-and another line\r\n" * 500)


def after(words: bytes, then: Answer) -> Answer:
    """Say `words`, then do something else."""

    def both(talk: Talk) -> bytes:
        talk.say(words)
        return then(talk)

    return both


def late(talk: Talk) -> bytes:
    talk.wait(0.1)
    return talk.decent


def deaf(talk: Talk) -> bytes:
    """Ask for the message and never read it, so that the window closes."""
    talk.say(b"354 go on\r\n")
    talk.wait(3600)
    return b""


def is_second(talk: Talk) -> bool:
    return len(talk.server.kept) % 2 == 1 and talk.server.seen[talk.recipient] == 1


def is_new(talk: Talk) -> bool:
    return talk.server.seen[talk.recipient] == 1


drop, reset, stall = Talk.drop, Talk.reset, Talk.stall
_GARBAGE = bytes(range(1, 256)).replace(b"\n", b"") * 4 + b"\r\n"
_LONG = b"550-no\r\n" * 12_500 + b"550 no\r\n"  # 100 kB
_ON = b"354 go on\r\n"
_TAKEN = b"250 taken\r\n"
_NOT_NOW = (("RCPT", b"450 not now\r\n"),)
_BARE = b"250 hostile.example.org\r\n"

BEHAVIOURS = (
    Behaviour("hangs up before its greeting", "CONNECT", drop, "later"),
    Behaviour("resets the line before its greeting", "CONNECT", reset, "later"),
    Behaviour("never greets", "CONNECT", stall, "later", holds=True),
    Behaviour("greets with 554 no service", "GREETING", say("554 no service"), "later"),
    Behaviour("greets with 421 too busy", "GREETING", say("421 too busy"), "later"),
    Behaviour("greets with garbage", "GREETING", raw(_GARBAGE), "later"),
    Behaviour("greets with half a line", "GREETING", after(b"22", drop), "later"),
    Behaviour("greets without end", "GREETING", endless, "later"),
    Behaviour("greets a byte at a time", "GREETING", trickle(b"220 hello"), "later", holds=True),
    Behaviour(
        "answers before it is asked",
        "GREETING",
        say("220 hello", "250 hello", "250 fine", "250 fine", "354 go on", "250 taken"),
        "later",
    ),
    Behaviour("hangs up at EHLO", "EHLO", drop, "later"),
    Behaviour("never answers EHLO", "EHLO", stall, "later", holds=True),
    Behaviour("knows neither EHLO nor HELO", "EHLO", say("502 what"), "later"),
    Behaviour(
        "knows HELO alone", "EHLO", say("502 what"), "sent", when=lambda talk: talk.answered == 1
    ),
    Behaviour("answers EHLO with 100 kB", "EHLO", raw(_LONG.replace(b"550", b"250")), "later"),
    Behaviour("offers no STARTTLS", "EHLO", raw(_BARE), "later", security="starttls"),
    Behaviour("refuses STARTTLS", "STARTTLS", say("454 not now"), "later", security="starttls"),
    Behaviour(
        "cuts the handshake", "STARTTLS", after(b"220 go\r\n", drop), "later", security="starttls"
    ),
    Behaviour(
        "stalls in the handshake",
        "STARTTLS",
        after(b"220 go\r\n", stall),
        "later",
        holds=True,
        security="starttls",
    ),
    Behaviour(
        "trickles in the handshake",
        "STARTTLS",
        after(b"220 go\r\n", trickle(b"\x16\x03\x03\x40\x00\x02")),
        "later",
        holds=True,
        security="starttls",
    ),
    Behaviour(
        "lets words in the clear be slipped in",
        "STARTTLS",
        say("220 go", "250 hello"),
        "later",
        security="starttls",
    ),
    Behaviour(
        "shows a certificate for another name",
        "",
        drop,
        "later",
        security="starttls",
        certificate="another name",
    ),
    Behaviour(
        "shows a certificate that has run out",
        "",
        drop,
        "later",
        security="starttls",
        certificate="run out",
    ),
    Behaviour("offers no sign-in", "EHLO", raw(_BARE), "later", signs_in=True),
    Behaviour("refuses the password", "AUTH", say("535 5.7.8 no"), "later", signs_in=True),
    Behaviour("can't sign in just now", "AUTH", say("454 4.7.0 no"), "later", signs_in=True),
    Behaviour("never answers AUTH", "AUTH", stall, "later", holds=True, signs_in=True),
    Behaviour("hangs up at AUTH", "AUTH", drop, "later", signs_in=True),
    Behaviour("puts the sender off", "MAIL", say("451 4.3.0 later"), "later"),
    Behaviour("refuses the sender", "MAIL", say("550 5.7.1 not you"), "later"),
    Behaviour("closes at MAIL", "MAIL", say("421 4.3.2 closing"), "later"),
    Behaviour("hangs up at MAIL", "MAIL", drop, "later"),
    Behaviour("never answers MAIL", "MAIL", stall, "later", holds=True),
    Behaviour("answers MAIL with 999", "MAIL", say("999 what"), "later"),
    Behaviour(
        "answers three commands at once", "MAIL", say("250 fine", "250 fine", "354 go on"), "later"
    ),
    Behaviour("puts the recipient off", "RCPT", say("450 4.2.1 busy"), "later"),
    Behaviour("knows no such mailbox", "RCPT", say("550 5.1.1 no such user"), "gone"),
    Behaviour("relays for nobody", "RCPT", say("550 5.7.1 relaying denied"), "refused"),
    Behaviour("blames a block list", "RCPT", say("550 listed at a block list"), "refused"),
    Behaviour("has a full mailbox", "RCPT", say("552 5.2.2 mailbox full"), "refused"),
    Behaviour("closes at RCPT", "RCPT", say("421 4.7.0 slow down"), "later"),
    Behaviour(
        "knows no such mailbox, at length",
        "RCPT",
        say("550-5.1.1 The account that you tried to reach", "550 5.1.1 does not exist."),
        "gone",
    ),
    Behaviour(
        "knows no such mailbox, in French",
        "RCPT",
        raw("550 5.1.1 Boîte aux lettres inconnue\r\n".encode("latin-1")),
        "gone",
    ),
    Behaviour("refuses with 100 kB", "RCPT", raw(_LONG), "later"),
    Behaviour("hangs up at RCPT", "RCPT", drop, "later"),
    Behaviour("resets the line at RCPT", "RCPT", reset, "later"),
    Behaviour("never answers RCPT", "RCPT", stall, "later", holds=True),
    Behaviour("answers RCPT a byte at a time", "RCPT", trickle(b"250 "), "later", holds=True),
    Behaviour("answers RCPT twice", "RCPT", say("250 fine", "250 fine"), "later"),
    Behaviour("says yes in several lines", "RCPT", say("250-quite", "250 fine"), "sent"),
    Behaviour("ends its lines as Unix does", "RCPT", raw(b"250 fine\n"), "sent"),
    Behaviour("keeps a grey list", "RCPT", say("450 4.7.1 greylisted"), "patchy", when=is_new),
    Behaviour("asks for the message late", "DATA", late, "sent"),
    Behaviour("puts the message off", "DATA", say("451 4.3.0 later"), "later"),
    Behaviour("refuses the message", "DATA", say("554 5.7.1 no"), "refused"),
    Behaviour("answers DATA with 250", "DATA", say("250 fine"), "later"),
    Behaviour("asks a byte at a time", "DATA", trickle(b"354 "), "later", holds=True),
    Behaviour("hangs up before the bytes", "DATA", after(_ON, drop), "unknown"),
    Behaviour("closes its window", "DATA", deaf, "unknown", holds=True),
    Behaviour("hangs up within the bytes", "BODY", drop, "unknown"),
    Behaviour("resets the line within the bytes", "BODY", reset, "unknown"),
    Behaviour("takes it and hangs up", "DOT", drop, "unknown", keeps=True),
    Behaviour("hangs up without taking it", "DOT", drop, "unknown"),
    Behaviour("takes it and never says so", "DOT", stall, "unknown", holds=True, keeps=True),
    Behaviour(
        "says so a byte at a time", "DOT", trickle(b"250 "), "unknown", holds=True, keeps=True
    ),
    Behaviour(
        "says so in half a line",
        "DOT",
        after(b"250 tak", stall),
        "unknown",
        holds=True,
        keeps=True,
    ),
    Behaviour("says so without end", "DOT", endless, "unknown", keeps=True),
    Behaviour("takes it and answers garbage", "DOT", raw(_GARBAGE), "unknown", keeps=True),
    Behaviour("takes it and answers 999", "DOT", say("999 what"), "unknown", keeps=True),
    Behaviour("takes it and says so late", "DOT", late, "sent", keeps=True),
    Behaviour("takes it and says so twice", "DOT", say("250 yes", "250 yes"), "sent", keeps=True),
    Behaviour("takes it and says 200", "DOT", say("200 yes"), "sent", keeps=True),
    Behaviour("takes it and resets the line", "DOT", after(_TAKEN, reset), "sent", keeps=True),
    Behaviour("takes one mail on each line", "DOT", after(_TAKEN, drop), "sent", keeps=True),
    Behaviour("puts each second one off", "DOT", say("451 later"), "patchy", when=is_second),
    Behaviour(
        "takes each second one and denies it",
        "DOT",
        say("451 later"),
        "patchy",
        when=is_second,
        keeps=True,
    ),
    Behaviour("finds the message too big", "DOT", say("552 5.3.4 too big"), "refused"),
    Behaviour("names a mailbox too late", "DOT", say("554 5.1.1 no such user"), "refused"),
    Behaviour("hangs up after two mails", "MAIL", drop, "sent", when=lambda talk: talk.mails >= 2),
    Behaviour(
        "says goodbye after two mails",
        "DOT",
        after(b"250 taken\r\n421 4.4.2 enough\r\n", drop),
        "sent",
        when=lambda talk: talk.mails >= 2,
        keeps=True,
    ),
    Behaviour("hangs up at RSET", "RSET", drop, "later", others=_NOT_NOW),
    Behaviour("never answers RSET", "RSET", stall, "later", holds=True, others=_NOT_NOW),
    Behaviour("knows no RSET", "RSET", say("502 what"), "later", others=_NOT_NOW),
    Behaviour("never answers QUIT", "QUIT", stall, "sent", holds=True),
    Behaviour("hangs up at QUIT", "QUIT", drop, "sent"),
)
