"""Pictures kept, described and deleted."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tests.pictures.files import HTML, image_file
from tracker.pictures import operations, queries
from tracker.pictures.encoding import BadPicture
from tracker.pictures.models import Picture


def test_add_picture_keeps_the_small_one(session: Session) -> None:
    person = make.make_person(session)
    sent = image_file()

    picture = operations.add_picture(session, sent, "A red door", person_id=person.id, now=NOW)

    session.expire_all()
    assert (picture.width, picture.height, picture.alt_text) == (480, 360, "A red door")
    assert picture.data.startswith(b"RIFF") and picture.size == len(picture.data)
    assert (picture.added_on, picture.added_by_id) == (TODAY, person.id)


def test_add_picture_keeps_the_same_one_once(session: Session) -> None:
    person = make.make_person(session)
    one, other = (
        operations.add_picture(session, image_file(), words, person_id=person.id, now=NOW)
        for words in ("A red door", "Another door")
    )
    assert one is other and one.alt_text == "A red door"


def test_add_picture_keeps_nothing_of_what_it_refuses(session: Session) -> None:
    with pytest.raises(BadPicture):
        operations.add_picture(session, HTML, "A door", person_id=1, now=NOW)
    assert session.scalar(select(func.count()).select_from(Picture)) == 0


def test_describe_picture(session: Session) -> None:
    picture = make.make_picture(session)
    operations.describe_picture(session, picture, "A white wall")
    session.expire_all()
    assert picture.alt_text == "A white wall"


@pytest.mark.parametrize(("uses", "words"), [(1, "A question shows"), (2, "2 questions show")])
def test_delete_picture_refuses_while_it_is_shown(session: Session, uses: int, words: str) -> None:
    picture = make.make_picture(session)
    with pytest.raises(operations.PictureInUse, match=words):
        operations.delete_picture(session, picture, uses=uses)
    assert queries.all_pictures(session) == [picture]


def test_delete_picture(session: Session) -> None:
    operations.delete_picture(session, make.make_picture(session), uses=0)
    assert queries.all_pictures(session) == []


def test_pictures_at_finds_those_that_there_are(session: Session) -> None:
    picture = make.make_picture(session)
    found = queries.pictures_at(session, [picture.digest, "nothing"])
    assert found == {picture.digest: picture}
    assert queries.pictures_at(session, []) == {}
