"""What a consultation needs before it may ask anybody: the checklist, item by item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tracker.clock import day_in_words
from tracker.consultations.ladders import find_level
from tracker.consultations.policy import AgeBand, Details
from tracker.working_days import Nation


@dataclass(frozen=True)
class Somebody:
    """A person as the gate sees them; `is_reachable` means active, with an address that works."""

    person_id: int
    name: str
    is_reachable: bool


@dataclass(frozen=True)
class SurveyFacts:
    """One survey: whether it asks anything, and what is wrong with its questions."""

    title: str
    asks: bool
    problems: int = 0
    questions: tuple[str, ...] = ()  # the words of each question


@dataclass(frozen=True)
class GateFacts:
    """Everything the gate decides by."""

    details: Details
    today: date
    service_is_active: bool = True
    owner: Somebody | None = None  # of the consultation
    service_owner: Somebody | None = None
    contact: Somebody | None = None
    surveys: tuple[SurveyFacts, ...] = ()
    language_off: str = ""  # the name of the language it is written in, if that is switched off
    times_asked: Mapping[AgeBand, int] = field(default_factory=dict)  # before, in twelve months
    other_loops: int = 0  # of the service, opened in twelve months and not withdrawn
    safeguarding_leads: int = 1


class Place(StrEnum):
    """Where something is mended."""

    DETAILS = "details"
    SERVICE = "service"
    OWNER = "owner"
    SURVEYS = "surveys"


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way: what to do, and where (`field` on the page of details)."""

    code: str
    what: str
    place: Place
    field: str = ""


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `problem` gives what to do about it, or None when it is done."""

    code: str
    title: str
    place: Place
    problem: Callable[[GateFacts], str | None]
    field: str = ""


def missing(facts: GateFacts) -> list[Missing]:
    """All that stands in the way of opening, in the order of the checklist."""
    return [
        Missing(check.code, what, check.place, check.field)
        for check in CHECKS
        if (what := check.problem(facts)) is not None
    ]


def _written(name: str, what: str) -> Callable[[GateFacts], str | None]:
    """A check that a detail has been given."""
    return lambda facts: None if getattr(facts.details, name) else what


def _service_owner_problem(facts: GateFacts) -> str | None:
    if not facts.service_is_active:
        return "The service has stopped. Choose another."
    if facts.service_owner is None:
        return "The service has no owner."
    if not facts.service_owner.is_reachable:
        return f"{facts.service_owner.name} owns the service, but can't be reached any more."
    return None


def _contact_problem(facts: GateFacts) -> str | None:
    contact = facts.contact
    if contact is None:
        return "The service has nobody who is told when its owner doesn't answer."
    if not contact.is_reachable:
        return f"{contact.name} is the escalation contact, but can't be reached any more."
    owners = (facts.service_owner, facts.owner)
    if any(owner is not None and owner.person_id == contact.person_id for owner in owners):
        return f"{contact.name} is owner and escalation contact at once: two people are needed."
    return None


def _owner_problem(facts: GateFacts) -> str | None:
    if facts.owner is not None and not facts.owner.is_reachable:
        return f"{facts.owner.name} owns this consultation, but can't be reached any more."
    return None


def _closing_problem(facts: GateFacts) -> str | None:
    closes_on = facts.details.closes_on
    if closes_on is None:
        return "Choose the last day for answers."
    if closes_on < facts.today:
        return f"The last day for answers, {day_in_words(closes_on)}, is over. Choose a later one."
    return None


def _promise_problem(facts: GateFacts) -> str | None:
    promise_on, closes_on = facts.details.promise_on, facts.details.closes_on
    if promise_on is None:
        return "Promise the day by which you will have told them what happens."
    if closes_on is not None and promise_on <= closes_on:
        return "The promise date has to be after the last day for answers."
    return None


def _level_problem(facts: GateFacts) -> str | None:
    if find_level(facts.details.ladder, facts.details.level) is None:
        return "Say how much say young people have."
    return None


def _retention_problem(facts: GateFacts) -> str | None:
    retention_on, promise_on = facts.details.retention_on, facts.details.promise_on
    if retention_on is None:
        return "Choose the day the answers are deleted."
    if promise_on is not None and retention_on <= promise_on:
        return "The answers have to be kept until after the promise date."
    return None


def _help_problem(facts: GateFacts) -> str | None:
    return None if facts.details.help_page in list(Nation) else "Choose whose helplines to show."


def _survey_problem(facts: GateFacts) -> str | None:
    if not facts.surveys:
        return "Make a survey with at least one question."
    for survey in facts.surveys:
        if not survey.asks:
            return f"“{survey.title}” asks nothing yet. Add a question."
        if survey.problems:
            count = "A question" if survey.problems == 1 else f"{survey.problems} questions"
            return f"{count} of “{survey.title}” can't be asked yet."
    return _language_problem(facts)


def _language_problem(facts: GateFacts) -> str | None:
    if not facts.language_off:
        return None
    return (
        f"The questions are written in {facts.language_off}, which is switched off for public pages. "
        "Write them in another language, or ask an administrator to switch it on."
    )


_D = Place.DETAILS
CHECKS: tuple[Check, ...] = (
    Check("purpose", "Why you ask", _D, _written("purpose", "Say why you ask."), "purpose"),
    Check(
        "decision",
        "The decision the answers help to make",
        _D,
        _written("decision", "Name the decision the answers will help to make."),
        "decision",
    ),
    Check(
        "decided_by", "Who decides", _D, _written("decided_by", "Say who decides."), "decided_by"
    ),
    Check(
        "not_up_for_change",
        "What can’t change",
        _D,
        _written("not_up_for_change", "Say what can't change, whatever they answer."),
        "not_up_for_change",
    ),
    Check("level", "How much say they have", _D, _level_problem, "level"),
    Check("closes_on", "The last day for answers", _D, _closing_problem, "closes_on"),
    Check("promise_on", "The promise date", _D, _promise_problem, "promise_on"),
    Check(
        "retention_on", "The day the answers are deleted", _D, _retention_problem, "retention_on"
    ),
    Check(
        "anonymity",
        "Whether anybody can tell who answered",
        _D,
        _written("anonymity", "Choose whether anybody can tell who answered."),
        "anonymity",
    ),
    Check(
        "readers",
        "Who reads the answers",
        _D,
        _written("readers", "Say who reads the answers."),
        "readers",
    ),
    Check(
        "lawful_basis",
        "The lawful basis",
        _D,
        _written("lawful_basis", "Choose why the law lets you keep the answers."),
        "lawful_basis",
    ),
    Check("help_page", "Where help is", _D, _help_problem, "help_page"),
    Check("service_owner", "The service’s owner", Place.SERVICE, _service_owner_problem),
    Check("contact", "Who is told when the owner doesn’t answer", Place.SERVICE, _contact_problem),
    Check("owner", "Who answers for this consultation", Place.OWNER, _owner_problem),
    Check("survey", "A survey with something to answer", Place.SURVEYS, _survey_problem),
)
