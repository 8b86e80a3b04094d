from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import answered, asked, heard
from tests.counting import counted
from tests.factories import NOW, TODAY
from tracker.actions.models import ActionVersion, Via
from tracker.actions.policy import Outcome
from tracker.consultations.operations import note_event
from tracker.desk import queries
from tracker.desk.policy import Task
from tracker.reminders.operations.cases import sync_cases
from tracker.services.models import Service


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


@pytest.fixture
def service(session: Session) -> Service:
    return make.make_service(session, name="Youth centres")


def names(lines: list[queries.Line]) -> list[str]:
    return [line.consultation.title for line in lines]


def test_home_shows_what_needs_these_services_alone(session: Session, service: Service) -> None:
    asked(session, 2, service=service, title="To read", promise_on=TODAY + timedelta(days=9))
    asked(session, 2, service=service, title="Overdue", promise_on=TODAY - timedelta(days=9))
    asked(session, is_open=True, service=service, title="Open")
    asked(session, 2, title="Another service's")
    asked(session, 2, service=service, title="Gone", withdrawn_at=NOW, withdrawn_reason="No.")
    make.make_consultation(session, service=service, title="Draft", promise_on=None)
    closed, responses = asked(session, 2, service=service, title="Closed loop")
    answered(session, heard(session, closed, "x", responses), outcome=Outcome.PRAISE)

    desk = queries.home(session, {service.id}, now=NOW)

    assert names(desk.lines) == ["Overdue", "To read", "Draft", "Open"]
    assert [line.state_words for line in desk.lines][2:] == ["Draft", "Open for answers"]
    assert [line.days_waiting for line in desk.lines] == [7, 7, None, None]


def test_home_of_the_lead_shows_every_service(session: Session) -> None:
    asked(session, 2)
    asked(session, 2)

    assert len(queries.home(session, None, now=NOW).lines) == 2
    assert queries.home(session, set(), now=NOW).lines == []


def test_home_goes_by_what_escalates_first(session: Session, service: Service) -> None:
    """The later promise comes first where its case is further up the ladder."""
    asked(session, 2, service=service, title="Closed lately", promise_on=TODAY + timedelta(days=5))
    asked(
        session,
        2,
        service=service,
        title="Closed long ago",
        opened_at=NOW - timedelta(days=90),
        closed_at=NOW - timedelta(days=60),
        promise_on=TODAY + timedelta(days=6),
    )
    sync_cases(session, make.consultation_ids(session), now=NOW)

    lines = queries.home(session, {service.id}, now=NOW).lines

    on = [line.step.on for line in lines if line.step]
    assert len(on) == 2
    assert on == sorted(on)


def test_home_warns_of_what_publishes_by_itself(session: Session, service: Service) -> None:
    consultation, responses = asked(session, 1, service=service)
    theme = heard(session, consultation, "x", responses)
    mailed = {"via": Via.MAIL, "published_at": None}
    summer = NOW.replace(month=7, day=1, hour=23, minute=5)
    make.make_action(session, theme, **mailed, text="Later", publishes_at=summer)
    make.make_action(session, theme, **mailed, text="Sooner", publishes_at=NOW)
    make.make_action(session, theme, **mailed, text="Stopped", publishes_at=NOW, stopped_at=NOW)
    make.make_action(session, theme, published_at=None, text="Draft")
    make.make_action(session, theme, text="Public", publishes_at=NOW)

    pending = queries.home(session, {service.id}, now=NOW).pending

    assert [(one.version.text, one.when) for one in pending] == [
        ("Sooner", "4 February 2026 at 10.00"),
        ("Later", "2 July 2026 at 00.05"),
    ]
    assert pending[0].consultation is consultation


def test_home_remembers_the_changes_of_this_year(session: Session, service: Service) -> None:
    consultation, responses = asked(session, 1, service=service)
    theme = heard(session, consultation, "x", responses)
    new_year = TODAY.replace(month=1, day=1)
    answered(session, theme, outcome=Outcome.DONE, text="First day", changed_on=new_year)
    answered(session, theme, outcome=Outcome.DONE, text="Newest", changed_on=TODAY)
    old = new_year - timedelta(days=1)
    answered(session, theme, outcome=Outcome.DONE, text="Last year", changed_on=old)
    answered(session, theme, outcome=Outcome.ALREADY, text="No change")
    make.make_action(
        session, theme, outcome=Outcome.DONE, changed_on=TODAY, published_at=None, text="Secret"
    )
    corrected = answered(session, theme, outcome=Outcome.DONE, text="Was said too soon")
    corrected.versions.append(
        ActionVersion(
            number=2,
            outcome=Outcome.ALREADY,
            text="It was there.",
            recorded_at=NOW,
            published_at=NOW,
        )
    )
    session.flush()

    changes = queries.home(session, {service.id}, now=NOW).changes

    assert [change.text for change in changes] == ["Newest", "First day"]


def test_open_loops_are_those_not_closed_the_gravest_first(
    session: Session, service: Service
) -> None:
    asked(session, 2, title="Later", promise_on=TODAY + timedelta(days=2))
    asked(session, 2, service=service, title="Overdue", promise_on=TODAY - timedelta(days=1))
    asked(session, 2, service=service, title="At risk", promise_on=TODAY - timedelta(days=40))
    asked(session, is_open=True, title="Open")
    asked(session, title="No answers", promise_on=TODAY + timedelta(days=1))
    asked(session, 1, title="Gone", withdrawn_at=NOW, withdrawn_reason="No.")
    make.make_consultation(session, title="Draft")
    closed, responses = asked(session, 2, title="Closed loop")
    answered(session, heard(session, closed, "x", responses), outcome=Outcome.PRAISE)

    everywhere = queries.open_loops(session, None, now=NOW)
    here = queries.open_loops(session, service.id, now=NOW)

    assert names(everywhere) == ["At risk", "Overdue", "No answers", "Later", "Open"]
    assert names(here) == ["At risk", "Overdue"]


def test_glance_gathers_one_consultation(session: Session, service: Service) -> None:
    consultation, responses = asked(session, 2, service=service)
    heard(session, consultation, "A later bus", responses)
    night = NOW.replace(month=7, day=1, hour=23, minute=30)
    owner = service.owner
    assert owner is not None
    note_event(session, consultation, "closed", person_id=None, now=night)
    note_event(session, consultation, "coded", person_id=owner.id, now=night, detail="x")

    glance = queries.glance(session, consultation, now=NOW)

    assert glance.line.thing is not None
    assert glance.line.thing.task is Task.ANSWER
    assert [one.row.theme.statement for one in glance.overview.owed] == ["A later bus"]
    assert [survey.title for survey in glance.surveys] == ["A survey"]
    assert [(line.words, line.who) for line in glance.history] == [
        ("Answers heard", owner.name),
        ("Closed for answers", ""),
    ]
    assert glance.history[0].day.isoformat() == "2026-07-02"


def test_local_today_is_the_organisations_day(session: Session) -> None:
    night = NOW.replace(month=7, day=1, hour=23, minute=30)

    assert queries.local_today(session, now=night).isoformat() == "2026-07-02"


@pytest.mark.parametrize("page", ["home", "open loops"])
def test_lists_take_as_many_queries_for_three_as_for_one(session: Session, page: str) -> None:
    def one_more() -> int:
        consultation, responses = asked(session, 2)
        theme = heard(session, consultation, "x", responses[:1])
        answered(session, theme, outcome=Outcome.PLANNED)
        make.make_action(session, theme, published_at=None, publishes_at=NOW)
        sync_cases(session, make.consultation_ids(session), now=NOW)
        session.commit()
        session.expunge_all()
        with counted(session) as statements:
            if page == "home":
                queries.home(session, None, now=NOW)
            else:
                queries.open_loops(session, None, now=NOW)
        return len(statements)

    counts = [one_more() for _ in range(3)]

    assert counts[0] == counts[2]
