"""Pages about pictures, and the public address of one."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories as make
from tests.conftest import SignIn
from tests.counting import counted
from tests.pictures.files import HTML, SVG, image_file, photo_with_place
from tracker.accounts.policy import RoleName
from tracker.pictures.encoding import LARGEST_FILE
from tracker.pictures.models import Picture
from tracker.surveys.models import Question


@pytest.fixture
def owner(session: Session, sign_in: SignIn) -> FlaskClient:
    make.make_organisation(session)
    service = make.make_service(session)
    assert service.owner is not None
    return sign_in(service.owner)


@pytest.fixture
def question(session: Session) -> Question:
    """A question that shows nothing yet."""
    return make.make_question(session, make.make_survey(session, make.make_consultation(session)))


def send(
    browser: FlaskClient,
    file: bytes,
    name: str = "door.png",
    words: str = "A red door",
    at: str = "",
) -> TestResponse:
    data = {"file": (BytesIO(file), name), "alt_text": words}
    return browser.post(f"/staff/pictures/new{at}", data=data, follow_redirects=True)


def test_show_gives_the_picture_for_ever_and_nothing_else(
    session: Session, client: FlaskClient
) -> None:
    picture = make.make_picture(session)

    answer = client.get(f"/p/{picture.digest}.webp")

    assert answer.data == picture.data
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


def test_show_says_when_it_has_not_changed(session: Session, client: FlaskClient) -> None:
    address = f"/p/{make.make_picture(session).digest}.webp"
    etag = client.get(address).headers["ETag"]

    answer = client.get(address, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("digest", ["0" * 32, "x", "..%2f..%2fetc%2fpasswd", "%00", "é"])
def test_show_knows_nothing_else(client: FlaskClient, digest: str) -> None:
    assert client.get(f"/p/{digest}.webp").status_code == 404


def test_add_keeps_a_photo_without_its_place(session: Session, owner: FlaskClient) -> None:
    page = send(owner, photo_with_place(), "IMG_1.jpg", " The \n door ").text

    picture = session.query(Picture).one()
    assert "The picture is there." in page and f"/p/{picture.digest}.webp" in page
    assert picture.alt_text == "The door"
    assert b"Secret" not in picture.data


def test_add_goes_back_to_the_question(
    session: Session, owner: FlaskClient, question: Question
) -> None:
    data = {"file": (BytesIO(image_file()), "a.png"), "alt_text": "A door"}
    answer = owner.post(f"/staff/pictures/new?question={question.id}", data=data)
    assert answer.headers["Location"] == f"/staff/questions/{question.id}/easy-read"


@pytest.mark.parametrize(
    ("file", "name", "words"),
    [
        (HTML, "door.png", "We can’t read this file."),
        (SVG, "door.svg", "This is an SVG drawing."),
        (b"", "", "The file is empty. Choose a picture."),
        (b"x" * (15 * 1024 * 1024), "big.jpg", "The file has more than 10 MB"),
    ],
    ids=["html", "svg", "none", "15mb"],
)
def test_add_says_what_is_wrong_and_keeps_what_was_typed(
    session: Session, owner: FlaskClient, file: bytes, name: str, words: str
) -> None:
    page = send(owner, file, name).text
    assert words in page and 'value="A red door"' in page and "There is a problem" in page
    assert session.query(Picture).count() == 0


def test_add_refuses_a_flood(session: Session, owner: FlaskClient) -> None:
    answer = send(owner, b"x" * (3 * LARGEST_FILE + 1), "flood.png")
    assert answer.status_code == 413
    assert session.query(Picture).count() == 0


def test_add_insists_on_words(session: Session, owner: FlaskClient) -> None:
    assert "Say what the picture shows" in send(owner, image_file(), words="  ").text
    assert "160 characters at most" in send(owner, image_file(), words="a" * 161).text
    assert session.query(Picture).count() == 0


def test_edit_changes_the_words(session: Session, owner: FlaskClient) -> None:
    picture = make.make_picture(session)
    assert 'value="A grey wall"' in owner.get(f"/staff/pictures/{picture.id}").text

    owner.post(f"/staff/pictures/{picture.id}", data={"alt_text": "A white wall"})

    session.expire_all()
    assert picture.alt_text == "A white wall"
    empty = owner.post(f"/staff/pictures/{picture.id}", data={"alt_text": ""})
    assert "Say what the picture shows" in empty.text


def test_delete_asks_first(session: Session, owner: FlaskClient) -> None:
    address = f"/staff/pictures/{make.make_picture(session).id}/delete"
    assert "Delete this picture?" in owner.get(address).text

    page = owner.post(address, follow_redirects=True).text

    assert "The picture is deleted." in page and "None yet. Add photos" in page
    assert owner.get(address).status_code == 404


def test_delete_refuses_while_a_question_shows_it(
    session: Session, owner: FlaskClient, question: Question
) -> None:
    picture = make.make_picture(session)
    question.easy_read = {"": {"picture": f"picture:{picture.digest}", "words": ""}}
    address = f"/staff/pictures/{picture.id}/delete"

    assert "A question shows it" in owner.get(address).text
    answer = owner.post(address)

    assert answer.status_code == 409 and "A question shows this picture" in answer.text
    assert "In 1 question" in owner.get("/staff/pictures").text


def test_index_shows_pictures_and_symbols(session: Session, owner: FlaskClient) -> None:
    make.make_picture(session, alt_text="The <front> door")
    page = owner.get("/staff/pictures").text
    assert "The &lt;front&gt; door" in page and "Not used yet" in page
    assert "A grown-up who helps" in page


def test_index_takes_as_many_queries_for_three(session: Session, owner: FlaskClient) -> None:
    make.make_picture(session)
    owner.get("/staff/pictures")
    with counted(session) as for_one:
        owner.get("/staff/pictures")
    for number in (1, 2):
        make.make_picture(session, colour=(number * 90, 0, 0))
    with counted(session) as for_three:
        page = owner.get("/staff/pictures").text
    assert page.count('<img class="picture"') == 3
    assert len(for_three) == len(for_one)


def test_viewer_and_stranger_have_no_pictures_to_change(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    picture = make.make_picture(session)
    viewer = sign_in(make.make_person(session, "", RoleName.VIEWER))
    for address in ("", "/new", f"/{picture.id}", f"/{picture.id}/delete"):
        assert viewer.get(f"/staff/pictures{address}").status_code == 403
        answer = client.get(f"/staff/pictures{address}")
        assert "/staff/sign-in" in answer.headers["Location"]
