"""What people and machines send to the site, each made ready to be sent once or twice."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from tests import factories as make
from tests.board.scenes import heard
from tests.bounces.scenes import sent_to
from tests.capabilities.sending import PRESS
from tests.chaos.deeds import Bed, Prepare
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.actions.policy import Outcome
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.health.watchman import watch
from tracker.mail.transport import MemoryTransport
from tracker.reminders.links import make_link
from tracker.reminders.models import Beat
from tracker.reminders.worker.agenda import TICK
from tracker.responses.models import SurveyResponse
from tracker.responses.policy import receipt_hash, receipt_words
from tracker.surveys.models import Survey
from tracker.themes.models import Theme

TOKEN = "the token of the proofs, long enough"
ENVIRON = {"LOOPKEEPER_SPAM_CHECKS": "0", "LOOPKEEPER_BOUNCE_NOTIFY_TOKEN": TOKEN}


def _post(bed: Bed, path: str, data: Any, **more: Any) -> Callable[[], None]:
    def post() -> None:
        bed.app.test_client().post(path, data=data, **more)

    return post


def _open_survey(bed: Bed) -> Survey:
    survey = make.make_survey(bed.session, make.make_open_consultation(bed.session, closes_on=None))
    make.make_question(bed.session, survey, text="What could be better?")
    return survey


def answers(bed: Bed) -> Callable[[], None]:
    fields = {"submission_id": str(uuid4()), "q1": "A later bus"}
    return _post(bed, f"/s/{_open_survey(bed).code}", fields)


def worrying_answer(bed: Bed) -> Callable[[], None]:
    fields = {"submission_id": str(uuid4()), "q1": "my dad hits me"}
    return _post(bed, f"/s/{_open_survey(bed).code}", fields)


def _answered(bed: Bed, survey: Survey) -> tuple[SurveyResponse, dict[str, str]]:
    """A response, and the four words that open it."""
    key, submission_id = bed.settings.derived_key("receipts"), uuid4()
    words = receipt_words(submission_id, 0, key)
    response = make.make_response(
        bed.session,
        survey,
        submission_id=submission_id,
        receipt_hash=receipt_hash(words, key),
        answers={survey.questions[0]: "A later bus"},
    )
    return response, {"words": words}


def withdraw(bed: Bed) -> Callable[[], None]:
    _, words = _answered(bed, _open_survey(bed))
    return _post(bed, "/answer/withdraw", words | {"sure": "yes"})


def correct(bed: Bed) -> Callable[[], None]:
    _, words = _answered(bed, _open_survey(bed))
    return _post(
        bed, "/answer/correct", words | {"submission_id": str(uuid4()), "q1": "A tram instead"}
    )


def verdict(bed: Bed) -> Callable[[], None]:
    survey = _open_survey(bed)
    response, words = _answered(bed, survey)
    theme = heard(bed.session, survey.consultation, "A later bus", [response])
    today = utc_now().date()
    action = make.make_action(
        bed.session,
        theme,
        outcome=Outcome.DONE,
        changed_on=today,
        recorded_at=utc_now() - timedelta(days=2),
        published_at=utc_now() - timedelta(days=2),
    )
    bed.session.flush()
    return _post(bed, "/answer", words | {"action": str(action.id), "verdict": "yes"})


def _behind_a_link(bed: Bed, *, is_expired: bool = False) -> tuple[str, Theme]:
    """A link for the owner of a closed consultation, and a theme that nobody has answered."""
    consultation = make.make_closed_consultation(bed.session)
    survey = make.make_survey(bed.session, consultation)
    theme = heard(bed.session, consultation, "The bus", [make.make_response(bed.session, survey)])
    expires_on = date(2020, 1, 1) if is_expired else date(2100, 1, 1)
    owner_id = consultation.owner_id
    assert owner_id is not None
    link = make_link(bed.settings, consultation.id, owner_id, expires_on=expires_on)
    return link.removeprefix(bed.settings.base_url), theme


def capability(bed: Bed) -> Callable[[], None]:
    link, theme = _behind_a_link(bed)
    key = f"t{theme.id}"
    fields = {
        **PRESS,
        "form_id": str(uuid4()),
        f"{key}-choice": "done",
        f"{key}-did": "From 3 February the centre is open until 8 pm on Fridays.",
        f"{key}-did_on": utc_now().date().isoformat(),
    }
    return _post(bed, link, fields)


def _held_answer(bed: Bed) -> str:
    """The address of an answer that was recorded by mail and isn't on the board yet."""
    link, theme = _behind_a_link(bed)
    action = make.make_action(
        bed.session,
        theme,
        recorded_at=utc_now(),
        published_at=None,
        publishes_at=utc_now() + timedelta(hours=20),
    )
    return f"{link}/pending/{action.versions[0].id}"


def capability_stop(bed: Bed) -> Callable[[], None]:
    return _post(bed, f"{_held_answer(bed)}/stop", PRESS)


def capability_put_back(bed: Bed) -> Callable[[], None]:
    address = _held_answer(bed)
    bed.session.commit()
    bed.app.test_client().post(f"{address}/stop", data=PRESS)
    return _post(bed, f"{address}/put-back", PRESS)


def capability_take_back(bed: Bed) -> Callable[[], None]:
    link, theme = _behind_a_link(bed)
    deputy = make.make_person(bed.session)
    theme.consultation.service.deputies = [deputy]
    form = {**PRESS, "form_id": str(uuid4()), "to": str(deputy.id)}
    bed.session.commit()
    given = bed.app.test_client().post(f"{link}/hand-over", data=form)
    return _post(bed, f"{given.headers['Location']}/take-back", PRESS)


def capability_fresh(bed: Bed) -> Callable[[], None]:
    link, _ = _behind_a_link(bed, is_expired=True)
    return _post(bed, f"{link}/fresh-link", PRESS)


def posted_bounce(bed: Bed) -> Callable[[], None]:
    person = make.make_person(bed.session)
    mail = sent_to(bed.session, person, sent_at=utc_now() - timedelta(hours=1))
    receipt = {
        "status": "permanent-failure",
        "notification_type": "email",
        "reference": mail.message_id,
        "to": person.email,
    }
    return _post(
        bed,
        "/hooks/bounces/notify",
        json.dumps(receipt),
        headers={"Authorization": f"Bearer {TOKEN}"},
        content_type="application/json",
    )


def silence(bed: Bed) -> Callable[[], None]:
    """The last tick was an hour ago, and something is due."""
    now = bed.later()
    if not bed.session.scalar(select(Person.id).where(Person.name == "Ada")):
        make.make_person(bed.session, "Ada", RoleName.ADMINISTRATOR)
    bed.session.merge(Beat(name=TICK, at=now - timedelta(hours=1), failures=""))
    make.make_closed_consultation(bed.session)

    def look() -> None:
        with bed.app.app_context():
            watch(current_session(), MemoryTransport(), bed.settings, clock=lambda: now)

    return look


PREPARED: dict[str, Prepare] = {
    "answers": answers,
    "answer": worrying_answer,
    "withdraw": withdraw,
    "correct": correct,
    "verdict": verdict,
    "capability": capability,
    "capability.stop": capability_stop,
    "capability.put back": capability_put_back,
    "capability.take back": capability_take_back,
    "capability.fresh": capability_fresh,
    "bounces.posted": posted_bounce,
    "watchman": silence,
}
