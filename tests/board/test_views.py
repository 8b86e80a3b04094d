import random
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from tests import factories as make
from tests.board.scenes import WORDS, answered, asked, give_words, heard, judged
from tests.counting import counted
from tests.factories import NOW, TODAY
from tracker.actions.policy import Outcome
from tracker.board.queries.shelves import SHELF_SIZE
from tracker.consultations.models import Consultation
from tracker.responses.models import SetAsideReason, SurveyResponse
from tracker.verdicts.models import Verdict
from tracker.verdicts.policy import VerdictValue

FAR: dict[str, Any] = {"promise_on": TODAY + timedelta(days=3650)}


@pytest.fixture(autouse=True)
def _organisation(session: Session) -> None:
    make.make_organisation(session)


@pytest.fixture
def key(settings: Config) -> str:
    return settings.derived_key("receipts")


def words_of(page: str) -> str:
    """The text of a page's main part, as it is read."""
    main = page.split('<main id="main"')[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main.split(">", 1)[1])).split())


def test_index_says_what_to_expect_when_nothing_was_asked(client: FlaskClient) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "Nothing has been asked yet" in page.text


def test_index_shows_where_each_consultation_stands(session: Session, client: FlaskClient) -> None:
    parks = make.make_service(session, name="Parks")
    asked(session, 9, service=parks, title="Swings", promise_on=TODAY - timedelta(days=1))
    consultation, responses = asked(session, 20, title="Evenings", is_synthetic=True, **FAR)
    theme = heard(session, consultation, "Stay open later", responses)
    answered(session, theme, outcome=Outcome.DONE, text="Open until 8 pm.")
    asked(session, title="A park", withdrawn_at=NOW, withdrawn_reason="The land was sold.")

    page = words_of(client.get("/").text)

    assert "At risk of tokenism" in page and "Tokenism means" in page
    assert "Parks · About 10 answers" in page
    assert "You said: Stay open later We did: Open until 8 pm." in page
    assert "Made-up answers" in page
    assert "Withdrawn, and why" in page and "The land was sold." in page
    assert page.index("Still waiting") < page.index("What changed") < page.index("Stopped")


def test_index_can_be_narrowed_by_an_address_to_share(
    session: Session, client: FlaskClient
) -> None:
    parks = make.make_service(session, name="Parks")
    asked(session, 1, service=parks, title="Swings", **FAR)
    asked(session, 1, title="The bus", **FAR)

    by_service = words_of(client.get(f"/?service={parks.id}").text)
    by_word = client.get("/?q=bus")
    nothing = words_of(client.get("/?q=submarine").text)

    assert "Swings" in by_service and "The bus" not in by_service
    assert "The bus" in by_word.text and "Swings" not in by_word.text
    assert 'value="bus"' in by_word.text
    assert "Nothing here fits that" in nothing


def test_index_cuts_a_long_shelf_and_links_to_all_of_it(
    session: Session, client: FlaskClient
) -> None:
    for _ in range(SHELF_SIZE + 1):
        asked(session, is_open=True, **FAR)

    page = client.get("/").text

    assert "Show 1 more under" in page
    (link,) = re.findall(r'href="(/\?show=[^"]*)"', page)
    assert client.get(link).text.count("board-card") > page.count("board-card")


@pytest.mark.parametrize(
    "query",
    [
        "service=abc&q=&show=",
        "service=99999999999999999999",
        "service=-1&show=nonsense",
        "q=%00%25_%5C",
        "q=" + "x" * 5000,
        "service=1&service=2&q[]=a",
    ],
)
def test_index_survives_any_filter(session: Session, client: FlaskClient, query: str) -> None:
    asked(session, 1)

    assert client.get(f"/?{query}").status_code == 200


def test_pages_escape_whatever_staff_wrote(session: Session, client: FlaskClient) -> None:
    bad = "<script>alert(1)</script>"
    consultation, responses = asked(session, 1, title=bad, slug="bad", purpose=bad, **FAR)
    answered(session, heard(session, consultation, bad, responses), outcome=Outcome.DONE, text=bad)

    for address in ("/", "/board/bad", f"/?q={bad}"):
        assert "<script>" not in client.get(address).text


def test_pages_set_no_cookie_and_call_no_third_party(
    session: Session, client: FlaskClient, key: str
) -> None:
    consultation, (response,) = asked(session, 1)
    give_words(response, key)

    for page in (
        client.get("/"),
        client.get(f"/board/{consultation.slug}"),
        client.get("/answer"),
        client.post("/answer", data={"words": WORDS}),
        client.post("/answer", data={"words": "wrong"}),
    ):
        assert "Set-Cookie" not in page.headers
        outside = re.findall(r'<\w+[^>]*(?:src|href|action)="(?:https?:)?//[^>]*>', page.text)
        # A link to press, never a request: the way out of a page that nobody else should see.
        assert outside == ['<a href="https://www.bbc.co.uk/weather" rel="noreferrer">']


def test_index_takes_as_many_queries_for_three_as_for_one(
    session: Session, client: FlaskClient
) -> None:
    def page_with_one_more() -> int:
        consultation, responses = asked(session, 1)
        answered(session, heard(session, consultation, "x", responses), outcome=Outcome.DONE)
        session.commit()
        with counted(session) as statements:
            assert client.get("/").status_code == 200
        return len(statements)

    counts = [page_with_one_more() for _ in range(3)]

    assert counts[0] == counts[2]


def test_consultation_tells_what_was_said_and_done(session: Session, client: FlaskClient) -> None:
    consultation, responses = asked(session, 30, slug="bus", **FAR)
    later = heard(session, consultation, "A later bus", responses[:12])
    pool = heard(session, consultation, "A pool", responses[12:20])
    heard(session, consultation, "A kinder driver", responses[20:])
    late = TODAY - timedelta(days=1)
    answered(session, later, outcome=Outcome.PLANNED, text="We ask.", due_on=late)
    answered(session, pool, outcome=Outcome.CANNOT, text="There will be no pool.")
    answered(session, consultation=consultation, outcome=Outcome.PASSED_ON, text="Lamps.")

    page = words_of(client.get("/board/bus").text)

    assert "You said: A later bus (about 10 said so) We will: We ask. By 3 February 2026." in page
    assert "That day has gone by." in page
    assert "We can't: There will be no pool. Because: It costs more than we have." in page
    assert (
        "Who decided this: The head of the service. We look at it again on 4 February 2026." in page
    )
    assert "You said: A kinder driver (about 10 said so) No answer yet. You have waited" in page
    assert "We did this too" in page and "It went to: The bus company." in page
    assert "The head of the service" in page and "The building" in page


def test_consultation_shows_both_sides_of_a_change(session: Session, client: FlaskClient) -> None:
    consultation, responses = asked(session, 30, slug="lamps", **FAR)
    theme = heard(session, consultation, "Lamps", responses)
    lamps = answered(session, theme, outcome=Outcome.DONE, text="Lamps.", evidence="Look up.")
    benches = answered(session, theme, outcome=Outcome.DONE, text="Benches.")
    answered(session, theme, outcome=Outcome.DONE, text="Bins.")
    judged(session, lamps, responses[:20], VerdictValue.YES)
    judged(session, benches, responses[:3], VerdictValue.NO)

    page = words_of(client.get("/board/lamps").text)

    assert "How you can see it: Look up." in page
    assert "Young people say Yes, it changed: about 20 A bit: none" in page
    assert "Fewer than 8 have said." in page
    assert "Nobody has said yet if it is true." in page


def test_consultation_that_is_open_invites(session: Session, client: FlaskClient) -> None:
    consultation, _ = asked(session, is_open=True, slug="open", **FAR)
    survey = make.make_survey(session, consultation, title="Easy read")

    page = client.get("/board/open").text

    assert f'href="/s/{survey.code}">Easy read' in page
    assert "No answers yet" in page


def test_consultation_with_one_survey_invites_plainly(
    session: Session, client: FlaskClient
) -> None:
    asked(session, is_open=True, slug="open", **FAR)

    assert "Say what you think" in client.get("/board/open").text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"withdrawn_at": NOW, "withdrawn_reason": "The land was sold."}, "We stopped this."),
        ({}, "nothing to act on"),
        ({"is_synthetic": True}, "Made-up answers"),
    ],
)
def test_consultation_that_went_nowhere_says_why(
    session: Session, client: FlaskClient, values: dict[str, Any], said: str
) -> None:
    asked(session, slug="park", **values)

    page = words_of(client.get("/board/park").text)

    assert said in page
    assert str(values.get("withdrawn_reason", "")) in page


@pytest.mark.parametrize("slug", ["draft", "nowhere", "%00", "x" * 500])
def test_consultation_that_is_not_public_is_not_found(
    session: Session, client: FlaskClient, slug: str
) -> None:
    make.make_consultation(session, slug="draft")

    assert client.get(f"/board/{slug}").status_code == 404


def test_no_page_shows_the_words_of_a_respondent(
    session: Session, client: FlaskClient, key: str
) -> None:
    consultation, _ = asked(session, slug="bus")
    survey = make.make_survey(session, consultation)
    question = make.make_question(session, survey)
    response = make.make_response(session, survey, answers={question: "My own words"})
    give_words(response, key)
    heard(session, consultation, "A later bus", [response])

    for page in (
        client.get("/"),
        client.get("/board/bus"),
        client.post("/answer", data={"words": WORDS}),
    ):
        assert page.status_code == 200
        assert "My own words" not in page.text


# What may stand on a public page as a number and counts nobody.
_NO_COUNTS = (
    r"\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|"
    r"December) \d{4}",
    r"\d+ days?",
    r"\d/4",
    r"(?i:fewer than 8)",
)


def numbers_in(page: str) -> list[int]:
    """Every number on a page that could count people."""
    text = words_of(page)
    for harmless in _NO_COUNTS:
        text = re.sub(harmless, " ", text)
    return [int(number) for number in re.findall(r"\d+", text)]


def random_world(session: Session, chance: random.Random) -> Consultation:
    """A consultation with any numbers of responses, themes, actions and verdicts."""
    service = make.make_service(session, name="Parks")
    named: dict[str, Any] = {"service": service, "title": "The world", "slug": "world"}
    consultation, responses = asked(session, chance.choice([0, 1, 7, 8, 13, 41]), **named)
    for i in range(chance.randint(0, 4)):
        group = chance.sample(responses, chance.randint(0, len(responses)))
        theme = heard(session, consultation, f"Theme {'abcd'[i]}", group)
        if chance.random() < 0.7:
            outcome = chance.choice(list(Outcome))
            action = answered(session, theme, outcome=outcome, text="Something.")
            for value in VerdictValue:
                cut = chance.randint(0, len(group))
                judged(session, action, group[:cut], value)
                group = group[cut:]
    return consultation


@pytest.mark.parametrize("seed", range(10))
def test_no_page_shows_a_small_number(
    session: Session, client: FlaskClient, key: str, seed: int
) -> None:
    consultation = random_world(session, random.Random(seed))
    mine = session.scalar(
        select(SurveyResponse).where(SurveyResponse.consultation_id == consultation.id)
    )
    pages = [client.get("/").text, client.get("/board/world").text]
    if mine is not None:
        give_words(mine, key)
        pages.append(client.post("/answer", data={"words": WORDS}).text)

    for page in pages:
        assert [n for n in numbers_in(page) if n < 10 or n % 5] == []


def test_answer_asks_for_the_words_and_nothing_else(client: FlaskClient) -> None:
    page = client.get("/answer").text

    assert '<form action="/answer" method="post">' in page
    assert re.findall(r'<input[^>]* name="(\w+)"', page) == ["words"]


@pytest.mark.parametrize(
    "typed", [WORDS, "Acorn, ACROBAT. actor - admiral", " acorn\nacrobat actor admirall "]
)
def test_answer_opens_with_the_words_however_they_are_typed(
    session: Session, client: FlaskClient, key: str, typed: str
) -> None:
    _consultation, (response,) = asked(session, 1, title="The bus", **FAR)
    give_words(response, key)

    page = client.post("/answer", data={"words": typed})

    assert page.status_code == 200
    assert "4 February 2026 We got your answer." in words_of(page.text)
    assert "Nobody has read it yet." in page.text
    assert "The bus" in page.text


@pytest.mark.parametrize(
    "typed", ["", "acorn acrobat actor", "acorn acrobat actor acorn", "x" * 9999, "\0", "<b>"]
)
def test_answer_is_kind_about_wrong_words_and_keeps_them(
    session: Session, client: FlaskClient, key: str, typed: str
) -> None:
    _consultation, (response,) = asked(session, 1)
    give_words(response, key)

    page = client.post("/answer", data={"words": typed}, environ_base={"REMOTE_ADDR": "192.0.2.10"})

    assert page.status_code == 422
    assert "Those four words don’t open an answer." in page.text
    if typed.startswith("acorn"):
        assert f'value="{typed}"' in page.text


def test_answer_limits_wrong_words_but_not_right_ones(
    session: Session, client: FlaskClient, key: str
) -> None:
    _consultation, (response,) = asked(session, 1)
    give_words(response, key)

    def status(words: str) -> int:
        here = {"REMOTE_ADDR": "192.0.2.11"}
        return client.post("/answer", data={"words": words}, environ_base=here).status_code

    assert {status(WORDS) for _ in range(30)} == {200}
    guesses = [status("acorn acrobat actor acorn") for _ in range(21)]
    assert guesses == [422] * 20 + [429]
    assert status(WORDS) == 429


def test_answer_with_the_words_in_the_address_is_only_the_form(
    session: Session, client: FlaskClient, key: str
) -> None:
    _consultation, (response,) = asked(session, 1)
    give_words(response, key)

    page = client.get(f"/answer?words={WORDS}")

    assert "We got your answer" not in page.text
    assert "acorn" not in page.text


def test_answer_says_who_owes_one_when_the_promise_is_broken(
    session: Session, client: FlaskClient, key: str
) -> None:
    service = make.make_service(session, name="Youth centres")
    day_before = TODAY - timedelta(days=1)
    consultation, (response,) = asked(session, 1, service=service, promise_on=day_before)
    give_words(response, key)
    heard(session, consultation, "A later bus", [response])

    page = words_of(client.post("/answer", data={"words": WORDS}).text)

    assert "It went with the answers that said: A later bus (fewer than 8 said so)." in page
    assert "No answer to that yet. The day we promised has gone by." in page
    assert "Who owes you an answer: Youth centres." in page
    assert "You were promised an answer by 3 February 2026." in page


def test_answer_to_a_withdrawn_consultation_says_why(
    session: Session, client: FlaskClient, key: str
) -> None:
    _consultation, (response,) = asked(
        session, 1, withdrawn_at=NOW, withdrawn_reason="The land was sold."
    )
    give_words(response, key)

    page = words_of(client.post("/answer", data={"words": WORDS}).text)

    assert "The service stopped this. Why: The land was sold." in page
    assert "gone by" not in page


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (SetAsideReason.BLANK, "There were no words in it that we could use."),
        (SetAsideReason.DUPLICATE, "we count it once"),
        (SetAsideReason.TEST, "It looked like a try-out"),
        (SetAsideReason.SPAM, "an answer to what we asked"),
        (SetAsideReason.SAFEGUARDING, "whose job is keeping children safe"),
    ],
)
def test_answer_set_aside_gets_honest_gentle_words(
    session: Session, client: FlaskClient, key: str, reason: SetAsideReason, said: str
) -> None:
    _consultation, (response,) = asked(session, 1, is_open=True, **FAR)
    give_words(response, key)
    response.set_aside, response.set_aside_on = reason, TODAY

    page = words_of(client.post("/answer", data={"words": WORDS}).text)

    assert said in page
    is_worry = reason is SetAsideReason.SAFEGUARDING
    assert ("0800 1111" in page) is is_worry
    assert ("answer again" in page) is not is_worry


@pytest.fixture
def done(session: Session, key: str) -> tuple[SurveyResponse, int]:
    """A response that four words open, and the id of a done action that answers it."""
    consultation, (response,) = asked(session, 1, **FAR)
    give_words(response, key)
    theme = heard(session, consultation, "Lamps", [response])
    return response, answered(session, theme, outcome=Outcome.DONE, text="New lamps.").id


def verdict(session: Session) -> list[VerdictValue]:
    session.expire_all()
    return [given.value for given in session.scalars(select(Verdict))]


def test_answer_takes_a_verdict_and_a_change_of_mind(
    session: Session, client: FlaskClient, done: tuple[SurveyResponse, int]
) -> None:
    _response, action_id = done
    told = client.post("/answer", data={"words": WORDS}).text
    assert "Is it true? Did it change?" in told and "Thank you" not in told

    for value in ("yes", "no"):
        sent = {"words": WORDS, "action": action_id, "verdict": value}
        page = client.post("/answer", data=sent)

    assert page.status_code == 200
    assert "Thank you. We have kept what you said." in words_of(page.text)
    assert re.search(r'value="no" aria-pressed="true"', page.text)
    assert verdict(session) == [VerdictValue.NO]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"verdict": "perhaps"}, 400),
        ({}, 400),
        ({"action": "abc", "verdict": "yes"}, 400),
        ({"action": "0", "verdict": "yes"}, 400),
        ({"action": "99999999999", "verdict": "yes"}, 400),
        ({"action": "4000000", "verdict": "yes"}, 404),
        ({"words": "acorn acrobat actor acorn", "verdict": "yes"}, 422),
    ],
)
def test_answer_refuses_a_verdict_it_can_not_read(
    session: Session,
    client: FlaskClient,
    done: tuple[SurveyResponse, int],
    sent: dict[str, str],
    status: int,
) -> None:
    form = {"words": WORDS, "action": str(done[1])} | sent

    page = client.post("/answer", data=form, environ_base={"REMOTE_ADDR": "192.0.2.12"})

    assert page.status_code == status
    assert verdict(session) == []


def test_answer_refuses_a_verdict_on_what_answers_somebody_else(
    session: Session, client: FlaskClient, done: tuple[SurveyResponse, int]
) -> None:
    consultation, (other,) = asked(session, 1)
    theme = heard(session, consultation, "Not mine", [other])
    theirs = answered(session, theme, outcome=Outcome.DONE)

    form = {"words": WORDS, "action": theirs.id, "verdict": "yes"}
    page = client.post("/answer", data=form)

    assert page.status_code == 409
    assert verdict(session) == []


def test_answer_refuses_a_verdict_from_another_site(
    session: Session, client: FlaskClient, done: tuple[SurveyResponse, int]
) -> None:
    form = {"words": WORDS, "action": done[1], "verdict": "yes"}

    page = client.post("/answer", data=form, headers={"Origin": "https://elsewhere.example"})

    assert page.status_code == 403
    assert verdict(session) == []


def test_answer_is_never_kept_by_the_browser(
    session: Session, client: FlaskClient, done: tuple[SurveyResponse, int], app: Flask
) -> None:
    page = client.post("/answer", data={"words": WORDS})

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
