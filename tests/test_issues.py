"""The issue log: a line for each kind of problem, the same from night to night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from oso_pipeline.contracts.records import ISSUES, QUARANTINE, SIGNALS, SOURCES
from oso_pipeline.contracts.validation import validate
from oso_pipeline.issues import find_issues
from oso_pipeline.release.checks import Check, checks_to_frame

D = date(2026, 11, 24)
NEXT = D + timedelta(days=1)
LATER = D + timedelta(days=2)
Rows = list[dict[str, Any]]


def refused(source: str = "accounts", row: int = 7, rule: str = "date_unreadable") -> dict[str, Any]:  # fmt: skip
    return {"source": source, "source_row": row, "rule": rule, "reason": f"{source}, row {row}: x."}


def odd(rule: str, subject: str | None, first_row: int | None = 3, rows: int = 1, source: str = "po") -> dict[str, Any]:  # fmt: skip
    return {
        "source": source, "rule": rule, "subject": subject, "rows": rows, "first_row": first_row,
        "reason": f"{subject} is odd.",
    }  # fmt: skip


def source(name: str = "po", *, fallback: bool = True) -> dict[str, Any]:
    seen = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    return {"source": name, "seen_at": seen, "rows_read": 300, "fallback": fallback}


def night(
    *,
    quarantine: Rows = [],  # noqa: B006 - never changed
    signals: Rows = [],  # noqa: B006
    sources: Rows = [],  # noqa: B006
    checks: list[Check] = [],  # noqa: B006
    before: pl.DataFrame | None = None,
    day: date = D,
) -> pl.DataFrame:
    found = find_issues(
        pl.DataFrame(quarantine, schema=QUARANTINE.schema),
        pl.DataFrame(signals, schema=SIGNALS.schema),
        pl.DataFrame(sources, schema=SOURCES.schema),
        checks_to_frame(checks),
        ISSUES.empty() if before is None else before,
        day,
    )
    return validate(found, ISSUES)


def test_a_night_without_problems_has_no_issues() -> None:
    passed = Check("branches_po", True, "bound", "210", "208 to 223", "")
    assert night(checks=[passed], sources=[source(fallback=False)]).is_empty()


def test_many_rows_that_one_rule_refused_are_one_issue_that_tells_of_the_first() -> None:
    found = night(quarantine=[refused(row=9), refused(row=7), refused(row=400)])
    assert found.rows(named=True) == [
        {
            "issue_id": "quarantine:accounts:date_unreadable",
            "kind": "quarantine",
            "source": "accounts",
            "rule": "date_unreadable",
            "subject": None,
            "severity": "medium",
            "rows": 3,
            "reason": "accounts, row 7: x.",
            "first_seen_on": D,
            "last_seen_on": D,
            "closed_on": None,
        }
    ]


def test_an_issue_keeps_its_id_and_its_first_day_when_its_rows_shift() -> None:
    first = night(quarantine=[refused(row=7)])
    again = night(quarantine=[refused(row=8), refused(row=9)], before=first, day=NEXT)
    shown = again.select("issue_id", "rows", "first_seen_on", "last_seen_on", "closed_on")
    assert shown.rows() == [("quarantine:accounts:date_unreadable", 2, D, NEXT, None)]


def test_an_issue_that_is_gone_keeps_its_last_day_and_the_day_on_which_it_closed() -> None:
    gone = night(before=night(quarantine=[refused()]), day=NEXT)
    assert gone.select("last_seen_on", "closed_on").rows() == [(D, NEXT)]
    assert night(before=gone, day=LATER).equals(gone)


def test_an_issue_that_comes_back_begins_anew() -> None:
    gone = night(before=night(quarantine=[refused()]), day=NEXT)
    back = night(quarantine=[refused()], before=gone, day=LATER)
    assert back.select("first_seen_on", "closed_on").rows() == [(LATER, None)]


def test_odd_values_of_one_rule_are_one_issue_and_no_value_stands_in_its_id() -> None:
    found = night(signals=[odd("unknown_province", "Noord Holland", rows=4), odd("unknown_province", "Jansen", 1)])  # fmt: skip
    assert found.select("issue_id", "rows", "severity", "reason").rows() == [
        ("signal:po:unknown_province", 5, "low", "Jansen is odd.")
    ]


def test_a_column_that_is_new_is_an_issue_of_its_own() -> None:
    found = night(signals=[odd("new_column", name, None, rows=0) for name in ("FAX", "GROEP")])
    assert found["issue_id"].to_list() == ["signal:po:new_column:FAX", "signal:po:new_column:GROEP"]


def test_a_decision_that_does_nothing_weighs_more_than_an_odd_value() -> None:
    found = night(signals=[odd("dangling", "00AA00", source="overrides")])
    assert found.select("issue_id", "severity").rows() == [("signal:overrides:dangling", "medium")]


def test_a_source_that_stands_in_is_an_issue_with_the_rows_that_serve() -> None:
    found = night(sources=[source("po"), source("so", fallback=False)])
    assert found.select("issue_id", "rows", "reason").rows() == [
        ("stand_in:po:no_body_arrived", 300, "No body arrived; what was last seen on 2026-11-20 stands in.")
    ]  # fmt: skip


def test_a_check_that_did_not_pass_is_an_issue_until_a_release_in_which_it_does() -> None:
    broken = Check("branches_po", False, "bound", "106", "208 to 223", "215 then, 106 tonight.")
    held = night(checks=[broken])
    assert held.select("issue_id", "severity", "rows", "reason").rows() == [
        ("check:gate:branches_po", "high", None, "106, allowed: 208 to 223. 215 then, 106 tonight.")
    ]
    after = night(before=held, day=NEXT)
    assert after["closed_on"].to_list() == [NEXT]


def test_a_release_of_an_earlier_day_shows_no_issue_before_it_was_seen() -> None:
    later = night(quarantine=[refused()], day=LATER)
    found = night(quarantine=[refused()], before=later, day=D)
    assert found.select("first_seen_on", "last_seen_on").rows() == [(D, D)]


def test_the_order_in_which_rows_come_changes_nothing() -> None:
    rows = [refused(row=row) for row in range(9, 2, -1)]
    values = [odd("unknown_province", f"P{at}", at, rows=at) for at in range(1, 7)]
    there = night(quarantine=rows, signals=values)
    assert night(quarantine=rows[::-1], signals=values[::-1]).equals(there)
