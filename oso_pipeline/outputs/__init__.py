"""What people see. Outputs render what the marts hold; they never decide.

workbook.py     overzicht-scholen-met-oso.xlsx
parts.py        words and dates the Dutch way
"""
