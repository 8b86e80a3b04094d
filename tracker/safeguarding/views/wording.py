"""The wording rules: read, tried, changed, switched off, added to."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.guard import current_person, require
from tracker.accounts.policy import Act
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.safeguarding import operations
from tracker.safeguarding.forms import RuleForm, TryForm, rule_form
from tracker.safeguarding.operations import PhraseTaken, PhraseUnusable
from tracker.safeguarding.policy import CATEGORY_WORDS
from tracker.safeguarding.shipped import shipped
from tracker.safeguarding.views.blueprint import bp
from tracker.safeguarding.wording import rule_or_404, rules_of, wording_of


@bp.route("/staff/safeguarding/wording", methods=["GET", "POST"])
def wording() -> ResponseReturnValue:
    """Every rule of one language; and, posted, which rules a sentence fits."""
    require(Act.SET_SAFEGUARDING)
    session, form = current_session(), TryForm()
    is_tried = form.validate_on_submit()
    language = request.args.get("language", "en")
    if language not in shipped().languages:
        language = "en"
    rules = rules_of(session)
    page = render_template(
        "safeguarding/wording.html",
        form=form,
        is_tried=is_tried,
        matches=wording_of(session).matches([form.sentence.data or ""]) if is_tried else [],
        rules={
            category: [
                each
                for each in rules
                if each.rule.category is category and each.rule.language == language
            ]
            for category in CATEGORY_WORDS
        },
        categories=CATEGORY_WORDS,
        languages=shipped().languages,
        language=language,
        groups=shipped().groups,
    )
    return page, 400 if form.errors else 200


@bp.route("/staff/safeguarding/wording/add", methods=["GET", "POST"])
def add_rule() -> ResponseReturnValue:
    require(Act.SET_SAFEGUARDING)
    session, form = current_session(), rule_form()
    if form.validate_on_submit():
        try:
            operations.add_rule(session, form.draft(), person_id=current_person().id, now=utc_now())
        except (PhraseUnusable, PhraseTaken) as refusal:
            form.phrase.errors = [refusal.message]
        else:
            return _saved(form, "The rule is added. It holds for answers from now on.")
    return render_template("safeguarding/add_rule.html", form=form), 400 if form.errors else 200


@bp.route("/staff/safeguarding/wording/<rule_key>", methods=["GET", "POST"])
def rule(rule_key: str) -> ResponseReturnValue:
    """Change a rule, or switch it off."""
    require(Act.SET_SAFEGUARDING)
    session = current_session()
    listed = rule_or_404(session, rule_key)
    form = rule_form(listed)
    if form.validate_on_submit():
        try:
            operations.change_rule(
                session, listed, form.draft(), person_id=current_person().id, now=utc_now()
            )
        except (PhraseUnusable, PhraseTaken) as refusal:
            form.phrase.errors = [refusal.message]
        else:
            return _saved(form, "The rule is changed. It holds for answers from now on.")
    page = render_template("safeguarding/rule.html", form=form, listed=listed)
    return page, 400 if form.errors else 200


@bp.post("/staff/safeguarding/wording/<rule_key>/restore")
def restore(rule_key: str) -> ResponseReturnValue:
    """Take the organisation's change away."""
    require(Act.SET_SAFEGUARDING)
    session = current_session()
    listed = rule_or_404(session, rule_key)
    operations.restore_rule(session, listed)
    session.commit()
    flash("The rule is removed." if listed.is_own else "The rule is as it was shipped.", "success")
    return redirect(url_for("safeguarding.wording", language=listed.rule.language))


def _saved(form: RuleForm, said: str) -> ResponseReturnValue:
    current_session().commit()
    flash(said, "success")
    return redirect(url_for("safeguarding.wording", language=form.language.data))
