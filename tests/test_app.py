from pathlib import Path

import pytest
from flask import Flask, request

import config
from tracker.accounts.guard import public
from tracker.app import create_app

ENVIRON = {"LOOPKEEPER_SECRET_KEY": "a secret for the tests, long enough to be accepted"}
FORWARDED = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "loop.example.org",
    "Accept-Language": "en",  # else the organisation is asked, and this app has no database
}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("0", "127.0.0.1 http://localhost/"), ("1", "192.0.2.7 https://loop.example.org/")],
)
def test_app_believes_forwarded_headers_only_of_proxies_it_was_told_of(
    tmp_path: Path, proxies: str, seen: str
) -> None:
    app = _app(tmp_path, LOOPKEEPER_PROXIES=proxies)

    answer = app.test_client().get("/who", headers=FORWARDED)

    assert answer.text == seen


def _app(folder: Path, **environ: str) -> Flask:
    app = create_app(config.from_environ(ENVIRON | {"LOOPKEEPER_DATA": str(folder)} | environ))

    @app.get("/who")
    @public
    def who() -> str:
        return f"{request.remote_addr} {request.host_url}"

    return app
