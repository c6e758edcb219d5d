"""What became of a code, in words: who it went on as, when, and by what (contract.md, reconciliation.outcome)."""

from __future__ import annotations

import polars as pl

from oso_pipeline.wording import sentence

_WORDS = {
    "merged": "it merged into",
    "renumbered": "it was renumbered to",
    "split": "it was split into",
}


def went_on_as() -> pl.Expr:
    """`it merged into 23CT01 on 2024-08-01`, over a `succession`; all candidates where there are several."""
    succession = pl.col("succession").struct
    code, successors = succession["code"], succession["successors"]
    one = successors.list.join("")
    candidates = (
        pl.when(successors.list.len() == 1).then(one)
        .when(successors.list.len() > 1).then(sentence("one of {} (nothing says which)", successors.list.join(", ")))
        .otherwise(succession["ended_as"].list.join(", "))
    )  # fmt: skip
    nowhere = pl.when(successors.list.len() == 0).then(pl.lit(", which is not open either"))
    through = succession["through"].list.join(", ")
    by_way_of = pl.when(succession["through"].list.len() > 0).then(
        sentence(" by way of {}", through)
    )
    said = sentence(
        "{} {} on {}",
        succession["event"].replace_strict(_WORDS, default=None),
        pl.concat_str(candidates, by_way_of, ignore_nulls=True),
        succession["effective_on"],
    )
    return pl.when(code.is_not_null()).then(pl.concat_str(said, nowhere, ignore_nulls=True))
