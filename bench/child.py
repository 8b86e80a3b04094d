"""A simulated child: a browser with an address, an agent and nothing else, that reads what it gets."""

import http.client
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_RECEIPT = re.compile(r'<ol class="receipt".*?</ol>', re.DOTALL)

Fields = dict[str, str]


@dataclass(frozen=True)
class Page:
    status: int
    text: str

    @property
    def hidden(self) -> Fields:
        """The fields that its form carries unseen."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.text)}

    @property
    def receipt(self) -> str:
        found = _RECEIPT.search(self.text)
        return " ".join(re.findall(r"<li>(\w+)</li>", found[0])) if found else ""

    def shows(self, words: str) -> bool:
        """Whether the words stand on the page, to be read or to be sent again."""
        return words in unescape(self.text)

    @property
    def is_thanks(self) -> bool:
        return self.status == 200 and (
            "Thank you. We have your answer." in self.text or "We already have it" in self.text
        )


@dataclass
class Child:
    port: int
    address: str = "127.0.0.1"
    headers: Fields = field(default_factory=dict)

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Fields | bytes, **headers: str) -> Page:
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, kind | headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Fields) -> Page:
        line = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=120, source_address=(self.address, 0)
        )
        try:
            line.request(method, path, body, self.headers | headers)
            answer = line.getresponse()
            return Page(answer.status, answer.read().decode())
        finally:
            line.close()

    def post_and_hang_up(self, path: str, fields: Fields) -> None:
        """Send a form and be gone before the answer comes."""
        line = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=120, source_address=(self.address, 0)
        )
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", path, urlencode(fields).encode(), self.headers | kind)
        line.close()
