"""The staff menu: each entry with the act that makes it worth showing."""

from dataclasses import dataclass

from tracker.accounts.guard import current_actor
from tracker.accounts.policy import Act, may_somewhere


@dataclass(frozen=True)
class Entry:
    label: str
    endpoint: str
    act: Act


MENU = (
    Entry("What needs you", "desk.home", Act.USE_DESK),
    Entry("Consultations", "consultations.index", Act.SEE_CONSULTATION),
    Entry("Open loops", "desk.open_loops", Act.SEE_OPEN_LOOPS),
    Entry("Worries", "responses.worries", Act.READ_SAFEGUARDING),
    Entry("Outbox", "reminders.outbox", Act.SEE_OUTBOX),
    Entry("Services", "services.index", Act.MANAGE_SERVICES),
    Entry("People", "accounts.people", Act.MANAGE_PEOPLE),
    Entry("Settings", "services.settings", Act.MANAGE_SETTINGS),
)


def staff_menu() -> list[Entry]:
    """The entries that the signed-in person can use."""
    actor = current_actor()
    return [entry for entry in MENU if may_somewhere(actor, entry.act)]
