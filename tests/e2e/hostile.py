"""A made-up country whose delivery and registry hold what may never be published, and names that look like formulas."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from oso_pipeline.demo.ckan import write_package
from oso_pipeline.demo.country import write_country

EMAIL = "j.achterberg@geheim.example"
TELEPHONE = "06-98765432"
TELEPHONES = (TELEPHONE, "0592-987654", "+31 592 987654", "0698765432", "06-98-76-54-32")
KEY = "SLEUTEL-7f3a9c1e5b2d"
PERSON = "Jantine Vriesendorp-Achterberg"
ACCOUNT_TO_COME = "2041-07-04"
DECISIONS = f"""decision,subject,value,reason,evidence,author,decided_on,expires_on,kop {EMAIL}
ignore_flag,00AH,delivery_point_pending,Bel {TELEPHONE},mail van {EMAIL},{EMAIL},2026-01-01,,x
ignore_flag,{EMAIL},delivery_point_pending,x,,x,2026-01-01,,x
served_by,00AH02,{TELEPHONES[4]},x,,x,{EMAIL},,x
"""
"""The first one counts; the others cannot be carried out."""

SECRETS = (EMAIL, *TELEPHONES, KEY, PERSON, ACCOUNT_TO_COME)

FORMULA = '=HYPERLINK("http://kwaad.example")'
FORMULA_SIGNS = "=+-@"

_LONG_AGO = timedelta(days=40_000)
ACCOUNT_YEARS = r"19[01][0-9]"
"""All dates of accounts are set back to these years, in which nothing else of the country happened."""

Row = dict[str, str]


def write_hostile_country(folder: Path, *, as_of: date, night: int, days_between: int) -> None:
    """A country of 300 branches on one of its nights, with all of it planted."""
    write_country(folder, branches=300, as_of=as_of, night=night, days_between=days_between)
    for path in sorted((folder / "onboarding").glob("*.csv")):
        separator = ";" if path.stem == "delivery_points" else ","
        _rewrite(path, _spoil_record, separator=separator, more=_MORE.get(path.stem, ()))
    (folder / "onboarding" / f"lijst van {EMAIL}.csv").write_text("a\n1\n")
    for path in sorted((folder / "duo").glob("*.csv")):
        _rewrite(path, _spoil_branch, separator=";", encoding="cp1252")
    for kind in ("bo", "so", "vo"):
        _rewrite(folder / "ckan" / "files" / f"besturen{kind}.csv", _spoil_board)
        files = [f"{table}{kind}.csv" for table in ("vestigingen", "instellingen", "besturen")]
        write_package(folder / "ckan", f"adressen_{kind}", files, as_of)


_MORE: dict[str, tuple[Row, ...]] = {
    "accounts": (
        {"account_name": EMAIL, "kind": "school", "requested_on": "1913-03-02"},
        {"account_name": TELEPHONES[3], "kind": "board"},
        {"account_name": "00AH", "kind": "school", "requested_on": "1913-02-30"},
        {"account_name": "00AH", "kind": "school", "requested_on": ACCOUNT_TO_COME},
    ),
    "branches": ({"brin": "00", "name": f"Bel {TELEPHONES[1]} of {EMAIL}"},),
    "delivery_points": (
        {"brin": "00AH", "number": TELEPHONE, "kind": "las", "las": EMAIL},
        {"brin": "00AH", "number": "1", "kind": "las", "las": f"ESIS, bel {TELEPHONES[4]}"},
    ),
    "test_exchanges": ({"brin": "00AH", "partner_brin": TELEPHONES[2], "result": "passed"},),
}
"""Rows of which a code is no code: they are refused, or kept with an odd value."""


def _spoil_record(row: Row) -> Row:
    """Columns that no delivery should have, old dates for accounts, and a product that looks like a formula."""
    private = {"contactpersoon": PERSON, "e-mail": EMAIL, "telefoon": TELEPHONE, "sleutel": KEY}
    private |= {f"kolom van {EMAIL}": "x", TELEPHONES[4]: "x"}
    spoiled = row | private
    if "account_name" in row:
        spoiled |= {name: _set_back(row[name]) for name in row if name.endswith("_on")}
    if row.get("las") == "ESIS":
        spoiled["las"] = FORMULA
    return spoiled


def _set_back(text: str) -> str:
    try:
        return (
            (date.fromisoformat(text[:10]) - _LONG_AGO).isoformat()
            if text != ACCOUNT_TO_COME and text > "1920"
            else text
        )
    except ValueError:
        return text


def _spoil_branch(row: Row) -> Row:
    sign = FORMULA_SIGNS[int(row["VESTIGINGSCODE"][:2]) % 4]
    more = f" ({EMAIL})" if sign == "@" else ""
    return _with_contacts(row) | {"VESTIGINGSNAAM": sign + row["VESTIGINGSNAAM"] + more}


def _spoil_board(row: Row) -> Row:
    sign = FORMULA_SIGNS[int(row["BEVOEGD GEZAG NUMMER"]) % 4]
    more = f" ({EMAIL}, {TELEPHONES[4]})" if sign == "@" else ""
    return _with_contacts(row) | {"BEVOEGD GEZAG NAAM": sign + row["BEVOEGD GEZAG NAAM"] + more}


def _with_contacts(row: Row) -> Row:
    contacts = {"TELEFOONNUMMER": TELEPHONES[3], "INTERNETADRES": f"{TELEPHONES[1]} / {EMAIL}"}
    return row | contacts | {f"KOLOM VAN {EMAIL}": "x"}


def _rewrite(
    path: Path,
    spoil: Callable[[Row], Row],
    *,
    separator: str = ",",
    encoding: str = "utf-8",
    more: tuple[Row, ...] = (),
) -> None:
    with path.open(encoding=encoding, newline="") as file:
        rows = list(csv.DictReader(file, delimiter=separator))
    blank = dict.fromkeys(rows[0], "")
    spoiled = [spoil(row) for row in [*rows, *(blank | row for row in more)]]
    line_end = "\r\n" if encoding == "cp1252" else "\n"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(
            file, list(spoiled[0]), delimiter=separator, lineterminator=line_end
        )
        writer.writeheader()
        writer.writerows(spoiled)
