"""The pages on which the cadence is set and its year is seen: for the organisation, and for a service."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.accounts.guard import actor_may, current_person, require
from tracker.accounts.policy import Act
from tracker.cadence import operations
from tracker.cadence.forms import CadenceForm, StepRow, form_with, rows_of, whole_number
from tracker.cadence.operations import CadenceRefused, ManyMailsAtOnce, stamp_of
from tracker.cadence.policy import Year, changes_in_words, in_service_alone, year_of
from tracker.cadence.queries import Outlook, outlook
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.reminders.cadences import Cadences, cadences, versions_of
from tracker.reminders.models import CadenceVersion
from tracker.reminders.policy import CASE_LABELS, STEP_LABELS, Cadence, CaseKind
from tracker.services.models import Service
from tracker.services.queries import active_services, organisation, service_or_404

bp = Blueprint("cadence", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Place:
    """Where a cadence is looked at: the organisation (no service), or one service."""

    session: Session
    service: Service | None
    settings: Cadences
    can_set: bool

    @property
    def service_id(self) -> int | None:
        return self.service.id if self.service else None

    @property
    def stamp(self) -> int:
        return stamp_of(self.settings, self.service_id)

    @property
    def holding(self) -> Cadence:
        return self.settings.of(self.service_id)

    def form(self, posted: MultiDict[str, str] | None = None) -> CadenceForm:
        """The form as posted or, if nothing was, filled with what holds."""
        return form_with(self.holding, self.stamp, posted)

    def address(self, verb: str = "") -> str:
        """Where this place is looked at, set (`set`) or put back (`undo`)."""
        start = f"cadence.{verb}_" if verb else "cadence."
        if self.service is None:
            return url_for(f"{start}everywhere")
        return url_for(f"{start}in_service", service_id=self.service.id)


def _organisation() -> Place:
    require(Act.SET_CADENCE)
    session = current_session()
    return Place(session, None, cadences(session), can_set=True)


def _service(service_id: int, act: Act) -> Place:
    session = current_session()
    service = service_or_404(session, service_id)
    require(act, service.id)
    return Place(session, service, cadences(session), can_set=actor_may(Act.SET_CADENCE))


@bp.get("/cadence")
def everywhere() -> ResponseReturnValue:
    """When reminders go out, everywhere, and the year that this makes."""
    place = _organisation()
    return _page(place, place.form())


@bp.post("/cadence")
def set_everywhere() -> ResponseReturnValue:
    """Look at the year that other settings would make, or let them hold."""
    return _set(_organisation())


@bp.post("/cadence/undo")
def undo_everywhere() -> ResponseReturnValue:
    """Take the latest change back."""
    return _undo(_organisation())


@bp.get("/services/<int:service_id>/cadence")
def in_service(service_id: int) -> ResponseReturnValue:
    """When reminders go out in one service, and the year that this makes."""
    place = _service(service_id, Act.SEE_CONSULTATION)
    return _page(place, place.form())


@bp.post("/services/<int:service_id>/cadence")
def set_in_service(service_id: int) -> ResponseReturnValue:
    return _set(_service(service_id, Act.SET_CADENCE))


@bp.post("/services/<int:service_id>/cadence/undo")
def undo_in_service(service_id: int) -> ResponseReturnValue:
    return _undo(_service(service_id, Act.SET_CADENCE))


def _set(place: Place) -> ResponseReturnValue:
    form = place.form(request.form)
    if not form.validate():
        return _page(place, form), 400
    wanted = form.settings(place.settings.above(place.service_id))
    if request.form.get("do") == "look":
        return _look(place, form, place.settings.but(place.service_id, wanted))
    save = partial(operations.set_cadence, wanted=wanted)
    return _attempt(place, form, save, "Saved.")


def _undo(place: Place) -> ResponseReturnValue:
    return _attempt(place, place.form(), operations.undo, "The change is taken back.")


def _look(place: Place, form: CadenceForm, wanted: Cadences) -> ResponseReturnValue:
    if faults := operations.faults_of_settings(place.session, wanted, place.service_id):
        form.explain(faults)
        return _page(place, form), 400
    return _page(place, form, wanted=wanted)


def _attempt(
    place: Place, form: CadenceForm, save: Callable[..., CadenceVersion | None], saved: str
) -> ResponseReturnValue:
    try:
        version = save(
            place.session,
            place.service_id,
            based_on=whole_number(request.form.get("based_on"), otherwise=-1),
            confirmed=whole_number(request.form.get("confirmed"), otherwise=0),
            person_id=current_person().id,
            now=utc_now(),
        )
    except CadenceRefused as refusal:
        form.explain(refusal.faults)
        return _page(place, form), 400
    except ManyMailsAtOnce as warning:
        return _page(place, form, wanted=warning.wanted, warning=warning), 409
    place.session.commit()
    flash(f"{saved} {version.summary}" if version else "Nothing was changed.", "success")
    return redirect(place.address())


def _page(
    place: Place,
    form: CadenceForm,
    *,
    wanted: Cadences | None = None,
    warning: ManyMailsAtOnce | None = None,
) -> str:
    """The page with the year as it is or, where other settings are `wanted`, as they would make it."""
    versions = versions_of(place.session, *{None, place.service_id})
    kept = organisation(place.session)
    view = outlook(place.session, now=utc_now())
    is_unsaved = wanted is not None and wanted != place.settings
    shown = wanted if wanted is not None else place.settings
    return render_template(
        "cadence/page.html",
        place=place,
        form=form,
        cases=_cases(form, place),
        year=_year(place, view, shown),
        mails_now=_year(place, view, place.settings).mails if is_unsaved else None,
        changes=changes_in_words(place.holding, shown.of(place.service_id)),
        is_unsaved=is_unsaved,
        warning=warning,
        is_undo=(request.endpoint or "").startswith("cadence.undo_"),
        versions=versions[::-1],
        can_undo=any(version.service_id == place.service_id for version in versions),
        services=active_services(place.session) if place.service is None else [],
        step_labels=STEP_LABELS,
        is_sending=kept.is_sending,
        time_zone=kept.time_zone,
    )


def _cases(form: CadenceForm, place: Place) -> list[tuple[CaseKind, str, list[StepRow]]]:
    above = place.settings.above(place.service_id)
    own = place.settings.set_by(place.service_id)
    return [
        (kind, CASE_LABELS[kind], rows_of(form, kind, place.holding, above, own))
        for kind in CaseKind
    ]


def _year(place: Place, view: Outlook, settings: Cadences) -> Year:
    mails = view.mails(settings)
    if place.service is None:
        nation = organisation(place.session).nation
        return year_of(mails, today=view.today, nation=nation)
    mails = in_service_alone(mails, place.service.id)
    return year_of(mails, today=view.today, nation=place.service.nation)
