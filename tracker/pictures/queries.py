"""Reads about pictures."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from tracker.errors import NotFound
from tracker.pictures.models import Picture


def all_pictures(session: Session) -> list[Picture]:
    """Every picture without its data, the newest first."""
    return list(session.scalars(select(Picture).order_by(Picture.id.desc())))


def picture_or_404(session: Session, picture_id: int) -> Picture:
    """The picture with this id, or `NotFound`."""
    found = session.get(Picture, picture_id)
    if found is None:
        raise NotFound("There is no such picture. It may have been deleted.")
    return found


def picture_by_digest(session: Session, digest: str) -> Picture:
    """The picture at this address with its data, or `NotFound`."""
    query = select(Picture).where(Picture.digest == digest).options(undefer(Picture.data))
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such picture.")
    return found


def pictures_at(session: Session, digests: Collection[str]) -> dict[str, Picture]:
    """Those of the named pictures that there are, by digest and without their data."""
    if not digests:
        return {}
    found = session.scalars(select(Picture).where(Picture.digest.in_(digests)))
    return {picture.digest: picture for picture in found}
