"""Work items: what a person must do next, and who."""

import polars as pl

from assets.columns import columns_of
from assets.framed import framed_asset
from assets.io import Frames, tonight
from oso_pipeline.contracts.records import WORK_ITEMS
from oso_pipeline.coverage import delivery_points
from oso_pipeline.reconciliation.unread import unread_rows
from oso_pipeline.work_items import Facts
from oso_pipeline.work_items import work_items as find_work_items


@framed_asset(group_name="work_items", metadata=columns_of(WORK_ITEMS))
def work_items(
    night: Frames,
    registry: Frames,
    matched_records: Frames,
    school_status: pl.DataFrame,
    branch_status: pl.DataFrame,
    qualification_steps: pl.DataFrame,
    delivery_point_flags: pl.DataFrame,
) -> pl.DataFrame:
    """One item per thing to do, with who must act and since when; items that are done keep their closing day."""
    facts = Facts(
        schools=school_status,
        branches=branch_status,
        steps=qualification_steps,
        points=delivery_points(matched_records, matched_records["serving"]),
        flags=delivery_point_flags,
        records=matched_records,
        unread=unread_rows(matched_records["quarantined"]),
        upcoming=registry["upcoming"],
        day=tonight(night).as_of,
    )
    return find_work_items(facts, night["work_items"])
