"""The organisation's own catalogues, where there is no folder or nothing to take out."""

from collections.abc import Iterator

import pytest

import tracker.languages as spoken
from tracker.catalogues.operations import CatalogueRefused, add_catalogue, remove_catalogue
from tracker.languages import own_catalogues, use_own_catalogues
from tracker.languages.shelf import Shelf

pytestmark = pytest.mark.one_database

WELSH = b"""msgid ""
msgstr "Language: cy\\nContent-Type: text/plain; charset=utf-8\\n"

msgid "Get help"
msgstr "Cael help"
"""


@pytest.fixture
def no_folder() -> Iterator[None]:
    before = own_catalogues()
    spoken._shelf = Shelf()
    yield
    if before is not None:
        use_own_catalogues(before)


@pytest.mark.usefixtures("no_folder")
def test_a_catalogue_needs_a_folder() -> None:
    with pytest.raises(CatalogueRefused, match="Start the site first"):
        add_catalogue("cy", WELSH)
    assert remove_catalogue("cy") is False
