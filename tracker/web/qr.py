"""QR codes of an address: dark on white in any colour scheme, with the quiet zone scanners need."""

import io

import segno

_QUIET_ZONE = 4


def _code(address: str) -> segno.QRCode:
    # "m" repairs 15 % of the symbol: enough for a creased poster.
    return segno.make_qr(address, error="m")


def inline_svg(address: str) -> str:
    """An SVG element to stand inside a page."""
    drawn: str = _code(address).svg_inline(
        border=_QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return drawn


def svg(address: str) -> bytes:
    """An SVG file, for a leaflet or a shirt: sharp at any size."""
    file = io.BytesIO()
    _code(address).save(file, kind="svg", scale=10, border=_QUIET_ZONE, light="#fff")
    return file.getvalue()


def png(address: str) -> bytes:
    """A PNG file, for a slide or a message."""
    file = io.BytesIO()
    _code(address).save(file, kind="png", scale=20, border=_QUIET_ZONE)
    return file.getvalue()
