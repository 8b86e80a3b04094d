"""The staff's desk: what needs you, one consultation at a glance, every open loop."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import actor_may, current_actor, require
from tracker.accounts.policy import Act, Actor, RoleName
from tracker.clock import utc_now
from tracker.consultations.queries import consultation_or_404, services_asking
from tracker.db import current_session
from tracker.desk import queries
from tracker.desk.glance import ways_on
from tracker.reminders.queries import count_given_up

bp = Blueprint("desk", __name__, url_prefix="/staff")


@bp.get("/")
def home() -> ResponseReturnValue:
    """What needs the signed-in person."""
    require(Act.USE_DESK)
    session, now = current_session(), utc_now()
    desk = queries.home(session, _own_services(current_actor()), now=now)
    given_up = count_given_up(session, now=now) if actor_may(Act.SEE_OUTBOX) else 0
    return render_template(
        "desk/home.html", desk=desk, has_services=_has_services(), given_up=given_up
    )


@bp.get("/consultations/<int:consultation_id>")
def consultation(consultation_id: int) -> ResponseReturnValue:
    """One consultation at a glance; every other page about it leads back here."""
    session = current_session()
    found = consultation_or_404(session, consultation_id)
    require(Act.SEE_CONSULTATION, found.service_id)
    ways = [way for way in ways_on(found.state) if actor_may(way.act, found.service_id)]
    return render_template(
        "desk/consultation.html",
        consultation=found,
        glance=queries.glance(session, found, now=utc_now()),
        ways=ways,
        base_url=current_app.config["LOOPKEEPER"].base_url,
    )


@bp.get("/open-loops")
def open_loops() -> ResponseReturnValue:
    """One line for each open loop of the organisation, on a sheet that can be printed."""
    require(Act.SEE_OPEN_LOOPS)
    session = current_session()
    services = services_asking(session, None)
    chosen = request.args.get("service", type=int)
    chosen = chosen if chosen in {service.id for service in services} else None
    now = utc_now()
    return render_template(
        "desk/open_loops.html",
        lines=queries.open_loops(session, chosen, now=now),
        services=services,
        chosen=chosen,
        printed_on=queries.local_today(session, now=now),
    )


def _own_services(actor: Actor) -> frozenset[int] | None:
    """The services whose loops are this person's business; None for the participation lead: all."""
    if RoleName.PARTICIPATION_LEAD in actor.roles:
        return None
    return actor.owns | actor.deputises | actor.is_contact_of


def _has_services() -> bool:
    services = _own_services(current_actor())
    return services is None or bool(services)
