"""Registry: what is open, and how it changes."""

from assets.framed import framed_asset
from assets.io import Frames, NamedFrames, tonight
from oso_pipeline.contracts.records import BOARD_HISTORY, BRANCH_HISTORY, SCHOOL_HISTORY
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.schools import open_schools, school_boards


@framed_asset(group_name="registry")
def registry(night: Frames, registry_files: Frames) -> NamedFrames:
    """The open branches and schools, and branches, schools and boards as intervals in which nothing changed."""
    opened = open_branches(registry_files["branches"], registry_files["boards"])
    branches, begun = opened["branches"], tonight(night)
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
    return opened | history | {"schools": open_schools(branches, history["school_history"])}
