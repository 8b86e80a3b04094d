"""Wording help: what in a question's words could be plainer, fairer or safer to answer.

Pure: words in, findings out. It warns and never refuses, and it reads English only: rules of thumb
that a person weighs, not grammar. Nothing is kept and nothing leaves the machine.
"""

from collections.abc import Callable, Iterator, Sequence

from tracker.wording.policy.askings import double_negatives, long_sentences, two_in_one
from tracker.wording.policy.choices import choice_remarks
from tracker.wording.policy.finding import Finding, Part, Remark, finding
from tracker.wording.policy.leading import leading
from tracker.wording.policy.personal import personal_details
from tracker.wording.policy.reading_age import reading_age
from tracker.wording.policy.words import hard_words, is_english

__all__ = ["Finding", "Part", "Remark", "look_at", "reading_age"]

_RULES: tuple[Callable[[str], Iterator[Remark]], ...] = (
    personal_details,
    two_in_one,
    leading,
    double_negatives,
    long_sentences,
    hard_words,
)
# A line of help may well ask for more than one thing: "What did you do? Who was there?"
_RULES_FOR_HINTS = (personal_details, double_negatives, long_sentences, hard_words)


def look_at(
    text: str, hint: str = "", choices: Sequence[str] = (), kind: str = ""
) -> list[Finding]:
    """What could be better in a question of this kind, the gravest first. Each piece once a part."""
    listed = "\n".join(choices)
    found = [
        *(finding(Part.TEXT, remark, text) for remark in _remarks(text, _RULES)),
        *(finding(Part.HINT, remark, hint) for remark in _remarks(hint, _RULES_FOR_HINTS)),
        *(finding(Part.CHOICES, remark, listed) for remark in _remarks(listed, (hard_words,))),
        *(finding(Part.CHOICES, remark, listed) for remark in choice_remarks(choices, kind)),
    ]
    return list({each.mark: each for each in found}.values())


def _remarks(words: str, rules: Sequence[Callable[[str], Iterator[Remark]]]) -> Iterator[Remark]:
    if is_english(words):
        for rule in rules:
            yield from rule(words)
