"""A closed survey is left alone for a year, against a real mail server: exactly the cadence, no more.

Every list of dates below was worked out by hand with a calendar of England, not by the policy.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import ROOT, Config
from tests import factories as make
from tests.mail.server import Inbox, smtp_server
from tracker.accounts.models import Person
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action, ActionVersion
from tracker.actions.policy import Outcome, ReasonCode
from tracker.consultations.models import Consultation
from tracker.mail.smtp import SmtpTransport
from tracker.reminders.models import Case, Mail, Reminder, ReminderState
from tracker.reminders.worker import tick
from tracker.responses.models import SurveyResponse
from tracker.themes.models import Theme

LONDON = ZoneInfo("Europe/London")
FRIETH = json.loads((ROOT / "tracker/demo/data/frieth-2018.json").read_text())
# Coverage is measured by smaller tests: here it would only cost time.
pytestmark = pytest.mark.no_cover
# The minute before nine in summer, and nine o'clock in summer and in winter; some nights as well.
TICKS_UTC = (time(7, 59), time(8), time(9))
NIGHTS_UTC = (time(2), time(18, 30), time(23, 59))

Line = tuple[str, str, str]  # local date, first name of the recipient, step


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def people(session: Session) -> dict[str, Person]:
    return {
        "Olu": make.make_person(session, "Olu", email="olu@frieth.example"),
        "Dan": make.make_person(session, "Dan", email="dan@frieth.example"),
        "Dee": make.make_person(session, "Dee", email="dee@frieth.example"),
        "Mo": make.make_person(session, "Mo", email="mo@frieth.example"),
        "Lee": make.make_person(
            session, "Lee", RoleName.PARTICIPATION_LEAD, email="lee@frieth.example"
        ),
    }


def make_frieth(
    session: Session, people: dict[str, Person], title: str, closes_on: date
) -> Consultation:
    """Open, with 31 answers, none of them heard yet."""
    service = make.make_service(
        session,
        name=f"{FRIETH['service']}, {title}"[:120],
        owner=people["Olu"],
        escalation_contact=people["Mo"],
        deputies=[people["Dan"], people["Dee"]],
    )
    consultation = make.make_consultation(
        session,
        title=title,
        service=service,
        decision=FRIETH["decision"],
        closes_on=closes_on,
        opened_at=datetime.combine(closes_on - timedelta(days=21), time(9), UTC),
    )
    survey = make.make_survey(session, consultation)
    question = make.make_question(session, survey, text=FRIETH["questions"][-1]["text"])
    for _ in range(31):
        make.make_response(session, survey, answers={question: "synthetic"}, received_on=closes_on)
    return consultation


def standing(moment: datetime) -> datetime:
    """A clock that stands still."""
    return moment


def walk(
    session: Session,
    app: Flask,
    settings: Config,
    inbox: Inbox,
    first: date,
    last: date,
) -> None:
    """Let the clock tick several times on each day from `first` to `last`."""
    transport = SmtpTransport(host=inbox.host, port=inbox.port, security="none", timeout=10)
    session.commit()
    with app.app_context():
        for days in range((last - first).days + 1):
            for at in sorted(TICKS_UTC + (() if days % 5 else NIGHTS_UTC)):
                moment = datetime.combine(first + timedelta(days=days), at, UTC)
                summary = tick(session, transport, settings, clock=partial(standing, moment))
                assert summary.failures == 0


def received(session: Session, inbox: Inbox) -> list[Line]:
    """What the mail server got, in words; the step comes from the row with that Message-ID."""
    session.expire_all()
    mails = {mail.message_id: mail for mail in session.scalars(select(Mail))}
    lines = []
    for each in inbox.received:
        sent_at = datetime.strptime(str(each.message["Date"]), "%a, %d %b %Y %H:%M:%S %z")
        local = sent_at.astimezone(LONDON)
        # Whatever the season, the first tick inside the hours for sending is the one at nine.
        assert (local.hour, local.minute) == (9, 0)
        assert local.weekday() < 5
        mail = mails[str(each.message["Message-ID"])]
        assert mail.person.email == each.recipient
        lines += [
            (local.date().isoformat(), mail.person.name, str(reminder.step))
            for reminder in mail.reminders
        ]
    return sorted(lines)


FIRST_QUARTER: list[Line] = [
    ("2018-07-16", "Olu", "next_steps"),  # closed on Friday 13 July; Monday
    ("2018-07-20", "Olu", "nudge"),
    ("2018-08-10", "Dan", "nudge_again"),
    ("2018-08-10", "Dee", "nudge_again"),
    ("2018-08-10", "Olu", "nudge_again"),
]
TO_THE_PROMISE: list[Line] = [
    *FIRST_QUARTER,
    ("2018-09-21", "Dan", "promise_soon"),
    ("2018-09-21", "Dee", "promise_soon"),
    ("2018-09-21", "Olu", "promise_soon"),
    ("2018-10-05", "Olu", "promise_due"),  # 84 days after the close
    ("2018-10-12", "Mo", "escalate_manager"),
    ("2018-10-12", "Olu", "escalate_manager"),
    ("2018-11-02", "Lee", "escalate_lead"),  # the clocks went back on 28 October
]
STILL_OPEN_ON = (
    "2018-11-30",
    "2019-01-02",  # Christmas, Boxing Day and New Year's Day are no working days
    "2019-01-30",
    "2019-02-27",
    "2019-03-27",
    "2019-04-26",  # Good Friday, Easter Monday; the clocks went forward on 31 March
    "2019-05-28",  # two bank holidays in May
    "2019-06-25",
)


def test_left_alone_for_a_year_gets_exactly_the_cadence(
    app: Flask, session: Session, settings: Config, inbox: Inbox, people: dict[str, Person]
) -> None:
    make.make_organisation(session, goes_live_on=date(2018, 1, 1))
    consultation = make_frieth(session, people, FRIETH["title"], date(2018, 7, 13))

    walk(session, app, settings, inbox, date(2018, 7, 13), date(2019, 7, 13))

    still_open = [(day, name, "still_open") for day in STILL_OPEN_ON for name in ("Lee", "Olu")]
    assert received(session, inbox) == [*TO_THE_PROMISE, *still_open]
    assert consultation.closed_at == datetime(2018, 7, 13, 23, 0, tzinfo=UTC)
    states = set(session.scalars(select(Reminder.state)))
    assert states == {ReminderState.SENT}


def answer(session: Session, theme: Theme, at: datetime, **values: object) -> None:
    make.make_action(session, theme, recorded_at=at, published_at=at, **values)


def refuse(session: Session, theme: Theme, at: datetime, reason: str) -> None:
    answer(
        session,
        theme,
        at,
        outcome=Outcome.CANNOT,
        text="We can't do that.",
        reason_code=ReasonCode.MONEY,
        reason=reason,
        decided_by="The head teacher",
        review_on=date(2019, 9, 1),
    )


def finish(session: Session, theme: Theme, at: datetime) -> None:
    """Publish that the action on `theme` is done."""
    action = session.scalars(select(Action).where(Action.themes.contains(theme))).one()
    action.versions.append(
        ActionVersion(
            number=2,
            outcome=Outcome.DONE,
            text="The new equipment is there.",
            changed_on=at.date(),
            recorded_at=at,
            published_at=at,
        )
    )


def test_wishes_that_cannot_be_met_keep_it_open_until_each_has_an_honest_answer(
    app: Flask, session: Session, settings: Config, inbox: Inbox, people: dict[str, Person]
) -> None:
    make.make_organisation(session, goes_live_on=date(2018, 1, 1))
    consultation = make_frieth(session, people, FRIETH["title"], date(2018, 7, 13))
    walk(session, app, settings, inbox, date(2018, 7, 13), date(2018, 8, 31))

    # On 1 September everything has been heard, and six of nine wishes get their answer.
    themes = {
        words: make.make_theme(session, consultation, statement=words, position=position)
        for position, words in enumerate(FRIETH["you_said"])
    }
    of_this = SurveyResponse.consultation_id == consultation.id
    for position, response in enumerate(session.scalars(select(SurveyResponse).where(of_this))):
        make.make_coding(session, response, list(themes.values())[position % 9])
    heard_at = datetime(2018, 9, 1, 10, tzinfo=UTC)
    never = ("Build a swimming pool", "Have a mini zoo", "More holidays")
    for words, theme in themes.items():
        if words == FRIETH["you_said"][0]:
            text = FRIETH["we_did"][0]["text"]
            due_on = date.fromisoformat(FRIETH["we_did"][0]["due_on"])
            answer(session, theme, heard_at, outcome=Outcome.DOING, text=text, due_on=due_on)
        elif words not in never:
            answer(session, theme, heard_at)
    walk(session, app, settings, inbox, date(2018, 9, 1), date(2018, 10, 14))

    # The pool and the zoo get theirs in October, after the promise; the holidays still wait.
    refuse(session, themes[never[0]], datetime(2018, 10, 15, 10, tzinfo=UTC), "It costs too much.")
    refuse(session, themes[never[1]], datetime(2018, 10, 22, 10, tzinfo=UTC), "It needs a keeper.")
    walk(session, app, settings, inbox, date(2018, 10, 15), date(2018, 11, 29))
    assert received(session, inbox) == TO_THE_PROMISE

    # At a quarter to eight on the day of the next reminder the last one is published.
    at = datetime(2018, 11, 30, 7, 45, tzinfo=UTC)
    refuse(session, themes[never[2]], at, "The law says how many days school is open.")
    walk(session, app, settings, inbox, date(2018, 11, 30), date(2019, 1, 6))

    # From then on nobody hears of the survey again; but the equipment was promised for 21 December.
    equipment: list[Line] = [
        ("2018-12-14", "Olu", "due_soon"),
        ("2018-12-21", "Olu", "due"),
        ("2019-01-02", "Mo", "escalate_manager"),
        ("2019-01-02", "Olu", "escalate_manager"),
    ]
    assert received(session, inbox) == [*TO_THE_PROMISE, *equipment]
    finish(session, themes[FRIETH["you_said"][0]], datetime(2019, 1, 7, 10, tzinfo=UTC))
    walk(session, app, settings, inbox, date(2019, 1, 7), date(2019, 4, 30))
    assert received(session, inbox) == [*TO_THE_PROMISE, *equipment]
    assert not list(session.scalars(select(Case).where(Case.closed_at.is_(None))))


def test_an_outage_of_four_months_yields_one_mail_per_case(
    app: Flask, session: Session, settings: Config, inbox: Inbox, people: dict[str, Person]
) -> None:
    make.make_organisation(session, goes_live_on=date(2018, 1, 1))
    make_frieth(session, people, "Pupil survey", date(2018, 7, 13))
    make_frieth(session, people, "The pond", date(2018, 8, 10))
    walk(session, app, settings, inbox, date(2018, 7, 13), date(2018, 8, 14))
    before = received(session, inbox)
    assert before == sorted([*FIRST_QUARTER, ("2018-08-13", "Olu", "next_steps")])

    # Nothing ticks from 15 August to 16 December; Monday 17 December is a working day.
    walk(session, app, settings, inbox, date(2018, 12, 17), date(2018, 12, 31))

    assert received(session, inbox)[len(before) :] == [
        ("2018-12-17", "Lee", "escalate_lead"),  # the pond, due on 30 November
        ("2018-12-17", "Lee", "still_open"),  # the survey, due on 30 November
        ("2018-12-17", "Olu", "still_open"),
    ]
    assert len([each for each in inbox.received if each.recipient == "lee@frieth.example"]) == 1
    skipped = session.scalars(
        select(Reminder).where(Reminder.state == ReminderState.SKIPPED).order_by(Reminder.id)
    )
    lines = sorted(
        (r.case.consultation.title, r.due_on.isoformat(), str(r.step), r.recipient.name)
        for r in skipped
    )
    assert lines == [
        ("Pupil survey", "2018-09-21", "promise_soon", "Dan"),
        ("Pupil survey", "2018-09-21", "promise_soon", "Dee"),
        ("Pupil survey", "2018-09-21", "promise_soon", "Olu"),
        ("Pupil survey", "2018-10-05", "promise_due", "Olu"),
        ("Pupil survey", "2018-10-12", "escalate_manager", "Mo"),
        ("Pupil survey", "2018-10-12", "escalate_manager", "Olu"),
        ("Pupil survey", "2018-11-02", "escalate_lead", "Lee"),
        ("The pond", "2018-08-17", "nudge", "Olu"),
        ("The pond", "2018-09-07", "nudge_again", "Dan"),
        ("The pond", "2018-09-07", "nudge_again", "Dee"),
        ("The pond", "2018-09-07", "nudge_again", "Olu"),
        ("The pond", "2018-10-19", "promise_soon", "Dan"),
        ("The pond", "2018-10-19", "promise_soon", "Dee"),
        ("The pond", "2018-10-19", "promise_soon", "Olu"),
        ("The pond", "2018-11-02", "promise_due", "Olu"),
        ("The pond", "2018-11-09", "escalate_manager", "Mo"),
        ("The pond", "2018-11-09", "escalate_manager", "Olu"),
    ]
