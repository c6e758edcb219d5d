"""Every onboarding row with what it was found to be and why, for the pandas peer (contract.md, reconciliation.outcome)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes
from benchmarks.marts.pandas_quarantine import EXPECTED
from benchmarks.marts.pandas_sentences import first_that_fits, joined, sentence

KEYS = {
    "accounts": ("account_name",),
    "agreements": ("board_number", "kind"),
    "branches": ("brin", "branch_number"),
    "delivery_points": ("brin", "kind", "number"),
    "questionnaires": ("brin",),
    "test_exchanges": ("brin", "delivery_point_number"),
}
OUTCOMES = ["matched", "unknown", "duplicate", "quarantined"]
NOT_REFUSED = ["exact", "never_seen", "duplicate"]
"""The rules of the first three outcomes; what is quarantined has that which refused it."""

Frames = dict[str, pd.DataFrame]


def reconcile(
    records: Frames,
    serving: pd.DataFrame,
    branches: pd.DataFrame,
    schools: pd.DataFrame,
    quarantine: pd.DataFrame,
) -> pd.DataFrame:
    """Every row read, once."""
    alone = serving[~serving.duplicated("source_row", keep=False)]
    served = alone.set_index("source_row")["branch_code"]
    code = {name: rows["branch_code" if name == "branches" else KEYS[name][0]] for name, rows in records.items()}  # fmt: skip
    unknown = [code[name][rows["used"] & ~rows["matched"]] for name, rows in records.items()]
    open_codes = pd.concat([branches["branch_code"], schools["brin"], branches["board_number"].drop_duplicates()])  # fmt: skip
    near = near_codes(pd.concat(unknown).drop_duplicates(), open_codes)
    points = records["delivery_points"]
    tests = records["test_exchanges"].assign(remark=lambda rows: _unknown_point(rows, points))
    nothing = pd.Series([], dtype="str")
    told = []
    for name, rows in (records | {"test_exchanges": tests}).items():
        matched = rows["matched"]
        first, *others = KEYS[name]
        key = rows[first]
        for other in others:
            key = key + ("/" + rows[other]).fillna("")
        place = np.select([rows["rule"].notna(), rows["again"], ~matched], [3, 2, 1], default=0)
        refused_by = rows["rule"].cat.codes + len(NOT_REFUSED)
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
        refused = quarantine.loc[quarantine["source"] == name, "reason"]
        told.append(
            pd.DataFrame(
                {
                    "source_table": name,
                    "source_row": rows["source_row"],
                    "record_key": key.where(rows["used"], ""),
                    "outcome": pd.Categorical.from_codes(place, OUTCOMES),
                    "rule": pd.Categorical.from_codes(np.where(rows["rule"].notna(), refused_by, place), [*NOT_REFUSED, *EXPECTED]),
                    "matched_brin": school.reindex(rows.index),
                    "matched_board_number": board.reindex(rows.index),
                    "matched_branch_code": branch.reindex(rows.index),
                    "reason": _reason(name, rows, code[name], near, refused),
                }
            )
        )  # fmt: skip
    every = pd.concat(told, ignore_index=True)
    every["source_table"] = every["source_table"].astype("category")
    return every


def _reason(
    name: str, rows: pd.DataFrame, code: pd.Series, near: pd.Series, refused: pd.Series
) -> pd.Series:
    """Nearly all are open and nothing else is to be said of them; the others are worked out apart."""
    plain = rows["matched"] & rows["repairs"].isna() & rows["later_on"].isna()
    if "remark" in rows:
        plain &= rows["remark"].isna()
    others, of_others = rows[~plain], code[~plain]
    offered = of_others.where(~others["matched"]).map(near)
    about = first_that_fits(
        [
            (others["matched"], sentence("{} is open.", of_others)),
            (offered.notna(), sentence("{} was never seen. Open codes near it: {}.", of_others, offered)),
            (others["used"], sentence("{} was never seen, and no open code is near it.", of_others)),
        ],
        "The row is the same as an earlier one, which counts.",
    )  # fmt: skip
    later = sentence(" It begins on {} and counts for no rule before.", others["later_on"])
    if name == "accounts":
        private = " It begins on a later day and counts for no rule before."
        later = pd.Series(private, others.index).where(others["later_on"].notna())
    repaired = sentence(" It was written otherwise ({}).", others["repairs"].where(others["used"]))
    remarks = [others["remark"]] if "remark" in others else []
    told = joined([about, repaired, later, *remarks], "")
    told[others["rule"].notna()] = refused.array  # both in the order of the file
    reason = sentence("{} is open.", code)
    reason[~plain] = told.array
    return reason


def _unknown_point(tests: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    """For test exchanges of open schools: when no delivery point of the school has the number."""
    of_school = tests[tests["matched"]]
    number = of_school["delivery_point_number"]
    used = sentence("{}/{}", of_school["brin"], number)
    there = sentence("{}/{}", points["brin"], points["number"])[
        points["matched"] & points["counts"]
    ]
    known = codes.among(used, there[codes.among(there, used)])
    return sentence(" The school has no delivery point with number {}.", number.fillna("(none given)")).where(~known)  # fmt: skip


def near_codes(unknown: pd.Series, open_codes: pd.Series) -> pd.Series:
    """By unknown code the open codes that differ from it in one place, at most three: all that may be are looked up."""
    letters = pd.DataFrame({"letter": [*"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]}, dtype="str")
    changed = unknown.to_frame("code").merge(letters, how="cross")
    found = []
    for place in range(len("00XX00")):
        rest = changed[changed["code"].str.len() > place]
        near = rest["code"].str[:place] + rest["letter"] + rest["code"].str[place + 1 :]
        found.append(rest.assign(near=near)[near != rest["code"]])
    every = pd.concat(found)
    there = open_codes[codes.among(open_codes, every["near"])]
    offered = every[codes.among(every["near"], there)].sort_values(["code", "near"])
    return offered.groupby("code").head(3).groupby("code")["near"].agg(", ".join)
