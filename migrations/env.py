"""How Alembic reaches the application's database: through the app that `flask db` made."""

from typing import Any

from alembic import context
from flask import current_app
from flask_security import AsaList
from sqlalchemy import Enum

import tracker.abuse.models
import tracker.brand.models
import tracker.kiosk.models
import tracker.reminders.models
import tracker.verdicts.models  # noqa: F401  (the models register themselves on Base)
from tracker.db import Base, UTCDateTime, db


def render_plainly(kind: str, item: Any, _context: Any) -> str | bool:
    """Migrations stand alone: they name SQL types, not our own, so that our code may move."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AsaList):
        return "sa.Text()"
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run_migrations() -> None:
    options = {"compare_type": True, **current_app.extensions["migrate"].configure_args}
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_plainly,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations run on a live database: give LOOPKEEPER_DATABASE_URL.")
run_migrations()
