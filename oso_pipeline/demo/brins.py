"""The school codes of the country: two digits and two capitals, each given out once."""

from __future__ import annotations

import polars as pl

from oso_pipeline.demo.draws import Draws

CODE_SPACE = 67_600  # 100 x 26 x 26
# Real codes that a spreadsheet reads as a time of day (domain.md, section 3).
CLOCK_BRINS = (
    "03PM", "04AM", "05PM", "06AM", "06PM", "07AM", "07PM", "08AM", "08PM", "09AM", "09PM", "10PM",
    "11AM", "11PM", "12AM", "12PM",
)  # fmt: skip


def brins(draws: Draws, schools: int) -> pl.Series:
    """List the whole code space in the order in which codes are given out.

    One school in a hundred has a code that reads like a time of day. What follows the first
    ``schools`` codes is free for schools that open later and for codes that nobody ever had.

    Args:
        draws: the country's dice.
        schools: how many schools there are at first.

    Returns:
        67,600 codes (String), none twice.
    """
    clock = CLOCK_BRINS[: min(len(CLOCK_BRINS), max(1, schools // 100))]
    every = pl.DataFrame({"code": pl.int_range(CODE_SPACE, eager=True)})
    letters = pl.col("code") % 676  # 26 x 26
    digits = (pl.col("code") // 676).cast(pl.String).str.zfill(2)
    named = every.with_columns(brin=digits + _letter(letters // 26) + _letter(letters % 26))
    order = draws.bits("code order", pl.col("code"))
    listed = named.filter(~pl.col("brin").is_in(list(CLOCK_BRINS))).sort(order)["brin"]
    scattered = draws.bits("clock order", pl.int_range(pl.len()))
    given = pl.concat([pl.Series("brin", list(clock)), listed.head(max(0, schools - len(clock)))])
    first = given.to_frame().sort(scattered)["brin"]
    return pl.concat([first, listed.slice(max(0, schools - len(clock)))])


def _letter(number: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series([chr(ord("A") + n) for n in range(26)])).gather(number)
