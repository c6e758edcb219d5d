"""What a body must be before it is kept: a page, an empty answer or a cut file never becomes a snapshot."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

from oso_pipeline.errors import SourceUnreadable

_LOOKED_AT = 4096
_PACKED = {b"PK\x03\x04": "a zip or a workbook", b"\x1f\x8b": "a file packed with gzip"}
"""How a body begins that is packed -> what it is."""


def refuse_what_is_no_table(body: Path, what: str) -> None:
    """Refuse a body that cannot be a delimited file.

    Raises:
        SourceUnreadable: it is empty, an HTML page, packed, or has NUL bytes.
    """
    content = body.read_bytes()
    if not content.strip():
        raise SourceUnreadable(
            f"{what}: it is empty; expected a table, with a header at least. Fetch or deliver it again."
        )
    start = content[:_LOOKED_AT].removeprefix(BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise SourceUnreadable(
            f"{what}: a web page arrived instead of a table; it begins with {_first_tag(start)!r}."
            " The file may have moved: look at it in a browser."
        )
    for begin, kind in _PACKED.items():
        if content.startswith(begin):
            raise SourceUnreadable(
                f"{what}: {kind} arrived instead of a table; expected text, unpacked. Fetch or deliver it so."
            )
    nul = content.find(b"\x00")
    if nul >= 0:
        row = content.count(b"\n", 0, nul) + 1
        raise SourceUnreadable(
            f"{what}: NUL byte in row {row}; expected text without any."
            " It is damaged, or saved as UTF-16: fetch or deliver it again."
        )


def _first_tag(start: bytes) -> str:
    """What a page begins with, without what it says: it may be a delivery, as XML."""
    return start.partition(b">")[0].decode("ascii", "replace")[:60] + ">"
