"""Headers on every answer."""

import base64
import hashlib
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make


@pytest.mark.parametrize("address", ["/", "/staff/sign-in", "/nothing", "/staff/people"])
def test_headers_forbid_third_parties_and_frames(
    session: Session, client: FlaskClient, address: str
) -> None:
    make.make_organisation(session)
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_headers_keep_staff_pages_out_of_caches(client: FlaskClient) -> None:
    assert client.get("/staff/sign-in").headers["Cache-Control"] == "no-store"


def test_headers_let_files_be_cached(client: FlaskClient) -> None:
    assert "no-store" not in client.get("/static/0/staff.css").headers["Cache-Control"]


def test_public_page_sets_no_cookie(session: Session, client: FlaskClient) -> None:
    make.make_organisation(session)
    assert "Set-Cookie" not in client.get("/").headers


def test_one_style_may_stand_in_a_page_and_the_policy_knows_it_by_its_hash(
    session: Session, client: FlaskClient
) -> None:
    survey = make.make_survey(session, make.make_open_consultation(session))
    make.make_organisation(session)
    page = client.get(f"/s/{survey.code}")

    styles = re.findall(r"<style>(.*?)</style>", page.text)

    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"style-src 'self' 'sha256-{digest}';" in policy
    assert "<style" not in client.get("/help").text


def test_files_carry_only_the_headers_they_need(client: FlaskClient) -> None:
    headers = client.get("/static/0/public.css").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in headers
