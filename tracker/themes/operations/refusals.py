"""Why a theme can't be named or removed, or a response not coded: each situation by its name."""

from tracker.errors import Conflict, LoopkeeperError


class StatementUnfit(LoopkeeperError):
    """The statement is empty or too long."""


class ThemeExists(Conflict):
    """Another theme of the consultation says the same already."""


class ThemeCarriesResponses(Conflict):
    """Removing the theme would leave responses unheard."""


class ThemeElsewhere(Conflict):
    """A theme of another consultation was named."""


class ResponseElsewhere(Conflict):
    """A response of another consultation was named."""


class ResponseSetAside(Conflict):
    """A response that is set aside can't be coded."""
