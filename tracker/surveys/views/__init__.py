"""The survey builder's pages: surveys, their questions, and the preview."""

from tracker.surveys.views import questions, surveys
from tracker.surveys.views.blueprint import bp

__all__ = ["bp", "questions", "surveys"]
