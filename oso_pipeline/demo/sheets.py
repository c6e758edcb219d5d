"""A registry table taken apart into cells and put together again in the form it had."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Self

_UNPADDED_DATE = re.compile(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}|")
# One of these is in every table, and a rule depends on it: the first that is there is the key.
_KEYS = (
    "BEVOEGD GEZAG NUMMER", "NR_ADMINISTRATIE", "NR_ADMIN_VAN", "NR_ADMIN_LEID", "VESTIGINGSCODE",
    "ONDERWIJSLOCATIECODE",
)  # fmt: skip
_SCHOOLS = ("INSTELLINGSCODE", "BRIN NUMMER", *_KEYS[1:], _KEYS[0])


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Attributes:
        header: the columns' names.
        rows: the cells of each row.
        separator: between two cells.
        encoding: of the bytes.
        quote: minimal (duo.nl), all (CKAN) or text (the register: all but dates and blanks).
    """

    header: list[str]
    rows: list[list[str]]
    separator: str
    encoding: str
    quote: str

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Take a body apart; which form it has shows at its beginning."""
        if body.startswith(b"\xef\xbb\xbf"):
            form = (",", "utf-8-sig", "text")
        elif body.startswith(b'"'):
            form = (",", "utf-8", "all")
        else:
            form = (";", "cp1252", "minimal")
        text = io.StringIO(body.decode(form[1]), newline="")
        header, *rows = csv.reader(text, delimiter=form[0])
        return cls(header, rows, *form)

    def write(self) -> bytes:
        """Put the table together again; an untouched one gives the bytes it came from."""
        end = "\n" if self.quote == "all" else "\r\n"
        head = self._line(self.header) if self.quote != "text" else self.separator.join(self.header)
        lines = [head, *map(self._line, self.rows), ""]
        return end.join(lines).encode(self.encoding)

    def key(self) -> str:
        """Name the column that the table cannot do without."""
        return next(name for name in _KEYS if name in self.header)

    def of_schools(self) -> list[str]:
        """List, per row, the school (or board) that it is about."""
        name = next(name for name in _SCHOOLS if name in self.header)
        at = self.header.index(name)
        return [row[at][:4] if name not in _KEYS[:1] else row[at] for row in self.rows]

    def keeping(self, kept: Iterable[bool]) -> Self:
        """Keep some of the rows."""
        return replace(self, rows=[row for row, keep in zip(self.rows, kept, strict=True) if keep])

    def changing(self, column: str, change: Callable[[str], str]) -> Self:
        """Change the cells of one column."""
        at = self.header.index(column)
        rows = [[*row[:at], change(row[at]), *row[at + 1 :]] for row in self.rows]
        return replace(self, rows=rows)

    def _line(self, cells: list[str]) -> str:
        return self.separator.join(self._cell(cell) for cell in cells)

    def _cell(self, cell: str) -> str:
        bare = self.quote == "minimal" and not any(c in cell for c in (self.separator, '"', "\n"))
        if bare or (self.quote == "text" and _UNPADDED_DATE.fullmatch(cell)):
            return cell
        return '"' + cell.replace('"', '""') + '"'
