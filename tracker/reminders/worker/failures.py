"""How a failure is written down: its kind and its place, never its words, which may quote a row."""

from traceback import extract_tb


def place_of(error: BaseException) -> str:
    """The kind of the error and the line it came from: "KeyError at …/letters.py:72"."""
    frames = extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
