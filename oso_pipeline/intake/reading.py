"""What reading a source gives: every row is used, ignored for a written reason, or quarantined; the odd is signalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl
from rapidfuzz import process

from oso_pipeline.contacts import without_contacts
from oso_pipeline.contracts.records import QUARANTINE, SIGNALS
from oso_pipeline.contracts.registry import FileContract
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.contacts import mask_contacts
from oso_pipeline.intake.delimited import SOURCE_ROW, read_delimited
from oso_pipeline.wording import sentence

READ_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "snapshot_id": pl.String(),
    "rows_read": pl.Int64(),
}


@dataclass(frozen=True)
class Reading:
    """A source, or several, as read.

    Attributes:
        rows: the rows that the rules see; columns by source, with `source` and `source_row`.
        ignored: `source, source_row, rule`: rows left out for a written reason.
        quarantined: as the `quarantine` table.
        signals: as the `signals` table.
        read: `source, snapshot_id, rows_read`.
    """

    rows: pl.DataFrame
    ignored: pl.DataFrame
    quarantined: pl.DataFrame
    signals: pl.DataFrame
    read: pl.DataFrame

    def with_signals(self, *more: pl.DataFrame) -> Reading:
        """The same reading with more signals."""
        return replace(self, signals=pl.concat([self.signals, *more]))


def unused(readings: Iterable[Reading]) -> dict[str, pl.DataFrame]:
    """What several readings did not use, stacked: `ignored, quarantined, signals, read`."""
    together = list(readings)
    return {
        "ignored": pl.concat(reading.ignored for reading in together),
        "quarantined": pl.concat(reading.quarantined for reading in together),
        "signals": pl.concat(reading.signals for reading in together),
        "read": pl.concat(reading.read for reading in together),
    }


def signal(
    source: str,
    rule: str,
    reason: str,
    *,
    rows: pl.DataFrame | None = None,
    subject: pl.Expr | None = None,
) -> pl.DataFrame:
    """Signals of one kind, one per subject, as the `signals` table.

    Args:
        source: what they are about.
        rule: the name of what was odd.
        reason: one sentence, the same for all.
        rows: the odd rows, with `source_row`; None when it is about the whole file.
        subject: the value or code in those rows.
    """
    if rows is None:
        record = {"source": source, "rule": rule, "subject": None, "rows": 0, "reason": reason}
        return SIGNALS.shape(pl.DataFrame(record | {"first_row": None}, schema=SIGNALS.schema))
    named = rows.select((pl.lit(None) if subject is None else subject).alias("subject"), SOURCE_ROW)
    counted = named.group_by("subject").agg(
        pl.len().alias("rows"), pl.col(SOURCE_ROW).min().alias("first_row")
    )
    return SIGNALS.shape(
        counted.with_columns(
            pl.lit(source).alias("source"),
            pl.lit(rule).alias("rule"),
            pl.lit(reason).alias("reason"),
        )
    )


def signal_each(
    rows: pl.DataFrame, source: str, rule: pl.Expr, subject: pl.Expr, reason: pl.Expr
) -> pl.DataFrame:
    """One signal per row, each with a sentence of its own, as the `signals` table; `rows` has `source_row`."""
    return SIGNALS.shape(
        rows.select(
            pl.lit(source).alias("source"),
            rule.alias("rule"),
            subject.alias("subject"),
            pl.lit(1).alias("rows"),
            pl.col(SOURCE_ROW).alias("first_row"),
            reason.alias("reason"),
        )
    )


def quarantine(
    rows: pl.DataFrame,
    source: str,
    snapshot_id: str,
    raw_columns: list[str],
    *,
    subject: pl.Expr | None = None,
) -> pl.DataFrame:
    """Rows that cannot be used, as the `quarantine` table.

    Args:
        rows: has `source_row`, `rule`, `reason` and the raw columns.
        source: where they stand.
        snapshot_id: which snapshot holds them.
        raw_columns: the contract's columns as delivered; no other column is kept.
        subject: the school or board that the row names; None where it is not of one.
    """
    raw = pl.struct(raw_columns).struct.json_encode() if raw_columns else pl.lit("{}")
    return QUARANTINE.shape(
        rows.select(
            pl.lit(source).alias("source"),
            pl.lit(snapshot_id).alias("snapshot_id"),
            SOURCE_ROW,
            "rule",
            "reason",
            (pl.lit(None, pl.String) if subject is None else subject).alias("subject"),
            raw.alias("raw"),
        )
    )


def quarantine_misfits(misfits: pl.DataFrame, source: str, snapshot_id: str) -> pl.DataFrame:
    """Rows that have another number of fields than the header: none of their fields can be told apart."""
    rows = misfits.with_columns(
        pl.lit("wrong_number_of_fields").alias("rule"),
        sentence(
            "{}, row {}: {} fields; expected as many as the header has.",
            pl.lit(source),
            SOURCE_ROW,
            "fields",
        ).alias("reason"),
    )
    return quarantine(rows, source, snapshot_id, [])


def read_count(source: str, snapshot_id: str, rows: int) -> pl.DataFrame:
    """How many rows stand beneath the header: `source, snapshot_id, rows_read`."""
    return pl.DataFrame([(source, snapshot_id, rows)], schema=READ_SCHEMA, orient="row")


def ignore(rows: pl.DataFrame, source: str, rule: str) -> pl.DataFrame:
    """Rows left out for a reason that `rule` names: `source, source_row, rule`."""
    return rows.select(
        pl.lit(source).alias("source"),
        pl.col(SOURCE_ROW).cast(pl.Int64),
        pl.lit(rule).alias("rule"),
    )


REGISTRY_ENCODINGS = ("utf-8", "cp1252")
"""The registry serves every table in both (domain.md 2.1)."""


def read_written(
    body: bytes, contract: FileContract, what: str
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The used columns of a registry file as text, before any of them is read.

    Returns:
        Rows of our fields with `source_row`; the rows that do not fit the header; signals about columns.

    Raises:
        SourceUnreadable: not delimited text, or a used column is missing.
    """
    delimited = read_delimited(body, what=what, encodings=REGISTRY_ENCODINGS)
    mapping, signals = map_columns(delimited.header, delimited.again, contract, what)
    lacking = [
        pl.lit(None, pl.String).alias(name)
        for name in contract.used
        if name not in mapping.values()
    ]
    rows = delimited.read([*mapping]).rename(mapping).with_columns(lacking)
    return _without_addresses(rows) if b"@" in body else rows, delimited.misfits, signals


def _without_addresses(rows: pl.DataFrame) -> pl.DataFrame:
    """The registry is public, and holds no contact in the columns that are used: one that does is masked."""
    texts = rows.select(pl.selectors.string())
    may_hold = texts.select(pl.all().str.contains("@", literal=True).any()).row(0, named=True)
    if not any(may_hold.values()):
        return rows
    masked, _ = mask_contacts(texts.select(name for name, found in may_hold.items() if found))
    return rows.with_columns(masked.get_columns())


def refuse_what_cannot_be_read(body: bytes, contract: FileContract, what: str) -> None:
    """Look at a registry file that arrived as reading it does, and take nothing from it.

    Raises:
        SourceUnreadable: not delimited text, or a used column is missing.
    """
    delimited = read_delimited(body, what=what, encodings=REGISTRY_ENCODINGS)
    map_columns(delimited.header, delimited.again, contract, what)


def keep_written(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every field twice: as `written_FIELD` it stays what it was while the field is read."""
    return rows.with_columns(
        pl.col(name).alias(f"written_{name}") for name in rows.columns if name != SOURCE_ROW
    )


def as_written(fields: list[str]) -> list[pl.Expr]:
    """The fields as they were written, over rows of `keep_written`."""
    return [pl.col(f"written_{name}").alias(name) for name in fields]


def raw_row(fields: list[str]) -> pl.Expr:
    """The fields as they were written, as JSON, over rows of `keep_written`."""
    return pl.struct(as_written(fields)).struct.json_encode()


def sort_out(
    read: pl.DataFrame,
    misfits: pl.DataFrame,
    contract: FileContract,
    snapshot_id: str,
    *,
    schema: Mapping[str, pl.DataType],
    ignored: Mapping[str, pl.Expr],
    refused: Mapping[str, tuple[pl.Expr, pl.Expr]],
    signals: pl.DataFrame,
) -> Reading:
    """Every row to what it is: ignored by the first rule that fits, else quarantined by the first that fits, else used.

    Args:
        read: rows of `keep_written`, with what was read of them.
        misfits: rows that do not fit the header.
        contract: of the file.
        snapshot_id: which snapshot holds them.
        schema: of the rows that are used.
        ignored: rule -> whether it fits.
        refused: rule -> whether it fits, and the reason.
        signals: the `signals` table of the file.
    """
    table, fields = contract.table, [*contract.used]
    leaves_out = [pl.when(fits).then(pl.lit(rule)) for rule, fits in ignored.items()]
    refuses = [pl.when(fits).then(pl.lit(rule)) for rule, (fits, _) in refused.items()]
    reasons = [pl.when(fits).then(reason) for fits, reason in refused.values()]
    judged = read.with_columns(
        pl.coalesce(leaves_out).alias("ignored"),
        pl.coalesce(refuses).alias("rule"),
        pl.coalesce(reasons).alias("reason"),
    )
    is_ignored, is_refused = pl.col("ignored").is_not_null(), pl.col("rule").is_not_null()
    bad = judged.filter(~is_ignored & is_refused).with_columns(as_written(fields))
    return Reading(
        rows=judged.filter(~is_ignored & ~is_refused).select(
            pl.col(name).cast(kind) for name, kind in schema.items()
        ),
        ignored=judged.filter(is_ignored).select(
            pl.lit(table).alias("source"),
            pl.col(SOURCE_ROW).cast(pl.Int64),
            pl.col("ignored").alias("rule"),
        ),
        quarantined=pl.concat(
            [
                quarantine(bad, table, snapshot_id, fields),
                quarantine_misfits(misfits, table, snapshot_id),
            ]
        ),
        signals=signals,
        read=read_count(table, snapshot_id, read.height + misfits.height),
    )


def map_columns(
    header: list[str], again: list[str], contract: FileContract, what: str
) -> tuple[dict[str, str], pl.DataFrame]:
    """Which written column fills which field.

    Args:
        header: the names of the columns, each once.
        again: those that stand there more than once.
        contract: of the file.
        what: how messages name it.

    Returns:
        Written name -> field, and the signals: columns that are new, with the likely rename, and those that the file
        may do without and does.

    Raises:
        SourceUnreadable: a used column is missing (stored and expected header side by side), or stands there twice.
    """
    mapping: dict[str, str] = {}
    missing: list[str] = []
    lacking: list[str] = []
    for field, names in contract.used.items():
        found = next((name for name in names if name in header), None)
        if found is not None:
            mapping[found] = field
        elif field in contract.may_lack:
            lacking.append(names[0])
        else:
            missing.append(names[0])
    if twice := [name for name in again if name in mapping]:
        raise SourceUnreadable(
            f"{what}: expected column {', '.join(twice)} once, found it more than once: which one is meant cannot be known."
            " Look at row 1 of the file; the next one may be right."
        )
    unknown = [name for name in header if name not in mapping and name not in contract.ignored]
    new = [without_contacts(name) for name in unknown]
    if missing:
        expected = [names[0] for names in contract.used.values()]
        raise SourceUnreadable(
            f"{what}: column {', '.join(missing)} is missing{_likely_rename(missing[0], new)}."
            f" Expected (among others): {';'.join(expected)}. Found: {';'.join(header)}."
            " If the registry renamed it, add the new name in contracts/registry.py."
        )
    odd = [
        (
            "new_column",
            name,
            f"is not known and was not read{_likely_rename(name, [*contract.ignored, *lacking])}",
        )
        for name in new
    ]
    odd += [
        (
            "column_not_there",
            name,
            f"is not there{_likely_rename(name, new)}; the file is read without it",
        )
        for name in lacking
    ]
    signals = [
        signal(contract.table, rule, f"Column {name!r} {what_is}.").with_columns(
            pl.lit(name).alias("subject")
        )
        for rule, name, what_is in odd
    ]
    return mapping, pl.concat([SIGNALS.empty(), *signals])


def _likely_rename(name: str, candidates: list[str]) -> str:
    near = process.extractOne(name, candidates, score_cutoff=60)
    return f" (the nearest name is {near[0]!r})" if near else ""
