"""Open items that a decision could solve, most helpful first, with what a person needs to decide."""

from __future__ import annotations

from typing import Any

import polars as pl

from oso_pipeline.contracts.onboarding import DELIVERY_POINTS, ONBOARDING
from oso_pipeline.contracts.records import FLAGS, SEVERITIES
from oso_pipeline.contracts.successions import SUCCESSION_EVENTS
from oso_pipeline.outputs.parts import dutch_day
from oso_pipeline.overrides.layout import PROPOSED
from oso_pipeline.overrides.situation import Situation
from oso_pipeline.reconciliation.matching import Known, was_matched, with_succession
from oso_pipeline.reconciliation.near_codes import near_codes
from oso_pipeline.reconciliation.records import is_active

Item = dict[str, Any]
"""`subject`, `value` (what is proposed, or none), `choices` (the values offered), and the context by its column."""

SEVERITY_NAMES = {"high": "hoog", "medium": "midden", "low": "laag"}
_RECORDS = {
    "accounts": ("account", "accounts"),
    "agreements": ("overeenkomst", "overeenkomsten"),
    "questionnaires": ("vragenlijst", "vragenlijsten"),
    "branches": ("vestiging", "vestigingen"),
    "delivery_points": ("aanleverpunt", "aanleverpunten"),
    "test_exchanges": ("testuitwisseling", "testuitwisselingen"),
}


def proposals(situation: Situation) -> dict[str, list[Item]]:
    """The open items by the decision that solves them: `same_as`, `served_by` and `ignore_flag`."""
    names = names_of(situation)
    return {
        "same_as": _old_codes(situation, names),
        "served_by": _branches_without_point(situation, names),
        "ignore_flag": _findings(situation, names),
    }


def names_of(situation: Situation) -> dict[str, str]:
    """Code -> name: of open branches, schools and boards, and of branches and schools that an earlier release knew."""
    found = situation.found
    once = found.branch_history.sort("from_on").select("branch_code", "branch_name")
    of_branches = _texts(once) | _texts(found.branches.select("branch_code", "branch_name"))
    of_main = {code[:4]: name for code, name in of_branches.items() if code.endswith("00")}
    of_schools = _texts(found.schools.select("brin", "school_name"))
    return (
        of_branches
        | of_main
        | of_schools
        | _texts(found.branches.select("board_number", "board_name"))
    )


def _texts(pairs: pl.DataFrame) -> dict[str, str]:
    """The second of two columns by the first, where both are known."""
    return {str(first): str(second) for first, second in pairs.drop_nulls().iter_rows()}


def _old_codes(situation: Situation, names: dict[str, str]) -> list[Item]:
    """Records that a transition found, and those of a code that nobody knows: one item per code."""
    records, known = situation.found.records, situation.found.known
    rows = pl.concat(
        records[table.name]
        .filter(pl.col("outcome").is_in(("matched_by_transition", "unknown")))
        .select(
            "code",
            "outcome",
            pl.col("brin" if table.name == "branches" else "code").alias("otherwise"),
            pl.lit(table.name).alias("source_table"),
        )
        for table in ONBOARDING
    )
    counted = (
        with_succession(rows, known, otherwise="otherwise")
        .group_by("code", "outcome")
        .agg(pl.col("source_table"), pl.col("succession").first())
        .sort("outcome", "code")
    )
    near = _near(counted.filter(outcome="unknown")["code"], known)
    return [
        _old_code(row, near.get(row["code"], []), names) for row in counted.iter_rows(named=True)
    ]


def _near(unknown: pl.Series, known: Known) -> dict[str, list[str]]:
    found = pl.concat(
        near_codes(unknown.filter(unknown.str.len_chars() == length), codes)
        for length, codes in ((4, known.schools), (5, known.boards), (6, known.branches))
    )
    return {code: near.split(", ") for code, near in _texts(found).items()}


def _old_code(row: dict[str, Any], near: list[str], names: dict[str, str]) -> Item:
    succession, tables = row["succession"], row["source_table"]
    if row["outcome"] == "unknown":
        proposed, choices = None, near
        what = (
            f"Onbekend. Lijkt op {_or(near)}."
            if near
            else "Onbekend, en er is geen open code die erop lijkt."
        )
    else:
        proposed, choices = succession["successor"], succession["successors"]
        event = SUCCESSION_EVENTS[succession["event"]]
        what = f"{_first_capital(event)} {_or(choices)}, {dutch_day(succession['effective_on'])}."
    counts = [(tables.count(table), words) for table, words in _RECORDS.items()]
    return {
        "subject": row["code"],
        "value": proposed,
        "choices": choices,
        "Wat we zagen": what,
        "Gegevens in Mijn OSO": ", ".join(f"{n} {words[n > 1]}" for n, words in counts if n),
        "Naam (oud)": names.get(row["code"]),
        PROPOSED: proposed,
        "Naam (voorstel)": " of ".join(names.get(code, code) for code in choices) or None,
    }


def _branches_without_point(situation: Situation, names: dict[str, str]) -> list[Item]:
    """Branches that are not covered, of schools that have an active LAS point; those with an idle point first.

    A point with a link is not offered: Mijn OSO says already whom it serves.
    """
    found = situation.found
    served = found.serving.group_by("source_row").agg(pl.col("branch_code").unique().sort())
    points = (
        found.records["delivery_points"]
        .filter(was_matched() & is_active(DELIVERY_POINTS) & (pl.col("kind") == "las"))
        .filter(pl.col("number").is_not_null())
        .join(served, on="source_row", how="left")
        .group_by(pl.col("brin_matched").alias("brin"), "number")
        .agg(
            pl.col("branch_code").explode(empty_as_null=True).drop_nulls().unique().sort(),
            pl.col("branch_matched").drop_nulls().unique().sort().alias("links"),
        )
        .sort("brin", pl.col("number").str.len_chars(), "number")
        .group_by("brin", maintain_order=True)
        .agg(pl.struct("number", "branch_code", "links").alias("points"))
    )
    flagged = situation.flags.filter(flag="branch_without_delivery_point")
    rows = flagged.select("brin", "branch_code", "severity").join(points, on="brin")
    uncovered = dict(rows.group_by("brin").len().rows())
    places = _places(situation)
    items = [
        _uncovered(row, uncovered[row["brin"]] == 1, names, places)
        for row in rows.sort("branch_code").iter_rows(named=True)
    ]
    solvable = [item for item in items if item["choices"]]
    return sorted(solvable, key=lambda item: (not item["idle"], _weight(item["Ernst"])))


def _uncovered(
    row: dict[str, Any], is_only: bool, names: dict[str, str], places: dict[str, tuple[str, str]]
) -> Item:
    points = row["points"]
    free = [point for point in points if not point["links"]]
    idle = [point["number"] for point in free if not point["branch_code"]]
    busy = [point["number"] for point in free if point["branch_code"]]
    proposed = idle[0] if is_only and len(idle) == 1 else None
    code = row["branch_code"]
    return {
        "subject": code,
        "value": proposed,
        "choices": [*idle, *busy],
        "idle": bool(idle),
        "Ernst": SEVERITY_NAMES[row["severity"]],
        "Aanleverpunten van de school": "; ".join(
            _point(point) for point in sorted(points, key=lambda point: bool(point["branch_code"]))
        ),
        "Naam": names.get(code),
        "Plaats": places.get(code, ("", ""))[0],
        "Bestuur": places.get(code, ("", ""))[1],
        PROPOSED: proposed,
    }


def _point(point: dict[str, Any]) -> str:
    """What a point does, as `7 bedient niets` or `2 bedient 02`; a link is named where it leads nowhere."""
    serves = ", ".join(code[4:] for code in point["branch_code"])
    linked = (
        ""
        if serves or not point["links"]
        else f" (gekoppeld aan {', '.join(point['links'])}, niet open)"
    )
    return f"{point['number']} bedient {serves or 'niets'}{linked}"


def _findings(situation: Situation, names: dict[str, str]) -> list[Item]:
    """Every finding that is not ignored, one item per flag and branch (or school, where no branch is known)."""
    places = _places(situation)
    rows = (
        situation.flags.with_columns(pl.coalesce("branch_code", "brin").alias("subject"))
        .group_by("flag", "subject", maintain_order=True)
        .agg(
            pl.col("delivery_point_number").drop_nulls().unique(maintain_order=True),
            pl.col("severity").first(),
            pl.col("since_on").min(),
        )
    )
    items = [_finding(row, names, places) for row in rows.iter_rows(named=True)]
    order = list(FLAGS)
    return sorted(
        items,
        key=lambda item: (_weight(item["Ernst"]), order.index(item["value"]), item["subject"]),
    )


def _finding(
    row: dict[str, Any], names: dict[str, str], places: dict[str, tuple[str, str]]
) -> Item:
    city, board = places.get(row["subject"], ("", ""))
    return {
        "subject": row["subject"],
        "value": row["flag"],
        "choices": [row["flag"]],
        "Ernst": SEVERITY_NAMES[row["severity"]],
        "Aanleverpunten": ", ".join(row["delivery_point_number"]),
        "Sinds": row["since_on"],
        "Naam": names.get(row["subject"]),
        "Plaats": city,
        "Bestuur": board,
        PROPOSED: FLAGS[row["flag"]],
    }


def _places(situation: Situation) -> dict[str, tuple[str, str]]:
    """Open branch or school -> its city, and its board by name (or number)."""
    boards = pl.coalesce("board_name", "board_number")
    branches = situation.found.branches.sort("branch_code", descending=True).select(
        "branch_code", pl.col("city").fill_null(""), boards.fill_null("").alias("board")
    )
    places: dict[str, tuple[str, str]] = {}
    for code, city, board in branches.iter_rows():  # a school's lowest branch comes last
        places[str(code)] = places[str(code)[:4]] = (str(city), str(board))
    return places


def _weight(severity: str) -> int:
    return [SEVERITY_NAMES[name] for name in SEVERITIES].index(severity)


def _or(codes: list[str]) -> str:
    return " of ".join([", ".join(codes[:-1]), codes[-1]]) if len(codes) > 1 else "".join(codes)


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
