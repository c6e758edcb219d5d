"""A row of an onboarding table before it has a subject, and the kinds of situation it belongs to.

A day in a record is counted from the country's first night: -400 is 400 days before it. Unless the
record is ``fresh``, all days of one school lie further back by the same number of days. "@-2" is two
days before the night on which something befell the school.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# What is filled in per branch: its number, another number for it, a name for it, the number of the
# delivery point that a test exchange names, the two digits it is linked by, a branch nobody knows.
OWN, OTHER, TEXT, MAIN = "{own}", "10{own}", "LAS-{own}", "{main}"
LINK_OWN, LINK_NOWHERE = "{own:02}", "99"


@dataclass(frozen=True)
class Record:
    """One row of an onboarding table.

    Attributes:
        table: one of the six.
        values: column -> text, or days from the first night for a date.
        fresh: the days are exact, and not moved further back.
        outcome: what reconciliation says of it, unless its code is damaged.
    """

    table: str
    values: dict[str, str | int | None] = field(default_factory=dict)
    fresh: bool = False
    outcome: str = "matched"


@dataclass(frozen=True)
class BoardSituation:
    """What a board has signed.

    Attributes:
        weight: its share of the boards.
        agreed: a base agreement is active on every night.
        records: its rows.
    """

    weight: float
    agreed: bool
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class SchoolSituation:
    """How far a school came by itself.

    Attributes:
        weight: its share of the schools.
        records: its rows, but for LAS delivery points when ``covers``.
        steps_met: questionnaire and test exchange are in order.
        covers: its branches are dealt delivery points; without that none is covered.
        present: it has a row of its own that counts.
    """

    weight: float
    records: tuple[Record, ...] = ()
    steps_met: bool = False
    covers: bool = True
    present: bool = True


@dataclass(frozen=True)
class CoverSituation:
    """Which LAS delivery points a branch has.

    Attributes:
        anchor: its share of the branches that make the school pass the third step.
        side: its share of the other branches.
        basis: what ``coverage_basis`` is; ``none`` is not covered.
        records: its rows.
        test_number: the delivery point's number as a test exchange names it.
    """

    anchor: float
    side: float
    basis: str
    records: tuple[Record, ...] = ()
    test_number: str = OWN


def signed(
    on: int | str | None,
    ended: int | None = None,
    kind: str = "base",
    *,
    fresh: bool = False,
    outcome: str = "matched",
) -> Record:
    """Write an agreement."""
    return Record("agreements", {"kind": kind, "signed_on": on, "ended_on": ended}, fresh, outcome)


def account(
    kind: str, requested: int, letter: int | None, activated: int | None, *, fresh: bool = False
) -> Record:
    """Write an account."""
    days = {"requested_on": requested, "letter_sent_on": letter, "activated_on": activated}
    return Record("accounts", {"kind": kind, **days}, fresh)


def answered(status: str, on: int | str | None, outcome: str = "matched") -> Record:
    """Write a questionnaire."""
    values = {"status": status, "submitted_on": on}
    return Record("questionnaires", values, outcome=outcome)


def exchanged(result: str, on: int | str, number: str = MAIN, *, fresh: bool = False) -> Record:
    """Write a test exchange."""
    values = {"delivery_point_number": number, "performed_on": on, "result": result}
    return Record("test_exchanges", values, fresh)


def point(
    *days: int | str | None,
    number: str = OWN,
    link: str | None = None,
    kind: str = "las",
    fresh: bool = False,
) -> Record:
    """Write a delivery point: requested, approved, key issued, registered, ended."""
    names = ("requested_on", "approved_on", "key_issued_on", "registered_on", "ended_on")
    dates = dict(zip(names, days, strict=False))
    return Record(
        "delivery_points", {"kind": kind, "number": number, "branch_number": link, **dates}, fresh
    )
