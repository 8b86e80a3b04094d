"""A scene behind a link, for every test of these pages."""

import pytest
from sqlalchemy.orm import Session

from config import Config
from tests.capabilities.scenes import Scene, make_scene


@pytest.fixture
def scene(session: Session) -> Scene:
    return make_scene(session)


@pytest.fixture
def link(scene: Scene, settings: Config) -> str:
    return scene.link(settings)
