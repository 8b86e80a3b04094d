"""The public board, and "where is my answer now?". No cookie, no session, no script needed."""

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.accounts.guard import public
from tracker.actions.queries import action_or_404
from tracker.board.forms import asked_for, verdict_sent
from tracker.board.policy.words import SECTION_MEANINGS, SECTION_TITLES
from tracker.board.queries.pages import board_page
from tracker.board.queries.shelves import services_on_board, shelves
from tracker.board.queries.stories import story_of
from tracker.clock import utc_now
from tracker.db import current_session, reading
from tracker.responses.models import SurveyResponse
from tracker.responses.queries import response_by_receipt
from tracker.safeguarding.helplines import CHILDLINE, SHOUT
from tracker.verdicts.operations import give_verdict
from tracker.verdicts.policy import VERDICT_LABELS
from tracker.web.limits import limiter

bp = Blueprint("board", __name__, url_prefix=None)

# Wrong words from one address; right ones aren't counted, so a whole class can look at once.
WRONG_WORDS = "20 per minute; 200 per hour"


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


def _were_wrong(response: Response) -> bool:
    return response.status_code == 422


@bp.route("/answer", methods=["GET", "POST"])
@public
@limiter.limit(WRONG_WORDS, methods=["POST"], deduct_when=_were_wrong)
def answer() -> ResponseReturnValue:
    """The four words open the story of one answer. They are never in a URL, a log or a cookie."""
    if request.method == "GET":
        return render_template("board/answer.html", typed="", is_wrong=False)
    if "action" in request.form:
        return _judge(current_session())
    with reading():
        return _tell(current_session())


def _judge(session: Session) -> ResponseReturnValue:
    response = _response(session)
    if response is not None:
        action_id, value, why = verdict_sent(request.form)
        action = action_or_404(session, action_id)
        give_verdict(session, response, action, value, why, now=utc_now())
        session.commit()
    return _tell(session, has_judged=True)


def _tell(session: Session, *, has_judged: bool = False) -> ResponseReturnValue:
    response = _response(session)
    typed = request.form.get("words", "")[:200]
    if response is None:
        return render_template("board/answer.html", typed=typed, is_wrong=True), 422
    story = story_of(session, response, now=utc_now())
    return render_template(
        "board/story.html",
        story=story,
        typed=typed,
        has_judged=has_judged,
        verdicts=VERDICT_LABELS,
        helplines=(CHILDLINE, SHOUT),
        help_nation=story.consultation.service.nation,
    )


def _response(session: Session) -> SurveyResponse | None:
    keys = current_app.config["LOOPKEEPER"].derived_keys("receipts")
    return response_by_receipt(session, request.form.get("words", ""), *keys)
