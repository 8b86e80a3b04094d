"""What becomes of a logo that is sent in: re-encoded, and so small that it travels in the stylesheet.

It must not cost a request of its own, and the whole first page has 14.6 kB. Nothing is stored here.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from tracker.pictures.encoding import encode

# Points on each side; shown at half as many, so that it is sharp on a phone.
LARGEST = (300, 88)
SMALL_ENOUGH = 4 * 1024


@dataclass(frozen=True)
class Logo:
    """A logo as it is kept: WebP. Width and height are those it is shown with."""

    data: bytes
    width: int
    height: int

    @property
    def as_url(self) -> str:
        return f"data:image/webp;base64,{b64encode(self.data).decode()}"


def make_logo(sent: bytes) -> Logo:
    """The logo in a file. Raises `tracker.pictures.encoding.BadPicture`."""
    with Image.open(BytesIO(encode(sent).data), formats=["WEBP"]) as opened:
        image = _cropped(opened.convert("RGBA"))
    for size, quality in _attempts():
        tried = image.copy()
        tried.thumbnail(size, Image.Resampling.LANCZOS)
        kept = BytesIO()
        tried.save(kept, "WEBP", quality=quality, method=6)
        if kept.tell() <= SMALL_ENOUGH:
            break
    width, height = tried.size
    return Logo(kept.getvalue(), -(-width // 2), -(-height // 2))


def _cropped(image: Image.Image) -> Image.Image:
    """Without an empty edge, which would make the logo smaller than it could be."""
    return image.crop(image.getchannel("A").getbbox() or (0, 0, *image.size))


def _attempts() -> Iterator[tuple[tuple[int, int], int]]:
    width, height = LARGEST
    yield from ((LARGEST, quality) for quality in (90, 75, 60))
    yield from (((width * 3 // 4, height * 3 // 4), quality) for quality in (60, 40))
    yield (width // 2, height // 2), 30


def sealed(logo: Logo, key: str) -> str:
    """The logo as a page carries it from the preview to the saving: nobody can put in another."""
    said = f"{logo.width}.{logo.height}.{b64encode(logo.data).decode()}"
    return f"{_mac(said, key)}.{said}"


def unsealed(typed: str, key: str) -> Logo | None:
    """The logo that `sealed` put there, or None."""
    mac, _, said = typed.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(said, key).encode()):
        return None
    width, height, data = said.split(".")
    return Logo(b64decode(data), int(width), int(height))


def _mac(said: str, key: str) -> str:
    return hmac.digest(key.encode(), said.encode(), "sha256").hex()
