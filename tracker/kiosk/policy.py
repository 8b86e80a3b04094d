"""What is decided about a kiosk: which PINs are good enough, and until when it may still send.

Pure: nothing here draws a number, reads a clock or asks a database.
"""

import hashlib
import hmac
from datetime import date, timedelta

PIN_DIGITS = range(4, 7)
# Each guess costs a tablet about a second; the PIN guards the way out of one page, nothing else.
PIN_ROUNDS = 300_000

# An ended kiosk brings in what was answered before it heard of its end.
LATECOMERS = timedelta(days=60)


def pin_problem(typed: str) -> str:
    """Why a PIN can't be used, in words; empty if it can."""
    if not (typed.isascii() and typed.isdigit() and len(typed) in PIN_DIGITS):
        return "Choose a PIN of 4 to 6 digits."
    if len(set(typed)) == 1 or typed in "01234567890" or typed in "09876543210":
        return "That PIN is the first one a child would try. Choose another."
    return ""


def pin_hash(pin: str, salt: str) -> str:
    """What is kept of a PIN; `tracker/static/kiosk.js` works out the same."""
    made = hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(salt), PIN_ROUNDS)
    return made.hex()


def is_pin(typed: str, salt: str, kept: str) -> bool:
    """Whether this is the PIN."""
    return len(typed) in PIN_DIGITS and hmac.compare_digest(pin_hash(typed, salt), kept)


def token_hash(token: str) -> str:
    """What is kept of the token in a kiosk's address. It is drawn at random, so no key is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def brings_latecomers(ended_on: date | None, today: date) -> bool:
    """Whether answers from this kiosk are still taken."""
    return ended_on is None or today <= ended_on + LATECOMERS
