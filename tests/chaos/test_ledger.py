"""The ledgers: what is in them is whole, and killed writers spoil nothing."""

from pathlib import Path

from tests.chaos.ledger import Ledger, entries_from, read


def test_half_a_line_of_a_killed_process_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "workers"
    ledger = Ledger(path)
    ledger.note("reached", point="one")
    with path.open("ab") as file:
        file.write(b'\n[2.5, "reac')  # killed here
    ledger.note("reached", point="two")
    with path.open("ab") as file:
        file.write(b'\n[9.5, "reached", {}')  # not whole yet, or never

    assert [(each.what, each["point"]) for each in read(path)] == [
        ("reached", "one"),
        ("reached", "two"),
    ]


def test_lines_are_read_from_a_place_on(tmp_path: Path) -> None:
    path = tmp_path / "server"
    ledger = Ledger(path)
    ledger.note("deed", number=1)
    place = path.stat().st_size
    ledger.note("deed", number=2)

    assert [each["number"] for each in entries_from(path, place)] == [2]
    assert read(tmp_path / "nobody") == []
