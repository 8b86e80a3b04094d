"""The board itself: "You said, we did"."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.board.forms import asked_for
from tracker.board.policy.words import SECTION_MEANINGS, SECTION_TITLES
from tracker.board.queries.pages import board_page
from tracker.board.queries.shelves import services_on_board, shelves
from tracker.board.views.blueprint import bp
from tracker.clock import utc_now
from tracker.db import current_session


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    session = current_session()
    asked = asked_for(request.args)
    return render_template(
        "board/index.html",
        shelves=shelves(session, asked, now=utc_now()),
        services=services_on_board(session),
        asked=asked,
        titles=SECTION_TITLES,
        meanings=SECTION_MEANINGS,
    )


@bp.get("/board/<slug>")
@public
def consultation(slug: str) -> ResponseReturnValue:
    session = current_session()
    page = board_page(session, slug, now=utc_now())
    return render_template(
        "board/consultation.html",
        page=page,
        help_nation=page.consultation.service.nation,
    )
