"""Whether a translation can stand in for its original without breaking a page. Pure.

A sentence with a placeholder that isn't filled would be an error on the page; one with a tag of its
own would be taken as part of the page. Such a translation is never spoken.
"""

import re
from collections.abc import Sequence

# As many as one file may be, in bytes: ten times what all sentences need.
LARGEST_FILE = 1_000_000
NUMBER = "%(num)s"
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")

Sentence = str | Sequence[str]


def fault_in(original: Sentence, said: Sentence) -> str | None:
    """Why the translation can't be used, in plain words; None if it can.

    In a sentence that counts, any form may leave the number out: "one day", "two days".
    """
    counts = not isinstance(original, str)
    wanted = set(_PLACEHOLDER.findall(" ".join(_forms(original))))
    for form in filter(None, _forms(said)):
        found = set(_PLACEHOLDER.findall(form))
        if extra := found - wanted:
            return f"{_listed(extra)} isn't in the original"
        if lost := wanted - found - ({NUMBER} if counts else set()):
            return f"{_listed(lost)} is missing"
        if "%" in _PLACEHOLDER.sub("", form):
            return "a % stands alone: write it in words"
        if "<" in form and not any("<" in each for each in _forms(original)):
            return "there is a < in it, and none in the original"
    return None


def _forms(sentence: Sentence) -> Sequence[str]:
    return [sentence] if isinstance(sentence, str) else sentence


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
