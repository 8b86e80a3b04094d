"""Short codes: the last part of a survey's address, easy to read aloud and to type from a poster."""

import secrets

# No vowels, so that no words come about; no letter or digit that is mistaken for another.
ALPHABET = "cdfghjkmnpqrtvwx234678"
LENGTH = 6


def new_code() -> str:
    """A code drawn at random; that it is new is for the caller to see to."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
