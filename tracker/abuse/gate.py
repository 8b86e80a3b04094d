"""The gate before an answer is taken: reads the marks a page carried and counts what comes in.

Nothing of what it looks at is stored, beside an answer or anywhere else.
"""

from datetime import datetime
from uuid import UUID

from flask import current_app
from werkzeug.datastructures import MultiDict

from config import Config
from tracker.abuse import policy
from tracker.abuse.policy import Ask, Kind, Seal
from tracker.abuse.watch import Watch
from tracker.surveys.models import Survey
from tracker.web.limits import guess_key

# The box that no person sees, the seal, and the solved sum: fields beside the answers.
TRAP = "website"
SEAL = "seal"
PROOF = "proof"
FIELDS = (TRAP, SEAL, PROOF)

watch = Watch()


def seal_form(submission_id: UUID, now: datetime) -> str:
    """The seal of a form that is made now."""
    return policy.make_seal(submission_id, Seal(Kind.FORM, now), _settings().derived_key("seal"))


def seal_press(submission_id: UUID, now: datetime) -> str:
    """The seal of a page that asks for one more press, or to mend something: no hurry is too much."""
    return policy.make_seal(submission_id, Seal(Kind.PRESSED, now), _settings().derived_key("seal"))


def seal_wait(
    submission_id: UUID, typed: MultiDict[str, str], now: datetime
) -> tuple[str, datetime]:
    """The seal of a page that asks for a proof, and from when on having waited is proof enough.

    What an earlier page asked for stays, so that pressing too early loses no time.
    """
    earlier = _seal(submission_id, typed)
    if earlier is not None and earlier.kind is Kind.WAIT:
        return typed[SEAL], earlier.moment
    seal = Seal(Kind.WAIT, watch.turn(guess_key(), now))
    return policy.make_seal(submission_id, seal, _settings().derived_key("seal")), seal.moment


def ask_of(survey: Survey, submission_id: UUID, typed: MultiDict[str, str], now: datetime) -> Ask:
    """What is asked of whoever sent this before it is taken; counts it."""
    if not current_app.config["SPAM_CHECKS"]:
        return Ask.NOTHING
    seal = _seal(submission_id, typed)
    is_many = watch.arrived(survey.id, guess_key(), now)
    return policy.what_to_ask(
        seal,
        now,
        trap=typed.get(TRAP, ""),
        is_crowded=is_many or is_on_guard(survey, now),
        is_proven=seal is not None and policy.is_solved(typed.get(SEAL, ""), typed.get(PROOF, "")),
    )


def is_on_guard(survey: Survey, now: datetime) -> bool:
    """Whether staff have switched the sum on for this survey, and it isn't over."""
    return survey.proof_until is not None and now < survey.proof_until


def _seal(submission_id: UUID, typed: MultiDict[str, str]) -> Seal | None:
    return policy.read_seal(typed.get(SEAL, ""), submission_id, _settings().derived_keys("seal"))


def _settings() -> Config:
    settings: Config = current_app.config["LOOPKEEPER"]
    return settings
