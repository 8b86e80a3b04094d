"""The kiosk: for staff, how it is started and ended; for its tablet, the pages and what they send.

The token in a kiosk's address is all that the tablet holds: no cookie, no sign-in. Whoever copies it
can answer as at the tablet, and nothing else.
"""

from tracker.kiosk.views import staff, tablet, talking
from tracker.kiosk.views.blueprint import bp

__all__ = ["bp", "staff", "tablet", "talking"]
