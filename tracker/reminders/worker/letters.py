"""What a reminder mail says: facts and one next thing per case, never a respondent's words.

The sentences are in `templates/emails/reminder/`; here they get their facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from tracker.accounts.models import Person
from tracker.accounts.policy import Act, Actor, may
from tracker.channels.links import make_reach_link
from tracker.channels.policy import USUAL_WAY, Channel, Way
from tracker.languages import gettext as _
from tracker.loop.policy import STAGE_WORDS, Stage
from tracker.loop.queries import Loop
from tracker.mail.render import RenderedMail, render_mail
from tracker.reminders.briefing import Briefing, closed_on, promised_on
from tracker.reminders.calendar import Promise, promise_file
from tracker.reminders.circle import unreachable_because
from tracker.reminders.links import expiry, make_link, page_address
from tracker.reminders.policy import CaseKind, Step, can_hold, plan
from tracker.responses.models import SurveyResponse
from tracker.themes.models import Coding, Theme

THEMES_SHOWN = 3
_OF_ACTION = (CaseKind.LATE_ACTION, CaseKind.SAID_NO)
_DATED = (Step.NEXT_STEPS, Step.PROMISE_SOON)
CaseAtStep = tuple[Briefing, Step]


@dataclass(frozen=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True)
class Item:
    """One case as the mail tells it. Days count from the close; dates are None where there are none."""

    kind: CaseKind
    step: Step
    title: str
    owner: str  # who looks after it, or why nobody does: a sentence
    is_owner: bool  # whether the mail goes to its owner
    answered: int
    heard: int
    themes: tuple[str, ...]  # what they said most
    stages: tuple[str, ...]  # the stages reached, in words
    today: date
    closed_on: date | None
    promise_on: date | None
    due_on: date | None
    since: date  # when its clock started
    action: str
    # If nothing is done: when the next step comes, who beside the reader hears then, and do they.
    next_on: date | None
    next_others: tuple[str, ...]
    next_is_you: bool
    button: Link
    links: tuple[Link, ...]

    @property
    def is_heard(self) -> bool:
        return self.heard == self.answered

    @property
    def days(self) -> int:
        """Whole days since the close."""
        return (self.today - self.closed_on).days if self.closed_on else 0

    @property
    def promised_days(self) -> int:
        """Days from the close to the promise date."""
        closed_on, promise_on = self.closed_on, self.promise_on
        return (promise_on - closed_on).days if promise_on and closed_on else 0


@dataclass(frozen=True)
class Writer:
    """Writes letters of one batch: what all of them share, read once."""

    settings: Config
    organisation: str
    time_zone: str
    today: date
    loops: Mapping[int, Loop]
    themes: Mapping[int, tuple[str, ...]]

    def write(self, to: Person, cases: Sequence[CaseAtStep], way: Way = USUAL_WAY) -> RenderedMail:
        """The message to one person about these cases, the highest step first, in the language spoken."""
        items = [self._item(to, briefing, step) for briefing, step in cases]
        if way.channel is Channel.CHAT:  # others may read along: no link that does the job
            items = [
                replace(item, button=self._look(briefing.case.consultation_id))
                for item, (briefing, _) in zip(items, cases, strict=True)
            ]
        return render_mail(
            "digest" if way.is_short else "reminder",
            person=to,
            items=items,
            loops=len({briefing.case.consultation_id for briefing, _ in cases}),
            organisation=self.organisation,
            way=way,
            reach_address=self._reach(to),
        )

    def fewer(self, to: Person) -> dict[str, str]:
        """The headers by which mail programs offer one press for fewer mails (RFC 8058)."""
        return {
            "List-Unsubscribe": f"<{self._reach(to)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def _reach(self, to: Person) -> str:
        return make_reach_link(self.settings, to.id, today=self.today)

    def _look(self, consultation_id: int) -> Link:
        return Link(_("See how it stands"), self._page("desk.consultation", consultation_id))

    def calendar(self, cases: Sequence[CaseAtStep], *, now: datetime) -> str:
        """The promise dates as a calendar file, when they are first named and before they come."""
        promises = [
            Promise(
                consultation_id=consultation.id,
                title=consultation.title,
                answered=self.loops[consultation.id].facts.to_hear,
                promise_on=promise_on,
                address=self._page("desk.consultation", consultation.id),
            )
            for consultation in (each.case.consultation for each, step in cases if step in _DATED)
            if (promise_on := promised_on(consultation, self.time_zone))
        ]
        return promise_file(promises, base_url=self.settings.base_url, now=now) if promises else ""

    def _item(self, to: Person, briefing: Briefing, step: Step) -> Item:
        case, consultation = briefing.case, briefing.case.consultation
        facts = self.loops[consultation.id].facts
        owner = briefing.circle.owner
        is_closed = consultation.closed_at is not None
        version = case.action.published if case.action else None
        next_on, coming = self._next(briefing)
        return Item(
            kind=case.kind,
            step=step,
            title=consultation.title,
            owner=_keeper(owner),
            is_owner=owner is not None and owner.id == to.id,
            answered=facts.to_hear,
            heard=facts.coded,
            themes=self.themes.get(consultation.id, ()),
            stages=tuple(
                _(STAGE_WORDS[stage])
                for stage in Stage
                if stage in self.loops[consultation.id].reached
            ),
            today=self.today,
            closed_on=closed_on(consultation, self.time_zone) if is_closed else None,
            promise_on=promised_on(consultation, self.time_zone),
            due_on=briefing.facts.due_on,
            since=briefing.facts.starts_on,
            action=version.text if version else "",
            next_on=next_on,
            next_others=tuple(person.name for person in coming if person.id != to.id),
            next_is_you=any(person.id == to.id for person in coming),
            button=self._button(to, briefing, is_heard=facts.coded == facts.to_hear),
            links=self._links(to, briefing, is_heard=facts.coded == facts.to_hear),
        )

    def _next(self, briefing: Briefing) -> tuple[date | None, list[Person]]:
        """When the next step comes if nothing is done, and who hears then."""
        for planned in plan(briefing.steps, briefing.records, self.today):
            people = [p for p in briefing.circle.recipients(planned.due.rule) if p.is_reachable]
            if planned.gives_way_to is None and people:
                return planned.due.due_on, people
        return None, []

    def _button(self, to: Person, briefing: Briefing, *, is_heard: bool) -> Link:
        """The one next thing, as far as this person may do it."""
        kind, consultation = briefing.case.kind, briefing.case.consultation
        if kind is CaseKind.ORPHAN:
            return Link(_("Say who looks after it"), f"{self._door(to, briefing)}/hand-over")
        if kind is CaseKind.UNTOLD and not is_heard and _may_read(to, briefing):
            return Link(_("Read the answers"), self._page("themes.hear", consultation.id))
        can_record = kind in _OF_ACTION or (kind is CaseKind.UNTOLD and is_heard)
        if can_record and (_is_of_team(to, briefing) or _is_contact(to, briefing)):
            return Link(_("Say what happened"), self._door(to, briefing))
        label = _("Decide what to do") if kind is CaseKind.NO_ANSWERS else _("See how it stands")
        return Link(label, self._page("desk.consultation", consultation.id))

    def _links(self, to: Person, briefing: Briefing, *, is_heard: bool) -> tuple[Link, ...]:
        case, door = briefing.case, self._door(to, briefing)
        found = []
        is_team = _is_of_team(to, briefing)
        has_answer = case.kind in _OF_ACTION or (case.kind is CaseKind.UNTOLD and is_heard)
        if has_answer and (is_team or _is_contact(to, briefing)):
            found.append(Link(_("We can't, because…"), f"{door}/cannot"))
            found.append(Link(_("It will take until…"), f"{door}/until"))
        can_wait = can_hold(briefing.steps, briefing.records, after=self.today)
        if is_team and can_wait and briefing.can_be_put_off:
            found.append(Link(_("Ask me again on…"), f"{door}/snooze"))
        if case.kind is not CaseKind.ORPHAN:
            found.append(Link(_("Someone else should answer"), f"{door}/hand-over"))
        return tuple(found)

    def _door(self, to: Person, briefing: Briefing) -> str:
        return make_link(
            self.settings,
            briefing.case.consultation_id,
            to.id,
            expires_on=expiry(self.today),
        )

    def _page(self, endpoint: str, consultation_id: int) -> str:
        return page_address(self.settings, endpoint, consultation_id=consultation_id)


def _keeper(owner: Person | None) -> str:
    if owner is None:
        return _("It has no owner.")
    return unreachable_because(owner) or _("%(name)s looks after it.", name=owner.name)


def _is_contact(person: Person, briefing: Briefing) -> bool:
    return briefing.circle.contact is person


def _is_of_team(person: Person, briefing: Briefing) -> bool:
    service = briefing.case.consultation.service
    owners = (briefing.circle.owner, service.owner)
    return person in owners or person in briefing.circle.deputies


def _may_read(person: Person, briefing: Briefing) -> bool:
    """Whether the page where answers are read would let this person in."""
    service = briefing.case.consultation.service
    own = frozenset({service.id})
    actor = Actor(
        person_id=person.id,
        is_active=person.active,
        roles=person.role_names,
        owns=own if service.owner_id == person.id else frozenset(),
        deputises=own if person in service.deputies else frozenset(),
    )
    return may(actor, Act.READ_RESPONSES, service.id)


def top_themes(session: Session, consultation_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What was said most, by consultation id: up to three theme statements."""
    responses = func.count()
    query = (
        select(Theme.consultation_id, Theme.statement)
        .join(Coding, Coding.theme_id == Theme.id)
        .join(SurveyResponse, SurveyResponse.id == Coding.response_id)
        .where(Theme.consultation_id.in_(consultation_ids), SurveyResponse.set_aside.is_(None))
        .group_by(Theme.id, Theme.consultation_id, Theme.statement, Theme.position)
        .order_by(responses.desc(), Theme.position, Theme.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for consultation_id, statement in session.execute(query):
        said = found.get(consultation_id, ())
        found[consultation_id] = (*said, statement)[:THEMES_SHOWN]
    return found
