"""A page that is the same for everybody but for a few slots, as bytes ready to be sent.

It is compressed once, in pieces: each stretch between two slots is deflated by itself and ends on a
whole byte, so that what goes into a slot can be put between them as it is (a "stored block"). A copy
then costs a checksum and no compression.
"""

import secrets
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
# Nobody can write a slot's mark into a title or a question: it is drawn anew with each start.
_DRAWN = secrets.token_hex(12)


def slot(name: str) -> str:
    """What a template prints where `name` will stand in each copy."""
    return f"slot-{_DRAWN}-{name}-"


@dataclass(frozen=True)
class PrintedPage:
    """The stretches around the slots, plain and deflated, and the slots' names in their order."""

    names: tuple[str, ...]
    plain: tuple[bytes, ...]
    deflated: tuple[bytes, ...]

    def copy(self, values: Mapping[str, str]) -> bytes:
        """One copy, with a value in each slot."""
        pieces = [self.plain[0]]
        for name, stretch in zip(self.names, self.plain[1:], strict=True):
            pieces += (_filling(values[name]), stretch)
        return b"".join(pieces)

    def compressed_copy(self, values: Mapping[str, str]) -> bytes:
        """The same as gzip."""
        pieces = [_GZIP_HEAD, self.deflated[0]]
        size, check = len(self.plain[0]), zlib.crc32(self.plain[0])
        stretches = zip(self.names, self.plain[1:], self.deflated[1:], strict=True)
        for name, stretch, deflated in stretches:
            filling = _filling(values[name])
            pieces += (_stored(filling), deflated)
            size += len(filling) + len(stretch)
            check = zlib.crc32(stretch, zlib.crc32(filling, check))
        pieces.append(struct.pack("<II", check, size & 0xFFFFFFFF))
        return b"".join(pieces)


def printed(html: str, names: Sequence[str]) -> PrintedPage:
    """The page that `html` is, with `slot(name)` standing once for each of `names`."""
    ordered = tuple(sorted(names, key=lambda name: html.index(slot(name))))
    stretches: list[bytes] = []
    for name in ordered:
        before, html = html.split(slot(name))
        stretches.append(before.encode())
    stretches.append(html.encode())
    return PrintedPage(ordered, tuple(stretches), _deflated(stretches))


def _deflated(stretches: Sequence[bytes]) -> tuple[bytes, ...]:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    # A full flush forgets what came before: no stretch may refer back over a slot.
    ends = [zlib.Z_FULL_FLUSH] * (len(stretches) - 1) + [zlib.Z_FINISH]
    return tuple(
        compressor.compress(stretch) + compressor.flush(end)
        for stretch, end in zip(stretches, ends, strict=True)
    )


def _filling(value: str) -> bytes:
    return str(escape(value)).encode()


def _stored(filling: bytes) -> bytes:
    return struct.pack("<BHH", 0, len(filling), len(filling) ^ 0xFFFF) + filling
