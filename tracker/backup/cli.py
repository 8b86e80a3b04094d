"""`flask backup create|verify|restore`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from tracker.backup import operations
from tracker.backup.archive import Manifest
from tracker.clock import utc_now
from tracker.db import db
from tracker.errors import LoopkeeperError

backup = AppGroup("backup", help="Make a backup, check one, put one back.")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@backup.command("create")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def create(folder: Path) -> None:
    """Write a backup of everything into FOLDER and check it by restoring it to a scratch database."""
    try:
        path = operations.create(db.engine, _languages(), folder, now=utc_now())
        manifest = operations.verify(db.engine, path)
    except LoopkeeperError as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"{path}: {_told(manifest)}, restored to a scratch database and compared.")
    click.echo("It holds what young people said: keep it where only you can read it, and not long.")


@backup.command("verify")
@click.argument("file", type=_FILE)
def verify(file: Path) -> None:
    """Restore FILE to a scratch database and compare."""
    try:
        manifest = operations.verify(db.engine, file)
    except LoopkeeperError as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"{file} is whole: {_told(manifest)}.")


@backup.command("restore")
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Fill the empty database of these settings from FILE. Sending stays off."""
    try:
        manifest = operations.restore(db.engine, _languages(), file)
    except LoopkeeperError as refusal:
        raise click.ClickException(refusal.message) from None
    upgrade()
    click.echo(f"Restored: {_told(manifest)}.")
    click.echo("Sending is off, so that nothing leaves twice. Look first, then: flask sending on")


def _languages() -> Path:
    data: Path = current_app.config["LOOPKEEPER"].data
    return data / "languages"


def _told(manifest: Manifest) -> str:
    return (
        f"{sum(manifest.rows.values())} rows in {len(manifest.rows)} tables, of {manifest.made_at}"
    )
