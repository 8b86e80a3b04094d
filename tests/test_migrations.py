"""The migrations: one line of them, equal to the models, and able to go down again with data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

import config
from tests import factories as make
from tests import postgres
from tracker.accounts.policy import RoleName
from tracker.app import create_app
from tracker.consultations.models import Consultation
from tracker.db import Base, db
from tracker.reminders.watching import statements


@pytest.fixture
def empty_app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without any table."""
    environ = {
        "LOOPKEEPER_SECRET_KEY": "a secret for the tests, long enough to be accepted",
        "LOOPKEEPER_DATA": str(tmp_path),
    }
    if database == "sqlite":
        yield create_app(config.from_environ(environ))
        return
    with postgres.fresh_database() as url:
        app = create_app(config.from_environ(environ | {"LOOPKEEPER_DATABASE_URL": url}))
        yield app
        with app.app_context():
            db.engine.dispose()


def test_migrations_have_a_single_head() -> None:
    scripts = ScriptDirectory(str(config.ROOT / "migrations"))

    assert len(scripts.get_heads()) == 1


def test_migrations_upgrade_equals_models(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()

        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []


def test_migrations_leave_the_triggers_of_the_models(empty_app: Flask, database: str) -> None:
    with empty_app.app_context():
        upgrade()

        assert _triggers(database) == sorted(statements(database))


def _triggers(database: str) -> list[str]:
    """What makes the triggers that are there, in the words of `statements`."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
    if database == "postgresql":
        query = """
            SELECT 'CREATE FUNCTION ' || proname || '() RETURNS trigger LANGUAGE plpgsql AS $$'
                || prosrc || '$$'
            FROM pg_proc WHERE prorettype = 'trigger'::regtype AND pronamespace = 'public'::regnamespace
            UNION ALL
            SELECT regexp_replace(pg_get_triggerdef(oid), 'public\\.', '', 'g')
            FROM pg_trigger WHERE NOT tgisinternal
        """
    with db.engine.connect() as connection:
        return sorted(connection.exec_driver_sql(query).scalars())


def test_migrations_go_down_and_up_again_with_data(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()
        with Session(db.engine) as session:
            _fill(session)
            session.commit()

        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        upgrade()

        assert left == set()
        with Session(db.engine) as session:
            assert session.scalars(select(Consultation)).all() == []


def _fill(session: Session) -> None:
    make.make_organisation(session)
    make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    consultation = make.make_closed_consultation(session)
    survey = make.make_survey(session, consultation)
    question = make.make_question(session, survey)
    response = make.make_response(session, survey, answers={question: "More trees"})
    theme = make.make_theme(session, consultation)
    make.make_coding(session, response, theme)
    make.make_action(session, theme)
