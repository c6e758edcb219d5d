"""Delivery points and branches: what the findings ask for, and what waits between a request and a registration."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from oso_pipeline.codes import brin_of, number_of_branch
from oso_pipeline.flags import NOT_REGISTERED_AFTER, PENDING_AFTER
from oso_pipeline.patterns import BRANCH_PATTERN
from oso_pipeline.wording import sentence
from oso_pipeline.work_items.facts import Facts, items
from oso_pipeline.work_items.words import (
    BRANCHES_TAB,
    POINTS_TAB,
    in_dutch,
    point_number,
    step_plan,
    system,
)

_PER_BRANCH = {
    "duplicate_delivery_point": ("end_duplicate_delivery_point", POINTS_TAB + "vestiging {} heeft meer dan één aanleverpunt; beëindig wat niet meer gebruikt wordt."),
    "branch_not_in_mijn_oso": ("enter_branch", BRANCHES_TAB + "voer vestiging {} in."),
    "branch_unknown_to_registry": ("remove_branch", BRANCHES_TAB + "verwijder vestiging {} of verbeter het nummer."),
}  # fmt: skip


def point_items(facts: Facts) -> list[pl.DataFrame]:
    """Items about delivery points and branches."""
    return [
        _to_request(facts),
        _to_approve(facts),
        _to_register(facts),
        _to_link(facts),
        _to_end(facts),
        *_to_move(facts),
        *(_about_branch(facts, flag) for flag in _PER_BRANCH),
    ]


def _to_request(facts: Facts) -> pl.DataFrame:
    """A branch of a qualified school that is not covered needs a delivery point with its own number.

    Where one is under way, or a predecessor's is to move to it, that is the thing to do.
    """
    flagged = facts.flags.filter(flag="branch_without_delivery_point", severity="high")
    on_the_way = pl.concat(
        [
            facts.flags.filter(flag="delivery_point_on_predecessor")["successor_code"],
            facts.under_way["branches"].explode(empty_as_null=True).rename("successor_code"),
        ]
    ).drop_nulls()
    rows = flagged.filter(~pl.col("branch_code").is_in(on_the_way.implode())).join(
        facts.products, on="brin", how="left"
    )
    action = pl.concat_str(
        sentence(POINTS_TAB + "vraag een aanleverpunt aan met nummer {} voor vestiging {}.", number_of_branch(pl.col("branch_code")), "branch_code"),
        step_plan(),
    )  # fmt: skip
    return items(rows, "request_delivery_point", "branch_code", "school", action, since=pl.col("since_on"), helps=pl.concat_list("branch_code"))  # fmt: skip


def _to_approve(facts: Facts) -> pl.DataFrame:
    """From the day of the request: the finding comes later, the work does not."""
    waits = pl.col("approved_on").is_null()
    rows = _waiting(facts, waits, "requested_on", PENDING_AFTER, "delivery_point_pending")
    action = sentence(
        "Mijn OSO, tabblad Aanleverpunten van school {}: keur aanleverpunt {} goed of wijs het af (aangevraagd op {}).",
        "brin", point_number(), in_dutch("requested_on"),
    )  # fmt: skip
    return _about_point(rows, "approve_delivery_point", "service_desk", action, "requested_on")


def _to_register(facts: Facts) -> pl.DataFrame:
    """From the day of the approval."""
    waits = pl.lit(value=True)
    rows = _waiting(
        facts, waits, "approved_on", NOT_REGISTERED_AFTER, "delivery_point_not_registered"
    )
    register = sentence(
        "Registreer aanleverpunt {} van school {}, goedgekeurd op {}, in {}. Is er een aanleverpuntsleutel nodig? Klik dan in Mijn OSO, tabblad Aanleverpunten, op de blauwe sleutel achter het aanleverpunt.",
        point_number(), "brin", in_dutch("approved_on"), system(),
    )  # fmt: skip
    of_las = pl.when(pl.col("kind") == "las").then(step_plan()).otherwise(pl.lit(""))
    action = pl.concat_str(register, of_las)
    return _about_point(rows, "register_approved_delivery_point", "school", action, "approved_on")


def _waiting(
    facts: Facts, waits: pl.Expr, since: str, patience: timedelta, flag: str
) -> pl.DataFrame:
    """The points that wait since a day; one that waited so long that it is a finding only when it still is one.

    A person may have decided to ignore the finding.
    """
    points = facts.points.filter(
        waits
        & pl.col(since).is_not_null()
        & pl.col("registered_on").is_null()
        & pl.col("ended_on").is_null()
    )
    found = pl.col("source_row").is_in(facts.flags.filter(flag=flag)["source_row"].implode())
    served = pl.col("branches").list.set_intersection(facts.uncovered["branch_code"].to_list())
    helps = pl.when(pl.col("kind") == "las").then(served.list.sort())
    lately = pl.col(since) > facts.day - patience
    of_school = facts.products.rename({"las": "las_of_school"})
    return (
        points.filter(lately | found)
        .join(of_school, on="brin", how="left")
        .with_columns(helps.alias("helps"), pl.coalesce("las", "las_of_school").alias("las"))
        .sort(since, "source_row")
    )


def _about_point(
    rows: pl.DataFrame, kind: str, who: str, action: pl.Expr, since: str
) -> pl.DataFrame:
    return items(rows, kind, "brin", who, action, since=pl.col(since), named=(pl.col("brin"), point_number()), helps=pl.col("helps"))  # fmt: skip


def _to_link(facts: Facts) -> pl.DataFrame:
    """It may serve one branch that is not covered; the lowest stands for it."""
    rows = facts.flags.filter(flag="delivery_point_without_branch").join(
        _lowest_uncovered(facts), on="brin", how="left"
    )
    number = point_number("delivery_point_number")
    action = sentence(POINTS_TAB + "koppel aanleverpunt {} van school {} aan een vestiging.", number, "brin")  # fmt: skip
    return items(rows, "link_delivery_point", "brin", "school", action, since=pl.col("since_on"), named=(pl.col("brin"), number), helps=pl.col("lowest"))  # fmt: skip


def _lowest_uncovered(facts: Facts) -> pl.DataFrame:
    """`brin, lowest`: of each school the lowest branch that is not covered, as a list."""
    return facts.uncovered.group_by("brin").agg(pl.col("branch_code").min().implode().alias("lowest"))  # fmt: skip


def _to_end(facts: Facts) -> pl.DataFrame:
    rows = facts.flags.filter(flag="delivery_point_on_closed_branch")
    number = point_number("delivery_point_number")
    action = sentence(POINTS_TAB + "beëindig aanleverpunt {} van school {} of koppel het aan een open vestiging.", number, "brin")  # fmt: skip
    return items(rows, "end_delivery_point", "brin", "school", action, since=pl.col("since_on"), named=(pl.col("brin"), number))  # fmt: skip


def _to_move(facts: Facts) -> list[pl.DataFrame]:
    """A delivery point on a predecessor moves along, or ends where its successor has one already."""
    flagged = facts.flags.filter(flag="delivery_point_on_predecessor")
    covered = facts.branches.filter("covered")["branch_code"]
    successor, number = pl.col("successor_code"), point_number("delivery_point_number")
    is_covered = successor.is_in(covered.implode()).fill_null(value=False)
    to_branch = successor.str.contains(BRANCH_PATTERN).fill_null(value=False)
    action = (
        pl.when(is_covered).then(sentence(POINTS_TAB + "beëindig aanleverpunt {} van school {}; vestiging {}, de opvolger, heeft er al een.", number, "brin", successor))
        .when(to_branch).then(sentence(POINTS_TAB + "verplaats aanleverpunt {} van school {} naar nummer {} van {}.", number, "brin", number_of_branch(successor), brin_of(successor)))
        .when(successor.is_not_null()).then(sentence(POINTS_TAB + "verplaats aanleverpunt {} van school {} naar een aanleverpunt van school {}.", number, "brin", successor))
        .otherwise(sentence(POINTS_TAB + "school {} ging over in meer dan één school; bepaal waar aanleverpunt {} hoort en verplaats het.", "brin", number))
    )  # fmt: skip
    of_school = _lowest_uncovered(facts).rename({"brin": "successor_code"})
    rows = flagged.join(of_school, on="successor_code", how="left").with_columns(
        pl.coalesce("successor_code", "brin").alias("subject"),
        pl.when(to_branch).then(pl.concat_list("successor_code")).otherwise("lowest").alias("helps"),
    )  # fmt: skip
    since, named = pl.col("since_on"), (pl.col("brin"), number)
    return [
        items(rows.filter(is_covered), "end_delivery_point", "subject", "school", action, since=since, named=named),
        items(rows.filter(~is_covered), "move_delivery_point", "subject", "school", action, since=since, named=named, helps=pl.col("helps")),
    ]  # fmt: skip


def _about_branch(facts: Facts, flag: str) -> pl.DataFrame:
    kind, action = _PER_BRANCH[flag]
    rows = facts.flags.filter(pl.col("flag") == flag)
    return items(rows, kind, "branch_code", "school", sentence(action, "branch_code"), since=pl.col("since_on"))  # fmt: skip
