"""Why a branch has its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oso_pipeline.explain import parts
from oso_pipeline.explain.change import would_connect, would_disconnect
from oso_pipeline.explain.closed import explain_closed
from oso_pipeline.explain.parts import Explanation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SHOWN = (
    "branch_name", "brin", "city", "board_number", "board_name", "sector", "connected", "covered", "coverage_basis",
    "las", "connected_on", "last_connected_on", "ot_ready", "ldos_ready", "swv_ready",
)  # fmt: skip
_OF_SCHOOL = ("school_name", "qualified", "qualified_on", "missing_steps", "begun_by")


def explain_branch(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    """The answer about a branch; None when the release does not know it."""
    branch = parts.one(connection, "FROM branch_status WHERE branch_code = ?", code)
    if branch is None:
        return explain_closed(connection, code, "branch_history", "branch_code")
    brin = branch["brin"]
    school = parts.one(connection, "FROM school_status WHERE brin = ?", brin) or {}
    board = school["board_number"]
    steps = parts.steps(connection, brin, parts.records(connection, brin, board))
    points = parts.delivery_points(connection, brin)
    waits_for_board = not branch["connected"] and not all(step["passed"] for step in steps[:2])
    changes = (
        would_disconnect(code, board, points)
        if branch["connected"]
        else would_connect(brin, board, steps, [] if branch["covered"] else [code], points)
    )
    return {
        "status": branch["status"],
        **{name: branch[name] for name in _SHOWN},
        **{name: school.get(name) for name in _OF_SCHOOL},
        "governed_by": board,
        "steps": steps,
        "delivery_points": [
            point for point in points if code in point["branches"] or not point["branches"]
        ],
        "would_change": changes,
        "predecessors": parts.predecessors(connection, code),
        "events": parts.events(connection, code),
        "flags": parts.flags(connection, "branch_code = $1 OR successor_code = $1", code),
        "not_used": parts.not_used(connection, brin, board),
        "next": parts.work(
            connection, "subject = $1 OR subject = $1[1:4]", code, board if waits_for_board else None
        ),
        "sources": parts.sources(connection, branch["sector"]),
    }  # fmt: skip
