"""Bounce mails taken apart: from the bytes of any mail to the failures that it reports, or none.

Delivery status notifications (RFC 3464 in a report of RFC 6522) say it in fields. Older ones (Exim,
qmail and others) say it in words with a copy of the mail below. Whatever else a mailbox holds (mails
that are late but still on their way, receipts, complaints, "I am on holiday") reports no failure.
Nothing that a stranger can send makes this raise, or keeps it busy.
"""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from tracker.bounces.policy.reports import (
    Report,
    as_address,
    as_message_id,
    as_words,
    code_in,
    status_in,
)

LARGEST = 256 * 1024  # of a mail, that is read; what says why stands first
_MOST_PARTS, _MOST_FAILURES, _DEEPEST = 60, 20, 6
_MOST_CONTAINERS = 80
_MOST_TEXT = 32 * 1024

_CONTAINERS = re.compile(rb"(?i)boundary|message/")
_COPY = re.compile(
    r"^-{2,}.{0,40}\b(copy of (the|your)|original|returned|undelivered|below this line)\b.{0,80}$",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(r"^[> ]{0,4}Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{3,200}>)", re.I | re.M)
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']{1,64}@[\w.-]{1,190}\w")
_SENDERS = re.compile(r"mailer-daemon|postmaster|mail ?delivery|<>", re.IGNORECASE)
_AWAY = re.compile(
    r"^(re: )?(automatic reply|auto(matic)?[- ]?(reply|response)|out of( the)? office|abwesen)",
    re.I,
)

_STATUS = "message/delivery-status"
_ENCODINGS = ("base64", "quoted-printable")

Part = Message


def reports_in(content: bytes) -> list[Report]:
    """The failures that a mail reports; none if it is no bounce, or can't be understood."""
    content = content[:LARGEST]
    if len(_CONTAINERS.findall(content)) > _MOST_CONTAINERS:
        return []  # made to be hard to take apart; no mail server writes such a thing
    try:
        message = message_from_bytes(content, policy=compat32)
        return list(_reports(message))[:_MOST_FAILURES]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []  # the library's ways to trip over a malformed mail


def _reports(message: Part) -> Iterator[Report]:
    parts = list(_parts(message))
    if any(_kind(part) == _STATUS for part in parts):
        yield from _of_notification(message, parts)
    elif _is_in_words(message):
        yield from _of_words(message, parts)


def _parts(message: Part) -> Iterator[Part]:
    """The parts, outermost first, without looking into a mail that was sent back; never endless."""
    waiting = [(message, 0)]
    for _turn in range(_MOST_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop(0)
        yield part
        if part.get_content_maintype() == "multipart" and depth < _DEEPEST:
            waiting += [(each, depth + 1) for each in _inside(part)]


def _inside(part: Part) -> list[Part]:
    """What a part holds; of a text, nothing."""
    inner = part.get_payload()
    listed = inner if isinstance(inner, list) else []
    return [each for each in listed[:_MOST_PARTS] if isinstance(each, Message)]


def _kind(part: Part) -> str:
    kind = part.get_content_type()
    # The same for addresses in other scripts (RFC 6533).
    return {
        "message/global-delivery-status": _STATUS,
        "message/global": "message/rfc822",
        "message/global-headers": "text/rfc822-headers",
    }.get(kind, kind)


# In fields


def _of_notification(message: Part, parts: list[Part]) -> Iterator[Report]:
    failed = [block for block in _blocks(parts) if _field(block, "Action").lower() == "failed"]
    head = _returned(parts)
    ids = _ids(message, head)
    alone = _known_as(_values(head, "To")) if head is not None and len(failed) == 1 else frozenset()
    others = _known_as(_values(message, "X-Failed-Recipients")) if len(failed) == 1 else frozenset()
    for block in failed:
        said = _field(block, "Diagnostic-Code").partition(";")
        words = as_words(said[2] or said[0])
        stated = status_in(_field(block, "Status"))
        # 5.0.0 says nothing; the server's own words often hold the true one.
        status = (status_in(words) or stated) if stated in ("", "5.0.0", "4.0.0") else stated
        names = [_field(block, name) for name in ("Original-Recipient", "Final-Recipient")]
        own = _known_as(name.partition(";")[2] or name for name in names)
        yield Report(ids, own | alone | others, status, code_in(words), words or status)


def _blocks(parts: list[Part]) -> Iterator[Part]:
    """The blocks of fields of every delivery-status part: first the mail, then each recipient."""
    for part in parts:
        if _kind(part) != _STATUS:
            continue
        blocks = _inside(part)
        is_encoded = _field(part, "Content-Transfer-Encoding").lower() in _ENCODINGS
        if is_encoded or part.get_content_type() != _STATUS:
            yield from _blocks_in_text(part, blocks)
        yield from blocks


def _blocks_in_text(part: Part, blocks: list[Part]) -> Iterator[Part]:
    """Of a part that the library left as it came: encoded, which the standard forbids, or global."""
    whole = Message()
    for name in ("Content-Transfer-Encoding", "Content-Type"):
        whole[name] = _field(part, name)
    whole.set_payload(b"\n".join(map(_bytes, blocks)).decode("ascii", "surrogateescape"))
    for block in re.split(r"\r?\n[ \t]*\r?\n", _decoded(whole).strip())[:_MOST_PARTS]:
        yield _fields_of(block)


def _fields_of(text: str) -> Part:
    return message_from_string(f"{text.strip()}\n\n", policy=compat32)


def _returned(parts: list[Part]) -> Part | None:
    """The head of the mail that came back."""
    for part in parts:
        if _kind(part) == "message/rfc822":
            return next(iter(_inside(part)), None)
        if _kind(part) == "text/rfc822-headers":
            return _fields_of(_decoded(part))
    return None


def _ids(message: Part, head: Part | None) -> tuple[str, ...]:
    """What came back says best which mail it was; else what the notification answers."""
    if head is not None and (own := as_message_id(_field(head, "Message-ID"))):
        return (own,)
    answered = (
        _field(message, "In-Reply-To").split()[:1] + _field(message, "References").split()[-1:]
    )
    return tuple(dict.fromkeys(filter(None, map(as_message_id, answered))))


def _field(part: Part, name: str) -> str:
    return next(iter(_values(part, name)), "")


def _values(part: Part, name: str) -> list[str]:
    """The fields of this name. Servers write theirs in UTF-8, whatever the standard says."""
    raw = [value for each, value in part.raw_items() if each.lower() == name.lower()]
    texts = [str(value).encode("utf-8", "surrogateescape") for value in raw[:5]]
    return [text.decode("utf-8", "replace").strip()[:2000] for text in texts]


def _known_as(values: Iterable[str]) -> frozenset[str]:
    pairs = getaddresses([value for value in values if value])
    return frozenset(filter(None, (as_address(address) for _name, address in pairs[:50])))


# In words


def _is_in_words(message: Part) -> bool:
    """Whether this may be a bounce that says it in words: from a mail server, and no auto-reply."""
    if message.get("X-Failed-Recipients"):
        return True
    if message.get_content_type() == "multipart/report" or _AWAY.match(_field(message, "Subject")):
        return False  # a receipt, a complaint; somebody on holiday
    is_reply = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond"))
    senders = f"{_field(message, 'Return-Path')} {_field(message, 'From')}"
    return not is_reply and bool(_SENDERS.search(senders))


def _of_words(message: Part, parts: list[Part]) -> Iterator[Report]:
    text = next((_decoded(part) for part in parts if _kind(part) == "text/plain"), "")
    copy = _COPY.search(text)
    said = text[: copy.start()] if copy else text
    below = text[copy.end() :] if copy else ""
    words, head = as_words(_why(said)), _returned(parts)
    listed = _known_as(_values(message, "X-Failed-Recipients"))
    recipients = listed or frozenset(filter(None, map(as_address, _ADDRESS.findall(said)[:20])))
    ids = _ids_in_words(message, head, below)
    status, code = status_in(said), code_in(said)
    if ids and recipients and (status or code or listed) and not status.startswith("2"):
        yield Report(ids, recipients, status, code, words)


def _ids_in_words(message: Part, head: Part | None, below: str) -> tuple[str, ...]:
    found = [as_message_id(each) for each in _ID_LINE.findall(below)[:1]]
    return tuple(filter(None, found)) or _ids(message, head)


def _why(said: str) -> str:
    """The lines from the first that holds a code."""
    lines = said.splitlines()
    for number, line in enumerate(lines):
        if code_in(line) or status_in(line):
            return " ".join(lines[number : number + 4])
    return said


def _decoded(part: Part) -> str:
    """The text of a part, whatever it claims to be written in."""
    content = _bytes(part)[:_MOST_TEXT]
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _bytes(part: Part) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
