"""What a release that is held would do, as it was written down when it was built (impact.py): read and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PREVIEW = "preview.json"

Impact = dict[str, Any]
"""`before, now, lost: [{branch_code, board_number, board_name, province, status, cause}], gained, by_cause, by_board,
by_province: [{..., branches}]`."""


def read_preview(place: Path) -> Impact:
    """What a release that was held would do, out of its folder."""
    preview: Impact = json.loads((place / PREVIEW).read_text(encoding="utf-8"))
    return preview


def impact_sentence(impact: Impact) -> str:
    """The impact in one sentence, the largest cause first."""
    lost = len(impact["lost"])
    causes = ", ".join(f"{row['branches']:,} because {row['cause']}" for row in impact["by_cause"])
    dropped = f"{lost:,} connected branches would drop out" + (f", {causes}" if causes else "")
    return f"{dropped}; {impact['gained']:,} would be newly connected ({impact['before']:,} are connected now, {impact['now']:,} would be)."
