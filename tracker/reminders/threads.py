"""One thread for one consultation and one reader, so that a mailbox isn't littered.

The mails of a thread answer a message that never was: mail programs put them together by its id,
and no mail has to have arrived first. The id follows from the two alone, whoever sends the mail.
"""

from collections.abc import Iterable
from hashlib import sha256


def thread_headers(person_id: int, consultation_ids: Iterable[int]) -> dict[str, str]:
    """The headers that put a mail into the threads of these consultations, above all of the first."""
    roots = [_root(person_id, each) for each in dict.fromkeys(consultation_ids)]
    return {"In-Reply-To": roots[0], "References": " ".join(roots)} if roots else {}


def _root(person_id: int, consultation_id: int) -> str:
    digest = sha256(f"thread/{consultation_id}/{person_id}".encode()).hexdigest()[:32]
    return f"<{digest}@loopkeeper.invalid>"
