"""What a backup is: one tar file with the database, the organisation's own catalogues, and a manifest.

Only files here: nothing of this knows which database it came from.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tracker.errors import LoopkeeperError

DATABASE = "database"
LANGUAGES = "languages"
_MANIFEST = "manifest.json"
_MEMBERS = (DATABASE, LANGUAGES, _MANIFEST)
_PIECE = 1024 * 1024


class BrokenBackup(LoopkeeperError):
    """The file is no backup, or not all of it is there, or it says something else than it holds."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str  # ISO 8601, UTC
    kind: str  # the database's dialect: "sqlite" or "postgresql"
    revision: str  # of the migrations
    rows: Mapping[str, int]  # by table
    sha256: str  # of the database's copy


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def pack(to: Path, manifest: Manifest, database: Path, languages: Path) -> None:
    """Write a backup, for its owner alone to read; it has its name only when all of it is on disk."""
    half = to.with_name(f".{to.name}.part")
    with open(half, "xb", opener=_private) as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            _add(tar, manifest_file(database.parent, manifest), _MANIFEST)
            _add(tar, database, DATABASE)
            for each in _files_in(languages):
                _add(tar, each, f"{LANGUAGES}/{each.name}")
        file.flush()
        os.fsync(file.fileno())
    half.rename(to)


def manifest_file(folder: Path, manifest: Manifest) -> Path:
    path = folder / _MANIFEST
    path.write_text(json.dumps(asdict(manifest), indent=1))
    return path


def unpack(path: Path, folder: Path) -> Manifest:
    """The manifest of a backup, whose files are put into the folder. Raises `BrokenBackup`."""
    try:
        with tarfile.open(path) as tar:
            wanted = [each for each in tar.getmembers() if _is_ours(each)]
            tar.extractall(folder, members=wanted, filter="data")
        manifest = _manifest_in(folder)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BrokenBackup(f"{path} is no backup, or not all of it is there: {error}") from None
    if digest_of(folder / DATABASE) != manifest.sha256:
        raise BrokenBackup(f"{path} was altered: its database isn't the one that was put in.")
    return manifest


def _manifest_in(folder: Path) -> Manifest:
    read: dict[str, Any] = json.loads((folder / _MANIFEST).read_text())
    return Manifest(**read)


def _is_ours(member: tarfile.TarInfo) -> bool:
    return member.isfile() and member.name.split("/")[0] in _MEMBERS


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    member = tar.gettarinfo(path, arcname=name)
    # Who made it on which machine is nobody's business.
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    with path.open("rb") as file:
        tar.addfile(member, file)


def _files_in(folder: Path) -> Iterable[Path]:
    return sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else ()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
