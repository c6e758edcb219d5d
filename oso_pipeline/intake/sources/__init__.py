"""Where onboarding records come from, one module per kind of source, behind one small interface.

What belongs here: how a source says which tables and columns it has, and gives the columns asked for as text. What does not:
what the contract asks for (delivery.py), and what the texts mean (onboarding.py).

    source.py     the interface: a source, and a table as written
    csv_files.py  six CSV files
    workbook.py   six sheets of one workbook
    sheet_xml.py  what the reader of workbooks does not tell of a sheet
    postgres.py   six tables of the schema `mijn_oso` in a PostgreSQL database
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from oso_pipeline.database_address import DatabaseAddress
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.sources.csv_files import open_csv_files
from oso_pipeline.intake.sources.postgres import open_database
from oso_pipeline.intake.sources.source import OnboardingSource
from oso_pipeline.intake.sources.workbook import open_workbook


def open_source(where: Path | DatabaseAddress) -> AbstractContextManager[OnboardingSource]:
    """Open what is named; what it gives is as it stood when it was opened.

    Args:
        where: a folder that holds six CSV files or one workbook; the workbook itself; or a database.

    Raises:
        SourceUnreachable: there is nothing there.
        SourceUnreadable: there is more than one delivery, or it cannot be read.
    """
    if isinstance(where, DatabaseAddress):
        return open_database(where)
    if where.suffix == ".xlsx" and where.is_file():
        return nullcontext(open_workbook(where))
    return nullcontext(_open_folder(where))


def _open_folder(folder: Path) -> OnboardingSource:
    if folder.is_file():
        raise SourceUnreadable(
            f"onboarding: expected a folder, or a workbook whose name ends in .xlsx, found the file {folder}."
            " Set OSO_ONBOARDING=dir:PATH to its folder."
        )
    if not folder.is_dir():
        raise SourceUnreachable(
            f"onboarding: there is no folder {folder}. Deliver the six tables there as CSV files or"
            " one workbook, or set OSO_ONBOARDING=dir:PATH."
        )
    workbooks = sorted(path for path in folder.glob("*.xlsx") if not path.name.startswith("~$"))
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    if len(workbooks) > 1 or (workbooks and files):
        found = [path.name for path in [*workbooks, *files.values()]]
        raise SourceUnreadable(
            f"onboarding: expected six CSV files or one workbook in {folder}, found more than one delivery:"
            f" {', '.join(found)}. Leave one delivery in the folder."
        )
    if workbooks:
        return open_workbook(workbooks[0])
    return open_csv_files(folder.name, files | _named_otherwise(folder))


def _named_otherwise(folder: Path) -> dict[str, Path]:
    """Files as accounts.CSV and export.XLSX, by their whole name: no table is called so, and they are told as found."""
    return {
        path.name: path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in {".csv", ".xlsx"} and path.suffix != path.suffix.lower()
    }
