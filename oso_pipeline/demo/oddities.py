"""Mistakes in the registry's own files that no rule depends on: they are repaired or signalled, and the rows stay.

The smallest country has one of each kind, a larger one more. Which rows they are does not change from
night to night while those rows are there.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.demo.draws import Draws

_ROWS_PER_MISTAKE = 4000


def with_oddities(draws: Draws, rows: pl.DataFrame) -> pl.DataFrame:
    """Misspell a province, and let a side branch name another board than its school's main branch.

    Args:
        draws: the country's dice.
        rows: of ``addresses.branch_rows``, with ``branch`` and ``is_anchor``.

    Returns:
        The same rows in the same order. The board of a school is that of its main branch
        (contract.md, Open), so its status is what it was.
    """
    count = 1 + rows.height // _ROWS_PER_MISTAKE
    hyphenated = rows.filter(pl.col("PROVINCIE").str.contains("-", literal=True))
    misspelled = _first(draws, "misspelled province", hyphenated, count)
    estranged = _first(draws, "another board", rows.filter(~pl.col("is_anchor")), count)
    another = rows["BEVOEGD GEZAG NUMMER"].max()
    board = pl.col("BEVOEGD GEZAG NUMMER")
    return rows.with_columns(
        pl.when(pl.col("branch").is_in(misspelled.implode()))
        .then(pl.col("PROVINCIE").str.replace("-", " ", literal=True))
        .otherwise("PROVINCIE")
        .alias("PROVINCIE"),
        pl.when(pl.col("branch").is_in(estranged.implode()))
        .then(pl.lit(another, dtype=pl.String))
        .otherwise(board)
        .alias("BEVOEGD GEZAG NUMMER"),
    )


def _first(draws: Draws, question: str, rows: pl.DataFrame, count: int) -> pl.Series:
    return rows.sort(draws.bits(question, pl.col("branch")))["branch"].head(count)
