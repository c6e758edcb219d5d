"""Reads a written country back, with the csv module alone."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from oso_pipeline.demo.formats import FILE_NAMES

Rows = list[dict[str, str]]


def rows_of(path: Path, encoding: str = "utf-8", separator: str = ",") -> Rows:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=separator, strict=True))


def every_branch(folder: Path) -> Rows:
    return [
        row
        for name in FILE_NAMES["today"].values()
        for row in rows_of(folder / "duo" / name, "cp1252", ";")
    ]


def register(folder: Path, prefix: str) -> Rows:
    with zipfile.ZipFile(folder / "duo" / "basisgegevens-instellingen.zip") as file:
        name = next(name for name in file.namelist() if name.startswith(prefix))
        return list(
            csv.DictReader(
                io.StringIO(file.read(name).decode("utf-8-sig"), newline=""), strict=True
            )
        )


def truth(folder: Path, name: str = "branches") -> Rows:
    return rows_of(folder / "truth" / f"{name}.csv")
