"""The explanation of a code in a small world, and the world in which something of it is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
from world import World

from oso_pipeline.contracts.ddl import create_statements, view_statements
from oso_pipeline.contracts.marts import JUDGED, MARTS
from oso_pipeline.contracts.records import ISSUES
from oso_pipeline.contracts.views import VIEWS
from oso_pipeline.explain import Explanation, explain_in
from oso_pipeline.explain.change import ALSO_TESTED
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.release.database import insert, write_database

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]


def write_release_tables(path: Path, night: World) -> None:
    """The tables of a night, written as its release would have them."""
    write_database(path, _release_tables(night))


def _release_tables(night: World) -> dict[str, pl.DataFrame]:
    made = {
        "successions": night.register.successions,
        "quarantine": night.records["quarantined"],
        "signals": night.decision_signals,
    }
    empty = {"sources", "release", "dictionary"}
    return {
        table.name: table.empty()
        if table.name in empty
        else table.shape(made[table.name] if table.name in made else night.table(table.name))
        for table in JUDGED
    } | {ISSUES.name: ISSUES.empty()}


@contextmanager
def published(night: World) -> Iterator[DuckDBPyConnection]:
    """The tables of a night, as its release would have them."""
    connection = _empty_release().cursor()
    connection.execute("BEGIN")
    for name, rows in _release_tables(night).items():
        if rows.height:
            insert(connection, name, rows)
    try:
        yield connection
    finally:
        connection.execute("ROLLBACK")


@cache
def _empty_release() -> DuckDBPyConnection:
    """A release without a row, in memory: writing its three hundred comments takes longer than asking it."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
    for table in MARTS:
        connection.execute(";".join(create_statements(table)))
    for view in VIEWS:
        connection.execute(";".join(view_statements(view)))
    return connection


def explained(night: World, code: str) -> Explanation:
    """The explanation of a code that the night knows."""
    with published(night) as connection:
        found = explain_in(connection, code)
    assert found is not None
    return found


def status_told(found: Explanation) -> str:
    """The status of a branch as contract.md derives it, out of nothing but what the explanation says."""
    held = {step["step"] for step in found["steps"] if step["passed"]}
    qualified = {"agreement", "questionnaire", "delivery_point", "test_exchange"} <= held
    covered = any(
        point["kind"] == "las" and point["active"] and found["code"] in point["branches"]
        for point in found["delivery_points"]
    )
    if qualified and covered:
        return "connected"
    if found["last_connected_on"]:
        return "lapsed"
    if qualified:
        return "qualified_not_covered"
    return "in_progress" if found["begun_by"] else "not_started"


def lacking(found: Explanation) -> set[str]:
    """The steps that a branch lacks, a delivery point of its own among them."""
    missing = {step["step"] for step in found["steps"] if not step["passed"]}
    covered = any(
        point["kind"] == "las" and point["active"] and found["code"] in point["branches"]
        for point in found["delivery_points"]
    )
    own = set() if covered else {"delivery_point"}
    return (missing - {"account", "delivery_point"}) | own


def changing(found: Explanation) -> set[str]:
    """The steps that come to hold by what would change it."""
    lines = found["would_change"]
    tested = any(ALSO_TESTED in line["text"] for line in lines)
    return {line["step"] for line in lines} | ({"test_exchange"} if tested else set())


# ---- the same night, where what an explanation says has happened


def with_changes(night: World, lines: list[Row]) -> World:
    """The night on which all of these came to hold."""
    for line in lines:
        night = _MAKE[line["step"]](night, line)
    return night


def _signed(night: World, line: Row) -> World:
    return _added(night, "agreements", {"board_number": line["code"], "kind": "base", "signed_on": night.day})  # fmt: skip


def _sent_in(night: World, line: Row) -> World:
    return _added(night, "questionnaires", {"brin": line["code"], "status": "submitted", "submitted_on": night.day})  # fmt: skip


def _registered(night: World, line: Row) -> World:
    """The point that is on its way, else a new one."""
    there = [
        point["source_row"]
        for point in night.delivery_points.filter(kind="las", active=False).to_dicts()
        if (point["number"], point["ended_on"]) == (line["number"], None)
        and line["code"] in point["branches"]
    ]
    if there:
        return _set(night, "delivery_points", there[:1], "registered_on")
    row = {"brin": line["code"][:4], "number": line["number"], "kind": "las", "registered_on": night.day}  # fmt: skip
    return _added(night, "delivery_points", row)


def _passed(night: World, line: Row) -> World:
    row = {"brin": line["code"], "delivery_point_number": line["number"], "performed_on": night.day, "result": "passed"}  # fmt: skip
    return _added(night, "test_exchanges", row)


_MAKE = {
    "agreement": _signed,
    "questionnaire": _sent_in,
    "delivery_point": _registered,
    "test_exchange": _passed,
}


def with_end(night: World, line: Row) -> World:
    """The night on which what a branch rests on has ended."""
    if line["step"] == "agreement":
        rows = night.matched["agreements"].filter(board_matched=line["code"])["source_row"]
        return _set(night, "agreements", rows.to_list(), "ended_on")
    serving = night.serving.filter(branch_code=line["code"])["source_row"]
    return _set(night, "delivery_points", serving.to_list(), "ended_on")


def _added(night: World, table: str, row: Row) -> World:
    rows = night.records[table]
    number = rows.height + 2
    more = pl.DataFrame([row | {SOURCE_ROW: number}], schema=rows.schema)
    return replace(night, records={**night.records, table: pl.concat([rows, more])})


def _set(night: World, table: str, rows: list[int], column: str) -> World:
    chosen = pl.col(SOURCE_ROW).is_in(rows)
    value = pl.when(chosen).then(pl.lit(night.day)).otherwise(column)
    changed = night.records[table].with_columns(value.alias(column))
    return replace(night, records={**night.records, table: changed})
