"""Writes the made-up country: registry files, CKAN answers, onboarding records, and what is true.

The same arguments give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from oso_pipeline.demo.addresses import board_rows, branch_rows
from oso_pipeline.demo.blemishes import blemished, extra_rows
from oso_pipeline.demo.ckan import write_addresses
from oso_pipeline.demo.dealing import Dealt, deal, truth
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.events import Nights, happenings
from oso_pipeline.demo.formats import FILE_NAMES, Form, write_duo, write_table
from oso_pipeline.demo.oddities import with_oddities
from oso_pipeline.demo.onboarding import TABLES, expected_rows
from oso_pipeline.demo.passing import dealt_after, fates, registry_after
from oso_pipeline.demo.population import Population, populate
from oso_pipeline.demo.register import FILE_NAME, write_register
from oso_pipeline.demo.rio import write_rio
from oso_pipeline.demo.text import fill_in

_SEPARATORS = {"delivery_points": ";"}  # the others have a comma; both are allowed


@dataclass(frozen=True)
class Country:
    """A country on one of its nights.

    Attributes:
        draws: its dice.
        nights: which night it is.
        before: who there was before any event.
        standing: who stands in the registry's files.
        events: what happened up to this night (``events.happenings``).
        dealt: the situations on this night.
        first_truth: what was true on the first night (``dealing.truth``).
    """

    draws: Draws
    nights: Nights
    before: Population
    standing: Population
    events: pl.DataFrame
    dealt: Dealt
    first_truth: pl.DataFrame

    @classmethod
    def make(cls, branches: int, seed: int, nights: Nights) -> Country:
        """Compute a country; nothing is written.

        Raises:
            ValueError: no country has this size, or no night this number.
        """
        if nights.night < 1 or nights.days_between < 1:
            message = f"Nights count from 1, a day or more apart, not {nights}."
            raise ValueError(message)
        draws = Draws(seed)
        before = populate(draws, branches)
        dealt = deal(draws, before)
        events = happenings(draws, before, dealt, nights)
        at_first = registry_after(before, events.filter(pl.col("night") == 1))
        return cls(
            draws=draws,
            nights=nights,
            before=before,
            standing=registry_after(before, events),
            events=events,
            dealt=dealt_after(dealt, events),
            first_truth=truth(dealt, at_first.branches),
        )

    def truth(self) -> pl.DataFrame:
        """Say what is to come out for every branch, if every earlier night was published.

        A branch has one event at most: what was connected once was so on the first night or is now.
        """
        once = self.first_truth.filter("connected").select("branch_code", once=True)
        told = truth(self.dealt, self.standing.branches)
        known = told.join(once, on="branch_code", how="left", maintain_order="left")
        lapsed = pl.col("once").fill_null(value=False) & ~pl.col("connected")
        status = pl.when(lapsed).then(pl.lit("lapsed")).otherwise("status")
        return known.with_columns(status=status).drop("once")


def write_country(
    folder: Path,
    *,
    branches: int = 300,
    seed: int = 1,
    as_of: date,
    form: Form = "today",
    night: int = 1,
    days_between: int = 1,
) -> None:
    """Write a country as it is on one night.

    Args:
        folder: gets ``duo/`` (address files and register of duo.nl), ``ckan/`` (answers and bodies),
            ``onboarding/`` (six tables, contract.md "Onboarding records") and ``truth/``
            (``branches.csv``: what is to come out for every branch; ``records.csv``: the outcome of
            every onboarding row, the header being row 1; ``locations.csv``: where RIO says that a
            branch is; ``events.csv``: what happened). A file
            that is there already is written over.
        branches: 20 to 5,000,000 on the first night.
        seed: another seed is another country.
        as_of: the day D for which the truth holds.
        form: the generation of the address files.
        night: 1 is the first; the truth of a later one counts on every earlier one having been
            published, ``days_between`` apart.
        days_between: from one night to the next; the longer, the more happens.

    Raises:
        ValueError: no country has this size, or no night this number.
    """
    country = Country.make(branches, seed, Nights(night, as_of, days_between))
    boards = board_rows(country.draws, country.standing)
    for sector, file_name in FILE_NAMES[form].items():
        rows = with_oddities(country.draws, branch_rows(country.draws, country.standing, sector))
        write_duo(rows, sector, form, folder / "duo" / file_name)
        governing = boards.filter(pl.col("sector") == sector)
        write_addresses(folder / "ckan", sector, rows, governing, as_of)
    write_register(
        folder / "duo" / FILE_NAME,
        country.draws,
        country.before,
        country.standing,
        country.events,
        as_of,
    )
    located = write_rio(folder / "ckan", country.draws, country.standing, as_of)
    write_table(_as_text(located), folder / "truth" / "locations.csv")
    _write_onboarding(country, folder)
    write_table(_as_text(country.truth()), folder / "truth" / "branches.csv")
    write_table(_as_text(_told(country)), folder / "truth" / "events.csv")


def _write_onboarding(country: Country, folder: Path) -> None:
    draws, first = country.draws, country.nights.first
    good = expected_rows(draws, country.dealt, first)
    extra = extra_rows(draws, country.dealt, country.before.spare_brins, first)
    gone = fates(country.before, country.events)
    outcomes = []
    for table in TABLES:
        known = _with_fates(table, pl.concat([good[table], extra[table]]), gone)
        rows = blemished(draws, table, known)
        outcomes.append(_outcomes(table, rows))
        exported = rows.select(TABLES[table])
        if table == "accounts":
            exported = exported.with_columns(contactpersoon_email=_address(exported))
        path = folder / "onboarding" / f"{table}.csv"
        write_table(exported, path, separator=_SEPARATORS.get(table, ","))
    write_table(_as_text(pl.concat(outcomes)), folder / "truth" / "records.csv")


def _with_fates(table: str, rows: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """Mark the rows on codes that are gone; a row of ``branches`` is about the branch."""
    code = next(name for name in ("brin", "account_name", "board_number") if name in rows.columns)
    fate = rows.join(gone, left_on=code, right_on="code", how="left", maintain_order="left")["fate"]
    if table == "branches":
        of_branch = rows.select(code=pl.col("brin") + pl.col("branch_number"))
        own = of_branch.join(gone, on="code", how="left", maintain_order="left")["fate"]
        fate = own.zip_with(own.is_not_null(), fate)
    matched = pl.col("outcome") == "matched"
    outcome = pl.when(matched & fate.is_not_null()).then(fate).otherwise("outcome")
    return rows.with_columns(outcome=outcome)


def _outcomes(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        source_table=pl.lit(table),
        source_row=pl.int_range(pl.len()) + 2,
        outcome="outcome",
    )


def _told(country: Country) -> pl.DataFrame:
    """``kind, night, on, code, partner, new_code, to_board``, as codes people know."""
    schools = country.before.schools
    brin = schools.select("school", code="brin")
    partner = schools.select(partner="school", partner_brin="brin")
    board = country.before.boards.select(to_board="board", board_number="board_number")
    told = country.events.join(brin, on="school", how="left", maintain_order="left")
    told = told.join(partner, on="partner", how="left", maintain_order="left")
    told = told.join(board, on="to_board", how="left", maintain_order="left")
    return told.select(
        "kind", "night", "on", "code", "partner_brin", "new_brin", "board_number"
    ).sort("night", "kind", "code")


def _address(accounts: pl.DataFrame) -> pl.Series:
    """A column that Mijn OSO's export should not have, and that nobody may read (RFC 2606 names)."""
    row = pl.int_range(pl.len()).cast(pl.String)
    return accounts.select(fill_in("administratie{}@example.invalid", row)).to_series()


def _as_text(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.all().cast(pl.String))
