"""What the mails of one batch have in common, read once, and what it says about each. Never writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer

from config import Config
from tracker.accounts.models import Person
from tracker.channels.models import Preference
from tracker.channels.outlets import switched_on
from tracker.channels.policy import Channel
from tracker.channels.queries import preferences_of
from tracker.clock import local_date
from tracker.db import locked
from tracker.mail.message import message_id_of
from tracker.reminders.briefing import Briefing, briefings, sound_loops
from tracker.reminders.circle import unreachable_because
from tracker.reminders.models import Case, Mail, MailKind, Reminder
from tracker.reminders.operations import why_cases_are_over
from tracker.reminders.policy import AtSending, Judgement, judge
from tracker.reminders.worker.letters import Writer, top_themes
from tracker.services.queries import organisation
from tracker.subscriptions.sealing import Seal
from tracker.working_days import Nation, is_working_day


@dataclass(frozen=True)
class Room:
    """What the mails of one batch have in common, read once."""

    session: Session
    settings: Config
    organisation: str
    time_zone: str
    now: datetime
    over: dict[int, str]
    briefings: dict[int, Briefing]
    writer: Writer
    preferences: dict[int, Preference] = field(default_factory=dict)  # by person id
    channels: frozenset[Channel] = frozenset()  # the further ones that are set up and switched on
    languages_off: frozenset[str] = frozenset()

    @property
    def seal(self) -> Seal:
        """What opens the addresses of subscribers, and their mails."""
        return Seal(self.settings)

    def message_id(self, key: str) -> str:
        return secret_message_id(self.settings, key)

    @property
    def today_nations(self) -> frozenset[Nation]:
        """The nations in which today is a working day."""
        today = local_date(self.now, self.time_zone)
        return frozenset(nation for nation in Nation if is_working_day(today, nation))


def secret_message_id(settings: Config, key: str) -> str:
    """The Message-ID of an intent. Nobody without the secret can work it out, so a bounce that names
    it comes from where the mail went.
    """
    return message_id_of(f"{settings.derived_key('message ids')}\n{key}", settings.mail_from)


def claimed_mails(session: Session, worker: str, ids: Sequence[int]) -> list[Mail]:
    """Those that are still this worker's, held: nobody may claim them while it decides about them.

    Else a worker that stood still for longer than its lease writes over what became of them since.
    """
    query = (
        select(Mail)
        .outerjoin(Mail.recipient)
        .where(Mail.id.in_(ids), Mail.claimed_by == worker)
        .options(
            contains_eager(Mail.recipient),
            joinedload(Mail.subscription),
            undefer(Mail.content),
            selectinload(Mail.reminders)
            .joinedload(Reminder.case)
            .options(joinedload(Case.consultation), selectinload(Case.action)),
        )
        .order_by(Mail.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(locked(query, of=Mail)))


def make_room(
    session: Session,
    settings: Config,
    mails: list[Mail],
    now: datetime,
    channels: Collection[Channel] = (),
) -> Room:
    cases = list({r.case_id: r.case for mail in mails for r in mail.reminders}.values())
    consultations = list({case.consultation_id: case.consultation for case in cases}.values())
    own = organisation(session)
    over = why_cases_are_over(session, cases, now=now)
    over |= {case.id: case.closed_because for case in cases if case.closed_at}
    return Room(
        session=session,
        settings=settings,
        organisation=own.name,
        time_zone=own.time_zone,
        now=now,
        over=over,
        briefings=briefings(session, cases, now=now),
        writer=Writer(
            settings=settings,
            organisation=own.name,
            time_zone=own.time_zone,
            today=local_date(now, own.time_zone),
            loops=sound_loops(session, consultations, now=now),
            themes=top_themes(session, [c.id for c in consultations]),
        ),
        preferences=preferences_of(
            session, {r.recipient_id for mail in mails for r in mail.reminders}
        ),
        channels=switched_on(own, channels),
        languages_off=frozenset(own.languages_off),
    )


def judged(room: Room, reminder: Reminder, recipient: Person) -> tuple[Judgement, str]:
    briefing = room.briefings[reminder.case_id]
    due = briefing.scheduled(reminder)
    facts = AtSending(
        over=room.over[reminder.case_id],
        unreachable=unreachable_because(recipient),
        is_addressed=due is None or recipient in briefing.circle.recipients(due.rule),
        due=due,
        was_due_on=reminder.due_on,
        held=briefing.held,
        acted_at=briefing.acted_at,
        is_working_day=nation_of(reminder) in room.today_nations,
    )
    return judge(facts, today=local_date(room.now, room.time_zone), now=room.now)


def nation_of(reminder: Reminder) -> Nation:
    return reminder.case.consultation.service.nation


def has_had_one(room: Room, mail: Mail) -> bool:
    """Whether another reminder mail to this person counts for today."""
    other = exists().where(
        Mail.recipient_id == mail.recipient_id,
        Mail.kind == MailKind.REMINDER,
        Mail.day == local_date(room.now, room.time_zone),
        Mail.id != mail.id,
    )
    return bool(room.session.scalar(select(other)))
