"""Showing a page behind a link, and accepting its form once."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.models import Person
from tracker.actions.models import ActionVersion
from tracker.actions.policy import REASON_LABELS
from tracker.capabilities.boxes import SAID, SHORT
from tracker.capabilities.deeds import deeds_of
from tracker.capabilities.forms import Pause, Sheet, cards_for, choices_after
from tracker.capabilities.links import Link
from tracker.capabilities.notices import (
    confirm,
    tell_handed_over,
    tell_held,
    tell_who_should_answer,
)
from tracker.capabilities.operations import (
    AlreadySent,
    change_answer,
    hand_over_to,
    pause_reminders,
    record_answers,
    suggest_owner,
)
from tracker.capabilities.people import Holder
from tracker.capabilities.policy import LinkState, Verb, VersionState
from tracker.capabilities.queries import cards_of, find_sent_form, standing_of
from tracker.capabilities.typed import Typed, filled_beforehand, kept_words, typed_from
from tracker.errors import LoopkeeperError
from tracker.failpoints import reach

STATUS = {
    LinkState.UNREADABLE: 404,
    LinkState.GONE: 404,
    LinkState.NOT_YOURS: 403,
    LinkState.WITHDRAWN: 410,
    LinkState.EXPIRED: 410,
    LinkState.WORKS: 403,  # the link works, but not for this
}

HEADINGS = {
    VersionState.HELD: "Going on the board",
    VersionState.DRAFT: "A draft",
    VersionState.PUBLISHED: "On the board",
    VersionState.STOPPED: "Stopped",
    VersionState.REPLACED: "Changed since",
}


def page(name: str, link: Link, holder: Holder, **context: Any) -> str:
    """A page with the consultation's standing at its head."""
    return render_template(
        f"capabilities/{name}.html",
        link=link,
        holder=holder,
        standing=standing_of(link.session, holder.consultation, now=link.now),
        when=link.in_words,
        said=SAID,
        reason_labels=REASON_LABELS,
        **context,
    )


def show(
    name: str, link: Link, holder: Holder, sheet: Sheet, **context: Any
) -> ResponseReturnValue:
    """A page with a form, as it was filled in so far; 422 while something is wrong or asked."""
    return page(name, link, holder, sheet=sheet, **context), 200 if sheet.is_sound else 422


def usual(link: Link, holder: Holder, keys: Iterable[str]) -> Typed:
    """What the boxes of these cards hold before anybody types."""
    decided_by = holder.consultation.decided_by or holder.person.job_title
    return filled_beforehand(keys, decided_by=decided_by, today=link.today)


def answers_page(name: str, link: Link, holder: Holder, sheet: Sheet) -> ResponseReturnValue:
    """The page with a card for all that waits (`act`), or a short one for one kind of answer."""
    cards = cards_of(link.session, holder.consultation.id)
    keys = [card.key for card in cards]
    typed: Typed = {}
    if name in SHORT:
        cards, keys = cards_for(SHORT[name], cards), ["one"]
    else:
        for card in cards:
            if card.said_so_far:
                typed |= typed_from(card.key, card.said_so_far.draft, is_chosen=False)
    kept = kept_words(sheet.typed, shown=keys)
    sheet.typed = usual(link, holder, keys) | typed | sheet.typed
    if name in SHORT and len(cards) == 1:
        sheet.picked = frozenset({cards[0].key})
    choices = {card.key: choices_after(card.said_so_far) for card in cards}
    return show(
        name,
        link,
        holder,
        sheet,
        cards=cards,
        deeds=[] if cards else deeds_of(link.session, holder.consultation.id),
        choices=choices,
        kept=kept,
        short=name,
        choice=SHORT.get(name),
    )


def save_answers(
    link: Link, holder: Holder, sheet: Sheet, verb: Verb
) -> ResponseReturnValue | None:
    """Record the answers and tell those concerned; None if the page has to be shown again."""

    def write() -> None:
        versions = record_answers(
            link.session, holder, sheet.form_id, sheet.answers, verb=verb, now=link.now
        )
        tell_held(link.session, link.settings, holder, versions, now=link.now)

    return _once(link, holder, sheet, write)


def save_change(
    link: Link, holder: Holder, sheet: Sheet, version: ActionVersion
) -> ResponseReturnValue | None:
    """Change an answer that isn't public yet and tell those concerned."""

    def write() -> None:
        draft = sheet.answers[0].draft
        newer = change_answer(link.session, holder, sheet.form_id, version, draft, now=link.now)
        tell_held(link.session, link.settings, holder, [newer], now=link.now)

    return _once(link, holder, sheet, write)


def save_pause(
    link: Link, holder: Holder, sheet: Sheet, pause: Pause | None
) -> ResponseReturnValue | None:
    """Put reminders off."""

    def write() -> None:
        assert pause is not None  # noqa: S101  (a sound sheet has one)
        form = pause_reminders(
            link.session,
            holder,
            sheet.form_id,
            pause.case,
            pause.until_on,
            pause.reason,
            now=link.now,
        )
        confirm(link.session, link.settings, holder, form, now=link.now)

    return _once(link, holder, sheet, write)


def save_successor(
    link: Link, holder: Holder, sheet: Sheet, to: Person | None, words: str
) -> ResponseReturnValue | None:
    """Hand over and tell those concerned; or pass on who else should answer."""

    def write() -> None:
        session, settings, now = link.session, link.settings, link.now
        if to is not None:
            form = hand_over_to(session, holder, sheet.form_id, to, now=now)
            tell_handed_over(session, settings, holder, form, now=now)
        else:
            form = suggest_owner(session, holder, sheet.form_id, now=now)
            tell_who_should_answer(session, settings, holder, words, str(sheet.form_id), now=now)
        confirm(session, settings, holder, form, now=now)

    return _once(link, holder, sheet, write)


def _once(
    link: Link, holder: Holder, sheet: Sheet, write: Callable[[], None]
) -> ResponseReturnValue | None:
    """Run `write` for a sound sheet and commit; a form accepted before is not even checked again."""
    accepted = redirect(link.to("done", form_id=sheet.form_id), 303)
    if find_sent_form(link.session, holder, sheet.form_id) is not None:
        return accepted
    if not sheet.is_sound:
        return None
    try:
        write()
        reach("capability.done")
        link.session.commit()
        reach("capability.committed")
    except AlreadySent:
        link.session.rollback()
    except LoopkeeperError as refusal:
        link.session.rollback()
        sheet.errors["form"] = refusal.message
        return None
    return accepted
