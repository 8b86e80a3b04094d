"""The form page, printed once for everybody: only the submission id and the seal are made anew."""

from collections.abc import Callable, Mapping
from uuid import uuid4

from flask import Response, current_app, make_response, request

from tracker.abuse.policy import Kind, Seal, make_seal
from tracker.clock import utc_now
from tracker.languages import current_language
from tracker.languages.pages import PARAMETER, kept_language
from tracker.surveys.models import Survey
from tracker.web.kept import Fill, KeptPages
from tracker.web.printing import slot

SLOTS = ("submission_id", "seal")

# Renders the page with these values in its slots.
Render = Callable[[Mapping[str, str]], str]


def kept_form(survey: Survey, render: Render) -> Response:
    """A copy of the survey's form, printed by `render` unless that was done a moment ago."""
    settings = current_app.config["LOOPKEEPER"]
    fill = _marks(settings.derived_key("seal"))
    if not set(request.args) <= {PARAMETER}:
        return make_response(render(fill()))  # an address like no other: not worth keeping
    pages: KeptPages = current_app.extensions["loopkeeper.kept_pages"]
    name = (survey.code, current_language(), kept_language(), request.query_string)
    page = pages.page(name, SLOTS, lambda: render({name: slot(name) for name in SLOTS}))
    pages.offer(page, fill)
    return make_response(page.copy(fill()))


def _marks(key: str) -> Fill:
    def fresh() -> dict[str, str]:
        submission_id = uuid4()
        seal = make_seal(submission_id, Seal(Kind.FORM, utc_now()), key)
        return {"submission_id": str(submission_id), "seal": seal}

    return fresh
