"""Who there is in the country: boards, schools and branches, before anything is said about OSO.

Proportions are those measured on the real files (domain.md, 2.1): of 8,626 branches 6,107 are primary
(under 5,996 schools), about 900 special (530 schools) and 1,619 secondary (648 schools). The space of
codes has 67,600 schools of at most 100 branches; beyond the real size schools grow in branches.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from oso_pipeline.demo.brins import brins
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.places import places

FEWEST_BRANCHES, MOST_BRANCHES = 20, 5_000_000
HIGHEST_BRANCH_NUMBER = 98  # 99 is left free, for branches that nobody knows
_MOST_SCHOOLS = 64_000
_MOST_BOARDS = 60_000
_BOARD_NUMBERS = 91_000  # from 09000, so that some have a zero to lose


@dataclass(frozen=True)
class Sector:
    """One sector of education, at its real size.

    Attributes:
        name: po, so or vo.
        branches: branches in the real country.
        schools: schools in the real country.
        skew: how unevenly side branches fall to schools (1 is evenly).
        schools_per_board: how many schools of this sector one board governs, on average.
        joins_primary: the share of its boards that governs primary schools too.
    """

    name: str
    branches: int
    schools: int
    skew: float
    schools_per_board: float
    joins_primary: float


SECTORS = (
    Sector("po", 6107, 5996, 1.0, 8.2, 0.0),
    Sector("so", 900, 530, 1.2, 2.2, 0.6),
    Sector("vo", 1619, 648, 1.7, 2.1, 0.08),
)
_BRANCHES = sum(sector.branches for sector in SECTORS)
_SCHOOLS = sum(sector.schools for sector in SECTORS)


@dataclass(frozen=True)
class Population:
    """The country's registry, one frame per kind.

    Attributes:
        boards: ``board, board_number, place``.
        schools: ``school, sector, brin, board, place``.
        branches: ``branch, school, origin, sector, brin, number, branch_code, board, place,
            is_anchor, branches_of_school``; the anchor is the branch with the school's lowest
            number; the origin is the school that its name comes from.
        spare_brins: codes that no school of the country has, in the order they are given out.
    """

    boards: pl.DataFrame
    schools: pl.DataFrame
    branches: pl.DataFrame
    spare_brins: pl.Series


def populate(draws: Draws, branches: int) -> Population:
    """Make boards, schools and ``branches`` branches.

    Raises:
        ValueError: the size is not one of 20 to 5,000,000.
    """
    if not FEWEST_BRANCHES <= branches <= MOST_BRANCHES:
        message = f"A country has {FEWEST_BRANCHES} to {MOST_BRANCHES} branches, not {branches}."
        raise ValueError(message)
    standing = _govern(draws, _stand(branches))
    codes = brins(draws, standing.height)
    schools = standing.with_columns(brin=codes.head(standing.height))
    sides = [_sides(draws, schools, sector, branches) for sector in SECTORS]
    return Population(
        boards=_boards(draws, schools),
        schools=schools,
        branches=_branches(draws, schools, pl.concat(sides)),
        spare_brins=codes.slice(standing.height),
    )


def sizes(branches: int) -> dict[str, tuple[int, int]]:
    """Divide the country over the sectors: sector -> (schools, branches)."""
    shrink = min(1.0, _MOST_SCHOOLS / (branches * _SCHOOLS / _BRANCHES))
    special, secondary = (round(branches * s.branches / _BRANCHES) for s in SECTORS[1:])
    counts = (branches - special - secondary, special, secondary)
    return {
        s.name: (max(1, round(count * s.schools / s.branches * shrink)), count)
        for s, count in zip(SECTORS, counts, strict=True)
    }


def _stand(branches: int) -> pl.DataFrame:
    """``school, sector, place``: each sector's schools along the list of cities, in its order."""
    weight = places()["weight"]
    upto = weight.cum_sum() / weight.sum()
    parts = []
    for sector, (count, _) in sizes(branches).items():
        along = (pl.int_range(count, eager=True).cast(pl.Float64) + 0.5) / count
        place = pl.Series("place", upto.search_sorted(along), dtype=pl.Int64)
        parts.append(place.to_frame().with_columns(sector=pl.lit(sector)))
    return pl.concat(parts).with_row_index("school").cast({"school": pl.Int64})


def _govern(draws: Draws, schools: pl.DataFrame) -> pl.DataFrame:
    """Cut the schools of a sector, who stand by city, into boards of neighbours: ``board``."""
    sector = pl.col("sector")
    stretch = max(1.0, schools.height / 6.0 / _MOST_BOARDS)
    chance = {s.name: 1 / (s.schools_per_board * stretch) for s in SECTORS}
    starts = sector.ne_missing(sector.shift(1)) | (
        draws.share("new board", pl.col("school")) < sector.replace_strict(chance)
    )
    cut = schools.with_columns(run=starts.cum_sum().cast(pl.Int64))
    runs = _joined(draws, cut)
    governed = cut.join(runs, on="run", how="left", maintain_order="left")
    return governed.with_columns(board=pl.col("board").rank("dense").cast(pl.Int64) - 1).drop("run")


def _joined(draws: Draws, cut: pl.DataFrame) -> pl.DataFrame:
    """``run, board``: some boards of other sectors are the primary board of the same region."""
    primary = cut.filter(pl.col("sector") == "po")["run"]
    runs = cut.group_by("run", maintain_order=True).agg(pl.col("sector").first())
    along = pl.int_range(pl.len()).over("sector") / pl.len().over("sector")
    at = runs.select((along * len(primary)).cast(pl.UInt32)).to_series()
    joins = pl.col("sector").replace_strict({s.name: s.joins_primary for s in SECTORS})
    return runs.select(
        "run",
        board=pl.when(draws.share("joins primary board", pl.col("run")) < joins)
        .then(primary.gather(at))
        .otherwise(pl.col("run")),
    )


def _boards(draws: Draws, schools: pl.DataFrame) -> pl.DataFrame:
    shift = draws.seed * 7919 % 1000
    number = (pl.col("board") * 53_377 + shift) % _BOARD_NUMBERS + 9000
    by_board = schools.group_by("board", maintain_order=True).agg(pl.col("place").first())
    return by_board.sort("board").select(
        "board",
        "place",
        board_number=number.cast(pl.String).str.zfill(5),
    )


def _sides(draws: Draws, schools: pl.DataFrame, sector: Sector, branches: int) -> pl.DataFrame:
    """``school``: one row per side branch of the sector."""
    count, of_sector = sizes(branches)[sector.name]
    first = schools.filter(pl.col("sector") == sector.name)["school"].min()
    side = pl.DataFrame({"side": pl.int_range(of_sector - count, eager=True)})
    crowded = side.height > 4 * count
    skewed = (draws.share(f"side of {sector.name}", pl.col("side")) ** sector.skew * count).floor()
    at = pl.col("side") % count if crowded else _scatter(skewed.cast(pl.Int64), count)
    return side.select(school=at.cast(pl.Int64) + pl.lit(first, dtype=pl.Int64))


def _scatter(rank: pl.Expr, count: int) -> pl.Expr:
    """Spread the large schools over the country: a step that is prime to every count it meets."""
    step = next(prime for prime in (7919, 7907, 7901) if count % prime)
    return rank * step % count


def _branches(draws: Draws, schools: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    every = pl.concat([schools.select("school"), sides]).sort("school")
    ranked = every.with_columns(
        rank=pl.int_range(pl.len()).over("school"),
        branches_of_school=pl.len().over("school"),
    )
    joined = ranked.join(schools, on="school", how="left", maintain_order="left")
    numbered = joined.with_columns(number=_number(draws, _without_main(draws, joined)))
    named = numbered.with_row_index("branch").with_columns(pl.col("branch").cast(pl.Int64))
    return named.with_columns(
        branch_code=pl.col("brin") + pl.col("number").cast(pl.String).str.zfill(2),
        is_anchor=pl.col("rank") == 0,
        origin="school",
        place=_side_place(draws),
    ).drop("rank")


def _number(draws: Draws, without_main: pl.Series) -> pl.Expr:
    """Number a school's branches from 0, with gaps in some schools, and from 1 without a 00 branch."""
    wanted = draws.weighted("gaps", pl.col("school"), {"1.0": 0.6, "1.5": 0.2, "2.5": 0.2})
    room = (HIGHEST_BRANCH_NUMBER - 1) / pl.col("branches_of_school")
    stride = pl.min_horizontal(wanted.cast(pl.Float64), pl.max_horizontal(room, 1.0))
    shift = pl.col("school").is_in(without_main.implode()).cast(pl.Int64)
    return (pl.col("rank") * stride).floor().cast(pl.Int64) + shift


def _without_main(draws: Draws, branches: pl.DataFrame) -> pl.Series:
    """Schools without a 00 branch: 8 of 648 in secondary education, and one in 530 special ones."""
    second = branches.filter(pl.col("rank") == 1)
    drawn = second.sort(draws.bits("no main branch", pl.col("school")))
    sizes_now = {
        s.name: branches.filter(pl.col("sector") == s.name)["school"].n_unique() for s in SECTORS
    }
    wanted = {"vo": max(1, round(sizes_now["vo"] * 8 / 648)), "so": round(sizes_now["so"] / 530)}
    chosen = [drawn.filter(pl.col("sector") == name).head(count) for name, count in wanted.items()]
    return pl.concat(chosen)["school"]


def _side_place(draws: Draws) -> pl.Expr:
    """A side branch stands in its school's city, or in one of the next on the list."""
    last = places().height - 1
    away = ~(pl.col("rank") == 0) & draws.chance("in another city", pl.int_range(pl.len()), 0.3)
    moved = pl.col("place") + draws.below("which city", pl.int_range(pl.len()), 3) - 1
    return pl.when(away).then(moved.clip(0, last)).otherwise(pl.col("place"))
