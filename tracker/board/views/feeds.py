"""Two feeds: ways to hear of what happens without giving an address."""

from flask import Response, current_app, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.board.feed import Entry, atom_feed
from tracker.board.queries.news import happenings
from tracker.board.queries.pages import public_consultation_or_404
from tracker.board.views.blueprint import bp
from tracker.consultations.models import Consultation
from tracker.db import current_session
from tracker.languages import current_language
from tracker.languages import gettext as _
from tracker.services.queries import organisation


@bp.get("/board.atom")
@public
def feed() -> ResponseReturnValue:
    """Everything that happens on the board."""
    return _feed(None)


@bp.get("/board/<slug>/feed.atom")
@public
def consultation_feed(slug: str) -> ResponseReturnValue:
    """What happens to one consultation."""
    return _feed(public_consultation_or_404(current_session(), slug))


def _feed(of: Consultation | None) -> ResponseReturnValue:
    session = current_session()
    site: str = current_app.config["LOOPKEEPER"].base_url
    own = organisation(session).name
    entries = [
        Entry(
            id=f"{site}/board/{one.consultation.slug}#{one.key}",
            title=f"{one.consultation.title}: {one.title}",
            text=one.text,
            address=site + url_for("board.consultation", slug=one.consultation.slug),
            at=one.at,
        )
        for one in happenings(session, of)
    ]
    here = url_for("board.feed")
    page = url_for("board.index")
    if of is not None:
        here = url_for("board.consultation_feed", slug=of.slug)
        page = url_for("board.consultation", slug=of.slug)
    title = of.title if of else _("You said, we did")
    content = atom_feed(title, own, site + here, site + page, entries, current_language())
    return Response(content, mimetype="application/atom+xml")
