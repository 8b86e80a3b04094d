"""The help page: where to turn, the same for everybody, with no script and nothing to sign."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.db import current_session
from tracker.safeguarding.helplines import (
    EMERGENCY,
    checked_on,
    help_pages,
    helplines_of,
    nation_named,
)
from tracker.safeguarding.views.blueprint import bp
from tracker.services.models import Organisation
from tracker.working_days import NATION_NAMES, Nation


@bp.get("/help")
@bp.get("/help/<nation>")
@public
def help(nation: str = "") -> ResponseReturnValue:
    """A nation's helplines. A nation we don't know gets the organisation's: help is never a 404."""
    here = nation_named(nation) or _home_nation()
    return render_template(
        "safeguarding/help.html",
        nation=here,
        nation_name=NATION_NAMES[here],
        emergency=EMERGENCY,
        helplines=helplines_of(here),
        checked_on=checked_on(here),
        pages=help_pages(),
    )


def _home_nation() -> Nation:
    organisation = current_session().get(Organisation, 1)
    return organisation.nation if organisation else Nation.ENGLAND
