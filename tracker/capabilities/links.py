"""Opening a link at the door of each page: whose it is, what it is still good for."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app, url_for
from sqlalchemy.orm import Session

from config import Config
from tracker.capabilities.people import Holder, find_holder
from tracker.capabilities.policy import LinkState, Verb, link_state, moment_words
from tracker.clock import local_date, utc_now
from tracker.consultations.policy import ConsultationState
from tracker.db import current_session
from tracker.reminders.links import read_link
from tracker.services.queries import organisation

# What mail programs take for a part of an address that stands at the end of a sentence.
_NO_PART_OF_IT = " .,;:!?'\"()[]{}<>\u2019\u201d"


@dataclass(frozen=True)
class Link:
    """A link somebody opened. `holder` is None when it can't be read or leads nowhere any more."""

    token: str
    session: Session
    settings: Config
    now: datetime
    time_zone: str
    state: LinkState
    holder: Holder | None
    expires_on: date | None = None

    @property
    def is_still_somebodys(self) -> bool:
        """Whether whoever holds it may see to what they did with it, though it opens nothing more."""
        is_fit = self.state in (LinkState.WORKS, LinkState.NOT_YOURS)
        return is_fit and self.holder is not None and self.holder.person.active

    @property
    def today(self) -> date:
        return local_date(self.now, self.time_zone)

    def in_words(self, moment: datetime) -> str:
        """A moment as it is said now and here."""
        return moment_words(moment, self.now, self.time_zone)

    def to(self, page: str, **values: object) -> str:
        """The address of another page behind the same link."""
        return url_for(f"capabilities.{page}", token=self.token, **values)  # type: ignore[arg-type]


class LinkDoesNotWork(Exception):
    """The page behind the link can't be shown; what has become of it is explained instead."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.state)
        self.link = link


def open_link(token: str) -> Link:
    """Read a link without asking whether it still works. Changes nothing."""
    token = token.rstrip(_NO_PART_OF_IT)
    session, settings, now = current_session(), current_app.config["LOOPKEEPER"], utc_now()
    zone = organisation(session).time_zone
    claim = read_link(settings, token, today=local_date(now, zone))
    if claim is None:
        return Link(token, session, settings, now, zone, LinkState.UNREADABLE, None)
    holder = find_holder(session, claim.consultation_id, claim.person_id)
    state = link_state(
        exists=holder is not None,
        verbs=holder.verbs if holder else frozenset(),
        is_withdrawn=bool(holder and holder.consultation.state is ConsultationState.WITHDRAWN),
        is_expired=claim.is_expired,
    )
    return Link(token, session, settings, now, zone, state, holder, claim.expires_on)


def open_working_link(token: str, verb: Verb | None = None) -> tuple[Link, Holder]:
    """A link that works, and may be used for `verb`; else `LinkDoesNotWork`."""
    link = open_link(token)
    if link.holder is None or link.state is not LinkState.WORKS:
        raise LinkDoesNotWork(link)
    if verb is not None and not link.holder.may(verb):
        raise LinkDoesNotWork(link)  # and `explained` says that it works, but not for this
    return link, link.holder
