"""How old a reader has to be for a question: an estimate to warn by, never to refuse by. Pure.

The Flesch–Kincaid grade (Kincaid, Fishburne, Rogers and Chissom 1975, "Derivation of new
readability formulas for Navy enlisted personnel"): 0.39 × words per sentence + 11.8 × syllables
per word − 15.59. A pupil in grade g is about g + 5 years old.

The formula was made for passages of a hundred words and jumps about on a question of six. It is
steadied by ten words of everyday speech (1.3 syllables each) that are counted along: one long word
then weighs on a short question, but doesn't settle it. English only: syllables are counted from
the spelling.
"""

import re

YOUNGEST = 5
_STEADY_WORDS, _STEADY_SYLLABLES = 10, 13
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-z]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
# An e that isn't spoken: at the end (named, likes, use, whole; not: table, places, wanted) and
# before an ending (safety, sometimes).
_SILENT = re.compile(
    r"(?:[^aeiouylcgsxzh]es|[^aeioudtyr]ed|[^aeiouyl]e|(?<=[aeiouy])le[sd]?)$"
    r"|(?<=[aeiou][^aeiouy])e(?=(?:ty|ly|ment|ful|less|thing|times|where|body)$)"
)
# Two vowels side by side that are spoken apart: radio, social stays whole, idea, video, playing.
_APART = re.compile(
    r"ia(?!l|n)|io(?!n|us)|(?<=[^cgtx])io(?=us)|(?<=[aeiou][^aeiouy])ea$|eo(?=s?$|[glm])|ua(?!l)"
    r"|(?<=[aeiouy])(?=ing$)"
)


def reading_age(text: str) -> int | None:
    """The age in years, from 5 up, at which `text` can be read; None if it has no Latin words."""
    words = _WORD.findall(text)
    if not words:
        return None
    sentences = sum(bool(_WORD.search(part)) for part in _SENTENCE_END.split(text))
    syllables = sum(syllables_in(word) for word in words)
    per_word = (syllables + _STEADY_SYLLABLES) / (len(words) + _STEADY_WORDS)
    grade = 0.39 * len(words) / sentences + 11.8 * per_word - 15.59
    return max(YOUNGEST, round(grade + 5))


def syllables_in(word: str) -> int:
    """Syllables of an English word, guessed from its groups of vowels; at least one."""
    plain = re.sub(r"['’]", "", word.lower())
    spoken = len(_VOWELS.findall(plain)) + len(_APART.findall(plain))
    return max(1, spoken - len(_SILENT.findall(plain)))
