"""The registry x the onboarding records: for every row, what it is about and how that was found.

What belongs here: exact matches, matches by override, outcomes and their reasons. What does not: whether a step holds.
Matches by transition get their room here when the register is read.

    records.py      the records as they count on the day D
    matching.py     every row to a school, a board and a branch
    near_codes.py   open codes that differ in one character from an unknown one
    outcomes.py     the `reconciliation` table
"""
