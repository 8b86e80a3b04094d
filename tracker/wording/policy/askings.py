"""How a question is put: its length, its negatives, and whether it asks two things at once."""

import re
from collections.abc import Iterator

from tracker.wording.policy.finding import Remark

MOST_WORDS = 20  # in one sentence

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_CLAUSE = re.compile(r"[,;:.!?…()\n]|\b(?:and|but|or|if|when|because|so|while|who)\b")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NOT = re.compile(
    r"\b(?:not|never|no|nobody|no one|nothing|none|nowhere|neither|hardly|cannot|\w+n['’]t)\b", re.I
)
# Words with a "not" inside, which a plain "not" turns round once more.
_INSIDE_OUT = re.compile(
    r"\b(?:un(?:able|comfortable|clear|fair|friendly|happy|helpful|important|kind|likely|necessary"
    r"|pleasant|safe|sure|true|wanted|welcome|well)|dis(?:agree|like|allow|trust|satisfied)\w*"
    r"|im(?:possible|polite)|without|unless|except|against|avoid|prevent|ban|forbid)\b",
    re.I,
)
# "Why not?", "or not", "if not": said everywhere, and nobody stumbles.
_HARMLESS = re.compile(
    r"\b(?:why not|or not|if not|if no|yes or no|not sure|no longer|not only|no matter)\b"
    r"|\b(?:don['’]t|do not) know\b",
    re.I,
)
_ASKING = r"(?:what|how|why|when|where|who|which|do|does|did|is|are|was|were|can|could|would|should|have|will)"
_TWO_ASKINGS = re.compile(
    rf"\b{_ASKING}\b[^?.!]*?(\band (?:what|how|why|when|where|who|which|"
    r"(?:do|does|did|is|are|was|were|can|could|would|should|have|will)"
    r" (?:you|we|they|it|there|the|your)\b)[^?.!]*)",
    re.I,
)
_QUALITIES = (
    "safe clean friendly helpful kind fun warm welcoming easy quick fast fair good useful "
    "interesting healthy happy quiet calm clear cheap nice polite honest tidy comfortable bright "
    "modern welcome listened respected included supported trusted heard exciting relaxed involved "
    "valued confident open tasty fresh reliable understood accessible affordable"
)
_QUALITY = f"(?:{'|'.join(_QUALITIES.split())})"
_TWO_QUALITIES = re.compile(rf"\b{_QUALITY} and (?:(?:how|as) )?{_QUALITY}\b", re.I)
_A_THING = r"(?:the|your|our|their|its|this|that|these|those|his|her)\s+[\w’'-]+(?:\s+[\w’'-]+)?"
_ABOUT_TWO_THINGS = re.compile(
    rf"\b(?:like|enjoy|rate|use|trust|(?:happy|pleased|satisfied) with|(?:think|feel) (?:of|about))"
    rf"\s+({_A_THING} and {_A_THING})",
    re.I,
)
_ONE_THING = re.compile(
    r"\b(?:friends and (?:your )?family|family and (?:your )?friends|mums? and (?:your )?dads?"
    r"|brothers? and (?:your )?sisters?|arts? and crafts?|food and drinks?|boys and girls"
    r"|children and young people|nice and \w+|safe and sound|food and the drinks?)\b",
    re.I,
)


def long_sentences(text: str) -> Iterator[Remark]:
    """Sentences of more than twenty words."""
    for sentence in _SENTENCE.findall(text):
        words = len(_WORD.findall(sentence))
        if words > MOST_WORDS:
            what = f"A long sentence: {words} words."
            yield Remark("long_sentence", _trimmed(sentence), what, "Make two or three of it.")


def double_negatives(text: str) -> Iterator[Remark]:
    """Two negatives that a reader has to take away from each other."""
    for sentence in _SENTENCE.findall(text):
        for clause in _CLAUSE.split(_HARMLESS.sub(" ", sentence)):
            plain, hidden = len(_NOT.findall(clause)), len(_INSIDE_OUT.findall(clause))
            if plain and plain + hidden > 1:
                what = "Two negatives: people have to work out what “yes” would mean."
                change = "Say it the other way round, without “not”."
                yield Remark("double_negative", _trimmed(sentence), what, change)
                break


def two_in_one(text: str) -> Iterator[Remark]:
    """Two things asked at once, so that one answer can't say which it is for."""
    piece = _second_asking(text)
    if piece:
        what = "This asks two things at once. One answer can’t say which of them it is for."
        yield Remark("two_in_one", piece, what, "Ask one thing here, and the other on its own.")


def _second_asking(text: str) -> str:
    """The piece that shows it, or nothing."""
    if text.count("?") > 1 and len([part for part in text.split("?") if _WORD.search(part)]) > 1:
        return _trimmed(text)
    if found := re.search(r"\S*\band ?/ ?or\b\s*\S*", text, re.I):
        return found[0]
    plain = _ONE_THING.sub(" ", text)
    for pattern, group in ((_TWO_ASKINGS, 1), (_TWO_QUALITIES, 0), (_ABOUT_TWO_THINGS, 1)):
        if found := pattern.search(plain):
            return _trimmed(found[group])
    return ""


def _trimmed(piece: str) -> str:
    plain = " ".join(piece.split())
    return plain if len(plain) <= 120 else f"{plain[:119]}…"
