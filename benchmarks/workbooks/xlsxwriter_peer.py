"""The workbook by XlsxWriter, row by row in constant memory.

A table of Excel is not to be had in constant memory, so it has a filter; ours has both.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow.parquet
import xlsxwriter

HEADER = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E78", "text_wrap": True}
FORMATS = {"DATE": "dd-mm-yyyy", "COUNT": "#,##0", "NUMBER": "0.0%", "CODE": "@"}


def main(folder: Path, workbook: Path) -> None:
    with xlsxwriter.Workbook(str(workbook), {"constant_memory": True}) as book:
        header = book.add_format(HEADER)
        for number, told in enumerate(json.loads((folder / "sheets.json").read_text())):
            page = book.add_worksheet(told["name"])
            page.freeze_panes(1, 0)
            for place, width in enumerate(told["widths"]):
                page.set_column(place, place, width)
            columns = []
            for place, (label, kind) in enumerate(told["columns"]):
                page.write_string(0, place, label, header)
                known = {"num_format": FORMATS[kind]} if kind in FORMATS else {}
                wrapped = {"text_wrap": True} if told["wrapped"] else {}
                style = book.add_format(known | wrapped) if known or wrapped else None
                columns.append((place, _writer(page, kind), style))
            rows = pyarrow.parquet.read_table(folder / f"{number}.parquet")
            values = zip(*(column.to_pylist() for column in rows.columns), strict=True)
            for line, row in enumerate(values, start=1):
                for (place, write, style), value in zip(columns, row, strict=True):
                    if value is not None:
                        write(line, place, value, style)
            page.autofilter(0, 0, rows.num_rows, len(columns) - 1)


def _writer(page, kind: str):  # noqa: ANN001, ANN202 - XlsxWriter does not type them
    if kind == "DATE":
        return page.write_datetime
    if kind in {"COUNT", "NUMBER"}:
        return page.write_number
    if kind == "YES_NO":
        return lambda line, place, value, style: page.write_string(line, place, "ja" if value else "nee", style)  # fmt: skip
    return page.write_string


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
