"""Finds every sentence that the public can read and brings the catalogues up to date (`make messages`).

Writes `messages.pot` and adds what is new to each shipped catalogue, empty; what is gone from the
code is dropped. Translating is for people: look for `msgstr ""` afterwards.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "tracker/languages/catalogues"
KEYWORDS = {name: DEFAULT_KEYWORDS[name] for name in ("_", "gettext", "ngettext")} | {"noop": None}
METHODS = [
    ("tracker/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {
    "templates/**": {
        "extensions": "jinja2.ext.i18n",
        "trimmed": "true",
        "silent": "false",
        "newstyle_gettext": "true",
    }
}
# The day on which a catalogue was written is in the history; in the file it only makes noise.
_A_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def found_in_code() -> Catalog:
    """Every sentence in the code and the templates, with the file it stands in."""
    catalog = Catalog(project="Loopkeeper", creation_date=_A_DAY, revision_date=_A_DAY)
    options = {pattern: OPTIONS["templates/**"] for pattern, how in METHODS if how == "jinja2"}
    for name, _line, message, comments, context in extract_from_dir(
        ROOT,
        method_map=METHODS,
        options_map=options,
        keywords=KEYWORDS,
        directory_filter=_is_ours,
    ):
        catalog.add(message, None, [(name, 1)], auto_comments=comments, context=context)
    return catalog


def _is_ours(folder: str) -> bool:
    top = Path(folder).relative_to(ROOT).parts[:1]
    return not top or top[0] in ("tracker", "templates")


def brought_up_to_date(file: Path, found: Catalog) -> Catalog:
    """The catalogue in `file`, with what is new added empty and what is gone dropped."""
    catalog = read_po(file.open("rb"), locale=file.stem) if file.exists() else Catalog(file.stem)
    catalog.update(found, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project, catalog.creation_date, catalog.revision_date = "Loopkeeper", _A_DAY, _A_DAY
    catalog.header_comment = f"# {catalog.locale.english_name} sentences of Loopkeeper."
    return catalog


def write(catalog: Catalog, file: Path) -> None:
    with file.open("wb") as out:
        write_po(out, catalog, width=100, include_lineno=False, sort_by_file=True)


def main() -> int:
    found = found_in_code()
    found.header_comment = "# Every sentence of Loopkeeper that the public can read."
    write(found, CATALOGUES / "messages.pot")
    for code in ("ar", "cy", "pl", "ur"):
        catalog = brought_up_to_date(CATALOGUES / f"{code}.po", found)
        write(catalog, CATALOGUES / f"{code}.po")
        empty = sum(1 for message in catalog if message.id and not message.string)
        empty += sum(
            1 for m in catalog if m.id and isinstance(m.string, (tuple, list)) and not all(m.string)
        )
        print(f"{code}: {len(catalog)} sentences, {empty} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
