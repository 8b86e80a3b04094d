"""Assets: under addresses that change with their bytes, kept by browsers for ever, sent compressed.

`url_for("static", filename="public.css")` gives `/static/<hash>/public.css`. The hash is of the
bytes, so a new release has new addresses and nothing is ever asked for twice. An address with an
older hash still gives today's bytes, for a page that was open meanwhile, but is kept by nobody.

A public page is three requests at most: itself, one sheet, one script. Where it needs more files,
they are sent as one, see `BUNDLES`.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, request
from werkzeug.security import safe_join

FOR_EVER = "public, max-age=31536000, immutable"
# Files that are others put together, in this order: each still has one source and one place.
BUNDLES: Mapping[str, Sequence[str]] = {
    "public-board.css": ("public.css", "ring.css", "board.css"),
    "public-saved.js": ("leave.js", "outbox.js", "saved.js"),
    "public-proof.js": ("leave.js", "proof.js"),
}
_TEXT = ("text/", "image/svg", "application/json", "application/manifest")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SCRIPT_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_MARGIN = re.compile(r"\s*\n\s*")
# A colon with space after it stands before a value; in a selector there is none.
_CSS_SPACE = re.compile(r"\s*([{};,])\s*|(?<=:)\s+")


@dataclass(frozen=True)
class Addition:
    """What this installation adds to the end of a file."""

    digest: Callable[[], str]  # changes whenever the text does; "" while there is none
    text: Callable[[], str]


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    mimetype: str

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:10]

    @cached_property
    def compressed(self) -> bytes | None:
        """Its gzip form, made once; None for what doesn't get smaller."""
        if not self.mimetype.startswith(_TEXT):
            return None
        return gzip.compress(self.body, 9, mtime=0)


def shrunken(name: str, source: str) -> str:
    """A style sheet or script of ours without comments and needless space.

    In a script only comments that have a line to themselves go, so none of ours may stand at the
    start of a line inside a string.
    """
    if name.endswith(".css"):
        source = _CSS_COMMENT.sub("", source).strip()
        return _CSS_SPACE.sub(lambda found: found[1] or "", source).replace(";}", "}")
    if name.endswith(".js"):
        return _MARGIN.sub("\n", _SCRIPT_COMMENT.sub("", source)).strip()
    return source


def asset_named(folder: str, name: str) -> Asset | None:
    """The asset, as its file is now; read and compressed once for each version of it."""
    if name in BUNDLES:
        return _bundle(folder, BUNDLES[name])
    path = safe_join(folder, name)
    if path is None:
        return None
    try:
        changed = Path(path).stat().st_mtime_ns
        return _asset(path, name, changed)
    except (OSError, ValueError):
        return None


def _bundle(folder: str, names: Sequence[str]) -> Asset | None:
    parts = [asset_named(folder, name) for name in names]
    return _bound(tuple(part for part in parts if part)) if all(parts) else None


@lru_cache(maxsize=32)
def _bound(parts: tuple[Asset, ...]) -> Asset:
    return Asset(b"\n".join(part.body for part in parts), parts[0].mimetype)


@lru_cache(maxsize=512)
def _asset(path: str, name: str, _changed: int) -> Asset:
    body = Path(path).read_bytes()
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if not name.startswith("vendor/") and mimetype.startswith("text/"):
        body = shrunken(name, body.decode()).encode()
    return Asset(body, mimetype)


def init_static(app: Flask, folder: Path) -> None:
    """Serve the files of `folder`; the app must have been made with `static_folder=None`."""
    app.config["STATIC_FOLDER"] = str(folder)
    app.add_url_rule("/static/<version>/<path:filename>", "static", _send)
    app.url_defaults(_add_hash)


def add_to_asset(app: Flask, name: str, addition: Addition) -> None:
    """From now on this file, and each bundle with it, ends with what `addition` says when asked."""
    additions = app.extensions.setdefault("loopkeeper.additions", {})
    for each in (name, *(bundle for bundle, parts in BUNDLES.items() if name in parts)):
        additions[each] = addition


def _digest_of_addition(name: str) -> str:
    addition: Addition | None = current_app.extensions.get("loopkeeper.additions", {}).get(name)
    return addition.digest() if addition else ""


def _with_addition(name: str, asset: Asset) -> Asset:
    if not _digest_of_addition(name):
        return asset
    return _joined(asset, current_app.extensions["loopkeeper.additions"][name].text())


@lru_cache(maxsize=8)
def _joined(asset: Asset, text: str) -> Asset:
    return Asset(asset.body + b"\n" + text.encode(), asset.mimetype)


def _add_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "version" not in values:
        name = values["filename"]
        found = asset_named(current_app.config["STATIC_FOLDER"], name)
        values["version"] = found.hash + _digest_of_addition(name) if found else "missing"


def _send(version: str, filename: str) -> Response:
    found = asset_named(current_app.config["STATIC_FOLDER"], filename)
    if found is None:
        abort(404)
    is_newest = version == found.hash + _digest_of_addition(filename)
    found = _with_addition(filename, found)
    is_compressed = found.compressed is not None and request.accept_encodings["gzip"] > 0
    body = found.compressed if is_compressed and found.compressed else found.body
    answer = Response(body, mimetype=found.mimetype)
    answer.headers["Cache-Control"] = FOR_EVER if is_newest else "no-cache"
    if is_compressed:
        answer.headers["Content-Encoding"] = "gzip"
    if found.compressed is not None:
        answer.vary.add("Accept-Encoding")
    return answer
