"""What every question type has to say about itself: the one interface the rest asks.

A type is a stateless class in a module of this package, with a template of the same name in
`templates/surveys/questions/`. It reads a form and turns answers into words; it never touches a
database, a request or a clock.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from werkzeug.datastructures import MultiDict

from tracker.languages import noop

# As kept in the database: text, a choice's key, several keys, or a number.
AnswerValue = str | int | float | list[str]
Form = MultiDict[str, str]


class Asked(Protocol):
    """What a type needs to know of a question; `surveys.models.Question` is one."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def is_required(self) -> bool: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    @property
    def show_if(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen. The key stays when the words are edited."""

    key: str
    text: str


class InvalidAnswer(ValueError):
    """An answer that can't be taken; `message` says in a child's words how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidSetting(ValueError):
    """A setting that can't be taken; `name` is the builder's input, `message` how to mend it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


class Look(StrEnum):
    """How the builder asks for a setting."""

    LINES = "lines"  # one thing per line
    PARAGRAPHS = "paragraphs"
    NUMBER = "number"
    TICK = "tick"
    PICK = "pick"


@dataclass(frozen=True)
class SettingInput:
    """One input of the builder. What is typed into it comes back as text (a tick: "y" or "")."""

    name: str
    label: str
    look: Look
    hint: str = ""
    options: tuple[Choice, ...] = ()
    initial: str = ""


class QuestionType(ABC):
    """One kind of question. `class Mine(QuestionType, kind="mine", place=10)` registers it."""

    registered: ClassVar[list["QuestionType"]] = []

    kind: ClassVar[str] = ""
    place: ClassVar[int] = 0  # where it stands in the builder's list
    label: ClassVar[str] = ""
    about: ClassVar[str] = ""  # for the author: when to use it
    asks: ClassVar[bool] = True  # False: a page to read, with no answer
    # True: what can be chosen comes from the catalogues, and not from the question's author.
    choices_are_ours: ClassVar[bool] = False
    can_branch: ClassVar[bool] = False  # whether "show this question if…" may depend on it
    setting_inputs: ClassVar[tuple[SettingInput, ...]] = ()
    empty_message: ClassVar[str] = noop("We need an answer to this one.")

    def __init_subclass__(cls, kind: str = "", place: int = 0) -> None:
        super().__init_subclass__()
        if kind:
            cls.kind = kind
            cls.place = place
            QuestionType.registered.append(cls())

    @abstractmethod
    def read(self, question: Asked, form: Form) -> AnswerValue | None:
        """The answer in the form, None if there is none; `InvalidAnswer` if it can't be taken."""

    @abstractmethod
    def in_words(self, question: Asked, value: AnswerValue) -> str:
        """The answer as a person would say it."""

    def as_typed(self, question: Asked, value: AnswerValue) -> list[tuple[str, str]]:
        """The answer as the form sends it, so that `read` gives it back."""
        values = value if isinstance(value, list) else [str(value)]
        return [(question.key, each) for each in values]

    def choices(self, question: Asked) -> tuple[Choice, ...]:
        """What can be chosen, in the survey's order; empty where nothing is."""
        return ()

    def pieces(self, question: Asked) -> dict[str, str]:
        """Every text of the question that can be translated, by a name that stays."""
        return {"text": question.text, "hint": question.hint}

    def translated_settings(
        self, settings: Mapping[str, Any], said: Mapping[str, str]
    ) -> dict[str, Any]:
        """The settings with the translated pieces in `said` in their places."""
        return dict(settings)

    def problems(self, question: Asked) -> list[str]:
        """What has to be mended before the question can be asked, in plain words."""
        return [] if question.text.strip() else ["It has no words yet."]

    def summary(self, question: Asked) -> str:
        """The question's kind and settings in one line, for the author."""
        return self.label

    def read_settings(self, typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
        """Settings from what was typed; `before` are those it had, for keys that must stay.

        Raises `InvalidSetting`.
        """
        return {}

    def typed_settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """The settings as they are typed: the reverse of `read_settings`."""
        return {}
