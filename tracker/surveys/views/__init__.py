"""The survey builder's pages: surveys, their questions, and the preview."""

from tracker.surveys.views import easy_read, questions, surveys, translating, wording
from tracker.surveys.views.blueprint import bp

__all__ = ["bp", "easy_read", "questions", "surveys", "translating", "wording"]
