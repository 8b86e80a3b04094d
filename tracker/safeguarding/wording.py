"""The wording rules in force: what ships with the product, and what the organisation made of it.

Reads only. Compiled once for each state of the rules, and found again by the organisation's stamp,
so that a submission costs no query for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import NotFound
from tracker.safeguarding.models import WordingRule
from tracker.safeguarding.policy import Category, Rule, Wording
from tracker.safeguarding.shipped import shipped
from tracker.services.models import Organisation

_MOST_KEPT = 4
_compiled: dict[str, Wording] = {}
_lock = Lock()


@dataclass(frozen=True)
class ListedRule:
    """One rule as the page lists it: the product's, changed or not, or the organisation's own."""

    rule: Rule
    is_on: bool
    replaces: str  # the product's phrase that it stands for; "" for the organisation's own
    row: WordingRule | None  # what the organisation made of it

    @property
    def is_own(self) -> bool:
        return not self.replaces

    @property
    def key(self) -> str:
        """Its name in an address; the same for as long as the product ships the phrase."""
        if self.is_own and self.row is not None:
            return f"own-{self.row.id}"
        return sha256(f"{self.rule.language}\n{self.replaces}".encode()).hexdigest()[:16]


def wording_of(session: Session) -> Wording:
    """The rules in force, compiled."""
    held = session.get(Organisation, 1)
    stamp = held.wording_stamp if held else ""
    with _lock:
        if stamp not in _compiled:
            if len(_compiled) >= _MOST_KEPT:
                _compiled.pop(next(iter(_compiled)))
            _compiled[stamp] = compiled(listed.rule for listed in rules_of(session) if listed.is_on)
        return _compiled[stamp]


def known_wording(stamp: str) -> Wording | None:
    """The rules that were in force when the organisation had this stamp, if they are compiled."""
    return _compiled.get(stamp)


def compiled(rules: Iterable[Rule]) -> Wording:
    """These rules with the product's groups, little words and ordinary words."""
    base = shipped()
    return Wording(
        rules, groups=base.groups, little_words=base.little_words, ordinary=base.ordinary
    )


def rules_of(session: Session) -> list[ListedRule]:
    """Every rule: the product's first, in its order, then the organisation's own. One query."""
    rows = list(session.scalars(select(WordingRule).order_by(WordingRule.id)))
    changed = {(row.language, row.replaces): row for row in rows if row.replaces}
    listed = []
    for rule in shipped().rules:
        row = changed.pop((rule.language, rule.phrase), None)
        listed.append(
            _listed(row) if row else ListedRule(rule, is_on=True, replaces=rule.phrase, row=None)
        )
    # What stands for a phrase that the product has given up is the organisation's from then on.
    own = [row for row in rows if not row.replaces or (row.language, row.replaces) in changed]
    return [*listed, *map(_listed, own)]


def rule_or_404(session: Session, key: str) -> ListedRule:
    """The rule with this key, or `NotFound`."""
    found = next((listed for listed in rules_of(session) if listed.key == key), None)
    if found is None:
        raise NotFound("There is no such rule. It may have been removed.")
    return found


def _listed(row: WordingRule) -> ListedRule:
    rule = Rule(row.phrase, row.language, Category(row.category))
    return ListedRule(rule, is_on=row.is_on, replaces=row.replaces, row=row)
