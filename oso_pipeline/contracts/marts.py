"""All tables of `oso.duckdb`, in the order in which they are written."""

from __future__ import annotations

from oso_pipeline.contracts import about, records, statuses, successions

JUDGED = (
    statuses.BRANCH_STATUS,
    statuses.SCHOOL_STATUS,
    statuses.QUALIFICATION_STEPS,
    records.DELIVERY_POINT_FLAGS,
    records.POINTS,
    records.RECONCILIATION,
    records.WORK_ITEMS,
    statuses.CONNECTED_SCHOOLS,
    records.CHANGE_LOG,
    statuses.ADOPTION,
    records.QUARANTINE,
    records.SIGNALS,
    records.SOURCES,
    records.BRANCH_HISTORY,
    records.SCHOOL_HISTORY,
    records.BOARD_HISTORY,
    records.CONNECTION_HISTORY,
    successions.SUCCESSIONS,
    about.RELEASE,
    about.DICTIONARY,
)
"""What the gate judges a release by."""

MARTS = (*JUDGED, records.ISSUES)
"""The issues tell of the judgement too, so they are made after it."""

SCHEMA_VERSION = "1.5"
"""Major: a column or table went or changed its meaning. Minor: one came."""
