"""Naming themes and coding responses: nothing twice, nothing lost, every step in the history."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW, TODAY
from tracker.accounts.models import Person
from tracker.consultations.models import Consultation
from tracker.consultations.queries import events_of
from tracker.db import db
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.surveys.models import Survey
from tracker.themes.models import Coding, Theme
from tracker.themes.operations import (
    ResponseElsewhere,
    ResponseSetAside,
    StatementUnfit,
    ThemeCarriesResponses,
    ThemeElsewhere,
    ThemeExists,
    add_theme,
    code_responses,
    move_codings,
    move_theme,
    recode,
    remove_theme,
    rename_theme,
    set_aside,
    uncode,
)
from tracker.themes.queries import themes_in_order


@pytest.fixture
def consultation(session: Session) -> Consultation:
    make.make_organisation(session)
    return make.make_closed_consultation(session)


@pytest.fixture
def survey(session: Session, consultation: Consultation) -> Survey:
    return make.make_survey(session, consultation)


@pytest.fixture
def owner(consultation: Consultation) -> Person:
    assert consultation.owner is not None
    return consultation.owner


def last_event(session: Session, consultation: Consultation) -> tuple[str, str]:
    event = events_of(session, consultation.id)[-1]
    return event.kind, event.detail


def coded_to(session: Session, response: SurveyResponse) -> set[int]:
    query = select(Coding.theme_id).where(Coding.response_id == response.id)
    return set(session.scalars(query))


def test_add_theme_puts_it_last(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    for words in ("Later bus", "  More\nlight "):
        add_theme(session, consultation, words, person_id=owner.id, now=NOW)
    themes = themes_in_order(session, consultation.id)
    assert [(t.statement, t.position) for t in themes] == [("Later bus", 0), ("More light", 1)]
    assert last_event(session, consultation) == ("theme_added", "")


def test_add_theme_twice_makes_one(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    first = add_theme(session, consultation, "Later bus", person_id=owner.id, now=NOW)
    assert add_theme(session, consultation, "later bus.", person_id=owner.id, now=NOW) is first
    assert len(events_of(session, consultation.id)) == 1


@pytest.mark.parametrize("words", ["", "\0", "x" * 201])
def test_add_theme_refuses_what_does_not_fit(
    session: Session, consultation: Consultation, owner: Person, words: str
) -> None:
    with pytest.raises(StatementUnfit):
        add_theme(session, consultation, words, person_id=owner.id, now=NOW)


def test_add_theme_by_two_at_once_makes_one(
    app: Flask, session: Session, consultation: Consultation, owner: Person
) -> None:
    consultation_id, person_id = consultation.id, owner.id
    session.commit()
    start = Barrier(2)

    def add() -> None:
        with app.app_context(), Session(db.engine) as own:
            start.wait()
            found = own.get_one(Consultation, consultation_id)
            add_theme(own, found, "Later bus", person_id=person_id, now=NOW)
            own.commit()

    both = [Thread(target=add) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert session.scalar(select(func.count(Theme.id))) == 1


def test_rename_theme_keeps_its_codings(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    make.make_coding(session, response, theme)
    rename_theme(session, theme, "The bus stops too early", person_id=owner.id, now=NOW)
    assert theme.statement == "The bus stops too early"
    assert coded_to(session, response) == {theme.id}
    assert last_event(session, consultation) == ("theme_changed", "in other words")


def test_rename_theme_may_change_its_own_capitals(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    theme = make.make_theme(session, consultation, statement="later bus")
    rename_theme(session, theme, "Later bus", person_id=owner.id, now=NOW)
    assert theme.statement == "Later bus"


def test_rename_theme_to_the_same_words_writes_nothing(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    theme = make.make_theme(session, consultation, statement="Later bus")
    rename_theme(session, theme, "Later bus", person_id=owner.id, now=NOW)
    assert events_of(session, consultation.id) == []


def test_rename_theme_refuses_the_words_of_another(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    make.make_theme(session, consultation, statement="Later bus")
    theme = make.make_theme(session, consultation, statement="More light")
    with pytest.raises(ThemeExists, match="Merge the two"):
        rename_theme(session, theme, "later bus", person_id=owner.id, now=NOW)
    assert theme.statement == "More light"


def test_move_theme_changes_the_order_and_notes_it(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    first, second = (make.make_theme(session, consultation) for _ in range(2))
    move_theme(session, second, -1, person_id=owner.id, now=NOW)
    assert themes_in_order(session, consultation.id) == [second, first]
    assert last_event(session, consultation) == ("theme_changed", "order")


def test_move_theme_at_the_end_writes_nothing(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    theme = make.make_theme(session, consultation)
    move_theme(session, theme, 1, person_id=owner.id, now=NOW)
    assert events_of(session, consultation.id) == []


def test_remove_theme_deletes_an_empty_one(
    session: Session, consultation: Consultation, owner: Person
) -> None:
    theme = make.make_theme(session, consultation)
    remove_theme(session, theme, person_id=owner.id, now=NOW)
    assert themes_in_order(session, consultation.id) == []
    assert last_event(session, consultation) == ("theme_changed", "deleted")


def test_remove_theme_needs_a_warning_when_it_carries_responses(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    make.make_coding(session, response, theme)
    with pytest.raises(ThemeCarriesResponses, match="Merge it"):
        remove_theme(session, theme, person_id=owner.id, now=NOW)
    assert coded_to(session, response) == {theme.id}
    remove_theme(session, theme, person_id=owner.id, now=NOW, is_warned=True)
    assert coded_to(session, response) == set()


def test_move_codings_makes_none_twice(
    session: Session, consultation: Consultation, survey: Survey
) -> None:
    theme, into = (make.make_theme(session, consultation) for _ in range(2))
    one, both = (make.make_response(session, survey) for _ in range(2))
    for response, coded in ((one, theme), (both, theme), (both, into)):
        make.make_coding(session, response, coded)
    move_codings(session, theme, into)
    assert coded_to(session, one) == coded_to(session, both) == {into.id}


def test_move_codings_refuses_a_theme_of_another_consultation(
    session: Session, consultation: Consultation
) -> None:
    stray = make.make_theme(session, make.make_closed_consultation(session))
    with pytest.raises(ThemeElsewhere):
        move_codings(session, make.make_theme(session, consultation), stray)


def test_code_responses_codes_each_to_each_once(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    themes = [make.make_theme(session, consultation) for _ in range(2)]
    responses = [make.make_response(session, survey) for _ in range(3)]
    make.make_coding(session, responses[0], themes[0], coded_on=TODAY - timedelta(days=3))
    new = code_responses(session, responses, themes, person_id=owner.id, now=NOW)
    assert new == 5
    assert all(coded_to(session, each) == {t.id for t in themes} for each in responses)
    kept = session.get(Coding, (responses[0].id, themes[0].id))
    assert kept is not None and kept.coded_on == TODAY - timedelta(days=3)
    added = session.get(Coding, (responses[1].id, themes[0].id))
    assert added is not None and (added.coded_on, added.coded_by) == (TODAY, owner.id)
    assert last_event(session, consultation) == ("coded", "3 answers")


def test_code_responses_again_writes_nothing(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    for expected in (1, 0):
        assert expected == code_responses(session, [response], [theme], person_id=owner.id, now=NOW)
    assert events_of(session, consultation.id)[-1].detail == "1 answer"
    assert len(events_of(session, consultation.id)) == 1


def test_code_responses_with_nothing_chosen_does_nothing(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    assert code_responses(session, [], [theme], person_id=owner.id, now=NOW) == 0
    assert code_responses(session, [response], [], person_id=owner.id, now=NOW) == 0


def test_code_responses_refuses_a_theme_of_another_consultation(
    session: Session, survey: Survey, owner: Person
) -> None:
    stray = make.make_theme(session, make.make_closed_consultation(session))
    response = make.make_response(session, survey)
    with pytest.raises(ThemeElsewhere):
        code_responses(session, [response], [stray], person_id=owner.id, now=NOW)
    assert coded_to(session, response) == set()


def test_code_responses_refuses_two_consultations_at_once(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    other = make.make_survey(session, make.make_closed_consultation(session))
    mixed = [make.make_response(session, survey), make.make_response(session, other)]
    theme = make.make_theme(session, consultation)
    with pytest.raises(ResponseElsewhere):
        code_responses(session, mixed, [theme], person_id=owner.id, now=NOW)


def test_code_responses_refuses_what_was_set_aside(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    aside = make.make_response(session, survey, set_aside=SetAsideReason.BLANK, set_aside_on=TODAY)
    theme = make.make_theme(session, consultation)
    with pytest.raises(ResponseSetAside, match="Take it back"):
        code_responses(session, [aside], [theme], person_id=owner.id, now=NOW)


def test_code_responses_by_two_at_once_makes_one_coding(
    app: Flask, session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    theme_id, response_id, person_id = theme.id, response.id, owner.id
    session.commit()
    start, made = Barrier(2), list[int]()

    def code() -> None:
        with app.app_context(), Session(db.engine) as own:
            start.wait()
            it, at = own.get_one(SurveyResponse, response_id), own.get_one(Theme, theme_id)
            made.append(code_responses(own, [it], [at], person_id=person_id, now=NOW))
            own.commit()

    both = [Thread(target=code) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(made) == [0, 1]


def test_uncode_takes_out_what_was_in(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, other = (make.make_theme(session, consultation) for _ in range(2))
    responses = [make.make_response(session, survey) for _ in range(2)]
    make.make_coding(session, responses[0], theme)
    make.make_coding(session, responses[0], other)
    assert uncode(session, responses, [theme], person_id=owner.id, now=NOW) == 1
    assert coded_to(session, responses[0]) == {other.id}
    assert last_event(session, consultation) == ("coded", "1 answer taken out of a theme")


def test_uncode_of_nothing_writes_nothing(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    assert uncode(session, [response], [theme], person_id=owner.id, now=NOW) == 0
    assert events_of(session, consultation.id) == []


def test_recode_leaves_exactly_these_themes(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    dropped, kept, new = (make.make_theme(session, consultation) for _ in range(3))
    response = make.make_response(session, survey)
    for theme in (dropped, kept):
        make.make_coding(session, response, theme)
    recode(session, response, [kept, new], person_id=owner.id, now=NOW)
    assert coded_to(session, response) == {kept.id, new.id}


def test_recode_to_nothing_leaves_it_unheard(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    make.make_coding(session, response, theme)
    recode(session, response, [], person_id=owner.id, now=NOW)
    assert coded_to(session, response) == set()


def test_set_aside_takes_codings_away(
    session: Session, consultation: Consultation, survey: Survey, owner: Person
) -> None:
    theme, response = make.make_theme(session, consultation), make.make_response(session, survey)
    make.make_coding(session, response, theme)
    already = make.make_response(session, survey, set_aside=SetAsideReason.SPAM, set_aside_on=TODAY)
    number = set_aside(
        session,
        consultation,
        [response, already],
        SetAsideReason.BLANK,
        person_id=owner.id,
        now=NOW,
    )
    assert number == 1 and coded_to(session, response) == set()
    assert (response.set_aside, already.set_aside) == (SetAsideReason.BLANK, SetAsideReason.SPAM)
    assert last_event(session, consultation)[0] == "set_aside"
