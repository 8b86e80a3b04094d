"""`flask setup`: make the organisation and its administrator. `flask sending`: mails on or off."""

import click
from flask.cli import with_appcontext
from werkzeug.datastructures import MultiDict

from tracker.accounts.forms import PersonForm
from tracker.accounts.invitation import password_link
from tracker.clock import local_date, utc_now
from tracker.db import current_session
from tracker.errors import LoopkeeperError, NotFound
from tracker.services.forms import SettingsForm
from tracker.services.operations import OrganisationDraft, set_up
from tracker.services.queries import organisation
from tracker.working_days import Nation


@click.command("setup")
@click.option("--name", required=True, help="The organisation's name.")
@click.option("--admin-email", required=True, help="The first administrator's e-mail address.")
@click.option("--admin-name", default="Administrator", show_default=True, help="Their name.")
@click.option(
    "--nation", type=click.Choice([n.value for n in Nation]), default="england", show_default=True
)
@click.option("--time-zone", default="Europe/London", show_default=True)
@with_appcontext
def setup(name: str, admin_email: str, admin_name: str, nation: str, time_zone: str) -> None:
    """Make the organisation and its first administrator, and print how they sign in."""
    settings = _checked_settings(name, nation, time_zone)
    person = _checked_person(admin_name, admin_email)
    session = current_session()
    try:
        administrator = set_up(session, settings.draft(), person.draft())
    except LoopkeeperError as refusal:
        raise click.ClickException(refusal.message) from None
    session.commit()
    click.echo(f"{name} is set up. {admin_email} chooses a password here, within three days:")
    click.echo(password_link(administrator))


@click.command("sending")
@click.argument("switch", type=click.Choice(["on", "off"]))
@with_appcontext
def sending(switch: str) -> None:
    """Switch reminders and notices on or off: off before a restored backup starts."""
    session = current_session()
    try:
        organisation(session).is_sending = switch == "on"
    except NotFound as missing:
        raise click.ClickException(missing.message) from None
    session.commit()
    click.echo(f"Sending is {switch}.")


def _checked_settings(name: str, nation: str, time_zone: str) -> SettingsForm:
    today = local_date(utc_now(), "Europe/London")
    typed = {"name": name, "nation": nation, "time_zone": time_zone, "is_sending": "y"}
    typed |= {
        "goes_live_on": today.isoformat(),
        "reopens_at_judging": str(OrganisationDraft.reopens_at_judging),
        "reopens_at_share": str(OrganisationDraft.reopens_at_share),
    }
    form = SettingsForm(MultiDict(typed), meta=_NO_TOKEN)
    _refuse(form, {"name": "--name", "time_zone": "--time-zone"})
    return form


def _checked_person(name: str, email: str) -> PersonForm:
    form = PersonForm(MultiDict({"name": name, "email": email}), meta=_NO_TOKEN)
    _refuse(form, {"name": "--admin-name", "email": "--admin-email"})
    return form


# The same checks as on the pages; a terminal has no session for a token to come from.
_NO_TOKEN = {"csrf": False}


def _refuse(form: SettingsForm | PersonForm, options: dict[str, str]) -> None:
    if not form.validate():
        problems = [f"{options[name]}: {errors[0]}" for name, errors in form.errors.items()]
        raise click.UsageError("\n".join(problems))
