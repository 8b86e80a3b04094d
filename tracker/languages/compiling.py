"""A catalogue that was read, made ready to be spoken: in memory, with no build step."""

from collections.abc import Sequence
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

from tracker.languages.soundness import fault_in


def spoken(catalogues: Sequence[Catalog]) -> NullTranslations:
    """The sentences of the catalogues; what the first doesn't say, the next does, English at last."""
    first = _compiled(catalogues[0])
    for each in catalogues[1:]:
        first.add_fallback(_compiled(each))
    return first


def said_in(catalog: Catalog, *, even_if_empty: bool = False) -> frozenset[str]:
    """The sentences a catalogue has a finished, sound translation of; of a plural one, its singular."""
    return frozenset(
        _singular(message.id)
        for message in catalog
        if message.id and (even_if_empty or _is_finished(message))
    )


def _is_finished(message: Message) -> bool:
    if message.fuzzy or not _is_whole(message.string):
        return False
    return fault_in(message.id, message.string or "") is None


def _is_whole(said: str | Sequence[str] | None) -> bool:
    return bool(said) if isinstance(said, str) else bool(said) and all(said or ())


def _singular(message: str | Sequence[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _compiled(catalog: Catalog) -> GNUTranslations:
    ready = Catalog(locale=catalog.locale)
    ready.mime_headers = catalog.mime_headers  # the plural forms that the file counts by
    whole = said_in(catalog)
    for message in catalog:
        if message.id and _singular(message.id) in whole:
            ready.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, ready)
    compiled.seek(0)
    return GNUTranslations(compiled)
