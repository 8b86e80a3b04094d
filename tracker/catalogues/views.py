"""Pages about the languages of this installation, for administrators."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.catalogues import operations
from tracker.catalogues.forms import CatalogueForm, FirstLanguageForm, OfferedForm
from tracker.catalogues.operations import CatalogueRefused, FirstLanguageOff
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.languages import language_named, languages, look_for_new_catalogues
from tracker.languages.shelf import TEMPLATE
from tracker.services.models import Organisation
from tracker.services.queries import organisation
from tracker.surveys.queries import open_surveys_in

bp = Blueprint("catalogues", __name__, url_prefix="/staff/settings/languages")


@bp.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Every language with how much of it is there; which are spoken, and which one comes first."""
    require(Act.MANAGE_SETTINGS)
    session = current_session()
    kept = organisation(session)
    form = FirstLanguageForm(data={"language": kept.language}).offer(kept.languages_off)
    if form.validate_on_submit():
        kept.language = form.language.data
        session.commit()
        flash("The first language is saved.")
        return redirect(url_for("catalogues.index"))
    return _page(kept, first=form)


@bp.post("/offered")
def offer() -> ResponseReturnValue:
    """Switch languages on and off; asks once more where an open survey is read in one that goes."""
    require(Act.MANAGE_SETTINGS)
    session = current_session()
    kept = organisation(session)
    form = OfferedForm.about(kept.languages_off)
    if not form.validate_on_submit():
        return _page(kept, offered=form), 400
    wanted = form.languages.data or []
    going = set(operations.switched_off_by(wanted)) - set(kept.languages_off)
    try:
        operations.offer_languages(session, kept, wanted)
    except FirstLanguageOff as refusal:
        form.languages.errors = [refusal.message]
        return _page(kept, offered=form), 400
    if "sure" not in request.form and (read := open_surveys_in(session, going)):
        session.rollback()
        names = [each.english_name for code, each in languages().items() if code in going]
        return render_template(
            "catalogues/offer.html", going=names, read=read, wanted=wanted, form=form
        )
    session.commit()
    flash("The languages of your public pages are saved.")
    return redirect(url_for("catalogues.index"))


@bp.post("/add")
def add() -> ResponseReturnValue:
    """Take a catalogue file, or say what is wrong with it."""
    require(Act.MANAGE_SETTINGS)
    form = CatalogueForm()
    kept = organisation(current_session())
    if not form.validate_on_submit():
        return _page(kept, added=form), 400
    try:
        report = operations.add_catalogue(form.code.data or "", form.file.data.read())
    except CatalogueRefused as refusal:
        form.file.errors = [refusal.message]
        return _page(kept, added=form), 400
    flash(f"The catalogue is in use. It says {report.percent} % of all sentences.")
    return redirect(url_for("catalogues.index"))


@bp.route("/<language>/remove", methods=["GET", "POST"])
def remove(language: str) -> ResponseReturnValue:
    """Take a catalogue of the organisation's own out again."""
    require(Act.MANAGE_SETTINGS)
    if language not in operations.own_codes():
        raise NotFound("There is no catalogue of your own for this language.")
    form = FlaskForm()
    if form.validate_on_submit():
        operations.remove_catalogue(language)
        flash("The catalogue is taken out.")
        return redirect(url_for("catalogues.index"))
    return render_template("catalogues/remove.html", language=language_named(language), form=form)


@bp.get("/sentences.pot")
def sentences() -> ResponseReturnValue:
    """Every sentence, for a translator to begin with."""
    require(Act.MANAGE_SETTINGS)
    page = Response(TEMPLATE.read_bytes(), mimetype="text/x-gettext-translation")
    page.headers["Content-Disposition"] = "attachment; filename=loopkeeper.pot"
    return page


def _page(
    kept: Organisation,
    *,
    first: FirstLanguageForm | None = None,
    offered: OfferedForm | None = None,
    added: CatalogueForm | None = None,
) -> str:
    """The page with the form that was sent as it was, and the others fresh."""
    look_for_new_catalogues()  # another process may have taken one
    fresh = FirstLanguageForm(formdata=None, data={"language": kept.language})
    return render_template(
        "catalogues/index.html",
        first=first or fresh.offer(kept.languages_off),
        offered=offered or OfferedForm.about(kept.languages_off, formdata=None),
        form=added or CatalogueForm(formdata=None),
        languages=list(languages().values()),
        off=kept.languages_off,
        own=operations.own_codes(),
    )
