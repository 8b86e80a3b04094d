"""No keystroke is lost and nothing is kept twice: `python -m bench.nothing_lost`.

Thousands of made-up children answer a real server and something goes wrong for each of them. After
every request, each sentence they typed must be on the page that came back, or the page must say that
the answer is in, and then the sentence must be in the database. Afterwards 50 parallel posts of each
of a thousand submission ids must leave a thousand responses, and one receipt for each.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.child import Child, Fields, Page
from bench.serving import DATABASES, Site, served, site
from tests import factories as make
from tracker.abuse.operations import make_invitations
from tracker.abuse.policy import Kind, Seal, make_seal
from tracker.clock import utc_now
from tracker.db import current_session
from tracker.responses.models import Answer, SurveyResponse
from tracker.surveys.models import Survey

# Few enough answers for each survey that it doesn't look like an attack.
RUNS_FOR_ONE_SURVEY = 60
IDS_FOR_ONE_SURVEY = 10  # 50 posts each: not so many in five minutes that a proof is asked for
WORKERS = 16
READING_TIME = 2.2  # seconds: quicker is asked for one more press
BATCH = 400


@dataclass
class World:
    """Addresses of surveys at their different stages."""

    open: list[str]
    in_grace: list[str]
    closed: list[str]
    withdrawn: list[str]
    invited: list[str]
    invitations: dict[str, list[str]]


@dataclass
class Run:
    """One child's visit."""

    number: int
    story: str
    child: Child
    code: str
    seal_key: str = ""
    fields: Fields = field(default_factory=dict)
    promised: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def read(self, invitation: str = "") -> None:
        page = self.child.get(f"/i/{invitation}" if invitation else f"/s/{self.code}")
        self.fields = page.hidden | {"q1": "yes", "q2": self.words(), "q3": "4", "q4": self.words()}
        if "seal" not in self.fields:  # it was open when the page was read
            submission_id, earlier = uuid4(), utc_now() - timedelta(minutes=10)
            self.fields["submission_id"] = str(submission_id)
            self.fields["seal"] = make_seal(submission_id, Seal(Kind.FORM, earlier), self.seal_key)

    def words(self) -> str:
        """A sentence that nobody else has typed, with what is easily broken."""
        return f"{uuid4().hex} “früh” & <b>später</b> 'n\r\nمرحبا 👩‍🦽 =1+1"

    def send(self, fields: Fields | None = None, **headers: str) -> Page:
        fields = self.fields if fields is None else fields
        page = self.child.post(f"/s/{self.code}?sent=", fields, **headers)
        self.look(page, fields)
        return page

    def look(self, page: Page, fields: Fields) -> None:
        """Each sentence is on the page, or was promised to be in the database."""
        asks = "Is this from somebody else?" in page.text
        for name in ("q2", "q4", "q99"):
            if words := fields.get(name):
                if page.is_thanks and not asks:
                    self.promised.append(kept_as(words))
                elif kept_as(words) not in unescape(page.text).replace("\r\n", "\n"):
                    self.lost.append(f"run {self.number} ({self.story}), {page.status}: {words}")

    def expect_thanks(self, page: Page) -> None:
        if not page.is_thanks:
            self.lost.append(f"run {self.number} ({self.story}): not taken, {page.status}")


def kept_as(words: str) -> str:
    return words.replace("\r\n", "\n")


def press(run: Run, page: Page) -> Page:
    """Press the one button of a page that carries everything; one that is thanks has none.

    (On a busy machine "too quick" may have been slow enough.)
    """
    asks = "Is this from somebody else?" in page.text
    return page if page.is_thanks and not asks else run.send(page.hidden)


# --- What goes wrong. The form has been read for a while already. ---


def plain(run: Run) -> None:
    run.expect_thanks(run.send())


def odd_session(run: Run) -> None:
    cookies = ("session=expired.AAAA.zzzz", "session=; remember_token=1|x", "\xff=\xfe")
    headers = {"Cookie": random.choice(cookies), "Origin": "null", "Accept-Language": "x-klingon"}
    run.expect_thanks(run.send(run.fields | {"csrf_token": "from yesterday"}, **headers))


def mistake_then_mended(run: Run) -> None:
    page = run.send(run.fields | {"q3": "many"})
    run.expect_thanks(run.send(run.fields | {"seal": page.hidden["seal"]}))


def mistake_and_gone(run: Run) -> None:
    run.send(run.fields | {"q1": "", "q3": "٣ or so"})


def too_long_then_shorter(run: Run) -> None:
    page = run.send(run.fields | {"q2": run.fields["q2"] + "x" * 30_000})
    run.expect_thanks(run.send(run.fields | {"seal": page.hidden["seal"]}))


def question_gone(run: Run) -> None:
    run.send(run.fields | {"q99": run.words()})
    run.expect_thanks(run.send())


def sign_that_can_not_be_kept(run: Run) -> None:
    page = run.send(run.fields | {"q3": "4\0"})
    run.expect_thanks(run.send(run.fields | {"seal": page.hidden["seal"]}))


def closed_meanwhile(run: Run) -> None:
    run.send()


def back_button(run: Run) -> None:
    run.expect_thanks(run.send())
    page = run.send(run.fields | {"q2": run.words()})
    run.expect_thanks(press(run, page))


def sent_twice(run: Run) -> None:
    with ThreadPoolExecutor(2) as both:
        for page in both.map(lambda _: run.send(), range(2)):
            run.expect_thanks(page)


def reply_lost(run: Run) -> None:
    run.child.post_and_hang_up(f"/s/{run.code}?sent=", run.fields)
    run.expect_thanks(run.send())


def too_quick(run: Run) -> None:
    run.read()
    run.expect_thanks(press(run, run.send()))


def box_filled_in(run: Run) -> None:
    run.expect_thanks(press(run, run.send(run.fields | {"website": "filled in by a browser"})))


def seal_odd(run: Run) -> None:
    seal = random.choice(["", "f0.0123456789abcdef", "🎸", run.fields["seal"][:-1] + "x"])
    run.expect_thanks(press(run, run.send(run.fields | {"seal": seal})))


def page_without_id(run: Run) -> None:
    page = run.send({name: text for name, text in run.fields.items() if name != "submission_id"})
    run.expect_thanks(press(run, page))


def link_used_by_another(run: Run) -> None:
    run.expect_thanks(run.send())
    run.send(run.fields | {"submission_id": str(uuid4()), "seal": "", "q2": run.words()})


Story = Callable[[Run], None]
STORIES: list[Story] = [
    plain,
    odd_session,
    mistake_then_mended,
    mistake_and_gone,
    too_long_then_shorter,
    question_gone,
    sign_that_can_not_be_kept,
    back_button,
    sent_twice,
    reply_lost,
    too_quick,
    box_filled_in,
    seal_odd,
    page_without_id,
]
IN_GRACE: list[Story] = [plain, odd_session, mistake_then_mended, sent_twice]
TOO_LATE: list[Story] = [closed_meanwhile]
INVITED: list[Story] = [plain, link_used_by_another, sent_twice, mistake_then_mended]


def make_world(place: Site, runs: int) -> World:
    with place.app.app_context():
        session = current_session()
        make.make_organisation(session)
        now = utc_now()
        each = max(1, -(-runs // RUNS_FOR_ONE_SURVEY))

        def surveys(share: float, **values: Any) -> list[Survey]:
            consultation = make.make_open_consultation(session, **values)
            made = [
                make.make_survey(session, consultation) for _ in range(max(1, int(each * share)))
            ]
            for survey in made:
                ask(session, survey)
            return made

        opened, invited = surveys(0.75), surveys(0.1)
        grace = surveys(0.1, closed_at=now - timedelta(hours=1))
        closed = surveys(0.1, closed_at=now - timedelta(days=3))
        withdrawn = surveys(0.1, withdrawn_at=now, withdrawn_reason="Why not")
        links = {survey.code: invite(session, place, survey) for survey in invited}
        world = World(
            open=codes_of(opened),
            in_grace=codes_of(grace),
            closed=codes_of(closed),
            withdrawn=codes_of(withdrawn),
            invited=codes_of(invited),
            invitations=links,
        )
        session.commit()
        return world


def codes_of(surveys: list[Survey]) -> list[str]:
    return [survey.code for survey in surveys]


def ask(session: Session, survey: Survey) -> None:
    make.make_question(session, survey, kind="yes_no", text="Would you?", is_required=True)
    make.make_question(session, survey, text="What could be better?")
    make.make_question(session, survey, kind="number", text="How many?")
    make.make_question(session, survey, text="Anything else?")


def invite(session: Session, place: Site, survey: Survey) -> list[str]:
    survey.by_invitation = True
    return make_invitations(
        session,
        survey,
        2 * RUNS_FOR_ONE_SURVEY,
        form_id=uuid4(),
        key=place.settings.derived_key("invitations"),
        person_id=survey.consultation.owner_id or 0,
        now=utc_now(),
    )


def cast(place: Site, world: World, runs: int) -> Iterator[tuple[Run, Story, str]]:
    """Who comes, what happens to them, and with which invitation."""
    kinds: list[tuple[list[str], list[Story], int]] = [
        (world.open, STORIES, 75),
        (world.in_grace, IN_GRACE, 8),
        (world.closed, TOO_LATE, 6),
        (world.withdrawn, TOO_LATE, 3),
        (world.invited, INVITED, 8),
    ]
    for number in range(runs):
        codes, stories, _ = random.choices(kinds, [weight for *_, weight in kinds])[0]
        # In turn, so that no survey gets more than its share.
        code, story = codes[number % len(codes)], stories[number % len(stories)]
        child = Child(place.port, address_of(number))
        key = place.settings.derived_key("seal")
        links = world.invitations.get(code, [])
        yield Run(number, story.__name__, child, code, key), story, links.pop() if links else ""


def address_of(number: int) -> str:
    return f"127.{1 + number // 62_500}.{1 + number // 250 % 250}.{1 + number % 250}"


def play(runs: Iterable[tuple[Run, Story, str]]) -> list[Run]:
    """Everybody reads the form; then, when a person could have, everybody sends it."""
    played: list[Run] = []
    batch: list[tuple[Run, Story, str]] = []
    with ThreadPoolExecutor(WORKERS) as pool:

        def play_batch() -> None:
            list(pool.map(lambda one: one[0].read(one[2]), batch))
            time.sleep(READING_TIME)
            list(pool.map(lambda one: one[1](one[0]), batch))
            played.extend(run for run, _, _ in batch)
            batch.clear()

        for one in runs:
            batch.append(one)
            if len(batch) == BATCH:
                play_batch()
        play_batch()
    return played


def stored_words(place: Site) -> set[str]:
    with place.app.app_context():
        return {
            value
            for value in current_session().scalars(select(Answer.value))
            if isinstance(value, str)
        }


def count_responses(place: Site) -> int:
    with place.app.app_context():
        return current_session().scalar(select(func.count()).select_from(SurveyResponse)) or 0


def post_in_parallel(place: Site, codes: list[str], ids: int, posts: int) -> list[str]:
    """What went wrong when each of so many forms was posted so many times at once."""
    wrong = []
    before = count_responses(place)
    runs = [
        Run(n, "parallel", Child(place.port, address_of(70_000 + n)), codes[n % len(codes)])
        for n in range(ids)
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda run: run.read(), runs))
        time.sleep(READING_TIME)
        sent = pool.map(lambda n: runs[n // posts].send(), range(ids * posts))
        receipts: dict[int, Counter[str]] = {}
        for n, page in enumerate(sent):
            receipts.setdefault(n // posts, Counter())[page.receipt] += 1
    for number, given in receipts.items():
        if len(given) != 1 or "" in given:
            wrong.append(f"id {number} was given the receipts {dict(given)}")
    if (rows := count_responses(place) - before) != ids:
        wrong.append(f"{ids} ids made {rows} responses")
    return wrong + [line for run in runs for line in run.lost]


def prove(database: str, folder: Path, runs: int, ids: int, posts: int) -> bool:
    """Print what was found; whether nothing was lost."""
    random.seed(7)
    with site(folder, database) as place:
        world = make_world(place, runs)
        extra = make_open(place, -(-ids // IDS_FOR_ONE_SURVEY))
        with served(place):
            began = time.perf_counter()
            played = play(cast(place, world, runs))
            took = time.perf_counter() - began
            stored = stored_words(place)
            lost = [line for run in played for line in run.lost]
            promised = [(run, words) for run in played for words in run.promised]
            lost += [
                f"run {run.number} ({run.story}): said to be in, but isn't: {words}"
                for run, words in promised
                if words not in stored
            ]
            wrong = post_in_parallel(place, extra, ids, posts)
    for story, count in sorted(Counter(run.story for run in played).items()):
        print(f"  {story.replace('_', ' '):28} {count:6}")
    print(
        f"  {len(played)} runs in {took:.0f} s, {len({words for _, words in promised})} sentences stored"
    )
    print(f"  {ids} ids posted {posts} times each")
    for line in (lost + wrong)[:20]:
        print(f"  LOST  {line}")
    print(f"{database}: {len(lost)} sentences lost, {len(wrong)} ids wrong")
    return not lost and not wrong


def make_open(place: Site, number: int) -> list[str]:
    with place.app.app_context():
        session = current_session()
        consultation = make.make_open_consultation(session)
        surveys = [make.make_survey(session, consultation) for _ in range(number)]
        for survey in surveys:
            ask(session, survey)
        session.commit()
        return [survey.code for survey in surveys]


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--runs", type=int, default=10_000)
    read.add_argument("--ids", type=int, default=1_000)
    read.add_argument("--posts", type=int, default=50)
    read.add_argument("--database", choices=DATABASES, action="append")
    read.add_argument("--folder", type=Path)
    asked = read.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="nothing-lost-"))
    results = [
        prove(database, folder / database, asked.runs, asked.ids, asked.posts)
        for database in asked.database or DATABASES
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
