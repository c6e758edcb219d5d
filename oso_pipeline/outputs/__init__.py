"""What people see. Outputs render what the marts hold; they never decide.

workbook.py     overzicht-scholen-met-oso.xlsx
    sheets.py       what a sheet is; connected branches, and shares per province, sector and LAS
    changes.py      the events of the release
    notes.py        what it shows and rests on; check_notes.py: how it was checked
    cells.py        sheets to a file, by openpyxl
overview/       the public overview with its map and downloads
report/         the management report: report/index.html, and its tables as a workbook
parts.py        words and dates the Dutch way
"""
