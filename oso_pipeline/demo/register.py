"""The BRIN register: three files in ``basisgegevens-instellingen.zip`` (domain.md, 2.2).

UTF-8 with a mark, ``,``, CRLF, text quoted, dates bare and unpadded (D-M-YYYY). The header of OVERGANGEN
is that of the real file of 2025-01; those of the other two have the columns that public code reads, and
the count that was measured, in an order that is ours.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from oso_pipeline.demo import names
from oso_pipeline.demo.addresses import SPECIAL_KINDS, branch_name
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.places import places
from oso_pipeline.demo.population import Population
from oso_pipeline.demo.spoiling import zipped
from oso_pipeline.demo.text import fill_in
from oso_pipeline.demo.transitions import TRANSITION_COLUMNS, transitions

FILE_NAME = "basisgegevens-instellingen.zip"
_VISIT = ("NAAM_STRAAT_VEST", "NR_HUIS_VEST", "NR_HUIS_TOEV_VEST", "POSTCODE_VEST", "NAAM_PLAATS_VEST",
          "NR_GEMEENTE_VEST", "PROVINCIE_VEST")  # fmt: skip
ORGANISATION_COLUMNS = (
    "NR_ADMINISTRATIE", "NAAM_VOLLEDIG", "NAAM_KORT", "KVK_NR", "CODE_FUNCTIE", "NAAM_FUNCTIE",
    "CODE_SOORT", "NAAM_SOORT", "CODE_WET", "CODE_TYPE_BEKOSTIGING", "CODE_DENOMINATIE",
    "NAAM_DENOMINATIE", "CODE_RECHTSVORM", "DT_STICHTING", "DT_IN_BEDRIJF", "DT_UIT_BEDRIJF",
    "DT_BEGIN_RECORD", "DT_EINDE_RECORD", *_VISIT,
    *(column.replace("VEST", "CORR") for column in _VISIT),
    "NR_TELEFOON", "NR_FAX", "E_MAIL", "INTERNET", "CODE_STAND_RECORD", "IND_OPGEHEVEN",
)  # fmt: skip
RELATION_COLUMNS = (
    "NR_ADMIN_LEID", "CODE_FUNCTIE_LEID", "CODE_SOORT_LEID", "CODE_WET_LEID", "NAAM_RELATIE_LEID",
    "NR_ADMIN_VOLG", "CODE_FUNCTIE_VOLG", "CODE_SOORT_VOLG", "CODE_WET_VOLG", "NAAM_RELATIE_VOLG",
    "DT_BEGIN_RELATIE", "DT_EINDE_RELATIE", "CODE_STAND_RECORD", "IND_OPGEHEVEN",
)  # fmt: skip
KINDS = {"po": "BAS", "so": "SPEC", "vo": "VOS", "SBAO": "SBAS"}
LAWS = {"po": "WPO", "so": "WEC", "vo": "WVO", "SBAO": "WPO"}
_FUNCTIONS = {"B": "Bestuur", "U": "Uitvoering", "D": "Onderdeel"}
_DATES = ("DT_STICHTING", "DT_IN_BEDRIJF", "DT_UIT_BEDRIJF", "DT_BEGIN_RECORD", "DT_EINDE_RECORD",
          "DT_BEGIN_RELATIE", "DT_EINDE_RELATIE", "DT_OVERGANG")  # fmt: skip


def write_register(
    path: Path,
    draws: Draws,
    before: Population,
    standing: Population,
    events: pl.DataFrame,
    as_of: date,
) -> None:
    """Write the register as it is on a day: everybody there ever was, and what became of them.

    Args:
        path: the zip.
        draws: the country's dice.
        before: who there was before any event.
        standing: who there is.
        events: what happened (``events.happenings``); who vanished stands here as if nothing had.
        as_of: the day, which is in the files' names.
    """
    everybody = _everybody(draws, before, standing, events)
    tables = {
        "ORGANISATIES": (_organisations(draws, everybody, as_of), ORGANISATION_COLUMNS),
        "RELATIES": (_relations(before, standing, everybody, events), RELATION_COLUMNS),
        "OVERGANGEN": (transitions(before, everybody, events), TRANSITION_COLUMNS),
    }
    stamp = as_of.strftime("%Y%m%d")
    files = {
        f"{name}_{stamp}.csv": _body(rows, columns) for name, (rows, columns) in tables.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(files))


def _everybody(
    draws: Draws, before: Population, standing: Population, events: pl.DataFrame
) -> pl.DataFrame:
    """``number, function, kind, law, name, place, opened_on, closed_on, key``: one row a number."""
    gone = pl.col("kind").is_in(["closes", "merges_away", "merges_as_branch", "renumbers"])
    closed = events.filter(gone).select("school", closed_on="on")
    split = events.filter(pl.col("kind") == "splits").select("branch", split_on="on")
    new = events.filter(pl.col("new_school").is_not_null()).select(
        pl.col("new_brin").alias("brin"), begun_on="on"
    )
    old = before.branches.join(closed, on="school", how="left").join(split, on="branch", how="left")
    ended = old.with_columns(closed_on=pl.coalesce("closed_on", "split_on"))
    fresh = standing.branches.join(before.branches, on="branch_code", how="anti")
    every = pl.concat([ended, fresh.join(new, on="brin", how="left")], how="diagonal")
    kinds = every.with_columns(kind=draws.weighted("kind", pl.col("origin"), SPECIAL_KINDS))
    sector = pl.when((pl.col("sector") == "so") & (pl.col("kind") == "SBAO"))
    sector = sector.then(pl.lit("SBAO")).otherwise("sector")
    described = kinds.with_columns(
        name=branch_name(draws), soort=sector.replace_strict(KINDS), law=sector.replace_strict(LAWS)
    )
    opened = _opened(draws, pl.col("origin"))
    common = {"opened_on": pl.coalesce("begun_on", opened), "closed_on": pl.col("closed_on")}
    units = described.sort("number").unique("brin", keep="first", maintain_order=True)
    return pl.concat(
        [
            _boards(draws, before),
            units.select(
                "name", "place", "law", number="brin", function=pl.lit("U"), kind="soort",
                key="branch", **common | {"closed_on": pl.when(pl.col("split_on").is_null()).then("closed_on")},
            ),
            described.select(
                "name", "place", "law", number="branch_code", function=pl.lit("D"),
                kind=pl.lit("VST"), key="branch", **common,
            ),
        ],
        how="diagonal",
    ).sort("number")  # fmt: skip


def _boards(draws: Draws, before: Population) -> pl.DataFrame:
    return before.boards.select(
        "place",
        name=names.board_name(draws, pl.col("board")),
        law=pl.lit(None, dtype=pl.String),
        number="board_number",
        function=pl.lit("B"),
        kind=pl.lit("BINS"),
        key="board",
        opened_on=_opened(draws, pl.col("board") + 50_000_000),
        closed_on=pl.lit(None, dtype=pl.Date),
    )


def _opened(draws: Draws, key: pl.Expr) -> pl.Expr:
    """1 August of 1970 to 2018."""
    return pl.date(draws.below("opened", key, 49) + 1970, 8, 1)


def _organisations(draws: Draws, everybody: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The current record of everybody, an older one of one in ten, and a future one of one in 500."""
    placed = everybody.join(places(), on="place", how="left", maintain_order="left")
    # of the code itself: a code that comes or goes changes nothing about the others
    key = pl.col("number").str.to_integer(base=36)
    closed = pl.col("closed_on").is_not_null()
    current = placed.with_columns(
        CODE_STAND_RECORD=pl.lit("A"),
        DT_BEGIN_RECORD=pl.coalesce("closed_on", "opened_on"),
        IND_OPGEHEVEN=pl.when(closed).then(pl.lit("J")).otherwise(pl.lit("N")),
        _key=key,
    )
    old = current.filter(draws.chance("older record", pl.col("_key"), 0.1)).with_columns(
        CODE_STAND_RECORD=pl.lit("H"),
        name="Oude " + pl.col("name"),
        closed_on=pl.lit(None, dtype=pl.Date),
        DT_BEGIN_RECORD="opened_on",
        DT_EINDE_RECORD=pl.coalesce("closed_on", pl.date(2019, 7, 31)),
        IND_OPGEHEVEN=pl.lit("N"),
    )
    soon = pl.date(as_of.year + 1, 8, 1)
    future = current.filter(
        ~closed & (pl.col("function") != "B") & draws.chance("announced", pl.col("_key"), 0.002)
    ).with_columns(
        CODE_STAND_RECORD=pl.lit("T"),
        closed_on=soon,
        DT_BEGIN_RECORD=soon,
        IND_OPGEHEVEN=pl.lit("J"),
    )
    rows = pl.concat([current, old, future], how="diagonal")
    return rows.sort("number", "CODE_STAND_RECORD").with_columns(
        NR_ADMINISTRATIE="number",
        NAAM_VOLLEDIG="name",
        NAAM_KORT=pl.col("name").str.slice(0, 24),
        CODE_FUNCTIE="function",
        NAAM_FUNCTIE=pl.col("function").replace_strict(_FUNCTIONS),
        CODE_SOORT="kind",
        CODE_WET="law",
        DT_STICHTING="opened_on",
        DT_IN_BEDRIJF="opened_on",
        DT_UIT_BEDRIJF="closed_on",
        NAAM_STRAAT_VEST=names.street(draws, pl.col("key")),
        POSTCODE_VEST=pl.col("postcode_digits") + "AB",  # without a space, unlike the address files
        NAAM_PLAATS_VEST="city",
        NR_GEMEENTE_VEST="municipality_number",
        PROVINCIE_VEST="province",
        E_MAIL=pl.when(pl.col("function") == "B").then(
            fill_in("info{}@example.invalid", pl.col("number"))
        ),
    )


def _relations(
    before: Population,
    standing: Population,
    everybody: pl.DataFrame,
    events: pl.DataFrame,
) -> pl.DataFrame:
    """Which board governs which school (``bestuurt``), which school has which branch (``vestigt``)."""
    spans = everybody.select(
        "number", "function", "kind", "law", begin=pl.col("opened_on"), end=pl.col("closed_on")
    )
    number = before.boards.select("board", "board_number")
    moved = pl.concat(
        events.filter(pl.col("to_board").is_not_null()).select(
            pl.col(who).alias("school"), moved_on="on"
        )
        for who in ("school", "partner")
    )
    governed = before.schools.join(number, on="board").join(moved, on="school", how="left")
    new = standing.schools.join(before.schools, on="brin", how="anti").join(number, on="board")
    after = standing.schools.join(moved, on="school").join(number, on="board")
    told = {
        "NAAM_RELATIE_LEID": pl.lit("bestuurt"),
        "NAAM_RELATIE_VOLG": pl.lit("wordt bestuurd door"),
    }
    boards = pl.concat([
        governed.select(lead="board_number", follow="brin", until="moved_on", **told),
        new.select(lead="board_number", follow="brin", **told),
        after.select(lead="board_number", follow="brin", since="moved_on", **told),
    ], how="diagonal")  # fmt: skip
    branches = everybody.filter(pl.col("function") == "D").select(
        lead=pl.col("number").str.slice(0, 4), follow="number",
        NAAM_RELATIE_LEID=pl.lit("vestigt"), NAAM_RELATIE_VOLG=pl.lit("is vestiging van"),
    )  # fmt: skip
    every = pl.concat([boards, branches], how="diagonal")
    joined = every.join(spans, left_on="follow", right_on="number", how="left").join(
        spans.select("number", "function", "kind", "law"), left_on="lead", right_on="number", how="left",
        suffix="_lead",
    )  # fmt: skip
    end = pl.coalesce("until", "end")
    over = end.is_not_null()
    return joined.sort("lead", "follow", "since", nulls_last=False).select(
        NR_ADMIN_LEID="lead",
        CODE_FUNCTIE_LEID="function_lead",
        CODE_SOORT_LEID="kind_lead",
        CODE_WET_LEID="law_lead",
        NAAM_RELATIE_LEID="NAAM_RELATIE_LEID",
        NR_ADMIN_VOLG="follow",
        CODE_FUNCTIE_VOLG="function",
        CODE_SOORT_VOLG="kind",
        CODE_WET_VOLG="law",
        NAAM_RELATIE_VOLG="NAAM_RELATIE_VOLG",
        DT_BEGIN_RELATIE=pl.coalesce("since", "begin"),
        DT_EINDE_RELATIE=end,
        CODE_STAND_RECORD=pl.when(over).then(pl.lit("H")).otherwise(pl.lit("A")),
        IND_OPGEHEVEN=pl.when(over).then(pl.lit("J")).otherwise(pl.lit("N")),
    )


def _body(rows: pl.DataFrame, columns: tuple[str, ...]) -> bytes:
    """Quote text, leave dates and blanks bare, and put the mark in front."""
    cells = []
    for name in columns:
        if name not in rows.columns:
            cells.append(pl.lit(""))
        elif name in _DATES:
            cells.append(pl.col(name).dt.to_string("%-d-%-m-%Y").fill_null(""))
        else:
            quoted = '"' + pl.col(name).str.replace_all('"', '""', literal=True) + '"'
            cells.append(quoted.fill_null(""))
    lines = rows.select(pl.concat_str(cells, separator=",")).to_series()
    body = lines.str.join("\r\n").item()
    return f"{','.join(columns)}\r\n{body}\r\n".encode("utf-8-sig")
