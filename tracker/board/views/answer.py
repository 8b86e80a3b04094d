"""Where is my answer now? The four words open the story of one answer."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.accounts.guard import public
from tracker.actions.queries import action_or_404
from tracker.board.forms import verdict_sent
from tracker.board.queries.stories import story_of
from tracker.board.views.blueprint import bp
from tracker.board.views.words import ask_again, limited, response_meant, typed_words
from tracker.clock import utc_now
from tracker.db import current_session, reading
from tracker.failpoints import reach
from tracker.responses.models import SurveyResponse
from tracker.safeguarding.helplines import CHILDLINE, SHOUT
from tracker.verdicts.operations import give_verdict
from tracker.verdicts.policy import VERDICT_LABELS


@bp.route("/answer", methods=["GET", "POST"])
@public
@limited
def answer() -> ResponseReturnValue:
    """The four words open the story of one answer. They are never in a URL, a log or a cookie."""
    if request.method == "GET":
        return render_template("board/answer.html", typed="", is_wrong=False)
    if "action" in request.form:
        return _judge(current_session())
    with reading():
        session = current_session()
        response = response_meant(session)
        return story_page(session, response) if response else ask_again()


def _judge(session: Session) -> ResponseReturnValue:
    response = response_meant(session)
    if response is None:
        return ask_again()
    action_id, value, why = verdict_sent(request.form)
    action = action_or_404(session, action_id)
    give_verdict(session, response, action, value, why, now=utc_now())
    reach("verdict.done")
    session.commit()
    reach("verdict.committed")
    return story_page(session, response, news="judged")


def story_page(session: Session, response: SurveyResponse, *, news: str = "") -> str:
    """The story of one answer. `news` is what has just been done: "judged", "corrected" or nothing."""
    story = story_of(session, response, now=utc_now())
    return render_template(
        "board/story.html",
        story=story,
        typed=typed_words(),
        news=news,
        verdicts=VERDICT_LABELS,
        helplines=(CHILDLINE, SHOUT),
        help_nation=story.consultation.service.nation,
    )
