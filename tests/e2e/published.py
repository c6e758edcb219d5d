"""Reads every file of a release whole: each text that a person or a program can find in it, and where it stands.

A kind of file that is not known here fails loudly: nothing is published that this walk cannot read.
"""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote_to_bytes

import openpyxl

from oso_pipeline.release.database import open_database


@dataclass(frozen=True)
class Text:
    """One text that is published.

    Attributes:
        where: the file, the part of it, and the place in that.
        value: the text.
        kind: `cell` of a table, `text`, or `bytes` of an image, in which only what is planted can be looked for.
        formula: whether a program that opens the file would compute it.
    """

    where: str
    value: str
    kind: str = "text"
    formula: bool = False


class UnknownKind(AssertionError):
    """Nobody told the walk how to read a file of this kind."""


def walk(folder: Path) -> Iterator[Text]:
    """Every text of every file in a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from read(str(path.relative_to(folder)), path.read_bytes())


def read(name: str, body: bytes) -> Iterator[Text]:
    """Every text of one file; its name is one of them.

    Raises:
        UnknownKind: there is no reader for its kind.
    """
    base = PurePosixPath(name).name
    suffix = f".{base.rpartition('.')[2].lower()}" if "." in base else ""
    if suffix not in _READERS:
        known = ", ".join(sorted(_READERS))
        raise UnknownKind(f"{name}: no reader for files of this kind (known: {known}). Say in published.py how it is read.")  # fmt: skip
    yield Text(name, name)
    yield from _READERS[suffix](name, body)


def _plain(name: str, body: bytes) -> Iterator[Text]:
    text = body.decode("utf-8-sig")
    for number, line in enumerate(text.splitlines(), start=1):
        yield Text(f"{name}, line {number}", line)
    yield from _data_urls(name, text)


def _markup(name: str, body: bytes) -> Iterator[Text]:
    yield from _plain(name, html.unescape(body.decode("utf-8-sig")).encode())


def _data_urls(name: str, text: str) -> Iterator[Text]:
    """What is packed into an address, as `data:image/svg+xml;base64,...`."""
    for number, found in enumerate(
        re.finditer(r"data:([\w/+.-]*)((?:;[\w=.-]+)*),([^\"')\s>]*)", text)
    ):
        kind, options, packed = found.groups()
        body = base64.b64decode(packed + "==") if "base64" in options else unquote_to_bytes(packed)
        where = f"{name}, data {number} ({kind})"
        if kind in _KINDS_OF_ADDRESS:
            yield from _READERS[_KINDS_OF_ADDRESS[kind]](where, body)
        else:
            raise UnknownKind(f"{where}: no reader for data of this kind. Say in published.py how it is read.")  # fmt: skip


def _csv(name: str, body: bytes) -> Iterator[Text]:
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            computed = cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(cell)
            yield Text(f"{name}, row {number}, field {place}", cell, "cell", computed)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _json(name: str, body: bytes) -> Iterator[Text]:
    for number, line in enumerate(_documents(body.decode(), lines=name.endswith(".jsonl"))):
        yield from _values(
            f"{name}[{number}]" if name.endswith(".jsonl") else name, json.loads(line)
        )


def _documents(text: str, *, lines: bool) -> list[str]:
    return text.splitlines() if lines else [text]


def _values(where: str, value: Any) -> Iterator[Text]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield Text(where, str(key))
            yield from _values(f"{where}.{key}", one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _values(f"{where}[{number}]", one)
    elif isinstance(value, str):
        yield Text(where, value)
        yield from _data_urls(where, value)
    elif value is not None:
        yield Text(where, str(value))


class _Page(HTMLParser):
    """Collects texts, attributes (their names too), comments, and what stands in scripts and styles."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.texts = name, list[Text]()

    def _add(self, what: str, text: str) -> None:
        self.texts.append(Text(f"{self.name}, line {self.getpos()[0]}, {what}", text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for attribute, value in attrs:
            self._add(f"attribute of <{tag}>", attribute)
            self._add(f"<{tag} {attribute}>", value or "")

    def handle_data(self, data: str) -> None:
        self._add("text", data)

    def handle_comment(self, data: str) -> None:
        self._add("comment", data)

    def handle_decl(self, decl: str) -> None:
        self._add("declaration", decl)

    def unknown_decl(self, data: str) -> None:
        self._add("declaration", data)

    def handle_pi(self, data: str) -> None:
        self._add("instruction", data)


def _html(name: str, body: bytes) -> Iterator[Text]:
    text = body.decode()
    page = _Page(name)
    page.feed(text)
    page.close()
    yield from page.texts
    yield from _data_urls(name, text)


def _zip(name: str, body: bytes) -> Iterator[Text]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        yield Text(f"{name}, comment", archive.comment.decode("latin-1"))
        for member in archive.infolist():
            if not member.is_dir():
                yield from read(f"{name}/{member.filename}", archive.read(member))


def _workbook(name: str, body: bytes) -> Iterator[Text]:
    """Cells, notes and links as a spreadsheet shows them, and all parts of the file as they are written."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                where = f"{name}, {sheet.title}!{cell.coordinate}"
                if cell.value is not None:
                    yield Text(
                        where, str(cell.value), "cell", cell.data_type not in {"s", "n", "d"}
                    )
                if cell.comment or cell.hyperlink:
                    yield Text(where, f"{cell.comment} {cell.hyperlink}")
    yield from _zip(name, body)


def _database(name: str, body: bytes) -> Iterator[Text]:
    """Every cell of every table and view, and what the file says of them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "read.duckdb"
        path.write_bytes(body)
        with open_database(path) as connection:
            for kind in ("tables", "views"):
                said = connection.sql(
                    f"SELECT * FROM duckdb_{kind}() WHERE NOT internal"
                ).fetchall()
                yield from (
                    Text(f"{name}, duckdb_{kind}", str(value)) for row in said for value in row
                )
            columns = connection.sql("SELECT * FROM duckdb_columns() WHERE NOT internal").fetchall()
            yield from (
                Text(f"{name}, duckdb_columns", str(value)) for row in columns for value in row
            )
            shown = connection.sql("SELECT table_name FROM information_schema.tables").fetchall()
            for (table,) in shown:
                rows = connection.sql(f'SELECT COLUMNS(*)::VARCHAR FROM "{table}"')
                names = rows.columns
                for row in rows.fetchall():
                    for column, value in zip(names, row, strict=True):
                        if value is not None:
                            yield Text(f"{name}, {table}.{column}", value, "cell")


def _bytes(name: str, body: bytes) -> Iterator[Text]:
    yield Text(name, body.decode("latin-1"), "bytes")


_READERS: dict[str, Callable[[str, bytes], Iterator[Text]]] = {
    ".csv": _csv,
    ".duckdb": _database,
    ".html": _html,
    ".json": _json,
    ".geojson": _json,
    ".jsonl": _json,
    ".xlsx": _workbook,
    ".zip": _zip,
    **dict.fromkeys((".css", ".js", ".md", ".txt"), _plain),
    **dict.fromkeys((".rels", ".svg", ".vml", ".xml"), _markup),
    **dict.fromkeys((".gif", ".ico", ".jpg", ".png", ".woff", ".woff2"), _bytes),
}

_KINDS_OF_ADDRESS = {
    "image/svg+xml": ".svg", "image/png": ".png", "image/gif": ".gif", "image/jpeg": ".jpg", "image/x-icon": ".ico",
    "font/woff": ".woff", "font/woff2": ".woff2", "application/json": ".json", "text/csv": ".csv", "text/html": ".html",
    "text/plain": ".txt", "": ".txt",
}  # fmt: skip
