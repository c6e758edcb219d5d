"""Findings, for the pandas peer: the flags, and every onboarding row with its outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes

KEYS = {
    "accounts": ("account_name",),
    "agreements": ("board_number", "kind"),
    "branches": ("brin", "branch_number"),
    "delivery_points": ("brin", "kind", "number"),
    "questionnaires": ("brin",),
    "test_exchanges": ("brin", "delivery_point_number"),
}
Frames = dict[str, pd.DataFrame]


def find_flags(
    status: pd.DataFrame,
    schools: pd.DataFrame,
    records: Frames,
    serving: pd.DataFrame,
    active: pd.DataFrame,
    today: pd.Timestamp,
) -> pd.DataFrame:
    points, entered = records["delivery_points"], records["branches"]
    idle = points[points["matched"] & points["active"] & (points["kind"] == "las")]
    idle = idle[~idle["source_row"].isin(serving["source_row"])]
    waiting = points[points["matched"] & points["counts"] & points["ended_on"].isna() & points["registered_on"].isna()]  # fmt: skip
    pending = waiting[waiting["approved_on"].isna() & (waiting["requested_on"] <= today - pd.Timedelta(days=14))]  # fmt: skip
    approved = waiting[waiting["approved_on"] <= today - pd.Timedelta(days=30)]
    bare = status.loc[~status["covered"], ["brin", "branch_code", "status", "qualified"]]
    severity = np.select([bare["qualified"], bare["status"] == "not_started"], ["high", "low"], default="medium")  # fmt: skip
    las = active[active["kind"] == "las"]
    doubled = las[las.duplicated("branch_code", keep=False)]
    second = doubled.sort_values(["branch_code", "registered_on"]).groupby("branch_code").nth(1)
    is_entered = entered[entered["active"]]
    begun = codes.among(status["brin"], schools.loc[schools["has_rows"], "brin"])
    side = begun & (status["branch_code"].str[4:] != "00")
    absent = side & ~codes.among(status["branch_code"], is_entered["branch_code"])
    strange = is_entered[~is_entered["matched"]].sort_values(["branch_code", "added_on"]).drop_duplicates("branch_code")  # fmt: skip
    found = [
        _about("branch_not_in_mijn_oso", status.loc[absent, "branch_code"], today),
        _about("branch_unknown_to_registry", strange["branch_code"], strange["added_on"]),
        _about("branch_without_delivery_point", bare["branch_code"], today, severity),
        _about_points("delivery_point_not_registered", approved, "approved_on"),
        _about_points("delivery_point_pending", pending, "requested_on"),
        _about_points("delivery_point_without_branch", idle, "registered_on"),
        _about("duplicate_delivery_point", second["branch_code"], second["registered_on"]),
    ]
    flags = pd.concat(found, ignore_index=True)
    for name in ("flag", "severity"):
        flags[name] = flags[name].astype("category")
    return flags


def _about(
    flag: str,
    branch_code: pd.Series,
    since_on: pd.Series | pd.Timestamp,
    severity: np.ndarray | str = "medium",
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "flag": flag,
            "brin": branch_code.str[:4],
            "branch_code": branch_code,
            "delivery_point_number": pd.Series(np.nan, branch_code.index, dtype="str"),
            "severity": severity,
            "since_on": since_on,
        }
    )


def _about_points(flag: str, points: pd.DataFrame, since_on: str) -> pd.DataFrame:
    ordered = points.sort_values(["brin", "named", "number", "source_row"])
    return _about(flag, ordered["named"], ordered[since_on]).assign(
        brin=ordered["brin"], delivery_point_number=ordered["number"]
    )


def reconcile(records: Frames, serving: pd.DataFrame) -> pd.DataFrame:
    """Every row read, once."""
    alone = serving[~serving.duplicated("source_row", keep=False)]
    served = alone.set_index("source_row")["branch_code"]
    nothing = pd.Series([], dtype="str")
    told = []
    for name, rows in records.items():
        matched = rows["matched"]
        first, *others = KEYS[name]
        key = rows[first]
        for other in others:
            key = key + ("/" + rows[other]).fillna("")
        place = np.select([rows["rule"].notna(), rows["again"], ~matched], [3, 2, 1], default=0)
        school, board, branch = nothing, nothing, nothing
        if name == "accounts":
            school = key.where(rows["of_school"])
            board = key.where(rows["of_board"])
        elif name == "agreements":
            board = rows["board_number"].where(matched)
        else:
            school = rows["brin"].where(matched)
        if name == "branches":
            branch = rows["branch_code"].where(matched)
        if name == "delivery_points":
            branch = served.reindex(rows["source_row"]).set_axis(rows.index)
        told.append(
            pd.DataFrame(
                {
                    "source_table": name,
                    "source_row": rows["source_row"],
                    "record_key": key.where(rows["used"], ""),
                    "outcome": pd.Categorical.from_codes(place, ["matched", "unknown", "duplicate", "quarantined"]),
                    "matched_brin": school.reindex(rows.index),
                    "matched_board_number": board.reindex(rows.index),
                    "matched_branch_code": branch.reindex(rows.index),
                }
            )
        )  # fmt: skip
    every = pd.concat(told, ignore_index=True)
    every["source_table"] = every["source_table"].astype("category")
    return every
