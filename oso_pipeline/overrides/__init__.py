"""People's decisions for people: held beside the latest release, out as a workbook, and back.

What belongs here: what the service desk does with `overrides.csv`. What does not: how the night reads it (intake/overrides.py), and
what became of each decision (decisions.py).

    situation.py  the latest release as it would be with the decisions that stand in the file now
    check.py      what is to be said of the file beside that release
    proposals.py  open items that a decision could solve
    layout.py     sheets, columns and Dutch words of the workbook, for writing and for reading it
    workbook.py   the workbook, written
    cells.py      its cells: how they look, and what may be filled in
    guide.py      its first sheet, which says what to do
    filled.py     the workbook, read as a person filled it in: decisions, and what is wrong
    rules.py      what a decision must hold to be taken in
    change.py     what an import would change, and the file written again
    cli.py        `oso overrides export`, `import` and `check`
"""
