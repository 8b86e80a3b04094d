"""`flask reminders …`: tick, run, explain and simulate in the terminal."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.clock import utc_now
from tracker.consultations.models import Consultation
from tracker.db import current_session, reading
from tracker.errors import NotFound
from tracker.reminders.queries import Row, Timeline, timeline
from tracker.reminders.scheduler import run_forever, tick_once
from tracker.reminders.simulation import Foreseen, simulate
from tracker.services.queries import organisation

reminders_cli = AppGroup("reminders", help="Look at what is due, send it, explain it, foresee it.")

_YEARS = range(2000, 2200)


class Moment(click.ParamType[datetime]):
    """A moment with its time zone, in ISO 8601."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment; write it like 2026-02-04T10:00+00:00", param)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no time zone; write it like {value}+00:00", param)
        if moment.year not in _YEARS:
            self.fail(f"{value!r} is too far from today", param)
        return moment


now_option = click.option(
    "--now", type=Moment(), help="Act as if it were this moment, like 2026-02-04T10:00+00:00."
)


@reminders_cli.command("tick")
@now_option
def tick_command(now: datetime | None) -> None:
    """Do once everything that is due, and say what was done."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    summary = tick_once(app, utc_now if now is None else lambda: now)
    for name, count in asdict(summary).items():
        click.echo(f"{name.replace('_', ' ')}: {count}")
    if summary.failures:
        raise click.ClickException("Part of it failed. The log says what; the next tick retries.")


@reminders_cli.command("run")
def run_command() -> None:
    """Tick again and again until stopped. For a process of its own."""
    click.echo("Looking at what is due until stopped (Ctrl-C).", err=True)
    run_forever(current_app._get_current_object())  # type: ignore[attr-defined]


@reminders_cli.command("explain")
@click.argument("consultation")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@now_option
def explain_command(consultation: str, as_json: bool, now: datetime | None) -> None:
    """Every step of CONSULTATION (its number or its name in addresses), past and to come, and why."""
    session = current_session()
    with reading():
        found = _find(session, consultation)
        story = timeline(session, found, now=now or utc_now())
        zone = ZoneInfo(organisation(session).time_zone)
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in story.rows], indent=2))
        return
    click.echo(found.title)
    _print_story(story, zone)


def _find(session: Session, wanted: str) -> Consultation:
    wanted = wanted.replace("\0", "")
    is_number = wanted.isascii() and wanted.isdigit() and int(wanted) < 2**31
    number = int(wanted) if is_number else 0
    query = select(Consultation).where(or_(Consultation.slug == wanted, Consultation.id == number))
    found = session.scalars(query.order_by(Consultation.slug != wanted)).first()
    if found is None:
        raise click.ClickException(f"There is no consultation {wanted!r}.")
    return found


def _print_story(story: Timeline, zone: ZoneInfo) -> None:
    if not story.is_sending:
        click.echo("Sending is switched off: nothing leaves until somebody switches it on.")
    if not story.rows:
        click.echo("No reminder is owed, and none was ever sent.")
    for row in story.rows:
        when = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}" if row.at else f"{row.on}      "
        who = f" to {', '.join(row.to)}" if row.to else ""
        why = f" – {row.why}" if row.why else ""
        due = f" (due {row.on})" if row.at and row.step else ""
        what = f"{row.what} (“{row.action}”)" if row.action else row.what
        click.echo(f"{when}  {row.state:<9}  {what}{who}{due}{why}")


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "on": row.on.isoformat(),
        "at": row.at.isoformat() if row.at else None,
        "case": row.case_id,
        "about": row.case,
        "state": row.state,
        "step": row.step,
        "what": row.what,
        "to": list(row.to),
        "why": row.why,
    }


@reminders_cli.command("simulate")
@click.option("--days", type=click.IntRange(1, 3660), required=True, help="How many days.")
@now_option
def simulate_command(days: int, now: datetime | None) -> None:
    """Walk the clock over the present data and print who would get what, when. Sends nothing."""
    session, settings = current_session(), current_app.config["LOOPKEEPER"]
    start = now or utc_now()
    try:
        zone = ZoneInfo(organisation(session).time_zone)
    except NotFound as error:
        raise click.ClickException(error.message) from None
    count = 0
    month = 0
    for moment, mails in simulate(session, settings, days=days, now=start):
        if moment.month != month:
            month = moment.month
            click.echo(f"… {moment:%B %Y}", err=True)
        for mail in mails:
            count += 1
            _print_mail(mail, zone)
    click.echo(f"{count} mails in {days} days.")


def _print_mail(mail: Foreseen, zone: ZoneInfo) -> None:
    click.echo(f"{mail.at.astimezone(zone):%a %Y-%m-%d %H:%M}  {mail.name} <{mail.email}>")
    for step, title in mail.reminders:
        click.echo(f"    {step}: {title}")
    if not mail.reminders:
        click.echo(f"    {mail.subject}")
