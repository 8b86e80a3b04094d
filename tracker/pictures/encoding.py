"""What happens to a picture that is sent in: looked at with suspicion, made small, stripped.

Only the pixels of the first frame go on; where and when a photo was taken, its thumbnails, colour
profiles, comments and whatever a file may carry besides are left behind. Nothing is stored here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps

from tracker.errors import LoopkeeperError

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000  # a phone's photo has 12 to 24 million
SMALLEST_SIDE = 32
LONGEST_SIDE = 480
SMALL_ENOUGH = 16 * 1024  # bytes; what is tried to get there is in `_attempts`

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_DRAWING = (b"<svg", b"<?xml", b"<!doctype svg")


class BadPicture(LoopkeeperError):
    """The file can't be taken as a picture; the message says why and what to do."""


@dataclass(frozen=True)
class Encoded:
    """A picture as it is kept: WebP, named by its bytes."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()[:32]


def encode(sent: bytes) -> Encoded:
    """The picture in a file as it is kept and shown. Raises `BadPicture`."""
    _refuse_unreadable(sent)
    try:
        with Image.open(BytesIO(sent), formats=_FORMATS) as image:
            _refuse_odd_sizes(image)
            pixels = _pixels(image)
    except BadPicture:
        raise
    except Image.DecompressionBombError as bomb:
        raise _too_many_pixels() from bomb
    except Exception as broken:  # a decoder may fail at bad bytes in any way it likes
        raise BadPicture(
            "We can’t read this file. It may be damaged, or not a picture at all. "
            "Send a JPEG, PNG, WebP or GIF."
        ) from broken
    return _smallest(pixels)


def _refuse_unreadable(sent: bytes) -> None:
    if not sent:
        raise BadPicture("The file is empty. Choose a picture.")
    if len(sent) > LARGEST_FILE:
        most = LARGEST_FILE // (1024 * 1024)
        raise BadPicture(f"The file has more than {most} MB. Send a smaller one.")
    if sent.lstrip()[:256].lower().startswith(_DRAWING):
        raise BadPicture(
            "This is an SVG drawing. Such a file can carry programs, so we don’t take it. "
            "Save it as PNG and send that."
        )


def _refuse_odd_sizes(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < SMALLEST_SIDE:
        raise BadPicture(
            f"This picture is too small to see: {width} × {height} points. "
            f"Send one with {SMALLEST_SIDE} at least on each side."
        )


def _too_many_pixels() -> BadPicture:
    most = MOST_PIXELS // 1_000_000
    return BadPicture(f"This picture has more than {most} million points. Make it smaller first.")


def _pixels(image: Image.Image) -> Image.Image:
    """The first frame, upright, small, and nothing else of the file."""
    image.seek(0)
    image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))  # a large JPEG is read at less detail
    upright = ImageOps.exif_transpose(image)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    small = upright.convert(mode)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return Image.frombytes(mode, small.size, small.tobytes())


def _smallest(pixels: Image.Image) -> Encoded:
    """The first attempt that is small enough, else the last one."""
    for side, quality in _attempts():
        tried = pixels.copy()
        tried.thumbnail((side, side), Image.Resampling.LANCZOS)
        kept = BytesIO()
        tried.save(kept, "WEBP", quality=quality, method=4)
        if kept.tell() <= SMALL_ENOUGH:
            break
    return Encoded(kept.getvalue(), *tried.size)


def _attempts() -> Iterator[tuple[int, int]]:
    """(longest side, quality), each smaller than the one before."""
    yield from ((LONGEST_SIDE, quality) for quality in (80, 65, 50))
    yield from ((side, quality) for side in (360, 280) for quality in (60, 40))
