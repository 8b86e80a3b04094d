"""The reminder engine against a simple model of it, over random steps; the long form is `bench.machine`."""

import pytest
from flask import Flask

from config import Config
from tests.conftest import empty_tables
from tests.machine.running import Runner, Tally

SEEDS, LENGTH = range(2), 250


@pytest.mark.no_cover
def test_engine_agrees_with_the_model(app: Flask, settings: Config) -> None:
    tally = Tally()
    runner = Runner(app, settings, empty_tables, looks_every=2)

    for seed in SEEDS:
        runner.try_seed(seed, LENGTH, tally)

    assert not tally.failures, "\n\n".join(map(str, tally.failures))
    assert tally.steps == len(SEEDS) * LENGTH
