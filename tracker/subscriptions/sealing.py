"""How an address is kept: encrypted, beside a keyed hash; and the signed links that its mails carry.

Keys are derived from the secret. After the secret was changed, what the earlier one sealed can still
be read as long as it stands among the old ones.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from itsdangerous import BadData, URLSafeSerializer

from config import Config

_PURPOSE = "subscriptions"


class Errand(StrEnum):
    """What a link in a mail is for; a link for one errand is good for no other."""

    CONFIRM = "confirm"
    STOP = "stop"
    JUDGE = "judge"


@dataclass(frozen=True)
class Seal:
    """Closes and opens what is kept of subscribers."""

    settings: Config

    def close(self, content: bytes) -> bytes:
        """Encrypted under the present key."""
        return self._box().encrypt(content)

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed under any known key; None if none opens it."""
        try:
            return self._box().decrypt(sealed)
        except InvalidToken:
            return None

    def hashes(self, address: str) -> list[str]:
        """The keyed hash of an address, under the present key first; capitals don't matter."""
        keys = self.settings.derived_keys(f"{_PURPOSE}: who")
        said = address.casefold().encode()
        return [hmac.digest(key.encode(), said, "sha256").hex() for key in keys]

    def voice(self, subscription_id: UUID) -> str:
        """Who judges, so that one subscription counts once: leads back to nobody."""
        key = self.settings.derived_key(f"{_PURPOSE}: voice")
        return hmac.digest(key.encode(), subscription_id.bytes, "sha256").hex()

    def link(self, errand: Errand, subscription_id: UUID) -> str:
        """A token for one errand of one subscription."""
        return self._signer(errand).dumps(subscription_id.hex)

    def read_link(self, errand: Errand, token: str) -> UUID | None:
        """Whose token it is; None if it was altered, cut short, or made for another errand."""
        try:
            return UUID(hex=self._signer(errand).loads(token))
        except (BadData, ValueError, TypeError, AttributeError):
            return None

    def _box(self) -> MultiFernet:
        keys = self.settings.derived_keys(f"{_PURPOSE}: address")
        return MultiFernet([Fernet(urlsafe_b64encode(bytes.fromhex(key))) for key in keys])

    def _signer(self, errand: Errand) -> URLSafeSerializer:
        old = [replace(self.settings, secret_key=k) for k in self.settings.old_secret_keys.split()]
        keys = [each.derived_key(f"{_PURPOSE}: links") for each in (*old, self.settings)]
        return URLSafeSerializer(keys, salt=errand.value)
