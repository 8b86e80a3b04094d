"""What counts as a fact: which rows, when they change, have a consultation looked at at once.

Triggers in the database, so that nobody has to remember to say so: a page, a bulk statement and a
row mended by hand all do. They mark and decide nothing; `operations.looking` does the looking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, event
from sqlalchemy.engine import Connection

# Long ago is due at once. The moment is written as SQLite keeps it; PostgreSQL reads it as well.
_BEGIN = (
    "INSERT INTO next_looks (consultation_id, at, changes)"
    " VALUES (NEW.id, '2000-01-01 00:00:00.000000', 0)"
)
_MARK = (
    "UPDATE next_looks SET at = '2000-01-01 00:00:00.000000', changes = changes + 1"
    " WHERE consultation_id IN ({whose})"
)
# Always in one order, so that two who mark the same never wait for each other in a ring.
_IN_ORDER = (
    "SELECT consultation_id FROM next_looks WHERE consultation_id IN ({whose})"
    " ORDER BY consultation_id FOR UPDATE"
)


@dataclass(frozen=True)
class Watched:
    """A table whose rows are facts. `whose`: the consultations a row is about, in SQL.

    `{row}` stands for the row as it is now, or as it was if it is gone. `columns` are those whose
    change matters (all, if empty).
    """

    table: str
    whose: str
    columns: tuple[str, ...] = ()
    ends: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")


_OF_THEME = "SELECT consultation_id FROM themes WHERE id = {row}.theme_id"
_OF_ACTION = "SELECT consultation_id FROM actions WHERE id = {row}.action_id"
_OF_CASE = "SELECT consultation_id FROM cases WHERE id = {row}.case_id"
_OF_SERVICE = "SELECT id FROM consultations WHERE service_id = {row}."
# Answers that come while it is open change nothing yet; so many come at once that none may wait
# for another at this row.
_OF_ANSWER = (
    "SELECT id FROM consultations WHERE id = {row}.consultation_id AND closed_at IS NOT NULL"
)
# A cadence is set for one service or, without one, for all.
_OF_PLACE = (
    "SELECT id FROM consultations WHERE {row}.service_id IS NULL OR service_id = {row}.service_id"
)
_OF_PERSON = (
    "SELECT id FROM consultations WHERE owner_id = {row}.id OR service_id IN ("
    "SELECT id FROM services WHERE owner_id = {row}.id OR escalation_contact_id = {row}.id"
    " UNION SELECT service_id FROM service_deputies WHERE person_id = {row}.id)"
)
# Who is participation lead concerns everything that is chased.
_CHASED_IF = "SELECT consultation_id FROM cases WHERE closed_at IS NULL AND EXISTS (SELECT 1 FROM "
_OF_LEAD = (
    f"{_CHASED_IF}person_roles JOIN roles ON roles.id = person_roles.role_id"
    " WHERE person_roles.person_id = {row}.id AND roles.name = 'participation_lead')"
)
_OF_ROLE = f"{_CHASED_IF}roles WHERE id = {{row}}.role_id AND name = 'participation_lead')"

WATCHED = (
    Watched("consultations", "SELECT {row}.id", ends=("UPDATE",)),
    Watched("responses", _OF_ANSWER),
    Watched("themes", "SELECT {row}.consultation_id"),
    Watched("codings", _OF_THEME),
    Watched("actions", "SELECT {row}.consultation_id"),
    Watched("action_versions", _OF_ACTION),
    Watched("action_themes", _OF_ACTION),
    Watched("reopenings", _OF_ACTION),
    Watched("snoozes", _OF_CASE),
    Watched("cadence_versions", _OF_PLACE, ends=("INSERT",)),
    Watched("people", f"{_OF_PERSON} UNION {_OF_LEAD}", ("active", "is_bounced"), ends=("UPDATE",)),
    Watched("person_roles", _OF_ROLE, ends=("INSERT", "DELETE")),
    Watched("services", f"{_OF_SERVICE}id", ends=("UPDATE",)),
    Watched("service_deputies", f"{_OF_SERVICE}service_id"),
    Watched(
        "organisations",
        "SELECT id FROM consultations",
        ("goes_live_on", "time_zone"),
        ends=("UPDATE",),
    ),
)


def watch(metadata: MetaData) -> None:
    """Have the triggers made with the tables of `metadata`."""

    @event.listens_for(metadata, "after_create")
    def _make(_target: Any, connection: Connection, **_: Any) -> None:
        for statement in statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


def statements(dialect: str) -> Iterator[str]:
    """What makes the triggers on this kind of database."""
    make = _for_sqlite if dialect == "sqlite" else _for_postgresql
    yield from make("look_first_consultations", "consultations", {"INSERT": _BEGIN}, ())
    for watched in WATCHED:
        marks = {end: _mark(watched, end, dialect) for end in watched.ends}
        yield from make(f"look_again_{watched.table}", watched.table, marks, watched.columns)


def _mark(watched: Watched, end: str, dialect: str) -> str:
    whose = watched.whose.format(row="OLD" if end == "DELETE" else "NEW")
    return _MARK.format(whose=whose if dialect == "sqlite" else _IN_ORDER.format(whose=whose))


def _for_sqlite(
    name: str, table: str, does: dict[str, str], columns: tuple[str, ...]
) -> Iterator[str]:
    for end, what in does.items():
        yield (
            f"CREATE TRIGGER {name}_{end.lower()} AFTER {_on(end, columns)} ON {table}"
            f" BEGIN {what}; END"
        )


def _for_postgresql(
    name: str, table: str, does: dict[str, str], columns: tuple[str, ...]
) -> Iterator[str]:
    for end, what in does.items():
        function = f"{name}_{end.lower()}"
        yield (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {what}; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {function} AFTER {_on(end, columns)} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )


def _on(end: str, columns: tuple[str, ...]) -> str:
    return f"UPDATE OF {', '.join(columns)}" if end == "UPDATE" and columns else end
