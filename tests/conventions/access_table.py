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
KEEPERS_OF_SAFETY: Who = frozenset({P.SAFEGUARDING_LEAD, P.ADMINISTRATOR})
OVERSEERS: Who = frozenset({P.ADMINISTRATOR, P.PARTICIPATION_LEAD})
WATCHERS_OF_ALL: Who = OVERSEERS | {P.VIEWER}
# For one service
TEAM: Who = frozenset({P.PARTICIPATION_LEAD, P.OWNER, P.DEPUTY})
WATCHERS: Who = frozenset({P.ADMINISTRATOR, P.VIEWER, P.CONTACT})
SEERS: Who = TEAM | WATCHERS
WITHDRAWERS: Who = frozenset({P.PARTICIPATION_LEAD, P.OWNER})
HANDERS_OVER: Who = frozenset({P.PARTICIPATION_LEAD, P.ADMINISTRATOR, P.OWNER, P.CONTACT})
# For any service of one's own
TEAM_SOMEWHERE: Who = TEAM | {P.OTHER_OWNER}

ACCESS: dict[str, Who] = {
    "static": OPEN,
    # accounts
    "accounts.me": STAFF,
    "reach.mine": STAFF,
    "reach.by_link": OPEN,
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
    # catalogues: the languages of the public pages
    "catalogues.index": ADMIN,
    "catalogues.add": ADMIN,
    "catalogues.offer": ADMIN,
    "catalogues.remove": ADMIN,
    "catalogues.sentences": ADMIN,
    # brand: how the public pages look
    "brand.edit": ADMIN,
    "brand.logo": ADMIN,
    "brand.remove_logo": ADMIN,
    "brand.reset": ADMIN,
    "brand.sample": ADMIN,
    "brand.sample_css": ADMIN,
    # consultations
    "consultations.index": STAFF,  # lists those one may see
    "consultations.create": TEAM_SOMEWHERE,
    "consultations.edit": TEAM,
    "consultations.delete": TEAM,
    "consultations.hand_over": HANDERS_OVER,
    # pictures
    "pictures.show": OPEN,
    "pictures.index": TEAM_SOMEWHERE,
    "pictures.add": TEAM_SOMEWHERE,
    "pictures.edit": TEAM_SOMEWHERE,
    "pictures.delete": TEAM_SOMEWHERE,
    # surveys
    "surveys.index": SEERS,
    "surveys.build": SEERS,
    "surveys.preview": SEERS,
    "surveys.add": TEAM,
    "surveys.rename": TEAM,
    "surveys.copy": SEERS,  # to read it; it goes only into a draft of one's own
    "surveys.delete": TEAM,
    "surveys.languages": SEERS,
    "surveys.choose_languages": TEAM,
    "surveys.translate": TEAM,
    "surveys.add_question": TEAM,
    "surveys.edit_question": TEAM,
    "surveys.copy_question": TEAM,
    "surveys.move_question": TEAM,
    "surveys.delete_question": TEAM,
    "surveys.easy_read": TEAM,
    "surveys.wording": TEAM,
    # opening
    "opening.gate": SEERS,
    "opening.open": TEAM,
    "opening.extend": TEAM,
    "opening.close": TEAM,
    "opening.withdraw": WITHDRAWERS,
    "opening.move_promise": TEAM,
    "opening.copy": TEAM,
    # safeguarding
    "safeguarding.help": OPEN,
    # kiosk: whoever holds its token is at it
    "kiosk.start": TEAM,
    "kiosk.end": TEAM,
    "kiosk.home": OPEN,
    "kiosk.form": OPEN,
    "kiosk.changes": OPEN,
    "kiosk.manifest": OPEN,
    "kiosk.receive": OPEN,
    "kiosk.hello": OPEN,
    "kiosk.unlock": OPEN,
    "kiosk.verdict": OPEN,
    # what a phone keeps
    "offline.worker": OPEN,
    "offline.saved": OPEN,
    "offline.notice": OPEN,
    "safeguarding.settings": KEEPERS_OF_SAFETY,
    "safeguarding.wording": KEEPERS_OF_SAFETY,
    "safeguarding.rule": KEEPERS_OF_SAFETY,
    "safeguarding.add_rule": KEEPERS_OF_SAFETY,
    "safeguarding.restore": KEEPERS_OF_SAFETY,
    # abuse
    "abuse.protect": TEAM,
    "abuse.by_invitation": TEAM,
    "abuse.make": TEAM,
    "abuse.codes_csv": TEAM,
    "abuse.call_in": TEAM,
    "abuse.ask_sum": TEAM,
    # responses: a child's words are for the team alone
    "responses.invited": OPEN,
    "responses.enter_code": OPEN,
    "responses.form": OPEN,
    "responses.promise": OPEN,
    "responses.inbox": TEAM,
    "responses.set_aside": TEAM,
    "responses.take_back": TEAM,
    "responses.type_in": TEAM,
    "responses.poster": SEERS,
    "responses.qr_code": SEERS,
    # worries: the words of a flagged answer are for the safeguarding lead alone
    "worries.index": SAFEGUARDING,
    "worries.flag": SAFEGUARDING,
    "worries.read": SAFEGUARDING,
    "worries.acknowledge": SAFEGUARDING,
    "worries.write": SAFEGUARDING,
    "worries.reopen": SAFEGUARDING,
    # themes
    "themes.index": TEAM,
    "themes.edit": TEAM,
    "themes.move": TEAM,
    "themes.remove": TEAM,
    "themes.hear": TEAM,
    "themes.undo": TEAM,
    "themes.table": TEAM,
    # actions
    "actions.index": SEERS,
    "actions.history": SEERS,
    "actions.record": TEAM,
    "actions.revise": TEAM,
    "actions.publish": TEAM,
    "actions.stop": TEAM | {P.CONTACT},
    "actions.discard": TEAM,
    "actions.merge": TEAM,
    # verdicts: the reasons are young people's words
    "verdicts.index": TEAM,
    # board
    "board.index": OPEN,
    "board.consultation": OPEN,
    "board.answer": OPEN,
    "board.feed": OPEN,
    "board.consultation_feed": OPEN,
    "board.withdraw": OPEN,  # whoever holds the four words
    "board.correct": OPEN,
    # subscriptions: whoever holds the link in a mail
    "subscriptions.ask": OPEN,
    "subscriptions.confirm": OPEN,
    "subscriptions.stop": OPEN,
    "subscriptions.judge": OPEN,
    # reminders
    "reminders.timeline": SEERS,
    "reminders.snooze": TEAM,
    "reminders.outbox": OVERSEERS,
    "reminders.mail": OVERSEERS,
    "reminders.mail_html": OVERSEERS,
    "reminders.send_now": OVERSEERS,
    "reminders.send_again": OVERSEERS,
    # health
    "health.page": OVERSEERS,
    "health.metrics": OPEN,
    # bounces
    "bounces.index": ADMIN,
    "bounces.settle": ADMIN,
    "bounces.receive": OPEN,  # whoever proves to be the mail provider
    # cadence
    "cadence.everywhere": OVERSEERS,
    "cadence.set_everywhere": OVERSEERS,
    "cadence.undo_everywhere": OVERSEERS,
    "cadence.in_service": SEERS,
    "cadence.set_in_service": OVERSEERS,
    "cadence.undo_in_service": OVERSEERS,
    # capabilities: whoever holds the link; without a sound one nothing is shown
    "capabilities.act": OPEN,
    "capabilities.cannot": OPEN,
    "capabilities.until": OPEN,
    "capabilities.snooze": OPEN,
    "capabilities.hand_over": OPEN,
    "capabilities.done": OPEN,
    "capabilities.pending": OPEN,
    "capabilities.take_back": OPEN,
    "capabilities.put_back": OPEN,
    "capabilities.stop": OPEN,
    "capabilities.change": OPEN,
    "capabilities.fresh_link": OPEN,
    # desk
    "desk.home": STAFF,
    "desk.consultation": SEERS,
    "desk.open_loops": WATCHERS_OF_ALL,
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
