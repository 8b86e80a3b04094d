"""The door: every page is for signed-in staff unless it is marked public, and must ask the policy.

Closed by default in both directions. A view that isn't marked `@public` needs a sign-in; and a
staff view that answers without having asked `require` is a bug that shows as an error at once,
instead of a page that leaks.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.policy import Act, Actor, may
from tracker.db import current_session
from tracker.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])

# Ties of a person to services are read by a function that `services` registers, because
# `accounts` stands below it.
TiesReader = Callable[[Session, int], dict[str, frozenset[int]]]


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_public(endpoint: str) -> bool:
    """Whether the endpoint's view is marked public, or is the library's own sign-in or asset."""
    if endpoint == "static" or endpoint.startswith("security."):
        return True  # Flask-Security guards its own pages
    view = current_app.view_functions[endpoint]
    return bool(getattr(view, "is_public", False))


def current_person() -> Person:
    """The signed-in person. Only for views behind the guard."""
    person = current_user._get_current_object()
    if not isinstance(person, Person):
        abort(401)
    return person


def current_actor() -> Actor:
    """The signed-in person as the policy sees them, read once per request."""
    if "actor" not in g:
        person = current_person()
        read_ties: TiesReader = current_app.extensions["loopkeeper.ties"]
        g.actor = Actor(
            person_id=person.id,
            is_active=person.active,
            roles=person.role_names,
            **read_ties(current_session(), person.id),
        )
    actor: Actor = g.actor
    return actor


def require(act: Act, service_id: int | None = None) -> None:
    """Refuse with `NotAllowed` unless the signed-in person may do `act` for that service."""
    g.policy_was_asked = True
    if not may(current_actor(), act, service_id):
        raise NotAllowed(
            "You are signed in, but this isn't yours to see or do. "
            "If it should be, ask an administrator to change your role or your services."
        )


def require_somewhere(act: Act) -> None:
    """Refuse with `NotAllowed` unless the signed-in person may do `act` for at least one service."""
    actor = current_actor()
    services = sorted(actor.owns | actor.deputises | actor.is_contact_of)
    allowed = next((service for service in services if may(actor, act, service)), None)
    require(act, allowed)


def actor_may(act: Act, service_id: int | None = None) -> bool:
    """Whether the signed-in person may do `act`: to show or leave out a button."""
    return may(current_actor(), act, service_id)


def init_guard(app: Flask, read_ties: TiesReader) -> None:
    """Stand at the door of every request."""
    app.extensions["loopkeeper.ties"] = read_ties
    app.before_request(_ask_for_sign_in)
    app.after_request(_insist_on_policy)


def _ask_for_sign_in() -> ResponseReturnValue | None:
    if request.endpoint is None or is_public(request.endpoint):
        return None
    if current_user.is_authenticated:
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    return redirect(url_for("security.login"))


def _insist_on_policy(response: Response) -> Response:
    endpoint = request.endpoint
    if endpoint is None or response.status_code >= 400 or is_public(endpoint):
        return response
    if not current_user.is_authenticated or g.get("policy_was_asked"):
        return response
    raise RuntimeError(f"{endpoint} answered without asking who may see it (guard.require)")
