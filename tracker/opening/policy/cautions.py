"""What is unwise before asking, but allowed: the gate warns of it and never refuses for it."""

from dataclasses import dataclass
from textwrap import shorten

from tracker.consultations.policy import AGE_BAND_WORDS, PROMISE_DAYS, AgeBand
from tracker.opening.policy.gate import GateFacts, Place
from tracker.wording.policy.reading_age import reading_age

OLDEST_READING_AGE = 9
MOST_TIMES_ASKED = 3  # of one age band, in twelve months


@dataclass(frozen=True)
class Caution:
    """Something unwise. The consultation may open all the same."""

    code: str
    what: str
    place: Place


def warnings(facts: GateFacts) -> list[Caution]:
    """What is unwise but allowed."""
    return [
        *_hard_to_read(facts),
        *_asked_too_often(facts),
        *_other_loops(facts),
        *_nobody_to_tell(facts),
        *_long_wait(facts),
    ]


def _hard_to_read(facts: GateFacts) -> list[Caution]:
    return [
        Caution(
            "hard_to_read",
            f"“{shorten(words, 90, placeholder='…')}” in “{survey.title}” may be hard to read: "
            f"it takes a reader of about {age}. Try shorter words or two sentences; "
            f"{OLDEST_READING_AGE} is a good age to aim at.",
            Place.SURVEYS,
        )
        for survey in facts.surveys
        for words in survey.questions
        if (age := reading_age(words)) is not None and age > OLDEST_READING_AGE
    ]


def _asked_too_often(facts: GateFacts) -> list[Caution]:
    return [
        Caution(
            "asked_often",
            f"Young people of {AGE_BAND_WORDS[band]} have been asked {facts.times_asked[band]} "
            "times in the last twelve months. Do you know the answer already?",
            Place.DETAILS,
        )
        for band in AgeBand
        if band in facts.details.age_bands and facts.times_asked.get(band, 0) >= MOST_TIMES_ASKED
    ]


def _other_loops(facts: GateFacts) -> list[Caution]:
    if not facts.other_loops:
        return []
    what = (
        "The service has another consultation open or closed within a year. Has it been answered?"
        if facts.other_loops == 1
        else f"The service has {facts.other_loops} other consultations open or closed within a "
        "year. Have they all been answered?"
    )
    return [Caution("other_loops", what, Place.DETAILS)]


def _nobody_to_tell(facts: GateFacts) -> list[Caution]:
    if facts.safeguarding_leads:
        return []
    what = (
        "Nobody is safeguarding lead. If a young person writes that something is wrong, the answer "
        "is held and nobody can read it. Ask an administrator to give somebody the role."
    )
    return [Caution("no_safeguarding_lead", what, Place.SERVICE)]


def _long_wait(facts: GateFacts) -> list[Caution]:
    closes_on, promise_on = facts.details.closes_on, facts.details.promise_on
    if closes_on is None or promise_on is None or (promise_on - closes_on).days <= PROMISE_DAYS:
        return []
    weeks = (promise_on - closes_on).days // 7
    what = f"They would wait {weeks} weeks to hear. Government's own consultations answer within twelve."
    return [Caution("long_wait", what, Place.DETAILS)]
