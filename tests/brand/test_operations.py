"""The look of an organisation, saved and taken off again."""

import re

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tracker.brand.logos import Logo
from tracker.brand.operations import HardToRead, reset_look, save_logo, save_look
from tracker.brand.policy import STANDARD, Look, Paper
from tracker.brand.queries import present_logo, present_look, rules_of_look

PURPLE = Look("#5b2a86", "#00a3e0", Paper.TINTED)
LOGO = Logo(b"\x00\xff webp", 120, 40)


def test_look_is_the_standard_until_one_is_saved(session: Session) -> None:
    organisation = make.make_organisation(session)

    assert present_look(session) == STANDARD
    assert present_logo(session) is None
    assert rules_of_look(session) == ""
    assert organisation.look_digest == ""


def test_save_look_paints_both_schemes_and_changes_the_address(session: Session) -> None:
    organisation = make.make_organisation(session)

    save_look(session, PURPLE)

    rules = rules_of_look(session)
    light, dark = rules.split("@media print")[0].split("@media(prefers-color-scheme:dark)")
    # Whatever is said for the light is said for the dark too: it would stand there as well.
    named = [set(re.findall(r"(--[a-z-]+):", part)) for part in (light, dark)]
    assert named[0] == named[1] >= {"--brand", "--ink", "--paper"}
    assert "--brand:#5b2a86;" in light and "--sun:#00a3e0;" in light
    assert "--brand:" in dark and "--brand:#5b2a86;" not in dark
    first = organisation.look_digest
    save_look(session, Look("#5b2a87"))
    assert len(first) == 16 and organisation.look_digest not in ("", first)


def test_save_look_with_the_standard_colours_adds_nothing(session: Session) -> None:
    organisation = make.make_organisation(session)
    save_look(session, PURPLE)

    save_look(session, STANDARD)

    assert rules_of_look(session) == "" == organisation.look_digest


def test_save_look_refuses_what_is_hard_to_read_and_offers_the_nearest(session: Session) -> None:
    organisation = make.make_organisation(session)

    with pytest.raises(HardToRead) as refusal:
        save_look(session, Look("#00a3e0"))

    assert refusal.value.nearest == Look("#00739f")
    assert "the contrast is 2.5 to 1, and 4.5 to 1 is needed" in refusal.value.message
    assert organisation.look_digest == ""
    save_look(session, refusal.value.nearest)


def test_save_logo_puts_it_in_the_stylesheet_in_place_of_the_name(session: Session) -> None:
    organisation = make.make_organisation(session)

    save_logo(session, LOGO)

    rules = rules_of_look(session)
    assert present_logo(session) == LOGO
    assert LOGO.as_url in rules and "flex:0 1 120px;block-size:40px" in rules
    assert organisation.look_digest != ""
    save_logo(session, None)
    assert present_logo(session) is None
    assert organisation.look_digest == ""


def test_reset_look_takes_off_colours_and_logo(session: Session) -> None:
    organisation = make.make_organisation(session)
    reset_look(session)
    save_look(session, PURPLE)
    save_logo(session, LOGO)

    reset_look(session)

    assert (present_look(session), present_logo(session)) == (STANDARD, None)
    assert organisation.look_digest == ""
