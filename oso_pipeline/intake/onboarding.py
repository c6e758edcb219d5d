"""The onboarding snapshot, to typed tables (contract.md, Onboarding records).

A row is quarantined when its BRIN, board number, branch number or explicit link cannot be read, when a date cannot
be, when an end precedes its begin, or when kind, status or result is not of the list. Rows that are identical as
read count once.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from oso_pipeline.codes import joined_repairs, read_brin
from oso_pipeline.contracts.onboarding import KNOWN_LAS, ONBOARDING, PROFILES, OnboardingTable
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.delivery import open_snapshot
from oso_pipeline.intake.fields import is_unreadable, read_choice, read_day, read_each_once
from oso_pipeline.intake.onboarding_codes import CODES, READINGS, Codes
from oso_pipeline.intake.reading import (
    Reading,
    ignore,
    quarantine,
    quarantine_misfits,
    read_count,
    signal,
)
from oso_pipeline.intake.snapshots import Snapshot
from oso_pipeline.wording import sentence

REPAIRS = "repairs"
"""Beside the contract's columns, every typed table has `source_row` and `repairs` (text, null when none)."""

_AT_ONCE = 2
"""Tables that are read side by side: more would be no sooner, for Polars keeps all processors busy, and hold more memory."""

_REFUSED_BY = "refused by"
"""The place of the rule that refuses the row, in the list of the rules of its table."""


def read_onboarding(snapshot: Snapshot, body: bytes) -> dict[str, Reading]:
    """Read the six tables of a snapshot.

    Returns:
        Table name -> reading; its rows hold the table's columns typed, `source_row` and `repairs`; what is ignored are
        the rows that are identical to an earlier one.
    """
    misfits = snapshot.notes["misfits"]

    def read(table: OnboardingTable) -> tuple[str, Reading]:
        text = open_snapshot(snapshot, body, table)
        rows = _read_table(table, text, misfits.get(table.name, []), snapshot.snapshot_id)
        return table.name, rows

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        readings = dict(pool.map(read, ONBOARDING))
    return _with_notes(readings, snapshot)


def _with_notes(readings: dict[str, Reading], snapshot: Snapshot) -> dict[str, Reading]:
    noted = dict(readings)
    for table, columns in snapshot.notes["columns_dropped"].items():
        reason = f"Not a column of the contract: dropped at the door, unread but for its name: {', '.join(columns)}."
        noted[table] = noted[table].with_signals(signal(table, "column_dropped", reason))
    for table, rows in snapshot.notes.get("contacts_masked", {}).items():
        reason = f"An e-mail address or a telephone number stood in {rows} rows where none belongs: masked at the door."
        noted[table] = noted[table].with_signals(signal(table, "contact_masked", reason))
    for name in snapshot.notes["tables_not_read"]:
        reason = f"{name} is not one of the six tables and was not read."
        noted["accounts"] = noted["accounts"].with_signals(signal(name, "table_not_read", reason))
    return noted


def _read_table(
    table: OnboardingTable, text: pl.DataFrame, misfits: list[list[int]], snapshot_id: str
) -> Reading:
    codes = CODES[table.name]()
    refusals = _refusals(table, codes)
    read = _with_readings(table, text)
    refuses = read.lazy().select(_each_that_refuses(refusals)).collect()
    is_refused = refuses.select(pl.any_horizontal(pl.all()).alias("any"))["any"]
    refused = (
        read.filter(is_refused)
        .with_columns(refuses.filter(is_refused).select(_first_that_refuses(refusals)).to_series())
        .with_columns(_rule_and_reason(table, refusals))
    )
    typed = read.filter(~is_refused).select(
        *(_value(table, name, codes).alias(name) for name in table.names),
        pl.col(SOURCE_ROW),
        _repairs(table, codes).alias(REPAIRS),
    )
    is_again = pl.col(SOURCE_ROW).is_in(_repeats(typed, table.names).implode())
    first, again = typed.filter(~is_again), typed.filter(is_again)
    misfit_rows = pl.DataFrame(
        misfits, schema={SOURCE_ROW: pl.Int64, "fields": pl.Int64}, orient="row"
    )
    return Reading(
        rows=first,
        ignored=ignore(again, table.name, "duplicate"),
        quarantined=pl.concat(
            [
                quarantine(
                    refused,
                    table.name,
                    snapshot_id,
                    table.shown,
                    subject=_value(table, table.names[0], codes),
                ),
                quarantine_misfits(misfit_rows, table.name, snapshot_id),
            ]
        ),
        signals=_signals(table, first),
        read=read_count(table.name, snapshot_id, text.height + misfit_rows.height),
    )


def _repeats(rows: pl.DataFrame, names: list[str]) -> pl.Series:
    """The numbers of the rows that are identical to an earlier one; only those are compared that share a hash."""
    several = rows.filter(rows.select(names).hash_rows().is_duplicated())
    return several.filter(~pl.struct(names).is_first_distinct())[SOURCE_ROW]


def _with_readings(table: OnboardingTable, text: pl.DataFrame) -> pl.DataFrame:
    """The text with what several expressions need of it, read once: as an expression it would be read for each use."""
    rows = text.lazy()
    for stage in READINGS[table.name]:
        rows = rows.with_columns(**stage)
    return rows.with_columns(
        read_each_once(pl.col(name), read_day, pl.Date()).alias(_read(name)) for name in table.dates
    ).collect()


def _read(name: str) -> str:
    return f"{name} as read"


def _value(table: OnboardingTable, name: str, codes: Codes) -> pl.Expr:
    if name in codes.values:
        return codes.values[name]
    if name in table.dates:
        return pl.col(_read(name))
    if table.column(name).choices:
        return read_choice(pl.col(name))
    return pl.col(name)


Refusal = tuple[str, pl.Expr, str, str]
"""The rule, when it refuses a row, the column it is about, and what was expected."""


def _refusals(table: OnboardingTable, codes: Codes) -> list[Refusal]:
    """All rules that may refuse a row of the table, in the order in which they are asked."""
    refusals = [
        (rule, problem, column, _expected(rule)) for rule, problem, column in codes.problems
    ]
    for name in table.dates:
        unreadable = is_unreadable(pl.col(name), pl.col(_read(name)))
        refusals.append(("date_unreadable", unreadable, name, "a day as 2024-08-31"))
    for name in table.names:
        choices = table.column(name).choices
        if choices:
            outside = ~read_choice(pl.col(name)).is_in(choices).fill_null(value=False)
            refusals.append(("not_of_the_list", outside, name, "one of " + ", ".join(choices)))
    if table.begins_on is not None and table.ends_on is not None:
        ends_first = pl.col(_read(table.ends_on)) < pl.col(_read(table.begins_on))
        expected = f"a day not before {table.begins_on}"
        refusals.append(("end_before_begin", ends_first, table.ends_on, expected))
    return refusals


def rules_of(table: OnboardingTable) -> list[str]:
    """The names of the rules that may refuse a row of the table."""
    return [rule for rule, *_ in _refusals(table, CODES[table.name]())]


def _each_that_refuses(refusals: list[Refusal]) -> list[pl.Expr]:
    """Whether each rule refuses the row, under its place in the list."""
    return [
        problem.fill_null(value=False).alias(str(place))
        for place, (_, problem, _, _) in enumerate(refusals)
    ]


def _first_that_refuses(refusals: list[Refusal]) -> pl.Expr:
    """The place in the list of the first rule that refuses the row."""
    return pl.coalesce(
        pl.when(pl.col(str(place))).then(pl.lit(place)) for place in range(len(refusals))
    ).alias(_REFUSED_BY)


def _rule_and_reason(table: OnboardingTable, refusals: list[Refusal]) -> list[pl.Expr]:
    by = [pl.when(pl.col(_REFUSED_BY) == place) for place in range(len(refusals))]
    reasons = [
        sentence(
            f"{table.name}, row {{}}: {column} {{}}; expected {expected}.",
            SOURCE_ROW,
            pl.col(column).fill_null("is empty")
            if column in table.shown
            else pl.lit("is not shown"),
        )
        for _, _, column, expected in refusals
    ]
    return [
        pl.coalesce(
            when.then(pl.lit(rule)) for when, (rule, *_) in zip(by, refusals, strict=True)
        ).alias("rule"),
        pl.coalesce(when.then(reason) for when, reason in zip(by, reasons, strict=True)).alias(
            "reason"
        ),
    ]


def _expected(rule: str) -> str:
    return {
        "brin_unreadable": "a BRIN as 00AH",
        "board_number_unreadable": "a board's number as 10249",
        "branch_number_unreadable": "a branch number of the same school as 02",
        "link_unreadable": "a branch number of the same school as 02, or nothing",
        "branch_contradicted": "the same branch as in the other columns",
    }[rule]


def _repairs(table: OnboardingTable, codes: Codes) -> pl.Expr:
    cased = [
        pl.when(read_choice(pl.col(name)) != pl.col(name)).then(pl.lit("lower_cased"))
        for name in table.names
        if table.column(name).choices
    ]
    timed = [
        pl.when(pl.col(name).str.len_bytes() > len("2024-08-31")).then(pl.lit("time_left_off"))
        for name in table.dates
    ]
    return joined_repairs([*codes.repairs, *cased, *timed])


def _signals(table: OnboardingTable, rows: pl.DataFrame) -> pl.DataFrame:
    found = [
        signal(table.name, "repaired", "A damaged code or word was repaired; the subject names the repair.", rows=rows.filter(pl.col(REPAIRS).is_not_null()), subject=pl.col(REPAIRS)),
    ]  # fmt: skip
    if "profile" in table.names:
        odd = rows.filter(~pl.col("profile").is_in(PROFILES).fill_null(value=False))
        reason = f"Not a known exchange profile ({', '.join(PROFILES)}); the row is kept."
        found.append(
            signal(table.name, "unknown_profile", reason, rows=odd, subject=pl.col("profile"))
        )
        odd = rows.filter(
            is_unreadable(pl.col("partner_brin"), read_brin(pl.col("partner_brin")).struct["brin"])
        )
        reason = "The partner's BRIN cannot be read; no rule needs it, and the row is kept."
        found.append(
            signal(
                table.name, "partner_unreadable", reason, rows=odd, subject=pl.col("partner_brin")
            )
        )
    if "las" in table.names:
        odd = rows.filter(pl.col("las").is_not_null() & ~pl.col("las").is_in(KNOWN_LAS))
        reason = f"Not a known product ({', '.join(KNOWN_LAS)}); the row is kept."
        found.append(signal(table.name, "unknown_las", reason, rows=odd, subject=pl.col("las")))
    return pl.concat(found)
