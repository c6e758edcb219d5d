"""Why a school has its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oso_pipeline.explain import parts
from oso_pipeline.explain.change import would_connect
from oso_pipeline.explain.closed import explain_closed
from oso_pipeline.explain.parts import Explanation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SHOWN = ("school_name", "board_number", "sector", "qualified", "qualified_on", "missing_steps", "begun_by")  # fmt: skip


def explain_school(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    """The answer about a school; None when the release does not know it."""
    school = parts.one(connection, "FROM school_status WHERE brin = ?", code)
    if school is None:
        return explain_closed(connection, code, "school_history", "brin")
    board = school["board_number"]
    branches = parts.rows(
        connection,
        "SELECT branch_code, branch_name, status, covered, coverage_basis, connected_on"
        " FROM branch_status WHERE brin = ? ORDER BY branch_code",
        code,
    )
    steps = parts.steps(connection, code, parts.records(connection, code, board))
    points = parts.delivery_points(connection, code)
    uncovered = [branch["branch_code"] for branch in branches if not branch["covered"]]
    named = parts.one(
        connection,
        "SELECT board_name FROM branch_status WHERE board_number = ? LIMIT 1",
        board or "",
    )
    waits_for_board = not school["qualified"] and not all(step["passed"] for step in steps[:2])
    where = "subject[1:4] = $1 AND length(subject) <> 5"
    return {
        "status": school["status"],
        **{name: school.get(name) for name in _SHOWN},
        "board_name": named["board_name"] if named else None,
        "branches": branches,
        "steps": steps,
        "delivery_points": points,
        "would_change": would_connect(code, board, steps, uncovered, points),
        "predecessors": parts.predecessors(connection, code),
        "events": parts.events(connection, code),
        "flags": parts.flags(connection, "brin = $1 OR successor_code[1:4] = $1", code),
        "not_used": parts.not_used(connection, code, board),
        "next": parts.work(connection, where, code, board if waits_for_board else None),
        "sources": parts.sources(connection, school["sector"]),
    }
