"""What is decided about a response before anything is stored: may it still come in, how long the
form takes, and the four words of a receipt.

Pure: plain values in, a value out. Nothing here reads a clock, a key or a database by itself.
"""

import hmac
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import chain, count, islice, pairwise
from string import ascii_lowercase
from uuid import UUID

from tracker.consultations.policy import ConsultationState
from tracker.responses.words import NEVER_JOINED, WORDS
from tracker.surveys.question_types import Asked, type_of

# A form that was open when the consultation closed is still taken for this long.
GRACE = timedelta(hours=24)
RECEIPT_WORDS = 4

_READING_WORDS_A_SECOND = 2
_SECONDS_TO_CHOOSE = 5
_SECONDS_TO_WRITE = 30
_LONGEST_RECEIPT = 200
_LONGEST_WORD = max(map(len, WORDS))


def accepts(state: ConsultationState, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a response from a phone is taken: while open, and for the grace after closing."""
    if state is ConsultationState.OPEN:
        return True
    if state is not ConsultationState.CLOSED or closed_at is None:
        return False
    return now < closed_at + GRACE


def may_type_in(state: ConsultationState) -> bool:
    """Whether staff may still type in paper forms and meeting notes: late ones count too."""
    return state in (ConsultationState.OPEN, ConsultationState.CLOSED)


def estimated_minutes(questions: Sequence[Asked]) -> int:
    """About how long the form takes a young reader, in whole minutes and never less than one."""
    return max(1, math.ceil(sum(_seconds(question) for question in questions) / 60))


def _seconds(question: Asked) -> float:
    kind = type_of(question)
    choices = kind.choices(question)
    texts = [question.text, question.hint, *(choice.text for choice in choices)]
    reading = sum(len(text.split()) for text in texts) / _READING_WORDS_A_SECOND
    if not kind.asks:
        return reading
    return reading + (_SECONDS_TO_CHOOSE if choices else _SECONDS_TO_WRITE)


def submission_id_from(typed: str) -> UUID | None:
    """The submission id that a page carried, or None if it is missing or malformed."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def receipt_words(submission_id: UUID, attempt: int, key: str) -> str:
    """The receipt of one submission, four words with a space between.

    The same submission gets the same words however often it asks, so a reply that was lost on the
    way can be given again; nobody without the key can work them out from the submission id.
    `attempt` counts up from 0 when the words turn out to be another response's already. Words that
    make something bad with their neighbours are passed over.
    """
    seed = f"words:{submission_id.hex}:{attempt}"
    tries = chain([seed], (f"{seed}:{turn}" for turn in count(1)))
    return next(words for each in tries if goes_together(words := _drawn(each, key)))


def _drawn(seed: str, key: str) -> str:
    digest = hmac.digest(key.encode(), seed.encode(), "sha256")
    size = len(digest) // RECEIPT_WORDS
    parts = (digest[i * size : (i + 1) * size] for i in range(RECEIPT_WORDS))
    return " ".join(WORDS[int.from_bytes(part) % len(WORDS)] for part in parts)


def goes_together(words: str) -> bool:
    """Whether no two neighbours make something bad where one ends and the next begins."""
    return not any(makes_bad_join(one, next_) for one, next_ in pairwise(words.split()))


def makes_bad_join(one: str, next_: str) -> bool:
    """Whether a bad word stands across the seam of these two, read as if they were one."""
    ends = (one[-length:] for length in range(1, min(_LONGEST_START, len(one)) + 1))
    return any(next_.startswith(_REST_OF_BAD[end]) for end in ends if end in _REST_OF_BAD)


def _cut_in_two(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Every beginning of these words → how they may go on."""
    pieces: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        for cut in range(1, len(word)):
            pieces[word[:cut]].append(word[cut:])
    return {start: tuple(rest) for start, rest in pieces.items()}


_REST_OF_BAD = _cut_in_two(NEVER_JOINED)
_LONGEST_START = max(map(len, _REST_OF_BAD))


def receipt_hash(words: str, key: str) -> str:
    """What is stored of a receipt: a keyed hash, from which the words can't be had back."""
    return hmac.digest(key.encode(), f"receipt:{words}".encode(), "sha256").hex()


def read_receipt(typed: str) -> str | None:
    """The receipt meant by what a person typed, or None if it can't be one.

    Capitals, dots, dashes, numbers and line breaks don't matter, and neither does one slip in a word
    (a letter too many, too few, wrong, or two swapped) as long as only one word can be meant. Words
    that run together, or that were torn apart ("sea horse"), are put right where that can be done in
    one way only. The order of the words matters.
    """
    plain = unicodedata.normalize("NFKC", typed[:_LONGEST_RECEIPT]).lower()
    parts = re.findall(r"[^\W\d_]+", plain)
    if len(parts) == RECEIPT_WORDS:
        words = [_word_meant(part) for part in parts]
        if all(words):
            return " ".join(word for word in words if word)
    readings = list(islice(_readings("".join(parts), RECEIPT_WORDS), 2))
    return readings[0] if len(readings) == 1 else None


def _readings(letters: str, number: int) -> Iterator[str]:
    """Every way to read the letters as so many of our words, one after the other, without a slip."""
    if not number:
        if not letters:
            yield ""
        return
    for end in range(1, min(len(letters), _LONGEST_WORD) + 1):
        if (word := letters[:end]) in _known_words():
            yield from (f"{word} {rest}".rstrip() for rest in _readings(letters[end:], number - 1))


@cache
def _known_words() -> frozenset[str]:
    return frozenset(WORDS)


def _word_meant(typed: str) -> str | None:
    if typed in _known_words():
        return typed
    meant = _known_words().intersection(_one_slip_from(typed))
    return next(iter(meant)) if len(meant) == 1 else None


def _one_slip_from(typed: str) -> Iterator[str]:
    for i in range(len(typed) + 1):
        head, tail = typed[:i], typed[i:]
        yield from (f"{head}{letter}{tail}" for letter in ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (f"{head}{letter}{tail[1:]}" for letter in ascii_lowercase)
        if len(tail) > 1:
            yield f"{head}{tail[1]}{tail[0]}{tail[2:]}"
