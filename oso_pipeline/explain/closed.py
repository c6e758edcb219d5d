"""What the register or an earlier release knew of a code that is not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oso_pipeline.explain import parts
from oso_pipeline.explain.parts import Explanation, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OF_ITS_POINTS = (
    "kind IN ('move_delivery_point', 'end_delivery_point') AND item_id.split(':')[2] = $1[1:4]"
)
"""What its successor must do about its delivery points."""


def explain_closed(
    connection: DuckDBPyConnection, code: str, history: str, column: str
) -> Explanation | None:
    """What became of a code; None when nothing ever knew it.

    Args:
        connection: to the tables.
        code: a branch, school or board that is not open.
        history: the table of the intervals in which it was.
        column: of that table, that holds the code.
    """
    intervals = parts.rows(
        connection,
        f"FROM {history} WHERE {column} = ? ORDER BY from_on",
        code,
    )
    went_on = parts.rows(
        connection,
        "SELECT event, effective_on, successors, through, ended_as, source_rows"
        " FROM successions WHERE code = ?",
        code,
    )
    not_used = parts.rows(
        connection,
        "SELECT source_table AS table, source_row AS row, record_key AS key, outcome, reason FROM reconciliation"
        " WHERE outcome IN ('matched_by_transition', 'closed') AND split_part(record_key, '/', 1) = ?"
        " ORDER BY source_table, source_row",
        code[:4] if column == "branch_code" else code,
    )
    if not (intervals or went_on or _is_told_closed(connection, code, column, not_used)):
        return None
    of_board = column == "board_number"
    return {
        "status": "closed",
        "branch_name": intervals[-1].get("branch_name") if intervals else None,
        "went_on": went_on,
        "history": intervals,
        "events": (parts.board_events if of_board else parts.events)(connection, code),
        "steps": [],
        "delivery_points": [],
        "would_change": [],
        "flags": parts.flags(connection, "branch_code = $1 OR brin = $1", code),
        "not_used": not_used,
        "next": parts.work(connection, f"subject = $1 OR ({_OF_ITS_POINTS})", code),
        "sources": parts.sources(connection, "register_transitions"),
    }


def _is_told_closed(
    connection: DuckDBPyConnection, code: str, column: str, not_used: list[Row]
) -> bool:
    """Whether a record of the code says that it is closed: the register knew it before the first release did."""
    of_branches = [row for row in not_used if row["table"] == "branches"]
    if column != "branch_code":
        return len(of_branches) < len(not_used)
    school_is_open = parts.rows(
        connection, "SELECT 1 FROM branch_status WHERE brin = ? LIMIT 1", code[:4]
    )
    is_named = any(row["key"].replace("/", "") == code for row in of_branches)
    return is_named or (not school_is_open and len(of_branches) < len(not_used))
