"""Bounce mails taken apart: every common form, what is no bounce, and what was made to hurt."""

import time
from base64 import encodebytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bounces.letters import BOUNCES, MESSAGE_ID, NO_BOUNCES, OLU, failed, notification
from tracker.bounces.policy import LARGEST, reports_in
from tracker.bounces.policy.judging import BounceKind, kind_of


@pytest.mark.parametrize("name", BOUNCES)
def test_reading_finds_mail_recipient_and_reason(name: str) -> None:
    (report,) = reports_in(BOUNCES[name])

    assert report.message_ids == (MESSAGE_ID,)
    assert OLU in report.recipients
    assert kind_of(report.status, report.code, report.words) is BounceKind.GONE
    assert report.words


@pytest.mark.parametrize("name", BOUNCES)
def test_reading_doesnt_mind_how_lines_end(name: str) -> None:
    as_sent = BOUNCES[name].replace(b"\n", b"\r\n")

    assert [each.message_ids for each in reports_in(as_sent)] == [(MESSAGE_ID,)]


@pytest.mark.parametrize("name", NO_BOUNCES)
def test_reading_ignores_what_is_no_bounce(name: str) -> None:
    assert reports_in(NO_BOUNCES[name]) == []


def test_reading_keeps_recipients_apart() -> None:
    letter = notification(
        failed(),
        failed("dee@example.org", "4.2.2", "452 4.2.2 Mailbox full"),
        failed("mo@example.org").replace("failed", "delayed"),
    )

    found = [(sorted(each.recipients), each.status, each.code) for each in reports_in(letter)]

    assert found == [([OLU], "5.1.1", 550), (["dee@example.org"], "4.2.2", 452)]


def test_reading_knows_a_recipient_whose_mail_was_passed_on() -> None:
    (report,) = reports_in(notification(failed("olu.private@mail.example")))

    assert report.recipients == {OLU, "olu.private@mail.example"}


def test_reading_takes_the_code_from_the_words_when_the_field_says_nothing() -> None:
    (report,) = reports_in(notification(failed(status="5.0.0", words="552 5.2.2 Over quota")))

    assert (report.status, report.code) == ("5.2.2", 552)


def test_reading_takes_the_status_for_words_when_there_are_none() -> None:
    (report,) = reports_in(notification(failed().partition("Diagnostic-Code")[0]))

    assert (report.status, report.words) == ("5.1.1", "5.1.1")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_reading_decodes_a_status_that_is_encoded_against_the_standard(encoding: str) -> None:
    fields = f"Reporting-MTA: dns; mx.example.net\n\n{failed()}\n".encode()
    encoded = encodebytes(fields) if encoding == "base64" else fields.replace(b"=", b"=3D")
    letter = notification(failed()).replace(
        b"Content-Type: message/delivery-status\n\n" + fields,
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: "
        + encoding.encode()
        + b"\n\n"
        + encoded,
    )

    reports = reports_in(letter)

    assert {(each.message_ids, each.status) for each in reports} == {((MESSAGE_ID,), "5.1.1")}


def test_reading_prefers_the_mail_that_came_back_to_the_thread() -> None:
    letter = notification(failed(), extra="In-Reply-To: <another@example.org>\n")

    assert reports_in(letter)[0].message_ids == (MESSAGE_ID,)


def test_reading_takes_the_last_of_a_thread() -> None:
    extra = f"References: <root@example.org> {MESSAGE_ID}\nIn-Reply-To: not-an-id\n"
    letter = notification(failed(), head="Subject: none", extra=extra)

    assert reports_in(letter)[0].message_ids == (MESSAGE_ID,)


def test_reading_reads_other_scripts_and_unknown_charsets() -> None:
    letter = notification(failed(words="550 5.1.1 Adressé inconnue غير معروف"))
    strange = BOUNCES["exim in words"].replace(
        b"Subject: Mail", b"Content-Type: text/plain; charset=x-nobody-knows\nSubject: Mail"
    )

    assert "Adressé inconnue غير" in reports_in(letter)[0].words
    assert reports_in(strange)[0].message_ids == (MESSAGE_ID,)


def test_reading_knows_the_form_for_addresses_in_other_scripts() -> None:
    letter = notification(failed("ołu@example.org"), head=f"Message-ID: {MESSAGE_ID}")
    letter = letter.replace(b"message/delivery-status", b"message/global-delivery-status")

    assert reports_in(letter)[0].recipients == {"ołu@example.org"}


def test_reading_makes_words_that_can_be_stored() -> None:
    (report,) = reports_in(notification(failed(words="550 5.1.1 a\0b\x07\tc " + "x" * 9000)))

    assert report.words.startswith("550 5.1.1 a b c x")
    assert len(report.words) == 500


def _nested(depth: int) -> bytes:
    opened = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)
    )
    return b"From: mailer-daemon@x.example\n" + opened.encode() + b"\n550 5.1.1\n"


def _letters_in_letters(depth: int) -> bytes:
    return b"From: mailer-daemon@x.example\n" + b"Content-Type: message/rfc822\n\n" * depth


HOSTILE = {
    "ten thousand parts": notification(failed()).replace(
        b"\n--AAA--", b"\n--AAA\n\nx" * 10_000 + b"\n--AAA--"
    ),
    "ten thousand recipients": notification(*[failed(f"p{n}@example.org") for n in range(10_000)]),
    "ten thousand headers": b"X-A: b\n" * 10_000 + notification(failed()),
    "a header without end": b"Subject: " + b"a" * 5_000_000 + b"\n" + notification(failed()),
    "a line without end": notification(failed(words="550 " + "a" * 1_000_000)),
    "folded without end": notification(failed(words="550" + "\n  a" * 200_000)),
    "multiparts in multiparts": _nested(3000),
    "letters in letters": _letters_in_letters(8000),
    "a deep one that is let through": _nested(70),
    "letters in letters that are let through": _letters_in_letters(79),
    "addresses without end": BOUNCES["qmail"].replace(b"<olu@", b"a@" * 60_000 + b"<olu@"),
    "dashes without end": BOUNCES["qmail"].replace(b"--- Below", b"-" * 100_000 + b" copy " * 9000),
    "commas without end": notification(
        failed(), extra="X-Failed-Recipients: " + "a," * 90_000 + "\n"
    ),
    "brackets without end": notification(failed(), head="To: " + "(" * 90_000 + "<" * 9000),
    "a boundary that is empty": notification(failed()).replace(b'"AAA"', b'""'),
    "a boundary that is a pattern": notification(failed()).replace(b'"AAA"', b'"(a+)+$"'),
    "a charset that is a path": BOUNCES["exim in words"].replace(
        b"Subject:", b"Content-Type: text/plain; charset=../../x\0\nSubject:"
    ),
    "half a sign": notification(
        failed(words="550 \udcff\udcfe".encode("utf-8", "surrogateescape").decode("latin-1"))
    ),
    "base64 that isn't": BOUNCES["exim in words"].replace(
        b"Subject:", b"Content-Transfer-Encoding: base64\nSubject:"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_survives_what_was_made_to_hurt(name: str) -> None:
    began = time.process_time()  # a machine that is busy must not fail it
    reports = reports_in(HOSTILE[name])

    assert time.process_time() - began < 2
    assert len(reports) <= 20
    assert all(len(each.words) <= 500 for each in reports)


def test_reading_stops_at_the_size_that_is_read() -> None:
    letter = notification(failed()).replace(b"I'm sorry", b"I'm sorry" + b"x" * LARGEST)

    assert reports_in(letter) == []


@settings(max_examples=300)
@given(st.binary(max_size=2000), st.integers(0, 1200))
def test_reading_never_raises(noise: bytes, at: int) -> None:
    for letter in (noise, BOUNCES["postfix"][:at] + noise + BOUNCES["postfix"][at:]):
        for report in reports_in(letter):
            assert report.words.isprintable()
