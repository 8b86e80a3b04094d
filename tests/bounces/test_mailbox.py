"""The conversation with a mailbox: signed in, read-only, each mail once, and never for long."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from config import Config, from_environ
from tests.bounces.conftest import reading
from tests.bounces.server import Box, imap_server
from tracker.bounces.mailbox import Letter, MailboxTrouble, open_mailbox
from tracker.bounces.policy import LARGEST

DAY = date(2026, 3, 9)
MARCH = "9-Mar-2026"

pytestmark = pytest.mark.one_database


@pytest.fixture
def own() -> Config:
    """Settings that need no database."""
    return from_environ({"LOOPKEEPER_SECRET_KEY": "s" * 32, "LOOPKEEPER_DATA": "/tmp"})


def read(settings: Config, after: int = 0, **options: Any) -> list[Letter]:
    defaults: dict[str, Any] = {"timeout": 30, "limit": 60}
    with open_mailbox(settings, **(defaults | options)) as mailbox:
        return list(mailbox.letters(after=after, since=DAY))


def test_mailbox_is_read_from_a_place_on_and_left_as_it_was(own: Config, box: Box) -> None:
    box.put(b"one", b"two\nlines", b"three")
    before = dict(box.letters)

    assert read(reading(own, box), after=1) == [Letter(2, b"two\r\nlines"), Letter(3, b"three")]

    assert box.letters == before
    assert box.commands == [
        "CAPABILITY",
        "AUTHENTICATE PLAIN",
        'EXAMINE "INBOX"',
        f"UID SEARCH UID 2:* SINCE {MARCH}",
        f"UID FETCH 2 (BODY.PEEK[]<0.{LARGEST}>)",
        f"UID FETCH 3 (BODY.PEEK[]<0.{LARGEST}>)",
        "LOGOUT",
    ]


def test_mailbox_with_nothing_new_gives_nothing(own: Config, box: Box) -> None:
    assert read(reading(own, box)) == []
    box.put(b"one")
    assert read(reading(own, box), after=1) == []


def test_mailbox_signs_in_by_login_where_that_is_all_there_is(own: Config) -> None:
    with imap_server(Box(capabilities="IMAP4rev1")) as box:
        box.put(b"one")
        plain = 'a "pass\\word"'
        box.misbehave = lambda verb: b"TAG OK in" if verb == "LOGIN" else None
        assert len(read(reading(own, box, bounce_imap_password=plain))) == 1


def test_mailbox_in_another_folder(own: Config) -> None:
    with imap_server(Box(folder='My "bounces"')) as box:
        box.put(b"one")
        quoted = reading(own, box, bounce_imap_folder='My "bounces"')
        box.folder = 'My \\"bounces\\"'  # as it is written on the line
        assert len(read(quoted)) == 1


def test_mailbox_gives_no_more_than_the_beginning_of_a_huge_mail(own: Config, box: Box) -> None:
    box.put(b"x" * (LARGEST + 5000))

    assert [len(each.content) for each in read(reading(own, box))] == [LARGEST]


def test_mailbox_gives_at_most_two_hundred_at_once(own: Config, box: Box) -> None:
    box.put(*[b"a letter"] * 210)

    assert [each.uid for each in read(reading(own, box))] == list(range(1, 201))


def test_mailbox_passes_over_a_mail_that_has_gone(own: Config, box: Box) -> None:
    box.put(b"one", b"two")
    box.misbehave = lambda verb: (
        b"TAG OK gone" if verb == "UID FETCH" and 1 in box.letters else None
    )
    with open_mailbox(reading(own, box), timeout=30, limit=60) as mailbox:
        letters = mailbox.letters(after=0, since=DAY)
        assert next(letters) == Letter(1, b"")
        del box.letters[1]
        assert next(letters) == Letter(2, b"two")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mailbox_is_read_over_tls(
    own: Config, server_tls: ssl.SSLContext, trusting: ssl.SSLContext, security: str
) -> None:
    served = Box(
        tls=server_tls,
        is_implicit_tls=security == "tls",
        capabilities="IMAP4rev1 AUTH=PLAIN STARTTLS",
    )
    with imap_server(served) as box:
        box.put(b"one")
        settings = reading(own, box, bounce_imap_security=security)

        assert len(read(settings, context=trusting)) == 1
        with pytest.raises(MailboxTrouble, match="SSLCertVerificationError"):
            read(settings)


def test_mailbox_without_starttls_is_told_no_password(own: Config, box: Box) -> None:
    with pytest.raises(MailboxTrouble, match="TLS not supported"):
        read(reading(own, box, bounce_imap_security="starttls"))
    assert box.commands == ["CAPABILITY"]


def test_mailbox_refuses_a_wrong_password(own: Config, box: Box) -> None:
    with pytest.raises(MailboxTrouble, match="that isn't you"):
        read(reading(own, box, bounce_imap_password="wrong"))


def test_mailbox_without_the_folder_says_so(own: Config, box: Box) -> None:
    with pytest.raises(MailboxTrouble, match="no folder Bounces"):
        read(reading(own, box, bounce_imap_folder="Bounces"))


def test_mailbox_that_nobody_serves_is_trouble(own: Config, box: Box) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    with pytest.raises(MailboxTrouble, match="ConnectionRefusedError"):
        read(reading(own, box, bounce_imap_port=port))


VERBS = ["GREETING", "CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH"]
ANSWERS = {
    "no": b"TAG NO not today\0",
    "bad": b"TAG BAD what?",
    "noise": bytes(range(1, 256)) * 20,
    "a line without end": b"* " + b"x" * 2_000_000,
    "a mail without end": b"* 1 FETCH (BODY[] {2000000000}",
    "bye": b"* BYE go away",
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_mailbox_that_answers_badly_is_trouble_and_nothing_else(
    own: Config, box: Box, verb: str, answer: str
) -> None:
    box.put(b"one")
    box.misbehave = lambda said: ANSWERS[answer] if said == verb else None

    trouble, letters = "", []
    try:
        letters = read(reading(own, box), timeout=0.3, limit=1)
    except MailboxTrouble as error:
        trouble = str(error)

    assert trouble.isprintable() and len(trouble) <= 500
    assert [each.content for each in letters] in ([], [b""], [b"one"])


@pytest.mark.parametrize("verb", VERBS[1:])
def test_mailbox_that_hangs_up_is_trouble(own: Config, box: Box, verb: str) -> None:
    box.put(b"one")
    box.misbehave = lambda said: b"" if said == verb else None
    with pytest.raises(MailboxTrouble, match="abort"):
        read(reading(own, box))


@pytest.mark.parametrize("verb", VERBS)
def test_mailbox_that_says_nothing_is_trouble_after_a_while(
    own: Config, box: Box, verb: str
) -> None:
    box.put(b"one")
    box.misbehave = lambda said: (box.is_over.wait(60), b"")[1] if said == verb else None
    began = time.monotonic()
    with pytest.raises(MailboxTrouble):
        read(reading(own, box), timeout=0.3)
    assert time.monotonic() - began < 30


def dripping(line: socket.socket) -> None:
    """Say one letter every tenth of a second, for ever: no answer ever takes too long."""
    with line:
        try:
            while True:
                line.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            return


def tls_handshake_without_end(line: socket.socket) -> None:
    """A record of 16 kB that comes letter by letter."""
    line.sendall(b"\x16\x03\x03\x40\x00")
    dripping(line)


@pytest.mark.parametrize(
    ("serve", "security"), [(dripping, "none"), (tls_handshake_without_end, "tls")]
)
def test_mailbox_that_drips_is_cut_off(
    own: Config, box: Box, serve: Callable[[socket.socket], None], security: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: serve(listener.accept()[0]), daemon=True).start()
        settings = reading(
            own, box, bounce_imap_port=listener.getsockname()[1], bounce_imap_security=security
        )
        began = time.monotonic()
        with pytest.raises(MailboxTrouble):
            read(settings, limit=0.6)
        assert time.monotonic() - began < 20


def read_slowly(settings: Config, pause: float, limit: float) -> list[int]:
    with open_mailbox(settings, timeout=30, limit=limit) as mailbox:
        return [_after(each.uid, pause) for each in mailbox.letters(after=0, since=DAY)]


def _after(uid: int, pause: float) -> int:
    time.sleep(pause)
    return uid


def test_mailbox_is_cut_off_between_two_mails(own: Config, box: Box) -> None:
    box.put(b"one", b"two")
    box.misbehave = lambda said: b"" if len(box.commands) >= 6 else None
    with pytest.raises(MailboxTrouble):
        read_slowly(reading(own, box), pause=0, limit=60)


def test_mailbox_leaves_the_rest_for_later_when_half_its_time_is_over(
    own: Config, box: Box
) -> None:
    box.put(b"one", b"two", b"three")

    # None at all on a machine that is busy; all three never.
    assert read_slowly(reading(own, box), pause=1.2, limit=2) in ([1], [])


def test_mailbox_is_cut_off_before_it_said_a_word(own: Config, box: Box) -> None:
    with pytest.raises(MailboxTrouble):
        read(reading(own, box), limit=0)
