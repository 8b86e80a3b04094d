"""Where help is: the helplines of each nation, as data, each with the day it was last checked.

Pure: nothing here reads a database, so that the help page works when little else does. To change a
number, change it here with its new `checked_on`; the page shows the oldest of these dates.
"""

from dataclasses import dataclass
from datetime import date

from tracker.languages import gettext as _
from tracker.languages import noop
from tracker.working_days import NATION_NAMES, Nation

UK = frozenset(Nation)
_SAID = (noop("England"), noop("Wales"), noop("Scotland"), noop("Northern Ireland"))


@dataclass(frozen=True)
class Helpline:
    """One place to turn to. `does` says who it is for, in words for a nine-year-old."""

    name: str
    number: str  # as people write it
    link: str  # tel: or sms:, so that a tap is enough
    does: str
    checked_on: date
    nations: frozenset[Nation] = UK

    @property
    def verb(self) -> str:
        return _("Text") if self.link.startswith("sms:") else _("Call")


_CHECKED = date(2026, 11, 21)

EMERGENCY = Helpline(
    name=noop("Police, ambulance, fire"),
    number="999",
    link="tel:999",
    does=noop("You, or someone else, could get badly hurt right now."),
    checked_on=_CHECKED,
)
CHILDLINE = Helpline(
    name="Childline",
    number="0800 1111",
    link="tel:08001111",
    does=noop(
        "For anyone under 19, about anything. Day and night. It is free and it does not show on "
        "the phone bill."
    ),
    checked_on=_CHECKED,
)
SHOUT = Helpline(
    name="Shout",
    number="85258",
    link="sms:85258?&body=SHOUT",
    does=noop(
        "Send the word SHOUT in a text, if you don't want to talk out loud. Day and night. Free on "
        "most phones."
    ),
    checked_on=_CHECKED,
)

HELPLINES: tuple[Helpline, ...] = (
    CHILDLINE,
    SHOUT,
    Helpline(
        name="Meic",
        number="080880 23456",
        link="tel:08088023456",
        does=noop("For anyone up to 25 in Wales. You can speak Welsh or English. It is free."),
        checked_on=_CHECKED,
        nations=frozenset({Nation.WALES}),
    ),
    Helpline(
        name="Lifeline",
        number="0808 808 8000",
        link="tel:08088088000",
        does=noop(
            "When you feel you can't cope. For anyone in Northern Ireland. Day and night. It is "
            "free."
        ),
        checked_on=_CHECKED,
        nations=frozenset({Nation.NORTHERN_IRELAND}),
    ),
    Helpline(
        name="Samaritans",
        number="116 123",
        link="tel:116123",
        does=noop(
            "Someone will listen to you, whatever it is. Any age. Day and night. It is free."
        ),
        checked_on=_CHECKED,
    ),
    Helpline(
        name=noop("NHS 111, then option 2"),
        number="111",
        link="tel:111",
        does=noop(
            "When your feelings get too big and you need help soon. Day and night. It is free."
        ),
        checked_on=_CHECKED,
        nations=frozenset({Nation.ENGLAND, Nation.WALES}),
    ),
    Helpline(
        name=noop("NHS 24: ask for the mental health team"),
        number="111",
        link="tel:111",
        does=noop(
            "When your feelings get too big and you need help soon. Day and night. It is free."
        ),
        checked_on=_CHECKED,
        nations=frozenset({Nation.SCOTLAND}),
    ),
    Helpline(
        name="Runaway Helpline",
        number="116 000",
        link="tel:116000",
        does=noop("If you have run away, or think about it. Day and night. It is free."),
        checked_on=_CHECKED,
    ),
)


def helplines_of(nation: Nation) -> tuple[Helpline, ...]:
    """The helplines of one nation, the one for every child first; 999 stands apart."""
    return tuple(line for line in HELPLINES if nation in line.nations)


def checked_on(nation: Nation) -> date:
    """The day on which every number of this nation's page had last been checked."""
    return min(line.checked_on for line in (EMERGENCY, *helplines_of(nation)))


def nation_named(name: str) -> Nation | None:
    """The nation whose help page `name` stands for ("northern-ireland"), if there is one."""
    words = name.lower().replace("-", "_")
    return Nation(words) if words in set(Nation) else None


def help_pages() -> dict[str, str]:
    """The end of each help page's address → the nation's name."""
    return {nation.value.replace("_", "-"): _(NATION_NAMES[nation]) for nation in Nation}
