"""How the public pages look: chosen, looked at in light and dark, then saved."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tracker.accounts.guard import require
from tracker.accounts.policy import Act
from tracker.brand import logos, operations, queries
from tracker.brand.forms import LogoForm, LookForm, form_with_look, look_in
from tracker.brand.operations import HardToRead
from tracker.brand.policy import Look, read_colour
from tracker.brand.stylesheet import sample_rules
from tracker.db import current_session
from tracker.pictures.encoding import LARGEST_FILE, BadPicture
from tracker.web.input import takes_up_to

bp = Blueprint("brand", __name__, url_prefix="/staff/settings/look")


@bp.route("", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """Choose colours, look at them, save them. `instead` is the colour that was offered."""
    require(Act.MANAGE_SETTINGS)
    session = current_session()
    form = form_with_look(queries.present_look(session))
    if instead := read_colour(request.form.get("instead", "")):
        form.brand.data = instead
    if not form.validate_on_submit():
        return _page(form)
    if "look" in request.form:
        return _page(form, form.look())
    try:
        operations.save_look(session, form.look())
    except HardToRead as refusal:
        form.brand.errors = [refusal.message]
        return _page(form, form.look(), refusal.nearest)
    session.commit()
    flash("Your pages have these colours now.")
    return redirect(url_for("brand.edit"))


@bp.route("/logo", methods=["GET", "POST"])
@takes_up_to(3 * LARGEST_FILE)
def logo() -> ResponseReturnValue:
    """Send in a logo and look at it; it is used once it has been seen."""
    require(Act.MANAGE_SETTINGS)
    session, form = current_session(), LogoForm()
    if not form.validate_on_submit():
        return render_template("brand/logo.html", form=form, logo=queries.present_logo(session))
    if "keep" in request.form:
        return _keep_logo()
    file = request.files.get("file")
    try:
        made = logos.make_logo(file.read(LARGEST_FILE + 1) if file else b"")
    except BadPicture as refusal:
        form.file.errors = [refusal.message]
        return render_template("brand/logo.html", form=form, logo=queries.present_logo(session))
    return render_template(
        "brand/logo.html", form=form, logo=made, sealed=logos.sealed(made, _key())
    )


@bp.post("/logo/remove")
def remove_logo() -> ResponseReturnValue:
    require(Act.MANAGE_SETTINGS)
    session = current_session()
    operations.save_logo(session, None)
    session.commit()
    flash("The logo is off. Your pages show the name again.")
    return redirect(url_for("brand.edit"))


@bp.route("/reset", methods=["GET", "POST"])
def reset() -> ResponseReturnValue:
    require(Act.MANAGE_SETTINGS)
    session, form = current_session(), FlaskForm()
    if not form.validate_on_submit():
        return render_template("brand/reset.html", form=form)
    operations.reset_look(session)
    session.commit()
    flash("Your pages look as they come with Loopkeeper.")
    return redirect(url_for("brand.edit"))


@bp.get("/sample")
def sample() -> ResponseReturnValue:
    """A public page in the look that the address asks for, to be shown in a frame."""
    require(Act.MANAGE_SETTINGS)
    return render_template("brand/sample.html", asked=request.args.to_dict())


@bp.get("/sample.css")
def sample_css() -> ResponseReturnValue:
    """The colours of the sample."""
    require(Act.MANAGE_SETTINGS)
    scheme = "dark" if request.args.get("scheme") == "dark" else "light"
    return Response(sample_rules(look_in(request.args.to_dict()), scheme), mimetype="text/css")


def _page(
    form: LookForm, look: Look | None = None, nearest: Look | None = None
) -> ResponseReturnValue:
    session = current_session()
    present = queries.present_look(session)
    return render_template(
        "brand/edit.html",
        form=form,
        look=look or present,
        is_saved=look in (None, present),
        nearest=nearest,
        logo=queries.present_logo(session),
    )


def _keep_logo() -> ResponseReturnValue:
    session = current_session()
    kept = logos.unsealed(request.form.get("sealed", ""), _key())
    if kept is None:
        flash("The logo was lost on the way. Send it again.", "error")
        return redirect(url_for("brand.logo"))
    operations.save_logo(session, kept)
    session.commit()
    flash("The logo is on your pages.")
    return redirect(url_for("brand.edit"))


def _key() -> str:
    key: str = current_app.config["LOOPKEEPER"].derived_key("logo")
    return key
