"""What becomes of a logo: small, stripped, and the same from preview to page."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from tracker.brand.logos import LARGEST, SMALL_ENOUGH, Logo, make_logo, sealed, unsealed
from tracker.pictures.encoding import BadPicture


def drawn(width: int, height: int, kind: str = "PNG") -> bytes:
    """A busy picture: the hardest to make small."""
    image = Image.effect_noise((width, height), 90).convert("RGB")
    ImageDraw.Draw(image).ellipse((0, 0, width - 1, height - 1), fill="#0b5563")
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("width", "height"), [(400, 100), (2000, 400), (100, 900), (64, 64)])
def test_logo_fits_in_its_box_and_its_bytes(width: int, height: int) -> None:
    logo = make_logo(drawn(width, height))

    with Image.open(BytesIO(logo.data)) as kept:
        assert kept.format == "WEBP"
        assert kept.width <= LARGEST[0] and kept.height <= LARGEST[1]
        assert abs(kept.width - 2 * logo.width) <= 1 and abs(kept.height - 2 * logo.height) <= 1
        assert kept.width / kept.height == pytest.approx(width / height, rel=0.15)
    assert len(logo.data) <= SMALL_ENOUGH


def test_logo_loses_its_empty_edge() -> None:
    image = Image.new("RGBA", (400, 400))
    ImageDraw.Draw(image).rectangle((100, 180, 299, 219), fill="#b00020")
    file = BytesIO()
    image.save(file, "PNG")

    logo = make_logo(file.getvalue())

    assert logo.width / logo.height == pytest.approx(5, rel=0.1)


def test_logo_that_is_all_empty_stays_whole() -> None:
    file = BytesIO()
    Image.new("RGBA", (100, 50)).save(file, "PNG")

    assert make_logo(file.getvalue()).width == 50


@pytest.mark.parametrize("sent", [b"", b"hello", b"<svg onload='alert(1)'/>", drawn(64, 64)[:200]])
def test_logo_that_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(BadPicture):
        make_logo(sent)


def test_sealed_logo_comes_back_and_nothing_else_does() -> None:
    logo = Logo(b"some bytes", 7, 8)
    carried = sealed(logo, "key")

    assert unsealed(carried, "key") == logo
    for forged in ("", "x", "é.1.2.3", carried.replace("7", "9"), sealed(logo, "another key")):
        assert unsealed(forged, "key") is None
