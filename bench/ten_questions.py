"""The survey that is measured everywhere here: ten questions of all kinds, one of them with a condition."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from tests import factories as make
from tracker.clock import utc_now

CODE = "tenten"
# What a young person sends; `submission_id` comes beside it.
ANSWERS = {
    "q1": "c2",
    "q2": "The bus is late and it rains.",
    "q3": "c2",
    "q4": "c1",
    "q5": "yes",
    "q6.c1": "2",
    "q6.c2": "1",
    "q6.c3": "3",
    "q7": "12",
    "q8": "Friday",
    "q9": "A red door, and somebody who knows my name.",
    "q10": "No, that was all.",
}


def _choices(*texts: str, **more: Any) -> dict[str, Any]:
    return {"choices": [{"key": f"c{n}", "text": text} for n, text in enumerate(texts, 1)], **more}


QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "kind": "one_choice",
        "text": "How often do you come to the club?",
        "hint": "Think of this school year.",
        "settings": _choices("Every week", "Sometimes", "Never"),
    },
    {
        "kind": "long_text",
        "text": "What keeps you away?",
        "show_if": {"question": "q1", "any_of": ["c2", "c3"]},
    },
    {
        "kind": "scale",
        "text": "How do you feel when you are there?",
        "settings": _choices("Really good", "Good", "OK", "Bad", "Really bad", look="faces"),
    },
    {
        "kind": "several_choices",
        "text": "What would you like to do there?",
        "settings": _choices("Music", "Cooking", "Football", "Games", "Just talking", at_most=3),
    },
    {"kind": "yes_no", "text": "Would you come on a Saturday?", "is_required": True},
    {
        "kind": "ranking",
        "text": "What should we do first?",
        "settings": _choices("Open longer", "A quiet room", "Better food"),
    },
    {"kind": "number", "text": "How old are you?", "settings": {"smallest": 5, "largest": 25}},
    {"kind": "short_text", "text": "Which day is best for you?"},
    {"kind": "long_text", "text": "What would make the club better?"},
    {"kind": "long_text", "text": "Is there anything else you want to tell us?"},
)


def make_ten_questions(session: Session) -> None:
    """The survey at /s/<CODE>, open for a fortnight. Commits."""
    now = utc_now()
    make.make_organisation(session, name="Ashford Youth Council")
    consultation = make.make_consultation(
        session,
        title="What should the club be like?",
        purpose="We want to know what would make you come, and what keeps you away.",
        readers="Two youth workers of the club",
        opened_at=now - timedelta(days=2),
        closes_on=now.date() + timedelta(days=14),
        promise_on=now.date() + timedelta(days=98),
        retention_on=now.date() + timedelta(days=700),
    )
    survey = make.make_survey(session, consultation, code=CODE, title=consultation.title)
    for question in QUESTIONS:
        make.make_question(session, survey, **question)
    session.commit()


def posted(submission_id: str) -> bytes:
    """The body of a form that was filled in."""
    return urlencode({"submission_id": submission_id, "language": "en", **ANSWERS}).encode()
