"""Matching, for the pandas peer: what is open, the records as they count on the day, and who serves whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes

FIRST_ON = {
    "accounts": "requested_on",
    "agreements": "signed_on",
    "branches": "added_on",
    "delivery_points": "requested_on",
    "questionnaires": "submitted_on",
    "test_exchanges": "performed_on",
}
Frames = dict[str, pd.DataFrame]


def open_branches(rows: pd.DataFrame, board_rows: pd.DataFrame) -> pd.DataFrame:
    """Of a code that stands more than once the first row counts: the rows stand in the order po, so, vo."""
    boards = board_rows.dropna(subset="board_number").drop_duplicates("board_number")
    kept = rows.dropna(subset="branch_code").drop_duplicates("branch_code")
    named = kept.merge(boards[["board_number", "board_name"]], how="left", on="board_number")
    return named.drop(columns="source_row").sort_values("branch_code", ignore_index=True)


def open_schools(branches: pd.DataFrame) -> pd.DataFrame:
    """A school is what its 00 branch is, without one its lowest: 00 sorts first."""
    first = branches.drop_duplicates("brin").rename(columns={"branch_name": "school_name"})
    counted = branches.groupby("brin", sort=False).size().rename("branches").reset_index()
    first["has_main_branch"] = first["branch_code"].str[4:] == "00"
    return first[["brin", "school_name", "board_number", "sector", "province", "has_main_branch"]].merge(counted, on="brin")  # fmt: skip


def match(
    tables: Frames, branches: pd.DataFrame, schools: pd.DataFrame, today: pd.Timestamp
) -> Frames:
    """All rows, as known on the day: `used` (neither refused nor again), `matched`, `counts`; later dates read as empty.

    `later_on` is the first day of a record that begins after the day: it does not count.
    """
    records = {}
    for name, rows in tables.items():
        dates = [column for column in rows.columns if column.endswith("_on")]
        known = {column: rows[column].where(rows[column] <= today) for column in dates}
        used = rows["rule"].isna() & ~rows["again"]
        first_on = rows[FIRST_ON[name]]
        later_on = first_on.where(used & (first_on > today))
        records[name] = rows.assign(
            used=used, later_on=later_on, counts=used & later_on.isna(), **known
        )
    boards = branches["board_number"].drop_duplicates()
    for name in ("questionnaires", "delivery_points", "test_exchanges"):
        rows = records[name]
        rows["matched"] = rows["used"] & codes.among(rows["brin"], schools["brin"])
    accounts = records["accounts"]
    of_school = accounts["used"] & (accounts["kind"] == "school")
    of_board = accounts["used"] & (accounts["kind"] == "board")
    accounts["of_school"] = of_school & codes.among(accounts["account_name"], schools["brin"])
    accounts["of_board"] = of_board & codes.among(accounts["account_name"], boards)
    accounts["matched"] = accounts["of_school"] | accounts["of_board"]
    agreements = records["agreements"]
    agreements["matched"] = agreements["used"] & codes.among(agreements["board_number"], boards)
    entered = records["branches"]
    entered["branch_code"] = entered["brin"] + entered["branch_number"]
    entered["matched"] = entered["used"] & codes.among(
        entered["branch_code"], branches["branch_code"]
    )
    points = records["delivery_points"]
    convention = codes.number_by_convention(points["number"]).where(points["kind"] == "las")
    points["named"] = points["brin"] + points["branch_number"].fillna(convention)
    for name, begin, end in (
        ("accounts", "activated_on", "closed_on"),
        ("agreements", "signed_on", "ended_on"),
        ("branches", "added_on", "removed_on"),
        ("delivery_points", "registered_on", "ended_on"),
    ):
        rows = records[name]
        rows["active"] = rows["counts"] & rows[begin].notna() & rows[end].isna()
    return records


def branches_served(points: pd.DataFrame, branches: pd.DataFrame) -> pd.DataFrame:
    """`source_row, branch_code, basis`: which point serves which open branch, active or not."""
    found = points[points["matched"]]
    linked = found["branch_number"].notna()
    naming = found[codes.among(found["named"], branches["branch_code"])]
    basis = np.where(naming["branch_number"].notna(), "explicit", "convention")
    named = pd.DataFrame(
        {
            "source_row": naming["source_row"],
            "branch_code": naming["named"],
            "basis": pd.Categorical(basis),
        }
    )
    others = found.loc[~linked & (found["kind"] != "las"), ["source_row", "brin"]]
    of_school = others.merge(branches[["brin", "branch_code"]], on="brin")
    return pd.concat([named, of_school[["source_row", "branch_code"]]], ignore_index=True)


def points_at_work(serving: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    at_work = points.loc[
        points["active"] & points["matched"], ["source_row", "kind", "number", "las", "registered_on"]
    ]  # fmt: skip
    return serving.merge(at_work, on="source_row")
