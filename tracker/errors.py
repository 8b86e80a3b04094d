"""The root of every refusal the domain can give: what happened, and how to mend it."""


class LoopkeeperError(Exception):
    """A refusal in plain words. Subclasses name the situation (`SurveyClosed`, `PromiseMissing`).

    `message` is shown to the person as it is, so it says what happened and what to do next.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(LoopkeeperError):
    """What was asked for isn't here. Pages answer with 404."""


class NotAllowed(LoopkeeperError):
    """The person may not do this. Pages answer with 403."""


class Conflict(LoopkeeperError):
    """The request was sound but the thing has changed or can't make that move. Pages answer with 409."""
