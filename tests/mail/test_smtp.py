"""SMTP against a real server on loopback: one line for many mails, and every way to fail."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mail.server import Inbox, free_port, smtp_server
from tracker.clock import seconds_running
from tracker.mail.errors import (
    LineLost,
    PermanentMailError,
    ServerUnavailable,
    TemporaryMailError,
    UnknownOutcomeError,
)
from tracker.mail.line import Line, _addresses
from tracker.mail.smtp import SmtpTransport

MESSAGE = b"Subject: Hello\r\n\r\nOne line\r\n.and one that begins with a dot\r\n"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as server:
        yield server


def line_to(inbox: Inbox, **options: object) -> SmtpTransport:
    defaults: dict[str, object] = {"security": "none", "timeout": 3}
    return SmtpTransport(
        host=inbox.host,
        port=inbox.port,
        **(defaults | options),  # type: ignore[arg-type]
    )


def send(line: SmtpTransport, recipient: str = "olu@example.org", message: bytes = MESSAGE) -> None:
    line.send(message, sender="loop@example.org", recipient=recipient)


def test_send_hands_over_the_bytes_as_they_are(inbox: Inbox) -> None:
    with line_to(inbox) as line:
        send(line)
    assert [(r.sender, r.recipient, r.content) for r in inbox.received] == [
        ("loop@example.org", "olu@example.org", MESSAGE)
    ]


def test_send_ends_a_message_without_a_last_line_break(inbox: Inbox) -> None:
    with line_to(inbox) as line:
        send(line, message=b"Subject: Hello\r\n\r\nNo end")
    assert inbox.received[0].content == b"Subject: Hello\r\n\r\nNo end\r\n"


def test_many_mails_share_one_connection(inbox: Inbox) -> None:
    with line_to(inbox) as line:
        for _ in range(5):
            send(line)
    assert len(inbox.received) == 5 and inbox.connections == 1


def test_a_line_dropped_between_mails_is_opened_anew(inbox: Inbox) -> None:
    with line_to(inbox) as line:
        send(line)
        line._line.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        send(line)
    assert len(inbox.received) == 2 and inbox.connections == 2


@pytest.mark.parametrize(
    ("answer", "error", "is_gone"),
    [
        ("450 mailbox busy", TemporaryMailError, None),
        ("421 closing", TemporaryMailError, None),
        ("550 5.1.1 no such user", PermanentMailError, True),
        ("551 not local", PermanentMailError, True),
        ("550 5.7.1 relaying denied", PermanentMailError, False),
        ("552 5.2.2 mailbox full", PermanentMailError, False),
    ],
)
def test_refusal_of_the_recipient(
    inbox: Inbox, answer: str, error: type[Exception], is_gone: bool | None
) -> None:
    inbox.at_rcpt = lambda _: answer
    with line_to(inbox) as line, pytest.raises(error) as refusal:
        send(line)
    assert str(refusal.value) == answer
    assert getattr(refusal.value, "is_recipient_gone", None) is is_gone


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 try later", TemporaryMailError), ("554 5.1.1 no spam", PermanentMailError)],
)
def test_refusal_of_the_message_blames_no_recipient(
    inbox: Inbox, answer: str, error: type[Exception]
) -> None:
    inbox.at_data = lambda _: answer
    with line_to(inbox) as line, pytest.raises(error) as refusal:
        send(line)
    assert not getattr(refusal.value, "is_recipient_gone", False)
    assert inbox.received == []


def test_a_refused_mail_leaves_the_line_open_for_the_next(inbox: Inbox) -> None:
    inbox.at_rcpt = lambda to: "550 no" if to.startswith("bad") else "250 OK"
    with line_to(inbox) as line:
        with pytest.raises(PermanentMailError):
            send(line, "bad@example.org")
        send(line)
    assert len(inbox.received) == 1 and inbox.connections == 1


def test_a_line_that_dies_after_the_message_means_nobody_knows(inbox: Inbox) -> None:
    inbox.at_data = lambda _: "drop"
    with line_to(inbox) as line:
        with pytest.raises(UnknownOutcomeError):
            send(line)
        inbox.at_data = lambda _: "250 OK"
        send(line)
    assert [r.content for r in inbox.received] == [MESSAGE, MESSAGE]


@pytest.mark.parametrize("address", ["olu\r\nRCPT TO:<x@y.z>", "olü@example.org"])
def test_an_address_that_cannot_travel_is_refused_before_anything_is_said(
    inbox: Inbox, address: str
) -> None:
    with line_to(inbox) as line, pytest.raises(PermanentMailError):
        send(line, address)
    assert inbox.connections == 0


def test_no_server_at_all_is_unavailable() -> None:
    nowhere = Inbox(port=free_port())
    with line_to(nowhere) as line, pytest.raises(ServerUnavailable, match="no connection"):
        send(line)


Script = Callable[[socket.socket], None]


@contextmanager
def scripted(script: Script) -> Iterator[Inbox]:
    """A server that follows a script, for what a decent server never does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    script(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Inbox(port=listener.getsockname()[1])
    listener.close()


def listen_only(connection: socket.socket) -> None:
    connection.recv(1)


def talk(
    connection: socket.socket, *answers: str | None, is_wordy: bool = False, waits: bool = True
) -> None:
    """Greet, then answer each line (or the end of a message, if `is_wordy`); None hangs up."""
    connection.sendall(b"220 hello\r\n")
    for number, answer in enumerate(answers):
        said = connection.recv(4096)
        while is_wordy and number == 4 and not said.endswith(b"\r\n.\r\n"):
            said += connection.recv(4096)
        if answer is None:
            return
        connection.sendall(f"{answer}\r\n".encode())
    if waits:
        connection.recv(4096)


def test_a_server_that_never_answers_times_out() -> None:
    with (
        scripted(listen_only) as silent,
        line_to(silent, timeout=0.2) as line,
        pytest.raises(ServerUnavailable),
    ):
        send(line)


def test_a_time_out_after_the_message_means_nobody_knows() -> None:
    def script(connection: socket.socket) -> None:
        talk(connection, "250 me", "250 OK", "250 OK", "354 go")
        connection.recv(4096)  # the message came; no answer ever does

    with (
        scripted(script) as slow,
        line_to(slow, timeout=0.3, limit=0.5) as line,
        pytest.raises(UnknownOutcomeError),
    ):
        send(line)


def test_the_limit_holds_for_all_exchanges_together() -> None:
    def script(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        while connection.recv(4096):
            time.sleep(0.2)  # each answer well within its time-out
            connection.sendall(b"250 OK\r\n")

    begun = seconds_running()
    with (
        scripted(script) as slow,
        line_to(slow, timeout=5, limit=0.5) as line,
        pytest.raises(LineLost, match=r"took too long|timed out"),
    ):
        send(line)
    assert seconds_running() - begun < 3


def test_a_window_that_closes_within_a_long_message_is_no_riddle() -> None:
    with (
        scripted(
            lambda connection: talk(connection, "250 me", "250 OK", "250 OK", "354 go", "")
        ) as deaf,
        line_to(deaf, timeout=0.3, limit=1) as line,
        pytest.raises(LineLost, match="within the message"),
    ):
        send(line, message=b"Subject: Long\r\n\r\n" + b"x" * 70 * 1024 * 1024)


def test_a_server_that_breaks_off_within_the_message_is_no_riddle() -> None:
    def script(connection: socket.socket) -> None:
        talk(connection, "250 me", "250 OK", "250 OK", "354 go on, but no\r\n552 too big")

    with (
        scripted(script) as impatient,
        line_to(impatient) as line,
        pytest.raises(LineLost, match="out of turn"),
    ):
        send(line)


def test_a_refusal_within_a_long_message_is_heard_before_its_end() -> None:
    def script(connection: socket.socket) -> None:
        talk(connection, "250 me", "250 OK", "250 OK", "354 go")
        connection.sendall(b"552 too big\r\n")
        while connection.recv(1024 * 1024):
            pass

    with (
        scripted(script) as strict,
        line_to(strict, timeout=20) as line,
        pytest.raises(LineLost, match="out of turn"),
    ):
        send(line, message=b"Subject: Long\r\n\r\n" + b"x" * 30 * 1024 * 1024)


def test_a_line_that_was_reset_between_mails_is_opened_anew() -> None:
    def script(connection: socket.socket) -> None:
        talk(
            connection, "250 me", "250 OK", "250 OK", "354 go", "250 OK", is_wordy=True, waits=False
        )
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with scripted(script) as rude, line_to(rude) as line:
        send(line)
        time.sleep(0.1)
        send(line)


def test_a_line_is_dialled_anew_once_and_no_more(inbox: Inbox) -> None:
    """Between two mails the server went away for good."""
    answers = iter(["250 OK", "drop"])
    inbox.at_data = lambda _: next(answers)
    with line_to(inbox, limit=2, timeout=1) as line:
        send(line)
        line._port = free_port()
        line._line.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        with pytest.raises(ServerUnavailable, match="refused"):
            send(line)


def test_a_name_that_takes_too_long_to_look_up_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_up = threading.Event()

    def look_up_without_end(*_args: object, **_kwargs: object) -> list[object]:
        given_up.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up_without_end)
    try:
        with pytest.raises(TimeoutError, match="looking up"):
            _addresses("mail.example.org", 25, 0.01)
    finally:
        given_up.set()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 70 + ".example.org", ".example"])
def test_a_server_whose_name_leads_nowhere_is_unavailable(host: str) -> None:
    with line_to(Inbox(host=host, port=25)) as line, pytest.raises(ServerUnavailable):
        send(line)


def test_a_sender_that_cannot_travel_is_our_own_fault(inbox: Inbox) -> None:
    with line_to(inbox) as line, pytest.raises(ServerUnavailable):
        line.send(MESSAGE, sender="löop@example.org", recipient="olu@example.org")
    assert inbox.connections == 0


def test_a_password_that_cannot_be_said_is_our_own_fault(
    server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    with smtp_server(tls=server_tls, password="right") as inbox:
        signing_in = {"user": "loop", "password": "gänse", "context": trusting}
        with (
            line_to(inbox, security="starttls", **signing_in) as line,
            pytest.raises(ServerUnavailable),
        ):
            send(line)


def test_the_next_address_of_a_name_is_dialled_when_the_first_refuses(inbox: Inbox) -> None:
    """A server that listens on one of the two addresses of "localhost" alone, or on both."""
    with line_to(Inbox(host="localhost", port=inbox.port)) as line:
        send(line)
    assert len(inbox.received) == 1


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        (("250 me", "250 OK", "250 OK", "354 go", None), UnknownOutcomeError, "after the message"),
        (("250 me", "250 OK", "250 OK", "354 go", "354 go"), UnknownOutcomeError, "354 go"),
        (("250 me", "250 OK", "250 OK", "354 go", "421 closing"), LineLost, "421 closing"),
        (
            ("250 me", "250 OK", "250 OK", "354 go", "452 later", "250 OK"),
            TemporaryMailError,
            "452",
        ),
        (("250 me", "250 OK", "250 OK", "421 closing"), LineLost, "421 closing"),
        (("250 me", "250 OK", "777 what"), LineLost, "no reply"),
        (("250 me", "250 OK", "250 " + "x" * 200_000), LineLost, "no end"),
        (("250 me", "250 OK", "250-x\r\n" * 20_000), LineLost, "no reply"),
    ],
    ids=["hangs up", "354 again", "421", "452", "421 at DATA", "777", "long line", "many lines"],
)
def test_answers_that_are_none(
    answers: tuple[str | None, ...], error: type[Exception], words: str
) -> None:
    with (
        scripted(lambda connection: talk(connection, *answers, is_wordy=True)) as server,
        line_to(server) as line,
        pytest.raises(error, match=words),
    ):
        send(line)


def test_a_closed_line_says_that_it_is_closed(inbox: Inbox) -> None:
    line = Line(inbox.host, inbox.port, timeout=3, until=seconds_running() + 3)
    line.close()
    with pytest.raises(OSError, match="closed"):
        line.noop()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (("250 me", None), ServerUnavailable),  # hangs up at MAIL FROM, on a fresh line
        (("250 me", "421 too busy"), ServerUnavailable),
        (("250 me", "550 not you"), ServerUnavailable),  # so it would be with any mail
        (("250 me", "450 not now", None), TemporaryMailError),  # and hangs up at RSET
        (("250 me", "450 not now", "500 what"), TemporaryMailError),  # or doesn't know it
        (("250 me", "250 OK", "250 OK", None), TemporaryMailError),  # hangs up at DATA
        (("250 me", "250 OK", "250 OK", "451 no", "250 OK"), TemporaryMailError),
    ],
)
def test_servers_that_give_up_half_way(
    answers: tuple[str | None, ...], error: type[Exception]
) -> None:
    with (
        scripted(lambda connection: talk(connection, *answers)) as server,
        line_to(server) as line,
        pytest.raises(error),
    ):
        send(line)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that only those trust who were given it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def test_starttls_and_sign_in(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with smtp_server(tls=server_tls, password="right") as inbox:
        signing_in = {"user": "loop", "password": "right", "context": trusting}
        with line_to(inbox, security="starttls", **signing_in) as line:
            send(line)
        assert len(inbox.received) == 1


def test_tls_from_the_first_byte(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with smtp_server(tls=server_tls, is_implicit_tls=True) as inbox:
        with line_to(inbox, security="tls", context=trusting) as line:
            send(line)
        assert len(inbox.received) == 1


def test_a_wrong_password_is_unavailable_and_loses_no_mail(
    server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    with smtp_server(tls=server_tls, password="right") as inbox:
        signing_in = {"user": "loop", "password": "wrong", "context": trusting}
        failing = pytest.raises(ServerUnavailable, match="SMTPAuthenticationError")
        with line_to(inbox, security="starttls", **signing_in) as line, failing:
            send(line)
        assert inbox.received == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_refused(
    server_tls: ssl.SSLContext, security: str
) -> None:
    with smtp_server(tls=server_tls, is_implicit_tls=security == "tls") as inbox:
        failing = pytest.raises(ServerUnavailable, match="CERTIFICATE_VERIFY_FAILED")
        with line_to(inbox, security=security) as line, failing:
            send(line)
        assert inbox.received == []


def test_a_server_without_starttls_gets_no_mail_in_the_clear(inbox: Inbox) -> None:
    failing = pytest.raises(ServerUnavailable, match="SMTPNotSupportedError")
    with line_to(inbox, security="starttls") as line, failing:
        send(line)
    assert inbox.received == []
