"""Each way to misbehave, against the real delivery: no mail lost, none twice without a reason."""

from collections.abc import Iterator

import pytest

from tests.chaos.behaviours import BEHAVIOURS, STATES
from tests.chaos.certificates import Certificates, make_certificates
from tests.chaos.hostile_smtp import Behaviour, HostileServer, hostile_server
from tests.chaos.siege import besiege
from tests.reminders.world import World


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def server(certificates: Certificates) -> Iterator[HostileServer]:
    with hostile_server(certificates) as started:
        yield started


def test_there_are_fifty_ways_and_more_each_with_its_own_name() -> None:
    assert len({each.name for each in BEHAVIOURS}) == len(BEHAVIOURS) >= 50
    assert {each.outcome for each in BEHAVIOURS} == set(STATES)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda each: each.name.replace(" ", "-"))
def test_no_mail_is_lost_or_blamed_wrongly(
    world: World, server: HostileServer, behaviour: Behaviour
) -> None:
    siege = besiege(world.session, world.settings, server, behaviour, mails=2, rounds=1)
    assert siege.problems == ()
    assert siege.afterwards.sent == 2
    assert siege.longest < 5
