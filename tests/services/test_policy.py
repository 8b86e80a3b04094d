"""Who may answer for a service together."""

import pytest

from tracker.services.policy import problems

ANN, BEA, CAT, GONE = 1, 2, 3, 9
HERE = {ANN, BEA, CAT}


@pytest.mark.parametrize(
    ("owner", "contact", "deputies", "wrong"),
    [
        (ANN, BEA, [], []),
        (ANN, BEA, [CAT], []),
        (ANN, BEA, [BEA, CAT], []),  # the contact may be a deputy
        (0, BEA, [], ["owner"]),
        (GONE, BEA, [], ["owner"]),
        (ANN, 0, [], ["escalation_contact"]),
        (ANN, GONE, [], ["escalation_contact"]),
        (ANN, ANN, [], ["escalation_contact"]),
        (0, 0, [], ["owner", "escalation_contact"]),
        (ANN, BEA, [ANN], ["deputies"]),
        (ANN, BEA, [CAT, GONE], ["deputies"]),
        (ANN, BEA, [0], ["deputies"]),
        (GONE, GONE, [GONE], ["owner", "escalation_contact", "deputies"]),
    ],
)
def test_problems_names_every_field_at_once(
    owner: int, contact: int, deputies: list[int], wrong: list[str]
) -> None:
    assert list(problems(owner, contact, deputies, HERE)) == wrong


def test_problems_says_why_the_contact_is_somebody_else() -> None:
    assert "manager" in problems(ANN, ANN, [], HERE)["escalation_contact"]
