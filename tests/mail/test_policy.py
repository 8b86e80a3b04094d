"""What a server's reply means: by its number, and blaming nobody who may be there."""

import pytest

from tracker.mail.policy import Meaning, Reply, is_recipient_gone, meaning_of


@pytest.mark.parametrize(
    ("code", "expected", "meaning"),
    [
        (199, 2, Meaning.UNHEARD),
        (200, 2, Meaning.YES),
        (250, 2, Meaning.YES),
        (299, 2, Meaning.YES),
        (300, 2, Meaning.UNHEARD),
        (354, 2, Meaning.UNHEARD),
        (354, 3, Meaning.YES),
        (250, 3, Meaning.UNHEARD),
        (399, 3, Meaning.YES),
        (400, 2, Meaning.NOT_NOW),
        (420, 2, Meaning.NOT_NOW),
        (421, 2, Meaning.CLOSING),
        (421, 3, Meaning.CLOSING),
        (422, 2, Meaning.NOT_NOW),
        (499, 3, Meaning.NOT_NOW),
        (500, 2, Meaning.NEVER),
        (599, 3, Meaning.NEVER),
        (600, 2, Meaning.UNHEARD),
        (999, 2, Meaning.UNHEARD),
        (-1, 2, Meaning.UNHEARD),
    ],
)
def test_meaning_of_a_code(code: int, expected: int, meaning: Meaning) -> None:
    assert meaning_of(code, expected=expected) is meaning


@pytest.mark.parametrize(
    ("code", "text", "is_gone"),
    [
        (550, "5.1.1 no such user", True),
        (550, "5.1.1 <olu@example.org>: Recipient address rejected: not allowed", True),
        (553, "5.1.2 no such domain", True),
        (501, "5.1.3 bad address", True),
        (551, "5.1.6 has moved", True),
        (556, "5.1.10 takes no mail", True),
        (550, "5.2.1 mailbox disabled", True),
        (550, "5.1.1\n5.1.1 at length", True),
        (550, "no such user", True),
        (551, "User not local; please try elsewhere", True),
        (553, "", True),
        (550, "5.1.0 address rejected", False),
        (550, "5.1.7 bad sender", False),
        (553, "5.1.8 the sender's domain is unknown", False),
        (552, "5.2.2 mailbox full", False),
        (550, "5.4.1 no answer from the host", False),
        (550, "5.7.1 relaying denied", False),
        (550, "5.7.26 this mail is unauthenticated", False),
        (550, "5.1.11 no such number", False),
        (550, "relaying denied", False),
        (550, "Blocked: listed at zen.example.org", False),
        (550, "Sender verify failed", False),
        (550, "SPF check failed", False),
        (550, "mailbox is full", False),
        (552, "no such user", False),
        (554, "no such user", False),
        (530, "Authentication required", False),
        (550, "5.1.1.7 is no number", True),  # and so the words decide
    ],
)
def test_recipient_is_gone_only_if_the_server_says_so_for_certain(
    code: int, text: str, is_gone: bool
) -> None:
    assert is_recipient_gone(Reply(code, text.encode())) is is_gone


def test_words_of_a_reply_are_one_short_readable_line() -> None:
    assert Reply(550, b"no\nmore\x1b[31m \xff").words == "550 no more [31m �"
    assert Reply(450).words == "450"
    assert len(Reply(550, b"x" * 1000).words) == 300
