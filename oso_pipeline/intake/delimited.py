"""Delimited text, as text columns: the separator and the encoding are sniffed, nothing is inferred.

A type is never guessed (`0599` would become 599). Rows that have another number of fields than the header are
given back apart, by number, so that the caller quarantines them; blank rows are no rows.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from oso_pipeline.codes import WHITE_SPACE, blank_as_null, without_blanks
from oso_pipeline.errors import SourceUnreadable

SOURCE_ROW = "source_row"
"""The row as a person counts in the file: the header is row 1."""

_ASCII = bytes(range(128))
_IN_NO_TEXT = b"\x01"
_PIECE = 2**14
"""Bytes that are decoded at once: of a large file no second copy is held, and for a small text no memory is mapped anew."""

_AROUND = 2**20
"""Bytes before and after a byte that is no UTF-8: what they are, the file is."""


@dataclass(frozen=True)
class Delimited:
    """What a delimited file holds.

    Attributes:
        read: names of the header -> these columns as text, blanks as null, plus `source_row` (Int64).
        misfits: rows with another number of fields: `source_row`, `fields` found.
        header: the column names as written, trimmed, each once (`header_names`).
        again: the names that stand in the header more than once, as written.
        encoding: the encoding that was found.
        separator: the separator that was found.
    """

    read: Callable[[Sequence[str]], pl.DataFrame]
    misfits: pl.DataFrame
    header: list[str]
    again: list[str]
    encoding: str
    separator: str

    @property
    def rows(self) -> pl.DataFrame:
        """All columns."""
        return self.read(self.header)


def read_delimited(body: bytes, *, what: str, encodings: tuple[str, ...]) -> Delimited:
    """Read a whole file.

    Args:
        body: its bytes.
        what: how messages name it.
        encodings: tried in this order; utf-8 takes a byte order mark.

    Raises:
        SourceUnreadable: not text of these encodings, no header, a quote that never closes, or a last line that was
            cut off.
    """
    text, encoding = _as_utf8(body, what, encodings)
    lines = _lines(text)
    if _has_other_line_ends(text, lines):
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = _lines(text)
    header_line = text[: _end_of_line(text)].decode().removesuffix("\r")
    separator = _separator(header_line)
    header, again = _read_header(header_line, separator, what)
    _refuse_cut_last_line(text, separator, header, what)
    if lines is not None and _every_line_fits(lines, separator, len(header)):
        written = partial(_read_line_by_line, text, separator, header)
        blank, misfits = _blank_lines(lines, separator), _misfit_frame([])
    else:
        below = text[_end_of_line(text) + 1 :].decode().replace("\r\n", "\n")
        records, misfits = _read_record_by_record(below, separator, header, what)
        written, blank = records.select, _blank_records(records)

    def read(columns: Sequence[str]) -> pl.DataFrame:
        rows = _numbered(without_blanks(written(columns)))
        some = ~pl.col(SOURCE_ROW).is_in(blank.implode())
        return (rows.filter(some) if blank.len() else rows).collect()

    return Delimited(read, misfits, header, again, encoding, separator)


def _separator(header_line: str) -> str:
    """The one of the two that stands between the names, whatever stands within quotes."""
    between = re.sub('"[^"]*"', "", header_line)
    return ";" if between.count(";") >= between.count(",") else ","


def header_names(cells: list[str], what: str) -> tuple[list[str], list[str]]:
    """The names in a header, trimmed, each once; and those that stood there more than once.

    A column without a name, with the name of an earlier one or with that of our row number gets a name of its own. Whether
    a name that stands there twice is a fault depends on whether it is used: the reader of the file says so.

    Raises:
        SourceUnreadable: there is no name.
    """
    trimmed = [cell.strip() for cell in cells]
    if not any(trimmed):
        raise SourceUnreadable(
            f"{what}: expected a header with the columns' names, found an empty first row."
            " Correct row 1 and deliver it again."
        )
    names = []
    for place, name in enumerate(trimmed, start=1):
        if not name:
            names.append(f"(no name, column {place})")
        elif name in trimmed[: place - 1]:
            names.append(f"{name} (again, column {place})")
        else:
            names.append(f"{name} (of the file)" if name == SOURCE_ROW else name)
    return names, sorted({name for name in trimmed if name and trimmed.count(name) > 1})


def _as_utf8(body: bytes, what: str, encodings: tuple[str, ...]) -> tuple[bytes, str]:
    """The text in UTF-8, without a byte order mark; and the encoding in which it came."""
    problem = ""
    for encoding in encodings:
        try:
            return _recoded(body, encoding), encoding
        except UnicodeDecodeError as error:
            at = error.start
        row = body.count(b"\n", 0, at) + 1
        problem = f"byte 0x{body[at]:02x} in row {row} is not {encoding}"
        around = slice(max(0, at - _AROUND), at + _AROUND)
        if encoding == "utf-8" and _is_mostly_utf8(body[around]):
            problem += ", and the rest is"
            break  # any other encoding would make two letters of each letter with an accent
    raise SourceUnreadable(
        f"{what}: {problem}. Expected text in {' or '.join(encodings)}; save it so and deliver it again."
    )


def _recoded(body: bytes, encoding: str) -> bytes:
    """In UTF-8, a piece at a time.

    Raises:
        UnicodeDecodeError: with the place in the body where it is not of this encoding.
    """
    decoder, recoded = getincrementaldecoder(encoding)(), io.BytesIO()
    is_utf8 = encoding == "utf-8"
    for begin in range(0, len(body) + 1, _PIECE):
        before, _ = decoder.getstate()  # of a letter, half of which is in this piece
        piece = body[begin : begin + _PIECE]
        try:
            text = decoder.decode(piece, final=begin + _PIECE > len(body))
        except UnicodeDecodeError as error:
            error.start += begin - len(before)
            raise
        if not is_utf8:
            recoded.write(text.encode())
    return body.removeprefix(BOM_UTF8) if is_utf8 else recoded.getvalue()


def _is_mostly_utf8(body: bytes) -> bool:
    beyond_ascii = len(body.translate(None, delete=_ASCII))
    letters = len(body.decode("utf-8", "ignore")) - (len(body) - beyond_ascii)
    return 2 * letters > beyond_ascii / 2  # a letter beyond ASCII has two bytes or more


def _read_header(line: str, separator: str, what: str) -> tuple[list[str], list[str]]:
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise SourceUnreadable(
            f"{what}: row 1 cannot be read ({error}). Expected the columns' names, on one line."
        ) from None
    return header_names(cells, what)


def _end_of_line(text: bytes) -> int:
    end = text.find(b"\n")
    return len(text) if end < 0 else end


def _refuse_cut_last_line(text: bytes, separator: str, header: list[str], what: str) -> None:
    last = text[max(text.rfind(b"\n"), _end_of_line(text)) + 1 :].decode()
    fields = re.sub('"[^"]*"', "", last).count(separator) + 1
    inside_quotes = last.count('"') % 2 == 1
    if last.strip() and fields < len(header) and not inside_quotes:
        row = text.count(b"\n") + 1
        raise SourceUnreadable(
            f"{what}: the last line (row {row}) stops after {fields} of {len(header)}"
            " fields and has no line end: the file was cut off. Fetch or deliver it again."
        )


def _lines(text: bytes) -> pl.Series | None:
    """The lines beneath the header, by the reader's own splitting; None without a header, or with the sign that it needs in the text."""
    if _IN_NO_TEXT in text or not text[: _end_of_line(text)].strip():
        return None
    lines = pl.read_csv(
        text,
        separator=_IN_NO_TEXT.decode(),
        quote_char=None,
        infer_schema=False,
        empty_string_is_null=False,
    )
    return lines.to_series().alias("line")


def _has_other_line_ends(text: bytes, lines: pl.Series | None) -> bool:
    """Whether a carriage return stands anywhere but before a line feed."""
    if b"\r" not in text:
        return False
    if lines is None:
        return text.count(b"\r") != text.count(b"\r\n")
    odd = lines.filter(lines.str.contains("\r", literal=True))  # the reader took one off each end
    within = odd.str.strip_suffix("\r").str.contains("\r", literal=True)
    header, last = text[: _end_of_line(text)], text[-1:]
    return b"\r" in header.removesuffix(b"\r") or last == b"\r" or bool(within.any())


def _every_line_fits(lines: pl.Series, separator: str, fields: int) -> bool:
    """Whether every line is one record with the header's number of fields (or blank), each wholly quoted or not at all.

    What is quoted is taken for a lone quote, so that quotes with anything beside them but a separator stand out.
    """
    has_quotes = lines.str.contains('"', literal=True)
    quoted = lines.filter(has_quotes)
    plain = lines.filter(~has_quotes) if len(quoted) else lines
    bare = quoted.str.strip_suffix("\r").str.replace_all('"[^"]*"', '"')
    closed = quoted.str.count_matches('"', literal=True) % 2 == 0
    beside = bare.str.contains(f'[^{separator}"]"|"[^{separator}"]')
    return (
        _number_fits(plain, separator, fields)
        and bool((closed & ~beside).all())
        and _number_fits(bare, separator, fields)
    )


def _number_fits(lines: pl.Series, separator: str, fields: int) -> bool:
    other = lines.filter(lines.str.count_matches(separator, literal=True) != fields - 1)
    return bool((other.str.strip_chars() == "").all())


def _blank_lines(lines: pl.Series, separator: str) -> pl.Series:
    """The numbers of the lines in which no field says anything."""
    field = f'[{WHITE_SPACE}]*|"[{WHITE_SPACE}]*"'
    line = pl.col("line")
    return (
        _numbered(lines.to_frame())
        .filter(~line.str.contains(f'[^{WHITE_SPACE}{separator}"]'))
        .filter(line.str.contains(f"^(?:{field})(?:{separator}(?:{field}))*$"))
        .collect()[SOURCE_ROW]
    )


def _blank_records(records: pl.DataFrame) -> pl.Series:
    blank = pl.all_horizontal(blank_as_null(pl.all()).is_null())
    return _numbered(records.select(blank.alias("blank"))).filter("blank").collect()[SOURCE_ROW]


def _numbered(rows: pl.DataFrame) -> pl.LazyFrame:
    """With the number of each row, as a person counts them."""
    return rows.lazy().with_row_index(SOURCE_ROW, offset=2).cast({SOURCE_ROW: pl.Int64})


def _read_line_by_line(
    text: bytes, separator: str, header: list[str], columns: Sequence[str]
) -> pl.DataFrame:
    """The fast road: every line is a record."""
    names = [f"column {place}" for place in range(len(header))]
    asked = {names[header.index(column)]: column for column in columns}
    end = _end_of_line(text)
    return pl.read_csv(
        b"".join((separator.join(names).encode(), memoryview(text)[end:])),
        separator=separator,
        infer_schema=False,
        columns=[*asked],
    ).select(pl.col(name).alias(column) for name, column in asked.items())


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
