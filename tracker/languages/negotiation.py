"""Which language to speak with somebody, from what they asked for and what there is. Pure.

Nothing is remembered about anybody: the address says it, else what the browser asks for.
"""

from collections.abc import Collection, Iterable


def known_code(asked: str, offered: Collection[str]) -> str | None:
    """The code among `offered` that `asked` stands for ("cy", "CY", "cy-GB"), or None."""
    by_lower = {code.lower(): code for code in offered}
    wanted = asked.strip().lower().replace("_", "-")
    return by_lower.get(wanted) or by_lower.get(wanted.partition("-")[0])


def negotiated(accepted: Iterable[tuple[str, float]], offered: Collection[str]) -> str | None:
    """The language a browser likes best of those `offered`: code and quality of each, as it said.

    None if it likes none of them, or doesn't mind.
    """
    for asked, quality in sorted(accepted, key=lambda pair: -pair[1]):
        if quality <= 0:
            continue
        if asked == "*":
            return None
        if found := known_code(asked, offered):
            return found
    return None
