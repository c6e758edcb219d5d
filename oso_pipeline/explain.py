"""Why a branch, a school or a board has its status: out of a release, without computing anything again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from oso_pipeline.codes import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN
from oso_pipeline.contracts.statuses import STEPS
from oso_pipeline.errors import UsageError
from oso_pipeline.release.database import DATABASE, open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import read_index
from oso_pipeline.release.log import read_log

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KINDS = {"branch": BRANCH_PATTERN, "school": BRIN_PATTERN, "board": BOARD_PATTERN}

Explanation = dict[str, Any]
"""`code, kind, status, as_of, release_id, steps, delivery_points, flags, next` (contract.md, Commands)."""


def explain(
    folder: DataFolder, code: str, *, as_of: date | None, release_id: str | None
) -> Explanation:
    """Why a code has its status.

    Args:
        folder: where the releases are.
        code: a branch (6 characters), school (4) or board (5).
        as_of: ask the newest published release of this day or before; None for the latest.
        release_id: ask this release.

    Raises:
        UsageError: the code is no code, or the release does not know it; or there is no such release.
    """
    code = code.strip().upper()
    kind = _kind_of(code)
    chosen = choose_release(folder, as_of=as_of, release_id=release_id)
    place = folder.release(chosen)
    index = read_index(place)
    with open_database(place / DATABASE) as connection:
        found = {"branch": _branch, "school": _school, "board": _board}[kind](connection, code)
        if found is None:
            raise UsageError(
                f"{code} is not in release {chosen} ({index['as_of']}), and no earlier"
                f" one knew it.{_near(connection, kind, code)} Check the code, or ask an earlier"
                " release with --as-of."
            )
    head = {"code": code, "kind": kind, "status": found.pop("status")}
    of = {"as_of": index["as_of"], "release_id": chosen, "demo": index["demo"]}
    return head | of | found


def choose_release(folder: DataFolder, *, as_of: date | None, release_id: str | None) -> str:
    """The release that is asked.

    Raises:
        UsageError: there is none.
    """
    if release_id:
        if not (folder.release(release_id) / DATABASE).is_file():
            raise UsageError(
                f"There is no release {release_id} with tables in {folder.releases}."
                " `oso releases` lists them."
            )
        return release_id
    if as_of is None:
        latest = folder.latest_release_id()
        if latest is None:
            raise UsageError("Nothing is published yet: run `oso run`, or `oso demo` to try it.")
        return latest
    published = [
        line.release_id
        for line in read_log(folder)
        if line.verdict == "published" and date.fromisoformat(line.as_of) <= as_of
    ]
    if not published:
        raise UsageError(
            f"No release of {as_of} or before was published. `oso releases` lists them."
        )
    return published[-1]


def _kind_of(code: str) -> str:
    for kind, pattern in _KINDS.items():
        if pl.Series([code]).str.contains(pattern).item():
            return kind
    raise UsageError(
        f"{code!r} is no code. Expected a branch as 00AH00, a school as 00AH or a board as 10249."
    )


def _rows(connection: DuckDBPyConnection, query: str, code: str) -> list[dict[str, Any]]:
    return pl.DataFrame(connection.sql(query, params=[code])).to_dicts()


def _one(connection: DuckDBPyConnection, query: str, code: str) -> dict[str, Any] | None:
    rows = _rows(connection, query, code)
    return rows[0] if rows else None


def _branch(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    branch = _one(connection, "FROM branch_status WHERE branch_code = ?", code)
    if branch is None:
        return _closed(
            connection, code, "FROM branch_history WHERE branch_code = ? ORDER BY from_on"
        )
    shown = (
        "branch_name", "brin", "board_number", "board_name", "sector", "covered", "coverage_basis",
        "las", "connected_on", "last_connected_on", "ot_ready", "ldos_ready", "swv_ready",
    )  # fmt: skip
    return {
        "status": branch["status"],
        **{name: branch[name] for name in shown},
        "steps": _steps(connection, branch["brin"]),
        "delivery_points": [
            point
            for point in _points(connection, branch["brin"])
            if code in point["branches"] or not point["branches"]
        ],
        "predecessors": _predecessors(connection, code),
        "events": _events(connection, code),
        "flags": _rows(connection, f"{_FLAGS} WHERE branch_code = ? OR successor_code = $1", code),
        "next": _next(connection, code) or _next(connection, branch["brin"]),
    }


def _school(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    school = _one(connection, "FROM school_status WHERE brin = ?", code)
    if school is None:
        return _closed(connection, code, "FROM school_history WHERE brin = ? ORDER BY from_on")
    shown = ("school_name", "board_number", "sector", "qualified", "qualified_on", "missing_steps")
    return {
        "status": school["status"],
        **{name: school[name] for name in shown},
        "branches": _rows(
            connection,
            "SELECT branch_code, branch_name, status, coverage_basis, connected_on"
            " FROM branch_status WHERE brin = ? ORDER BY branch_code",
            code,
        ),
        "steps": _steps(connection, code),
        "delivery_points": _points(connection, code),
        "predecessors": _predecessors(connection, code),
        "events": _events(connection, code),
        "flags": _rows(connection, f"{_FLAGS} WHERE brin = ? OR successor_code[1:4] = $1", code),
        "next": _next(connection, code, _OF_SCHOOL_AND_BRANCHES),
    }


def _board(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    schools = _rows(
        connection,
        "SELECT brin, school_name, sector, status, qualified, qualified_on, missing_steps"
        " FROM school_status WHERE board_number = ? ORDER BY brin",
        code,
    )
    if not schools:
        return _closed(
            connection, code, "FROM board_history WHERE board_number = ? ORDER BY from_on"
        )
    agreement = _one(
        connection,
        "SELECT passed, reason FROM qualification_steps JOIN school_status USING (brin)"
        " WHERE board_number = ? AND step = 'agreement' LIMIT 1",
        code,
    )
    has_agreement = bool(agreement and agreement["passed"])
    named = _one(
        connection, "SELECT board_name FROM branch_status WHERE board_number = ? LIMIT 1", code
    )
    return {
        "board_name": named["board_name"] if named else None,
        "status": "agreement" if has_agreement else "no_agreement",
        "reason": agreement["reason"] if agreement else None,
        "schools": schools,
        "steps": [],
        "delivery_points": [],
        "flags": [],
        "next": _next(connection, code),
    }


def _closed(connection: DuckDBPyConnection, code: str, query: str) -> Explanation | None:
    """What the register or an earlier release knew of a code that is not open."""
    history = _rows(connection, query, code)
    went_on = _rows(
        connection,
        "SELECT event, effective_on, successors, through, ended_as, source_rows"
        " FROM successions WHERE code = ?",
        code,
    )
    if not history and not went_on:
        return None
    return {
        "status": "closed",
        "branch_name": history[-1].get("branch_name") if history else None,
        "went_on": went_on,
        "history": history,
        "events": _events(connection, code),
        "steps": [],
        "delivery_points": [],
        "flags": _rows(connection, f"{_FLAGS} WHERE branch_code = ? OR brin = $1", code),
        "next": _next(connection, code) or _next(connection, code, _OF_ITS_POINTS),
    }


def _events(connection: DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    """What happened to a branch, or to the branches of a school, in the order of time."""
    return _rows(
        connection,
        "SELECT event, subject, from_value, to_value, effective_on, reason FROM change_log"
        " WHERE subject = ? OR subject[1:4] = $1 ORDER BY effective_on, release_id, event",
        code,
    )


def _predecessors(connection: DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    """Who went on as this branch or school, by the register."""
    return _rows(
        connection,
        "SELECT code, event, effective_on FROM successions"
        " WHERE list_contains(successors, ?) ORDER BY effective_on, code",
        code,
    )


_FLAGS = (
    "SELECT flag, branch_code, delivery_point_number, severity, reason, since_on, successor_code"
    " FROM delivery_point_flags"
)


def _steps(connection: DuckDBPyConnection, brin: str) -> list[dict[str, Any]]:
    steps = _rows(
        connection,
        "SELECT step, passed, since_on AS since, reason, evidence"
        " FROM qualification_steps WHERE brin = ?",
        brin,
    )
    return sorted(steps, key=lambda step: STEPS.index(step["step"]))


def _points(connection: DuckDBPyConnection, brin: str) -> list[dict[str, Any]]:
    return _rows(connection, "SELECT * EXCLUDE (brin) FROM delivery_points WHERE brin = ?", brin)


_ITEMS = "SELECT item_id, responsible, action, since_on FROM work_items"
_OF_SUBJECT = "subject = ?"
_OF_SCHOOL_AND_BRANCHES = "subject[1:4] = ? AND length(subject) <> 5"
_OF_ITS_POINTS = (
    "kind IN ('move_delivery_point', 'end_delivery_point') AND item_id.split(':')[2] = ?[1:4]"
)
"""What its successor must do about the delivery points of a code that is not open."""


def _next(connection: DuckDBPyConnection, code: str, of: str = _OF_SUBJECT) -> list[dict[str, Any]]:
    return _rows(connection, f"{_ITEMS} WHERE closed_on IS NULL AND {of} ORDER BY item_id", code)


def _near(connection: DuckDBPyConnection, kind: str, code: str) -> str:
    column = {"branch": "branch_code", "school": "brin", "board": "board_number"}[kind]
    rows = _rows(
        connection,
        f"SELECT DISTINCT {column} AS code FROM branch_status"  # noqa: S608 - a name of the contract
        f" WHERE levenshtein({column}, ?) = 1 ORDER BY 1 LIMIT 3",
        code,
    )
    return f" Near it: {', '.join(row['code'] for row in rows)}." if rows else ""
