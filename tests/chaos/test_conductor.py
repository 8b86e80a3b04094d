"""The small form of `make chaos`: everything is killed, and everything is accounted for."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import plan_for, run

KILLS, AT_LEAST = 5, 200


@pytest.mark.no_cover
def test_nothing_is_lost_or_unexplained_in_a_small_chaos(database: str, tmp_path: Path) -> None:
    verdict = run(tmp_path / "site", database, plan_for(KILLS, database, least=AT_LEAST))

    assert verdict.problems == []
    assert verdict.submissions["acknowledged"] > AT_LEAST / 2
    assert verdict.reminders["sent"] > AT_LEAST / 2
    harm = verdict.harm
    assert harm["kill web"] + harm["kill worker"] + harm["cut web"] + harm["cut worker"] == KILLS
    assert harm["pause"] and harm["fault"]
