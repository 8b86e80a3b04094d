"""Flask-Security's own mails (a new password) leave by the same door as all others, at once."""

import logging
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import current_app
from flask_security import MailUtil

from config import Config
from tracker.clock import utc_now
from tracker.errors import LoopkeeperError
from tracker.mail.errors import MailError
from tracker.mail.message import compose, message_id_of, stamp
from tracker.mail.render import RenderedMail
from tracker.mail.transport import transport_of

log = logging.getLogger(__name__)


class MailNotSent(LoopkeeperError):
    """A mail that somebody is waiting for could not be handed over."""


class SecurityMail(MailUtil):
    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Send now. Raises `MailNotSent`, in plain words, if no mail server takes it."""
        settings: Config = current_app.config["LOOPKEEPER"]
        name, address = ("", recipient) if isinstance(recipient, str) else recipient
        rendered = RenderedMail(str(subject), body or "", html or "")
        try:
            with transport_of(settings) as line:
                line.send(
                    _message(rendered, name, address, settings, utc_now()),
                    sender=settings.mail_from,
                    recipient=address,
                )
        except MailError as error:
            log.error("the %s mail was not sent: %s", template, error)
            raise MailNotSent(
                "The mail could not be sent just now. Wait a few minutes, then ask for it again."
            ) from error


def _message(
    rendered: RenderedMail, name: str, address: str, settings: Config, now: datetime
) -> bytes:
    key = uuid4().hex
    message = compose(rendered, key=key, date=now)
    return stamp(
        message,
        to_name=name,
        to=address,
        sender_name="Loopkeeper",
        sender=settings.mail_from,
        message_id=message_id_of(key, settings.mail_from),
    )
