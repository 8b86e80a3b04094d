"""The run of `bench.bad_link` in small: every answer through a bad link is kept exactly once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from bench.bad_link import Phone, send_all
from bench.proxy import Link
from config import Config
from tests.offline.conftest import Site
from tests.responses.phone import make_survey, responses
from tracker.responses.queries import response_by_receipt
from tracker.web.sealed import public_key


def test_every_answer_through_a_bad_link_is_kept_once(
    session: Session, site: Site, settings: Config
) -> None:
    make_survey(session)
    session.commit()
    link = Link(loss=0.15, hurry=40)
    phones = [Phone("abc234", public_key(settings), link) for _ in range(10)]

    port = int(site.address.rpartition(":")[2])
    with ThreadPoolExecutor(1) as apart:  # a browser's event loop may be running in this thread
        apart.submit(lambda: asyncio.run(send_all(phones, link, port))).result()

    assert len(responses(session)) == len(phones)
    key = settings.derived_key("receipts")
    for phone in phones:
        found = response_by_receipt(session, phone.receipt, key)
        assert found is not None and found.submission_id == phone.submission_id
    assert max(phone.tries for phone in phones) > 1
