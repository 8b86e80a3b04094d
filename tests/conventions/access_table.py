"""Who may open what: one row per endpoint, read beside `tracker/accounts/policy.py`.

A new route needs a row here, or the access test fails. `OPEN` is for pages anybody may open;
the rest name personas. A parameter in a route's address needs a value in `world.py`.
"""

from enum import StrEnum


class Persona(StrEnum):
    """Everybody the doors are tried with. Owner, deputy and contact are tied to the one service."""

    ADMINISTRATOR = "administrator"
    PARTICIPATION_LEAD = "participation lead"
    SAFEGUARDING_LEAD = "safeguarding lead"
    OWNER = "owner"
    DEPUTY = "deputy"
    CONTACT = "escalation contact"
    OTHER_OWNER = "owner of another service"
    VIEWER = "viewer"
    STRANGER = "stranger"


P = Persona
Who = frozenset[Persona]

OPEN: Who = frozenset(Persona)
STAFF: Who = OPEN - {P.STRANGER}
ADMIN: Who = frozenset({P.ADMINISTRATOR})
SAFEGUARDING: Who = frozenset({P.SAFEGUARDING_LEAD})
OVERSEERS: Who = frozenset({P.ADMINISTRATOR, P.PARTICIPATION_LEAD})
# For one service
TEAM: Who = frozenset({P.PARTICIPATION_LEAD, P.OWNER, P.DEPUTY})
WATCHERS: Who = frozenset({P.ADMINISTRATOR, P.VIEWER, P.CONTACT})
SEERS: Who = TEAM | WATCHERS
WITHDRAWERS: Who = frozenset({P.PARTICIPATION_LEAD, P.OWNER})
HANDERS_OVER: Who = frozenset({P.PARTICIPATION_LEAD, P.ADMINISTRATOR, P.OWNER, P.CONTACT})
# For any service of one's own, or for the whole organisation
SEERS_SOMEWHERE: Who = SEERS | {P.OTHER_OWNER}
TEAM_SOMEWHERE: Who = TEAM | {P.OTHER_OWNER}

ACCESS: dict[str, Who] = {
    "static": OPEN,
    # accounts
    "accounts.me": STAFF,
    "accounts.people": ADMIN,
    "accounts.add_person": ADMIN,
    "accounts.edit_person": ADMIN,
    "accounts.invite": ADMIN,
    "accounts.deactivate": ADMIN,
    "accounts.reactivate": ADMIN,
    "accounts.switch_off_two_step": ADMIN,
    # services
    "services.index": ADMIN,
    "services.create": ADMIN,
    "services.edit": ADMIN,
    "services.close": ADMIN,
    "services.reopen": ADMIN,
    "services.settings": ADMIN,
    # Flask-Security's own pages about a signed-in person
    "security.change_password": STAFF,
    "security.verify": STAFF,
    "security.two_factor_setup": STAFF,
    "security.two_factor_setup_validate": STAFF,
    "security.mf_recovery_codes": STAFF,
}

# The way in and out: these lead everybody somewhere, to the sign-in page among others.
SIGN_IN = frozenset(
    {
        "security.login",
        "security.logout",
        "security.forgot_password",
        "security.reset_password",
        "security.static",
        "security.tf_select",
        "security.two_factor_rescue",
        "security.two_factor_token_validation",
        "security.mf_recovery",
    }
)
