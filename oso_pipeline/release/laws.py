"""The laws of contract.md, checked in every run: nothing is lost and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.release.checks import Check


def check_laws(open_branches: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> list[Check]:
    """The laws.

    Args:
        open_branches: what the registry says is open.
        tables: the marts.
    """
    return [
        _each_open_branch_once(open_branches, tables["branch_status"]),
        _each_onboarding_row_once(tables["sources"], tables["reconciliation"]),
        _each_row_accounted_for(tables["sources"]),
    ]


def _each_open_branch_once(open_branches: pl.DataFrame, status: pl.DataFrame) -> Check:
    missing = open_branches.join(status, on="branch_code", how="anti").height
    again = status.height - status["branch_code"].n_unique()
    extra = status.join(open_branches, on="branch_code", how="anti").height
    return Check(
        "each_open_branch_once",
        missing == again == extra == 0,
        "law",
        f"{missing} missing, {again} twice, {extra} not open",
        "0",
        "Each open branch stands in branch_status once.",
    )


def _each_onboarding_row_once(sources: pl.DataFrame, reconciliation: pl.DataFrame) -> Check:
    names = [table.name for table in ONBOARDING]
    read = dict(sources.filter(pl.col("source").is_in(names)).select("source", "rows_read").rows())
    stands = dict(reconciliation.group_by("source_table").len().rows())
    unequal = [
        f"{name}: {read.get(name, 0)} read, {stands.get(name, 0)} reconciled"
        for name in names
        if read.get(name, 0) != stands.get(name, 0)
    ]
    return Check(
        "each_onboarding_row_once",
        not unequal,
        "law",
        "; ".join(unequal) or f"{sum(read.values())} rows",
        "as many as were read",
        "Each onboarding row read stands in reconciliation once.",
    )


def _each_row_accounted_for(sources: pl.DataFrame) -> Check:
    accounted = pl.col("rows_used") + pl.col("rows_ignored") + pl.col("rows_quarantined")
    off = sources.filter(pl.col("rows_read") != accounted)["source"].to_list()
    return Check(
        "each_row_accounted_for",
        not off,
        "law",
        ", ".join(off) or "all",
        "read = used + ignored + quarantined",
        "Every row read is used, ignored for a written reason, or quarantined.",
    )
