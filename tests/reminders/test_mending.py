"""What a person is told about a mail that was given up."""

import pytest

from tracker.reminders.policy.mending import BAD_ADDRESS, DeadLetter, Remedy, advice_on
from tracker.reminders.worker.preparing import MAY_HAVE_ARRIVED


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("554 5.7.1 no", "refused the mail for good"),
        ("550 listed at a block list", "refused the mail for good"),
        ("552 5.2.2 no room", "The mailbox of Olu is full."),
        ("550 user over quota", "The mailbox of Olu is full."),
        ("552 5.3.4 too big", "too big"),
        ("552 5.2.3 too long", "too big"),
        ("451 4.3.0 later", "put the mail off each time"),
        ("the line died at the address: TimeoutError: timed out", "put the mail off each time"),
        ("It could not be written: TemplateSyntaxError", "could not be put into words"),
        (MAY_HAVE_ARRIVED, "the line died before it said so"),
        (f"554 no {MAY_HAVE_ARRIVED}", "the line died before it said so"),
        (BAD_ADDRESS, "The address was no e-mail address."),  # mended since
    ],
)
def test_advice_by_the_reason(reason: str, what: str) -> None:
    advice = advice_on(DeadLetter(reason, "Olu"))
    assert what in advice.what
    assert advice.remedy is Remedy.AGAIN


@pytest.mark.parametrize(
    ("letter", "what", "remedy"),
    [
        (DeadLetter("550 5.1.1 no", "Olu", is_bounced=True), "nobody is at", Remedy.ADDRESS),
        (DeadLetter(BAD_ADDRESS, "Olu", has_address=False), "no e-mail", Remedy.ADDRESS),
        (DeadLetter("554 no", "Olu", has_left=True, is_bounced=True), "has left", Remedy.NONE),
        (DeadLetter("552 5.2.2 full", ""), "mailbox of the reader", Remedy.AGAIN),
    ],
    ids=["bounced", "no address", "left", "a subscriber"],
)
def test_advice_by_what_stands_in_the_way(letter: DeadLetter, what: str, remedy: Remedy) -> None:
    advice = advice_on(letter)
    assert what in advice.what
    assert advice.remedy is remedy
