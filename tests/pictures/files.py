"""Files that somebody may send in as a picture: sound ones, odd ones and hostile ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def image_file(
    kind: str = "PNG",
    size: tuple[int, int] = (640, 480),
    mode: str = "RGB",
    colour: Any = (200, 60, 40),
    **options: Any,
) -> bytes:
    """A plain picture of one colour."""
    kept = BytesIO()
    Image.new(mode, size, colour).save(kept, kind, **options)
    return kept.getvalue()


def noise_file(size: tuple[int, int] = (900, 700)) -> bytes:
    """A picture that compresses as badly as any: every point is another colour."""
    state, points = 1, bytearray()
    for _ in range(size[0] * size[1] * 3 // 4 + 1):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        points += state.to_bytes(4, "little")
    kept = BytesIO()
    Image.frombytes("RGB", size, bytes(points[: size[0] * size[1] * 3])).save(kept, "PNG")
    return kept.getvalue()


def photo_with_place() -> bytes:
    """A JPEG as phones make them: lying on its side, with where, when and whose it is."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "SecretCamera"
    exif[0x013B] = "Secret Photographer"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 33.0, 30.0), 3: "W", 4: (1.0, 47.0, 0.0)})
    return image_file("JPEG", (800, 400), exif=exif, comment=b"Secret comment")


def animation() -> bytes:
    """A GIF whose first picture is green and whose second is blue."""
    kept = BytesIO()
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("green", "blue")]
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return kept.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG that says of itself that it is `side` points wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
HTML = b"<!doctype html><script>alert(1)</script>"
