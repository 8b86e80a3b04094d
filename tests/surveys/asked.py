"""Questions as plain values: what the tables of the policies and question types are made of."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from tracker.surveys.question_types import Form


@dataclass(frozen=True)
class PlainQuestion:
    """A question without a database."""

    kind: str = "long_text"
    key: str = "q1"
    text: str = "What could be better?"
    hint: str = ""
    is_required: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    show_if: dict[str, Any] | None = None


def choices(*texts: str, **more: Any) -> dict[str, Any]:
    """Settings with these choices, keyed c1, c2, …"""
    listed = [{"key": f"c{number}", "text": text} for number, text in enumerate(texts, start=1)]
    return {"choices": listed} | more


THREE = choices("Always", "Sometimes", "Never")


def only_if(question: str, *any_of: str) -> dict[str, Any]:
    return {"question": question, "any_of": list(any_of)}


def form(*pairs: tuple[str, str]) -> Form:
    """A posted form."""
    return MultiDict(pairs)
