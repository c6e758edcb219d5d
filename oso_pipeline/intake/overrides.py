"""People's decisions: `overrides.csv`. Absent means none (contract.md, Overrides)."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import polars as pl

from oso_pipeline.contacts import without_contacts
from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.contracts.records import FLAGS
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.contacts import mask_contacts
from oso_pipeline.intake.delimited import SOURCE_ROW, read_delimited
from oso_pipeline.intake.fields import is_unreadable, read_choice, read_day
from oso_pipeline.intake.guards import refuse_what_is_no_table
from oso_pipeline.intake.reading import (
    Reading,
    ignore,
    quarantine,
    quarantine_misfits,
    read_count,
    signal,
    signal_each,
)
from oso_pipeline.intake.snapshots import LICENCES, Snapshot, SnapshotStore
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN
from oso_pipeline.wording import sentence

SOURCE = "overrides"
ACCOUNT = {"reason": "reason", "author": "author", "decided_on": "day"}
"""What a decision answers for itself with: column -> the word for it. The file may lack it, an import may not."""
_NEEDED = ("decision", "subject", "value")
_ANY_CODE = f"{BRANCH_PATTERN}|{BRIN_PATTERN}|{BOARD_PATTERN}"


def take_overrides(path: Path, store: SnapshotStore, *, at: datetime) -> Snapshot | None:
    """Keep the decisions file as it stands tonight; None when there is none.

    Raises:
        SourceUnreadable: it is not a table with the contract's columns.
    """
    if not path.is_file():
        return None
    refuse_what_is_no_table(path, what=f"{SOURCE} ({path.name})")
    read_overrides(path.read_bytes(), day=at.date(), snapshot_id="")
    landing = store.landing(SOURCE)
    try:
        shutil.copyfile(path, landing / "body")
        return store.keep(
            landing, SOURCE, fetched_at=at, url=path.name, licence=LICENCES["overrides"]
        )
    finally:
        shutil.rmtree(landing, ignore_errors=True)


def read_overrides(body: bytes, *, day: date, snapshot_id: str) -> Reading:
    """Read the decisions that count on a day.

    Returns:
        Rows as the `overrides` table; an expired decision and a second one about the same subject are ignored.

    Raises:
        SourceUnreadable: a column is missing.
    """
    written = read_delimited(body, what=SOURCE, encodings=("utf-8",))
    if twice := [name for name in OVERRIDES.names if name in written.again]:
        raise SourceUnreadable(
            f"overrides: expected column {', '.join(twice)} once, found it more than once. Correct row 1 of the decisions"
            " file (OSO_OVERRIDES)."
        )
    missing = [name for name in _NEEDED if name not in written.header]
    if missing:
        raise SourceUnreadable(
            f"overrides: column {', '.join(missing)} is missing."
            f" Expected: {';'.join(OVERRIDES.names)}. Found: {';'.join(written.header)}."
            " Correct row 1 of the decisions file (OSO_OVERRIDES)."
        )
    absent = [name for name in OVERRIDES.names if name not in written.header]
    text = written.rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
    text = text.with_columns(mask_contacts(text.drop(SOURCE_ROW))[0].get_columns())
    refused = refused_decisions(text).with_columns(
        sentence(
            "overrides, row {}: {} {}; expected {}.",
            SOURCE_ROW,
            "column",
            pl.col("found").fill_null("is empty"),
            "expected",
        ).alias("why")
    )
    read = text.join(refused, on=SOURCE_ROW, how="anti").with_columns(
        read_choice(pl.col("decision")),
        pl.col("subject").str.to_uppercase(),
        read_day(pl.col("decided_on")),
        read_day(pl.col("expires_on")),
    )
    expired = read.filter(pl.col("expires_on") <= day)
    counting = read.join(expired, on=SOURCE_ROW, how="anti")
    first = counting.unique(["decision", "subject"], keep="first", maintain_order=True)
    again = counting.join(first, on=SOURCE_ROW, how="anti")
    rows_refused = refused.join(text.drop("reason"), on=SOURCE_ROW).with_columns(
        pl.col("why").alias("reason")
    )
    return Reading(
        rows=first.select(*OVERRIDES.names, SOURCE_ROW),
        ignored=pl.concat([ignore(expired, SOURCE, "expired"), ignore(again, SOURCE, "decided_twice")]),
        quarantined=pl.concat(
            [
                quarantine(rows_refused, SOURCE, snapshot_id, ["decision", "subject", "value"]),
                quarantine_misfits(written.misfits, SOURCE, snapshot_id),
            ]
        ),
        signals=_signals(written.header, expired, again, first),
        read=read_count(SOURCE, snapshot_id, text.height + written.misfits.height),
    )  # fmt: skip


def _signals(
    header: list[str], expired: pl.DataFrame, again: pl.DataFrame, counting: pl.DataFrame
) -> pl.DataFrame:
    what = sentence("{} {} = {}: ", "decision", "subject", "value")
    missing = pl.concat_str(
        [pl.when(pl.col(name).is_null()).then(pl.lit(word)) for name, word in ACCOUNT.items()],
        separator=", ",
        ignore_nulls=True,
    )

    def each(rows: pl.DataFrame, rule: str, reason: pl.Expr) -> pl.DataFrame:
        told = pl.concat_str(what, reason)
        return signal_each(rows, SOURCE, pl.lit(rule), pl.col("subject"), told)

    unaccounted = counting.with_columns(missing.alias("missing")).filter(pl.col("missing") != "")
    new = [without_contacts(name) for name in header if name not in OVERRIDES.names]
    return pl.concat(
        [
            *(signal(SOURCE, "new_column", f"Column {name!r} is not known and was not read.") for name in new),
            each(expired, "expired", sentence("it expired on {} and does not count.", "expires_on")),
            each(again, "decided_twice", pl.lit("there is an earlier decision about the same subject; that one counts.")),
            each(unaccounted, "not_accounted_for", sentence("it counts, but it does not say its {}.", "missing")),
        ]
    )  # fmt: skip


def refused_decisions(text: pl.DataFrame) -> pl.DataFrame:
    """The rows that cannot be carried out, by the first rule that refuses each.

    Args:
        text: the columns of OVERRIDES as text, and `source_row`.

    Returns:
        `source_row, rule, column, found, expected`.
    """
    judged = text.select(SOURCE_ROW, _refusal().alias("refusal"))
    return judged.filter(pl.col("refusal").is_not_null()).unnest("refusal")


def _refusal() -> pl.Expr:
    """The first rule that refuses the row; a decision that names no code or no flag would do nothing, unseen."""
    decisions = OVERRIDES.column("decision").choices
    decision = read_choice(pl.col("decision"))
    subject, value = pl.col("subject").str.to_uppercase(), pl.col("value").str.to_uppercase()
    branch = subject.str.contains(BRANCH_PATTERN)
    branch_or_school = subject.str.contains(f"{BRANCH_PATTERN}|{BRIN_PATTERN}")
    refusals = [
        ("not_of_the_list", ~decision.is_in(decisions).fill_null(value=False), "decision", "one of " + ", ".join(decisions)),
        ("empty", pl.col("subject").is_null(), "subject", "a code"),
        ("empty", pl.col("value").is_null(), "value", "a code, a number or a flag"),
        ("code_unreadable", (decision == "same_as") & ~subject.str.contains(_ANY_CODE), "subject", "a branch, school or board as 00AH01, 00AH or 10249"),
        ("code_unreadable", (decision == "same_as") & ~value.str.contains(_ANY_CODE), "value", "a branch, school or board as 00AH01, 00AH or 10249"),
        ("code_unreadable", (decision == "served_by") & ~branch, "subject", "a branch as 00AH01"),
        ("code_unreadable", (decision == "ignore_flag") & ~branch_or_school, "subject", "a branch or school as 00AH01 or 00AH"),
        ("not_of_the_list", (decision == "ignore_flag") & ~pl.col("value").is_in(list(FLAGS)), "value", "one of " + ", ".join(FLAGS)),
        *(
            ("date_unreadable", is_unreadable(pl.col(name), read_day(pl.col(name))), name, "a day as 2024-08-31")
            for name in ("decided_on", "expires_on")
        ),
    ]  # fmt: skip
    return pl.coalesce(
        pl.when(problem).then(
            pl.struct(
                pl.lit(rule).alias("rule"),
                pl.lit(column).alias("column"),
                pl.col(column).alias("found"),
                pl.lit(expected).alias("expected"),
            )
        )
        for rule, problem, column, expected in refusals
    )
