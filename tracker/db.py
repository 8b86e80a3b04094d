"""The database: the declarative base, column types, and how SQLite is made to behave.

Tables are plain SQLAlchemy models on `Base`; Flask-SQLAlchemy only looks after the engine and the
session of a request. Operations and queries are handed a `Session`; they never reach for a global.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Enum,
    GenerativeSelect,
    MetaData,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry

from tracker.failpoints import reach

# Every constraint has a name, so that a migration can drop or alter it on either database.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_Query = TypeVar("_Query", bound=GenerativeSelect)

# From this release on SQLite's write-ahead log is safe with several connections (WAL-reset bug).
_SAFE_WAL = (3, 51, 3)

# Seconds that a writer waits for its turn, and then for SQLite's lock.
_PATIENCE = 15
_HAS_TURN = "loopkeeper.has_turn"

MOUNTS = Path("/proc/mounts")
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "ceph", "afs"})


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite drops time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone; got a naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UTCDateTime,
        # Enumerations are stored by their value, as text, on both databases.
        StrEnum: Enum(
            StrEnum, native_enum=False, length=40, values_callable=lambda kind: list(kind)
        ),
    }


db = SQLAlchemy(metadata=Base.metadata)

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside take no write lock on SQLite. PostgreSQL needs no such hint."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def current_session() -> Session:
    """The session of this request or app context; views and workers hand it down."""
    return db.session()


def insert_new(bind: Engine | Connection, table: type["Base"]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that passes over rows which some unique constraint has already, on either database."""
    insert = sqlite.insert if bind.dialect.name == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


_HAS_BEGUN = "loopkeeper.has_begun"


def locked(query: _Query, *, of: Any = None, skip_locked: bool = False) -> _Query:
    """`query`, its rows held until the end of the transaction against others who change them.

    Who only points at such a row (a foreign key) goes on. With a plain FOR UPDATE they would wait, and
    two who wait for each other are a deadlock: one closes a consultation and waits for its next look,
    the other publishes what came of it, holds that look and waits to note it in the history. Rows that
    may be deleted while others begin to point at them need the plain one.
    """
    return query.with_for_update(of=of, skip_locked=skip_locked, key_share=True)


def has_begun(session: Session) -> bool:
    """Whether the session has a transaction in the database, and so may hold a lock."""
    return _HAS_BEGUN in session.info


@event.listens_for(Session, "before_commit")
def _about_to_commit(_session: Session) -> None:
    reach("any.done")


@event.listens_for(Session, "after_commit")
def _has_committed(_session: Session) -> None:
    reach("any.committed")


@event.listens_for(Session, "after_begin")
def _note_begin(session: Session, _transaction: SessionTransaction, _on: Connection) -> None:
    session.info[_HAS_BEGUN] = True


@event.listens_for(Session, "after_transaction_end")
def _note_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_HAS_BEGUN, None)


def init_db(app: Flask) -> None:
    """Bind the database to the app and set up its engine's connections."""
    db.init_app(app)
    with app.app_context():
        refuse_network_file_system(db.engine)
        prepare_engine(db.engine)


def refuse_network_file_system(engine: Engine) -> None:
    """SQLite's locks don't hold on a network file system: raises `RuntimeError` there."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or not MOUNTS.exists():
        return
    kind = file_system_of(Path(path).resolve(), MOUNTS.read_text())
    if kind in NETWORK_FILE_SYSTEMS:
        raise RuntimeError(
            f"The database {path} is on a network file system ({kind}), where SQLite loses data. "
            "Put LOOPKEEPER_DATA on a local disk, or use PostgreSQL."
        )


def file_system_of(path: Path, mounts: str) -> str:
    """The kind of file system that `path` lies on, from the text of /proc/mounts."""
    found = [line.split()[1:3] for line in mounts.splitlines() if len(line.split()) > 2]
    holding = [(len(at), kind) for at, kind in found if path.is_relative_to(at)]
    return max(holding, default=(0, ""))[1]


def prepare_engine(engine: Engine) -> None:
    """Make the engine's connections durable, its write locks early and its writers patient (SQLite)."""
    if engine.dialect.name != "sqlite":
        return
    turns = _Turns()
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", turns.wait)
    event.listen(engine, "begin", _on_sqlite_begin)
    event.listen(engine, "checkin", turns.end)


class _Turns:
    """The writers of one process take turns here, where the next is woken at once.

    At SQLite's own lock they would sleep and look again, and whoever has slept longest sleeps on.
    Between processes that lock still decides, and so does it for whoever waited here in vain.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def wait(self, connection: Connection) -> None:
        if not _reading.get() and not connection.info.get(_HAS_TURN):
            connection.info[_HAS_TURN] = self._turn.acquire(timeout=_PATIENCE)

    def end(self, _connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        """When the connection goes back to its pool: by then the transaction is over and on disk."""
        if record.info.pop(_HAS_TURN, False):
            self._turn.release()


def _on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _on_sqlite_begin
    wal = "WAL" if sqlite3.sqlite_version_info >= _SAFE_WAL else "TRUNCATE"
    for pragma in (
        f"busy_timeout={_PATIENCE * 1000}",
        f"journal_mode={wal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails at once with "database is locked";
    # one that takes the write lock at the start waits its turn.
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
