"""Spoils what the registry publishes: the body arrives whole, and is not what it ought to be."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

from oso_pipeline.demo.sheets import Sheet

_FIXED_TIME = (2000, 1, 1, 0, 0, 0)
_LEADING_ZEROES = re.compile(r"^0+(?=[0-9])")
_NUMBER = re.compile(r"[0-9]+")
_BOMB = 2**30  # bytes when unpacked

PAGE = b"""<!DOCTYPE html>
<html lang="nl"><head><title>Onderhoud</title></head>
<body><h1>Deze pagina is tijdelijk niet beschikbaar</h1></body></html>
"""


def tables(change: Callable[[Sheet], Sheet]) -> Callable[[bytes], bytes]:
    """Change a table; of a zip, every table in it."""

    def spoil(body: bytes) -> bytes:
        return members(lambda table: change(Sheet.read(table)).write())(body)

    return spoil


def members(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Change a body; of a zip, every file in it."""

    def spoil(body: bytes) -> bytes:
        if not zipfile.is_zipfile(io.BytesIO(body)):
            return change(body)
        with zipfile.ZipFile(io.BytesIO(body)) as old:
            return zipped({name: change(old.read(name)) for name in old.namelist()})

    return spoil


def zipped(files: dict[str, bytes]) -> bytes:
    """Zip files; the same files give the same bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(
                zipfile.ZipInfo(name, _FIXED_TIME), content, zipfile.ZIP_DEFLATED, compresslevel=1
            )
    return body.getvalue()


def rename_column(sheet: Sheet) -> Sheet:
    """Give the key another name."""
    key = sheet.key()
    return replace(sheet, header=[f"{c}_NIEUW" if c == key else c for c in sheet.header])


def drop_column(sheet: Sheet) -> Sheet:
    """Leave the key out."""
    at = sheet.header.index(sheet.key())
    kept = [row[:at] + row[at + 1 :] for row in (sheet.header, *sheet.rows)]
    return replace(sheet, header=kept[0], rows=kept[1:])


def add_column(sheet: Sheet) -> Sheet:
    """Add a column that nobody knows."""
    rows = [[*row, "J"] for row in sheet.rows]
    return replace(sheet, header=[*sheet.header, "INDICATIE_NIEUW"], rows=rows)


def repeat_rows(sheet: Sheet) -> Sheet:
    """Write every tenth row twice."""
    return replace(sheet, rows=sheet.rows + sheet.rows[::10])


def lose_zeroes(sheet: Sheet) -> Sheet:
    """Take the zeroes off the front of every number, as a spreadsheet does."""

    def bare(cell: str) -> str:
        return _LEADING_ZEROES.sub("", cell, count=1) if _NUMBER.fullmatch(cell) else cell

    return replace(sheet, rows=[[bare(cell) for cell in row] for row in sheet.rows])


def other_encoding(body: bytes) -> bytes:
    """Write windows-1252 as UTF-8, and UTF-8 as windows-1252."""
    sheet = Sheet.read(body)
    encoding = "utf-8" if sheet.encoding == "cp1252" else "cp1252"
    return sheet.write().decode(sheet.encoding).encode(encoding)


def as_utf_16(body: bytes) -> bytes:
    """Write UTF-16 with its mark in front, as a spreadsheet's "Unicode text" is."""
    return body.decode(Sheet.read(body).encoding).encode("utf-16")


def put_nul_bytes(body: bytes) -> bytes:
    """Put a run of NUL bytes in the middle, as a disk that was full leaves it."""
    middle = len(body) // 2
    return body[:middle] + b"\0" * 512 + body[middle + 512 :]


def half_the_schools(sheet: Sheet) -> Sheet:
    """Leave out every second school (of boards: every second board)."""
    schools = sheet.of_schools()
    gone = set(sorted(set(schools))[1::2])
    return sheet.keeping(school not in gone for school in schools)


def without_a_province(sheet: Sheet) -> Sheet:
    """Leave out the province of the row in the middle."""
    at = sheet.header.index("PROVINCIE")
    gone = sheet.rows[len(sheet.rows) // 2][at]
    return sheet.keeping(row[at] != gone for row in sheet.rows)


def renumber_boards(sheet: Sheet) -> Sheet:
    """Give every board another number of five digits."""
    return sheet.changing("BEVOEGD GEZAG NUMMER", lambda number: f"{99_999 - int(number):05}")


def shift_names(sheet: Sheet) -> Sheet:
    """Write every name a row lower, and the last one in the first row, as sorting one column does."""
    at = sheet.header.index("VESTIGINGSNAAM")
    names = [row[at] for row in sheet.rows]
    shifted = zip(sheet.rows, names[-1:] + names[:-1], strict=True)
    return replace(sheet, rows=[[*row[:at], name, *row[at + 1 :]] for row, name in shifted])


def bomb(body: bytes) -> bytes:
    """Put a file of one gibibyte, all zeroes, into the zip under the name of its first file."""
    with zipfile.ZipFile(io.BytesIO(body)) as old:
        name = old.namelist()[0]
    return _zip_of_zeroes(name, _BOMB)


def _zip_of_zeroes(name: str, size: int) -> bytes:
    """Zip ``size`` zeroes (whole mebibytes) without deflating each: one packed piece is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(b"\0" * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = piece * (size // 2**20) + packer.flush()
    crc = 0
    for _ in range(size // 2**24):
        crc = zlib.crc32(b"\0" * 2**24, crc)
    raw = name.encode()
    sizes = (
        crc.to_bytes(4, "little") + len(packed).to_bytes(4, "little") + size.to_bytes(4, "little")
    )
    stamp = b"\x14\0\0\0\x08\0" + b"\0\0\x21\x28" + sizes + len(raw).to_bytes(2, "little") + b"\0\0"
    local = b"PK\x03\x04" + stamp + raw + packed
    central = b"PK\x01\x02\x14\0" + stamp + b"\0" * 14 + raw
    counts = b"\x01\0\x01\0" + len(central).to_bytes(4, "little") + len(local).to_bytes(4, "little")
    return local + central + b"PK\x05\x06\0\0\0\0" + counts + b"\0\0"
