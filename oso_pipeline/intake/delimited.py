"""Delimited text, as text columns: the separator and the encoding are sniffed, nothing is inferred.

A type is never guessed (`0599` would become 599). Rows that have another number of fields than the header are
given back apart, by number, so that the caller quarantines them; blank rows are no rows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import polars as pl

from oso_pipeline.codes import blank_as_null
from oso_pipeline.errors import SourceUnreadable

SOURCE_ROW = "source_row"
"""The row as a person counts in the file: the header is row 1."""

_NOT_IN_TEXT = "\x1f"


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
    header_line = text.split("\n", 1)[0].rstrip("\r")
    separator = ";" if header_line.count(";") >= header_line.count(",") else ","
    header = _header(header_line, separator, what)
    _refuse_cut_last_line(text, separator, header, what)
    if not text.partition("\n")[2]:
        frame, misfits = (
            pl.DataFrame(schema={name: pl.String for name in header}),
            _misfit_frame([]),
        )
    elif _every_line_fits(text, separator, len(header)):
        frame = pl.read_csv(
            io.BytesIO(text.partition("\n")[2].encode()),
            separator=separator,
            has_header=False,
            schema={name: pl.String for name in header},
        )
        misfits = _misfit_frame([])
    else:
        frame, misfits = _read_record_by_record(text, separator, header, what)
    rows = (
        frame.with_columns(blank_as_null(pl.col(name)) for name in header)
        .with_row_index(SOURCE_ROW, offset=2)
        .with_columns(pl.col(SOURCE_ROW).cast(pl.Int64))
        .filter(~pl.all_horizontal(pl.col(name).is_null() for name in header))
    )
    return Delimited(rows, misfits, header, encoding, separator)


def _decode(body: bytes, what: str, encodings: tuple[str, ...]) -> tuple[str, str]:
    problem = ""
    for encoding in encodings:
        try:
            text = body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as error:
            row = body.count(b"\n", 0, error.start) + 1
            problem = f"byte 0x{body[error.start]:02x} in row {row} is not {encoding}"
        else:
            return text.replace("\r\n", "\n"), encoding
    raise SourceUnreadable(
        f"{what}: {problem}. Expected text in {' or '.join(encodings)}; save it so and deliver it again."
    )


def _header(line: str, separator: str, what: str) -> list[str]:
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not any(names) or twice:
        found = (
            f"these columns twice: {', '.join(map(repr, twice))}"
            if twice
            else "an empty first line"
        )
        raise SourceUnreadable(f"{what}: expected a header with every column once, found {found}.")
    return names


def _refuse_cut_last_line(text: str, separator: str, header: list[str], what: str) -> None:
    if text.endswith("\n") or "\n" not in text:
        return
    last = text.rsplit("\n", 1)[1]
    fields = len(next(csv.reader([last], delimiter=separator), []))
    inside_quotes = last.count('"') % 2 == 1
    if fields < len(header) and not inside_quotes:
        raise SourceUnreadable(
            f"{what}: the last line (row {text.count(chr(10)) + 1}) stops after {fields} of {len(header)}"
            " fields and has no line end: the file was cut off. Fetch or deliver it again."
        )


def _every_line_fits(text: str, separator: str, fields: int) -> bool:
    """Whether every line is one record with the header's number of fields (or blank), without a quoted line end."""
    lines = pl.read_csv(
        io.BytesIO(text.encode()),
        separator=_NOT_IN_TEXT,
        quote_char=None,
        has_header=False,
        infer_schema=False,
        new_columns=["line"],
    ).lazy()
    line = pl.col("line").fill_null("")
    bare = line.str.replace_all('"[^"]*"', "") if '"' in text else line
    separators = bare.str.count_matches(separator, literal=True)
    fits = (separators == fields - 1) | (line.str.strip_chars() == "")
    closed = ~bare.str.contains('"', literal=True)
    return bool(lines.select((fits & closed).all()).collect().item())


def _read_record_by_record(
    text: str, separator: str, header: list[str], what: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The slow road: quoted line ends, or rows that do not fit. A misfit leaves a blank row in its place."""
    records: list[list[str | None]] = []
    misfits: list[dict[str, int]] = []
    blank: list[str | None] = [None] * len(header)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        next(reader)
        for row, record in enumerate(reader, start=2):
            if len(record) == len(header):
                records.append([*record])
                continue
            records.append(blank)
            if any(field.strip() for field in record):
                misfits.append({SOURCE_ROW: row, "fields": len(record)})
    except csv.Error as error:
        raise SourceUnreadable(
            f"{what}: line {reader.line_num}: {error}. Expected every quoted field to close."
        ) from None
    frame = pl.DataFrame(records, schema={name: pl.String for name in header}, orient="row")
    return frame, _misfit_frame(misfits)


def _misfit_frame(misfits: list[dict[str, int]]) -> pl.DataFrame:
    return pl.DataFrame(misfits, schema={SOURCE_ROW: pl.Int64, "fields": pl.Int64})
