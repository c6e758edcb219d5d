"""What people see. Outputs render what the marts hold; they never decide.

workbook.py     overzicht-scholen-met-oso.xlsx
report/         the management report: report/index.html, and its tables as a workbook
cells.py        what every workbook has in common
parts.py        words and dates the Dutch way
"""
