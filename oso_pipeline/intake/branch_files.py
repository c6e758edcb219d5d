"""po, so, vo: DUO's address files of all open branches (domain.md 2.1).

A file lists what is open: there is no status and no end date in it. Two serialisations of every table exist
(`;` windows-1252 and `,` UTF-8), in several header generations.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

import polars as pl

from oso_pipeline.codes import (
    joined_repairs,
    packed,
    read_board_number,
    read_branch_number,
    read_brin,
)
from oso_pipeline.contracts.registry import BRANCH_FILES, OPEN_BRANCHES, PROVINCE_NAMES, PROVINCES
from oso_pipeline.errors import SourceUnreachable
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.fields import is_unreadable, province_spellings, read_postcode
from oso_pipeline.intake.guards import refuse_what_is_no_table
from oso_pipeline.intake.http import MEBIBYTE, Arrival, Fetcher, NotFound, is_known
from oso_pipeline.intake.reading import (
    Reading,
    ignore,
    quarantine,
    quarantine_misfits,
    read_count,
    read_written,
    refuse_what_cannot_be_read,
    signal,
)
from oso_pipeline.intake.snapshots import Snapshot
from oso_pipeline.wording import sentence

FILE_NAMES = {
    "po": (
        "02.-alle-schoolvestigingen-basisonderwijs.csv",
        "02-alle-schoolvestigingen-basisonderwijs.csv",
        "03-alle-vestigingen-bo.csv",
    ),
    "so": (
        "09.-alle-vestigingen-sbo-so-en-vso.csv",
        "09.-alle-vestigingen-speciaal-(basis)onderwijs.csv",
    ),
    "vo": ("02.-alle-vestigingen-vo.csv", "02-alle-vestigingen-vo.csv"),
}
"""Today's name first, then earlier ones (domain.md 2.1)."""

LARGEST_BODY = 2048 * MEBIBYTE

ROWS_SCHEMA = {
    "source": pl.String(),
    SOURCE_ROW: pl.Int64(),
    **{name: kind for name, kind in OPEN_BRANCHES.schema.items() if name != "board_name"},
}


def fetch_branch_file(
    fetcher: Fetcher, base_url: str, table: str, into: Path, known: Snapshot | None = None
) -> Arrival:
    """Fetch the branch file of a sector under the first of its names that is there.

    A name that is older than the one under which it came last is not asked for: what is still there is an old file.

    Raises:
        NotModified: the body is that of the snapshot that is known.
        SourceUnreachable: no body arrived under any of the names.
        SourceUnreadable: what arrived is not such a file.
    """
    tried = []
    for name in _names(table, known):
        try:
            arrival = fetcher.download(base_url + quote(name), into, cap=LARGEST_BODY, known=known)
        except NotFound:
            tried.append(name)
            continue
        if is_known(arrival, known):
            return arrival
        refuse_what_is_no_table(into, what=f"{table} ({name})")
        refuse_what_cannot_be_read(into.read_bytes(), BRANCH_FILES[table], table)
        return arrival
    older = [name for name in FILE_NAMES[table] if name not in tried]
    unasked = f" ({', '.join(older)} is older than what came last, and is not asked for)" if older else ""  # fmt: skip
    raise SourceUnreachable(
        f"404 for every name that this file is known by, under {base_url}:"
        f" {', '.join(tried)}{unasked}. Find its new name on the registry's site and set OSO_DUO_BASE_URL,"
        " or add the name in intake/branch_files.py."
    )


def _names(table: str, known: Snapshot | None) -> tuple[str, ...]:
    names = FILE_NAMES[table]
    last = unquote(known.url).rpartition("/")[2] if known else ""
    return names[: names.index(last) + 1] if last in names else names


def read_branch_file(body: bytes, table: str, *, snapshot_id: str) -> Reading:
    """Read a branch file.

    Returns:
        Rows as ROWS_SCHEMA, each branch code once.

    Raises:
        SourceUnreadable: not delimited text, or a used column is missing.
    """
    written, misfits, column_signals = read_written(body, BRANCH_FILES[table], table)
    read = _read_fields(written, table)
    code = packed(pl.col("branch_code"))
    state = read.select(code.is_null().alias("refused"), code.is_first_distinct().alias("first"))
    refused, is_first = read.filter(state["refused"]), state["first"] & ~state["refused"]
    kept, again = read.filter(is_first), read.filter(~is_first & ~state["refused"])
    return Reading(
        rows=kept.select(*ROWS_SCHEMA),
        ignored=ignore(again, table, "code_again"),
        quarantined=pl.concat(
            [
                _quarantine_codes(refused, written, table, snapshot_id),
                quarantine_misfits(misfits, table, snapshot_id),
            ]
        ),
        signals=pl.concat([column_signals, *_signal_the_odd(kept, again, table)]),
        read=read_count(table, snapshot_id, written.height + misfits.height),
    )


def _read_fields(written: pl.DataFrame, table: str) -> pl.DataFrame:
    school = read_brin(pl.col("brin"))
    spellings = province_spellings(written["province"])
    misspelled = [text for text in spellings if text not in (*PROVINCES, *PROVINCE_NAMES)]
    board = read_board_number(pl.col("board_number"))
    read = written.with_columns(
        school.alias("school"), board.alias("board"), pl.col("board_number").alias("written_board")
    ).with_columns(
        read_branch_number(pl.col("branch_code"), pl.col("school").struct["brin"]).alias("branch")
    )
    return (
        read.lazy()
        .select(
            pl.lit(table).alias("source"),
            SOURCE_ROW,
            (pl.col("school").struct["brin"] + pl.col("branch").struct["branch_number"]).alias(
                "branch_code"
            ),
            pl.col("school").struct["brin"].alias("brin"),
            pl.col("branch").struct["branch_number"].alias("branch_number"),
            "branch_name",
            pl.col("board").struct["board_number"].alias("board_number"),
            "written_board",
            pl.lit(table).alias("sector"),
            "street",
            "house_number",
            read_postcode(pl.col("postcode")).alias("postcode"),
            "city",
            "municipality",
            "municipality_number",
            pl.col("province").replace(spellings).alias("province"),
            joined_repairs(
                [
                    pl.col("school").struct["repair"],
                    _beside_joined_code(pl.col("branch").struct["repair"]),
                    pl.col("board").struct["repair"],
                    pl.when(pl.col("province").is_in(misspelled)).then(pl.lit("province_spelling")),
                ]
            ).alias("repairs"),
        )
        .collect()
    )


def _beside_joined_code(repair: pl.Expr) -> pl.Expr:
    """A whole branch code in its column is how the file writes it: no repair."""
    return pl.when(repair != "joined_code").then(repair).str.replace(r"\+joined_code$", "")


def _quarantine_codes(
    refused: pl.DataFrame, written: pl.DataFrame, table: str, snapshot_id: str
) -> pl.DataFrame:
    raw = [name for name in written.columns if name != SOURCE_ROW]
    rows = written.join(refused.select(SOURCE_ROW), on=SOURCE_ROW, how="semi").with_columns(
        pl.lit("branch_code_unreadable").alias("rule"),
        sentence(
            "{}, row {}: INSTELLINGSCODE {} and VESTIGINGSCODE {} do not make a branch code;"
            " expected two digits, two letters, two digits.",
            pl.lit(table),
            SOURCE_ROW,
            pl.col("brin").fill_null("(empty)"),
            pl.col("branch_code").fill_null("(empty)"),
        ).alias("reason"),
    )
    return quarantine(rows, table, snapshot_id, raw)


def _signal_the_odd(kept: pl.DataFrame, again: pl.DataFrame, table: str) -> list[pl.DataFrame]:
    repaired = kept.filter(pl.col("repairs").is_not_null())
    no_board = kept.filter(pl.col("board_number").is_null())
    odd_province = kept.filter(~pl.col("province").is_in(PROVINCES).fill_null(value=False))
    return [
        signal(table, "code_again", "The code stands in this file more than once; its first row counts.", rows=again, subject=pl.col("branch_code")),
        signal(table, "repaired", "A damaged code or name was repaired; the subject names the repair.", rows=repaired, subject=pl.col("repairs")),
        signal(table, "board_number_unreadable", "The board's number cannot be read: the branch is kept without a board, so its agreement cannot hold.", rows=no_board, subject=pl.col("written_board")),
        signal(table, "unknown_province", "This province is not one of the twelve; the row is kept.", rows=odd_province, subject=pl.col("province")),
        signal(table, "municipality_without_name", "The municipality has a number and no name; the row is kept.", rows=kept.filter(is_unreadable(pl.col("municipality_number"), pl.col("municipality"))), subject=pl.col("municipality_number")),
    ]  # fmt: skip
