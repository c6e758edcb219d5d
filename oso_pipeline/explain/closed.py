"""What the register or an earlier release knew of a code that is not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oso_pipeline.explain import parts
from oso_pipeline.explain.parts import Explanation

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
    if not intervals and not went_on:
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
        "not_used": parts.rows(
            connection,
            "SELECT source_table AS table, source_row AS row, record_key AS key, outcome, reason FROM reconciliation"
            " WHERE outcome IN ('matched_by_transition', 'closed') AND split_part(record_key, '/', 1) = ?"
            " ORDER BY source_table, source_row",
            code[:4] if column == "branch_code" else code,
        ),
        "next": parts.work(connection, f"subject = $1 OR ({_OF_ITS_POINTS})", code),
        "sources": parts.sources(connection, "register_transitions"),
    }
