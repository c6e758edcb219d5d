"""Delimited text, as text columns: the separator and the encoding are sniffed, nothing is inferred.

A type is never guessed (`0599` would become 599). Rows that have another number of fields than the header are
given back apart, by number, so that the caller quarantines them; blank rows are no rows.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import polars as pl

from oso_pipeline.codes import blank_as_null
from oso_pipeline.errors import SourceUnreadable

SOURCE_ROW = "source_row"
"""The row as a person counts in the file: the header is row 1."""

_ASCII = bytes(range(128))


@dataclass(frozen=True)
class Delimited:
    """What a delimited file holds.

    Attributes:
        rows: all columns as text, blanks as null, plus `source_row` (Int64).
        misfits: rows with another number of fields: `source_row`, `fields` found.
        header: the column names as written, trimmed.
        encoding: the encoding that was found.
        separator: the separator that was found.
    """

    rows: pl.DataFrame
    misfits: pl.DataFrame
    header: list[str]
    encoding: str
    separator: str


def read_delimited(body: bytes, *, what: str, encodings: tuple[str, ...]) -> Delimited:
    """Read a whole file.

    Args:
        body: its bytes.
        what: how messages name it.
        encodings: tried in this order; utf-8 takes a byte order mark.

    Raises:
        SourceUnreadable: not text of these encodings, no header, a column twice, a quote that never closes, or
            a last line that was cut off.
    """
    text, encoding = _decode(body, what, encodings)
    header_line, _, below = text.partition("\n")
    separator = ";" if header_line.count(";") >= header_line.count(",") else ","
    header = _read_header(header_line, separator, what)
    _refuse_cut_last_line(below, separator, header, what)
    if _every_line_fits(below, separator, len(header)):
        frame, misfits = _read_line_by_line(below, separator, header), _misfit_frame([])
    else:
        frame, misfits = _read_record_by_record(below, separator, header, what)
    rows = (
        frame.with_columns(blank_as_null(pl.col(name)) for name in header)
        .with_row_index(SOURCE_ROW, offset=2)
        .with_columns(pl.col(SOURCE_ROW).cast(pl.Int64))
        .filter(~pl.all_horizontal(pl.col(name).is_null() for name in header))
    )
    return Delimited(rows, misfits, header, encoding, separator)


def header_names(cells: list[str], what: str) -> list[str]:
    """The names in a header, trimmed; a column that is called as our row number gets another name.

    Raises:
        SourceUnreadable: there is no name, a name stands there twice, or several columns have none.
    """
    trimmed = [cell.strip() for cell in cells]
    names = [f"{name} (of the file)" if name == SOURCE_ROW else name for name in trimmed]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not any(names):
        found = "an empty first row"
    elif twice:
        found = f"more than once: {', '.join(name or '(no name)' for name in twice)}"
    else:
        return names
    raise SourceUnreadable(
        f"{what}: expected a header with every column once, found {found}. Correct row 1 and deliver it again."
    )


def _decode(body: bytes, what: str, encodings: tuple[str, ...]) -> tuple[str, str]:
    problem = ""
    for encoding in encodings:
        try:
            text = body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as error:
            row = body.count(b"\n", 0, error.start) + 1
            problem = f"byte 0x{body[error.start]:02x} in row {row} is not {encoding}"
            if encoding == "utf-8" and _is_mostly_utf8(body):
                problem += ", and the rest is"
                break  # any other encoding would make two letters of each letter with an accent
        else:
            unix = text.replace("\r\n", "\n")
            return unix.replace("\r", "\n") if "\r" in unix else unix, encoding
    raise SourceUnreadable(
        f"{what}: {problem}. Expected text in {' or '.join(encodings)}; save it so and deliver it again."
    )


def _is_mostly_utf8(body: bytes) -> bool:
    beyond_ascii = len(body.translate(None, delete=_ASCII))
    letters = len(body.decode("utf-8", "ignore")) - (len(body) - beyond_ascii)
    return 2 * letters > beyond_ascii / 2  # a letter beyond ASCII has two bytes or more


def _read_header(line: str, separator: str, what: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise SourceUnreadable(
            f"{what}: row 1 cannot be read ({error}). Expected the columns' names, on one line."
        ) from None
    return header_names(cells, what)


def _refuse_cut_last_line(below: str, separator: str, header: list[str], what: str) -> None:
    last = below[below.rfind("\n") + 1 :]
    fields = re.sub('"[^"]*"', "", last).count(separator) + 1
    inside_quotes = last.count('"') % 2 == 1
    if last.strip() and fields < len(header) and not inside_quotes:
        raise SourceUnreadable(
            f"{what}: the last line (row {below.count(chr(10)) + 2}) stops after {fields} of {len(header)}"
            " fields and has no line end: the file was cut off. Fetch or deliver it again."
        )


def _every_line_fits(below: str, separator: str, fields: int) -> bool:
    """Whether every line is one record with the header's number of fields (or blank), each wholly quoted or not at all.

    What is quoted is taken for a lone quote, so that quotes with anything beside them but a separator stand out.
    """
    line = pl.col("line")
    bare = line.str.replace_all('"[^"]*"', '"') if '"' in below else line
    fits = (bare.str.count_matches(separator, literal=True) == fields - 1) | (
        line.str.strip_chars() == ""
    )
    closed = line.str.count_matches('"', literal=True) % 2 == 0
    within = bare.str.contains(f'[^{separator}"]"|"[^{separator}"]')
    lines = pl.LazyFrame({"line": [below]}).select(line.str.split("\n").explode())
    return bool(lines.select((fits & closed & ~within).all()).collect().item())


def _read_line_by_line(below: str, separator: str, header: list[str]) -> pl.DataFrame:
    """The fast road: every line is a record."""
    first_line = separator.join(f"column {n}" for n in range(len(header)))
    return pl.read_csv(
        io.BytesIO(f"{first_line}\n{below}".encode()),
        separator=separator,
        infer_schema=False,
        new_columns=header,
    )


def _read_record_by_record(
    below: str, separator: str, header: list[str], what: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The slow road: quoted line ends, or rows that do not fit. A misfit leaves a blank row in its place."""
    records: list[list[str | None]] = []
    misfits: list[dict[str, int]] = []
    blank: list[str | None] = [None] * len(header)
    try:
        reader = csv.reader(io.StringIO(below, newline=""), delimiter=separator, strict=True)
        for record in reader:
            fits = len(record) == len(header)
            records.append([*record] if fits else blank)
            if not fits and any(field.strip() for field in record):
                misfits.append({SOURCE_ROW: len(records) + 1, "fields": len(record)})
    except csv.Error as error:
        raise SourceUnreadable(
            f"{what}: row {len(records) + 2} cannot be read ({error}). Expected every quoted field to close,"
            " and a quote within one to be doubled. Correct the row, or fetch or deliver the file again."
        ) from None
    frame = pl.DataFrame(records, schema=dict.fromkeys(header, pl.String), orient="row")
    return frame, _misfit_frame(misfits)


def _misfit_frame(misfits: list[dict[str, int]]) -> pl.DataFrame:
    return pl.DataFrame(misfits, schema={SOURCE_ROW: pl.Int64, "fields": pl.Int64})
