"""The question: which release is asked, what kind of code it is, and who answers."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from oso_pipeline.errors import UsageError
from oso_pipeline.explain.because import because
from oso_pipeline.explain.board import explain_board
from oso_pipeline.explain.branch import explain_branch
from oso_pipeline.explain.choice import choose_release
from oso_pipeline.explain.decisions import with_decisions
from oso_pipeline.explain.parts import Explanation, rows
from oso_pipeline.explain.school import explain_school
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN
from oso_pipeline.release.database import DATABASE, open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import read_index

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FEW = 3
_KINDS = {
    "branch": (BRANCH_PATTERN, explain_branch, "branch_code"),
    "school": (BRIN_PATTERN, explain_school, "brin"),
    "board": (BOARD_PATTERN, explain_board, "board_number"),
}
"""Kind -> what its codes look like, who answers, and the column of `branch_status` that holds them."""


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
        found = explain_in(connection, code)
        if found is None:
            raise UsageError(
                f"{code} is not in release {chosen} ({index['as_of']}), and no earlier"
                f" one knew it.{_named_by(connection, kind, code)}{_near(connection, kind, code)} Check the code, or ask an"
                " earlier release with --as-of."
            )
    of = {"as_of": index["as_of"], "release_id": chosen, "demo": index["demo"]}
    return with_decisions({**found, **of}, folder, index)


def explain_in(connection: DuckDBPyConnection, code: str) -> Explanation | None:
    """Why a code has its status, by the tables of one release; None when they do not know it.

    Raises:
        UsageError: the code is no code.
    """
    kind = _kind_of(code)
    found = _KINDS[kind][1](connection, code)
    if found is None:
        return None
    told = {"code": code, "kind": kind, **found}
    return {**told, "because": because(told)}


def _kind_of(code: str) -> str:
    for kind, (pattern, *_) in _KINDS.items():
        if re.search(pattern, code):
            return kind
    raise UsageError(
        f"{code!r} is no code. Expected a branch as 00AH00, a school as 00AH or a board as 10249."
    )


def _named_by(connection: DuckDBPyConnection, kind: str, code: str) -> str:
    """That onboarding rows name the code all the same: it may be a typing error of theirs."""
    found = rows(
        connection,
        "SELECT source_table AS table, source_row AS row FROM reconciliation"
        " WHERE outcome = 'unknown' AND (record_key = $1 OR starts_with(record_key, $1 || '/')) ORDER BY ALL",
        f"{code[:4]}/{code[4:]}" if kind == "branch" else code,
    )
    few = ", ".join(f"{one['table']} row {one['row']}" for one in found[:_FEW])
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    return f" Onboarding records name it, with the outcome unknown: {few}{more}." if found else ""


def _near(connection: DuckDBPyConnection, kind: str, code: str) -> str:
    column = _KINDS[kind][2]
    near = rows(
        connection,
        f"SELECT DISTINCT {column} AS code FROM branch_status"  # noqa: S608 - a name of the contract
        f" WHERE levenshtein({column}, ?) = 1 ORDER BY 1 LIMIT 3",
        code,
    )
    return f" Near it: {', '.join(row['code'] for row in near)}." if near else ""
