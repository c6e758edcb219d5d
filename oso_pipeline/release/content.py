"""Content hashes: two builds of a file that hold the same agree in them, even where their bytes differ."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl


def table_hash(frame: pl.DataFrame) -> str:
    """SHA-256 over the names, the types and the rows of a frame, in their order."""
    types = ",".join(f"{name}:{kind}" for name, kind in frame.schema.items())
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    flat = frame.with_columns(
        *(pl.col(name).list.len().alias(f"{name} number") for name in lists),
        *(
            pl.col(name).list.eval(pl.element().fill_null("\x00")).list.join("\x1f")
            for name in lists
        ),
    )
    digest = hashlib.sha256(types.encode())
    digest.update(flat.write_csv(null_value="\x00", quote_style="always").encode())
    return digest.hexdigest()


def together(hashes: Mapping[str, str]) -> str:
    """SHA-256 over the names and the hashes of several frames."""
    digest = hashlib.sha256()
    for name in sorted(hashes):
        digest.update(f"{name}={hashes[name]}\n".encode())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 over the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
