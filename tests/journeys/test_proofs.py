"""Small forms of two long proofs: nothing is lost (`bench.nothing_lost`), nobody is found (`bench.canary`)."""

from pathlib import Path

import pytest

from bench import canary, nothing_lost
from bench.canary import Canary
from bench.child import Child

pytestmark = [pytest.mark.one_database, pytest.mark.no_cover]


def test_no_keystroke_is_lost_and_no_answer_is_kept_twice(tmp_path: Path) -> None:
    assert nothing_lost.prove("sqlite", tmp_path / "site", runs=40, ids=3, posts=16)


def test_nobody_who_answered_can_be_found(tmp_path: Path) -> None:
    assert canary.prove("sqlite", tmp_path / "site", children=12, days=5, pause=1)


def _canary() -> Canary:
    return Canary(
        Child(0, "127.100.101.102"),
        code="abc234",
        proxied="2001:db8:abcd:1001::1001",
        agent="CanaryPhone/0123456789abcdef0123456789abcdef",
        secret="kestrel0123456789abcdef0123456789abcdef",
        worry=False,
        invitation="cdfghjkmnpqr",
        receipts={"maple otter lantern seven"},
    )


@pytest.mark.parametrize(
    ("planted", "traces", "sentences"),
    [
        (b'127.100.101.102 - "POST /s/abc234 HTTP/1.1" 200', 1, 0),
        (b"\x00\x01for 2001:db8:abcd:1001::1001,", 1, 0),
        (b"agent=CanaryPhone/0123456789abcdef0123456789abcdef;", 1, 0),
        ("CanaryPhone/0123456789abcdef0123456789abcdef".encode("utf-16-le"), 1, 0),
        (b"words=maple+otter+lantern+seven&", 1, 0),
        (b"GET /i/CDFG-HJKM-NPQR HTTP/1.1", 1, 0),
        (b'{"invitation": "cdfghjkmnpqr"}', 1, 0),
        (b'"My secret is kestrel0123456789abcdef0123456789abcdef."', 0, 1),
        (b"127.0.0.1 maple lantern otter seven kestrelffffffffffffffffffffffffffffffff", 0, 0),
    ],
)
def test_search_finds_what_is_planted(
    tmp_path: Path, planted: bytes, traces: int, sentences: int
) -> None:
    (tmp_path / "a file").write_bytes(b"\xff" * 1000 + b" " + planted + b" \x00" * 1000)

    found = canary.search(tmp_path, [_canary()])

    assert len(found.traces) == traces
    assert sum(found.sentences.values()) == sentences
