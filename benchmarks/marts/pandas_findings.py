"""Findings, for the pandas peer: the flags."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes
from benchmarks.marts.pandas_sentences import first_that_fits, listed, sentence

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
    is_entered = entered[entered["active"]]
    begun = codes.among(status["brin"], schools.loc[schools["has_rows"], "brin"])
    side = begun & (status["branch_code"].str[4:] != "00")
    absent = side & ~codes.among(status["branch_code"], is_entered["branch_code"])
    strange = is_entered[~is_entered["matched"]].sort_values(["branch_code", "added_on"]).drop_duplicates("branch_code")  # fmt: skip
    side_code, strange_code = status.loc[absent, "branch_code"], strange["branch_code"]
    found = [
        _about(
            "branch_not_in_mijn_oso",
            side_code,
            sentence("Branch {} is open and not entered in Mijn OSO.", side_code),
            today,
        ),
        _about(
            "branch_unknown_to_registry",
            strange_code,
            sentence(
                "Branch {} is entered in Mijn OSO since {} and is not open in the registry.",
                strange_code,
                strange["added_on"],
            ),
            strange["added_on"],
        ),
        _about(
            "branch_without_delivery_point",
            bare["branch_code"],
            sentence("No active LAS delivery point serves branch {}.", bare["branch_code"]),
            today,
            severity,
        ),
        _about_points(
            "delivery_point_not_registered",
            approved,
            sentence(
                "Delivery point {} was approved on {} and is not registered yet.",
                _number(approved),
                approved["approved_on"],
            ),
            "approved_on",
        ),
        _about_points(
            "delivery_point_pending",
            pending,
            sentence(
                "Delivery point {} was requested on {} and is not approved yet.",
                _number(pending),
                pending["requested_on"],
            ),
            "requested_on",
        ),
        _about_points(
            "delivery_point_without_branch", idle, _why_idle(idle, schools), "registered_on"
        ),
        _doubled(las[las.duplicated("branch_code", keep=False)]),
    ]
    flags = pd.concat(found, ignore_index=True)
    for name in ("flag", "severity"):
        flags[name] = flags[name].astype("category")
    return flags


def _number(points: pd.DataFrame) -> pd.Series:
    return points["number"].fillna("(none)")


def _why_idle(points: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    number, named = _number(points), points["named"]
    without_main = codes.among(points["brin"], schools.loc[~schools["has_main_branch"], "brin"])
    return first_that_fits(
        [
            (without_main & (named.str[4:] == "00"), sentence("Delivery point {} serves no branch: school {} has no 00 branch. Link it to a branch.", number, points["brin"])),
            (named.notna(), sentence("Delivery point {} is for branch {}, which the registry never had.", number, named)),
            (named.isna(), sentence("Delivery point {} has no branch's number and is linked to none.", number)),
        ],
        "",
    )  # fmt: skip


def _doubled(las: pd.DataFrame) -> pd.DataFrame:
    """One finding per branch that several serve, since the second was registered."""
    ordered = las.sort_values(["branch_code", "registered_on", "source_row"], ignore_index=True)
    is_first = ~ordered.duplicated("branch_code")
    second = ordered[is_first.shift(fill_value=False)].reset_index(drop=True)
    place = is_first.to_numpy().cumsum() - 1
    points = pd.Series(np.bincount(place, minlength=len(second)), second.index)
    numbers = listed(_number(ordered), place, len(second))
    reason = sentence("{} active LAS points serve branch {}: {}.", points, second["branch_code"], numbers)  # fmt: skip
    return _about(
        "duplicate_delivery_point", second["branch_code"], reason, second["registered_on"]
    )


def _about(
    flag: str,
    branch_code: pd.Series,
    reason: pd.Series,
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
            "reason": reason,
            "since_on": since_on,
        }
    )


def _about_points(
    flag: str, points: pd.DataFrame, reason: pd.Series, since_on: str
) -> pd.DataFrame:
    told = _about(flag, points["named"], reason, points[since_on])
    order = points.sort_values(["brin", "named", "number", "source_row"]).index
    return told.assign(brin=points["brin"], delivery_point_number=points["number"]).loc[order]
