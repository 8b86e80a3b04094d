"""The pages of what we did, as the owner, those who only watch and a stranger meet them."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tests.counting import counted
from tests.factories import NOW
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action, ActionVersion, Via
from tracker.actions.policy import Outcome, ReasonCode
from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.surveys.models import Survey
from tracker.themes.models import Theme

# The pages take today from the clock, so the days that are sent lie around it.
TODAY = utc_now().date()
SOON, LATELY = (TODAY + timedelta(days=30)).isoformat(), (TODAY - timedelta(days=3)).isoformat()
DID_IT = {
    "outcome": "done",
    "text": "Open until 8 pm on Fridays from now on.",
    "changed_on": LATELY,
    "evidence": "The new times hang at the door.",
}
CANNOT = {
    "outcome": "cannot",
    "text": "We can't put in a pool.",
    "reason_code": "money",
    "reason": "It costs more than the centre has.",
    "decided_by": "The head of the service",
    "review_on": SOON,
}


@pytest.fixture
def survey(session: Session) -> Survey:
    make.make_organisation(session)
    return make.make_survey(session, make.make_closed_consultation(session, title="The bus"))


@pytest.fixture
def consultation(survey: Survey) -> Consultation:
    return survey.consultation


@pytest.fixture
def theme(session: Session, survey: Survey) -> Theme:
    """A theme with one young person's answer."""
    theme = make.make_theme(session, survey.consultation, statement="Open longer")
    make.make_coding(session, make.make_response(session, survey), theme)
    return theme


@pytest.fixture
def owner(consultation: Consultation, sign_in: SignIn) -> FlaskClient:
    assert consultation.owner is not None
    return sign_in(consultation.owner)


def index_of(consultation: Consultation) -> str:
    return f"/staff/consultations/{consultation.id}/actions"


def only_version(session: Session) -> ActionVersion:
    session.commit()
    return session.scalars(select(ActionVersion)).one()


def pages_to_change(action: Action) -> list[str]:
    own = f"/staff/actions/{action.id}"
    merge = f"/staff/themes/{action.themes[0].id}/merge"
    return [f"{index_of(action.consultation)}/new", f"{own}/revise", f"{own}/delete", merge]


def test_every_page_sends_a_stranger_to_sign_in(
    session: Session, client: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme)
    pages = [index_of(theme.consultation), f"/staff/actions/{action.id}"]
    for page in [*pages, *pages_to_change(action)]:
        assert client.get(page).headers["Location"].startswith("/staff/sign-in?next=")
    posted = client.post(f"/staff/action-versions/{action.versions[0].id}/publish")
    assert posted.headers["Location"] == "/staff/sign-in"


def test_those_who_watch_see_what_was_done_and_change_nothing(
    session: Session, theme: Theme, sign_in: SignIn
) -> None:
    action = make.make_action(session, theme, published_at=None)
    version_id = action.versions[0].id
    contact = theme.consultation.service.escalation_contact
    assert contact is not None
    viewer = make.make_person(session, "Vera", RoleName.VIEWER)
    for person in (contact, viewer):
        browser = sign_in(person)
        index = browser.get(index_of(theme.consultation)).text
        assert "It was there already." in index and "Say what happened" not in index
        assert "/hear" not in index and "/answers" not in index
        history = browser.get(f"/staff/actions/{action.id}").text
        assert "Publish now" not in history and "Change what it says" not in history
        for page in pages_to_change(action):
            assert browser.get(page).status_code == 403
        for do in ("publish", "stop"):
            refused = browser.post(f"/staff/action-versions/{version_id}/{do}")
            assert refused.status_code == 403 and "isn&#39;t yours" in refused.text
    assert only_version(session).published_at is None


def test_the_owner_of_another_service_sees_nothing(
    session: Session, theme: Theme, sign_in: SignIn
) -> None:
    action = make.make_action(session, theme)
    elsewhere = make.make_service(session).owner
    assert elsewhere is not None
    pages = [index_of(theme.consultation), f"/staff/actions/{action.id}"]
    for page in [*pages, *pages_to_change(action)]:
        refused = sign_in(elsewhere).get(page)
        assert refused.status_code == 403 and "Open longer" not in refused.text


def test_every_page_says_when_there_is_no_such_thing(owner: FlaskClient) -> None:
    for page in ("consultations/{}/actions", "consultations/{}/actions/new", "actions/{}"):
        for number in (4711, 2**31):
            answer = owner.get(f"/staff/{page.format(number)}")
            assert answer.status_code == 404 and "h1" in answer.text
    assert owner.post("/staff/action-versions/4711/publish").status_code == 404


def test_index_has_what_is_owed_first(
    session: Session, owner: FlaskClient, theme: Theme, survey: Survey
) -> None:
    told = make.make_theme(session, survey.consultation, statement="More light", position=-1)
    make.make_coding(session, make.make_response(session, survey), told)
    make.make_action(session, told)
    make.make_action(session, consultation=survey.consultation, text="A bench.")
    page = owner.get(index_of(survey.consultation)).text
    places = [
        page.index(words)
        for words in ("Still owed an answer", "Open longer", "More light", "Nobody asked for it")
    ]
    assert places == sorted(places)
    assert "1 young person said so" in page and f"/new?theme={theme.id}" in page
    assert "On the board" in page and "A bench." in page


def test_index_shows_a_version_that_was_stopped(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    make.make_action(session, theme, published_at=None, stopped_at=NOW)
    page = owner.get(index_of(theme.consultation)).text
    assert ">Stopped<" in page and "4 February 2026 at 10.00" in page


def test_index_says_what_comes_next(
    session: Session, owner: FlaskClient, consultation: Consultation, survey: Survey
) -> None:
    address = index_of(consultation)
    assert "No themes yet." in owner.get(address).text
    told = make.make_theme(session, consultation)
    make.make_action(session, told)
    make.make_response(session, survey)
    assert "1 answer isn’t heard yet" in owner.get(address).text


def test_index_asks_the_database_as_often_for_three_rows_as_for_one(
    session: Session, owner: FlaskClient, survey: Survey
) -> None:
    def asked() -> int:
        theme = make.make_theme(session, survey.consultation)
        make.make_coding(session, make.make_response(session, survey), theme)
        person = make.make_person(session)
        make.make_action(session, theme, recorded_by=person.id)
        session.commit()
        with counted(session) as statements:
            assert owner.get(index_of(survey.consultation)).status_code == 200
        return len(statements)

    first = asked()
    asked()
    assert asked() == first


def test_record_ticks_the_theme_it_was_opened_for(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    page = owner.get(f"{index_of(theme.consultation)}/new?theme={theme.id}&theme=x").text
    assert f'value="{theme.id}" checked' in page
    assert "From 3 February the centre is open until 8 pm on Fridays." in page


def test_record_saves_a_draft(session: Session, owner: FlaskClient, theme: Theme) -> None:
    address = f"{index_of(theme.consultation)}/new"
    answer = owner.post(address, data=DID_IT | {"theme": theme.id, "do": "draft"})
    version = only_version(session)
    assert version.published_at is None and version.via is Via.SIGN_IN
    assert version.action.themes == [theme]
    assert (version.outcome, version.evidence) == (Outcome.DONE, DID_IT["evidence"])
    page = owner.get(answer.headers["Location"]).text
    assert "The draft is saved. Nobody outside sees it." in page and ">Draft<" in page


def test_record_publishes_at_once(session: Session, owner: FlaskClient, theme: Theme) -> None:
    address = f"{index_of(theme.consultation)}/new"
    answer = owner.post(address, data=CANNOT | {"theme": theme.id, "do": "publish"})
    version = only_version(session)
    assert version.published_at is not None and version.reason_code is ReasonCode.MONEY
    page = owner.get(answer.headers["Location"]).text
    assert "It is on the board now." in page and "The head of the service" in page
    assert "Still owed" not in owner.get(index_of(theme.consultation)).text


def test_record_allows_an_action_nobody_asked_for(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    answer = owner.post(f"{index_of(consultation)}/new", data=DID_IT | {"do": "draft"})
    assert only_version(session).action.themes == []
    assert "Nobody asked for it" in owner.get(answer.headers["Location"]).text


def test_record_shows_how_it_will_look_and_writes_nothing(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    address = f"{index_of(theme.consultation)}/new"
    vague = DID_IT | {"text": "We listened to you <b>", "do": "preview"}
    page = owner.post(address, data=vague).text
    assert "This is what young people will read" in page
    assert '<p class="we-did__text">We listened to you &lt;b&gt;</p>' in page
    assert "What is different now?" in page
    assert session.scalar(select(func.count(Action.id))) == 0


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"outcome": ""}, "Choose what happened"),
        ({"outcome": "finished"}, "Choose what happened"),
        ({"text": " \0 "}, "Write what young people will read"),
        ({"text": "x" * 1001}, "1000 characters at most, 1 too many"),
        ({"changed_on": ""}, "Enter the day since when something is different"),
        ({"changed_on": "2026-02-30"}, "Choose a day from the calendar"),
        ({"changed_on": "9999-12-31"}, "Check the year: 9999"),
        ({"changed_on": SOON}, "This day is still to come"),
        ({"theme": "4711"}, "One of the themes is gone"),
        ({"theme": "x"}, "One of the themes is gone"),
        ({"outcome": "planned", "due_on": LATELY}, "Enter a date that is today or later"),
        ({"outcome": "passed_on", "passed_on_to": "x" * 161}, "160 characters at most"),
        (CANNOT | {"reason_code": "weather"}, "Choose what kind of reason it is"),
        (CANNOT | {"review_on": LATELY}, "Enter a date after today"),
    ],
)
def test_record_says_what_is_wrong_and_keeps_what_was_typed(
    session: Session,
    owner: FlaskClient,
    consultation: Consultation,
    sent: dict[str, str],
    complaint: str,
) -> None:
    answer = owner.post(f"{index_of(consultation)}/new", data=DID_IT | {"do": "publish"} | sent)
    assert answer.status_code == 200 and complaint in answer.text
    assert "There is a problem" in answer.text
    assert "The new times hang at the door." in answer.text
    assert session.scalar(select(func.count(Action.id))) == 0


def test_record_ignores_what_is_in_boxes_of_another_outcome(
    session: Session, owner: FlaskClient, consultation: Consultation
) -> None:
    sent = DID_IT | {"due_on": "soon", "review_on": "9999-01-01", "reason_code": "weather"}
    owner.post(f"{index_of(consultation)}/new", data=sent | {"do": "draft"})
    version = only_version(session)
    assert (version.due_on, version.review_on, version.reason_code) == (None, None, None)


def revised(action: Action, **changes: Any) -> dict[str, Any]:
    """What the page to revise an action sends."""
    themes = [theme.id for theme in action.themes]
    return DID_IT | {"theme": themes, "seen": action.edition, "do": "draft"} | changes


def test_revise_shows_what_it_says_and_what_it_may_become(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(
        session, theme, outcome=Outcome.DONE, changed_on=make.TODAY, text="Open longer now."
    )
    page = owner.get(f"/staff/actions/{action.id}/revise").text
    assert "Open longer now.</textarea>" in page and 'value="2026-02-04"' in page
    assert "Young people have read this." in page
    assert 'value="cannot"' in page and 'value="planned"' not in page


def test_revise_adds_a_version_and_leaves_the_public_one(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme)
    owner.post(f"/staff/actions/{action.id}/revise", data=revised(action))
    session.expire_all()
    assert [version.number for version in action.versions] == [1, 2]
    assert action.published is action.versions[0]


def test_revise_publishes_in_one_go(session: Session, owner: FlaskClient, theme: Theme) -> None:
    action = make.make_action(session, theme)
    owner.post(f"/staff/actions/{action.id}/revise", data=revised(action, do="publish"))
    session.expire_all()
    assert action.published is action.versions[1]


def test_revise_keeps_what_was_typed_when_somebody_was_faster(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme, published_at=None, text="What they wrote meanwhile.")
    address = f"/staff/actions/{action.id}/revise"
    page = owner.post(address, data=revised(action, seen="0-20200101")).text
    assert "Somebody else changed this action" in page
    assert "What they wrote meanwhile." in page and str(DID_IT["text"]) in page
    assert f'value="{action.edition}"' in page
    assert only_version(session).text == "What they wrote meanwhile."
    owner.post(address, data=revised(action))
    session.expire_all()
    assert only_version(session).text == DID_IT["text"]


def test_revise_refuses_a_move_that_was_not_offered(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme, outcome=Outcome.DONE, changed_on=make.TODAY)
    sent = revised(action, outcome="planned", due_on=SOON)
    page = owner.post(f"/staff/actions/{action.id}/revise", data=sent).text
    assert "Choose what happened" in page
    assert only_version(session).outcome is Outcome.DONE


def test_revise_warns_before_a_theme_loses_its_answer(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme)
    address = f"/staff/actions/{action.id}/revise"
    page = owner.post(address, data=revised(action, theme=[])).text
    assert "Nothing else that is public answers “Open longer”" in page
    assert "Yes, that theme may be owed an answer again" in page
    session.expire_all()
    assert action.themes == [theme] and len(action.versions) == 1
    owner.post(address, data=revised(action, theme=[], is_warned="y"))
    session.expire_all()
    assert action.themes == [] and len(action.versions) == 2


def test_revise_of_the_themes_alone_adds_no_version(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme)
    other = make.make_theme(session, theme.consultation, position=9)
    sent = {
        "outcome": "already",
        "text": "It was there already.",
        "theme": [theme.id, other.id],
        "seen": action.edition,
        "do": "publish",
    }
    owner.post(f"/staff/actions/{action.id}/revise", data=sent)
    assert only_version(session).number == 1
    session.expire_all()
    assert action.themes == [theme, other]


def test_revise_starts_again_from_what_was_stopped(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(
        session, theme, published_at=None, stopped_at=NOW, text="The stopped words."
    )
    address = f"/staff/actions/{action.id}/revise"
    assert "The stopped words.</textarea>" in owner.get(address).text
    owner.post(address, data=revised(action))
    session.expire_all()
    assert action.pending is not None and action.pending.number == 2


def test_history_tells_every_version_with_who_and_when(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    olga = make.make_person(session, "Olga Owner")
    action = make.make_action(session, theme, recorded_by=olga.id, via=Via.MAIL)
    page = owner.get(f"/staff/actions/{action.id}").text
    assert "Version 1, written 4 February 2026 at 10.00 by Olga Owner through a link" in page
    assert "On the board" in page and "Open longer" in page
    assert "Publish now" not in page and "Delete this draft" not in page


def test_history_asks_what_is_different_when_words_are_vague(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(
        session, theme, outcome=Outcome.DONE, changed_on=make.TODAY, text="We listened."
    )
    assert "What is different now?" in owner.get(f"/staff/actions/{action.id}").text


def test_publish_button_makes_it_public(session: Session, owner: FlaskClient, theme: Theme) -> None:
    action = make.make_action(session, theme, published_at=None)
    address = f"/staff/actions/{action.id}"
    assert "Publish now" in owner.get(address).text
    answer = owner.post(f"/staff/action-versions/{action.versions[0].id}/publish")
    assert answer.headers["Location"] == address
    assert "It is on the board now." in owner.get(address).text
    assert only_version(session).published_at is not None


def test_stop_button_keeps_it_off_the_board(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(
        session, theme, published_at=None, via=Via.MAIL, publishes_at=NOW + timedelta(days=1)
    )
    address, version_id = f"/staff/actions/{action.id}", action.versions[0].id
    assert "Goes on the board by itself" in owner.get(address).text
    owner.post(f"/staff/action-versions/{version_id}/stop")
    page = owner.get(address).text
    assert "Stopped. It won&#39;t appear on the board." in page
    assert "Stopped or replaced by" in page
    refused = owner.post(f"/staff/action-versions/{version_id}/publish")
    assert refused.status_code == 409 and "was stopped or replaced" in refused.text


def test_stop_button_is_there_for_the_escalation_contact_who_cannot_publish(
    session: Session, theme: Theme, sign_in: SignIn
) -> None:
    contact = theme.consultation.service.escalation_contact
    assert contact is not None
    action = make.make_action(
        session, theme, published_at=None, via=Via.MAIL, publishes_at=NOW + timedelta(days=1)
    )
    browser, version_id = sign_in(contact), action.versions[0].id

    page = browser.get(f"/staff/actions/{action.id}").text
    assert "Stop it" in page and "Publish now" not in page
    assert browser.post(f"/staff/action-versions/{version_id}/publish").status_code == 403
    browser.post(f"/staff/action-versions/{version_id}/stop")
    assert only_version(session).stopped_by == contact.id


def test_stop_button_comes_too_late_for_what_is_public(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme)
    refused = owner.post(f"/staff/action-versions/{action.versions[0].id}/stop")
    assert refused.status_code == 409 and "public already" in refused.text


def test_discard_asks_before_it_deletes(session: Session, owner: FlaskClient, theme: Theme) -> None:
    action = make.make_action(session, theme, published_at=None)
    address = f"/staff/actions/{action.id}/delete"
    assert "Delete this draft?" in owner.get(address).text
    assert only_version(session) is not None
    answer = owner.post(address, data={"do": "delete"})
    assert answer.headers["Location"] == index_of(theme.consultation)
    assert session.scalar(select(func.count(Action.id))) == 0


def test_discard_refuses_what_was_public(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    action = make.make_action(session, theme)
    refused = owner.post(f"/staff/actions/{action.id}/delete", data={"do": "delete"})
    assert refused.status_code == 409 and "stays in the history" in refused.text
    assert only_version(session) is not None


def test_merge_moves_everything_and_says_so(
    session: Session, owner: FlaskClient, theme: Theme
) -> None:
    into = make.make_theme(session, theme.consultation, statement="Longer hours", position=1)
    action = make.make_action(session, theme)
    address = f"/staff/themes/{theme.id}/merge"
    page = owner.get(address).text
    assert "Its 1 answer and 1 action go with the theme you choose" in page
    answer = owner.post(address, data={"into": into.id})
    session.expire_all()
    assert action.themes == [into]
    assert "one theme now: “Longer hours”" in owner.get(answer.headers["Location"]).text


@pytest.mark.parametrize("into", ["", "4711", "x"])
def test_merge_asks_for_a_theme_that_is_there(
    session: Session, owner: FlaskClient, theme: Theme, into: str
) -> None:
    make.make_theme(session, theme.consultation)
    page = owner.post(f"/staff/themes/{theme.id}/merge", data={"into": into, "do": "merge"}).text
    assert "Choose the theme that stays" in page
    assert session.get(Theme, theme.id) is not None


def test_merge_says_when_there_is_no_other_theme(owner: FlaskClient, theme: Theme) -> None:
    page = owner.get(f"/staff/themes/{theme.id}/merge").text
    assert "There is no other theme to merge it with." in page
