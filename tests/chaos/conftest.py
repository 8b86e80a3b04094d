"""The small world of the reminder tests, for what has to hold under chaos."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests.reminders.world import World, make_world


@pytest.fixture
def world(app: Flask, session: Session, settings: Config) -> World:
    return make_world(app, session, settings)
