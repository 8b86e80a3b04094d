"""Writes about pictures. They flush and never commit, and keep nothing of a file but its picture."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import Conflict
from tracker.pictures.encoding import encode
from tracker.pictures.models import Picture


class PictureInUse(Conflict):
    """A question shows this picture, so it can't go."""


def add_picture(
    session: Session, sent: bytes, alt_text: str, *, person_id: int, now: datetime
) -> Picture:
    """Keep the picture in a file. The same picture sent again is the one that is there.

    Raises `encoding.BadPicture`.
    """
    encoded = encode(sent)
    found = session.scalar(select(Picture).where(Picture.digest == encoded.digest))
    if found is not None:
        return found
    picture = Picture(
        digest=encoded.digest,
        data=encoded.data,
        size=len(encoded.data),
        width=encoded.width,
        height=encoded.height,
        alt_text=alt_text,
        added_on=now.date(),
        added_by_id=person_id,
    )
    session.add(picture)
    session.flush()
    return picture


def describe_picture(session: Session, picture: Picture, alt_text: str) -> None:
    """Say anew what a picture shows, wherever it stands."""
    picture.alt_text = alt_text
    session.flush()


def delete_picture(session: Session, picture: Picture, *, uses: int) -> None:
    """Delete a picture that no question shows; `uses` is how many do. Raises `PictureInUse`."""
    if uses:
        which = "A question shows" if uses == 1 else f"{uses} questions show"
        raise PictureInUse(
            f"{which} this picture, so it can’t be deleted. Choose another one there first."
        )
    session.delete(picture)
    session.flush()
