"""What a body must be before it is kept: a page, an empty answer or a cut file never becomes a snapshot."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

from oso_pipeline.errors import SourceUnreadable

_LOOKED_AT = 4096


def refuse_what_is_no_table(body: Path, what: str) -> None:
    """Refuse a body that cannot be a delimited file.

    Raises:
        SourceUnreadable: it is empty, an HTML page, or has NUL bytes.
    """
    content = body.read_bytes()
    if not content.strip():
        raise SourceUnreadable(
            f"{what}: it is empty; expected a table, with a header at least. Fetch or deliver it again."
        )
    start = content[:_LOOKED_AT].removeprefix(BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise SourceUnreadable(
            f"{what}: a web page arrived instead of a table; it begins with {content[:60]!r}."
            " The file may have moved: look at the address in a browser."
        )
    nul = content.find(b"\x00")
    if nul >= 0:
        row = content.count(b"\n", 0, nul) + 1
        raise SourceUnreadable(
            f"{what}: NUL byte in row {row}; expected text in UTF-8 or windows-1252."
            " It is damaged, or saved as UTF-16: fetch or deliver it again."
        )
