"""What answers share: steps with the records behind them, delivery points, findings, events and work.

A release of an earlier minor version lacks columns that came later, so rows are taken whole and asked with `get`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oso_pipeline.contracts.statuses import STEP_TABLES, STEPS
from oso_pipeline.release.database import rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
Explanation = dict[str, Any]
"""`code, kind, status, as_of, release_id, steps, delivery_points, flags, next` (contract.md, Commands), and beside them
`because` (in a sentence or two), `would_change`, `sources`, `decisions` and what belongs to the kind of code."""

_STEP_OF = {table: step for step, table in STEP_TABLES.items()}

_USED = ("matched", "matched_by_override")


def one(connection: DuckDBPyConnection, query: str, *codes: str) -> Row | None:
    """The first row of a query; None when there is none."""
    found = rows(connection, query, *codes)
    return found[0] if found else None


def steps(connection: DuckDBPyConnection, brin: str, looked_at: list[Row]) -> list[Row]:
    """The steps of a school: whether each holds, since when and why, and which of these records were looked at."""
    found = rows(connection, "FROM qualification_steps WHERE brin = ?", brin)
    return [
        {
            "step": step["step"],
            "passed": step["passed"],
            "since": step["since_on"],
            "reason": step["reason"],
            "evidence": step["evidence"],
            "records": [
                record | {"counts": f"{record['table']} row {record['row']}" in step["evidence"]}
                for record in looked_at
                if record["step"] == step["step"]
            ],
        }
        for step in sorted(found, key=lambda row: STEPS.index(row["step"]))
    ]


def records(connection: DuckDBPyConnection, brin: str, board: str | None) -> list[Row]:
    """The onboarding rows about a school and its board that were used, with what they say."""
    found = rows(
        connection,
        "FROM reconciliation WHERE (matched_brin = ? OR matched_board_number = ?)"
        f" AND outcome IN {_USED} ORDER BY source_table, source_row",
        brin,
        board or "",
    )
    return [
        {
            "step": _STEP_OF.get(row["source_table"]),
            "table": row["source_table"],
            "row": row["source_row"],
            "key": row["record_key"],
            "says": row.get("record_values"),
            "outcome": row["outcome"],
            "remark": _remark(row),
        }
        for row in found
    ]  # fmt: skip


def _remark(row: Row) -> str | None:
    """What is to be said of a record beside that its code is open."""
    if row["rule"] != "exact":
        return str(row["reason"])
    return str(row["reason"]).partition(" is open.")[2].strip() or None


def not_used(connection: DuckDBPyConnection, brin: str, board: str | None) -> list[Row]:
    """The onboarding rows that may be about a code and count for nothing: found by a transition, or refused."""
    found = rows(
        connection,
        "SELECT source_table AS table, source_row AS row, record_key AS key, outcome, reason FROM reconciliation"
        " WHERE (matched_brin = ? OR matched_board_number = ?) AND outcome = 'matched_by_transition'"
        " ORDER BY source_table, source_row",
        brin,
        board or "",
    )
    refused = rows(
        connection,
        "SELECT source AS table, source_row AS row, NULL AS key, 'quarantined' AS outcome, reason FROM quarantine"
        " WHERE contains(upper(raw), ?) OR contains(raw, ?) ORDER BY source, source_row, rule",
        f'"{brin}"',
        f'"{board or brin}"',
    )
    return [*found, *(row | {"reason": _without_place(row)} for row in refused)]


def _without_place(row: Row) -> str:
    """The reason without the table and row that it begins with: they are told."""
    return str(row["reason"]).removeprefix(f"{row['table']}, row {row['row']}: ")


def delivery_points(connection: DuckDBPyConnection, brin: str) -> list[Row]:
    """The delivery points of a school, with the open branches that each serves."""
    return rows(
        connection,
        "SELECT * EXCLUDE (brin) FROM delivery_points WHERE brin = ? ORDER BY source_row",
        brin,
    )


def flags(connection: DuckDBPyConnection, where: str, code: str) -> list[Row]:
    """What was found; `where` has a place for the code, named $1 where it stands again."""
    return rows(
        connection,
        f"FROM delivery_point_flags WHERE {where} ORDER BY flag, branch_code, source_row",
        code,
    )


def events(connection: DuckDBPyConnection, code: str) -> list[Row]:
    """What happened to a branch, or to the branches of a school, in the order of time."""
    return rows(
        connection,
        "SELECT event, subject, from_value, to_value, effective_on, reason, release_id FROM change_log"
        " WHERE subject = $1 OR subject[1:4] = $1 ORDER BY effective_on, release_id, event, subject",
        code,
    )


def board_events(connection: DuckDBPyConnection, board: str) -> list[Row]:
    """The branches that came under a board or left it, in the order of time."""
    return rows(
        connection,
        "SELECT event, subject, from_value, to_value, effective_on, reason, release_id FROM change_log"
        " WHERE event = 'board_changed' AND (from_value = $1 OR to_value = $1)"
        " ORDER BY effective_on, release_id, subject",
        board,
    )


def predecessors(connection: DuckDBPyConnection, code: str) -> list[Row]:
    """Who went on as this code, by the register."""
    return rows(
        connection,
        "SELECT code, event, effective_on, source_rows FROM successions"
        " WHERE list_contains(successors, ?) ORDER BY effective_on, code",
        code,
    )


def sources(connection: DuckDBPyConnection, *names: str) -> list[Row]:
    """Which snapshot was read of each source, and when it arrived; the six onboarding tables are one."""
    found = rows(
        connection,
        "SELECT source, snapshot_id, url, fetched_at, fallback FROM sources ORDER BY source",
    )
    wanted = {"accounts": "Mijn OSO"} | {name: name for name in names}
    return [row | {"source": wanted[row["source"]]} for row in found if row["source"] in wanted]


_ORDER = (
    "repair_record", "request_account", "send_account_letter", "activate_account", "sign_agreement", "fill_in_questionnaire", "enter_branch",
    "register_delivery_point", "request_delivery_point", "approve_delivery_point", "register_approved_delivery_point",
    "move_delivery_point", "link_delivery_point", "pass_test_exchange",
)  # fmt: skip
"""The order in which a school walks them; what is not of it comes after, in the order that helps most."""

_OF_BOARD = "('repair_record', 'sign_agreement', 'request_account', 'activate_account', 'send_account_letter')"


def work(
    connection: DuckDBPyConnection, where: str, code: str, board: str | None = None
) -> list[Row]:
    """The open work items, in the order in which they can be done.

    Args:
        connection: to the tables.
        where: has a place for the code, named $1.
        code: that it is about.
        board: the board, when a step that it must take is missing.
    """
    found = rows(
        connection,
        f"FROM work_items WHERE closed_on IS NULL AND (({where}) OR (subject = $2 AND kind IN {_OF_BOARD}))",
        code,
        board or "",
    )
    ordered = sorted(found, key=lambda item: (_at(item), item.get("rank") or 0, item["item_id"]))  # fmt: skip
    shown = ("item_id", "kind", "responsible", "action", "since_on", "rank", "branches_helped")
    return [{name: item.get(name) for name in shown} for item in ordered]


def _at(item: Row) -> int:
    kind = item["kind"]
    helps_nobody = kind == "repair_record" and not item.get("branches_helped")
    return _ORDER.index(kind) if kind in _ORDER and not helps_nobody else len(_ORDER)
