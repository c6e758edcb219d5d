"""register: the BRIN register, three files in one zip (domain.md 2.2).

ORGANISATIES says what there ever was and when it opened and closed, RELATIES which board governed which school, and
OVERGANGEN who went on as whom. The files' names begin so; the day behind it changes. A zip that holds only OVERGANGEN
is used, and it is signalled what it cannot know.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from oso_pipeline.contracts.records import QUARANTINE
from oso_pipeline.contracts.register import (
    FUNCTIONS,
    GOVERNS,
    OTHER_FUNCTIONS,
    OTHER_LAWS,
    OTHER_RELATIONS,
    REGISTER_FILES,
    TRANSITION_KINDS,
)
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.fields import is_unreadable, read_dutch_day
from oso_pipeline.intake.http import MEBIBYTE, Arrival, Fetcher, is_known
from oso_pipeline.intake.reading import (
    READ_SCHEMA,
    Reading,
    as_written,
    ignore,
    keep_written,
    quarantine,
    raw_row,
    read_written,
    refuse_what_cannot_be_read,
    signal,
    sort_out,
)
from oso_pipeline.intake.register_zip import FILE_NAME, MEMBERS, SOURCE, unpack_register
from oso_pipeline.intake.snapshots import Snapshot
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN
from oso_pipeline.wording import sentence

CANNOT_KNOW = {
    "register_organisations": "The zip holds no ORGANISATIES: when a school or branch opened or closed is not known from"
    " the register, nor which codes there ever were, nor what is to close.",
    "register_relations": "The zip holds no RELATIES: the day on which a school came under its board is known from a"
    " transition or a release only.",
}

LARGEST_BODY = 1024 * MEBIBYTE

ORGANISATIONS_SCHEMA = {
    SOURCE_ROW: pl.Int64(),
    "code": pl.String(),
    "level": pl.String(),
    "name": pl.String(),
    "opened_on": pl.Date(),
    "closed_on": pl.Date(),
    "record": pl.String(),
}
"""`level`: board, school or branch; `record`: A current, H historical, T future."""

GOVERNANCE_SCHEMA = {
    SOURCE_ROW: pl.Int64(),
    "brin": pl.String(),
    "board_number": pl.String(),
    "begins_on": pl.Date(),
    "ends_on": pl.Date(),
}

TRANSITIONS_SCHEMA = {
    SOURCE_ROW: pl.Int64(),
    "from_code": pl.String(),
    "to_code": pl.String(),
    "kind": pl.String(),
    "complete": pl.Boolean(),
    "effective_on": pl.Date(),
    "raw": pl.String(),
}
"""`kind`: merger, transfer, split or independence; `complete`: the source ceases to be; `raw`: the row as delivered, as
JSON, for who finds later that it cannot be."""

SCHEMAS = {
    "register_organisations": ORGANISATIONS_SCHEMA,
    "register_relations": GOVERNANCE_SCHEMA,
    "register_transitions": TRANSITIONS_SCHEMA,
}


def fetch_register(
    fetcher: Fetcher, base_url: str, into: Path, known: Snapshot | None = None
) -> Arrival:
    """Fetch the zip.

    Raises:
        NotModified: the body is that of the snapshot that is known.
        SourceUnreachable: no body arrived.
        SourceUnreadable: what arrived is not the register.
    """
    arrival = fetcher.download(base_url + FILE_NAME, into, cap=LARGEST_BODY, known=known)
    if is_known(arrival, known):
        return arrival
    for table, body in unpack_register(into.read_bytes()).items():
        refuse_what_cannot_be_read(body, REGISTER_FILES[table], table)
    return arrival


def read_register(body: bytes, *, snapshot_id: str) -> dict[str, Reading]:
    """Read the register.

    Returns:
        Readings by table, rows as SCHEMAS; a table that the zip does not hold has no rows, and what it would have told
        is signalled.

    Raises:
        SourceUnreadable: the zip or one of its files cannot be read, or OVERGANGEN is not in it.
    """
    bodies = unpack_register(body)
    read = {
        "register_organisations": _read_organisations,
        "register_relations": _read_governance,
        "register_transitions": read_transitions,
    }
    return {
        table: read[table](bodies[table], snapshot_id) if table in bodies else _absent(table)
        for table in MEMBERS
    }


def _absent(table: str) -> Reading:
    nothing = pl.DataFrame(schema={SOURCE_ROW: pl.Int64})
    return Reading(
        rows=pl.DataFrame(schema=SCHEMAS[table]),
        ignored=ignore(nothing, table, ""),
        quarantined=QUARANTINE.empty(),
        signals=signal(SOURCE, f"no_{table.removeprefix('register_')}", CANNOT_KNOW[table]),
        read=pl.DataFrame(schema=READ_SCHEMA),
    )


_FIT = {"board": BOARD_PATTERN, "school": BRIN_PATTERN, "branch": BRANCH_PATTERN}
_OLD_NUMBER = r"^(?:[0-9]{1,4}|[0-9]{2}-[0-9])$"


def _level(code: pl.Expr) -> pl.Expr:
    """What a code is of, by its form; null where it is none of ours."""
    return pl.coalesce(
        pl.when(code.str.contains(pattern)).then(pl.lit(level)) for level, pattern in _FIT.items()
    )


def _is_of_others(function: str) -> pl.Expr:
    return pl.col(function).is_in(list(OTHER_FUNCTIONS)).fill_null(value=False)


def _is_old(code: str) -> pl.Expr:
    return pl.col(code).str.contains(_OLD_NUMBER).fill_null(value=False)


def _is_other_location(code: str, law: str) -> pl.Expr:
    """A location of vocational or higher education, which has the form of a branch's code and is none."""
    is_branch = pl.col(code).str.contains(BRANCH_PATTERN)
    return (is_branch & pl.col(law).is_in(list(OTHER_LAWS))).fill_null(value=False)


def _no_code(table: str, column: str, *names: str) -> pl.Expr:
    codes = [pl.col(name).fill_null("(empty)") for name in names]
    return sentence(
        f"{table}, row {{}}: {column} {' and '.join('{}' for _ in names)} cannot be read; expected a board's five digits,"
        " a school's two digits and two letters, or a branch's with two digits more.",
        SOURCE_ROW,
        *codes,
    )


def _no_day(table: str, column: str, field: str) -> pl.Expr:
    return sentence(
        f"{table}, row {{}}: {column} {{}} is not a day; expected D-M-YYYY.",
        SOURCE_ROW,
        pl.col(f"written_{field}").fill_null("(empty)"),
    )


def _read_organisations(body: bytes, snapshot_id: str) -> Reading:
    table = "register_organisations"
    rows, misfits, signals = read_written(body, REGISTER_FILES[table], table)
    written = keep_written(rows).with_columns(
        _level(pl.col("code")).alias("level"),
        read_dutch_day(pl.col("opened")).alias("opened_on"),
        read_dutch_day(pl.col("closed")).alias("closed_on"),
    )
    opened, closed = pl.col("opened_on"), pl.col("closed_on")
    return sort_out(
        written,
        misfits,
        REGISTER_FILES[table],
        snapshot_id,
        schema=SCHEMAS[table],
        ignored={
            "not_of_schools": _is_of_others("function"),
            "old_number": _is_old("code"),
            "other_location": _is_other_location("code", "law"),
        },
        refused={
            "code_unreadable": (pl.col("level").is_null(), _no_code(table, "NR_ADMINISTRATIE", "code")),
            "record_unknown": (
                ~pl.col("record").is_in(("A", "H", "T")).fill_null(value=False),
                sentence(f"{table}, row {{}}: CODE_STAND_RECORD {{}} is not known; expected A, H or T.", SOURCE_ROW, pl.col("record").fill_null("(empty)")),
            ),
            "opened_unreadable": (is_unreadable(pl.col("opened"), opened), _no_day(table, "DT_IN_BEDRIJF", "opened")),
            "closed_unreadable": (is_unreadable(pl.col("closed"), closed), _no_day(table, "DT_UIT_BEDRIJF", "closed")),
            "ends_before_it_begins": (
                (closed < opened).fill_null(value=False),
                sentence(f"{table}, row {{}}: it closed on {{}}, before it opened on {{}}.", SOURCE_ROW, closed, opened),
            ),
        },
        signals=pl.concat([signals, _unknown_functions(written, table, "function")]),
    )  # fmt: skip


def _unknown_functions(rows: pl.DataFrame, table: str, column: str) -> pl.DataFrame:
    known = [*FUNCTIONS, *OTHER_FUNCTIONS]
    odd = rows.filter(~pl.col(column).is_in(known).fill_null(value=False))
    reason = (
        f"This CODE_FUNCTIE is not one of {', '.join(known)}; the form of the code says what it is."
    )
    return signal(table, "unknown_function", reason, rows=odd, subject=pl.col(column))


def _read_governance(body: bytes, snapshot_id: str) -> Reading:
    table = "register_relations"
    rows, misfits, signals = read_written(body, REGISTER_FILES[table], table)
    written = keep_written(rows).with_columns(
        read_dutch_day(pl.col("begins")).alias("begins_on"),
        read_dutch_day(pl.col("ends")).alias("ends_on"),
    )
    begins, ends = pl.col("begins_on"), pl.col("ends_on")
    known = [GOVERNS, *OTHER_RELATIONS]
    odd = written.filter(~pl.col("relation").is_in(known).fill_null(value=False))
    of_school = pl.col("board_number").str.contains(BOARD_PATTERN) & pl.col("brin").str.contains(
        BRIN_PATTERN
    )
    sorted_out = sort_out(
        written,
        misfits,
        REGISTER_FILES[table],
        snapshot_id,
        schema=SCHEMAS[table],
        ignored={
            "another_relation": (pl.col("relation") != GOVERNS).fill_null(value=True),
            "old_number": _is_old("board_number") | _is_old("brin"),
        },
        refused={
            "code_unreadable": (~of_school.fill_null(value=False), _no_code(table, "NR_ADMIN_LEID, NR_ADMIN_VOLG", "board_number", "brin")),
            "begins_unreadable": (begins.is_null(), _no_day(table, "DT_BEGIN_RELATIE", "begins")),
            "ends_unreadable": (is_unreadable(pl.col("ends"), ends), _no_day(table, "DT_EINDE_RELATIE", "ends")),
            "ends_before_it_begins": (
                (ends < begins).fill_null(value=False),
                sentence(f"{table}, row {{}}: it ends on {{}}, before it begins on {{}}.", SOURCE_ROW, ends, begins),
            ),
        },
        signals=pl.concat(
            [
                signals,
                signal(table, "unknown_relation", f"This relation is not one of {', '.join(known)}; the row is not used.", rows=odd, subject=pl.col("relation")),
            ]
        ),
    )  # fmt: skip
    return _without_overlaps(sorted_out, written, table, snapshot_id)


def _without_overlaps(
    reading: Reading, written: pl.DataFrame, table: str, snapshot_id: str
) -> Reading:
    """Two boards cannot govern one school at a time: what ended after the next one began is quarantined.

    The later one stands: the register says that it began. One without an end ends when the next one begins, which may be
    to come; that is signalled.
    """
    ordered = reading.rows.sort("brin", "begins_on", SOURCE_ROW)
    following = ordered.with_columns(
        pl.col("begins_on").shift(-1).over("brin").alias("next_on"),
        pl.col("board_number").shift(-1).over("brin").alias("next_board"),
    ).filter(pl.col("next_board") != pl.col("board_number"))
    reason = sentence(
        f"{table}, row {{}}: board {{}} still governs {{}} when board {{}} begins on {{}}; one school has one board.",
        SOURCE_ROW,
        "board_number",
        "brin",
        "next_board",
        "next_on",
    )
    bad = following.filter(pl.col("ends_on") > pl.col("next_on")).select(
        SOURCE_ROW, pl.lit("overlaps").alias("rule"), reason.alias("reason")
    )
    without_end = signal(
        table,
        "overlaps",
        "The relation has no end, and another board's begins after it; it ends there.",
        rows=following.filter(pl.col("ends_on").is_null()),
        subject=pl.col("brin"),
    )
    raw = [*REGISTER_FILES[table].used]
    refused = written.join(bad, on=SOURCE_ROW).with_columns(as_written(raw))
    return Reading(
        rows=reading.rows.join(bad, on=SOURCE_ROW, how="anti"),
        ignored=reading.ignored,
        quarantined=pl.concat([reading.quarantined, quarantine(refused, table, snapshot_id, raw)]),
        signals=pl.concat([reading.signals, without_end]),
        read=reading.read,
    )


def read_transitions(body: bytes, snapshot_id: str) -> Reading:
    """Read OVERGANGEN alone.

    Returns:
        Rows as TRANSITIONS_SCHEMA.

    Raises:
        SourceUnreadable: not delimited text, or a used column is missing.
    """
    table = "register_transitions"
    rows, misfits, signals = read_written(body, REGISTER_FILES[table], table)
    written = keep_written(rows).with_columns(
        read_dutch_day(pl.col("effective")).alias("effective_on"),
        (pl.col("complete") == "J").alias("complete"),
        pl.col("kind").replace_strict(TRANSITION_KINDS, default=None).alias("kind"),
        _level(pl.col("from_code")).alias("from_level"),
        _level(pl.col("to_code")).alias("to_level"),
        raw_row([*REGISTER_FILES[table].used]).alias("raw"),
    )
    of_others = _is_of_others("from_function") | _is_of_others("to_function")
    no_code = pl.col("from_level").is_null() | pl.col("to_level").is_null()
    one_is_board = (pl.col("from_level") == "board") != (pl.col("to_level") == "board")
    return sort_out(
        written,
        misfits,
        REGISTER_FILES[table],
        snapshot_id,
        schema=SCHEMAS[table],
        ignored={
            "not_of_schools": of_others,
            "old_number": _is_old("from_code") | _is_old("to_code"),
            "other_location": _is_other_location("from_code", "from_law") | _is_other_location("to_code", "to_law"),
        },
        refused={
            "code_unreadable": (no_code, _no_code(table, "NR_ADMIN_VAN, NR_ADMIN_NAAR", "from_code", "to_code")),
            "board_and_school": (one_is_board, sentence(f"{table}, row {{}}: {{}} and {{}} are a board and a school; one does not go on as the other.", SOURCE_ROW, "from_code", "to_code")),
            "into_itself": (pl.col("from_code") == pl.col("to_code"), sentence(f"{table}, row {{}}: {{}} goes on as itself.", SOURCE_ROW, "from_code")),
            "date_unreadable": (pl.col("effective_on").is_null(), _no_day(table, "DT_OVERGANG", "effective")),
            "kind_unknown": (
                pl.col("kind").is_null(),
                sentence(f"{table}, row {{}}: CODE_OVERGANG {{}} is not known; expected {', '.join(TRANSITION_KINDS)}.", SOURCE_ROW, pl.col("written_kind").fill_null("(empty)")),
            ),
            "complete_unknown": (
                ~pl.col("written_complete").is_in(("J", "N")).fill_null(value=False),
                sentence(f"{table}, row {{}}: IND_VOLLEDIG {{}} is not known; expected J or N.", SOURCE_ROW, pl.col("written_complete").fill_null("(empty)")),
            ),
        },
        signals=pl.concat([signals, *(_unknown_functions(written, table, side) for side in ("from_function", "to_function"))]),
    )  # fmt: skip
