from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import SignIn
from tracker.accounts.policy import RoleName
from tracker.loop.queries import loop_of


def test_stranger_is_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/staff/people").headers["Location"] == "/staff/sign-in?next=/staff/people"


def test_roles(session: Session, sign_in: SignIn) -> None:
    make.make_organisation(session)
    admin = make.make_person(session, "Ada", RoleName.ADMINISTRATOR)
    viewer = make.make_person(session, "Vera", RoleName.VIEWER)
    c = make.make_closed_consultation(session)
    s = make.make_survey(session, c)
    q = make.make_question(session, s)
    r = make.make_response(session, s, answers={q: "x"})
    t = make.make_theme(session, c)
    make.make_coding(session, r, t)
    make.make_action(session, t)
    loop = loop_of(session, c, now=make.NOW)
    assert loop.public_state == "told"
    session.commit()
    assert sign_in(admin).get("/staff/people").status_code == 200
    page = sign_in(viewer).get("/staff/people")
    assert page.status_code == 403 and "isn&#39;t yours" in page.text
