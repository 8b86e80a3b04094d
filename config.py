"""Settings, read from the environment once at start; a bad or missing value stops the start.

Every variable, what it is for and what it must look like is in the table `VARIABLES`.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent


class BadSetting(SystemExit):
    """One or more environment variables are missing or malformed; the text names each."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"Loopkeeper can't start, because of its settings:\n{lines}")


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("at least 32 characters, for example from `openssl rand -hex 32`")
    return value


def _database(value: str) -> str:
    expected = "sqlite:////full/path.db or postgresql+psycopg://user:password@host/name"
    try:
        backend = make_url(value).drivername
    except ArgumentError:
        raise ValueError(expected) from None
    if backend not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(expected)
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ValueError("the site's own address without a path, like https://loop.example.org")
    return value.rstrip("/")


def _flag(value: str) -> bool:
    if value.lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise ValueError("1 or 0")
    return value.lower() in ("1", "true", "yes")


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ValueError("a port number from 1 to 65535")
    return int(value)


def _seconds(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= 86_400:
        raise ValueError("a whole number of seconds from 1 to 86400")
    return int(value)


def _proxies(value: str) -> int:
    if value not in ("0", "1", "2", "3"):
        raise ValueError("the number of web servers in front of Loopkeeper, 0 to 3")
    return int(value)


def _smtp_security(value: str) -> str:
    if value not in ("starttls", "tls", "none"):
        raise ValueError("starttls, tls or none")
    return value


def _optional_secret(value: str) -> str:
    return _secret(value) if value else ""


def _token(value: str) -> str:
    if value and (len(value) < 16 or not value.isascii() or not value.isprintable()):
        raise ValueError("at least 16 letters and digits, without line breaks")
    return value


def _mailbox_name(value: str) -> str:
    if not value or not value.isascii() or not value.isprintable():
        raise ValueError("the name of a folder as IMAP writes it, in ASCII, like INBOX or Bounces")
    return value


def _address(value: str) -> str:
    name, _, domain = value.rpartition("@")
    if not name or "." not in domain or any(c in value for c in " \r\n<>"):
        raise ValueError("one e-mail address, like loop@example.org")
    return value


def _folder(value: str) -> Path:
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise ValueError("a full path to a folder that Loopkeeper may write to")
    return path


def _notify_key(value: str) -> str:
    if value and not re.fullmatch(rf".+-{_UUID}-{_UUID}", value, re.IGNORECASE):
        raise ValueError("an API key as GOV.UK Notify shows it: a name and two ids, with hyphens")
    return value


def _template_id(value: str) -> str:
    if value and not re.fullmatch(_UUID, value, re.IGNORECASE):
        raise ValueError("the id of a template, like 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")
    return value


_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _servers(value: str) -> str:
    try:
        addresses = [_base_url(each) for each in value.split()]
    except ValueError:
        raise ValueError(
            "addresses without a path, separated by spaces, like https://ntfy.sh"
        ) from None
    return " ".join(addresses)


def _text(value: str) -> str:
    return value


@dataclass(frozen=True)
class Variable:
    """One environment variable: how it is read and what it means."""

    field: str
    read: Callable[[str], Any]
    default: str | None
    meaning: str


# Read by tracker/failpoints.py alone: where a process is to die, to prove that nothing is lost then.
_FOR_PROOFS = "LOOPKEEPER_FAILPOINT"

# The demo alone has default secrets; anywhere else these must be given.
_DEMO_SECRET = "demo-only-secret-that-guards-nothing-real"  # noqa: S105

VARIABLES: dict[str, Variable] = {
    "LOOPKEEPER_DEMO": Variable(
        "demo", _flag, "0", "1 fills an empty database with demo data and shows how to sign in"
    ),
    "LOOPKEEPER_SECRET_KEY": Variable(
        "secret_key", _secret, None, "signs sessions, links in mails and receipts"
    ),
    "LOOPKEEPER_OLD_SECRET_KEYS": Variable(
        "old_secret_keys", _text, "", "earlier secret keys still accepted, separated by spaces"
    ),
    "LOOPKEEPER_DATA": Variable(
        "data", _folder, str(ROOT / "instance"), "folder for the SQLite file and demo mails"
    ),
    "LOOPKEEPER_DATABASE_URL": Variable(
        "database_url", _database, "", "SQLite in the data folder unless given"
    ),
    "LOOPKEEPER_BASE_URL": Variable(
        "base_url", _base_url, "http://127.0.0.1:8000", "the address people reach the site at"
    ),
    "LOOPKEEPER_PROXIES": Variable(
        "proxies", _proxies, "0", "web servers in front of it, whose X-Forwarded headers are true"
    ),
    "LOOPKEEPER_SMTP_HOST": Variable(
        "smtp_host", _text, "", "mail server; without one, mails go to the data folder"
    ),
    "LOOPKEEPER_SMTP_PORT": Variable("smtp_port", _port, "587", "its port"),
    "LOOPKEEPER_SMTP_SECURITY": Variable(
        "smtp_security", _smtp_security, "starttls", "starttls, tls or none"
    ),
    "LOOPKEEPER_SMTP_USER": Variable("smtp_user", _text, "", "sign-in name at the mail server"),
    "LOOPKEEPER_SMTP_PASSWORD": Variable("smtp_password", _text, "", "its password"),
    "LOOPKEEPER_SMTP_TIMEOUT": Variable(
        "smtp_timeout",
        _seconds,
        "20",
        "seconds to wait for each answer of the mail server, 50 at most for one mail",
    ),
    "LOOPKEEPER_MAIL_FROM": Variable(
        "mail_from", _address, "loopkeeper@localhost.localdomain", "sender of every mail"
    ),
    "LOOPKEEPER_BOUNCE_IMAP_HOST": Variable(
        "bounce_imap_host", _text, "", "mailbox that bounces come to; without one, none is read"
    ),
    "LOOPKEEPER_BOUNCE_IMAP_PORT": Variable("bounce_imap_port", _port, "993", "its port"),
    "LOOPKEEPER_BOUNCE_IMAP_SECURITY": Variable(
        "bounce_imap_security", _smtp_security, "tls", "tls, starttls or none"
    ),
    "LOOPKEEPER_BOUNCE_IMAP_USER": Variable(
        "bounce_imap_user", _text, "", "sign-in name at the mailbox"
    ),
    "LOOPKEEPER_BOUNCE_IMAP_PASSWORD": Variable("bounce_imap_password", _text, "", "its password"),
    "LOOPKEEPER_BOUNCE_IMAP_FOLDER": Variable(
        "bounce_imap_folder", _mailbox_name, "INBOX", "the folder that bounces are in"
    ),
    "LOOPKEEPER_BOUNCE_SECRET": Variable(
        "bounce_secret", _optional_secret, "", "shared with your own program that posts bounces"
    ),
    "LOOPKEEPER_BOUNCE_NOTIFY_TOKEN": Variable(
        "bounce_notify_token", _token, "", "bearer token of GOV.UK Notify's delivery receipts"
    ),
    "LOOPKEEPER_BOUNCE_MAILGUN_KEY": Variable(
        "bounce_mailgun_key", _token, "", "Mailgun's webhook signing key"
    ),
    "LOOPKEEPER_CHAT": Variable(
        "chat", _flag, "0", "1 lets people have their reminders in Teams, Slack or ntfy"
    ),
    "LOOPKEEPER_CHAT_NTFY": Variable(
        "chat_ntfy", _servers, "https://ntfy.sh", "ntfy servers that may be written to"
    ),
    "LOOPKEEPER_NOTIFY_KEY": Variable(
        "notify_key", _notify_key, "", "API key of GOV.UK Notify; without one it isn't offered"
    ),
    "LOOPKEEPER_NOTIFY_EMAIL_TEMPLATE": Variable(
        "notify_email_template", _template_id, "", "its template for e-mails"
    ),
    "LOOPKEEPER_NOTIFY_TEXT_TEMPLATE": Variable(
        "notify_text_template", _template_id, "", "its template for text messages"
    ),
    "LOOPKEEPER_NOTIFY_URL": Variable(
        "notify_url", _base_url, "https://api.notifications.service.gov.uk", "where its API is"
    ),
    "LOOPKEEPER_SCHEDULER": Variable(
        "scheduler", _flag, "0", "1 runs the reminder worker inside this web process"
    ),
    "LOOPKEEPER_SPAM_CHECKS": Variable(
        "spam_checks", _flag, "1", "0 takes every answer without looking whether a machine sent it"
    ),
    "LOOPKEEPER_TICK_SECONDS": Variable(
        "tick_seconds", _seconds, "60", "seconds between two looks at what is due"
    ),
    "LOOPKEEPER_METRICS_TOKEN": Variable(
        "metrics_token", _text, "", "whoever knows it may read /metrics; without one nobody may"
    ),
}


@dataclass(frozen=True)
class Config:
    """All settings, checked. Make one with `from_environ`."""

    demo: bool
    secret_key: str
    old_secret_keys: str
    data: Path
    database_url: str
    base_url: str
    proxies: int
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str
    smtp_timeout: int
    mail_from: str
    bounce_imap_host: str
    bounce_imap_port: int
    bounce_imap_security: str
    bounce_imap_user: str
    bounce_imap_password: str
    bounce_imap_folder: str
    bounce_secret: str
    bounce_notify_token: str
    bounce_mailgun_key: str
    chat: bool
    chat_ntfy: str
    notify_key: str
    notify_email_template: str
    notify_text_template: str
    notify_url: str
    scheduler: bool
    spam_checks: bool
    tick_seconds: int
    metrics_token: str

    def derived_key(self, purpose: str) -> str:
        """A key for one purpose alone, so that no two uses share the secret itself."""
        return _derive(self.secret_key, purpose)

    def derived_keys(self, purpose: str) -> list[str]:
        """The present key for a purpose, then those from earlier secrets, for what they made."""
        return [_derive(key, purpose) for key in (self.secret_key, *self.old_secret_keys.split())]

    def for_flask(self) -> dict[str, Any]:
        """The settings that Flask and its extensions read."""
        secure = self.base_url.startswith("https://")
        return {
            "SECRET_KEY": self.derived_key("session"),
            "SECRET_KEY_FALLBACKS": self.derived_keys("session")[1:],
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            # An error in a log must not quote what a child wrote.
            "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "MAX_FORM_PARTS": 1000,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": secure,
            "PREFERRED_URL_SCHEME": "https" if secure else "http",
            "WTF_CSRF_TIME_LIMIT": None,
            "SPAM_CHECKS": self.spam_checks,
            "LOOPKEEPER": self,
        }


def _derive(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _missing_beside(values: Mapping[str, Any]) -> Iterator[str]:
    """What a given setting needs beside it."""
    if values.get("bounce_imap_host"):
        for name in ("LOOPKEEPER_BOUNCE_IMAP_USER", "LOOPKEEPER_BOUNCE_IMAP_PASSWORD"):
            if not values.get(VARIABLES[name].field):
                meaning = VARIABLES[name].meaning
                yield f"{name} is missing: {meaning} (LOOPKEEPER_BOUNCE_IMAP_HOST needs it)"
    templates = ("notify_email_template", "notify_text_template")
    if values.get("notify_key") and not any(values.get(each) for each in templates):
        yield (
            "LOOPKEEPER_NOTIFY_KEY is given without a template: set LOOPKEEPER_NOTIFY_EMAIL_TEMPLATE,"
            " LOOPKEEPER_NOTIFY_TEXT_TEMPLATE or both"
        )


def from_environ(environ: Mapping[str, str] | None = None) -> Config:
    """Read and check every variable; raises `BadSetting` naming all that are wrong at once."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    problems: list[str] = []
    demo = environ.get("LOOPKEEPER_DEMO", "0").lower() in ("1", "true", "yes")
    for name, variable in VARIABLES.items():
        raw = environ.get(name, variable.default)
        if name == "LOOPKEEPER_SECRET_KEY" and raw is None and demo:
            raw = _DEMO_SECRET
        if name == "LOOPKEEPER_DATABASE_URL" and not raw:
            data = values.get("data", ROOT / "instance")
            raw = f"sqlite:///{data / 'loopkeeper.db'}"
        if raw is None:
            problems.append(f"{name} is missing: {variable.meaning}")
            continue
        try:
            values[variable.field] = variable.read(raw)
        except ValueError as error:
            problems.append(f"{name} is {raw!r}; expected {error}")
    problems += _missing_beside(values)
    known = {*VARIABLES, _FOR_PROOFS}
    unknown = sorted(n for n in environ if n.startswith("LOOPKEEPER_") and n not in known)
    problems += [f"{name} is not a setting of Loopkeeper; is it spelt right?" for name in unknown]
    if problems:
        raise BadSetting(problems)
    return Config(**values)
