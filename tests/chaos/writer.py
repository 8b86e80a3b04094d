"""Young people who send answers: `python -m tests.chaos.writer FOLDER PORT COUNT CODE…`.

Each answer has its own submission id and words. What is about to be sent and what the site said it
has goes into the ledger `answers`, the latter for good before the next begins. When the site doesn't
answer, most send the same again, as the page does; some close it, and never know.
"""

import http.client
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

from bench.child import Child
from tests.chaos.ledger import Ledger

AT_ONCE = 6
GIVES_UP = 0.3  # the share of those who close the page when no answer comes
PAUSE = 0.2


def send(ledger: Ledger, port: int, code: str, submission_id: UUID) -> None:
    fields = {"submission_id": str(submission_id), "q1": f"words of {submission_id}"}
    ledger.note("trying", id=str(submission_id), code=code)
    while True:
        try:
            page = Child(port).post(f"/s/{code}", fields)
        except ConnectionRefusedError:
            time.sleep(PAUSE)  # it is about to start again
            continue
        except (OSError, http.client.HTTPException):
            pass  # somebody killed it, and what it had done by then nobody knows
        else:
            if page.is_thanks:
                ledger.note("acknowledged", is_durable=True, id=str(submission_id))
                return
            if page.status < 500:
                ledger.note("refused", id=str(submission_id), status=page.status)
                return
        if random.random() < GIVES_UP:
            ledger.note("given up", id=str(submission_id))
            return
        time.sleep(PAUSE)


def main() -> None:
    folder, port, count, codes = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    ledger = Ledger(folder / "answers")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(count):
            pool.submit(send, ledger, port, codes[number % len(codes)], uuid4())


if __name__ == "__main__":
    main()
