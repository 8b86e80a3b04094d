"""The phone form for respondents; the inbox, the poster and the typing in for staff."""

from flask import Blueprint

bp = Blueprint("responses", __name__, url_prefix=None)

from tracker.responses.views import form, inbox, paper, poster, worries  # noqa: E402, F401
