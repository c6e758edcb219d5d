"""Every table, written down once.

What belongs here: names, types, labels, meanings, choices, header generations, and what is made of them
(validation, DDL, dictionary). What does not: a rule that computes a value, or anything that reads or writes.

    model.py         Column and Table, and what they become in Polars
    onboarding.py    the six tables that Mijn OSO exports
    registry.py      the registry's files, with every header generation that is known
    overrides.py     the people's decisions
    marts.py         what is published, composed of statuses.py, records.py, successions.py and about.py
    views.py         the views over what is published
    validation.py    a frame against its table, by pandera
    ddl.py           a table or a view as DuckDB statements
    dictionary.py    all tables and views described, as a table and as a page
"""
