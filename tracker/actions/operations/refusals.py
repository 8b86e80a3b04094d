"""Why an action can't be recorded, changed or published: each situation by its name."""

from tracker.errors import Conflict, LoopkeeperError


class DraftIncomplete(LoopkeeperError):
    """The draft lacks what its outcome requires; `problems` has a message for each field."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("This can't be kept yet. " + ". ".join(found.values()) + ".")
        self.problems = found


class MoveNotAllowed(Conflict):
    """The public outcome can't become the one asked for."""


class ThemeLeftUnanswered(Conflict):
    """Taking the theme away would leave it without a published answer."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the action since the page was opened."""


class AlreadyPublic(Conflict):
    """The version is public, so it can't be stopped or deleted, only followed by another."""


class VersionStopped(Conflict):
    """The version was stopped or replaced, so it can't be published."""
