"""Registry: what is open, and how it changes."""

import polars as pl
from dagster import asset

from assets.io import Frames
from oso_pipeline.contracts.records import BOARD_HISTORY, BRANCH_HISTORY, SCHOOL_HISTORY
from oso_pipeline.registry.branches import open_branches as unify_branches
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.schools import open_schools as group_schools
from oso_pipeline.registry.schools import school_boards
from oso_pipeline.release.night import Night

GROUP = "registry"


@asset(group_name=GROUP)
def open_branches(registry_files: Frames) -> Frames:
    """The open branches: those in the newest branch files; a code in two files counts once."""
    return unify_branches(registry_files["branches"], registry_files["boards"])


@asset(group_name=GROUP)
def history(night: pl.DataFrame, open_branches: Frames, last_release: Frames) -> Frames:
    """Branches, schools and boards as intervals in which nothing changed, carried from the last release."""
    tonight = Night.from_frame(night)
    branches = open_branches["branches"]
    now = {
        BRANCH_HISTORY: branches,
        SCHOOL_HISTORY: school_boards(branches),
        BOARD_HISTORY: branches.select("board_number").drop_nulls(),
    }
    return {
        table.name: carry_history(
            table, last_release[table.name], rows, day=tonight.as_of, release_id=tonight.release_id
        )
        for table, rows in now.items()
    }


@asset(group_name=GROUP)
def open_schools(open_branches: Frames, history: Frames) -> pl.DataFrame:
    """The open schools: those that have an open branch, with the board of their 00 branch, else of their lowest."""
    return group_schools(open_branches["branches"], history["school_history"])
