"""The workbook through another program: LibreOffice opens it, saves it, and prints it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from workbooks import branch, counted, event, school, write

CLOCK_TIMES = ["03PM", "04AM", "05PM", "06AM", "06PM", "07AM", "07PM", "08AM", "08PM", "09AM", "09PM", "10PM", "11AM", "11PM", "12AM", "12PM"]  # fmt: skip
"""The real BRINs that a spreadsheet may read as a time (domain.md, 3)."""

NAMES = ["=1+1", "+31", "-5", "@SUM(A1)", "\t=1+1", "#N/A", "1E5", "1-2", "'t Zand", "0123", '=HYPERLINK("http://x")']  # fmt: skip
"""What a person may write in a name, and a spreadsheet may take for something else."""

Cells = dict[str, list[list[object]]]


def convert(path: Path, kind: str, folder: Path) -> Path:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not here (apt-get install libreoffice-calc)")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    converted = folder / f"{path.stem}.{kind}"
    assert converted.is_file(), done.stdout + done.stderr
    return converted


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    schools = [school(brin=brin) for brin in CLOCK_TIMES]
    schools += [school(brin=f"1{n % 10}AB", branch_number=f"{n:02}", branch_name=name, address=name) for n, name in enumerate(NAMES)]  # fmt: skip
    path = tmp_path_factory.mktemp("office") / "overzicht.xlsx"
    return write(
        path,
        *schools,
        branches=(branch("03PM00", branch_name="=1+1", connected=True),),
        adoption=(counted("po", "=1+1", "@SUM(A1)"),),
        changes=(
            event("board_changed", "03PM00", from_value="00599", to_value="10249"),
            event("branch_split", "07AM00", to_value="03PM, 11PM"),
            event("branch_merged", "12AM00", to_value="03PM"),
            event("renamed", "03PM00", from_value="=2+2", to_value="=1+1"),
        ),
    )


def cells(path: Path) -> Cells:
    """Sheet -> rows of (value, whether it is text); a cell without a value is None."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [
            [None if cell.value is None else (cell.value, cell.data_type == "s") for cell in row]
            for row in sheet.iter_rows()
        ]
        for sheet in book
    }


def test_after_libreoffice_saved_it_every_cell_is_what_it_was(
    written: Path, tmp_path: Path
) -> None:
    before, after = cells(written), cells(convert(written, "xlsx", tmp_path))
    assert after == before
    codes = [row[:2] for row in after["Aangesloten scholen"][1:]]
    assert [brin for (brin, _), _ in codes[: len(CLOCK_TIMES)]] == CLOCK_TIMES
    assert all(is_text for row in codes for _, is_text in row)
    named = [row[2] for row in after["Aangesloten scholen"][1 + len(CLOCK_TIMES) :]]
    assert named == [(name, True) for name in NAMES]


def test_it_prints(written: Path, tmp_path: Path) -> None:
    assert convert(written, "pdf", tmp_path).read_bytes().startswith(b"%PDF")
