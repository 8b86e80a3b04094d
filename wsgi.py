"""The WSGI entry point: `granian --interface wsgi wsgi:app`, and `flask` for the terminal."""

import gc

import config
from tracker.app import create_app
from tracker.health.watchman import start_watchman

app = create_app(config.from_environ())
start_watchman(app)

# What is here now stays: looked through again and again, it would hold up a request each time.
gc.freeze()
