"""What the register explains of the open schools and of the codes that are not open (contract.md, Rules).

The register explains, it never opens or closes: what is open stands in the branch files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from oso_pipeline.codes import among, brin_of
from oso_pipeline.contracts.records import QUARANTINE
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN
from oso_pipeline.registry.schools import school_boards
from oso_pipeline.registry.succession import follow_transitions

UPCOMING_SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "change": pl.String(),
    "to_code": pl.String(),
    "effective_on": pl.Date(),
}
"""`change`: closes, goes_on or changes_board; `to_code`: the successor or the new board."""


@dataclass(frozen=True)
class Register:
    """The register on a day.

    Attributes:
        codes: `code`: what there was on or before the day, by any of its three files.
        closures: `code, closed_on`: what has closed on or before the day.
        openings: `code, opened_on`: what has opened on or before the day.
        successions: as SUCCESSIONS.
        board_transitions: `from_code, to_code, effective_on` of the boards, complete or not, on or before the day.
        governance: as GOVERNANCE_SCHEMA.
        upcoming: as UPCOMING_SCHEMA: what is to befall open branches and schools.
        quarantined: as the `quarantine` table: transitions that cannot be.
    """

    codes: pl.DataFrame
    closures: pl.DataFrame
    openings: pl.DataFrame
    successions: pl.DataFrame
    board_transitions: pl.DataFrame
    governance: pl.DataFrame
    upcoming: pl.DataFrame
    quarantined: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """All of it, by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_frames(cls, frames: Mapping[str, pl.DataFrame]) -> Register:
        """Out of the frames that `frames` gave, among others."""
        return cls(**{name: frames[name] for name in cls.__dataclass_fields__})


def read_register_on(
    day: date,
    files: Mapping[str, pl.DataFrame],
    branches: pl.DataFrame,
    snapshot_id: str,
) -> Register:
    """The register as it explains the open branches of a day.

    Args:
        day: the day D.
        files: `register_organisations`, `register_relations` and `register_transitions`, as intake/register.py SCHEMAS.
        branches: as OPEN_BRANCHES.
        snapshot_id: of the register; for the quarantine.
    """
    organisations, transitions = files["register_organisations"], files["register_transitions"]
    governance = files["register_relations"]
    boards = branches["board_number"].drop_nulls().unique()
    open_codes = pl.concat([branches["branch_code"], branches["brin"].unique(), boards])
    ever = None if organisations.is_empty() else organisations["code"].unique()
    closures = _closures(organisations, day)
    followed = follow_transitions(transitions, open_codes, ever, closures, day)
    believed = transitions.join(followed.refused, on=SOURCE_ROW, how="anti")
    happened = believed.filter(pl.col("effective_on") <= day)
    is_board = pl.col("from_code").str.contains(BOARD_PATTERN)
    return Register(
        codes=_codes(organisations, happened, governance, day),
        closures=closures,
        openings=_openings(organisations, day),
        successions=followed.successions,
        board_transitions=happened.filter(is_board).select("from_code", "to_code", "effective_on"),
        governance=governance,
        upcoming=_upcoming(organisations, followed.upcoming, governance, branches, day),
        quarantined=_quarantined(transitions, followed.refused, snapshot_id),
    )


def _codes(
    organisations: pl.DataFrame, happened: pl.DataFrame, governance: pl.DataFrame, day: date
) -> pl.DataFrame:
    begun = organisations.filter(
        pl.col("record") != "T", pl.col("opened_on").is_null() | (pl.col("opened_on") <= day)
    )
    governed = governance.filter(pl.col("begins_on") <= day)
    told = [
        begun["code"],
        *(happened[side].alias("code") for side in ("from_code", "to_code")),
        *(governed[side].alias("code") for side in ("brin", "board_number")),
    ]
    codes = pl.concat(told).unique().to_frame()
    is_branch = pl.col("code").str.contains(BRANCH_PATTERN)
    schools = codes.filter(is_branch).select(brin_of(pl.col("code")))
    return pl.concat([codes, schools]).unique().sort("code")


def _closures(organisations: pl.DataFrame, day: date) -> pl.DataFrame:
    """By the current record: an organisation that was opened again has none there. One without it has only a past."""
    current = organisations.filter(pl.col("record") == "A")
    past = organisations.filter(pl.col("record") == "H").join(current, on="code", how="anti")
    opened_on = pl.col("opened_on").fill_null(date.min)
    is_last = opened_on == opened_on.max().over("code")
    closed = pl.concat([current, past.filter(is_last)]).filter(pl.col("closed_on") <= day)
    return closed.group_by("code").agg(pl.col("closed_on").max()).sort("code")


def _openings(organisations: pl.DataFrame, day: date) -> pl.DataFrame:
    opened = organisations.filter(pl.col("record") != "T", pl.col("opened_on") <= day)
    return opened.group_by("code").agg(pl.col("opened_on").max()).sort("code")


def _upcoming(
    organisations: pl.DataFrame,
    transitions: pl.DataFrame,
    governance: pl.DataFrame,
    branches: pl.DataFrame,
    day: date,
) -> pl.DataFrame:
    """What the register says of open branches and schools that is still to come.

    A successor says more than a closure, and a branch more than its school.
    """
    nothing = pl.lit(None, dtype=pl.String)
    ends = organisations.filter(pl.col("closed_on") > day)
    open_codes = among(
        pl.concat([branches["branch_code"], branches["brin"].unique()]),
        pl.concat([transitions["code"], ends["code"]]),
    )
    goes_on = transitions.filter(pl.col("complete"), pl.col("code").is_in(open_codes.implode()))
    closes = ends.filter(pl.col("code").is_in(open_codes.implode()))
    next_board = governance.join(
        school_boards(branches).rename({"board_number": "board_now"}), on="brin"
    ).filter((pl.col("begins_on") > day) & (pl.col("board_number") != pl.col("board_now")))
    told = [
        goes_on.select("code", pl.lit("goes_on").alias("change"), "to_code", "effective_on"),
        closes.select("code", pl.lit("closes").alias("change"), nothing.alias("to_code"), pl.col("closed_on").alias("effective_on")),
        next_board.select(pl.col("brin").alias("code"), pl.lit("changes_board").alias("change"), pl.col("board_number").alias("to_code"), pl.col("begins_on").alias("effective_on")),
    ]  # fmt: skip
    every = pl.concat(told).sort("code", "effective_on", "to_code", nulls_last=True)
    once = every.unique(["code", "change"], keep="first", maintain_order=True)
    explained = once.filter(change="goes_on").select("code")
    silent = once.filter(change="closes").join(explained, on="code", how="semi")
    spoken = once.join(silent, on=["code", "change"], how="anti")
    of_branches = spoken.filter(pl.col("code").str.contains(BRANCH_PATTERN)).select(
        brin_of(pl.col("code")).alias("code"), "change"
    )
    return spoken.join(of_branches, on=["code", "change"], how="anti").select(*UPCOMING_SCHEMA)


def _quarantined(
    transitions: pl.DataFrame, refused: pl.DataFrame, snapshot_id: str
) -> pl.DataFrame:
    return QUARANTINE.shape(
        refused.join(transitions, on=SOURCE_ROW).select(
            pl.lit("register_transitions").alias("source"),
            pl.lit(snapshot_id).alias("snapshot_id"),
            SOURCE_ROW,
            "rule",
            "reason",
            pl.lit(None, pl.String).alias("subject"),
            "raw",
        )
    )
