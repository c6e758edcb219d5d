"""Reading, for the pandas peer: bytes to typed frames in the order of the file.

A frame holds every row: `rule` names what refuses one (missing: it can be used), `again` marks what repeats an earlier row,
`repairs` says how it was written otherwise than it is read. Beside it stand the refused rows, as the `quarantine` table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes
from benchmarks.marts.pandas_quarantine import Rules, refuse, refuse_boards, refuse_branches
from benchmarks.marts.pandas_repairs import find_repairs

BRANCH_FILES = {
    "po": "02.-alle-schoolvestigingen-basisonderwijs.csv",
    "so": "09.-alle-vestigingen-sbo-so-en-vso.csv",
    "vo": "02.-alle-vestigingen-vo.csv",
}
PROVINCES = {"Friesland": "Fryslân"} | {
    name.replace("-", " "): name for name in ("Noord-Brabant", "Noord-Holland", "Zuid-Holland")
}
BRANCH_COLUMNS = {
    "PROVINCIE": "province",
    "BEVOEGD GEZAG NUMMER": "board_number",
    "INSTELLINGSCODE": "brin",
    "VESTIGINGSCODE": "branch_code",
    "VESTIGINGSNAAM": "branch_name",
    "STRAATNAAM": "street",
    "HUISNUMMER-TOEVOEGING": "house_number",
    "POSTCODE": "postcode",
    "PLAATSNAAM": "city",
    "GEMEENTENUMMER": "municipality_number",
    "GEMEENTENAAM": "municipality",
}
BOARD_FILES = {"po": "besturenbo.csv", "so": "besturenso.csv", "vo": "besturenvo.csv"}
BOARD_COLUMNS = {"BEVOEGD GEZAG NUMMER": "board_number", "BEVOEGD GEZAG NAAM": "board_name"}
ONBOARDING = {
    "accounts": "account_name kind requested_on letter_sent_on activated_on closed_on",
    "agreements": "board_number kind signed_on ended_on",
    "branches": "brin branch_number name added_on removed_on",
    "delivery_points": "brin number kind branch_number las requested_on approved_on key_issued_on registered_on ended_on",
    "questionnaires": "brin status submitted_on",
    "test_exchanges": "brin delivery_point_number partner_brin profile performed_on result",
}
CHOICES = {
    "accounts": ("kind", ["school", "board"]),
    "agreements": ("kind", ["base", "swv_extension"]),
    "questionnaires": ("status", ["draft", "submitted", "approved", "rejected"]),
    "delivery_points": ("kind", ["las", "ot", "ldos", "swv"]),
    "test_exchanges": ("result", ["passed", "failed"]),
}
SPANS = {
    "accounts": ("activated_on", "closed_on"),
    "agreements": ("signed_on", "ended_on"),
    "branches": ("added_on", "removed_on"),
    "delivery_points": ("registered_on", "ended_on"),
}
Read = tuple[pd.DataFrame, pd.DataFrame]


def read_texts(path: Path, names: dict[str, str], encoding: str) -> pd.DataFrame:
    """These columns under our names as text, blanks missing, and `source_row` as a person counts."""
    with path.open("rb") as file:
        header = file.readline()
    rows = pd.read_csv(
        path,
        sep=";" if header.count(b";") >= header.count(b",") else ",",
        encoding=encoding,
        engine="pyarrow",
        dtype="str",
        usecols=[*names],
        keep_default_na=False,
    )
    texts = {ours: codes.blank_as_missing(rows[theirs]) for theirs, ours in names.items()}
    return pd.DataFrame(texts | {"source_row": np.arange(2, len(rows) + 2)})


def read_branch_file(path: Path, sector: str) -> Read:
    text = read_texts(path, BRANCH_COLUMNS, "cp1252")
    school = codes.brin(text["brin"])
    rows = text.drop(columns="municipality_number").assign(
        sector=sector,
        brin=school,
        branch_code=codes.branch_code(text["branch_code"], school),
        board_number=codes.board_number(text["board_number"]),
        postcode=codes.postcode(text["postcode"]),
        province=text["province"].replace(PROVINCES),
    )
    return rows, refuse_branches(sector, text[rows["branch_code"].isna()])


def read_board_file(path: Path, source: str) -> Read:
    text = read_texts(path, BOARD_COLUMNS, "utf-8")
    rows = text.assign(board_number=codes.board_number(text["board_number"]))
    return rows, refuse_boards(source, text[rows["board_number"].isna()])


def read_table(path: Path, table: str) -> Read:
    """One of the six tables, typed, with `rule`, `again` and `repairs`."""
    names = ONBOARDING[table].split()
    text = read_texts(path, {name: name for name in names}, "utf-8")
    rows = text.copy()
    word, choices = CHOICES.get(table, (None, []))
    begin, end = SPANS.get(table, (None, None))
    if word:
        rows[word] = codes.once_per_text(text[word], lambda one: one.str.lower())
    rules = _READ_CODES[table](text, rows)
    for name in (name for name in names if name.endswith("_on")):
        rows[name] = codes.day(text[name])
        rules.append(("date_unreadable", name, text[name].notna() & rows[name].isna()))
    if word:
        rules.append(("not_of_the_list", word, ~codes.among(rows[word], pd.Series(choices))))
    if end:
        rules.append(("end_before_begin", end, rows[end] < rows[begin]))
    expected = {"not_of_the_list": ", ".join(choices), "end_before_begin": str(begin)}
    rows["rule"], refused = refuse(table, text, rules, expected)
    refused["subject"] = rows[names[0]]
    rows["again"] = rows.loc[rows["rule"].isna(), names].duplicated().reindex(rows.index, fill_value=False)  # fmt: skip
    rows["repairs"] = find_repairs(table, text, rows)
    return rows, refused


def _read_accounts(text: pd.DataFrame, rows: pd.DataFrame) -> Rules:
    of_school, of_board = rows["kind"] == "school", rows["kind"] == "board"
    school = codes.brin(text["account_name"].where(of_school))
    board = codes.board_number(text["account_name"].where(of_board))
    rows["account_name"] = school.fillna(board)
    return [
        ("brin_unreadable", "account_name", of_school & school.isna()),
        ("board_number_unreadable", "account_name", of_board & board.isna()),
    ]


def _read_agreements(text: pd.DataFrame, rows: pd.DataFrame) -> Rules:
    rows["board_number"] = codes.board_number(text["board_number"])
    return [("board_number_unreadable", "board_number", rows["board_number"].isna())]


def _read_school(text: pd.DataFrame, rows: pd.DataFrame) -> Rules:
    rows["brin"] = codes.brin(text["brin"])
    return [("brin_unreadable", "brin", rows["brin"].isna())]


def _read_branches(text: pd.DataFrame, rows: pd.DataFrame) -> Rules:
    rules = _read_school(text, rows)
    joined = codes.joined_number(text["brin"])
    written = codes.branch_number(text["branch_number"], rows["brin"])
    rows["branch_number"] = written.fillna(joined)
    unreadable = rows["branch_number"].isna() | (text["branch_number"].notna() & written.isna())
    contradicted = joined.notna() & (joined != rows["branch_number"])
    return [
        *rules,
        ("branch_number_unreadable", "branch_number", unreadable),
        ("branch_contradicted", "brin", contradicted),
    ]


def _read_delivery_points(text: pd.DataFrame, rows: pd.DataFrame) -> Rules:
    rules = _read_school(text, rows)
    joined = codes.joined_number(text["brin"])
    rows["number"] = codes.point_number(text["number"])
    rows["branch_number"] = codes.branch_number(text["branch_number"], rows["brin"])
    by_convention = codes.number_by_convention(rows["number"]).where(rows["kind"] == "las")
    otherwise = rows["branch_number"].fillna(by_convention)
    unreadable = text["branch_number"].notna() & rows["branch_number"].isna()
    contradicted = joined.notna() & (joined != otherwise)
    return [
        *rules,
        ("link_unreadable", "branch_number", unreadable),
        ("branch_contradicted", "brin", contradicted),
    ]


def _read_test_exchanges(text: pd.DataFrame, rows: pd.DataFrame) -> Rules:
    rules = _read_school(text, rows)
    rows["delivery_point_number"] = codes.point_number(text["delivery_point_number"])
    rows["partner_brin"] = codes.brin(text["partner_brin"]).fillna(text["partner_brin"])
    rows["profile"] = codes.once_per_text(text["profile"], lambda one: one.str.upper())
    return rules


_READ_CODES = {
    "accounts": _read_accounts,
    "agreements": _read_agreements,
    "branches": _read_branches,
    "delivery_points": _read_delivery_points,
    "questionnaires": _read_school,
    "test_exchanges": _read_test_exchanges,
}


def read_country(country: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.DataFrame], pd.DataFrame]:  # fmt: skip
    """Branch rows, board rows, the six tables, and the quarantine."""
    of_branches = [read_branch_file(country / "duo" / name, sector) for sector, name in BRANCH_FILES.items()]  # fmt: skip
    of_boards = [read_board_file(country / "ckan" / "files" / name, f"boards_{sector}") for sector, name in BOARD_FILES.items()]  # fmt: skip
    tables = {name: read_table(country / "onboarding" / f"{name}.csv", name) for name in ONBOARDING}
    refused = pd.concat([bad for _, bad in (*of_branches, *of_boards, *tables.values())])
    return (
        pd.concat([rows for rows, _ in of_branches], ignore_index=True),
        pd.concat([rows for rows, _ in of_boards], ignore_index=True),
        {name: rows for name, (rows, _) in tables.items()},
        refused.sort_values(["source", "source_row", "rule"], ignore_index=True),
    )
