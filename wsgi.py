"""The WSGI entry point: `granian --interface wsgi wsgi:app`, and `flask` for the terminal."""

import gc

import config
from tracker.app import create_app

app = create_app(config.from_environ())

# What is here now stays: looked through again and again, it would hold up a request each time.
gc.freeze()
