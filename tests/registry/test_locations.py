"""Locations: where an open branch stands and which partnership it belongs to, when there is one answer."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from oso_pipeline.intake.rio import SCHEMAS
from oso_pipeline.registry.locations import locate

PLACES = [
    ("100X001", 52.1, 5.2, "1234 AB"),
    ("100X002", 52.3, 5.4, "5678 CD"),
    ("100X003", None, None, None),
    ("100X004", 52.5, 5.6, "5678 CD"),
]


def find(
    uses: list[tuple[str, str]], members: list[tuple[str | None, str]] | None = None
) -> dict[str, pl.DataFrame]:
    """Branches 00AA00 and 00AA01 with these uses of locations and memberships."""
    rows = {"rio_locations": PLACES, "rio_uses": uses, "rio_memberships": members or []}
    files = {
        name: pl.DataFrame([(at, *row) for at, row in enumerate(found, start=2)], schema=SCHEMAS[name], orient="row")
        for name, found in rows.items()
    }  # fmt: skip
    return locate(
        pl.DataFrame({"branch_code": ["00AA00", "00AA01"], "postcode": ["1234 AB", None]}), files
    )


def of_main(found: dict[str, pl.DataFrame]) -> tuple[Any, ...]:
    return found["located"].filter(branch_code="00AA00").drop("branch_code").row(0)


@pytest.mark.parametrize(
    ("uses", "place", "odd"),
    [
        ([("100X001", "00AA00")], (52.1, 5.2), []),
        ([("100X001", "00AA00"), ("100X001", "00AA00")], (52.1, 5.2), []),
        ([("100X002", "00AA00")], (52.3, 5.4), []),
        ([("100X001", "00AA00"), ("100X002", "00AA00")], (52.1, 5.2), []),
        ([("100X002", "00AA00"), ("100X004", "00AA00")], (None, None), ["several_locations"]),
        ([("100X001", "00AA01"), ("100X003", "00AA01")], (None, None), ["several_locations"]),
        ([("100X001", "00AA01")], (None, None), []),
        ([("100X003", "00AA00")], (None, None), []),
        ([("999X999", "00AA00")], (None, None), ["location_unknown"]),
        ([], (None, None), []),
    ],
    ids=["one", "one_twice", "elsewhere", "one_at_its_address", "none_at_its_address", "no_address", "of_another", "without_place", "unknown", "none"],
)  # fmt: skip
def test_a_branch_stands_at_its_one_location_or_at_the_one_at_its_address(
    uses: list[tuple[str, str]], place: tuple[Any, Any], odd: list[str]
) -> None:
    found = find(uses)
    assert of_main(found)[:2] == place
    assert found["signals"]["rule"].to_list() == odd
    assert found["located"]["branch_code"].to_list() == ["00AA00", "00AA01"]


@pytest.mark.parametrize(
    ("members", "number", "odd"),
    [
        ([("PO2001", "00AA00")], "PO2001", []),
        ([("PO2001", "00AA00"), ("PO2001", "00AA00")], "PO2001", []),
        ([("PO2001", "00AA00"), ("VO2001", "00AA00")], None, ["several_partnerships"]),
        ([(None, "00AA00")], None, []),
        ([], None, []),
    ],
    ids=["one", "one_twice", "several", "unreadable", "none"],
)
def test_a_branch_belongs_to_its_one_partnership(
    members: list[tuple[str | None, str]], number: str | None, odd: list[str]
) -> None:
    found = find([], members)
    assert of_main(found)[2] == number
    assert found["signals"]["rule"].to_list() == odd


def test_every_row_is_used_for_an_open_branch_or_ignored_for_a_reason() -> None:
    found = find([("100X001", "00AA00"), ("100X002", "00BB00")], [("PO2001", "00BB00")])
    assert sorted(found["used"].rows()) == [("rio_locations", 2), ("rio_uses", 2)]
    assert sorted(found["ignored"].rows()) == [
        ("rio_locations", 3, "location_of_no_open_branch"),
        ("rio_locations", 4, "location_of_no_open_branch"),
        ("rio_locations", 5, "location_of_no_open_branch"),
        ("rio_memberships", 2, "not_an_open_branch"),
        ("rio_uses", 3, "not_an_open_branch"),
    ]
