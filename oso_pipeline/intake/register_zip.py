"""The register's zip: what is in it, and what no zip of the register is (design.md, Snapshots)."""

from __future__ import annotations

import io
import zipfile
import zlib

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.http import MEBIBYTE

SOURCE = "register"
FILE_NAME = "basisgegevens-instellingen.zip"
MEMBERS = {
    "register_transitions": "OVERGANGEN",
    "register_organisations": "ORGANISATIES",
    "register_relations": "RELATIES",
}
"""Table -> what the name of its file begins with."""

_LARGEST_UNPACKED = 4096 * MEBIBYTE
_SMALL = 64 * MEBIBYTE
_MOST_PACKED = 100
"""A zip of text unpacks to about ten times its size; one of a hundred times is no register."""


def unpack_register(body: bytes) -> dict[str, bytes]:
    """The files of the zip, by table; those of a name that is not known are left in it.

    Raises:
        SourceUnreadable: it is no zip, unpacks to too much, does not hold OVERGANGEN, or holds a file twice.
    """
    what = f"{SOURCE} ({FILE_NAME})"
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _refuse_too_much(members, len(body), what)
            return {
                table: archive.read(found)
                for table, prefix in MEMBERS.items()
                if (found := _member(members, prefix, what)) is not None
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        # a RuntimeError of zipfile: locked with a password, or packed in a way that Python does not know
        raise SourceUnreadable(
            f"{what}: the zip cannot be unpacked ({error}); it begins with {body[:16]!r}. Fetch it again;"
            " if that does not help, look at the address in a browser."
        ) from None


def _refuse_too_much(members: list[zipfile.ZipInfo], packed: int, what: str) -> None:
    """`ZipFile.read` never gives more than the size that the zip declares: more is an error of the zip."""
    unpacked = sum(info.file_size for info in members)
    allowed = min(max(_SMALL, _MOST_PACKED * packed), _LARGEST_UNPACKED)
    if unpacked > allowed:
        raise SourceUnreadable(
            f"{what}: its {packed:,} bytes unpack to {unpacked:,}, and at most {allowed:,} are allowed."
            " This is not the register: look at the address in a browser."
        )


def _member(members: list[zipfile.ZipInfo], prefix: str, what: str) -> zipfile.ZipInfo | None:
    found = [
        info for info in members if info.filename.rsplit("/", 1)[-1].upper().startswith(prefix)
    ]
    if len(found) > 1 or (not found and prefix == MEMBERS["register_transitions"]):
        stands = ", ".join(sorted(info.filename for info in members)) or "nothing"
        raise SourceUnreadable(
            f"{what}: expected one file whose name begins with {prefix}, found {stands}."
            " If it was renamed, change MEMBERS in intake/register_zip.py."
        )
    return found[0] if found else None
