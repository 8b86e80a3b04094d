"""Taking a bounce: for our own mails, the present address, once; and what follows from it."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.bounces.scenes import bounces, came_back, sent_to
from tests.factories import NOW
from tracker.accounts.models import Person
from tracker.accounts.operations import PersonDraft, edit_person
from tracker.bounces.models import BounceMailbox
from tracker.bounces.operations import (
    LOOK_EVERY,
    Place,
    begin_look,
    end_look,
    forget_old,
    note_read,
    settle_address,
    take_report,
)
from tracker.bounces.policy import KEPT, LATEST, BounceKind, Report
from tracker.bounces.queries import dead_addresses, doubtful_addresses
from tracker.db import db
from tracker.reminders.models import MailState
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.operations import subscribe
from tracker.subscriptions.sealing import Seal

FULL = "4.2.2"


@pytest.fixture
def olu(session: Session) -> Person:
    make.make_organisation(session)
    return make.make_person(session, "Olu")


def test_bounce_marks_the_address_and_keeps_what_was_said(
    session: Session, settings: Config, olu: Person
) -> None:
    mail = sent_to(session, olu)

    assert came_back(session, settings, mail)

    assert olu.is_bounced and not olu.is_reachable
    (bounce,) = bounces(session)
    assert (bounce.person, bounce.mail, bounce.address) == (olu, mail, "olu@example.org")
    assert (bounce.kind, bounce.at, bounce.words) == (BounceKind.GONE, NOW, "550 nobody here")
    assert mail.last_error == "It came back. Nobody is at this address. 550 nobody here"


def test_bounce_is_taken_once(session: Session, settings: Config, olu: Person) -> None:
    mail = sent_to(session, olu)
    came_back(session, settings, mail)
    settle_address(session, olu, now=NOW)

    assert not came_back(session, settings, mail, now=NOW + timedelta(minutes=1))

    assert not olu.is_bounced
    assert len(bounces(session)) == 1


def test_bounce_of_a_mail_we_never_sent_is_ignored(
    session: Session, settings: Config, olu: Person
) -> None:
    forged = Report(("<made-up@example.org>",), frozenset({olu.email}), "5.1.1", None, "")

    assert not take_report(session, forged, Seal(settings), now=NOW)
    assert not olu.is_bounced and not bounces(session)


def test_bounce_without_any_mail_is_ignored(
    session: Session, settings: Config, olu: Person
) -> None:
    sent_to(session, olu, message_id="", state=MailState.WAITING, sent_at=None)

    nothing = Report((), frozenset({olu.email}), "5.1.1", None, "")
    assert not take_report(session, nothing, Seal(settings), now=NOW)


@pytest.mark.parametrize("state", [MailState.WAITING, MailState.CANCELLED, MailState.FAILED])
def test_bounce_of_a_mail_that_never_left_is_ignored(
    session: Session, settings: Config, olu: Person, state: MailState
) -> None:
    mail = sent_to(session, olu, state=state, sent_at=None)

    assert not came_back(session, settings, mail)


def test_bounce_of_a_mail_whose_outcome_is_open_is_taken(
    session: Session, settings: Config, olu: Person
) -> None:
    assert came_back(
        session, settings, sent_to(session, olu, state=MailState.SENDING, sent_at=None)
    )
    assert olu.is_bounced


def test_bounce_that_names_another_recipient_is_ignored(
    session: Session, settings: Config, olu: Person
) -> None:
    assert not came_back(session, settings, sent_to(session, olu), "somebody@example.org")
    assert not olu.is_bounced


def test_bounce_comes_too_late(session: Session, settings: Config, olu: Person) -> None:
    mail = sent_to(session, olu)

    assert not came_back(session, settings, mail, now=NOW + LATEST)
    assert came_back(session, settings, mail, now=NOW + LATEST - timedelta(hours=1))


def test_bounce_of_an_older_address_leaves_the_new_one(
    session: Session, settings: Config, olu: Person
) -> None:
    mail, old = sent_to(session, olu), olu.email
    edit_person(session, olu, PersonDraft("Olu", "olu.new@example.org"), by=olu.id)

    assert not came_back(session, settings, mail, old)
    assert not olu.is_bounced


def test_bounce_finds_an_address_in_whatever_case(
    session: Session, settings: Config, olu: Person
) -> None:
    olu.email = "Olu@Example.ORG"

    assert came_back(session, settings, sent_to(session, olu), "olu@example.org")


def test_bounce_tries_its_ids_in_order(session: Session, settings: Config, olu: Person) -> None:
    dee = make.make_person(session, "Dee")
    to_olu, to_dee = sent_to(session, olu), sent_to(session, dee)
    ids = ("<none@example.org>", to_dee.message_id, to_olu.message_id)

    report = Report(ids, frozenset({dee.email, olu.email}), "5.1.1", None, "")
    assert take_report(session, report, Seal(settings), now=NOW)

    assert dee.is_bounced and not olu.is_bounced


def full_on(session: Session, settings: Config, person: Person, *days: int) -> None:
    for day in days:
        then = NOW - timedelta(days=day)
        assert came_back(
            session, settings, sent_to(session, person, sent_at=then), status=FULL, now=then
        )


@pytest.mark.parametrize(
    ("days", "is_dead"),
    [((0,), False), ((1, 0), False), ((1, 1, 0), False), ((2, 1, 0), True), ((31, 1, 0), False)],
    ids=str,
)
def test_full_mailbox_counts_by_days(
    session: Session, settings: Config, olu: Person, days: tuple[int, ...], is_dead: bool
) -> None:
    full_on(session, settings, olu, *days)

    assert olu.is_bounced is is_dead
    doubtful = [each.times for each in doubtful_addresses(session, now=NOW)]
    assert doubtful == ([] if is_dead else [len([day for day in days if day < 30])])


def test_full_mailbox_of_an_older_address_doesnt_count(
    session: Session, settings: Config, olu: Person
) -> None:
    full_on(session, settings, olu, 2, 1)
    edit_person(session, olu, PersonDraft("Olu", "olu.new@example.org"), by=olu.id)

    full_on(session, settings, olu, 0)

    assert not olu.is_bounced
    assert [each.times for each in doubtful_addresses(session, now=NOW)] == [1]


def test_full_mailbox_that_turns_out_gone_is_corrected(
    session: Session, settings: Config, olu: Person
) -> None:
    mail = sent_to(session, olu)
    came_back(session, settings, mail, status=FULL, words="full")

    assert not came_back(session, settings, mail, status=FULL)
    assert came_back(session, settings, mail, words="550 gone")
    assert not came_back(session, settings, mail, status=FULL)

    assert olu.is_bounced
    assert [(each.kind, each.words) for each in bounces(session)] == [(BounceKind.GONE, "550 gone")]


def test_settled_address_begins_with_a_clean_slate(
    session: Session, settings: Config, olu: Person
) -> None:
    full_on(session, settings, olu, 2, 1)
    settle_address(session, olu, now=NOW - timedelta(minutes=30))

    full_on(session, settings, olu, 0)

    assert not olu.is_bounced


def test_settled_address_isnt_marked_by_a_mail_from_before(
    session: Session, settings: Config, olu: Person
) -> None:
    first, second = sent_to(session, olu), sent_to(session, olu)
    later = sent_to(session, olu, sent_at=NOW + timedelta(minutes=5))
    came_back(session, settings, first)
    settle_address(session, olu, now=NOW)

    assert came_back(session, settings, second)
    assert not olu.is_bounced and dead_addresses(session) == []

    assert came_back(session, settings, later, now=NOW + timedelta(minutes=9))
    assert olu.is_bounced


def test_two_bounces_at_once_are_both_counted(
    app: Flask, session: Session, settings: Config, olu: Person
) -> None:
    full_on(session, settings, olu, 2)
    mails = [sent_to(session, olu, sent_at=NOW - timedelta(days=day)) for day in (1, 0)]
    reports = [Report((mail.message_id,), frozenset({olu.email}), FULL, None, "") for mail in mails]
    session.commit()
    with app.app_context():
        engine = db.engine
    start = threading.Barrier(2)

    def take(day: int, report: Report) -> None:
        with Session(engine) as own:
            start.wait()
            take_report(own, report, Seal(settings), now=NOW - timedelta(days=day))
            own.commit()

    threads = [
        threading.Thread(target=take, args=pair) for pair in ((1, reports[0]), (0, reports[1]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(bounces(session)) == 3
    assert session.get_one(Person, olu.id).is_bounced


# Subscribers


@pytest.fixture
def subscription(session: Session, settings: Config) -> Subscription:
    make.make_organisation(session)
    consultation = make.make_open_consultation(session)
    subscribe(session, consultation, "Sam@example.org", "en", Seal(settings), now=NOW)
    return session.query(Subscription).one()


def test_bounce_of_a_subscriber_deletes_the_address(
    session: Session, settings: Config, subscription: Subscription
) -> None:
    mail = sent_to(session, None, subscription_id=subscription.id)

    assert came_back(session, settings, mail, "sam@example.org", words="550 no sam@example.org")

    session.expire_all()
    assert session.query(Subscription).all() == []
    (bounce,) = bounces(session)
    assert (bounce.person_id, bounce.address, bounce.words) == (None, "", "")
    assert "sam" not in mail.last_error
    assert not came_back(session, settings, mail, "sam@example.org")


def test_bounce_of_a_subscriber_that_names_another_is_ignored(
    session: Session, settings: Config, subscription: Subscription
) -> None:
    mail = sent_to(session, None, subscription_id=subscription.id)

    assert not came_back(session, settings, mail, "max@example.org")
    assert session.query(Subscription).count() == 1


def test_full_mailbox_of_a_subscriber_counts_by_days(
    session: Session, settings: Config, subscription: Subscription
) -> None:
    for day in (2, 1, 0):
        assert session.query(Subscription).count() == 1
        then = NOW - timedelta(days=day)
        mail = sent_to(session, None, subscription_id=subscription.id, sent_at=then)
        assert came_back(session, settings, mail, "sam@example.org", FULL, now=then)

    assert session.query(Subscription).count() == 0


# What is kept


def test_old_bounces_are_forgotten(session: Session, settings: Config, olu: Person) -> None:
    for age in (KEPT + timedelta(seconds=1), KEPT):
        mail = sent_to(session, olu, sent_at=NOW - age)
        came_back(session, settings, mail, status=FULL, now=NOW - age)

    assert forget_old(session, now=NOW) == 1
    assert [each.at for each in bounces(session)] == [NOW - KEPT]


def place(session: Session) -> tuple[int, int]:
    known = session.get_one(BounceMailbox, 1, populate_existing=True)
    return known.uid_validity, known.last_uid


def test_look_is_taken_once_in_five_minutes(session: Session) -> None:
    assert begin_look(session, "box", now=NOW) == Place(0, 0)
    assert begin_look(session, "box", now=NOW + LOOK_EVERY - timedelta(seconds=1)) is None
    assert begin_look(session, "box", now=NOW + LOOK_EVERY) == Place(0, 0)


def test_look_goes_on_when_the_clock_was_set_back(session: Session) -> None:
    begin_look(session, "box", now=NOW)

    assert begin_look(session, "box", now=NOW - timedelta(days=365)) == Place(0, 0)


def test_look_goes_on_where_it_stopped_unless_the_mailbox_is_another(session: Session) -> None:
    begin_look(session, "box", now=NOW)
    note_read(session, Place(7, 40))
    note_read(session, Place(7, 39))
    assert place(session) == (7, 40)

    later, last = NOW + LOOK_EVERY, NOW + 2 * LOOK_EVERY
    assert begin_look(session, "box", now=later) == Place(7, 40)
    assert begin_look(session, "another box", now=last) == Place(0, 0)
    note_read(session, Place(8, 3))
    assert place(session) == (8, 3)


def test_look_remembers_since_when_it_fails(session: Session) -> None:
    begin_look(session, "box", now=NOW)
    end_look(session, "", now=NOW)
    end_look(session, "no connection", now=NOW + LOOK_EVERY)

    known = session.get_one(BounceMailbox, 1)
    assert (known.read_at, known.trouble) == (NOW, "no connection")
    end_look(session, "", now=NOW + LOOK_EVERY)
    assert (known.read_at, known.trouble) == (NOW + LOOK_EVERY, "")
