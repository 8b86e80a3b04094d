"""The phone form for respondents; the inbox, the poster and the typing in for staff."""

from tracker.responses.views import form, inbox, invited, paper, poster
from tracker.responses.views.blueprint import bp

__all__ = ["bp", "form", "inbox", "invited", "paper", "poster"]
