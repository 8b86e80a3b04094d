"""How addresses are kept: sealed, found again by a keyed hash, and readable after the secret changed."""

from dataclasses import replace
from uuid import uuid4

import pytest

from config import Config
from tracker.subscriptions.sealing import Errand, Seal

pytestmark = pytest.mark.one_database

ADDRESS = "sam@example.org"


OLD, NEW = "an-old-secret-that-is-long-enough-to-be-one", "a-new-secret-that-is-long-enough-too"


def test_seal_hides_and_opens(settings: Config) -> None:
    seal = Seal(settings)
    sealed = seal.close(ADDRESS.encode())
    assert b"sam" not in sealed and seal.close(ADDRESS.encode()) != sealed
    assert seal.open(sealed) == ADDRESS.encode()
    assert seal.open(b"nonsense") is None


def test_seal_opens_what_an_earlier_secret_closed(settings: Config) -> None:
    old = Seal(replace(settings, secret_key=OLD))
    new = Seal(replace(settings, secret_key=NEW, old_secret_keys=OLD))
    assert new.open(old.close(b"x")) == b"x"
    assert old.open(new.close(b"x")) is None
    assert old.hashes(ADDRESS)[0] in new.hashes(ADDRESS)[1:]
    subscription_id = uuid4()
    token = old.link(Errand.STOP, subscription_id)
    assert new.read_link(Errand.STOP, token) == subscription_id


def test_hash_knows_an_address_whatever_its_capitals(settings: Config) -> None:
    seal = Seal(settings)
    assert seal.hashes("SAM@example.org") == seal.hashes(ADDRESS)
    assert seal.hashes("kim@example.org") != seal.hashes(ADDRESS)


@pytest.mark.parametrize("errand", [Errand.CONFIRM, Errand.JUDGE])
def test_link_is_good_for_one_errand(settings: Config, errand: Errand) -> None:
    seal = Seal(settings)
    token = seal.link(Errand.STOP, uuid4())
    assert seal.read_link(errand, token) is None


@pytest.mark.parametrize("token", ["", "x", "é", "InRoaXMi.xx", "null", "\0"])
def test_link_that_was_never_ours_is_none(settings: Config, token: str) -> None:
    assert Seal(settings).read_link(Errand.STOP, token) is None
