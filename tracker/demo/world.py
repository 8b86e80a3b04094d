"""What the people of the demo can do, each deed through the operations that the pages use."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from tracker.accounts.models import Person
from tracker.accounts.operations import PersonDraft, add_person
from tracker.accounts.policy import RoleName
from tracker.actions.models import Action
from tracker.actions.operations import publish, record_action, revise_action
from tracker.actions.policy import ActionDraft
from tracker.clock import local_date
from tracker.consultations.models import Consultation
from tracker.consultations.operations import create_consultation, details_of, edit_consultation
from tracker.consultations.policy import Anonymity, LawfulBasis
from tracker.languages import ENGLISH
from tracker.opening.operations import open_consultation
from tracker.responses.models import SetAsideReason, Source, SurveyResponse
from tracker.responses.operations import set_aside, submit_response
from tracker.services.models import Organisation, Service
from tracker.services.operations import ServiceDraft, create_service
from tracker.surveys.easy_read import Easy
from tracker.surveys.models import Survey
from tracker.surveys.operations import add_question, add_survey, set_easy_read
from tracker.surveys.policy import QuestionDraft
from tracker.surveys.question_types import QUESTION_TYPES, AnswerValue
from tracker.themes.models import Theme
from tracker.themes.operations import add_theme, code_responses
from tracker.working_days import Nation

DATA = Path(__file__).parent / "data"
ZONE = "Europe/London"


def kiosk_token(key: str) -> str:
    """What stands in the address of the demo's kiosk: the same each time, and nobody can guess it."""
    return hmac.new(key.encode(), b"kiosk", sha256).hexdigest()[:24]


def read_data(name: str) -> Any:
    """One of the demo's data files."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Ask:
    """One question, with what its author typed into the builder."""

    kind: str
    text: str
    typed: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    hint: str = ""
    easy: Mapping[str, Easy] = field(default_factory=dict)  # as in `surveys.easy_read`


@dataclass
class World:
    """The demo's database and what has been made in it so far, by the keys of the data files."""

    session: Session
    receipts_key: str
    people: dict[str, Person] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def found(self, data: Mapping[str, Any], password: str, goes_live_on: date) -> None:
        """Make the organisation, its people (all with one password, given as its hash) and services."""
        named = data["organisation"]
        self.session.add(
            Organisation(
                id=1,
                name=named["name"],
                nation=Nation(named["nation"]),
                time_zone=ZONE,
                goes_live_on=goes_live_on,
                is_demo=True,
            )
        )
        for row in data["people"]:
            draft = PersonDraft(
                name=row["name"],
                email=f"{row['key']}@demo.example",
                job_title=row["job_title"],
                roles=frozenset(RoleName(role) for role in row["roles"]),
            )
            self.people[row["key"]] = add_person(self.session, draft)
            self.people[row["key"]].password = password
        self.session.flush()
        for row in data["services"]:
            self.services[row["key"]] = create_service(self.session, self._service(row))

    def _service(self, row: Mapping[str, Any]) -> ServiceDraft:
        return ServiceDraft(
            name=row["name"],
            about=row["about"],
            nation=Nation.ENGLAND,
            owner_id=self.people[row["owner"]].id,
            escalation_contact_id=self.people[row["contact"]].id,
            deputy_ids=frozenset(self.people[key].id for key in row["deputies"]),
        )

    def draft(
        self, service: str, title: str, words: Mapping[str, Any], *, now: datetime
    ) -> Consultation:
        """A consultation with `words` filled in and nothing else."""
        owner = self.services[service].owner
        assert owner is not None  # noqa: S101  (every service of the demo has one)
        made = create_consultation(
            self.session, self.services[service], title=title, person_id=owner.id, now=now
        )
        details = replace(details_of(made), **words)
        edit_consultation(self.session, made, details, person_id=owner.id, now=now)
        made.is_synthetic = True
        return made

    def ask(
        self,
        service: str,
        title: str,
        words: Mapping[str, Any],
        questions: Sequence[Ask],
        *,
        for_days: int,
        ages: Sequence[str],
        now: datetime,
    ) -> Survey:
        """A consultation with one survey, open from `now` for so many days."""
        survey = self.prepare(
            service, title, words, questions, for_days=for_days, ages=ages, now=now
        )
        self.open(survey, now=now)
        return survey

    def prepare(
        self,
        service: str,
        title: str,
        words: Mapping[str, Any],
        questions: Sequence[Ask],
        *,
        for_days: int,
        ages: Sequence[str],
        now: datetime,
    ) -> Survey:
        """A consultation with one survey that may open, but hasn't yet."""
        made = self.draft(service, title, words, now=now)
        person_id = made.owner_id or 0
        closes_on = local_date(now, ZONE) + timedelta(days=for_days)
        details = replace(
            details_of(made),
            closes_on=closes_on,
            promise_on=closes_on + timedelta(days=84),
            retention_on=closes_on + timedelta(days=730),
            ladder="swindon",
            level="consultation",
            anonymity=Anonymity.ANONYMOUS,
            lawful_basis=LawfulBasis.PUBLIC_TASK,
            help_page="england",
            age_bands=tuple(ages),
        )
        edit_consultation(self.session, made, details, person_id=person_id, now=now)
        survey = add_survey(self.session, made, title, person_id=person_id, now=now)
        self.add_questions(survey, questions, now=now)
        return survey

    def add_questions(self, survey: Survey, questions: Sequence[Ask], *, now: datetime) -> None:
        person_id = survey.consultation.owner_id or 0
        for asked in questions:
            draft = QuestionDraft(
                asked.text,
                hint=asked.hint,
                is_required=asked.is_required,
                settings=QUESTION_TYPES[asked.kind].read_settings(asked.typed, {}),
            )
            added = add_question(
                self.session, survey, asked.kind, draft, person_id=person_id, now=now
            )
            if asked.easy:
                set_easy_read(self.session, added, asked.easy, person_id=person_id, now=now)

    def open(self, survey: Survey, *, now: datetime) -> None:
        """Begin to ask what a survey's consultation has prepared."""
        made = survey.consultation
        open_consultation(self.session, made, person_id=made.owner_id or 0, now=now)

    def answer(
        self,
        survey: Survey,
        values: Mapping[str, AnswerValue],
        *,
        now: datetime,
        source: Source = Source.PHONE,
        language: str = ENGLISH,
    ) -> SurveyResponse:
        """One response; empty answers are left out."""
        given = {key: value for key, value in values.items() if value not in ("", [])}
        sent = submit_response(
            self.session,
            survey,
            given,
            submission_id=uuid4(),
            key=self.receipts_key,
            now=now,
            source=source,
            language=language,
        )
        return sent.response

    def name_themes(
        self, consultation: Consultation, statements: Sequence[str], *, now: datetime
    ) -> list[Theme]:
        person_id = consultation.owner_id or 0
        return [
            add_theme(self.session, consultation, words, person_id=person_id, now=now)
            for words in statements
        ]

    def hear(self, response: SurveyResponse, themes: Sequence[Theme], *, now: datetime) -> None:
        """Code a response to its themes, or set it aside where it fits none."""
        person_id = response.consultation.owner_id or 0
        if themes:
            code_responses(self.session, [response], themes, person_id=person_id, now=now)
        else:
            set_aside(self.session, response, SetAsideReason.BLANK, person_id=person_id, now=now)

    def decide(self, themes: Sequence[Theme], draft: ActionDraft, *, now: datetime) -> Action:
        """Record an action about themes and publish it at once."""
        consultation = themes[0].consultation
        person_id = consultation.owner_id or 0
        version = record_action(
            self.session, consultation, themes, draft, person_id=person_id, now=now
        )
        publish(self.session, version, person_id=person_id, now=now)
        return version.action

    def decide_anew(self, action: Action, draft: ActionDraft, *, now: datetime) -> None:
        """Say something newer about an action, and publish that."""
        person_id = action.consultation.owner_id or 0
        version = revise_action(self.session, action, draft, person_id=person_id, now=now)
        publish(self.session, version, person_id=person_id, now=now)
