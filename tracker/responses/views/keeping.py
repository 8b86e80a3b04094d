"""What the two busiest pages keep in memory for a second: the survey, its form, its thanks.

The form is printed once for everybody, with the submission id and the seal made anew for each; the
thanks with the four words of a receipt. Nothing that anybody typed is ever kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from flask import Response, current_app, g, make_response, request
from sqlalchemy.orm import Session

from tracker.abuse.policy import Kind, Seal, make_seal
from tracker.clock import utc_now
from tracker.db import reading
from tracker.languages import current_language
from tracker.languages.pages import PARAMETER, kept_language
from tracker.services.models import Organisation
from tracker.surveys.models import Survey
from tracker.surveys.queries import survey_by_code
from tracker.surveys.views.easy_read import looks
from tracker.web.kept import Fill, KeptPages
from tracker.web.printing import PrintedPage, slot

_OF_A_FORM = ("submission_id", "seal")

# Renders a page with these values in its slots.
Render = Callable[[Mapping[str, str]], str]


def _pages() -> KeptPages:
    pages: KeptPages = current_app.extensions["loopkeeper.kept_pages"]
    return pages


@dataclass(frozen=True)
class KeptSurvey:
    """A survey and its organisation as they were a second ago at most: everybody's, only to be read.

    They belong to no session, so sending an answer begins no transaction before there is something
    to store. An answer that comes in a second after a consultation was withdrawn is still taken.
    """

    survey: Survey
    organisation: Organisation

    def of(self, session: Session) -> Survey:
        """The survey in this session, where it behaves as if it had just been read: for pages."""
        # A session forgets what nobody holds.
        g.organisation = session.merge(self.organisation, load=False)
        return session.merge(self.survey, load=False)


def kept_survey(session: Session, code: str) -> KeptSurvey | None:
    """The survey at this address, if there is one."""
    name = "survey", code
    kept: KeptSurvey | None = _pages().beside.get(name)
    if kept is None:
        with reading(), Session(session.get_bind()) as own:
            survey, organisation = survey_by_code(own, code), own.get(Organisation, 1)
        if survey is None or organisation is None:
            return None
        kept = KeptSurvey(survey, organisation)
        _pages().beside.put(name, kept)
    return kept


def kept_form(survey: Survey, render: Render) -> Response:
    """A copy of the survey's form, printed by `render` unless that was done a moment ago."""
    fill = _marks(current_app.config["LOOPKEEPER"].derived_key("seal"))
    if not set(request.args) <= {PARAMETER}:
        return make_response(render(fill()))  # an address like no other: not worth keeping
    page = _printed(("form", survey.code, request.query_string), _OF_A_FORM, render)
    _pages().offer(page, fill)
    return _copy(page, fill())


def kept_thanks(words: Sequence[str], *, is_new: bool, render: Render) -> Response:
    """A copy of the page that follows an answer, with the words of its receipt."""
    slots = [f"word-{number}" for number in range(len(words))]
    page = _printed(("thanks", request.path, is_new, len(words), looks()), slots, render)
    return _copy(page, dict(zip(slots, words, strict=True)))


def _printed(name: tuple[object, ...], slots: Sequence[str], render: Render) -> PrintedPage:
    spoken = current_language(), kept_language()
    return _pages().page(
        (*name, *spoken), slots, lambda: render({name: slot(name) for name in slots})
    )


def _copy(page: PrintedPage, values: Mapping[str, str]) -> Response:
    if request.accept_encodings["gzip"] > 0:
        copy = make_response(page.compressed_copy(values))
        copy.headers["Content-Encoding"] = "gzip"
    else:
        copy = make_response(page.copy(values))
    copy.vary.add("Accept-Encoding")
    return copy


def _marks(key: str) -> Fill:
    def fresh() -> dict[str, str]:
        submission_id = uuid4()
        seal = make_seal(submission_id, Seal(Kind.FORM, utc_now()), key)
        return {"submission_id": str(submission_id), "seal": seal}

    return fresh
