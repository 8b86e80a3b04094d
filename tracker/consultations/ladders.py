"""The ladders of participation: ordered levels that a consultation may claim. Data, not code.

Sources: Swindon (Swindon children's services' ladder, six levels); Think Local Act Personal's
ladder of co-production as used in Wolverhampton (seven); Hart, R. (1992) Children's
Participation: From Tokenism to Citizenship, UNICEF (eight).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One level: its code, the field's own name for it, and how the ladder judges it."""

    code: str
    name: str
    judgement: str


@dataclass(frozen=True)
class Ladder:
    """An ordered list of levels, lowest first."""

    code: str
    name: str
    levels: tuple[Level, ...]


_AVOID, _IF, _START, _GOOD, _BEST = (
    "avoid",
    "good only if change follows",
    "a good starting point",
    "good",
    "best",
)

LADDERS: tuple[Ladder, ...] = (
    Ladder(
        "swindon",
        "Swindon (6 levels)",
        (
            Level("tokenism", "Tokenism", _AVOID),
            Level("informing", "Informing", _AVOID),
            Level("consultation", "Consultation", _IF),
            Level("engagement", "Engagement", _START),
            Level("co_design", "Co-design (co-creation)", _GOOD),
            Level("co_production", "Co-production", _BEST),
        ),
    ),
    Ladder(
        "tlap",
        "Think Local Act Personal (7 levels)",
        (
            Level("coercion", "Coercion", _AVOID),
            Level("educating", "Educating", _AVOID),
            Level("informing", "Informing", _AVOID),
            Level("consultation", "Consultation", _IF),
            Level("engagement", "Engagement", _START),
            Level("co_design", "Co-design", _GOOD),
            Level("co_production", "Co-production", _BEST),
        ),
    ),
    Ladder(
        "hart",
        "Hart (8 rungs)",
        (
            Level("manipulation", "1 Manipulation", _AVOID),
            Level("decoration", "2 Decoration", _AVOID),
            Level("tokenism", "3 Tokenism", _AVOID),
            Level("assigned", "4 Assigned but informed", _IF),
            Level("consulted", "5 Consulted and informed", _IF),
            Level("adult_initiated", "6 Adult-initiated, shared decisions with children", _GOOD),
            Level("child_initiated", "7 Child-initiated and directed", _GOOD),
            Level("shared", "8 Child-initiated, shared decisions with adults", _BEST),
        ),
    ),
)


def find_ladder(code: str) -> Ladder | None:
    """The ladder with this code, or None."""
    return next((ladder for ladder in LADDERS if ladder.code == code), None)


def find_level(ladder_code: str, level_code: str) -> Level | None:
    """The level of that ladder with this code, or None."""
    ladder = find_ladder(ladder_code)
    if ladder is None:
        return None
    return next((level for level in ladder.levels if level.code == level_code), None)
