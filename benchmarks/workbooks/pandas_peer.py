"""The workbook by pandas: `DataFrame.to_excel`, with the engine that pandas takes when it may choose (XlsxWriter)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd


def main(folder: Path, workbook: Path) -> None:
    as_text = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(workbook, date_format="dd-mm-yyyy", engine_kwargs=as_text) as book:
        for number, told in enumerate(json.loads((folder / "sheets.json").read_text())):
            rows = pd.read_parquet(folder / f"{number}.parquet")
            rows.columns = [label for label, _ in told["columns"]]
            for label, kind in told["columns"]:
                if kind == "YES_NO":
                    rows[label] = rows[label].map({True: "ja", False: "nee"})
            rows.to_excel(book, sheet_name=told["name"], index=False, freeze_panes=(1, 0))
            page = book.sheets[told["name"]]
            formats = {"COUNT": "#,##0", "NUMBER": "0.0%", "CODE": "@"}
            for place, ((_, kind), width) in enumerate(zip(told["columns"], told["widths"], strict=True)):  # fmt: skip
                style = {"num_format": formats[kind]} if kind in formats else {}
                page.set_column(place, place, width, book.book.add_format(style | {"text_wrap": told["wrapped"]}))  # fmt: skip
            page.autofilter(0, 0, len(rows), len(rows.columns) - 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
