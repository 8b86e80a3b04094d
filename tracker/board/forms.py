"""What visitors of the board send: a filter in the address, and a verdict."""

from collections.abc import Mapping

from tracker.board.policy.words import Section
from tracker.board.queries.shelves import Asked
from tracker.errors import LoopkeeperError
from tracker.languages import gettext as _
from tracker.verdicts.policy import VerdictValue

_LONGEST_SEARCH = 80
_MOST_WORDS = 6
_BIGGEST_KEY = 2**31 - 1


class VerdictUnreadable(LoopkeeperError):
    """A verdict was sent that isn't one of the buttons."""


def asked_for(args: Mapping[str, str]) -> Asked:
    """The filter of an address. What can't be meant is left out: a shared link never breaks."""
    words = args.get("q", "")[:_LONGEST_SEARCH].split()[:_MOST_WORDS]
    shown = args.get("show", "")
    section = Section(shown) if shown in set(Section) else None
    return Asked(_key(args.get("service", "")), tuple(words), section)


def verdict_sent(form: Mapping[str, str]) -> tuple[int, VerdictValue, str]:
    """The action that was judged, how and why; `VerdictUnreadable` if it was none of the buttons."""
    action_id, value = _key(form.get("action", "")), form.get("verdict", "")
    if action_id is None or value not in set(VerdictValue):
        raise VerdictUnreadable(
            _("We couldn't tell which button that was. Go back and press it again.")
        )
    return action_id, VerdictValue(value), form.get("why", "")


def _key(typed: str) -> int | None:
    """A row's key, or None for what can't be one."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > 10:
        return None
    return int(typed) if 0 < int(typed) <= _BIGGEST_KEY else None
