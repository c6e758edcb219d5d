"""A release: built aside, judged, and then *latest* in one rename.

What belongs here: the inputs of a night, the last published release, the DuckDB file, the gate, the index, the log, the
swap. What does not: a rule about schools, or how an output looks.

    night.py        the inputs of a night and their fingerprint
    folder.py       the data folder: its places, its lock, and what a killed run left behind
    previous.py     the last published release: the pipeline's only memory
    marts.py        the tables of a release that are about the release itself
    content.py      content hashes
    database.py     the DuckDB file
    gate.py         the checks and the verdict
    impact.py       what a release would do to the connected branches
    preview.py      the same, read back
    second_process.py  a second process, in which the workbook and the report of a large registry are drawn
    drafts.py       what is drawn of a release before it is judged
    build.py        the candidate's files
    publish.py      index, rename, swap, log
"""
