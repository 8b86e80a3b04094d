"""What a theme may say, and the order themes stand in. Pure."""

from collections.abc import Sequence

STATEMENT_LIMIT = 200


def cleaned(statement: str) -> str:
    """The statement on one line, without what no database can keep."""
    return " ".join(statement.replace("\0", "").split())


def statement_problem(statement: str) -> str | None:
    """What to do about a statement that can't be kept, or None."""
    text = cleaned(statement)
    if not text:
        return "Write the theme as a young person would say it"
    over = len(text) - STATEMENT_LIMIT
    if over > 0:
        return f"Make it shorter: {STATEMENT_LIMIT} characters at most, {over} too many"
    return None


def is_same(one: str, other: str) -> bool:
    """Whether two statements say the same: capitals, spaces and a full stop don't count."""
    return _bare(one) == _bare(other)


def _bare(statement: str) -> str:
    return cleaned(statement).casefold().rstrip(".!")


def moved(order: Sequence[int], theme_id: int, step: int) -> list[int]:
    """The ids with `theme_id` moved by `step` places, stopping at either end."""
    rest = [each for each in order if each != theme_id]
    place = min(max(order.index(theme_id) + step, 0), len(rest))
    return [*rest[:place], theme_id, *rest[place:]]
