"""How signing in works: the settings and the words of Flask-Security, and who may guess how often."""

import base64
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_security import Security, Totp
from passlib.exc import PasswordSizeError  # type: ignore[import-untyped]
from passlib.totp import TOTP, AppWallet  # type: ignore[import-untyped]

from config import Config
from tracker.web.limits import guess_key, limiter
from tracker.web.refusals import refusal_page

PASSWORD_LENGTH = 12

# What the library says, in our words. The same answer is given whether or not an address is known.
_MESSAGES = {
    "GENERIC_AUTHN_FAILED": "The e-mail address or the password isn't right. Check both and try again.",
    "PASSWORD_RESET_REQUEST": "If %(email)s belongs to a member of staff, a link is on its way to it. "
    "Look in your mail, and in the junk folder.",
    "INVALID_RESET_PASSWORD_TOKEN": "That link has been used or replaced. Ask for a new one here.",
    "PASSWORD_RESET_EXPIRED": "That link was too old. Ask for a new one here.",
    "PASSWORD_RESET_NO_LOGIN": "Your password is set. Sign in with it.",
    "PASSWORD_CHANGE": "Your password is changed.",
    "PASSWORD_NOT_PROVIDED": "Enter a password",
    "PASSWORD_INVALID_LENGTH": "Use at least %(length)s characters. Three or four words in a row are "
    "easy to remember and hard to guess.",
    "PASSWORD_IS_THE_SAME": "Choose a password that is different from the one you have now",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords are different. Type the same one twice.",
    "INVALID_PASSWORD": "That isn't your password. Try again.",
    "EMAIL_NOT_PROVIDED": "Enter your e-mail address",
    "INVALID_EMAIL_ADDRESS": "Enter an e-mail address like name@example.org",
    "INVALID_REDIRECT": "The page you were on its way to isn't part of this site.",
    "REAUTHENTICATION_REQUIRED": "Enter your password once more before you change this.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. You can go on.",
    "TWO_FACTOR_INVALID_TOKEN": "That code isn't right. Wait for the next one and try again.",
    "INVALID_CODE": "That code isn't right. Wait for the next one and try again.",
    "INVALID_RECOVERY_CODE": "That isn't one of your recovery codes, or it has been used.",
    "NO_RECOVERY_CODES_SETUP": "You have no recovery codes yet. Make some below.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "Two-step sign-in is on. Make recovery codes next, "
    "for the day you don't have your phone.",
    "TWO_FACTOR_DISABLED": "Two-step sign-in is off. Your password alone signs you in.",
    "TWO_FACTOR_SETUP_EXPIRED": "That took longer than %(within)s. Start again.",
    "TWO_FACTOR_PERMISSION_DENIED": "Start by signing in with your e-mail address and password.",
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": "Choose one of the buttons on the page",
    "API_ERROR": "That couldn't be read. Try again.",
}

# A wrong try is a page shown again (200); a right one leads on (302) and isn't counted.
_GUESSES = {
    "security.login": "20 per 15 minutes",
    "security.two_factor_token_validation": "10 per 15 minutes",
    "security.mf_recovery": "10 per 15 minutes",
    "security.verify": "10 per 15 minutes",
    "security.change_password": "10 per 15 minutes",
}
# Each of these can send a mail, so every try counts.
_MAILS = {
    "security.forgot_password": "10 per hour",
    "security.two_factor_rescue": "3 per hour",
}


class RotatingTotp(Totp):
    """Authenticator secrets encrypted under the present key and readable under earlier ones."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        wallet = AppWallet(secrets, default_tag=next(iter(secrets)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)


def sign_in_settings(settings: Config) -> dict[str, Any]:
    """How Flask-Security behaves: password and TOTP, reset by mail, everything below /staff."""
    chosen = {
        "URL_PREFIX": "/staff",
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "RESET_URL": "/reset-password",
        "CHANGE_URL": "/account/password",
        "VERIFY_URL": "/account/confirm",
        "TWO_FACTOR_SETUP_URL": "/account/two-step",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "TWO_FACTOR_SELECT_URL": "/sign-in/second-step",
        "TWO_FACTOR_RESCUE_URL": "/sign-in/no-code",
        "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "POST_LOGIN_VIEW": "/staff/",
        "POST_LOGOUT_VIEW": "/staff/sign-in",
        "POST_CHANGE_VIEW": "accounts.me",
        "TWO_FACTOR_POST_SETUP_VIEW": "accounts.me",
        "LOGOUT_METHODS": ["POST"],
        "API_ENABLED_METHODS": ["session"],
        "RETURN_GENERIC_RESPONSES": True,
        "FLASH_MESSAGES": True,
        "CACHE_CONTROL": None,  # `tracker.web.headers` says no-store
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # asks no name server
        "FRESHNESS": timedelta(hours=1),
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": timedelta(days=3),  # an invitation has to outlive a weekend
        "CHANGEABLE": True,
        "PASSWORD_LENGTH_MIN": PASSWORD_LENGTH,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_RESCUE_MAIL": settings.mail_from,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "TOTP_ISSUER": "Loopkeeper",
        "EMAIL_SENDER": settings.mail_from,
        "EMAIL_SUBJECT_PASSWORD_RESET": "Set a new password for Loopkeeper",
        "EMAIL_SUBJECT_PASSWORD_NOTICE": "Your Loopkeeper password was set",
        "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your Loopkeeper password was changed",
        "EMAIL_SUBJECT_TWO_FACTOR_RESCUE": "Somebody can't get into Loopkeeper",
    }
    chosen |= _secrets(settings)
    chosen |= {f"MSG_{name}": (text, _category(name)) for name, text in _MESSAGES.items()}
    return {f"SECURITY_{name}": value for name, value in chosen.items()}


def _secrets(settings: Config) -> dict[str, Any]:
    return {
        # Argon2 salts each password by itself. A site-wide salt on top would make every password
        # worthless on the day the secret key is changed.
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_SALT": settings.derived_key("passwords"),
        "TOTP_SECRETS": {key[:8]: key for key in settings.derived_keys("totp")},
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(bytes.fromhex(key))
            for key in settings.derived_keys("recovery codes")
        ],
    }


def _category(message: str) -> str:
    good = ("PASSWORD_CHANGE", "PASSWORD_RESET_NO_LOGIN", "PASSWORD_RESET_REQUEST")
    done = ("TWO_FACTOR_LOGIN_SUCCESSFUL", "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL")
    rest = ("TWO_FACTOR_DISABLED", "REAUTHENTICATION_REQUIRED", "REAUTHENTICATION_SUCCESSFUL")
    return "success" if message in good + done + rest else "error"


def init_sign_in(app: Flask, security: Security) -> None:
    """Forms only, no tokens, and a bound on how often one address may guess or have a mail sent."""
    # Else every request of every child would be searched for a token.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    security.want_json(lambda _request: False)
    app.before_request(_refuse_json)
    app.register_error_handler(PasswordSizeError, _refuse_endless_password)
    for endpoint, limit in _GUESSES.items():
        _limit(app, endpoint, limit, deduct_when=_was_wrong)
    _limit(app, "security.login", "10 per 15 minutes", key_func=_name_key, deduct_when=_was_wrong)
    for endpoint, limit in _MAILS.items():
        _limit(app, endpoint, limit)


def _refuse_json() -> None:
    # The library would read it, and trips over shapes that no form can have.
    if request.blueprint == "security" and request.is_json:
        abort(415)


def _refuse_endless_password(_error: PasswordSizeError) -> ResponseReturnValue:
    return refusal_page(
        413, "That password is too long", "A password has 4,096 characters at most. Try again."
    )


def _limit(app: Flask, endpoint: str, limit: str, **how: Any) -> None:
    view: Any = app.view_functions[endpoint]
    limited: Any = limiter.limit(limit, methods=["POST"], **how)(view)
    app.view_functions[endpoint] = limited


def _was_wrong(response: Response) -> bool:
    return response.status_code == 200


def _name_key() -> str:
    """One address guessing at one name: others can't lock that person out from elsewhere."""
    return guess_key(request.form.get("email", "").strip().lower())
