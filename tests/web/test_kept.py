"""Pages printed once, with slots, and given out in front of the application."""

import gzip
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tracker.web.kept import KeptPages, Shelf, init_kept_pages
from tracker.web.printing import PrintedPage, printed, slot


@pytest.mark.parametrize("values", [("7", "x" * 999), ("", ""), ("é", "😀"), ("<b>", '"')])
def test_copy_is_the_same_plain_and_compressed(values: tuple[str, str]) -> None:
    html = f"{'before ' * 99}{slot('one')} between 😀 {slot('two')}{' after' * 99}"
    page = printed(html, ("two", "one"))
    filled = {"one": values[0], "two": values[1]}

    plain = page.copy(filled)

    assert page.names == ("one", "two")
    assert gzip.decompress(page.compressed_copy(filled)) == plain
    assert plain.startswith(b"before ") and plain.endswith(b" after")
    assert b"<b>" not in plain


@given(st.text(), st.text(max_size=200), st.text())
def test_any_page_and_filling_survive_compression(before: str, value: str, after: str) -> None:
    page = printed(before.replace("slot-", "") + slot("one") + after.replace("slot-", ""), ["one"])

    assert gzip.decompress(page.compressed_copy({"one": value})) == page.copy({"one": value})


@pytest.fixture
def app() -> Flask:
    """An application with one page that is kept, and counts how often it is made."""
    app = Flask("kept")
    app.config["MADE"] = 0

    @app.get("/s/<name>")
    def show(name: str) -> Response:
        pages: KeptPages = app.extensions["loopkeeper.kept_pages"]
        if name == "closed":
            return Response("closed", 410)
        page = pages.page((name, request.query_string), ["number"], lambda: _make(app, name))
        numbers = iter(range(99))
        pages.offer(page, lambda: {"number": str(next(numbers))})
        answer = Response(page.copy({"number": "first"}))
        answer.headers["X-Asked"] = request.headers.get("Accept-Language", "")
        if name == "cookie":
            answer.set_cookie("a", "b")
        return answer

    init_kept_pages(app, "/s/")
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def _make(app: Flask, name: str) -> str:
    app.config["MADE"] += 1
    return f"{name} made {app.config['MADE']} times, number {slot('number')}"


def test_page_is_made_once_and_its_slots_each_time(app: Flask, client: FlaskClient) -> None:
    copies = [client.get("/s/a").text for _ in range(3)]

    assert copies == [f"a made 1 times, number {number}" for number in ("first", "0", "1")]
    assert app.config["MADE"] == 1


def test_kept_page_goes_out_with_its_headers_and_compressed(client: FlaskClient) -> None:
    client.get("/s/a", headers={"Accept-Language": "cy"})

    kept = client.get("/s/a", headers={"Accept-Language": "cy", "Accept-Encoding": "gzip"})

    assert kept.headers["X-Asked"] == "cy"
    assert kept.headers["Content-Encoding"] == "gzip"
    assert int(kept.headers["Content-Length"]) == len(kept.data)
    assert gzip.decompress(kept.data) == b"a made 1 times, number 0"


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/s/a?lang=cy", {}), ("/s/b", {}), ("/s/a", {"Accept-Language": "pl"})],
)
def test_other_words_get_their_own_copy(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    client.get("/s/a")

    assert client.get(path, headers=headers).text.endswith("first")


@pytest.mark.parametrize("path", ["/s/cookie", "/s/a?" + "x" * 400])
def test_what_sets_a_cookie_or_asks_too_much_is_not_kept(client: FlaskClient, path: str) -> None:
    client.get(path)

    assert client.get(path).text.endswith("first")


def test_page_that_is_no_longer_offered_goes_with_its_second(app: Flask) -> None:
    pages: KeptPages = app.extensions["loopkeeper.kept_pages"]
    client = app.test_client()
    client.get("/s/a")
    pages.keep_for(0)

    made = [client.get("/s/a").text for _ in range(2)]

    # What was put there for a second stays for it; from then on each is made anew.
    assert made == ["a made 1 times, number 0", "a made 1 times, number 1"]
    assert client.get("/s/closed").status_code == 410


def test_one_asker_makes_anew_what_is_out_of_date_and_others_get_the_old() -> None:
    shelf: Shelf[str] = Shelf(1, 2)
    shelf.put("page", "old")
    shelf._things["page"] = (0.0, "old")

    assert [shelf.get("page") for _ in range(3)] == [None, "old", "old"]
    shelf.drop("page")
    shelf.drop("page")
    assert shelf.get("page") is None


def test_shelf_holds_no_more_than_it_may() -> None:
    shelf: Shelf[int] = Shelf(60, 2)

    for number in range(5):
        shelf.put(number, number)
    shelf.put(3, 33)

    assert [shelf.get(number) for number in range(5)] == [None, None, None, 33, 4]


def test_nothing_is_kept_for_no_time(app: Flask) -> None:
    pages: KeptPages = app.extensions["loopkeeper.kept_pages"]
    pages.keep_for(0)
    client = app.test_client()

    assert {client.get("/s/a").text for _ in range(3)} == {
        f"a made {number} times, number first" for number in (1, 2, 3)
    }


def test_printed_page_without_slots_is_one_stretch() -> None:
    page: PrintedPage = printed("<p>as it is</p>", ())

    assert page.copy({}) == gzip.decompress(page.compressed_copy({})) == b"<p>as it is</p>"
