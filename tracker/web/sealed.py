"""Forms that a phone sealed because it couldn't send them: readable here, and nowhere on the phone.

What waits on a phone or a kiosk is encrypted for this server alone: ECDH on P-256, HKDF-SHA256,
AES-256-GCM; the other half is `tracker/static/outbox.js`. The key pairs are derived from the
installation's secrets, so that a box sealed before a change of the secret still opens after it.
"""

import base64
import re
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.datastructures import MultiDict

from config import Config
from tracker.errors import LoopkeeperError
from tracker.languages import gettext as _
from tracker.web.input import form_from

# The field that holds a box.
SEALED = "sealed"
# Fields that stand beside a box win over those in it: the phone learnt them later.
_BESIDE = ("seal", "proof")

_PURPOSE = "sealed forms"
_INFO = b"loopkeeper outbox 1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT, _NONCE = 65, 12
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class SealBroken(LoopkeeperError):
    """The box wasn't made for any key of ours, or it was damaged."""

    def __init__(self) -> None:
        super().__init__(
            _("We can’t open the answer that waited on this phone. Please answer once more.")
        )


def public_key(settings: Config) -> str:
    """What phones seal with, for as long as the present secret is in use."""
    return _encoded(_key_pair(settings.derived_key(_PURPOSE)))


def opened(form: MultiDict[str, str], settings: Config) -> MultiDict[str, str]:
    """The form inside the box that `form` carries; `form` itself where it carries none.

    Raises `SealBroken`.
    """
    if SEALED not in form:
        return form
    body = _open(form[SEALED], [_key_pair(key) for key in settings.derived_keys(_PURPOSE)])
    inside = MultiDict(form_from(body).items(multi=True))
    for name in _BESIDE:
        if name in form:
            inside[name] = form[name]
    return inside


def seal(body: bytes, public: str) -> str:
    """What a phone does: a box that only the holder of the private half of `public` can open."""
    own = ec.generate_private_key(ec.SECP256R1())
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(public))
    # The key is used for this one box, so the nonce need not be drawn.
    nonce = bytes(_NONCE)
    raw = _raw(own)
    secret = _derived(own.exchange(ec.ECDH(), point), raw)
    return _text(raw + AESGCM(secret).encrypt(nonce, body, raw))


def _open(box: str, pairs: Sequence[ec.EllipticCurvePrivateKey]) -> bytes:
    if not _BASE64URL.fullmatch(box) or len(box) % 4 == 1:
        raise SealBroken
    raw = _decoded(box)
    point, sealed = raw[:_POINT], raw[_POINT:]
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise SealBroken from None
    for pair in pairs:
        secret = _derived(pair.exchange(ec.ECDH(), public), point)
        try:
            return AESGCM(secret).decrypt(bytes(_NONCE), sealed, point)
        except InvalidTag:
            continue
    raise SealBroken


def _key_pair(derived: str) -> ec.EllipticCurvePrivateKey:
    number = int(derived, 16) % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _derived(shared: bytes, point: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=point, info=_INFO).derive(shared)


def _encoded(pair: ec.EllipticCurvePrivateKey) -> str:
    return _text(_raw(pair))


def _raw(pair: ec.EllipticCurvePrivateKey) -> bytes:
    return pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
