"""Whether a text names one of the people who would be told about it.

Pure. Leans towards yes: then somebody else is told, which costs nothing. A name that is an
everyday word too ("Will", "May") counts only where it is written as a name.
"""

import re
from collections.abc import Iterable, Mapping

from tracker.safeguarding.policy.folding import squeezed, words_of
from tracker.safeguarding.policy.spelling import Speller

_SHORTEST = 3
# First and family names that children write without meaning anybody.
_EVERYDAY = frozenset(
    """will may mark rose grace hope faith joy bill rob sue art pat jack drew dawn amber ruby jade
    iris ivy olive daisy lily holly heather robin summer autumn april june august miles chase grant
    pearl sky star sunny young old long short little small strong good best black white brown green
    grey gray gold silver king knight prince bishop page cook baker butcher farmer fisher hunter
    shepherd carter mason taylor smith cooper turner walker rider wood woods field fields hill hills
    brook brooks rivers lake bush park parks street church house hall banks day friday monday winter
    frost snow love wise sharp swift bird fox wolf lamb bull ball bell case rice bacon berry the and
    not our his her their mum dad teacher miss sir who what""".split()  # noqa: SIM905
)


def named_in(texts: Iterable[str], names: Mapping[int, str]) -> frozenset[int]:
    """The people (by id) of whose names a part stands in one of the texts, slips forgiven."""
    listed = list(texts)
    said = [word for text in listed for word in words_of(text)]
    as_written = {word for text in listed for word in _written_as_names(text)}
    return frozenset(
        person_id for person_id, name in names.items() if _is_named(name, said, as_written)
    )


def _is_named(name: str, said: list[str], as_written: set[str]) -> bool:
    parts = {part for part in words_of(name) if len(part) >= _SHORTEST}
    if parts & _EVERYDAY & as_written:
        return True
    speller = Speller(parts - _EVERYDAY, ())
    return any(speller.meant(word) for word in set(said) if squeezed(word))


def _written_as_names(text: str) -> set[str]:
    """Words with a capital inside a sentence, or after a title."""
    found = re.findall(r"(?<=[^\W_][ ,])[A-Z][\w’'-]+", text)
    titled = re.findall(r"\b(?:mr|mrs|ms|miss|sir|dr)\b\.?\s+([\w’'-]+)", text, re.IGNORECASE)
    return {word for each in (*found, *titled) for word in words_of(each)}
