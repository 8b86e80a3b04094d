from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.db import NETWORK_FILE_SYSTEMS, file_system_of, reading
from tracker.services.models import Organisation
from tracker.surveys.models import Survey

MOUNTS = """\
/dev/vda1 / ext4 rw 0 0
files:/share /srv/loop nfs4 rw 0 0
/dev/vdb1 /srv/loop/local xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/loop.db", "ext4"),
        ("/srv/loop/loop.db", "nfs4"),
        ("/srv/loop/local/loop.db", "xfs"),
        ("/srv/loophole/loop.db", "ext4"),
    ],
)
def test_file_system_of_path_is_that_of_its_nearest_mount(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_file_system_is_unknown_without_mounts() -> None:
    assert file_system_of(Path("/x"), "") == ""
    assert "" not in NETWORK_FILE_SYSTEMS


def test_moment_comes_back_aware_and_in_utc(session: Session) -> None:
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    consultation = make.make_consultation(session, opened_at=summer)
    session.commit()
    session.expire_all()

    assert consultation.opened_at == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
    assert consultation.opened_at.utcoffset() == timedelta(0)


def test_naive_moment_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        make.make_consultation(session, opened_at=datetime(2026, 7, 1))  # noqa: DTZ001
    session.rollback()


def test_foreign_keys_hold(session: Session) -> None:
    session.add(Survey(consultation_id=999, title="Of nothing", code="nothing"))

    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_sqlite_is_durable_and_wipes_what_it_deletes(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # these are SQLite's own settings
    found = {
        name: session.execute(text(f"PRAGMA {name}")).scalar()
        for name in ("synchronous", "secure_delete", "foreign_keys")
    }

    assert found == {"synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


def test_writers_of_one_process_take_turns_and_readers_need_none(session: Session) -> None:
    engine = session.get_bind()
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL locks rows and needs no turns
    make.make_organisation(session)
    session.commit()
    order: list[str] = []
    first_writes, first_may_end = Event(), Event()

    def write(name: str) -> None:
        with Session(engine) as own:
            organisation = own.get_one(Organisation, 1)
            first_writes.set()
            if name == "first":
                first_may_end.wait(10)
            organisation.name = name
            own.commit()
            order.append(name)

    first = Thread(target=write, args=("first",))
    first.start()
    first_writes.wait(10)
    second = Thread(target=write, args=("second",))
    second.start()
    with reading(), Session(engine) as own:
        order.append(f"read {own.get_one(Organisation, 1).name}")
    first_may_end.set()
    first.join()
    second.join()

    assert order == ["read Test Council", "first", "second"]


def test_writer_who_fails_gives_the_turn_away(session: Session) -> None:
    engine = session.get_bind()
    for _ in range(2):
        with Session(engine) as own:
            own.add(Survey(consultation_id=999, title="Of nothing", code="nothing"))
            with pytest.raises(IntegrityError):
                own.commit()

    make.make_organisation(session)  # would wait for a quarter of a minute
    session.commit()
