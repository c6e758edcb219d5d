"""Registry: what is open, and how it changes."""

import polars as pl

from assets.framed import framed_asset
from assets.io import Frames, NamedFrames, tonight
from oso_pipeline.contracts.records import BOARD_HISTORY, BRANCH_HISTORY, SCHOOL_HISTORY
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.locations import locate
from oso_pipeline.registry.register import read_register_on
from oso_pipeline.registry.schools import open_schools, school_boards


@framed_asset(group_name="registry")
def registry(night: Frames, registry_files: Frames) -> NamedFrames:
    """What is open, where it stands, what the register explains, and intervals in which nothing changed."""
    opened = open_branches(registry_files["branches"], registry_files["boards"])
    branches, begun = opened["branches"], tonight(night)
    register = read_register_on(
        begun.as_of, registry_files, branches, begun.snapshots.get("register", "")
    )
    places = locate(branches, registry_files)
    accounted = {
        name: pl.concat([opened[name], places[name]]) for name in ("used", "ignored", "signals")
    }
    now = {
        BRANCH_HISTORY: branches,
        SCHOOL_HISTORY: school_boards(branches),
        BOARD_HISTORY: branches.select("board_number").drop_nulls(),
    }
    history = {
        table.name: carry_history(
            table, night[table.name], rows, day=begun.as_of, release_id=begun.release_id
        )
        for table, rows in now.items()
    }
    schools = open_schools(
        branches,
        history["school_history"],
        register.governance,
        register.board_transitions,
        begun.as_of,
    )
    states = {"branches": branches, "schools": schools, "located": places["located"]}
    return states | accounted | history | register.frames()
