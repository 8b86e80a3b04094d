"""The model's tick: a full look at everything, by the rules of the domain, and the post of one moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.machine.cadence import Dates, Step, steps_of
from tests.machine.mending import mend
from tests.machine.model import A_DAY, Model, end_of, start_of
from tests.machine.people import ZONE, Case, Consultation, Deed, Mail, Person, Reminder
from tracker.working_days import Nation, is_working_day

BATCH = 20
OF_CLOSING = ("untold", "no_answers")


def tick(model: Model) -> None:
    """Everything that the clock does at one moment."""
    mend(model)
    for consultation in model.consultations:
        if consultation.is_open and consultation.closes_on < model.today:
            consultation.closed_at = min(model.now, end_of(consultation.closes_on))
    for version in (v for c in model.consultations for d in c.deeds for v in d.versions):
        if version.waits and version.publishes_at and version.publishes_at <= model.now:
            version.published_at = model.now
    look(model)
    gather(model)
    while model.is_sending and _post_batch(model):
        pass
    for reminder in model.reminders:
        reminder.queued_at = reminder.queued_at or model.now
        if reminder.state != "waiting":
            reminder.decided_at = reminder.decided_at or model.now
    model.ticked_at = model.now


# --- Which cases there are ---


def look(model: Model) -> None:
    """Close and open cases, then write down what each is owed today."""
    for consultation in model.consultations:
        own = [case for case in model.cases if case.of is consultation]
        for case in own:
            if not case.closed and (why := why_over(model, case)):
                _close(case, why)
        opened = {(case.kind, case.deed) for case in own if not case.closed}
        for kind, deed, at in _called_for(model, consultation, own):
            if (kind, deed) not in opened:
                model.cases.append(Case(kind, consultation, deed, at))
    for case in model.cases:
        if not case.closed and not _is_held(case):
            _queue(model, case)


def _close(case: Case, why: str) -> None:
    case.closed = why
    for reminder in case.reminders:
        if reminder.state == "waiting":
            _settle(reminder, "cancelled", why)


def why_over(model: Model, case: Case) -> str:
    consultation = case.of
    if case.deed is not None and not consultation.is_withdrawn:
        return _why_deed_over(case, case.deed)
    closed_at = consultation.closed_at
    if case.kind in OF_CLOSING and closed_at and case.opened_at < closed_at:
        return "closed anew"
    return why_none(model, consultation, case.kind)


def why_none(model: Model, consultation: Consultation, kind: str) -> str:
    """Why this consultation calls for no such case; empty if it does."""
    if consultation.is_withdrawn:
        return "withdrawn"
    if consultation.is_closed and closed_on(consultation) < model.goes_live_on:
        return "before go-live"
    if kind == "orphan":
        if consultation.owner.is_reachable:
            return "owned"
        return "told" if consultation.is_closed and consultation.is_told else ""
    if consultation.is_open:
        return "open again"
    if kind == "no_answers":
        return "answered" if consultation.answered else ""
    return "told" if consultation.is_told else "" if consultation.answered else "empty"


def _why_deed_over(case: Case, deed: Deed) -> str:
    if case.kind == "late_action":
        if deed.date_since is None:
            return "outcome"
        return "" if deed.date_since == case.opened_at else "new date"
    if deed.denial is None:
        return "answered anew"
    # The same day in another time zone is the same day still.
    same = abs(start_of(deed.denial.on) - case.opened_at) <= timedelta(hours=22)
    return "" if same else "denied anew"


def _called_for(
    model: Model, consultation: Consultation, own: list[Case]
) -> Iterator[tuple[str, Deed | None, datetime]]:
    for kind in ("untold", "no_answers", "orphan"):
        if not why_none(model, consultation, kind):
            yield kind, None, _starts_at(model, consultation, own, kind)
    is_chased = not consultation.is_closed or closed_on(consultation) >= model.goes_live_on
    if not is_chased or consultation.is_withdrawn:
        return
    for deed in consultation.deeds:
        if deed.date_since:
            yield "late_action", deed, deed.date_since
        if deed.denial:
            yield "said_no", deed, start_of(deed.denial.on)


def _starts_at(model: Model, consultation: Consultation, own: list[Case], kind: str) -> datetime:
    closed_at = consultation.closed_at
    if kind == "orphan" or closed_at is None:
        return model.now
    had_one = any(case.kind == kind and case.opened_at >= closed_at for case in own)
    return max(model.now, closed_at) if had_one else closed_at


def closed_on(consultation: Consultation) -> date:
    assert consultation.closed_at is not None
    day = consultation.closed_at.astimezone(ZoneInfo(ZONE)).date()
    return min(day, consultation.closes_on)


# --- What a case is owed ---


def steps(model: Model, case: Case) -> list[Step]:
    consultation = case.of
    start = case.opened_at.astimezone(ZoneInfo(ZONE)).date()
    promise = consultation.promise_on
    if case.kind in OF_CLOSING and consultation.closed_at is not None:
        if case.opened_at > consultation.closed_at:
            promise = max(promise, start + timedelta(days=28))
        else:
            start = closed_on(consultation)
    public = case.deed.public if case.deed else None
    dates = Dates(
        start=start,
        promise=promise,
        due=public.due_on if public else None,
        snoozed_until=max(case.snoozes, default=None),
        nation=consultation.service.nation,
    )
    return list(steps_of(model.cadence(consultation.service).table[case.kind], dates, model.today))


def unsettled(model: Model, case: Case, today: date = date.max) -> list[Step]:
    """The steps of which nothing final is known. What was dropped comes again only on a later day."""
    every = steps(model, case)
    return [step for step in every if not any(map(_settles(step, today), case.reminders))]


@dataclass(frozen=True)
class _settles:  # noqa: N801  (it is used as a verb)
    step: Step
    today: date

    def __call__(self, known: Reminder) -> bool:
        if known.step != self.step.line.step or known.state == "waiting":
            return False
        if self.step.line.every and (known.due_on - self.today).days > 1:
            return known.due_on == self.step.on  # sent by a clock that ran ahead
        if known.state == "sent" and not self.step.line.every:
            return True
        return known.due_on >= self.step.day


def recipients(model: Model, case: Case, step: Step) -> list[Person]:
    service = case.of.service
    by_letter = {
        "o": [case.of.owner],
        "d": sorted(service.deputies, key=lambda person: person.number),
        "c": [service.contact],
        "l": model.leads,
    }
    to = [person for letter in step.line.to for person in by_letter[letter]]
    if not any(person.is_reachable for person in to):
        to += [person for letter in step.line.instead for person in by_letter[letter]]
    to += [person for letter in step.line.copy for person in by_letter[letter]]
    return list(dict.fromkeys(to))


def _is_held(case: Case) -> bool:
    return case.kind != "orphan" and case.of.waits_for_mail


def _queue(model: Model, case: Case) -> None:
    due = [step for step in unsettled(model, case, model.today) if step.on <= model.today]
    highest = max(due, key=lambda step: (step.rank, step.day), default=None)
    to = recipients(model, case, highest) if highest else []
    if highest is None or not to:
        return
    waiting = _bring_into_line(model, case, highest)
    for person in to:
        if person not in waiting:
            _write(model, case, highest, person, "" if person.is_reachable else "unreachable")
    passed_over = [step for step in due if step != highest]
    for step, person in ((s, p) for s in passed_over for p in recipients(model, case, s)):
        _write(model, case, step, person, "overtaken")


def _bring_into_line(model: Model, case: Case, highest: Step) -> set[Person]:
    """Who waits for this step already, on the day it has now. What waits of other steps is overtaken."""
    waiting = [reminder for reminder in case.reminders if reminder.state == "waiting"]
    same = [reminder for reminder in waiting if step_of(model, reminder) == highest]
    for reminder in waiting:
        if reminder not in same:
            _settle(reminder, "skipped", "overtaken")
        elif not _is_known(case, highest, reminder.to):
            reminder.due_on = highest.on
    return {reminder.to for reminder in same}


def _write(model: Model, case: Case, step: Step, to: Person, why: str) -> None:
    """One reminder, unless there has ever been one with the same key."""
    if _is_known(case, step, to):
        return
    reminder = Reminder(case, step.line.step, to, step.on, "skipped" if why else "waiting", why)
    case.reminders.append(reminder)
    model.reminders.append(reminder)


def _is_known(case: Case, step: Step, to: Person) -> bool:
    key = (step.line.step, to, step.on)
    return any((r.step, r.to, r.due_on) == key for r in case.reminders)


def step_of(model: Model, reminder: Reminder) -> Step | None:
    """The step that a reminder is for, as it stands now; of one that comes again the last begun."""
    same = [s for s in steps(model, reminder.case) if s.line.step == reminder.step]
    begun = [step for step in same if step.day <= reminder.due_on]
    return next(iter(begun[-1:] or same[:1]), None)


def _settle(reminder: Reminder, state: str, why: str) -> None:
    reminder.state, reminder.why = state, why
    if reminder.mail:
        reminder.mail.reminders.remove(reminder)
        reminder.mail = None


# --- One mail a day ---


def opens_next(now: datetime, nation: Nation, *, not_today: bool = False) -> datetime:
    """The next moment within the hours for sending."""
    local = now.astimezone(ZoneInfo(ZONE))
    if not not_today and in_hours(now) and is_working_day(local.date(), nation):
        return now
    day = local.date() + A_DAY * not_today
    while not is_working_day(day, nation) or start_of(day, time(9)) <= now:
        day += A_DAY
    return start_of(day, time(9))


def in_hours(now: datetime) -> bool:
    return 9 <= now.astimezone(ZoneInfo(ZONE)).hour < 16


def had_one_today(model: Model, person: Person, but: Mail | None = None) -> bool:
    return any(m.to is person and m.day == model.today and m is not but for m in model.mails)


def gather(model: Model) -> None:
    """Every waiting reminder has a mail; a mail that has none left is dropped."""
    unsent = {m.to: m for m in model.mails if m.state == "waiting" and not m.is_notice}
    for reminder in model.reminders:
        if reminder.state != "waiting" or reminder.mail:
            continue
        nation = reminder.case.of.service.nation
        late = had_one_today(model, reminder.to)
        at = opens_next(model.now, nation, not_today=late)
        mail = unsent.get(reminder.to)
        if mail is None:
            mail = unsent[reminder.to] = Mail(len(model.mails), reminder.to, at, model.now)
            model.mails.append(mail)
        mail.not_before = min(mail.not_before, at)
        reminder.mail = mail
        mail.reminders.append(reminder)
    for mail in model.mails:
        if mail.state == "waiting" and not mail.is_notice and not mail.reminders:
            mail.state = "cancelled"


def _post_batch(model: Model) -> bool:
    """The last look at up to twenty mails that are ready, and their sending; False if none is left."""
    ready = [m for m in model.mails if m.state == "waiting" and _is_time(model, m)]
    if not in_hours(model.now):
        ready = [mail for mail in ready if mail.is_notice]
    batch = sorted(ready, key=lambda m: (m.not_before, m.number))[:BATCH]
    leaving = [mail for mail in batch if _may_leave(model, mail)]
    for mail in leaving:
        _hand_over(model, mail)
    return bool(batch) and (model.is_server_up or not leaving)


def _is_time(model: Model, mail: Mail) -> bool:
    """What would wait for weeks was written by a clock that ran ahead."""
    return not model.now < mail.not_before <= model.now + timedelta(days=62)


def _may_leave(model: Model, mail: Mail) -> bool:
    if mail.is_notice:
        if not mail.to.is_reachable:
            mail.state = "cancelled"
        return mail.to.is_reachable
    held = [reminder for reminder in list(mail.reminders) if _is_held_back(model, reminder)]
    going = [reminder for reminder in mail.reminders if reminder not in held]
    if not going:
        mail.state = "waiting" if held else "cancelled"
        mail.not_before = model.now + timedelta(hours=1)
        return False
    if had_one_today(model, mail.to, mail):
        nation = going[0].case.of.service.nation
        mail.not_before = opens_next(model.now, nation, not_today=True)
        return False
    for reminder in held:
        reminder.mail = None
        mail.reminders.remove(reminder)
    return True


def _is_held_back(model: Model, reminder: Reminder) -> bool:
    """Whether it has to wait; one that isn't true any more is cancelled here."""
    case, step = reminder.case, step_of(model, reminder)
    if why := _why_untrue(model, reminder, step):
        _settle(reminder, "cancelled", why)
        return False
    assert step is not None
    waits = step.on > model.today or not is_working_day(model.today, case.of.service.nation)
    if _is_held(case) or waits:
        return True
    if case.of.owner_acted(model.now):
        _settle(reminder, "cancelled", "acted")
    return False


def _why_untrue(model: Model, reminder: Reminder, step: Step | None) -> str:
    case = reminder.case
    if why := case.closed or why_over(model, case):
        return why
    if not reminder.to.is_reachable:
        return "unreachable"
    if step is not None and reminder.to not in recipients(model, case, step):
        return "somebody else"
    if step is None:
        return "no such step"
    return "date moved" if step.day > max(model.today, reminder.due_on) else ""


def _hand_over(model: Model, mail: Mail) -> None:
    if not model.is_server_up:
        mail.not_before = model.now + timedelta(minutes=5)
    elif mail.to.is_dead:
        mail.state, mail.to.has_bounced = "failed", True
        for reminder in mail.reminders:
            reminder.state, reminder.why = "cancelled", "undeliverable"
    else:
        mail.state, mail.sent_at = "sent", model.now
        if not mail.is_notice:
            mail.day = model.today
        for reminder in mail.reminders:
            reminder.state = "sent"
