"""What can go wrong when a mail is handed to a mail server, told apart by what may be done next."""


class MailError(Exception):
    """A mail was not handed over, or it is not known whether it was."""


class TemporaryMailError(MailError):
    """The server said "not now" to this mail: nothing was accepted, try again later."""


class ServerUnavailable(TemporaryMailError):
    """No server would talk to us (network, certificate, sign-in): no other mail will pass either."""


class LineLost(TemporaryMailError):
    """The line died before this mail was handed over. After several in a row the server is ill."""


class PermanentMailError(MailError):
    """The server refused this mail for good. `is_recipient_gone`: because nobody is at the address."""

    def __init__(self, message: str, *, is_recipient_gone: bool = False) -> None:
        super().__init__(message)
        self.is_recipient_gone = is_recipient_gone


class UnknownOutcomeError(MailError):
    """The connection died after the message was sent and before the server's answer came."""
