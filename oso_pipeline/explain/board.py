"""How a board stands: its account and agreement, its schools, and what a signature of it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oso_pipeline.explain import parts
from oso_pipeline.explain.closed import explain_closed
from oso_pipeline.explain.parts import Explanation, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def explain_board(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    """The answer about a board; None when the release does not know it."""
    schools = parts.rows(
        connection,
        "SELECT brin, school_name, sector, status, qualified, qualified_on, missing_steps, branches, branches_covered"
        " FROM school_status WHERE board_number = ? ORDER BY brin",
        code,
    )
    if not schools:
        return _of_no_school(connection, code) or explain_closed(
            connection, code, "board_history", "board_number"
        )
    named = parts.one(
        connection, "SELECT board_name FROM branch_status WHERE board_number = ? LIMIT 1", code
    )
    steps = _steps(connection, schools[0]["brin"], code)
    agreement = steps[-1]
    return {
        "board_name": named["board_name"] if named else None,
        "status": "agreement" if agreement["passed"] else "no_agreement",
        "reason": agreement["reason"],
        "schools": schools,
        "steps": steps,
        "delivery_points": [],
        "would_change": _would_change(schools, code, signed=agreement["passed"]),
        "predecessors": parts.predecessors(connection, code),
        "events": parts.board_events(connection, code),
        "history": parts.rows(
            connection, "FROM board_history WHERE board_number = ? ORDER BY from_on", code
        ),
        "flags": [],
        "not_used": parts.not_used(connection, code, code),
        "next": parts.work(connection, "subject = $1", code),
        "sources": parts.sources(connection, *{school["sector"] for school in schools}),
    }


def _of_no_school(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    """A board that open branches name, of schools that another board governs; None when no branch does."""
    branches = parts.rows(
        connection,
        "SELECT branch_code, branch_name, board_name, sector, status, connected_on FROM branch_status"
        " WHERE board_number = ? ORDER BY branch_code",
        code,
    )
    if not branches:
        return None
    return {
        "board_name": branches[0]["board_name"],
        "status": "governs_no_school",
        "reason": f"Board {code} is named by {len(branches)} open {'branch' if len(branches) == 1 else 'branches'}, but it"
        " governs no school: the board of a school is that of its 00 branch, or else of its lowest one."
        " The agreement that counts for these branches is that of the board of their school.",
        "schools": [],
        "branches": branches,
        "steps": [],
        "delivery_points": [],
        "would_change": [],
        "predecessors": parts.predecessors(connection, code),
        "events": parts.board_events(connection, code),
        "history": parts.rows(
            connection, "FROM board_history WHERE board_number = ? ORDER BY from_on", code
        ),
        "flags": [],
        "not_used": parts.not_used(connection, code, code),
        "next": parts.work(connection, "subject = $1", code),
        "sources": parts.sources(connection, *{branch["sector"] for branch in branches}),
    }


def _steps(connection: DuckDBPyConnection, brin: str, board: str) -> list[Row]:
    """The two steps that are the board's, by one of its schools: an account of its own, and the agreement.

    An active account of the board is evidence for every school of it.
    """
    of_board = parts.records(connection, "", board)
    steps = {step["step"]: step for step in parts.steps(connection, brin, of_board)}
    account = steps["account"]
    active = [record for record in account["records"] if record["counts"]]
    told = parts.one(
        connection,
        "SELECT reason FROM qualification_steps JOIN school_status USING (brin) WHERE board_number = ?"
        " AND step = 'agreement' ORDER BY length(reason), brin LIMIT 1",
        board,
    )
    own_account = {
        "passed": bool(active),
        "since": None,
        "reason": f"Board {board} has {'an' if active else 'no'} active account.",
        "evidence": [f"{record['table']} row {record['row']}" for record in active],
    }
    return [account | own_account, steps["agreement"] | (told or {})]


def _would_change(schools: list[Row], board: str, *, signed: bool) -> list[Row]:
    if signed:
        qualified = sum(school["qualified"] for school in schools)
        text = f"the agreement of board {board} ending; {qualified} of its schools would no longer be qualified"
        return [{"step": "agreement", "code": board, "number": None, "text": text}]
    only_this = [school["brin"] for school in schools if school["missing_steps"] == ["agreement"]]
    branches = sum(school["branches_covered"] for school in schools if school["brin"] in only_this)
    text = (
        f"an agreement signed by board {board}: {len(only_this)} of its {len(schools)} schools miss nothing else,"
        f" and {branches} of their branches would be connected at once"
    )
    return [{"step": "agreement", "code": board, "number": None, "text": text}]
