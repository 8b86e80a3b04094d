"""The mail through which a new member of staff sets their first password."""

from flask import current_app
from flask_security import send_mail
from flask_security.recoverable import generate_reset_password_token

from config import Config
from tracker.accounts.models import Person


def password_link(person: Person) -> str:
    """An absolute address at which this person, and nobody else, can choose a password.

    It dies when it has been used, when the password changes another way, and after three days.
    """
    settings: Config = current_app.config["LOOPKEEPER"]
    token = generate_reset_password_token(person)  # type: ignore[no-untyped-call]
    routes = current_app.url_map.bind("")
    return settings.base_url + routes.build("security.reset_password", {"token": token})


def send_invitation(person: Person) -> None:
    """Send the link to the person's own address."""
    send_mail(
        "Choose your password for Loopkeeper",
        person.email,
        "security/email/invitation",
        user=person,
        link=password_link(person),
    )
