"""The small form of `python -m bench.failpoints`: some of the failpoints, on other days others."""

from pathlib import Path

import pytest

from tests.chaos.killing import executioner
from tracker.clock import utc_now
from tracker.failpoints import FAILPOINTS

SHARES = 10  # so many days until every failpoint has had its turn on each database


@pytest.mark.no_cover
def test_what_was_interrupted_at_a_failpoint_comes_to_be_done_once(
    database: str, tmp_path: Path
) -> None:
    first = (utc_now().toordinal() + SHARES // 2 * (database == "postgresql")) % SHARES
    chosen = list(FAILPOINTS)[first::SHARES]

    with executioner(tmp_path / "site", database) as found:
        tried = [found.kill_at(point, 1) for point in chosen]

    assert {each.point: each.problems for each in tried if each.problems} == {}
    assert sum(each.kills for each in tried) == len(chosen) >= 9
