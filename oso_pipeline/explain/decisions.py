"""The decisions that count for a code or no longer do, and who took them.

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
    """The explanation with `decisions`: those about the code, its school or its board; `counts` is false once expired.

    What a branch is connected by may be one of them: then its end is among what would change the answer.
    """
    decisions = _decisions(found, folder, index)
    changes = [*found["would_change"], *_ends(found, decisions)]
    return {**found, "decisions": decisions, "would_change": changes}


def _ends(found: Explanation, decisions: list[Row]) -> list[Row]:
    serving = [p for p in found.get("delivery_points", []) if p["active"] and p["kind"] == "las" and p["branches"]]  # fmt: skip
    if found.get("coverage_basis") != "override" or not found.get("connected") or len(serving) > 1:
        return []
    return [
        {
            "step": "delivery_point",
            "code": found["code"],
            "number": one["value"],
            "text": f"the decision that delivery point {one['value']} serves it ending"
            + (f", as it does on {one['expires_on']}" if one["expires_on"] else ""),
        }
        for one in decisions
        if one["counts"] and "note" not in one
        if (one["decision"], one["subject"]) == ("served_by", found["code"])
    ]


def _decisions(found: Explanation, folder: DataFolder, index: Index) -> list[Row]:
    inputs, day = index["inputs"], index["as_of"]
    snapshots = {one["source"]: one["snapshot_id"] for one in inputs["snapshots"]} if inputs else {}
    snapshot_id = snapshots.get(_SOURCE)
    if snapshot_id is None or day is None:
        return []
    body = folder.raw / _SOURCE / snapshot_id / "body"
    if not body.is_file():
        gone = f"Decisions counted that night ({_SOURCE} snapshot {snapshot_id}); the snapshot is no longer kept."
        return [{"snapshot_id": snapshot_id, "note": gone, "counts": True}]
    told = _told(body.read_bytes(), date.fromisoformat(day))
    return [row | {"snapshot_id": snapshot_id} for row in told if _is_about(row, found)]


def _told(body: bytes, day: date) -> list[Row]:
    """The decisions that count, and those that expired and were not taken again."""
    from oso_pipeline.intake.overrides import SOURCE_ROW, read_overrides

    counting = read_overrides(body, day=day, snapshot_id="").rows.to_dicts()
    again = {(row["decision"], row["subject"]) for row in counting}
    ever = read_overrides(body, day=date.min, snapshot_id="").rows.to_dicts()
    expired = [row for row in ever if (row["decision"], row["subject"]) not in again]
    return [
        row | {"row": row.pop(SOURCE_ROW), "counts": counts}
        for rows, counts in ((counting, True), (expired, False))
        for row in rows
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
