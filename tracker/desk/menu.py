"""The staff menu: each entry with the act that makes it worth showing."""

from dataclasses import dataclass

from tracker.accounts.guard import current_actor
from tracker.accounts.policy import Act, may_somewhere


@dataclass(frozen=True)
class Entry:
    label: str
    endpoint: str
    act: Act
    section: tuple[str, ...] = ()  # beginnings of the endpoints that lie behind this entry

    def holds(self, endpoint: str | None) -> bool:
        """Whether the page belongs to this entry's section."""
        return (endpoint or "").startswith(self.section)


_CONSULTATION = (
    "consultations.",
    "surveys.",
    "pictures.",
    "opening.",
    "responses.inbox",
    "themes.",
    "actions.",
    "desk.consultation",
    "reminders.timeline",
)
_WORRIES = ("worries.", "safeguarding.wording", "safeguarding.settings", "safeguarding.rule")
_SERVICES = ("services.create", "services.edit", "services.close", "services.reopen")
_PEOPLE = (
    "accounts.add_person",
    "accounts.edit_person",
    "accounts.invite",
    "accounts.deactivate",
    "accounts.reactivate",
    "bounces.",
)

MENU = (
    Entry("What needs you", "desk.home", Act.USE_DESK),
    Entry("Consultations", "consultations.index", Act.SEE_CONSULTATION, _CONSULTATION),
    Entry("Open loops", "desk.open_loops", Act.SEE_OPEN_LOOPS),
    Entry("Worries", "worries.index", Act.READ_SAFEGUARDING, _WORRIES),
    Entry(
        "Outbox",
        "reminders.outbox",
        Act.SEE_OUTBOX,
        ("reminders.mail", "cadence.", "health."),
    ),
    Entry("Services", "services.index", Act.MANAGE_SERVICES, _SERVICES),
    Entry("People", "accounts.people", Act.MANAGE_PEOPLE, _PEOPLE),
    Entry("Settings", "services.settings", Act.MANAGE_SETTINGS),
)


def staff_menu() -> list[Entry]:
    """The entries that the signed-in person can use."""
    actor = current_actor()
    return [entry for entry in MENU if may_somewhere(actor, entry.act)]
