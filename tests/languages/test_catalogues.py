"""Every sentence of ours is said in every language: `make messages` finds them, people translate them."""

import importlib.util
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from config import ROOT
from tracker.languages.shelf import SHIPPED, TEMPLATE
from tracker.languages.soundness import fault_in

CODES = ("ar", "cy", "pl", "ur")


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "deploy/messages.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


@pytest.fixture(scope="module")
def in_code() -> set[object]:
    return {message.id for message in _tool().found_in_code() if message.id}


def _sentences(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _read(code: str) -> Catalog:
    return read_po((SHIPPED / f"{code}.po").open("rb"), locale=code, abort_invalid=True)


def test_template_has_every_sentence_of_the_code(in_code: set[object]) -> None:
    """If not: run `make messages`, translate what is new, and commit the catalogues."""
    kept = {message.id for message in _sentences(read_po(TEMPLATE.open("rb")))}

    assert in_code - kept == set()
    assert kept - in_code == set()


@pytest.mark.parametrize("code", CODES)
def test_catalogue_says_every_sentence(code: str, in_code: set[object]) -> None:
    catalog = _read(code)
    said = _sentences(catalog)

    assert in_code - {message.id for message in said} == set()
    assert [message.id for message in said if message.fuzzy or not message.string] == []
    counted = [message for message in said if not isinstance(message.id, str)]
    assert [
        message.id
        for message in counted
        if len(message.string or ()) != catalog.num_plurals or not all(message.string or ())
    ] == []


@pytest.mark.parametrize("code", CODES)
def test_catalogue_keeps_every_placeholder(code: str) -> None:
    faults = {
        message.id: fault
        for message in _sentences(_read(code))
        if (fault := fault_in(message.id, message.string or ""))
    }

    assert faults == {}


@pytest.mark.parametrize("code", CODES)
def test_catalogue_keeps_the_spaces_around_a_sentence(code: str) -> None:
    def ends(sentence: str) -> tuple[bool, bool]:
        return sentence[:1].isspace(), sentence[-1:].isspace()

    assert [
        message.id
        for message in _sentences(_read(code))
        if isinstance(message.id, str) and ends(message.id) != ends(str(message.string))
    ] == []
