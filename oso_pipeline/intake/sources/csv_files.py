"""Six CSV files: UTF-8, `,` or `;`. A file is read whole; what is not asked for of it goes no further."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.delimited import read_delimited
from oso_pipeline.intake.guards import refuse_what_is_no_table
from oso_pipeline.intake.sources.source import OnboardingSource, WrittenTable


def open_csv_files(name: str, files: Mapping[str, Path]) -> OnboardingSource:
    """The files as a source.

    Args:
        name: of their folder.
        files: table name -> file.
    """
    return OnboardingSource(
        name, f"dir:{name}", {table: partial(_open_file, path) for table, path in files.items()}
    )


def _open_file(path: Path) -> WrittenTable:
    what = f"onboarding ({path.name})"
    try:
        refuse_what_is_no_table(path, what)
        body = path.read_bytes()
    except OSError as error:
        raise SourceUnreadable(
            f"{what}: cannot be opened ({error.strerror}). Look at its rights; is it a file?"
        ) from None
    written = read_delimited(body, what=what, encodings=("utf-8",))
    misfits = [list(row) for row in written.misfits.rows()]
    return WrittenTable(
        written.header, written.again, lambda columns: (written.read(columns), misfits)
    )
