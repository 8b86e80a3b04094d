"""The help page for everybody; for staff, the wording that raises flags and the clock behind them."""

from tracker.safeguarding.views import help, settings, wording
from tracker.safeguarding.views.blueprint import bp

__all__ = ["bp", "help", "settings", "wording"]
