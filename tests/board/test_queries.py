from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.board.scenes import answered, asked, heard, judged
from tests.counting import counted
from tests.factories import NOW, TODAY
from tracker.actions.models import ActionVersion
from tracker.actions.policy import Outcome
from tracker.board.policy.small_numbers import Shown
from tracker.board.policy.words import Section
from tracker.board.queries.pages import board_page
from tracker.board.queries.shelves import SHELF_SIZE, Asked, services_on_board, shelves
from tracker.board.queries.stories import story_of
from tracker.consultations.operations import note_event
from tracker.errors import NotFound
from tracker.responses.models import SetAsideReason
from tracker.verdicts.policy import VerdictValue

EVERYTHING = Asked()


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


def titles(session: Session, wanted: Asked = EVERYTHING) -> dict[Section, list[str]]:
    found = shelves(session, wanted, now=NOW)
    return {shelf.section: [c.consultation.title for c in shelf.cards] for shelf in found}


def test_shelves_show_everything_that_was_opened_and_no_draft(session: Session) -> None:
    make.make_consultation(session, title="Draft")
    make.make_consultation(session, title="Given up", withdrawn_at=NOW, withdrawn_reason="No.")
    asked(session, is_open=True, title="Open")
    asked(session, 2, title="Reading")
    asked(session, 2, title="Overdue", promise_on=TODAY - timedelta(days=1))
    asked(session, 2, title="Withdrawn", withdrawn_at=NOW, withdrawn_reason="The land was sold.")
    told, responses = asked(session, 2, title="Told")
    answered(session, heard(session, told, "No", responses), outcome=Outcome.CANNOT)
    changed, responses = asked(session, 2, title="Changed")
    answered(session, heard(session, changed, "Yes", responses), outcome=Outcome.DONE)

    assert titles(session) == {
        Section.WAITING: ["Overdue", "Reading"],
        Section.OPEN: ["Open"],
        Section.TOLD: ["Told"],
        Section.CHANGED: ["Changed"],
        Section.STOPPED: ["Withdrawn"],
    }


def test_shelves_narrow_to_a_service_or_a_section(session: Session) -> None:
    parks = make.make_service(session, name="Parks")
    asked(session, 1, service=parks, title="Swings")
    asked(session, is_open=True, title="Bus")

    assert titles(session, Asked(service_id=parks.id)) == {Section.WAITING: ["Swings"]}
    assert titles(session, Asked(section=Section.OPEN)) == {Section.OPEN: ["Bus"]}
    assert titles(session, Asked(service_id=parks.id, section=Section.OPEN)) == {}


def test_search_finds_each_word_where_the_public_can_read_it(session: Session) -> None:
    consultation, responses = asked(session, 2, title="The bus", purpose="Getting home at 100%")
    public = heard(session, consultation, "It stops too early", responses)
    heard(session, consultation, "The driver is rude", responses)
    answered(session, public, outcome=Outcome.ALREADY)

    def found(*words: str) -> bool:
        return bool(titles(session, Asked(words=words)))

    assert found("BUS") and found("home", "bus") and found("early")
    assert not found("bus", "train")
    assert not found("rude")  # that theme has no public answer
    assert found("100%") and not found("1%0")


def test_long_shelf_is_cut_unless_it_was_asked_for_or_still_waits(session: Session) -> None:
    for _ in range(SHELF_SIZE + 2):
        asked(session, is_open=True)
        asked(session, 1)

    waiting, opened = shelves(session, EVERYTHING, now=NOW)
    (in_full,) = shelves(session, Asked(section=Section.OPEN), now=NOW)

    assert (len(waiting.cards), waiting.more) == (SHELF_SIZE + 2, 0)
    assert (len(opened.cards), opened.more) == (SHELF_SIZE, 2)
    assert (len(in_full.cards), in_full.more) == (SHELF_SIZE + 2, 0)


def test_card_shows_a_change_before_any_other_answer(session: Session) -> None:
    consultation, responses = asked(session, 3)
    themes = [heard(session, consultation, text, responses) for text in ("a", "b", "c")]
    later = {"published_at": NOW - timedelta(days=1)}
    answered(session, themes[0], outcome=Outcome.ALREADY, text="It is there.", **later)
    answered(session, themes[1], outcome=Outcome.DONE, text="New lamps.", **later)
    answered(session, themes[2], outcome=Outcome.PRAISE, text="Thanks.")
    answered(session, consultation=consultation, outcome=Outcome.DONE, text="Unasked.")
    make.make_action(session, themes[0], published_at=None)

    (shelf,) = shelves(session, EVERYTHING, now=NOW)
    example = shelf.cards[0].example

    assert example is not None
    assert (example.statement, example.did.version.text) == ("b", "New lamps.")


def test_front_page_takes_as_many_queries_for_three_as_for_one(session: Session) -> None:
    def one_more() -> None:
        consultation, responses = asked(session, 2)
        answered(session, heard(session, consultation, "x", responses), outcome=Outcome.DONE)
        asked(session, is_open=True)
        session.commit()

    one_more()
    session.expire_all()
    with counted(session) as for_one:
        shelves(session, EVERYTHING, now=NOW)
    one_more()
    one_more()
    session.expire_all()
    with counted(session) as for_three:
        shelves(session, EVERYTHING, now=NOW)

    assert len(for_one) == len(for_three)


def test_services_on_board_are_those_that_have_asked(session: Session) -> None:
    parks, youth, idle = (make.make_service(session, name=n) for n in ("Parks", "Libraries", "X"))
    asked(session, service=parks)
    asked(session, is_open=True, service=youth)
    make.make_consultation(session, service=idle)

    assert [service.name for service in services_on_board(session)] == ["Libraries", "Parks"]


@pytest.mark.parametrize("slug", ["draft", "nowhere"])
def test_page_of_a_draft_is_not_found(session: Session, slug: str) -> None:
    make.make_consultation(session, slug="draft")

    with pytest.raises(NotFound, match="nothing on the board"):
        board_page(session, slug, now=NOW)


def test_page_keeps_what_is_owed_apart_from_what_was_answered(session: Session) -> None:
    consultation, responses = asked(session, 22)
    bus = heard(session, consultation, "A later bus", responses[:12])
    cheap = heard(session, consultation, "A cheaper bus", responses[12:])
    heard(session, consultation, "A kinder driver", responses[20:])
    heard(session, consultation, "Said by nobody", [])
    make.make_action(session, cheap, published_at=None, text="Not public")
    answered(session, bus, cheap, outcome=Outcome.PLANNED, text="We will ask.")
    answered(session, consultation=consultation, outcome=Outcome.DONE, text="New lamps.")

    page = board_page(session, consultation.slug, now=NOW)

    (block,) = page.answered
    assert [said.statement for said in block.said] == ["A later bus", "A cheaper bus"]
    assert [(d.title, d.version.text) for d in block.did] == [("We will", "We will ask.")]
    assert [(said.statement, said.how_many) for said in page.owed] == [
        ("A kinder driver", "fewer than 8 said so")
    ]
    assert [d.version.text for d in page.unasked] == ["New lamps."]


def test_page_shows_the_newest_published_version_alone(session: Session) -> None:
    consultation, responses = asked(session, 1)
    theme = heard(session, consultation, "x", responses)
    action = answered(session, theme, outcome=Outcome.ALREADY, text="First")
    for number, text, published_at, stopped_at in [
        (2, "Second", NOW, None),
        (3, "Pending", None, None),
        (4, "Stopped", None, NOW),
    ]:
        action.versions.append(
            ActionVersion(
                number=number,
                outcome=Outcome.ALREADY,
                text=text,
                recorded_at=NOW,
                published_at=published_at,
                stopped_at=stopped_at,
            )
        )
    session.flush()

    (block,) = board_page(session, consultation.slug, now=NOW).answered

    assert [d.version.text for d in block.did] == ["Second"]


def test_page_hides_what_is_owed_while_answers_come_in(session: Session) -> None:
    consultation, responses = asked(session, 2, is_open=True)
    heard(session, consultation, "Leading the next one", responses)

    page = board_page(session, consultation.slug, now=NOW)

    assert page.owed == []
    assert page.surveys == [("A survey", consultation_code(session, consultation.id))]


def consultation_code(session: Session, consultation_id: int) -> str:
    from tracker.surveys.queries import surveys_of

    return surveys_of(session, consultation_id)[0].code


def test_page_orders_themes_by_their_public_count(session: Session) -> None:
    """An order by true counts would tell which of two hidden counts is the larger one."""
    consultation, responses = asked(session, 30)
    heard(session, consultation, "two", responses[:2])
    heard(session, consultation, "seven", responses[2:9])
    heard(session, consultation, "twenty", responses[9:29])

    page = board_page(session, consultation.slug, now=NOW)

    assert [said.statement for said in page.owed] == ["twenty", "two", "seven"]


def test_page_sets_verdicts_beside_what_the_service_says(session: Session) -> None:
    consultation, responses = asked(session, 30)
    theme = heard(session, consultation, "Lamps", responses)
    action = answered(session, theme, outcome=Outcome.DONE)
    judged(session, action, responses[:20], VerdictValue.YES)
    judged(session, action, responses[20:23], VerdictValue.NO)

    (block,) = board_page(session, consultation.slug, now=NOW).answered
    (done,) = block.did

    assert [(words, count.words) for words, count in done.opinions] == [
        ("Yes, it changed", "about 20"),
        ("A bit", "none"),
        ("No", "fewer than 8"),
        ("I can't tell", "none"),
    ]
    assert done.verdicts is not None
    assert done.verdicts.whole.shown is Shown.HELD_BACK


def test_history_is_public_and_in_order(session: Session) -> None:
    consultation, responses = asked(session, 1)
    theme = heard(session, consultation, "x", responses)
    answered(session, theme, outcome=Outcome.ALREADY, published_at=NOW)
    person = consultation.owner
    assert person is not None
    for days, kind in [(14, "extended"), (3, "promise_moved"), (2, "edited")]:
        when = NOW - timedelta(days=days)
        note_event(session, consultation, kind, person_id=person.id, now=when, detail="Secret")

    history = board_page(session, consultation.slug, now=NOW).history

    assert [(line.day, line.words) for line in history] == [
        (TODAY - timedelta(days=28), "It opened for answers."),
        (TODAY - timedelta(days=14), "There was more time to answer."),
        (TODAY - timedelta(days=7), "It closed. The service reads the answers."),
        (TODAY - timedelta(days=3), "The promise was moved to a later day."),
        (TODAY, "The last thing you said got its answer."),
    ]


def test_page_takes_as_many_queries_for_three_themes_as_for_one(session: Session) -> None:
    consultation, responses = asked(session, 3)

    def one_more() -> None:
        theme = heard(session, consultation, "x", responses)
        answered(session, theme, outcome=Outcome.DONE)
        session.commit()

    one_more()
    session.expire_all()
    with counted(session) as for_one:
        board_page(session, consultation.slug, now=NOW)
    one_more()
    one_more()
    session.expire_all()
    with counted(session) as for_three:
        board_page(session, consultation.slug, now=NOW)

    assert len(for_one) == len(for_three)


def test_story_of_an_unread_answer_has_no_chapter(session: Session) -> None:
    _consultation, (response,) = asked(session, 1)

    story = story_of(session, response, now=NOW)

    assert (story.heard_on, story.chapters, story.to_judge) == (None, [], [])
    assert story.loop.words == "0 of 4. Not yet heard."


def test_story_follows_one_answer_alone(session: Session) -> None:
    consultation, (mine, other) = asked(session, 2)
    both = heard(session, consultation, "Ours", [mine, other])
    heard(session, consultation, "Mine, unanswered", [mine])
    heard(session, consultation, "Not mine", [other])
    done = answered(session, both, outcome=Outcome.DONE)
    judged(session, done, [mine], VerdictValue.A_BIT)

    story = story_of(session, mine, now=NOW)

    assert [(chapter.said.statement, len(chapter.did)) for chapter in story.chapters] == [
        ("Ours", 1),
        ("Mine, unanswered", 0),
    ]
    assert story.heard_on == TODAY
    assert [d.action_id for d in story.to_judge] == [done.id]
    assert story.verdicts == {done.id: VerdictValue.A_BIT}


def test_story_asks_once_about_an_action_that_answers_two_themes(session: Session) -> None:
    consultation, (mine,) = asked(session, 1)
    themes = [heard(session, consultation, text, [mine]) for text in ("a", "b")]
    answered(session, *themes, outcome=Outcome.DONE)

    assert len(story_of(session, mine, now=NOW).to_judge) == 1


def test_story_of_an_answer_set_aside_tells_no_theme(session: Session) -> None:
    consultation, (mine,) = asked(session, 1)
    heard(session, consultation, "x", [mine])
    mine.set_aside, mine.set_aside_on = SetAsideReason.SAFEGUARDING, TODAY
    session.flush()

    story = story_of(session, mine, now=NOW)

    assert (story.set_aside, story.heard_on) == (SetAsideReason.SAFEGUARDING, TODAY)
    assert (story.chapters, story.to_judge) == ([], [])
