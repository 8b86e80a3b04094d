"""The small form of `python -m bench.flags`: flagged answers arrive while the worker is killed."""

from pathlib import Path

import pytest

from bench.flags import prove
from bench.serving import site
from tests.mail.server import smtp_server


@pytest.mark.no_cover
def test_no_flag_is_lost_when_the_worker_is_killed(database: str, tmp_path: Path) -> None:
    with smtp_server() as inbox, site(tmp_path / "site", database) as place:
        result = prove(place.app, place.environ, inbox, count=60, writers=1, kills=1)

    assert result.problems == []
    assert result.flags == 60 and result.received >= result.alerts >= 1
