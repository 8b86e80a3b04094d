"""The WSGI entry point: `granian --interface wsgi wsgi:app`, and `flask` for the terminal."""

import config
from tracker.app import create_app

app = create_app(config.from_environ())
