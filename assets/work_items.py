"""Work items: what a person must do next, and who."""

import polars as pl

from assets.columns import columns_of
from assets.framed import framed_asset
from assets.io import Frames, tonight
from oso_pipeline.contracts.records import WORK_ITEMS
from oso_pipeline.work_items import work_items as find_work_items


@framed_asset(group_name="work_items", metadata=columns_of(WORK_ITEMS))
def work_items(
    night: Frames,
    registry: Frames,
    school_status: pl.DataFrame,
    branch_status: pl.DataFrame,
    delivery_point_flags: pl.DataFrame,
) -> pl.DataFrame:
    """One item per thing to do, with who must act and since when; items that are done keep their closing day."""
    return find_work_items(
        school_status,
        branch_status,
        delivery_point_flags,
        registry["upcoming"],
        night["work_items"],
        tonight(night).as_of,
    )
