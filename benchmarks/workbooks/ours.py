"""The workbook as the pipeline writes it, by openpyxl."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.workbooks import read_sheets
from benchmarks.worlds import DAY
from oso_pipeline.outputs.cells import write_book

if __name__ == "__main__":
    write_book(Path(sys.argv[2]), "Overzicht", read_sheets(Path(sys.argv[1])), DAY)
