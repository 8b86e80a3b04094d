"""The site whose connection can be cut, and a browser on it, as in the tests of the phone."""

from tests.offline.conftest import phone, site

__all__ = ["phone", "site"]
