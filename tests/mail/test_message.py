"""Bytes on the wire: headers by the RFCs, nothing injected, the same every time."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tracker.mail.message import BadAddress, compose, is_address, message_id_of, stamp
from tracker.mail.render import RenderedMail
from tracker.reminders.threads import thread_headers

MAIL = RenderedMail("Hello", "Grüße from the bus\n", "<p>Grüße</p>\n")
NOW = datetime(2026, 2, 4, 10, 0, tzinfo=UTC)


def made(name: str = "Olu", subject: str = "Hello", key: str = "1/nudge/2/2026-01-14") -> bytes:
    mail = RenderedMail(subject, MAIL.text, MAIL.html)
    draft = compose(mail, key=key, date=NOW)
    message_id = message_id_of(key, "loop@example.org")
    return stamped(draft, name=name, message_id=message_id)


def stamped(
    draft: bytes, *, name: str = "Olu", to: str = "olu@example.org", message_id: str = "<1@x.org>"
) -> bytes:
    return stamp(
        draft,
        to_name=name,
        to=to,
        sender_name="Loopkeeper, Åre",
        sender="loop@example.org",
        message_id=message_id,
    )


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_message_has_text_html_and_the_headers_of_an_automatic_mail() -> None:
    message = parsed(made())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["From"] == '"Loopkeeper, Åre" <loop@example.org>'
    assert message["To"] == "Olu <olu@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Wed, 04 Feb 2026 10:00:00 +0000"
    body = message.get_body(("plain",))
    assert body is not None and body.get_content().splitlines() == MAIL.text.splitlines()
    assert message.defects == []


def test_message_is_the_same_to_the_byte_every_time() -> None:
    assert made() == made()


def test_message_id_follows_from_the_key_and_the_senders_domain() -> None:
    one = message_id_of("1/nudge/2/2026-01-14", "loop@example.org")
    assert one == message_id_of("1/nudge/2/2026-01-14", "other@example.org")
    assert one.endswith("@example.org>") and one.startswith("<")
    assert one != message_id_of("1/nudge/3/2026-01-14", "loop@example.org")


@pytest.mark.parametrize(
    "nasty", ["Olu\r\nBcc: all@example.org", "Olu\nX: y", "Olu\x00\x0b", 'O"lu, <x@y.z>', "Ölu 🦦"]
)
def test_names_and_subjects_cannot_write_headers(nasty: str) -> None:
    message = parsed(made(name=nasty, subject=nasty))
    assert message["Bcc"] is None and message["X"] is None
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].addr_spec == "olu@example.org"


def test_message_has_only_lines_that_mail_servers_take() -> None:
    content = made(subject="long " * 100)
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.isascii()


@pytest.mark.parametrize("address", ["", "olu", "a b@x.org", "ö@x.org", "a@b\nc", "a@b@c"])
def test_an_address_that_cannot_be_written_is_refused(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(BadAddress):
        stamped(compose(MAIL, key="k", date=NOW), to=address)


def test_a_stamp_is_replaced_by_the_next() -> None:
    draft = compose(MAIL, key="k", date=NOW)
    first = stamped(draft, name="Ölu Subject: x", to="olu@exmaple.org")
    second = stamped(first)
    assert second == stamped(draft)
    for name in ("From", "To", "Message-ID", "Subject"):
        assert len(parsed(second).get_all(name, [])) == 1


def test_a_calendar_file_travels_beside_the_words_and_leaves_them_as_they_are() -> None:
    calendar = "BEGIN:VCALENDAR\r\nSUMMARY:Grüße\r\nEND:VCALENDAR\r\n"

    def draft() -> bytes:
        return stamped(compose(MAIL, key="k", date=NOW, calendar=calendar))

    message = parsed(draft())
    assert draft() == draft()
    assert message.get_content_type() == "multipart/mixed"
    words, attached = message.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    body = message.get_body(("html",))
    assert body is not None and "Grüße" in body.get_content()
    assert attached.get_content_type() == "text/calendar"
    assert attached["Content-Type"].params["method"] == "PUBLISH"
    assert attached.get_filename() == "promise-date.ics"
    assert attached.get_content().splitlines() == calendar.splitlines()
    assert message.defects == []


@pytest.mark.parametrize("subject", ["Hello", "Grüße"])
def test_references_stay_whole(subject: str) -> None:
    headers = thread_headers(4, range(1, 40))
    content = compose(RenderedMail(subject, "x", "x"), key="k", date=NOW, headers=headers)
    message = parsed(stamped(content))
    assert message["In-Reply-To"] == headers["In-Reply-To"]
    assert message["References"].split() == headers["References"].split()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
