"""Pages about pictures, and the public address that shows one."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Flask,
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
from sqlalchemy.orm import Session

from tracker.accounts.guard import current_person, public, require_somewhere
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.pictures import operations, queries
from tracker.pictures.encoding import LARGEST_FILE, BadPicture
from tracker.pictures.forms import DescribeForm, PictureForm
from tracker.pictures.models import Picture
from tracker.pictures.symbols import SYMBOLS, symbol_svg
from tracker.web.input import takes_up_to

bp = Blueprint("pictures", __name__)
bp.add_app_template_global(symbol_svg)

# How many questions show each of the pictures, by digest. Questions stand above pictures, so they
# register what counts them.
UsesReader = Callable[[Session, list[str]], dict[str, int]]

# A file over the limit gets its own message as long as it comes in at all.
_LARGEST_REQUEST = 3 * LARGEST_FILE


def init_pictures(app: Flask, read_uses: UsesReader) -> None:
    """Let the pages of pictures know where pictures are shown."""
    app.extensions["loopkeeper.picture_uses"] = read_uses


@bp.get("/p/<digest>.webp")
@public
def show(digest: str) -> ResponseReturnValue:
    """One picture, to be kept for ever: at this address there is never another."""
    picture = queries.picture_by_digest(current_session(), digest)
    answer = Response(picture.data, mimetype="image/webp")
    answer.set_etag(digest)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer.make_conditional(request)


@bp.get("/staff/pictures")
def index() -> ResponseReturnValue:
    """The organisation's own pictures and the symbols that come with the product."""
    require_somewhere(Act.EDIT_CONSULTATION)
    pictures = queries.all_pictures(current_session())
    return render_template(
        "pictures/index.html", pictures=pictures, uses=_uses(*pictures), symbols=SYMBOLS.values()
    )


@bp.route("/staff/pictures/new", methods=["GET", "POST"])
@takes_up_to(_LARGEST_REQUEST)
def add() -> ResponseReturnValue:
    """Send in a picture; with `question`, go back to that question's easy read afterwards."""
    require_somewhere(Act.EDIT_CONSULTATION)
    form = PictureForm()
    question_id = request.args.get("question", type=int)
    if not form.validate_on_submit() or not _added(form):
        return render_template("pictures/add.html", form=form, question_id=question_id)
    if question_id is None:
        flash("The picture is there. Choose it on a question’s easy-read page.")
        return redirect(url_for("pictures.index"))
    flash("The picture is there. Choose it from the lists.")
    return redirect(url_for("surveys.easy_read", question_id=question_id))


@bp.route("/staff/pictures/<int:picture_id>", methods=["GET", "POST"])
def edit(picture_id: int) -> ResponseReturnValue:
    """Say anew what a picture shows."""
    require_somewhere(Act.EDIT_CONSULTATION)
    session = current_session()
    picture = queries.picture_or_404(session, picture_id)
    form = DescribeForm(obj=picture)
    if not form.validate_on_submit():
        return render_template("pictures/edit.html", kept=picture, form=form)
    operations.describe_picture(session, picture, form.alt_text.data or "")
    session.commit()
    flash("The words for the picture are changed.")
    return redirect(url_for("pictures.index"))


@bp.route("/staff/pictures/<int:picture_id>/delete", methods=["GET", "POST"])
def delete(picture_id: int) -> ResponseReturnValue:
    require_somewhere(Act.EDIT_CONSULTATION)
    session = current_session()
    picture = queries.picture_or_404(session, picture_id)
    uses = _uses(picture).get(picture.digest, 0)
    form = FlaskForm()
    if not form.validate_on_submit():
        return render_template("pictures/delete.html", kept=picture, uses=uses, form=form)
    operations.delete_picture(session, picture, uses=uses)
    session.commit()
    flash("The picture is deleted.")
    return redirect(url_for("pictures.index"))


def _added(form: PictureForm) -> bool:
    """Keep the picture; what is wrong with the file is said at its field."""
    session = current_session()
    sent = request.files.get("file")
    try:
        operations.add_picture(
            session,
            sent.read(LARGEST_FILE + 1) if sent else b"",
            form.alt_text.data or "",
            person_id=current_person().id,
            now=utc_now(),
        )
    except BadPicture as bad:
        session.rollback()
        form.file.errors = [bad.message]
        return False
    session.commit()
    return True


def _uses(*pictures: Picture) -> dict[str, int]:
    read: UsesReader = current_app.extensions["loopkeeper.picture_uses"]
    return read(current_session(), [picture.digest for picture in pictures])
