"""A form that dribbles in over a bad link holds nobody else up."""

import socket
from urllib.parse import urlencode, urlsplit

from sqlalchemy.orm import Session

from tests.responses.phone import filled, make_survey, responses


def test_slow_form_holds_no_lock(session: Session, live_server: str) -> None:
    make_survey(session)
    session.commit()
    at = urlsplit(live_server)
    body = urlencode(filled()).encode()
    head = (
        f"POST /s/abc234?sent= HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )

    with socket.create_connection((str(at.hostname), at.port or 0)) as slow:
        slow.sendall(head.encode() + body[:20])
        with socket.create_connection((str(at.hostname), at.port or 0)) as quick:
            quick.settimeout(10)  # SQLite itself would wait for 15 seconds
            quick.sendall(head.encode() + urlencode(filled()).encode())
            assert b"200 OK" in quick.recv(100)
        slow.sendall(body[20:])
        assert b"200 OK" in slow.recv(100)

    assert len(responses(session)) == 2
