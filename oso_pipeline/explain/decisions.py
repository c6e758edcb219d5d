"""The decisions that count for a code, and who took them.

The author is a role, kept in raw only: a release says that a decision counted, and the snapshot of the decisions file,
while it is kept, says whose it was (docs/adr/0013).
"""

from __future__ import annotations

from datetime import date

from oso_pipeline.explain.parts import Explanation, Row
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import Index

_SOURCE = "overrides"


def with_decisions(found: Explanation, folder: DataFolder, index: Index) -> Explanation:
    """The explanation with `decisions`: those that counted on the day and are about the code, its school or its board."""
    return {**found, "decisions": _decisions(found, folder, index)}


def _decisions(found: Explanation, folder: DataFolder, index: Index) -> list[Row]:
    inputs, day = index["inputs"], index["as_of"]
    snapshots = {one["source"]: one["snapshot_id"] for one in inputs["snapshots"]} if inputs else {}
    snapshot_id = snapshots.get(_SOURCE)
    if snapshot_id is None or day is None:
        return []
    body = folder.raw / _SOURCE / snapshot_id / "body"
    if not body.is_file():
        gone = f"Decisions counted that night ({_SOURCE} snapshot {snapshot_id}); the snapshot is no longer kept."
        return [{"snapshot_id": snapshot_id, "note": gone}]
    from oso_pipeline.intake.overrides import read_overrides

    counting = read_overrides(
        body.read_bytes(), day=date.fromisoformat(day), snapshot_id=snapshot_id
    )
    return [
        row | {"row": row.pop("source_row"), "snapshot_id": snapshot_id}
        for row in counting.rows.to_dicts()
        if _is_about(row, found)
    ]


def _is_about(decision: Row, found: Explanation) -> bool:
    code = found["code"]
    codes = {code, found.get("brin"), found.get("board_number"), found.get("governed_by")}
    if found["kind"] == "school":
        codes |= {branch["branch_code"] for branch in found.get("branches", [])}
    named = {decision["subject"]}
    if decision["decision"] == "same_as":
        named.add(str(decision["value"]).upper())
    return not named.isdisjoint(codes)
