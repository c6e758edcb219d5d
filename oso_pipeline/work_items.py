"""What a person must do next, and who (contract.md, work_items).

One item per thing to do. Its id is made of its kind and subject, so it is the same from night to night; an item that is
done keeps the day on which the pipeline first saw it done.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.codes import BRANCH_PATTERN, brin_of, number_of_branch
from oso_pipeline.contracts.records import WORK_ITEMS
from oso_pipeline.wording import sentence

_PER_SCHOOL = {
    "questionnaire": ("fill_in_questionnaire", "school", "Mijn OSO: vul de vragenlijst in voor school {}."),
    "delivery_point": ("register_delivery_point", "school", "Mijn OSO, tabblad Aanleverpunten: vraag een aanleverpunt aan voor school {} en registreer het in het leerlingadministratiesysteem."),
    "test_exchange": ("pass_test_exchange", "school", "Voer vanuit het leerlingadministratiesysteem een testuitwisseling uit voor school {}."),
}  # fmt: skip
"""Missing step -> kind, who, action. A missing agreement is one item per board."""

_PER_POINT = {
    "delivery_point_pending": ("approve_delivery_point", "service_desk", "Mijn OSO, tabblad Aanleverpunten van school {}: keur aanleverpunt {} goed of wijs het af."),
    "delivery_point_not_registered": ("register_approved_delivery_point", "school", "Registreer aanleverpunt {} van school {} in het leerlingadministratiesysteem."),
    "delivery_point_without_branch": ("link_delivery_point", "school", "Mijn OSO, tabblad Aanleverpunten: koppel aanleverpunt {} van school {} aan een vestiging."),
    "delivery_point_on_closed_branch": ("end_delivery_point", "school", "Mijn OSO, tabblad Aanleverpunten: beëindig aanleverpunt {} van school {} of koppel het aan een open vestiging."),
}  # fmt: skip

_PER_BRANCH = {
    "duplicate_delivery_point": ("end_duplicate_delivery_point", "school", "Mijn OSO, tabblad Aanleverpunten: vestiging {} heeft meer dan een aanleverpunt; beëindig wat niet meer gebruikt wordt."),
    "branch_not_in_mijn_oso": ("enter_branch", "school", "Mijn OSO, tabblad Mijn gegevens, kopje Vestigingen: voer vestiging {} in."),
    "branch_unknown_to_registry": ("remove_branch", "school", "Mijn OSO, tabblad Mijn gegevens, kopje Vestigingen: verwijder vestiging {} of verbeter het nummer."),
}  # fmt: skip


def work_items(
    schools: pl.DataFrame,
    branches: pl.DataFrame,
    flags: pl.DataFrame,
    upcoming: pl.DataFrame,
    previous: pl.DataFrame,
    day: date,
) -> pl.DataFrame:
    """The open items of a night, and the earlier ones with the day on which they closed.

    Args:
        schools: the `school_status` table.
        branches: the `branch_status` table.
        flags: the `delivery_point_flags` table.
        upcoming: what the register says is to befall open branches and schools, as UPCOMING_SCHEMA.
        previous: the table in the last published release.
        day: the day D.

    Returns:
        As the `work_items` table.
    """
    begun = schools.filter(pl.col("status") != "not_started")
    found = pl.concat(
        [
            _agreements_to_sign(begun),
            *(_missing_step(begun, step) for step in _PER_SCHOOL),
            _points_to_request(branches, flags),
            *(_about_point(flags, flag) for flag in _PER_POINT),
            *(_about_branch(flags, flag) for flag in _PER_BRANCH),
            _points_to_move(branches, flags),
            _to_prepare(begun, upcoming),
        ]
    ).unique("item_id", keep="first", maintain_order=True)
    before = previous.select("item_id", pl.col("since_on").alias("since_before_on"), "closed_on")
    still_open = before.filter(pl.col("closed_on").is_null()).drop("closed_on")
    tonight = found.join(still_open, on="item_id", how="left").with_columns(
        pl.coalesce("since_before_on", "since_on", pl.lit(day)).alias("since_on"),
        pl.lit(None, dtype=pl.Date).alias("closed_on"),
    )
    done = previous.join(tonight, on="item_id", how="anti").with_columns(
        pl.coalesce("closed_on", pl.lit(day)).alias("closed_on")
    )
    return WORK_ITEMS.shape(pl.concat([tonight.select(WORK_ITEMS.names), done]))


def _agreements_to_sign(begun: pl.DataFrame) -> pl.DataFrame:
    """One item per board that governs a school which has begun and has no agreement."""
    boards = (
        begun.filter(pl.col("missing_steps").list.contains("agreement"))
        .drop_nulls("board_number")
        .group_by("board_number")
        .agg(pl.len().alias("schools"))
    )
    action = sentence(
        "Mijn OSO, tabblad Overeenkomst (inloggen met bestuursnummer {}): teken de overeenkomst; {} school/scholen wachten erop.",
        "board_number",
        "schools",
    )
    return _items(boards, "sign_agreement", pl.col("board_number"), "board", action)


def _missing_step(begun: pl.DataFrame, step: str) -> pl.DataFrame:
    kind, who, action = _PER_SCHOOL[step]
    missing = begun.filter(pl.col("missing_steps").list.contains(step))
    return _items(missing, kind, pl.col("brin"), who, sentence(action, "brin"))


def _points_to_request(branches: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """A branch of a qualified school that is not covered needs a delivery point with its own number.

    Where a predecessor's point is to move to it, that is the thing to do.
    """
    flagged = flags.filter(
        (pl.col("flag") == "branch_without_delivery_point") & (pl.col("severity") == "high")
    )
    to_move = flags.filter(flag="delivery_point_on_predecessor").select("successor_code")
    rows = branches.join(flagged.select("branch_code", "since_on"), on="branch_code").join(
        to_move, left_on="branch_code", right_on="successor_code", how="anti"
    )
    number = number_of_branch(pl.col("branch_code"))
    action = sentence(
        "Mijn OSO, tabblad Aanleverpunten: vraag een aanleverpunt aan met nummer {} voor vestiging {}.",
        number,
        "branch_code",
    )
    return _items(rows, "request_delivery_point", pl.col("branch_code"), "school", action, pl.col("since_on"))  # fmt: skip


_PREPARE = {
    "closes": ("prepare_closure", "school", "Per {} sluit {} volgens het BRIN-register. Mijn OSO, tabblad Aanleverpunten: beëindig het aanleverpunt per die dag."),
    "goes_on": ("prepare_succession", "school", "Per {} gaat {} volgens het BRIN-register verder als {}. Mijn OSO, tabblad Aanleverpunten: zorg dat {} dan een eigen aanleverpunt heeft{}."),
    "changes_board": ("prepare_board_change", "board", "Per {} komt school {} volgens het BRIN-register onder bestuur {}. Mijn OSO, tabblad Overeenkomst (inloggen met bestuursnummer {}): zorg dat de overeenkomst dan getekend is."),
}  # fmt: skip
"""What is to come -> kind, who, action."""


def _to_prepare(begun: pl.DataFrame, upcoming: pl.DataFrame) -> pl.DataFrame:
    """What the register announces of schools that have begun: one item per change, before it bites."""
    ahead = upcoming.with_columns(
        brin_of(pl.col("code")).alias("brin"),
        pl.col("effective_on").dt.to_string("%-d-%-m-%Y").alias("on"),
    ).join(begun.select("brin"), on="brin", how="semi")
    number = number_of_branch(pl.col("to_code"))
    to_branch = pl.col("to_code").str.contains(BRANCH_PATTERN)
    numbered = sentence(", met nummer {}", number)
    with_number = pl.when(to_branch).then(numbered).otherwise(pl.lit(""))
    places = {
        "closes": ("on", "code"),
        "goes_on": ("on", "code", "to_code", "to_code", with_number),
        "changes_board": ("on", "code", "to_code", "to_code"),
    }
    items = []
    for change, (kind, who, action) in _PREPARE.items():
        rows = ahead.filter(change=change)
        said = sentence(action, *places[change])
        on = pl.col("effective_on").cast(pl.String)
        items.append(_items(rows, kind, pl.col("code"), who, said, named=(pl.col("code"), on)))
    return pl.concat(items)


def _points_to_move(branches: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """A delivery point on a predecessor moves along, or ends where its successor has one already."""
    flagged = flags.filter(flag="delivery_point_on_predecessor")
    covered = branches.filter("covered")["branch_code"]
    successor, number = pl.col("successor_code"), pl.col("delivery_point_number").fill_null("(zonder nummer)")  # fmt: skip
    is_covered = successor.is_in(covered.implode()).fill_null(value=False)
    to_branch = successor.str.contains(BRANCH_PATTERN).fill_null(value=False)
    place = "Mijn OSO, tabblad Aanleverpunten: "
    action = (
        pl.when(is_covered).then(sentence(place + "beëindig aanleverpunt {} van school {}; vestiging {}, waarin zij opging, heeft er een.", number, "brin", successor))
        .when(to_branch).then(sentence(place + "verplaats aanleverpunt {} van school {} naar nummer {} van {}.", number, "brin", number_of_branch(successor), brin_of(successor)))
        .when(successor.is_not_null()).then(sentence(place + "verplaats aanleverpunt {} van school {} naar een aanleverpunt van school {}.", number, "brin", successor))
        .otherwise(sentence(place + "school {} ging over in meer dan een school; bepaal waar aanleverpunt {} hoort en verplaats het.", "brin", number))
    )  # fmt: skip
    subject, named = pl.coalesce("successor_code", "brin"), (pl.col("brin"), number)
    return pl.concat(
        _items(flagged.filter(rows), kind, subject, "school", action, pl.col("since_on"), named)
        for kind, rows in (("end_delivery_point", is_covered), ("move_delivery_point", ~is_covered))
    )


def _about_point(flags: pl.DataFrame, flag: str) -> pl.DataFrame:
    kind, who, action = _PER_POINT[flag]
    rows = flags.filter(pl.col("flag") == flag)
    number = pl.col("delivery_point_number").fill_null("(zonder nummer)")
    places = ("brin", number) if who == "service_desk" else (number, "brin")
    said, brin = sentence(action, *places), pl.col("brin")
    return _items(rows, kind, brin, who, said, pl.col("since_on"), (brin, number))


def _about_branch(flags: pl.DataFrame, flag: str) -> pl.DataFrame:
    kind, who, action = _PER_BRANCH[flag]
    rows = flags.filter(pl.col("flag") == flag)
    return _items(
        rows, kind, pl.col("branch_code"), who, sentence(action, "branch_code"), pl.col("since_on")
    )


def _items(
    rows: pl.DataFrame,
    kind: str,
    subject: pl.Expr,
    who: str,
    action: pl.Expr,
    since: pl.Expr | None = None,
    named: tuple[pl.Expr, ...] = (),
) -> pl.DataFrame:
    """Items of one kind; `named` is what tells them apart, where the subject does not."""
    return rows.select(
        pl.concat_str(pl.lit(kind), *(named or (subject,)), separator=":").alias("item_id"),
        pl.lit(kind).alias("kind"),
        subject.alias("subject"),
        pl.lit(who).alias("responsible"),
        action.alias("action"),
        (pl.lit(None, dtype=pl.Date) if since is None else since).alias("since_on"),
    )
