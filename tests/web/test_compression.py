"""Public pages go out compressed, pages behind the sign-in never."""

import gzip

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_public_page_is_compressed_where_the_browser_can(
    session: Session, client: FlaskClient
) -> None:
    make.make_organisation(session)

    small = client.get("/help", headers=GZIP)
    plain = client.get("/help")

    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
    assert gzip.decompress(small.data) == plain.data
    for page in (small, plain):
        assert "Accept-Encoding" in page.headers["Vary"]


def test_pages_that_hold_a_secret_are_not(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    make.make_organisation(session)
    owner = make.make_service(session).owner
    assert owner is not None

    assert "Content-Encoding" not in client.get("/staff/sign-in", headers=GZIP).headers
    for path in ("/staff/", "/help"):
        page = sign_in(owner).get(path, headers=GZIP)
        assert page.status_code == 200
        if path == "/staff/":
            assert "Content-Encoding" not in page.headers
