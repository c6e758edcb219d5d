"""What befalls schools from night to night, known beforehand for every night of a country.

Night 1 is the first of which there is a delivery; what happened before it (on the last 1 August) counts
as its events. Whatever night a country is written for, the events up to it are the same. A school has
one event at most, so what it was before the event is what it was on the first night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from oso_pipeline.demo.dealing import Dealt
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.population import Population
from oso_pipeline.demo.situations import GROWN

NEW = 100_000_000  # keys of schools and branches that an event makes begin here
_BOARD_TO_LEAVE = 6  # schools of a board, at least, for one of them to have an event
# Kind -> schools in a year to which it happens, as a share of all. Measured between 2020-12 and 2026-04
# (domain.md, 2.1), but for a night's least: one of each.
_LIFE = {
    "closes": 0.002,
    "merges_away": 0.004,
    "merges_as_branch": 0.002,
    "renumbers": 0.001,
    "moves_board": 0.008,
    "opens": 0.004,
    "vanishes": 0.0005,
}
_SPLITS = {"splits": 0.001}
_STEPS = {"finishes": 0.03}
_STOPS = {"stops": 0.01}
_BEFORE = ("closes", "merges_away", "merges_as_branch", "renumbers", "moves_board")
_SCHEMA = {
    "kind": pl.String, "night": pl.Int64, "on": pl.Date, "school": pl.Int64, "branch": pl.Int64,
    "partner": pl.Int64, "new_school": pl.Int64, "new_brin": pl.String, "to_board": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Nights:
    """Which night of a country it is.

    Attributes:
        night: 1 is the first.
        as_of: the day of this night.
        days_between: from one night to the next.
    """

    night: int
    as_of: date
    days_between: int

    @property
    def first(self) -> date:
        """The day of night 1."""
        return self.as_of - timedelta(days=(self.night - 1) * self.days_between)

    @property
    def before(self) -> date:
        """The day on which the events before night 1 happened: 1 August, a month before or longer."""
        latest = self.first - timedelta(days=30)
        return date(latest.year if latest >= date(latest.year, 8, 1) else latest.year - 1, 8, 1)

    def day(self, night: pl.Expr) -> pl.Expr:
        """Give the day (Date) of an event of this night."""
        later = pl.lit(self.first) + pl.duration(days=(night - 1) * self.days_between)
        return pl.when(night == 1).then(pl.lit(self.before)).otherwise(later)


def happenings(draws: Draws, population: Population, dealt: Dealt, nights: Nights) -> pl.DataFrame:
    """List the events up to this night.

    Args:
        draws: the country's dice.
        population: who there is before any event.
        dealt: the same, with situations.
        nights: which night it is.

    Returns:
        One row per event: ``kind`` (closes, vanishes: a row is gone, explained or not; merges_away:
        into the partner's main branch; merges_as_branch: as a new branch of the partner; renumbers:
        another code; moves_board: with its partner, to ``to_board``; opens; splits: a branch becomes
        a school; finishes: the last step; stops: its delivery point ends), ``night``, ``on``,
        ``school``, ``branch``, ``partner``, ``new_school``, ``new_brin``, ``to_board``.
    """
    pairs = _pairs(draws, population)
    schools = population.schools.height
    life = _scheduled(pairs, _LIFE, schools, nights, before=_before(schools))
    sides = _side_branches(draws, dealt)
    splits = _scheduled(sides, _SPLITS, schools, nights, before=_in_a_year(schools, _SPLITS))
    steps = _scheduled(_growing(draws, dealt), _STEPS, schools, nights)
    stops = _scheduled(_stopping(draws, dealt), _STOPS, schools, nights)
    coded = [_new_codes(life, population, 0), _new_codes(splits, population, 1)]
    every = pl.concat([pl.DataFrame(schema=_SCHEMA), *coded, steps, stops], how="diagonal")
    moved = every.join(_targets(draws, dealt), on="school", how="left", maintain_order="left")
    return moved.with_columns(
        on=nights.day(pl.col("night")),
        to_board=pl.when(pl.col("kind") == "moves_board").then(
            # from the second night on it is seen to happen: then it ends what the former board had signed
            pl.when(pl.col("night") == 1).then("target").otherwise("target_without")
        ),
    ).drop("target", "target_without")


def _pairs(draws: Draws, population: Population) -> pl.DataFrame:
    """``school, branch, partner``: neighbours under one board, in the order in which they have events."""
    single = population.branches.filter(
        (pl.col("branches_of_school") == 1) & (pl.col("sector") == "po"),
        pl.len().over("board") >= _BOARD_TO_LEAVE,
        pl.col("school") % 3 != 0,
    )
    rank = pl.int_range(pl.len()).over("board") // 2
    paired = single.with_columns(pair=rank).group_by("board", "pair", maintain_order=True).agg(
        pl.col("school").first(), pl.col("branch").first(), partner=pl.col("school").last(),
    )  # fmt: skip
    whole = paired.filter(pl.col("school") != pl.col("partner"))
    order = draws.bits("order of events", pl.col("school"))
    return whole.select("school", "branch", "partner").sort(order)


def _side_branches(draws: Draws, dealt: Dealt) -> pl.DataFrame:
    """``school, branch``: one branch a school that can go on by itself without loss to the others."""
    free = dealt.branches.filter(
        ~pl.col("serves_as_main") & ~pl.col("is_anchor"),
        pl.col("branches_of_school") > 2,  # noqa: PLR2004
    )
    last = free.group_by("school", maintain_order=True).agg(pl.col("branch").last())
    return last.sort(draws.bits("order of splits", pl.col("school")))


def _growing(draws: Draws, dealt: Dealt) -> pl.DataFrame:
    """``school``: those that can finish, in the order in which they do."""
    single = dealt.branches.filter((pl.col("branches_of_school") == 1) & (pl.col("number") == 0))
    able = dealt.schools.filter(
        pl.col("situation").is_in(list(GROWN)), pl.col("agreed"), pl.col("school") % 3 == 0,
    ).join(single, on="school", how="semi", maintain_order="left")  # fmt: skip
    return able.select("school").sort(draws.bits("order of finishing", pl.col("school")))


def _stopping(draws: Draws, dealt: Dealt) -> pl.DataFrame:
    """``school, branch``: connected schools of one branch with one plain delivery point."""
    ready = dealt.schools.filter(
        pl.col("agreed") & pl.col("steps_met") & pl.col("covers"),
        pl.col("school") % 3 == 0,
    )
    plain = dealt.branches.filter(
        (pl.col("branches_of_school") == 1) & (pl.col("situation") == "convention"),
    )
    able = plain.join(ready, on="school", how="semi", maintain_order="left")
    return able.select("school", "branch").sort(draws.bits("order of stops", pl.col("school")))


def _scheduled(
    queue: pl.DataFrame,
    rates: dict[str, float],
    schools: int,
    nights: Nights,
    before: Sequence[str] = (),
) -> pl.DataFrame:
    """Take the queue from its head: what was before the first night, then so many a night.

    A queue that is too short for what was before is left alone, and one that is empty stays so: in a
    small country little happens, and after many nights nothing.
    """
    if queue.height < len(before):
        before, queue = (), queue.head(0)
    a_night = _in_a_year(schools, rates, years=nights.days_between / 365)
    later = max(0, min(queue.height - len(before), len(a_night) * (nights.night - 1)))
    kinds = [*before, *(a_night[at % len(a_night)] for at in range(later))]
    when = [1] * len(before) + [2 + at // len(a_night) for at in range(later)]
    return queue.head(len(kinds)).with_columns(
        kind=pl.Series(kinds, dtype=pl.String), night=pl.Series(when, dtype=pl.Int64)
    )


def _in_a_year(schools: int, rates: dict[str, float], years: float = 1) -> list[str]:
    """List kinds of event, each as often as it happens in that time, and once at least."""
    return [
        kind for kind, rate in rates.items() for _ in range(max(1, round(schools * rate * years)))
    ]


def _before(schools: int) -> list[str]:
    """List a year's events; as many schools open as are gone, so the country keeps its size."""
    listed = _in_a_year(schools, {kind: _LIFE[kind] for kind in _BEFORE})
    gone = sum(kind in ("closes", "merges_away") for kind in listed)
    return [*listed, *["opens"] * gone]


def _new_codes(events: pl.DataFrame, population: Population, share: int) -> pl.DataFrame:
    """Give every event a school key and a code that nobody had; two kinds of event take turns."""
    at = pl.int_range(pl.len()) * 2 + share
    usable = population.spare_brins.len() // 2  # the other half is never given out
    numbered = events.with_columns(at=at).filter(pl.col("at") < usable)
    codes = population.spare_brins.gather(numbered["at"])
    return numbered.with_columns(new_brin=codes, new_school=pl.col("at") + NEW).drop("at")


def _targets(draws: Draws, dealt: Dealt) -> pl.DataFrame:
    """``school, target, target_without``: a small board to move to, every second one without an agreement; and one without."""
    small = dealt.boards.filter(pl.col("schools") < _BOARD_TO_LEAVE)
    key = pl.col("school")
    choices = [
        _drawn(draws, small.filter(pl.col("agreed") == agreed), key) for agreed in (True, False)
    ]
    target = pl.when(draws.chance("to a board with an agreement", key, 0.5)).then(choices[0])
    return dealt.schools.select(
        "school",
        target=pl.coalesce(target.otherwise(choices[1]), *choices),
        target_without=pl.coalesce(choices[1], choices[0]),
    )


def _drawn(draws: Draws, boards: pl.DataFrame, key: pl.Expr) -> pl.Expr:
    if boards.is_empty():
        return pl.lit(None, dtype=pl.Int64)
    return pl.lit(boards["board"]).gather(draws.below("target board", key, boards.height))
