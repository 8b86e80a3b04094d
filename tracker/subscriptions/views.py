"""Tell me when something changes: ask, confirm, stop, and "did it change?" from a mail.

Public, with no cookie and no script. Opening an address changes nothing: mail programs open links by
themselves. Asked for on a page of its own, so that nothing ties an address to an answer.
"""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.accounts.guard import public
from tracker.actions.models import Action
from tracker.actions.queries import action_or_404
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.errors import NotFound
from tracker.languages import current_language
from tracker.languages import gettext as _
from tracker.subscriptions.models import Subscription
from tracker.subscriptions.operations import confirm as confirm_subscription
from tracker.subscriptions.operations import end_subscription, subscribe
from tracker.subscriptions.policy import CONFIRM_DAYS, KEPT_DAYS, address_in
from tracker.subscriptions.queries import open_to_subscribers, subscription_of
from tracker.subscriptions.sealing import Errand, Seal
from tracker.verdicts.operations import give_verdict_by_subscription
from tracker.verdicts.policy import VERDICT_LABELS, VerdictValue
from tracker.web.limits import limiter

bp = Blueprint("subscriptions", __name__, url_prefix=None)

# From one connection: enough for a class, too little to fill strangers' mailboxes.
ASKED = "40 per hour"


def _seal() -> Seal:
    return Seal(current_app.config["LOOPKEEPER"])


@bp.route("/board/<slug>/tell-me", methods=["GET", "POST"])
@public
@limiter.limit(ASKED, methods=["POST"])
def ask(slug: str) -> ResponseReturnValue:
    """Type an address. The page that follows is the same whether it was known or not."""
    session = current_session()
    consultation = open_to_subscribers(session, slug)
    typed = request.form.get("address", "") if request.method == "POST" else ""
    address = address_in(typed)
    is_wrong = request.method == "POST" and address is None
    if address is not None:
        language = current_language()
        subscribe(session, consultation, address, language, _seal(), now=utc_now())
        session.commit()
    page = render_template(
        "subscriptions/ask.html",
        consultation=consultation,
        help_nation=consultation.service.nation,
        typed=typed[:300],
        is_wrong=is_wrong,
        is_sent=address is not None,
        confirm_days=CONFIRM_DAYS,
        kept_days=KEPT_DAYS,
    )
    return page, 422 if is_wrong else 200


@bp.route("/tell-me/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    """The button that turns mails on."""
    session = current_session()
    subscription = _subscription(session, Errand.CONFIRM, token)
    if subscription is None:
        page = render_template("subscriptions/confirm.html", state="gone", subscription=None)
        return page, 410
    if request.method == "POST":
        confirm_subscription(session, subscription, now=utc_now())
        session.commit()
    state = "on" if subscription.confirmed_on else "ask"
    return render_template("subscriptions/confirm.html", state=state, subscription=subscription)


@bp.route("/stop/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> ResponseReturnValue:
    """The button that ends mails; mail programs press it themselves, by the same POST (RFC 8058)."""
    session = current_session()
    subscription_id = _seal().read_link(Errand.STOP, token)
    if subscription_id is None:
        raise NotFound(_("This link is not complete. Open it from the mail again."))
    if request.method == "POST":
        end_subscription(session, subscription_id)
        session.commit()
    is_on = request.method == "GET" and subscription_of(session, subscription_id) is not None
    return render_template("subscriptions/stop.html", is_on=is_on)


@bp.route("/changed/<token>/<int:action_id>", methods=["GET", "POST"])
@public
def judge(token: str, action_id: int) -> ResponseReturnValue:
    """Did it change? Counted once for each subscription, under a hash that leads back to nobody."""
    session = current_session()
    subscription = _subscription(session, Errand.JUDGE, token)
    action = action_or_404(session, action_id)
    if subscription is None or action.consultation_id != subscription.consultation_id:
        raise NotFound(_("This link does not work any more. You can still read the board."))
    given = None
    if request.method == "POST":
        given = _judged(session, action, subscription)
        session.commit()
    version = action.published
    return render_template(
        "subscriptions/judge.html",
        consultation=action.consultation,
        help_nation=action.consultation.service.nation,
        action=action,
        version=version if version and version.changed_on else None,
        token=token,
        given=given,
        verdicts=VERDICT_LABELS,
    )


def _judged(session: Session, action: Action, subscription: Subscription) -> VerdictValue | None:
    sent = request.form.get("verdict", "")
    if sent not in set(VerdictValue):
        return None
    value, why = VerdictValue(sent), request.form.get("why", "")
    voice = _seal().voice(subscription.id)
    return give_verdict_by_subscription(session, action, voice, value, why, now=utc_now()).value


def _subscription(session: Session, errand: Errand, token: str) -> Subscription | None:
    return subscription_of(session, _seal().read_link(errand, token))
