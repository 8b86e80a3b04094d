"""Who may answer for a service, and what the organisation may set. Pure: plain values in and out."""

from collections.abc import Collection

# How many have to judge a change, and what share (%) of them say no, before the service is asked
# again: with fewer voices, or a share near none or near all, a single one could be told.
FEWEST_JUDGING, MOST_JUDGING = 5, 1000
LOWEST_SHARE, HIGHEST_SHARE = 25, 75


def problems(
    owner_id: int, contact_id: int, deputy_ids: Collection[int], active_ids: Collection[int]
) -> dict[str, str]:
    """What stands against these people answering for a service, by field; empty when nothing does."""
    found = {}
    if owner_id not in active_ids:
        found["owner"] = "Choose somebody who works here now as the owner"
    if contact_id not in active_ids:
        found["escalation_contact"] = "Choose somebody who works here now as the escalation contact"
    elif contact_id == owner_id:
        found["escalation_contact"] = (
            "The escalation contact can't be the owner: it is who hears when the owner doesn't answer. "
            "Choose the owner's manager."
        )
    if owner_id in deputy_ids:
        found["deputies"] = "The owner can't be their own deputy. Take them off the list."
    elif not set(deputy_ids) <= set(active_ids):
        found["deputies"] = "Choose deputies who work here now"
    return found
