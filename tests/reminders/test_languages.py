"""Mails to staff speak the language of whoever reads them."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.reminders.test_letters import heard, last
from tests.reminders.world import World, at
from tracker.accounts.models import Person
from tracker.channels.operations import choose
from tracker.channels.policy import Choice, Rhythm
from tracker.languages import languages, names_in_words, speaking, weekday_in_words
from tracker.reminders.models import Case
from tracker.reminders.operations import snooze
from tracker.services.queries import organisation


def write_in(world: World, person: Person, language: str, rhythm: Rhythm = Rhythm.AT_ONCE) -> None:
    choose(world.session, person.id, Choice(rhythm, language=language), now=at("2026-01-01 09:00"))


@pytest.mark.parametrize(
    ("language", "direction", "people", "day"),
    [
        ("cy", "ltr", "bobl ifanc", "1 Ebrill 2026"),
        ("pl", "ltr", "młod", "1 kwietnia 2026"),
        ("ar", "rtl", "الشباب", "2026"),
        ("ur", "rtl", "نوجوان", "2026"),
    ],
)
def test_reminder_is_in_its_readers_language(
    world: World, language: str, direction: str, people: str, day: str
) -> None:
    heard(world)
    write_in(world, world.owner, language)
    world.tick(at("2026-02-10 10:00"))
    own, deputys = last(world), last(world, "Dee")
    assert f'<html lang="{language}" dir="{direction}">' in own.html
    assert people in own.text and people in own.message["Subject"] and day in own.text
    assert "young people" not in own.text + own.html + own.message["Subject"]
    # What others wrote stays as they wrote it, and the links are the same.
    assert "The bus stops too early" in own.text and "/snooze" in own.text
    assert '<html lang="en" dir="ltr">' in deputys.html and "27 young people" in deputys.text


def test_every_step_of_every_mail_has_no_english_left(world: World) -> None:
    heard(world, title="Bws")
    write_in(world, world.owner, "cy")
    for moment in ("2026-01-08", "2026-01-14", "2026-02-04", "2026-03-18", "2026-04-01"):
        world.tick(at(f"{moment} 09:00"))
        ours = [line for line in last(world).text.splitlines() if not line.startswith("- ")]
        english = {"the", "you", "and", "of", "It", "answered", "day", "young"}
        assert not english & set(" ".join(ours).split())


def test_calendar_entry_is_in_the_language_too(world: World) -> None:
    heard(world, title="Bus")
    write_in(world, world.owner, "pl")
    world.tick(at("2026-01-08 09:00"))
    (calendar,) = last(world).message.iter_attachments()
    assert "answered" not in calendar.get_content() and "(Bus)" in calendar.get_content()


def test_weekly_digest_is_in_the_language(world: World) -> None:
    world.closed(title="Bus")
    write_in(world, world.owner, "cy", Rhythm.WEEKLY)
    world.tick(at("2026-01-08 09:00"))
    world.tick(at("2026-01-12 09:00"))
    assert 'lang="cy"' in last(world).html and "once a week" not in last(world).text


def test_language_that_was_switched_off_is_english(world: World) -> None:
    world.closed()
    write_in(world, world.owner, "cy")
    organisation(world.session).languages_off = ["cy"]
    world.tick(at("2026-01-08 09:00"))
    assert '<html lang="en" dir="ltr">' in last(world).html


def test_notice_is_in_the_language_of_whoever_is_told(world: World) -> None:
    consultation = world.closed()
    contact = consultation.service.escalation_contact
    assert contact is not None
    write_in(world, contact, "cy")
    world.tick(at("2026-01-08 09:00"))
    (case,) = consultation_cases(world)
    now = at("2026-01-09 10:00")
    until_on = date(2026, 1, 20)
    snooze(world.session, case, until_on, "Exams", person_id=world.owner.id, now=now)
    world.session.commit()
    world.tick(at("2026-01-09 10:05"))
    mail = last(world, contact.name)
    assert 'lang="cy"' in mail.html and "20 Ionawr 2026" in mail.text and "Exams" in mail.text


def consultation_cases(world: World) -> list[Case]:
    return list(world.session.scalars(select(Case)))


@pytest.mark.parametrize(
    ("names", "said"),
    [(["Ann"], "Ann"), (["Ann", "Ben"], "Ann and Ben"), (["A", "B", "C"], "A, B and C")],
)
def test_names_in_words(names: list[str], said: str) -> None:
    assert names_in_words(names) == said


def test_names_and_weekdays_in_every_language() -> None:
    said = set()
    for code in languages():
        with speaking(code):
            said.add((names_in_words(["Ann", "Ben"]), weekday_in_words(date(2026, 3, 4))))
    assert len(said) == len(languages())
    assert ("Ann i Ben", "środa") in said
