"""The composition root: puts configuration, database, features and terminal commands together."""

from contextlib import ExitStack
from typing import Any

from flask import Flask, current_app, g, request
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config
from tracker.abuse.views import bp as abuse
from tracker.accounts.duties import init_duties
from tracker.accounts.guard import actor_may, init_guard, is_public
from tracker.accounts.models import Person, Role
from tracker.accounts.policy import Act
from tracker.accounts.sign_in import RotatingTotp, init_sign_in, sign_in_settings
from tracker.accounts.views import bp as accounts
from tracker.actions.views import bp as actions
from tracker.backup.cli import backup
from tracker.board.views import bp as board
from tracker.bounces.views import bp as bounces
from tracker.bounces.worker import look_for_bounces
from tracker.brand.queries import look_digest, rules_of_look
from tracker.brand.views import bp as brand
from tracker.cadence.views import bp as cadence
from tracker.capabilities.views import bp as capabilities
from tracker.catalogues.views import bp as catalogues
from tracker.channels.making import outlets_of
from tracker.channels.outlets import init_outlets
from tracker.consultations.views import bp as consultations
from tracker.db import current_session, db, init_db, reading
from tracker.demo.cli import demo
from tracker.desk.duties import duties_in_consultations
from tracker.desk.menu import staff_menu
from tracker.desk.views import bp as desk
from tracker.health.views import bp as health
from tracker.kiosk.views import bp as kiosk
from tracker.languages import ENGLISH, use_own_catalogues
from tracker.languages.pages import init_languages
from tracker.mail.security import SecurityMail
from tracker.offline.views import bp as offline
from tracker.opening.views import bp as opening
from tracker.pictures.views import bp as pictures
from tracker.pictures.views import init_pictures
from tracker.reach.views import bp as reach
from tracker.reminders.cli import reminders_cli
from tracker.reminders.scheduler import init_parts, start_scheduler
from tracker.reminders.views import bp as reminders
from tracker.responses.views import bp as responses
from tracker.safeguarding.views import bp as safeguarding
from tracker.services.cli import sending, setup
from tracker.services.models import Organisation
from tracker.services.queries import duties_in_services, ties_of
from tracker.services.views import bp as services
from tracker.subscriptions.views import bp as subscriptions
from tracker.surveys.queries import uses_of_pictures
from tracker.surveys.views import bp as surveys
from tracker.themes.views import bp as themes
from tracker.verdicts.views import bp as verdicts
from tracker.web.compression import init_compression
from tracker.web.fields import component_of
from tracker.web.forms import check_origin, csrf, init_form_protection
from tracker.web.headers import init_headers
from tracker.web.input import init_input
from tracker.web.kept import init_kept_pages
from tracker.web.limits import init_limits
from tracker.web.refusals import init_refusals
from tracker.web.static import Addition, add_to_asset, init_static
from tracker.worries.views import bp as worries

BLUEPRINTS = (
    accounts,
    services,
    brand,
    catalogues,
    consultations,
    pictures,
    surveys,
    opening,
    safeguarding,
    offline,
    abuse,
    responses,
    worries,
    themes,
    actions,
    verdicts,
    subscriptions,
    board,
    kiosk,
    reminders,
    bounces,
    cadence,
    capabilities,
    reach,
    health,
    desk,
)


def create_app(settings: Config) -> Flask:
    """The application, ready to serve. Reads nothing but `settings` and the database's address."""
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # served under addresses that change with the bytes, see init_static
    )
    init_static(app, ROOT / "tracker/static")
    look = Addition(
        lambda: look_digest(current_session()), lambda: rules_of_look(current_session())
    )
    add_to_asset(app, "public.css", look)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.config.from_mapping(settings.for_flask())
    app.config.from_mapping(sign_in_settings(settings))
    init_input(app)
    init_limits(app)
    settings.data.mkdir(parents=True, exist_ok=True)
    init_db(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Person, Role),
        totp_cls=RotatingTotp,
        mail_util_cls=SecurityMail,
    )
    init_sign_in(app, security)
    init_form_protection(app)
    _init_transactions(app)
    use_own_catalogues(settings.data / "languages")
    init_languages(app, _is_spoken, _own_language, _languages_off)
    app.before_request(_protect_forms)
    init_headers(app)
    init_compression(app, _is_spoken)
    init_refusals(app)
    init_guard(app, ties_of)
    init_duties(app, duties_in_services, duties_in_consultations)
    init_parts(app, ("looking for bounces", look_for_bounces))
    init_outlets(app, outlets_of(settings))
    init_pictures(app, uses_of_pictures)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(setup)
    app.cli.add_command(sending)
    app.cli.add_command(demo)
    app.cli.add_command(backup)
    app.cli.add_command(reminders_cli)
    _init_templates(app)
    init_kept_pages(app, "/s/")
    if settings.scheduler:
        app.extensions["loopkeeper.scheduler"] = start_scheduler(app)
    return app


def _protect_forms() -> None:
    """A form token behind the sign-in; the Origin on public pages, which hold no session."""
    endpoint = request.endpoint
    if endpoint is None or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if is_public(endpoint) and not endpoint.startswith("security."):
        check_origin(current_app.config["LOOPKEEPER"])
    elif current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


def _init_transactions(app: Flask) -> None:
    """Pages that only read take no write lock."""

    @app.before_request
    def begin() -> None:
        g.transactions = ExitStack()
        if request.method in ("GET", "HEAD", "OPTIONS"):
            g.transactions.enter_context(reading())

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if transactions := g.pop("transactions", None):
            transactions.close()


# For staff, or with no words in it: links to these carry no language.
_WITHOUT_LANGUAGE = (
    "static",
    "security.",
    "capabilities.",
    "reach.",
    "pictures.",
    "offline.worker",
    "health.",
    "bounces.",
)


def _is_spoken(endpoint: str | None) -> bool:
    """Whether a page is for everybody, and so in every language; pages for staff are English."""
    if endpoint is None:
        return not request.path.startswith("/staff")
    if endpoint.startswith(_WITHOUT_LANGUAGE):
        return False
    return is_public(endpoint)


def _held_organisation() -> Organisation | None:
    """The organisation, read once a request: a session forgets what nobody holds."""
    g.organisation = found = current_session().get(Organisation, 1)
    return found


def _own_language() -> str:
    found = _organisation_of_request()
    return found.language if found else ENGLISH


def _languages_off() -> frozenset[str]:
    found = _organisation_of_request()
    return frozenset(found.languages_off) if found else frozenset()


def _organisation_of_request() -> Organisation | None:
    """Beside a form that is sent, in a session of its own: the form's begins when there is something
    to store. Read once a request too."""
    if request.method in ("GET", "HEAD"):
        return _held_organisation()
    if "organisation_beside" not in g:
        with reading(), Session(current_session().get_bind()) as own:
            g.organisation_beside = own.get(Organisation, 1)
    found: Organisation | None = g.organisation_beside
    return found


def _init_templates(app: Flask) -> None:
    loaders = [
        app.jinja_loader,
        PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    ]
    app.jinja_env.loader = ChoiceLoader([loader for loader in loaders if loader])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        component_of=component_of, staff_menu=staff_menu, Act=Act, actor_may=actor_may
    )
    app.context_processor(_organisation)


def _organisation() -> dict[str, Any]:
    if request.endpoint == "static":
        return {}
    found = _held_organisation()
    return {"organisation": found, "organisation_name": found.name if found else "Loopkeeper"}
