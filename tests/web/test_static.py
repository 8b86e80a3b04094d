"""Assets: addresses that change with their bytes, sent compressed, kept for ever."""

import gzip
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from tracker.web.static import BUNDLES, FOR_EVER, asset_named, shrunken


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def test_asset_has_the_hash_of_its_bytes_in_its_address(app: Flask, tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text("a { color: red }")
    before = asset_named(str(tmp_path), "a.css")
    sheet.write_text("a { color: blue }")
    after = asset_named(str(tmp_path), "a.css")

    assert before is not None and after is not None and before.hash != after.hash
    assert address(app, "public.css").endswith("/public.css")
    assert len(address(app, "public.css").split("/")[2]) == 10


def test_asset_is_kept_for_ever_and_compressed_where_the_browser_can(
    app: Flask, client: FlaskClient
) -> None:
    plain = client.get(address(app, "public.css"))
    small = client.get(address(app, "public.css"), headers={"Accept-Encoding": "br, gzip"})

    assert plain.headers["Cache-Control"] == small.headers["Cache-Control"] == FOR_EVER
    assert all("Accept-Encoding" in page.headers["Vary"] for page in (plain, small))
    assert plain.mimetype == "text/css"
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert "Set-Cookie" not in small.headers


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_is_its_files_in_order(app: Flask, client: FlaskClient, name: str) -> None:
    whole = client.get(address(app, name))

    parts = [client.get(address(app, part)).text for part in BUNDLES[name]]
    assert whole.text == "\n".join(parts)
    assert whole.headers["Cache-Control"] == FOR_EVER
    assert len(address(app, name).split("/")[2]) == 10


def test_bundle_without_one_of_its_files_is_none(tmp_path: Path) -> None:
    (tmp_path / "leave.js").write_text("1;")

    assert asset_named(str(tmp_path), "public-proof.js") is None
    (tmp_path / "proof.js").write_text("2;")
    made = asset_named(str(tmp_path), "public-proof.js")
    assert made is not None and made.body == b"1;\n2;"


def test_old_address_gives_todays_file_and_is_not_kept(client: FlaskClient) -> None:
    old = client.get("/static/0123456789/public.css")

    assert old.status_code == 200
    assert old.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/0123456789/nothing.css",
        "/static/0123456789/../app.py",
        "/static/0123456789/%2e%2e/app.py",
        "/static/0123456789/vendor",
        "/static/0123456789/" + "x" * 300,
    ],
)
def test_only_files_of_the_folder_are_given(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_unknown_asset_has_an_address_that_leads_nowhere(app: Flask, client: FlaskClient) -> None:
    assert client.get(address(app, "nothing.css")).status_code == 404


@pytest.mark.parametrize(
    ("name", "source", "sent"),
    [
        (
            "a.css",
            "/* why\n */\na,\nb:hover > i {\n  color: red; /* here */\n}\n",
            "a,b:hover > i{color:red}",
        ),
        ("a.js", "// why\nconst a = 'http://b'; // kept\n  run(a);\n", None),
        ("a.txt", "// as it is\n  a\n", "// as it is\n  a\n"),
    ],
)
def test_sources_are_sent_without_comments_and_indentation(
    name: str, source: str, sent: str | None
) -> None:
    expected = "const a = 'http://b'; // kept\nrun(a);" if sent is None else sent

    assert shrunken(name, source) == expected


def test_what_others_wrote_is_sent_as_it_is(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "a.css").write_text("/* licence */ a {}")
    (vendor / "a.png").write_bytes(b"\x89PNG")

    sheet, picture = (asset_named(str(tmp_path), f"vendor/a.{kind}") for kind in ("css", "png"))

    assert sheet is not None and sheet.body == b"/* licence */ a {}"
    assert picture is not None and picture.compressed is None
