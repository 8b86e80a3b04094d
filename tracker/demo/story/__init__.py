"""The demo's story: what happens on which day, counted back from today.

Two consultations are real and published; the others are invented. All answers are made up.
"""

from tracker.demo.story.beats import Beat
from tracker.demo.story.library import KIOSK_PIN, library
from tracker.demo.story.made_up import bus, friday, quiet, summer
from tracker.demo.story.real import eastgate, frieth
from tracker.demo.world import World, read_data

__all__ = ["BEGINS", "KIOSK_PIN", "Beat", "story"]

BEGINS = 160  # days ago


def story(world: World) -> list[Beat]:
    """All that happens in the demo, in order; each deed is given its moment."""
    made_up = read_data("made-up")
    told = (
        *bus(world, made_up["bus"]),
        *friday(world, made_up["friday"]),
        *eastgate(world),
        *frieth(world),
        *summer(world, made_up["summer"]),
        *library(world),
        *quiet(world, made_up["quiet"]),
    )
    return sorted(told, key=lambda beat: -beat.days_ago)
