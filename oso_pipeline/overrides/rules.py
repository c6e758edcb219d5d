"""What a decision must hold to be taken in: more than the night asks of the file, because now there is someone to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.overrides import ACCOUNT, refused_decisions
from oso_pipeline.overrides.filled import Decision, Filled, Wrong


def what_is_wrong(filled: Filled, today: date) -> list[Wrong]:
    """Every cell that keeps the workbook from being taken in, in the order of sheets and rows.

    A decision can be carried out, says who decided, why and when, and is the only one that counts about its subject.
    """
    found = {(wrong.sheet, wrong.row) for wrong in filled.wrong}
    wrong = list(filled.wrong)
    readable = [
        (place, one)
        for place, one in zip(filled.places, filled.decisions, strict=True)
        if place not in found
    ]
    unread = _cannot_be_carried_out([one for _, one in readable])
    first: dict[tuple[str | None, str | None], tuple[str, int]] = {}
    for number, (place, one) in enumerate(readable):
        told = [unread[number]] if number in unread else [*_lacks(one), *_disagrees(one, today)]
        key = (one["decision"], (one["subject"] or "").upper())
        if not told and not _is_expired(one, today) and first.setdefault(key, place) != place:
            sheet, row = first[key]
            told = [("subject", one["subject"], f"one decision about it, found another in {sheet}, row {row}")]  # fmt: skip
        wrong += [Wrong(*place, column, value, expected) for column, value, expected in told]
    order = {place: number for number, place in enumerate(filled.places)}
    return sorted(wrong, key=lambda one: order[one.sheet, one.row])


Problem = tuple[str, str | None, str]
"""The column, what was found in it, and what was expected."""


def _cannot_be_carried_out(decisions: list[Decision]) -> dict[int, Problem]:
    """By the rules with which the night reads the file."""
    if not decisions:
        return {}
    text = pl.DataFrame(decisions, schema=dict.fromkeys(OVERRIDES.names, pl.String))
    refused = refused_decisions(text.with_row_index(SOURCE_ROW))
    rows = refused.select(SOURCE_ROW, "column", "found", "expected").rows()
    return {number: (column, found, expected) for number, column, found, expected in rows}


def _lacks(one: Decision) -> Iterator[Problem]:
    expected = {
        "reason": "why it was decided",
        "author": "the role that decided, as servicedesk",
        "decided_on": "the day on which it was decided",
    }
    yield from ((column, None, expected[column]) for column in ACCOUNT if not one[column])


def _disagrees(one: Decision, today: date) -> Iterator[Problem]:
    """What each column may hold, and does not go together."""
    subject, value = (one["subject"] or "").upper(), (one["value"] or "").upper()
    if one["decision"] == "same_as" and len(subject) != len(value):
        yield (
            "value",
            one["value"],
            f"a code of the same kind as {subject} (branch, school or board)",
        )
    if one["decision"] == "same_as" and subject == value:
        yield "value", one["value"], "another code than the old one"
    if "@" in (one["author"] or ""):
        yield "author", one["author"], "a role, as servicedesk, and no person's address"
    if one["decided_on"] and one["decided_on"] > today.isoformat():
        yield "decided_on", one["decided_on"], f"a day up to today, {today}"
    if one["expires_on"] and one["decided_on"] and one["expires_on"] <= one["decided_on"]:
        yield "expires_on", one["expires_on"], f"a day after {one['decided_on']}, or nothing"


def _is_expired(one: Decision, today: date) -> bool:
    return bool(one["expires_on"]) and str(one["expires_on"]) <= today.isoformat()
