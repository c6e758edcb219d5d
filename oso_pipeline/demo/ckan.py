"""The CKAN half of the registry: packages, their resources, and the bodies.

Written as ``ckan/NAME.json`` (the answer of ``package_show``) and ``ckan/files/FILE``. The addresses in
an answer begin with ``SERVER``; whoever serves the folder puts its own address there.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl

from oso_pipeline.demo.formats import board_columns, branch_columns, write_ckan

SERVER = "{server}"
_KINDS = {"po": "bo", "so": "so", "vo": "vo"}  # as the files call the sectors


def write_addresses(
    folder: Path, sector: str, branches: pl.DataFrame, boards: pl.DataFrame, day: date
) -> None:
    """Write the package ``adressen_bo``, ``adressen_so`` or ``adressen_vo``.

    Args:
        folder: the ``ckan`` folder.
        sector: po, so or vo.
        branches: the sector's, with the columns of ``formats.branch_columns``.
        boards: the sector's, with the columns of ``formats.board_columns``.
        day: when the resources were last modified.
    """
    kind = _KINDS[sector]
    schools = branches.unique("INSTELLINGSCODE", keep="first", maintain_order=True)
    of_school = [name for name in branch_columns(sector) if name != "VESTIGINGSCODE"]
    tables = {
        f"vestigingen{kind}.csv": (branches, branch_columns(sector)),
        f"instellingen{kind}.csv": (schools, of_school),
        f"besturen{kind}.csv": (boards, board_columns(sector)),
    }
    for file_name, (rows, columns) in tables.items():
        write_ckan(rows, columns, folder / "files" / file_name)
    write_package(folder, f"adressen_{kind}", list(tables), day)


def write_package(folder: Path, name: str, files: list[str], day: date) -> None:
    """Write the answer of ``package_show`` for files that lie in ``folder/files``."""
    resources = [_resource(folder / "files" / file, name, day) for file in files]
    answer = {"success": True, "result": {"name": name, "resources": resources}}
    (folder / f"{name}.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")


def _resource(path: Path, package: str, day: date) -> dict[str, str | int]:
    with path.open("rb") as body:
        digest = hashlib.file_digest(body, "md5").hexdigest()
    resource_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{package}/{path.name}"))
    return {
        "id": resource_id,
        "name": path.name,
        "url": f"{SERVER}dataset/{package}/resource/{resource_id}/download/{path.name}",
        "hash": digest,
        "size": path.stat().st_size,
        "last_modified": datetime.combine(day, time(5, 30), UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "format": path.suffix.removeprefix(".").upper(),
    }
