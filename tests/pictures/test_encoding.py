"""What becomes of a file that is sent in as a picture."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.pictures.files import (
    HTML,
    SVG,
    animation,
    bomb,
    image_file,
    noise_file,
    photo_with_place,
)
from tracker.pictures.encoding import LARGEST_FILE, LONGEST_SIDE, SMALL_ENOUGH, BadPicture, encode


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_encode_makes_a_small_webp_of_every_kind(kind: str) -> None:
    encoded = encode(image_file(kind, (1600, 1200)))

    image = opened(encoded.data)
    assert image.format == "WEBP"
    assert image.size == (encoded.width, encoded.height) == (LONGEST_SIDE, 360)
    assert len(encoded.data) <= SMALL_ENOUGH


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_encode_takes_every_way_of_keeping_colours(mode: str) -> None:
    assert opened(encode(image_file("PNG", (64, 64), mode, 1)).data).size == (64, 64)


def test_encode_takes_a_printers_jpeg() -> None:
    red = image_file("JPEG", (64, 64), "CMYK", (0, 255, 255, 0))
    pixel = opened(encode(red).data).convert("RGB").getpixel((32, 32))
    assert isinstance(pixel, tuple) and pixel[0] > 200 > 90 > pixel[1]


def test_encode_keeps_what_can_be_seen_through() -> None:
    pixel = opened(encode(image_file("PNG", (64, 64), "RGBA", (9, 9, 9, 0))).data).getpixel((1, 1))
    assert isinstance(pixel, tuple) and pixel[3] == 0


def test_encode_leaves_behind_where_and_when_it_was_taken() -> None:
    sent = photo_with_place()
    assert b"SecretCamera" in sent and Image.open(BytesIO(sent)).getexif()

    encoded = encode(sent)

    image = opened(encoded.data)
    assert not image.getexif() and set(image.info) <= {
        "loop",
        "background",
        "timestamp",
        "duration",
    }
    assert b"Secret" not in encoded.data and b"EXIF" not in encoded.data
    assert image.size == (240, 480)  # it stands upright


def test_encode_takes_the_first_picture_of_an_animation() -> None:
    image = opened(encode(animation()).data)
    assert getattr(image, "n_frames", 1) == 1
    red, green, blue = image.convert("RGB").getpixel((30, 30))  # type: ignore[misc]
    assert green > 100 > blue and green > red


def test_encode_makes_even_noise_small() -> None:
    encoded = encode(noise_file())
    assert len(encoded.data) < 3 * SMALL_ENOUGH and max(encoded.width, encoded.height) == 280


def test_encode_gives_the_same_picture_the_same_name() -> None:
    one, other = encode(image_file()), encode(image_file())
    assert one.digest == other.digest and len(one.digest) == 32
    assert encode(image_file(colour=(1, 2, 3))).digest != one.digest


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "empty"),
        (HTML, "can’t read this file"),
        (b"\x89PNG\r\n\x1a\nnothing", "can’t read this file"),
        (image_file("PNG", (300, 300))[:150], "can’t read this file"),
        (image_file("JPEG", (300, 300))[:400], "can’t read this file"),
        (image_file("BMP", (64, 64)), "can’t read this file"),
        (SVG, "SVG drawing"),
        (b"  \n<svg onload='alert(1)'/>", "SVG drawing"),
        (bomb(20_000), "more than 40 million points"),
        (bomb(8_000), "more than 40 million points"),
        (bomb(5_000), "can’t read this file"),
        (image_file("PNG", (31, 400)), "too small to see: 31 × 400"),
        (b"x" * (15 * 1024 * 1024), "The file has more than 10 MB"),
        (b"x" * (LARGEST_FILE + 1), "Send a smaller one"),
    ],
    ids=[
        "empty",
        "html",
        "fake-png",
        "short-png",
        "short-jpeg",
        "bmp",
        "svg",
        "bare-svg",
        "bomb",
        "flood",
        "hollow",
        "small",
        "15mb",
        "over",
    ],
)
def test_encode_refuses_what_it_cannot_take(sent: bytes, words: str) -> None:
    with pytest.raises(BadPicture) as refusal:
        encode(sent)
    assert words in refusal.value.message


_SOUND = image_file("PNG", (40, 40)), image_file("JPEG", (40, 40)), image_file("WEBP", (40, 40))


@settings(max_examples=150)
@given(st.sampled_from(_SOUND), st.integers(0, 400), st.binary(min_size=1, max_size=12))
def test_encode_never_fails_in_another_way(sound: bytes, place: int, garbage: bytes) -> None:
    place %= len(sound)
    damaged = sound[:place] + garbage + sound[place + len(garbage) :]
    try:
        encoded = encode(damaged)
    except BadPicture:
        return
    assert opened(encoded.data).format == "WEBP"
