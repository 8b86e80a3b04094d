"""The pages behind the links in mails: the owner's job done without a sign-in.

GET and HEAD change nothing: mail scanners open every link. A person presses a button, and the form
carries an id that makes pressing it twice harmless.
"""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import public
from tracker.capabilities import operations
from tracker.capabilities.boxes import PAUSE, SUCCESSOR
from tracker.capabilities.deeds import deeds_of, putting_back, taking_back
from tracker.capabilities.forms import (
    Sheet,
    choices_after,
    is_pressed,
    read_change,
    read_pause,
    read_picked,
    read_sheet,
    read_successor,
)
from tracker.capabilities.links import LinkDoesNotWork, open_link, open_working_link
from tracker.capabilities.notices import (
    send_fresh_link,
    tell_held,
    tell_stopped,
    tell_taken_back,
)
from tracker.capabilities.pages import (
    HEADINGS,
    STATUS,
    answers_page,
    page,
    save_answers,
    save_change,
    save_pause,
    save_successor,
    show,
    usual,
)
from tracker.capabilities.people import people_to_hand_over_to, people_told_of_stop
from tracker.capabilities.policy import LinkState, Verb
from tracker.capabilities.queries import (
    cards_of,
    pausable_cases,
    sent_form_or_404,
    standing_of,
    state_of,
    version_or_404,
)
from tracker.capabilities.typed import kept_words, typed_from, typed_in
from tracker.failpoints import reach
from tracker.reminders.cadences import cadences
from tracker.reminders.policy import times_in_words

bp = Blueprint("capabilities", __name__, url_prefix="/do")


@bp.after_request
def _keep_to_yourself(response: Response) -> Response:
    """The address itself is the key: it must not be kept, passed on or found."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.errorhandler(LinkDoesNotWork)
def _explain(refusal: LinkDoesNotWork) -> ResponseReturnValue:
    link, holder = refusal.link, refusal.link.holder
    standing, deeds = None, []
    if holder is not None and holder.verbs:
        standing = standing_of(link.session, holder.consultation, now=link.now)
        deeds = deeds_of(link.session, holder.consultation.id)
    explained = render_template(
        "capabilities/explained.html",
        link=link,
        holder=holder,
        standing=standing,
        deeds=deeds,
        when=link.in_words,
        kept=kept_words(typed_in(request.form), shown=()),
    )
    return explained, STATUS[link.state]


@bp.route("/<token>", methods=["GET", "POST"])
@public
def act(token: str) -> ResponseReturnValue:
    """Say what happened to each theme."""
    link, holder = open_working_link(token, Verb.RECORD if request.method == "POST" else None)
    if request.method != "POST":
        return answers_page("act", link, holder, Sheet())
    cards = cards_of(link.session, holder.consultation.id)
    sheet = read_sheet(cards, request.form, link.today)
    return save_answers(link, holder, sheet, Verb.RECORD) or answers_page(
        "act", link, holder, sheet
    )


@bp.route("/<token>/cannot", methods=["GET", "POST"])
@public
def cannot(token: str) -> ResponseReturnValue:
    """Say that something can't be done, and why."""
    return _short_answer(token, Verb.CANNOT)


@bp.route("/<token>/until", methods=["GET", "POST"])
@public
def until(token: str) -> ResponseReturnValue:
    """Say by when something will be done."""
    return _short_answer(token, Verb.UNTIL)


def _short_answer(token: str, verb: Verb) -> ResponseReturnValue:
    link, holder = open_working_link(token, verb)
    if request.method != "POST":
        return answers_page(verb.value, link, holder, Sheet())
    cards = cards_of(link.session, holder.consultation.id)
    sheet = read_picked(cards, request.form, verb, link.today)
    return save_answers(link, holder, sheet, verb) or answers_page(verb.value, link, holder, sheet)


@bp.route("/<token>/snooze", methods=["GET", "POST"])
@public
def snooze(token: str) -> ResponseReturnValue:
    """Put the reminders off for a while, with a reason."""
    link, holder = open_working_link(token, Verb.SNOOZE)
    cadence = cadences(link.session).of(holder.consultation.service_id)
    cases = pausable_cases(link.session, holder.consultation.id, cadence, now=link.now)
    sheet = Sheet()
    if request.method == "POST":
        sheet, pause = read_pause(request.form, cases)
        if sent := save_pause(link, holder, sheet, pause):
            return sent
    pauses = [case for case in cases if not (case.is_spent or case.is_late)]
    return show(
        "snooze",
        link,
        holder,
        sheet,
        boxes=PAUSE,
        pauses=pauses,
        is_late=any(case.is_late for case in cases),
        is_spent=any(case.is_spent for case in cases),
        longest=cadence.snooze_days,
        often=times_in_words(cadence.snoozes_per_case),
        latest=link.today + timedelta(days=cadence.snooze_days),
    )


@bp.route("/<token>/hand-over", methods=["GET", "POST"])
@public
def hand_over(token: str) -> ResponseReturnValue:
    """Give it to another of the service's people, or say who else should have it."""
    link, holder = open_working_link(token, Verb.HAND_OVER)
    people = people_to_hand_over_to(holder.consultation)
    sheet = Sheet()
    if request.method == "POST":
        sheet, to, words = read_successor(request.form, people)
        if sent := save_successor(link, holder, sheet, to, words):
            return sent
    return show("hand_over", link, holder, sheet, people=people, box=SUCCESSOR)


@bp.get("/<token>/done/<uuid:form_id>")
@public
def done(token: str, form_id: UUID) -> ResponseReturnValue:
    """What came of a form that was sent. Readable even when it was the link's last act."""
    link = open_link(token)
    if link.holder is None:
        raise LinkDoesNotWork(link)
    form = sent_form_or_404(link.session, link.holder, form_id)
    consultation = link.holder.consultation
    return page(
        "done",
        link,
        link.holder,
        form=form,
        owed=len(cards_of(link.session, consultation.id)),
        undo=taking_back(link.session, consultation, form, now=link.now),
    )


@bp.post("/<token>/done/<uuid:form_id>/take-back")
@public
def take_back(token: str, form_id: UUID) -> ResponseReturnValue:
    """Take back a pause, a hand-over or a request. Where that can't be any more, the page says why."""
    link = open_link(token)
    if link.holder is None or not link.is_still_somebodys:
        raise LinkDoesNotWork(link)
    form = sent_form_or_404(link.session, link.holder, form_id)
    if is_pressed(request.form) and operations.take_back(
        link.session, link.holder, form, now=link.now
    ):
        tell_taken_back(link.session, link.holder, form, now=link.now)
        reach("capability.take back.done")
        link.session.commit()
        reach("capability.take back.committed")
    return redirect(link.to("done", form_id=form_id), 303)


@bp.get("/<token>/pending/<int:version_id>")
@public
def pending(token: str, version_id: int) -> ResponseReturnValue:
    """One answer that isn't on the board yet: when it will be, and the buttons to stop or change it."""
    link, holder = open_working_link(token)
    version = version_or_404(link.session, holder.consultation.id, version_id)
    state = state_of(version)
    return page(
        "pending",
        link,
        holder,
        version=version,
        state=state,
        heading=HEADINGS[state],
        told=people_told_of_stop(holder.consultation, version),
        newest=version.action.latest,
        undo=putting_back(link.session, holder, version, now=link.now),
    )


@bp.post("/<token>/pending/<int:version_id>/stop")
@public
def stop(token: str, version_id: int) -> ResponseReturnValue:
    """Keep an answer off the board. What is on it already stays; the page says so."""
    link, holder = open_working_link(token, Verb.STOP)
    version = version_or_404(link.session, holder.consultation.id, version_id)
    if is_pressed(request.form) and operations.stop_answer(
        link.session, holder, version, now=link.now
    ):
        tell_stopped(link.session, link.settings, holder, version, now=link.now)
        reach("capability.stop.done")
        link.session.commit()
        reach("capability.stop.committed")
    return redirect(link.to("pending", version_id=version_id), 303)


@bp.post("/<token>/pending/<int:version_id>/put-back")
@public
def put_back(token: str, version_id: int) -> ResponseReturnValue:
    """Let an answer go on the board after all, that one has stopped."""
    link, holder = open_working_link(token, Verb.STOP)
    version = version_or_404(link.session, holder.consultation.id, version_id)
    if not is_pressed(request.form):
        return redirect(link.to("pending", version_id=version_id), 303)
    newer = operations.put_back(link.session, holder, version, now=link.now)
    if newer is None:
        return redirect(link.to("pending", version_id=version_id), 303)
    tell_held(link.session, link.settings, holder, [newer], now=link.now)
    reach("capability.put back.done")
    link.session.commit()
    reach("capability.put back.committed")
    return redirect(link.to("pending", version_id=newer.id), 303)


@bp.route("/<token>/pending/<int:version_id>/change", methods=["GET", "POST"])
@public
def change(token: str, version_id: int) -> ResponseReturnValue:
    """Put other words in the place of an answer that isn't on the board yet."""
    link, holder = open_working_link(token, Verb.CHANGE)
    version = version_or_404(link.session, holder.consultation.id, version_id)
    sheet = Sheet(usual(link, holder, ["one"]) | typed_from("one", version.draft))
    if request.method == "POST":
        sheet = read_change(request.form, version, link.today)
        if sent := save_change(link, holder, sheet, version):
            return sent
    choices = choices_after(version.action.published)
    return show("change", link, holder, sheet, version=version, choices=choices)


@bp.post("/<token>/fresh-link")
@public
def fresh_link(token: str) -> ResponseReturnValue:
    """Send a fresh link to the address this one was sent to. The same words whatever comes of it."""
    link = open_link(token)
    if not is_pressed(request.form):
        if link.state is LinkState.WORKS:
            return redirect(link.to("act"), 303)
        raise LinkDoesNotWork(link)
    if link.holder is not None:
        send_fresh_link(link.session, link.settings, link.holder, now=link.now)
        reach("capability.fresh.done")
        link.session.commit()
        reach("capability.fresh.committed")
    return render_template("capabilities/fresh_link.html", link=link)
