"""The rows that cannot be used, for the pandas peer: what refuses each, why, and as it was written."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from benchmarks.marts.pandas_sentences import sentence

EXPECTED = {
    "brin_unreadable": "a BRIN as 00AH",
    "board_number_unreadable": "a board's number as 10249",
    "branch_number_unreadable": "a branch number of the same school as 02",
    "link_unreadable": "a branch number of the same school as 02, or nothing",
    "branch_contradicted": "the same branch as in the other columns",
    "date_unreadable": "a day as 2024-08-31",
    "not_of_the_list": "one of {}",
    "end_before_begin": "a day not before {}",
}
"""Rule -> what was expected; `{}` are the words of a list, or the column of the begin."""

Rules = list[tuple[str, str, pd.Series]]
"""The rule, the column that it is about, and the rows that it refuses; the first that refuses a row counts."""


def refuse(
    table: str, text: pd.DataFrame, rules: Rules, others: dict[str, str]
) -> tuple[pd.Categorical, pd.DataFrame]:
    """The rule that refuses each row (missing: it can be used), and the refused rows as the `quarantine` table.

    `others` is what a rule expects beside what is the same everywhere.
    """
    refused_by = np.select([when for _, _, when in rules], range(len(rules)), default=-1)
    names = [*EXPECTED]
    numbers = np.array([*(names.index(rule) for rule, _, _ in rules), -1])
    refused = text[refused_by >= 0].assign(place=refused_by[refused_by >= 0])
    reasons = []
    for place, (rule, column, _) in enumerate(rules):
        rows = refused[refused["place"] == place]
        of_row = f"{table}, row {{}}: {column}"
        expected = EXPECTED[rule].format(others.get(rule))
        if _is_private(table, column):
            reason = sentence(f"{of_row} is not shown; expected {expected}.", rows["source_row"])
        else:
            written = rows[column].fillna("is empty")
            reason = sentence(f"{of_row} {{}}; expected {expected}.", rows["source_row"], written)
        reasons.append(reason)
    rule = pd.Categorical.from_codes(numbers[refused_by], names)
    told = pd.Series(rule[refused_by >= 0].astype("str"), refused.index)
    return rule, _as_quarantine(table, refused.drop(columns="place"), told, pd.concat(reasons))


def refuse_branches(sector: str, rows: pd.DataFrame) -> pd.DataFrame:
    reason = sentence(
        f"{sector}, row {{}}: INSTELLINGSCODE {{}} and VESTIGINGSCODE {{}} do not make a branch code;"
        " expected two digits, two letters, two digits.",
        rows["source_row"],
        rows["brin"].fillna("(empty)"),
        rows["branch_code"].fillna("(empty)"),
    )
    return _as_quarantine(sector, rows, "branch_code_unreadable", reason)


def refuse_boards(source: str, rows: pd.DataFrame) -> pd.DataFrame:
    reason = sentence(
        f"{source}, row {{}}: BEVOEGD GEZAG NUMMER {{}} is not a board's number; expected five digits.",
        rows["source_row"],
        rows["board_number"].fillna("(empty)"),
    )
    return _as_quarantine(source, rows, "board_number_unreadable", reason)


def _as_quarantine(
    source: str, rows: pd.DataFrame, rule: pd.Series | str, reason: pd.Series
) -> pd.DataFrame:
    private = [name for name in rows if _is_private(source, name)]
    shown = rows.drop(columns=["source_row", *private]).astype("object")
    records = shown.where(shown.notna(), None).to_dict("records")
    raw = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in records]
    return pd.DataFrame(
        {
            "source": source,
            "source_row": rows["source_row"],
            "rule": rule,
            "reason": reason,
            "subject": pd.Series(pd.NA, rows.index, dtype="str"),
            "raw": pd.Series(raw, rows.index, dtype="str"),
        }
    )


def _is_private(source: str, name: str) -> bool:
    """On which days an account was requested and used is not shown."""
    return source == "accounts" and name.endswith("_on")
