"""What the mails say: short, plain, one next thing, and only links that the reader can use."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import factories as make
from tests.mail.server import Received
from tests.reminders.world import World, at, responses_of
from tracker.actions.policy import Outcome
from tracker.consultations.models import Consultation
from tracker.reminders.links import _serializer, expiry, make_link, read_link
from tracker.reminders.models import Snooze
from tracker.responses.models import Answer
from tracker.surveys.models import Survey
from tracker.themes.models import Theme

NINE = at("2026-01-08 09:00")
SECRET = "my stepdad hits me"  # a child's words: never in any mail


def last(world: World, person_name: str = "Olu") -> Received:
    """The newest mail to this person."""
    email = f"{person_name.lower()}@example.org"
    sender, to, content = [sent for sent in world.transport.sent if sent[1] == email][-1]
    return Received(sender, to, content)


def words(text: str) -> int:
    """How many words a person reads: addresses aside."""
    return len(re.findall(r"\S+", re.sub(r"https?://\S+", "", text)))


def links(text: str) -> list[str]:
    """The paths in a mail, tokens left out; without the one in every foot."""
    found = re.findall(r"http://localhost(/(?!reach/)\S+)", text)
    return [re.sub(r"/do/[^/\s]+", "/do/…", path) for path in found]


def heard(world: World, responses: int = 27, **values: object) -> Consultation:
    """Closed, all answers heard, with themes said 14, 9 and 4 times and one said once."""
    consultation = world.closed(responses=responses, **values)
    themes = [
        make.make_theme(world.session, consultation, statement=words, position=position)
        for position, words in enumerate(
            (
                "It costs too much",
                "The bus stops too early",
                "Nobody feels safe at the stop",
                "Rain",
            )
        )
    ]
    survey = world.session.scalars(
        select(Survey).where(Survey.consultation_id == consultation.id)
    ).one()
    question = make.make_question(world.session, survey)
    for number, response in enumerate(responses_of(world.session, survey)):
        theme = themes[1] if number < 14 else themes[0] if number < 23 else themes[2]
        make.make_coding(world.session, response, theme if number < 26 else themes[3])
        response.answers = [Answer(question=question, value=SECRET)]
    return consultation


def test_the_mail_of_one_case_names_what_waits_and_one_next_thing(world: World) -> None:
    heard(world)
    world.tick(at("2026-02-10 10:00"))
    mail = last(world)
    assert mail.message["Subject"] == (
        "27 young people are waiting to hear: Bus to the youth centre (day 34 of 84)"
    )
    assert mail.text.replace("\r\n", "\n").startswith(
        "Bus to the youth centre\n\n"
        "27 young people have waited since 7 January 2026. The day promised to them is 1 April 2026.\n\n"
        "They said most:\n"
        "- The bus stops too early\n"
        "- It costs too much\n"
        "- Nobody feels safe at the stop\n\n"
        "If nothing is published, you and Dee will hear on 18 March 2026.\n\n"
        "Say what happened:\nhttp://localhost/do/"
    )
    assert links(mail.text) == [
        "/do/…",
        "/do/…/cannot",
        "/do/…/until",
        "/do/…/snooze",
        "/do/…/hand-over",
    ]
    assert "1 of 4 stages reached: Heard" in mail.html
    assert mail.html.count("Say what happened") == 1


# The first moment at which each step is the highest due.
STEPS = {
    "next_steps": "2026-01-08",
    "nudge": "2026-01-14",
    "nudge_again": "2026-02-04",
    "promise_soon": "2026-03-18",
    "promise_due": "2026-04-01",
    "escalate_manager": "2026-04-10",
    "escalate_lead": "2026-05-01",
    "still_open": "2026-06-02",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_heard", [True, False])
def test_no_mail_is_longer_than_ninety_words_or_quotes_a_child(
    world: World, step: str, is_heard: bool
) -> None:
    long = "What should change about the bus to the youth centre on Friday and Saturday nights?"
    if is_heard:
        heard(world, title=long)
    else:
        world.closed(title=long)
    world.tick(at(f"{STEPS[step]} 09:00"))
    assert {sent for sent, _ in world.sent} == {step}
    for _, _, content in world.transport.sent:
        mail = Received("", "", content)
        assert words(mail.text) <= 90
        assert SECRET not in mail.text + mail.html
        assert not re.search(r"fail|must|urgent|!|disappoint|neglect", mail.text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("moment", "who", "sentence"),
    [
        ("2026-01-08 09:00", "Olu", "It closed on 7 January 2026. 1 young person answered and"),
        (
            "2026-01-14 09:00",
            "Olu",
            "It closed 7 days ago. 1 young person answered and will be told",
        ),
        ("2026-02-04 09:00", "Dee", "1 young person has waited since 7 January 2026."),
        (
            "2026-03-18 09:00",
            "Olu",
            "1 young person expects to be told by 1 April 2026. That is in 14 days.",
        ),
        (
            "2026-03-31 10:00",
            "Olu",
            "1 young person expects to be told by 1 April 2026. That is in 1 day.",
        ),
        ("2026-04-01 09:00", "Olu", "Today is the day by which 1 young person"),
        ("2026-04-02 09:00", "Olu", "by 1 April 2026. That has not happened yet."),
        ("2026-04-10 09:00", "Mo", "That has not happened yet. Olu looks after it."),
        ("2026-04-10 09:00", "Olu", "That has not happened yet. You look after it."),
        ("2026-05-01 09:00", "Lee", "The board now says: At risk of tokenism."),
        (
            "2026-06-02 09:00",
            "Lee",
            "told by 1 April 2026. That was 62 days ago. Olu looks after it.",
        ),
    ],
)
def test_each_step_states_its_facts(world: World, moment: str, who: str, sentence: str) -> None:
    world.closed(responses=1)
    world.tick(at(moment))
    assert sentence in last(world, who).text


def test_the_subject_after_the_promise_says_by_when_it_was(world: World) -> None:
    world.closed(responses=1)
    world.tick(at("2026-04-10 09:00"))
    assert last(world).message["Subject"] == (
        "1 young person is waiting to hear: Bus to the youth centre (day 93, promised by day 84)"
    )


def test_answers_that_are_not_heard_yet_are_the_one_next_thing(world: World) -> None:
    consultation = world.closed()
    world.tick(at("2026-04-10 09:00"))
    mail = last(world)
    assert "0 of 3 answers heard." in mail.text
    hear = f"/staff/consultations/{consultation.id}/hear"
    assert links(mail.text) == [hear, "/do/…/hand-over"]  # it is too late to be asked again later
    # The contact may not read them: a look at how it stands, and the one thing they can do.
    glance = f"/staff/consultations/{consultation.id}"
    assert links(last(world, "Mo").text) == [glance, "/do/…/hand-over"]


def test_the_contact_of_an_escalation_may_answer_but_not_put_off(world: World) -> None:
    heard(world)
    world.tick(at("2026-04-10 09:00"))
    assert links(last(world, "Mo").text) == [
        "/do/…",
        "/do/…/cannot",
        "/do/…/until",
        "/do/…/hand-over",
    ]


def test_the_lead_is_shown_how_it_stands(world: World) -> None:
    consultation = heard(world)
    world.tick(at("2026-05-01 09:00"))
    glance = f"/staff/consultations/{consultation.id}"
    assert links(last(world, "Lee").text) == [glance, "/do/…/hand-over"]


# From the promise date on only the manager and the lead are still to hear, and that can't wait.
PUTS_OFF = {
    "next_steps": True,
    "nudge": True,
    "nudge_again": True,
    "promise_soon": True,
    "promise_due": False,
    "escalate_manager": False,
    "escalate_lead": False,
    "still_open": False,
}


@pytest.mark.parametrize("step", STEPS)
def test_putting_off_is_offered_where_it_still_holds_something(world: World, step: str) -> None:
    heard(world)
    world.service.deputies = [*world.service.deputies, world.lead]  # of the team at every step
    world.tick(at(f"{STEPS[step]} 09:00"))

    offered = {
        "/do/…/snooze" in links(Received("", "", content).text)
        for _, _, content in world.transport.sent
    }

    assert {sent for sent, _ in world.sent} == {step}
    assert offered == {PUTS_OFF[step]}


def test_putting_off_is_offered_twice_at_most(world: World) -> None:
    heard(world)
    world.tick(NINE)
    case = world.mails[0].reminders[0].case
    for _ in range(2):
        case.snoozes.append(
            Snooze(until_on=date(2026, 1, 9), reason="x", at=NINE, person_id=world.owner.id)
        )
    world.tick(at("2026-01-14 09:00"))
    assert "/do/…/snooze" not in links(last(world).text)


def test_nobody_answered(world: World) -> None:
    consultation = world.closed(responses=0)
    world.tick(NINE)
    mail = last(world)
    assert mail.message["Subject"] == "Nobody answered: Bus to the youth centre"
    assert "It closed on 7 January 2026 and nobody answered." in mail.text
    assert links(mail.text) == [
        f"/staff/consultations/{consultation.id}",
        "/do/…/snooze",
        "/do/…/hand-over",
    ]


@pytest.mark.parametrize(
    ("moment", "subject", "sentence"),
    [
        ("2026-02-23", "Due on 2 March 2026: Bus", "That is in 7 days."),
        ("2026-03-02", "Due today: Bus", "That is today."),
        ("2026-03-09", "Was due on 2 March 2026: Bus", "What came of it isn't recorded yet."),
    ],
)
def test_promised_action(world: World, moment: str, subject: str, sentence: str) -> None:
    consultation = heard(world, title="Bus")
    make.make_action(
        world.session,
        consultation=consultation,
        outcome=Outcome.PLANNED,
        text="A later bus on Fridays",
        due_on=date(2026, 3, 2),
        published_at=NINE,
    )
    world.tell(consultation, NINE)
    for theme in world.session.scalars(select(Theme)):
        make.make_action(world.session, theme, published_at=NINE)
    world.tick(at(f"{moment} 09:00"))
    mail = last(world)
    assert mail.message["Subject"] == subject
    assert "The board says “A later bus on Fridays”, by 2 March 2026." in mail.text
    assert sentence in mail.text
    assert links(mail.text)[:3] == ["/do/…", "/do/…/cannot", "/do/…/until"]
    assert words(mail.text) <= 90


@pytest.mark.parametrize(
    ("owner", "sentence"),
    [
        ("gone", "Olu has left. 3 young people answered. Somebody has to look after it."),
        ("none", "It has no owner. 3 young people answered. Somebody has to look after it."),
    ],
)
def test_orphan(world: World, owner: str, sentence: str) -> None:
    consultation = world.closed()
    if owner == "gone":
        world.owner.active = False
    else:
        consultation.owner = None
    world.tick(NINE)
    mail = last(world, "Mo")
    assert mail.message["Subject"] == "Nobody looks after: Bus to the youth centre"
    assert sentence in mail.text
    assert links(mail.text) == ["/do/…/hand-over"]


def test_orphan_that_is_open(world: World) -> None:
    make.make_open_consultation(
        world.session, service=world.service, closes_on=date(2026, 6, 1), owner=None
    )
    world.tick(at("2026-02-09 09:00"))
    assert "It is being asked now. Somebody has to look after it." in last(world, "Mo").text


def test_several_cases_are_listed_with_one_thing_each(world: World) -> None:
    heard(world, title="Bus")
    world.closed(title="Food")
    world.tick(at("2026-01-14 09:00"))
    mail = last(world)
    assert mail.message["Subject"] == "2 things wait for you: Bus and more"
    assert len(links(mail.text)) == 2
    assert "They said most" not in mail.text
    assert mail.html.count("<h1") == 2


@pytest.mark.parametrize("step", STEPS)
def test_the_promise_date_comes_as_a_calendar_file_at_two_steps(world: World, step: str) -> None:
    consultation = heard(world)
    world.tick(at(f"{STEPS[step]} 09:00"))
    found = []
    for _, _, content in world.transport.sent:
        attached = list(Received("", "", content).message.iter_attachments())
        found.append([str(each.get_content()) for each in attached])
    if step not in ("next_steps", "promise_soon"):
        assert found and not any(found)
        return
    for (calendar,) in found:
        assert "METHOD:PUBLISH" in calendar
        assert "DTSTART;VALUE=DATE:20260401" in calendar
        assert f"UID:consultation-{consultation.id}@localhost" in calendar
        assert SECRET not in calendar


def test_the_mails_of_one_consultation_make_one_thread_for_each_reader(world: World) -> None:
    world.closed(title="Bus")
    for moment in ("2026-01-08 09:00", "2026-01-14 09:00", "2026-02-04 09:00"):
        world.tick(at(moment))
    threads = [
        (to, Received("", to, content).message["References"])
        for _, to, content in world.transport.sent
    ]
    assert [to for to, _ in threads].count("olu@example.org") == 3
    assert len(set(threads)) == 2  # Olu's and Dee's
    ids = [
        Received("", "", content).message["Message-ID"] for _, _, content in world.transport.sent
    ]
    assert len(set(ids)) == len(ids)


def test_a_mail_about_several_stands_in_the_thread_of_the_first(world: World) -> None:
    heard(world, title="Bus")
    world.closed(title="Food")
    world.tick(at("2026-01-14 09:00"))
    message = last(world).message
    first, second = message["References"].split()
    assert message["In-Reply-To"] == first != second


def test_the_mail_survives_hostile_titles(world: World) -> None:
    world.closed(title="<b>Bus</b>\r\nBcc: all@example.org {{ 7 * 7 }}")
    world.tick(NINE)
    mail = last(world)
    assert mail.message["Bcc"] is None
    assert "<b>Bus" not in mail.html and "&lt;b&gt;Bus" in mail.html
    assert "{{ 7 * 7 }}" in mail.text


def test_links_say_who_what_and_until_when(world: World) -> None:
    today = date(2026, 1, 8)
    link = make_link(world.settings, 17, 4, expires_on=expiry(today))
    assert link.startswith("http://localhost/do/")
    token = link.rpartition("/")[2]
    claim = read_link(world.settings, token, today=today)
    assert claim is not None
    assert (claim.consultation_id, claim.person_id) == (17, 4)
    assert claim.expires_on == today + timedelta(days=60)
    assert not claim.is_expired
    for days, is_expired in ((60, False), (61, True)):
        later = read_link(world.settings, token, today=today + timedelta(days=days))
        assert later is not None and later.is_expired is is_expired


def test_links_cannot_be_altered_and_outlive_a_change_of_key(world: World) -> None:
    settings, today = replace(world.settings, secret_key="o" * 32), date(2026, 1, 8)
    token = make_link(settings, 17, 4, expires_on=today).rpartition("/")[2]
    body, _, signature = token.partition(".")
    for bad in ("", "x", "é", body, f"{body}x.{signature}", f"{body}.{signature[:-1]}", "\0" * 9):
        assert read_link(settings, bad, today=today) is None
    turned = replace(settings, secret_key="n" * 32, old_secret_keys=settings.secret_key)
    assert read_link(turned, token, today=today) is not None
    forgotten = replace(settings, secret_key="n" * 32)
    assert read_link(forgotten, token, today=today) is None


@pytest.mark.parametrize("claim", [[1], [1, 2, 3, 4], "abc", {"a": 1}, [1, 2, 10**12], [None] * 3])
def test_links_with_our_signature_but_another_shape_are_not_read(
    world: World, claim: object
) -> None:
    token = str(_serializer(world.settings).dumps(claim))
    assert read_link(world.settings, token, today=date(2026, 1, 8)) is None


def test_every_link_in_a_mail_opens_a_page_that_works(world: World) -> None:
    """Whatever a mail offers to a person, the page behind it lets that person do."""
    heard(world)
    world.tick(at("2026-04-10 09:00"))
    browser = world.app.test_client()
    for name in ("Olu", "Mo"):
        for link in re.findall(r"http://localhost(/do/\S+)", last(world, name).text):
            page = browser.get(link)
            assert page.status_code in (200, 410), link  # 410: the link's day is long over
