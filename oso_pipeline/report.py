"""The management report of a release that is there: out of its tables, into a folder outside the releases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from oso_pipeline.contracts import records, statuses
from oso_pipeline.errors import UsageError
from oso_pipeline.explain import choose_release
from oso_pipeline.release.database import DATABASE, read_tables
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import read_index

FORMATS = ("html", "xlsx")

_NEEDED = (
    statuses.BRANCH_STATUS,
    statuses.SCHOOL_STATUS,
    statuses.QUALIFICATION_STEPS,
    statuses.ADOPTION,
    records.DELIVERY_POINT_FLAGS,
    records.RECONCILIATION,
    records.WORK_ITEMS,
    records.CHANGE_LOG,
    records.QUARANTINE,
    records.SIGNALS,
    records.SOURCES,
)


def report(
    folder: DataFolder, *, release_id: str | None, formats: list[str], output: Path
) -> dict[str, Any]:
    """Write the report of a release.

    Args:
        folder: where the releases are.
        release_id: of this release; None for the latest.
        formats: of FORMATS.
        output: the folder to write into; it is made.

    Returns:
        `release_id, as_of, demo, verdict, files`, the files as paths.

    Raises:
        UsageError: a format is not known, there is no such release, or the folder cannot be written or holds releases.
    """
    from oso_pipeline.outputs.report import write_report, write_report_workbook

    _check_formats(formats)
    chosen = choose_release(folder, as_of=None, release_id=release_id)
    place = _outside_releases(folder, output)
    index = read_index(folder.release(chosen))
    tables = read_tables(folder.release(chosen) / DATABASE, _NEEDED)
    as_of = date.fromisoformat(str(index["as_of"]))  # a release with tables has a day
    of_release = {"as_of": as_of, "release_id": chosen, "demo": bool(index["demo"])}
    files = {name: place / f"managementrapport-oso-{as_of}.{name}" for name in FORMATS if name in formats}  # fmt: skip
    if "html" in files:
        beside = files["xlsx"].name if "xlsx" in files else None
        write_report(files["html"], tables, **of_release, workbook=beside)
    if "xlsx" in files:
        write_report_workbook(files["xlsx"], tables, **of_release)
    return of_release | {"verdict": index["verdict"], "files": list(files.values())}


def _check_formats(formats: list[str]) -> None:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        found = ", ".join(repr(name) for name in unknown) or "nothing"
        raise UsageError(
            f"--format: found {found}; expected one or more of {', '.join(FORMATS)}, as html,xlsx."
        )


def _outside_releases(folder: DataFolder, output: Path) -> Path:
    """The folder, made; a release is never touched again, so nothing is written into one."""
    place = output.resolve()
    if place.is_relative_to(folder.marts.resolve()):
        raise UsageError(
            f"--output: {output} is where releases are; they are never written again. Name another folder."
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--output: the folder {output} cannot be made: {error.strerror or error}. Name another folder."
        ) from None
    return place
