"""Settings from the environment: each variable good, bad and missing; every problem at once."""

import pytest

import config
from config import VARIABLES, BadSetting, from_environ

SECRET = "s" * 32
GOOD = {"LOOPKEEPER_SECRET_KEY": SECRET}
TEMPLATE = "2a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
NOTIFY_KEY = f"loopkeeper-{TEMPLATE}-{TEMPLATE}"


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("DEMO", "1", "demo", True),
        ("DEMO", "no", "demo", False),
        ("SECRET_KEY", "k" * 40, "secret_key", "k" * 40),
        ("OLD_SECRET_KEYS", "a b", "old_secret_keys", "a b"),
        ("DATABASE_URL", "sqlite:////tmp/x.db", "database_url", "sqlite:////tmp/x.db"),
        (
            "DATABASE_URL",
            "postgresql+psycopg://a:b@host/name",
            "database_url",
            "postgresql+psycopg://a:b@host/name",
        ),
        ("BASE_URL", "https://loop.example.org/", "base_url", "https://loop.example.org"),
        ("BASE_URL", "http://127.0.0.1:8000", "base_url", "http://127.0.0.1:8000"),
        ("PROXIES", "1", "proxies", 1),
        ("SMTP_HOST", "mail.example.org", "smtp_host", "mail.example.org"),
        ("SMTP_PORT", "25", "smtp_port", 25),
        ("SMTP_PORT", "65535", "smtp_port", 65535),
        ("SMTP_SECURITY", "tls", "smtp_security", "tls"),
        ("SMTP_USER", "me", "smtp_user", "me"),
        ("SMTP_PASSWORD", "p w", "smtp_password", "p w"),
        ("SMTP_TIMEOUT", "1", "smtp_timeout", 1),
        ("MAIL_FROM", "loop@example.org", "mail_from", "loop@example.org"),
        ("BOUNCE_IMAP_PORT", "143", "bounce_imap_port", 143),
        ("BOUNCE_IMAP_SECURITY", "starttls", "bounce_imap_security", "starttls"),
        ("BOUNCE_IMAP_USER", "me", "bounce_imap_user", "me"),
        ("BOUNCE_IMAP_PASSWORD", "p w", "bounce_imap_password", "p w"),
        ("BOUNCE_IMAP_FOLDER", "My bounces", "bounce_imap_folder", "My bounces"),
        ("BOUNCE_SECRET", "k" * 32, "bounce_secret", "k" * 32),
        ("BOUNCE_SECRET", "", "bounce_secret", ""),
        ("BOUNCE_NOTIFY_TOKEN", "t" * 16, "bounce_notify_token", "t" * 16),
        ("BOUNCE_NOTIFY_TOKEN", "", "bounce_notify_token", ""),
        ("BOUNCE_MAILGUN_KEY", "m" * 16, "bounce_mailgun_key", "m" * 16),
        ("CHAT", "1", "chat", True),
        (
            "CHAT_NTFY",
            "https://ntfy.sh http://10.0.0.5:80/",
            "chat_ntfy",
            "https://ntfy.sh http://10.0.0.5:80",
        ),
        ("CHAT_NTFY", "", "chat_ntfy", ""),
        ("NOTIFY_KEY", "", "notify_key", ""),
        ("NOTIFY_TEXT_TEMPLATE", TEMPLATE, "notify_text_template", TEMPLATE),
        ("NOTIFY_URL", "http://127.0.0.1:6011", "notify_url", "http://127.0.0.1:6011"),
        ("SCHEDULER", "yes", "scheduler", True),
        ("SPAM_CHECKS", "0", "spam_checks", False),
        ("TICK_SECONDS", "86400", "tick_seconds", 86400),
    ],
)
def test_from_environ_reads_a_good_value(name: str, value: str, field: str, read: object) -> None:
    settings = from_environ(GOOD | {f"LOOPKEEPER_{name}": value})
    assert getattr(settings, field) == read


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEMO", "maybe", "1 or 0"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("DATABASE_URL", "not a url", "sqlite:////full/path.db"),
        ("DATABASE_URL", "mysql://host/name", "postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql://host/name", "postgresql+psycopg://"),
        ("BASE_URL", "loop.example.org", "the site's own address"),
        ("BASE_URL", "https://loop.example.org/path", "without a path"),
        ("BASE_URL", "ftp://loop.example.org", "the site's own address"),
        ("PROXIES", "9", "the number of web servers in front"),
        ("BOUNCE_IMAP_PORT", "imap", "a port number"),
        ("BOUNCE_IMAP_SECURITY", "ssl", "starttls, tls or none"),
        ("BOUNCE_IMAP_FOLDER", "", "the name of a folder"),
        ("BOUNCE_IMAP_FOLDER", "Rückläufer", "in ASCII"),
        ("BOUNCE_IMAP_FOLDER", "IN\r\nBOX", "the name of a folder"),
        ("BOUNCE_SECRET", "short", "at least 32 characters"),
        ("BOUNCE_NOTIFY_TOKEN", "short", "at least 16"),
        ("BOUNCE_MAILGUN_KEY", "k" * 20 + "\n", "without line breaks"),
        ("CHAT_NTFY", "ntfy.sh", "addresses without a path"),
        ("CHAT_NTFY", "https://ntfy.sh/topic", "addresses without a path"),
        ("NOTIFY_KEY", "secret", "an API key as GOV.UK Notify shows it"),
        ("NOTIFY_EMAIL_TEMPLATE", "hello", "the id of a template"),
        ("SMTP_PORT", "0", "a port number"),
        ("SMTP_PORT", "65536", "a port number"),
        ("SMTP_PORT", "²", "a port number"),
        ("SMTP_PORT", "", "a port number"),
        ("SMTP_SECURITY", "ssl", "starttls, tls or none"),
        ("SMTP_TIMEOUT", "0", "seconds from 1 to 86400"),
        ("SMTP_TIMEOUT", "1.5", "seconds from 1 to 86400"),
        ("MAIL_FROM", "nobody", "one e-mail address"),
        ("MAIL_FROM", "Loop <a@example.org>", "one e-mail address"),
        ("MAIL_FROM", "a@example.org\r\nBcc: b@example.org", "one e-mail address"),
        ("DATA", "relative/path", "a full path to a folder"),
        ("SCHEDULER", "on", "1 or 0"),
        ("TICK_SECONDS", "86401", "seconds from 1 to 86400"),
    ],
)
def test_from_environ_refuses_a_bad_value_by_name(name: str, value: str, expected: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        from_environ(GOOD | {f"LOOPKEEPER_{name}": value})
    assert f"LOOPKEEPER_{name} is {value!r}" in str(refusal.value)
    assert expected in str(refusal.value)


def test_from_environ_names_all_that_is_wrong_at_once() -> None:
    wrong = {"LOOPKEEPER_SMTP_PORT": "x", "LOOPKEEPER_BASE_URL": "y", "LOOPKEEPER_SMPT_HOST": "z"}
    with pytest.raises(BadSetting) as refusal:
        from_environ(wrong)
    text = str(refusal.value)
    for name in ("SECRET_KEY is missing", "SMTP_PORT is 'x'", "BASE_URL is 'y'"):
        assert f"LOOPKEEPER_{name}" in text
    assert "LOOPKEEPER_SMPT_HOST is not a setting of Loopkeeper; is it spelt right?" in text


def test_from_environ_needs_a_secret_outside_the_demo() -> None:
    with pytest.raises(BadSetting, match="LOOPKEEPER_SECRET_KEY is missing"):
        from_environ({})
    assert from_environ({"LOOPKEEPER_DEMO": "1"}).secret_key


def test_from_environ_has_a_default_for_everything_else() -> None:
    settings = from_environ(GOOD)
    assert settings.database_url == f"sqlite:///{config.ROOT / 'instance' / 'loopkeeper.db'}"
    assert settings.smtp_host == "" and settings.smtp_port == 587
    assert not settings.demo and not settings.scheduler


def test_from_environ_puts_the_database_into_the_data_folder() -> None:
    settings = from_environ(GOOD | {"LOOPKEEPER_DATA": "/srv/loop"})
    assert settings.database_url == "sqlite:////srv/loop/loopkeeper.db"


def test_from_environ_reads_the_environment_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOOPKEEPER_SECRET_KEY", SECRET)
    monkeypatch.setenv("LOOPKEEPER_SMTP_HOST", "mail.example.org")
    assert from_environ().smtp_host == "mail.example.org"


def test_every_variable_says_what_it_is_for() -> None:
    assert all(variable.meaning for variable in VARIABLES.values())
    assert all(name.startswith("LOOPKEEPER_") for name in VARIABLES)


def test_derived_keys_differ_by_purpose_and_hide_the_secret() -> None:
    settings = from_environ(GOOD | {"LOOPKEEPER_OLD_SECRET_KEYS": "older oldest"})
    assert settings.derived_key("a") != settings.derived_key("b")
    assert SECRET not in settings.derived_key("a")
    assert settings.derived_keys("a")[0] == settings.derived_key("a")
    assert len(set(settings.derived_keys("a"))) == 3


@pytest.mark.parametrize(
    ("base_url", "secure"), [("https://loop.example.org", True), ("http://localhost", False)]
)
def test_for_flask_sends_cookies_over_https_alone_where_there_is_https(
    base_url: str, secure: bool
) -> None:
    settings = from_environ(GOOD | {"LOOPKEEPER_BASE_URL": base_url})
    flask = settings.for_flask()
    assert flask["SESSION_COOKIE_SECURE"] is secure
    assert flask["SESSION_COOKIE_HTTPONLY"] and flask["SECRET_KEY"] != SECRET
    assert flask["MAX_CONTENT_LENGTH"] == 2 * 1024 * 1024


def test_for_flask_accepts_sessions_of_earlier_secrets() -> None:
    before = from_environ({"LOOPKEEPER_SECRET_KEY": "o" * 32}).for_flask()
    after = from_environ(GOOD | {"LOOPKEEPER_OLD_SECRET_KEYS": "o" * 32}).for_flask()
    assert after["SECRET_KEY_FALLBACKS"] == [before["SECRET_KEY"]]


@pytest.mark.parametrize("missing", ["USER", "PASSWORD"])
def test_from_environ_says_what_a_mailbox_needs_beside_its_host(missing: str) -> None:
    whole = {
        "LOOPKEEPER_BOUNCE_IMAP_HOST": "imap.example.org",
        "LOOPKEEPER_BOUNCE_IMAP_USER": "bounces@example.org",
        "LOOPKEEPER_BOUNCE_IMAP_PASSWORD": "p",
    }
    assert from_environ(GOOD | whole).bounce_imap_host == "imap.example.org"
    del whole[f"LOOPKEEPER_BOUNCE_IMAP_{missing}"]

    with pytest.raises(BadSetting, match=f"LOOPKEEPER_BOUNCE_IMAP_{missing} is missing"):
        from_environ(GOOD | whole)


def test_from_environ_asks_for_a_template_beside_the_key_of_notify() -> None:
    given = GOOD | {"LOOPKEEPER_NOTIFY_KEY": NOTIFY_KEY}
    with pytest.raises(BadSetting, match="is given without a template"):
        from_environ(given)
    settings = from_environ(given | {"LOOPKEEPER_NOTIFY_EMAIL_TEMPLATE": TEMPLATE})
    assert settings.notify_key == NOTIFY_KEY
