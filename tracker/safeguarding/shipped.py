"""The wording that comes with the product, read from `data/`: a starting set, one file a language.

Read once and kept. What an organisation changes is kept in its database and put on top of it; the
files are never written.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tracker.safeguarding.policy import Category, Rule

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Shipped:
    """What the files say, all languages together."""

    languages: dict[str, str]  # code → the language's own name
    rules: tuple[Rule, ...]
    groups: dict[str, list[str]]
    little_words: tuple[str, ...]
    ordinary: tuple[str, ...]


@cache
def shipped() -> Shipped:
    """The starting set of every language in `data/`."""
    files = {path.stem: json.loads(path.read_text()) for path in sorted(_DATA.glob("*.json"))}
    return Shipped(
        languages={code: file["name"] for code, file in files.items()},
        rules=tuple(rule for code, file in files.items() for rule in _rules(code, file)),
        groups={name: words for file in files.values() for name, words in file["groups"].items()},
        little_words=tuple(word for file in files.values() for word in file["little_words"]),
        ordinary=tuple(word for file in files.values() for word in file["ordinary"]),
    )


def _rules(language: str, file: dict[str, Any]) -> list[Rule]:
    return [
        Rule(phrase, language, Category(category))
        for category, phrases in file["rules"].items()
        for phrase in phrases
    ]
