"""The rules, for the pandas peer: from typed frames to the tables, and the statuses (contract.md, Rules)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from benchmarks.marts.pandas_findings import find_flags
from benchmarks.marts.pandas_matching import (
    branches_served,
    match,
    open_branches,
    open_schools,
    points_at_work,
)
from benchmarks.marts.pandas_reconciliation import reconcile
from benchmarks.marts.pandas_steps import STEPS, qualification_steps, take_steps

STATUSES = ["connected", "qualified_not_covered", "in_progress", "not_started"]
Frames = dict[str, pd.DataFrame]


def apply_rules(
    branch_rows: pd.DataFrame,
    board_rows: pd.DataFrame,
    tables: Frames,
    quarantine: pd.DataFrame,
    day: date,
) -> Frames:
    today = pd.Timestamp(day).as_unit("s")
    branches = open_branches(branch_rows, board_rows)
    schools = open_schools(branches)
    records = match(tables, branches, schools, today)
    serving = branches_served(records["delivery_points"], branches)
    active = points_at_work(serving, records["delivery_points"])
    schools, facts = take_steps(schools, records, active)
    coverage = cover(active)
    status = branch_status(branches, schools, coverage, today)
    return {
        "branch_status": status.drop(columns="qualified"),
        "school_status": school_status(schools, status),
        "qualification_steps": qualification_steps(schools, facts, quarantine),
        "delivery_point_flags": find_flags(status, schools, records, serving, active, today),
        "reconciliation": reconcile(records, serving, branches, schools, quarantine),
        "quarantine": quarantine,
    }


def cover(active: pd.DataFrame) -> pd.DataFrame:
    """Per branch that any active point serves: `covered_on, coverage_basis, las, las_points, ot, ldos, swv`.

    The product is that of the LAS point registered last; of those the smallest number, text after numbers. Only branches
    that several serve have to be sorted for it.
    """
    las = active[active["kind"] == "las"]
    several = las.duplicated("branch_code", keep=False)
    las = las.assign(explicit=las["basis"] == "explicit")
    doubled = las[several].assign(value=lambda rows: _as_number(rows["number"]))
    last = doubled.sort_values(
        ["branch_code", "registered_on", "value", "number", "source_row"],
        ascending=[True, False, True, True, False],
    )
    grouped = last.groupby("branch_code", sort=False)
    of_several = last.drop_duplicates("branch_code")[["branch_code", "las"]].merge(
        grouped.agg(
            covered_on=("registered_on", "min"),
            las_points=("source_row", "size"),
            explicit=("explicit", "any"),
        ).reset_index(),
        on="branch_code",
    )
    one = las[~several]
    of_one = pd.DataFrame(
        {
            "branch_code": one["branch_code"],
            "las": one["las"],
            "covered_on": one["registered_on"],
            "las_points": 1,
            "explicit": one["explicit"],
        }
    )
    covered = pd.concat([of_one, of_several], ignore_index=True)
    covered["coverage_basis"] = np.where(covered.pop("explicit"), "explicit", "convention")
    others = active.loc[active["kind"] != "las", ["branch_code", "kind"]].drop_duplicates()
    for kind in ("ot", "ldos", "swv"):
        served = others.loc[others["kind"] == kind, ["branch_code"]].assign(**{kind: True})
        covered = covered.merge(served, how="left", on="branch_code")
        covered[kind] = covered[kind].notna()
    return covered


def _as_number(number: pd.Series) -> pd.Series:
    return pd.to_numeric(number.where(number.str.fullmatch("[0-9]{1,18}").astype(bool)))


def branch_status(
    branches: pd.DataFrame, schools: pd.DataFrame, coverage: pd.DataFrame, today: pd.Timestamp
) -> pd.DataFrame:
    facts = schools[["brin", "begun", "qualified", "qualified_on", "extension"]]
    rows = branches.merge(facts, how="left", on="brin").merge(coverage, how="left", on="branch_code")  # fmt: skip
    rows["covered"] = rows["covered_on"].notna()
    rows["connected"] = rows["covered"] & rows["qualified"]
    rows["status"] = _status(rows["connected"], rows)
    rows["coverage_basis"] = rows["coverage_basis"].fillna("none")
    rows["connected_on"] = (
        rows["qualified_on"].where(rows["qualified_on"] > rows["covered_on"], rows["covered_on"]).where(rows["connected"])
    )  # fmt: skip
    rows["last_connected_on"] = pd.Series(today, rows.index).where(rows["connected"])
    for kind in ("ot", "ldos", "swv"):
        rows[f"{kind}_ready"] = rows["connected"] & (rows[kind] == True)  # noqa: E712 - missing is no
    rows["swv_ready"] &= rows["extension"]
    return rows[
        ["branch_code", "brin", "branch_name", "board_number", "board_name", "sector", "street", "house_number", "postcode",
         "city", "municipality", "province", "status", "connected", "covered", "coverage_basis", "las", "connected_on",
         "last_connected_on", "ot_ready", "ldos_ready", "swv_ready", "qualified"]
    ]  # fmt: skip


def _status(connected: pd.Series, rows: pd.DataFrame) -> pd.Categorical:
    place = np.select([connected, rows["qualified"], rows["begun"]], [0, 1, 2], default=3)
    return pd.Categorical.from_codes(place, categories=STATUSES)


def school_status(schools: pd.DataFrame, branches: pd.DataFrame) -> pd.DataFrame:
    counted = branches.groupby("brin", sort=False).agg(
        connected=("connected", "any"), branches_covered=("covered", "sum")
    )
    rows = schools.merge(counted.reset_index(), on="brin")
    rows["status"] = _status(rows["connected"], rows)
    missing = rows[[*STEPS]].isna().to_numpy() @ (1 << np.arange(len(STEPS)))
    lists = np.empty(1 << len(STEPS), dtype=object)
    lists[:] = [[step for place, step in enumerate(STEPS) if at >> place & 1] for at in range(len(lists))]  # fmt: skip
    rows["missing_steps"] = lists[missing]
    return rows[
        ["brin", "school_name", "board_number", "sector", "province", "status", "qualified", "qualified_on", "missing_steps",
         "branches", "branches_covered"]
    ]  # fmt: skip
