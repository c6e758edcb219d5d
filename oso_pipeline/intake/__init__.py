"""Bytes in: they come in once, are kept, and are read strictly.

What belongs here: the http client, the snapshot store, and one small module per source that fetches and reads it.
What does not: a rule about schools. A source module never looks at another source.

    http.py              one download: host allow-list, byte cap, retries
    guards.py            what a body must be before it is kept
    snapshots.py         the store: a body and what is known of it, never overwritten
    delimited.py         delimited text as text columns, with the rows that do not fit
    reading.py           what reading a source gives: rows used, ignored, quarantined, signals
    fields.py            dates, choices and places out of text
    branch_files.py      po, so, vo: DUO's address files
    board_files.py       boards: through CKAN
    registry.py          all registry sources of a night
    delivery.py          the onboarding delivery: six CSV files or one workbook, to a snapshot
    onboarding.py        the onboarding snapshot, to typed tables
    onboarding_codes.py  how the codes of those tables are read
    overrides.py         people's decisions
    nightly.py           what a night takes in, as frames by name
"""
