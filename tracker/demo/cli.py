"""`flask demo load`: fill an empty demo, once, and say how to sign in."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from flask_security import hash_password

from config import Config
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.demo.operations import PASSWORD, load_demo
from tracker.demo.queries import (
    is_empty,
    kiosk_to_try,
    phone_addresses,
    receipts_to_try,
    sign_ins,
)
from tracker.demo.story import BEGINS, KIOSK_PIN
from tracker.mail.transport import transport_of
from tracker.reminders.worker import tick

demo = AppGroup("demo", help="The demo: real and made-up consultations to try everything on.")


@demo.command("load")
def load() -> None:
    """Fill an empty database with the demo; leave one that holds anything as it is."""
    settings: Config = current_app.config["LOOPKEEPER"]
    if not settings.demo:
        raise click.ClickException("This isn't a demo. Set LOOPKEEPER_DEMO=1 to make it one.")
    if is_empty(current_session()):
        _fill(settings)
    _tell_how_to_start(settings)


def _fill(settings: Config) -> None:
    session = current_session()
    transport = transport_of(settings)

    def remind(moment: datetime) -> None:
        tick(session, transport, settings, clock=lambda: moment)

    story = load_demo(
        session,
        now=utc_now(),
        password=hash_password(PASSWORD),
        receipts_key=settings.derived_key("receipts"),
        remind=remind,
    )
    with click.progressbar(story, label="Making the demo, day by day", length=BEGINS + 1) as days:
        for _day in days:
            pass


def _tell_how_to_start(settings: Config) -> None:
    session = current_session()
    click.echo(f"\n  {settings.base_url}/  the board, which everybody sees")
    for phone in phone_addresses(session):
        click.echo(f"  {settings.base_url}/s/{phone.code}  “{phone.title}”, {phone.about}")
    if token := kiosk_to_try(session, settings.derived_key("receipts")):
        click.echo(
            f"  {settings.base_url}/kiosk/{token}  a kiosk: for a tablet, one child after the "
            f"other. The PIN to leave it is {KIOSK_PIN}"
        )
    for words in receipts_to_try(session, settings.derived_key("receipts")):
        click.echo(f"  {settings.base_url}/answer  try this receipt: {words}")
    click.echo(
        f"\n  {settings.base_url}/staff/  for staff. The password is the same for all: {PASSWORD}"
    )
    for person in sign_ins(session):
        click.echo(f"    {person.email:<28} {person.name}, {person.job_title.lower()}")
    click.echo("\n  Mails go to the Outbox page and to " + str(settings.data / "mails"))
    click.echo("  Press Ctrl+C to stop. What you do is kept.\n")
