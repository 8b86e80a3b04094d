"""The wording rules and the safeguarding settings: the pages, and what they change."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SignIn
from tests.factories import NOW
from tests.safeguarding.world import SECRET, Guarded, flag_of, make_guarded, write
from tracker.errors import LoopkeeperError
from tracker.responses.models import SetAsideReason, Source
from tracker.responses.operations import type_in_response
from tracker.safeguarding.models import EntryKind, FlagEntry, FlagOutcome, RecordIsFinal
from tracker.safeguarding.operations import (
    FlagClosed,
    NothingWritten,
    PhraseTaken,
    PhraseUnusable,
    RuleDraft,
    acknowledge,
    add_rule,
    change_rule,
    close_flag,
    flag_worry,
    note,
    raise_flag,
    reopen_flag,
    restore_rule,
)
from tracker.safeguarding.policy import Category
from tracker.safeguarding.shipped import shipped
from tracker.safeguarding.wording import rules_of, wording_of

WORDING = "/staff/safeguarding/wording"
SETTINGS = "/staff/safeguarding"
OWN = RuleDraft("purple giraffe", "en", Category.FEAR)


@pytest.fixture
def guarded(session: Session) -> Guarded:
    return make_guarded(session)


@pytest.fixture
def lead(guarded: Guarded, sign_in: SignIn) -> FlaskClient:
    return sign_in(guarded.first)


def test_answer_is_held_with_its_flag_in_one_transaction(
    session: Session, guarded: Guarded
) -> None:
    response = write(session, guarded, now=NOW + timedelta(minutes=23))

    flag = flag_of(session, response)
    assert response.set_aside is SetAsideReason.HELD and response.set_aside_by is None
    assert response.set_aside_on == response.received_on
    assert flag.raised_at == NOW and flag.named == []
    assert {rule["category"] for rule in flag.rules} == {"home"}
    assert "zanzibar" not in str(flag.rules)
    session.rollback()


def test_answer_without_a_sign_is_not_held(session: Session, guarded: Guarded) -> None:
    assert write(session, guarded, "A later bus").set_aside is None


def test_answer_typed_in_from_paper_is_held_too(session: Session, guarded: Guarded) -> None:

    response = type_in_response(
        session,
        guarded.survey,
        {"q2": SECRET},
        submission_id=uuid4(),
        source=Source.PAPER,
        person_id=guarded.owner.id,
        now=NOW,
    )

    assert response.set_aside is SetAsideReason.HELD


def test_raise_flag_keeps_the_open_one(session: Session, guarded: Guarded) -> None:
    response = write(session, guarded)
    same = {"response_id": response.id, "consultation": response.consultation, "now": NOW}

    again = raise_flag(session, texts=[SECRET], **same)  # type: ignore[arg-type]
    worry = flag_worry(session, texts=[], person_id=guarded.owner.id, **same)  # type: ignore[arg-type]

    assert again is worry is flag_of(session, response)
    assert raise_flag(session, texts=["more football"], **same) is None  # type: ignore[arg-type]


def test_record_is_added_to_and_never_changed(session: Session, guarded: Guarded) -> None:
    flag = flag_of(session, write(session, guarded))
    by = {"person_id": guarded.first.id, "now": NOW}
    note(session, flag, "Rang the school.", **by)  # type: ignore[arg-type]
    entry = session.query(FlagEntry).one()

    entry.what = "Did nothing."

    with pytest.raises(RecordIsFinal):
        session.flush()
    session.rollback()


def test_flag_is_acknowledged_closed_and_opened_again(session: Session, guarded: Guarded) -> None:
    flag = flag_of(session, write(session, guarded))
    first, second = guarded.first.id, guarded.second.id

    assert acknowledge(session, [flag], person_id=first, now=NOW) == 1
    assert acknowledge(session, [flag], person_id=second, now=NOW) == 0
    with pytest.raises(NothingWritten):
        close_flag(session, flag, FlagOutcome.WORRY, " ", person_id=first, now=NOW)
    close_flag(session, flag, FlagOutcome.NO_WORRY, person_id=first, now=NOW)
    for act in (note, lambda *a, **k: close_flag(a[0], a[1], FlagOutcome.WORRY, a[2], **k)):
        with pytest.raises(FlagClosed):
            act(session, flag, "More", person_id=first, now=NOW)
    reopen_flag(session, flag, person_id=second, now=NOW)
    reopen_flag(session, flag, person_id=second, now=NOW)  # nothing to do

    session.refresh(flag)
    assert flag.acknowledged_by == first and flag.outcome is None
    assert {entry.kind for entry in flag.entries} == {
        EntryKind.ACKNOWLEDGED,
        EntryKind.NO_WORRY,
        EntryKind.REOPENED,
    }


def test_rule_of_its_own_raises_a_flag_from_then_on(session: Session, guarded: Guarded) -> None:
    before = wording_of(session)
    row = add_rule(session, OWN, person_id=guarded.first.id, now=NOW)

    assert before.matches(["a purple giraffe"]) == []
    assert wording_of(session).matches(["a purple giraffe"])
    assert wording_of(session) is wording_of(session)
    own = rules_of(session)[-1]
    assert own.is_own and own.row is row and own.key == f"own-{row.id}"
    restore_rule(session, own)
    assert wording_of(session).matches(["a purple giraffe"]) == []


def test_rule_of_the_product_is_switched_off_changed_and_put_back(
    session: Session, guarded: Guarded
) -> None:
    kms = next(each for each in rules_of(session) if each.rule.phrase == "kms")
    by = {"person_id": guarded.first.id, "now": NOW}

    off = RuleDraft("kms", "en", Category.SELF_HARM, is_on=False)
    change_rule(session, kms, off, **by)  # type: ignore[arg-type]
    assert wording_of(session).matches(["kms"]) == []
    changed = next(each for each in rules_of(session) if each.key == kms.key)
    assert not changed.is_on and changed.replaces == "kms"
    change_rule(session, changed, RuleDraft("kmself", "en", Category.FEAR), **by)  # type: ignore[arg-type]
    assert [rule.category for rule in wording_of(session).matches(["kmself"])] == [Category.FEAR]
    restore_rule(session, next(each for each in rules_of(session) if each.key == kms.key))
    assert wording_of(session).matches(["kms"])
    restore_rule(session, kms)  # nothing to put back


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (RuleDraft("a", "en", Category.FEAR), PhraseUnusable),
        (RuleDraft("{nobody} x", "en", Category.FEAR), PhraseUnusable),
        (RuleDraft("kms", "en", Category.FEAR), PhraseTaken),
    ],
)
def test_rule_that_can_not_be_is_refused(
    session: Session, guarded: Guarded, draft: RuleDraft, error: type[LoopkeeperError]
) -> None:
    with pytest.raises(error):
        add_rule(session, draft, person_id=guarded.first.id, now=NOW)


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("he hits me", "This raises a flag."),
        ("more football", "This raises no flag."),
        ("", "Write a sentence to try"),
        ("x" * 5001, "At most 5,000"),
    ],
)
def test_wording_tries_a_sentence_and_keeps_it_nowhere(
    guarded: Guarded, lead: FlaskClient, sentence: str, says: str
) -> None:
    page = lead.post(WORDING, data={"sentence": sentence})

    assert says in page.text
    assert page.status_code == (200 if says.startswith("This") else 400)


def test_wording_lists_the_rules_of_one_language(guarded: Guarded, lead: FlaskClient) -> None:
    welsh, odd = lead.get(f"{WORDING}?language=cy").text, lead.get(f"{WORDING}?language=xx").text

    assert "hunanladdiad" in welsh and ">kms<" not in welsh
    assert ">kms<" in odd and "still miss some" in odd


def test_add_rule_and_rule_change_what_is_found(guarded: Guarded, lead: FlaskClient) -> None:
    typed = {"phrase": " purple   giraffe ", "language": "en", "category": "fear", "state": "on"}

    added = lead.post(f"{WORDING}/add", data=typed, follow_redirects=True).text
    twice = lead.post(f"{WORDING}/add", data=typed)
    page = lead.get(f"{WORDING}/own-1").text
    off = lead.post(f"{WORDING}/own-1", data=typed | {"state": "off"}, follow_redirects=True).text
    bad = lead.post(f"{WORDING}/own-1", data=typed | {"phrase": "!"})
    gone = lead.post(f"{WORDING}/own-1/restore", follow_redirects=True).text

    assert "The rule is added." in added and "purple giraffe" in added and "Yours" in added
    assert twice.status_code == 400 and "such a rule" not in added
    assert "Added by Sol Marsden" in page
    assert "The rule is changed." in off and ">Off<" in off
    assert bad.status_code == 400 and "at least one word" in bad.text
    assert "The rule is removed." in gone and "purple giraffe" not in gone
    assert lead.get(f"{WORDING}/own-1").status_code == 404


def test_add_rule_says_what_is_missing(guarded: Guarded, lead: FlaskClient) -> None:
    page = lead.post(f"{WORDING}/add", data={"phrase": "", "language": "xx", "category": "fear"})

    assert page.status_code == 400 and "Write the words to look for" in page.text


def test_settings_are_kept_and_named_first_is_told_first(
    session: Session, guarded: Guarded, sign_in: SignIn
) -> None:
    admin = sign_in(guarded.administrator)
    typed = {
        "first_lead": str(guarded.second.id),
        "acknowledge_hours": "2",
        "escalate_hours": "3",
        "leave_address": "https://search.example.org/?q=cats",
    }

    page = admin.post(SETTINGS, data=typed, follow_redirects=True).text

    assert "The safeguarding settings are saved." in page
    session.refresh(guarded.organisation)
    held = guarded.organisation
    assert (held.first_safeguarding_lead_id, held.acknowledge_hours, held.escalate_hours) == (
        guarded.second.id,
        2,
        3,
    )
    assert held.leave_address == typed["leave_address"]


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("first_lead", "999999", "Choose somebody who is a safeguarding lead now."),
        ("first_lead", "x", "Choose somebody"),
        ("acknowledge_hours", "1", "from 2 to 48"),
        ("acknowledge_hours", "soon", "Hours to acknowledge"),
        ("escalate_hours", "4", "Give more hours"),
        ("escalate_hours", "", "Enter a number of hours"),
        ("leave_address", "javascript:alert(1)", "begins with https://"),
        ("leave_address", "https://[", "begins with https://"),
        ("leave_address", "http://example.org", "begins with https://"),
        ("leave_address", "", "Enter an address"),
    ],
)
def test_settings_that_can_not_be_are_refused(
    guarded: Guarded, sign_in: SignIn, name: str, typed: str, says: str
) -> None:
    sound = {
        "first_lead": "",
        "acknowledge_hours": "4",
        "escalate_hours": "8",
        "leave_address": "https://example.org/",
    }

    page = sign_in(guarded.administrator).post(SETTINGS, data=sound | {name: typed})

    assert page.status_code == 400 and says in page.text


@pytest.mark.parametrize(
    ("leads", "says"), [(0, "Nobody is safeguarding lead."), (1, "is the only safeguarding lead")]
)
def test_settings_say_when_there_are_too_few_leads(
    guarded: Guarded, sign_in: SignIn, leads: int, says: str
) -> None:
    for person in (guarded.first, guarded.second)[leads:]:
        person.roles = []

    assert says in sign_in(guarded.administrator).get(SETTINGS).text


def test_shipped_groups_have_one_meaning(guarded: Guarded) -> None:
    assert {"person", "family", "kin", "hurt", "victim"} <= set(shipped().groups)
