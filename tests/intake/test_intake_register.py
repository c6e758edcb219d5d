"""register.py: the zip, its three files, and what is used, ignored or refused of them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oso_pipeline.contracts.registry import OPEN_BRANCHES
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.reading import Reading
from oso_pipeline.intake.register import read_register
from oso_pipeline.intake.register_zip import unpack_register
from oso_pipeline.registry.register import read_register_on

TRANSITIONS = ("NR_ADMIN_VAN,CODE_FUNCTIE_VAN,CODE_SOORT_VAN,CODE_WET_VAN,NR_ADMIN_NAAR,CODE_FUNCTIE_NAAR,"
               "CODE_SOORT_NAAR,CODE_WET_NAAR,DT_OVERGANG,CODE_OVERGANG,NAAM_OVERGANG,IND_VOLLEDIG,CODE_STAND_RECORD")  # fmt: skip
ORGANISATIONS = "NR_ADMINISTRATIE,CODE_FUNCTIE,NAAM_VOLLEDIG,CODE_WET,DT_IN_BEDRIJF,DT_UIT_BEDRIJF,E_MAIL,CODE_STAND_RECORD,IND_OPGEHEVEN"
RELATIONS = "NR_ADMIN_LEID,NAAM_RELATIE_LEID,NR_ADMIN_VOLG,DT_BEGIN_RELATIE,DT_EINDE_RELATIE"
OF = {"OVERGANGEN": TRANSITIONS, "ORGANISATIES": ORGANISATIONS, "RELATIES": RELATIONS}
TABLE = {"OVERGANGEN": "register_transitions", "ORGANISATIES": "register_organisations", "RELATIES": "register_relations"}  # fmt: skip


def zipped(files: dict[str, str]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode("utf-8-sig"))
    return body.getvalue()


def read(name: str, *rows: str) -> Reading:
    """One of the three files with these rows, in a zip with OVERGANGEN."""
    files = {"OVERGANGEN_20260101.csv": TRANSITIONS + "\r\n"}
    files |= {f"{name}_20260101.csv": "\r\n".join([OF[name], *rows, ""])}
    return read_register(zipped(files), snapshot_id="register-1")[TABLE[name]]


def transition(old: str = "00AA", new: str = "00BB", on: str = "1-8-2025", kind: str = "F", complete: str = "J", functions: str = "UU") -> str:  # fmt: skip
    return f'"{old}","{functions[0]}","BAS","WPO","{new}","{functions[1]}","BAS","WPO",{on},"{kind}","-","{complete}","H"'


# ---- the zip


@pytest.mark.parametrize(
    "name", ["OVERGANGEN_20260101.csv", "x/overgangen_1.CSV", "Overgangen.csv"]
)
def test_a_file_is_found_by_what_its_name_begins_with(name: str) -> None:
    body = zipped({name: TRANSITIONS + "\n", "leesmij.txt": "x"})
    assert [*unpack_register(body)] == ["register_transitions"]


def test_a_zip_of_transitions_only_is_read_and_says_what_it_cannot_know() -> None:
    found = read_register(zipped({"OVERGANGEN_1.csv": f"{TRANSITIONS}\n{transition()}\n"}), snapshot_id="1")  # fmt: skip
    assert found["register_transitions"].rows.height == 1
    told = [reading.signals.select("source", "rule").rows() for reading in found.values()]
    assert told == [[], [("register", "no_organisations")], [("register", "no_relations")]]
    assert found["register_organisations"].read.is_empty()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"ORGANISATIES_1.csv": ORGANISATIONS}, "begins with OVERGANGEN, found ORGANISATIES_1.csv"),
        ({}, "begins with OVERGANGEN, found nothing"),
        ({"OVERGANGEN_1.csv": "", "OVERGANGEN_2.csv": ""}, "found OVERGANGEN_1.csv, OVERGANGEN_2.csv"),
        ({"OVERGANGEN_1.csv": "", "oud/OVERGANGEN_1.csv": ""}, "found OVERGANGEN_1.csv, oud/OVERGANGEN_1.csv"),
    ],
)  # fmt: skip
def test_a_zip_without_exactly_one_file_of_transitions_is_refused_by_name(
    files: dict[str, str], said: str
) -> None:
    with pytest.raises(SourceUnreadable, match=said):
        unpack_register(zipped(files))


def damaged() -> bytes:
    body = bytearray(zipped({"OVERGANGEN_1.csv": TRANSITIONS * 50}))
    body[80] ^= 0xFF
    return bytes(body)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", zipped({"OVERGANGEN_1.csv": "x"})[:-30], damaged()]
)
def test_what_is_no_whole_zip_is_refused(body: bytes) -> None:
    with pytest.raises(SourceUnreadable, match="the zip cannot be unpacked"):
        unpack_register(body)


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"OVERGANGEN_1.csv": "0" * (80 * 2**20)})
    with pytest.raises(SourceUnreadable, match=r"unpack to 83,886,083, and at most 67,108,864"):
        unpack_register(bomb)


def test_a_column_that_is_missing_fails_the_source_and_a_new_one_is_signalled() -> None:
    with pytest.raises(SourceUnreadable, match="register_relations: column NR_ADMIN_VOLG is missing"):  # fmt: skip
        read_register(zipped({"OVERGANGEN_1.csv": TRANSITIONS, "RELATIES_1.csv": RELATIONS.replace("NR_ADMIN_VOLG", "X")}), snapshot_id="1")  # fmt: skip
    found = read_register(zipped({"OVERGANGEN_1.csv": TRANSITIONS + ",NIEUW\n"}), snapshot_id="1")
    assert found["register_transitions"].signals.select("rule", "subject").rows() == [
        ("new_column", "NIEUW")
    ]


# ---- OVERGANGEN


def test_a_transition_is_read() -> None:
    found = read("OVERGANGEN", transition(on="1-8-2005"), transition("00AA01", "00BB", "31-12-2024", "S", "N", "DU"))  # fmt: skip
    assert found.rows.drop("raw").rows() == [
        (2, "00AA", "00BB", "merger", True, date(2005, 8, 1)),
        (3, "00AA01", "00BB", "split", False, date(2024, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (transition(functions="SS"), "not_of_schools"),
        (transition(functions="OU"), "not_of_schools"),
        (transition("1234", "10001", functions="BB"), "old_number"),
        (transition("12-3", "12-4", functions="BB"), "old_number"),
        (transition("10001", "1234", functions="BB"), "old_number"),
    ],
)
def test_what_is_not_of_schools_or_boards_is_ignored_for_a_reason(row: str, rule: str) -> None:
    assert read("OVERGANGEN", row).ignored["rule"].to_list() == [rule]


@pytest.mark.parametrize(
    ("row", "rule", "said"),
    [
        (transition("0AAA"), "code_unreadable", "0AAA and 00BB"),
        (transition(new=""), "code_unreadable", "00AA and (empty)"),
        (transition("10001", "00BB", functions="BU"), "board_and_school", "10001 and 00BB"),
        (transition("00AA", "00AA"), "into_itself", "00AA goes on as itself"),
        (transition(on="31-2-2025"), "date_unreadable", "DT_OVERGANG 31-2-2025 is not a day"),
        (transition(on="2025-08-01"), "date_unreadable", "DT_OVERGANG 2025-08-01 is not a day"),
        (transition(on=""), "date_unreadable", "DT_OVERGANG (empty) is not a day"),
        (transition(kind="X"), "kind_unknown", "CODE_OVERGANG X is not known; expected F, V, S, D"),
        (transition(complete="?"), "complete_unknown", "IND_VOLLEDIG ? is not known"),
    ],
)
def test_what_cannot_be_is_quarantined_with_its_reason_and_the_rest_goes_on(
    row: str, rule: str, said: str
) -> None:
    found = read("OVERGANGEN", transition(), row)
    assert found.rows["source_row"].to_list() == [2]
    (refused,) = found.quarantined.to_dicts()
    assert (refused["source_row"], refused["rule"], refused["snapshot_id"]) == (3, rule, "register-1")  # fmt: skip
    assert "row 3" in refused["reason"]
    assert said in refused["reason"]


def test_a_refused_row_is_kept_as_it_was_written() -> None:
    (raw,) = read("OVERGANGEN", transition(on="31-2-2025")).quarantined["raw"]
    assert '"effective":"31-2-2025"' in raw
    assert '"complete":"J"' in raw


def test_a_function_that_nobody_knows_is_signalled_and_the_code_says_what_it_is() -> None:
    found = read("OVERGANGEN", transition(functions="XU"))
    assert found.rows.height == 1
    assert found.signals.select("rule", "subject").rows() == [("unknown_function", "X")]


def test_a_function_of_the_target_that_nobody_knows_is_signalled_too() -> None:
    assert read("OVERGANGEN", transition(functions="UX")).signals["subject"].to_list() == ["X"]


def test_a_transition_that_is_refused_beside_the_others_is_kept_as_it_was_written_too() -> None:
    files = {"OVERGANGEN_1.csv": "\n".join([TRANSITIONS, transition(), transition("00BB", "00AA"), ""])}  # fmt: skip
    rows = {name: one.rows for name, one in read_register(zipped(files), snapshot_id="1").items()}
    nobody = pl.DataFrame(schema=OPEN_BRANCHES.schema)
    refused = read_register_on(date(2026, 1, 1), rows, nobody, "1").quarantined
    assert refused["rule"].to_list() == ["transition_cycle"] * 2
    assert '"effective":"1-8-2025"' in refused["raw"][0]
    assert '"kind":"F"' in refused["raw"][0]


def test_real_transitions_are_read_whole(duo_files: Path) -> None:
    """Measured on the real file of 2025-01: partnerships and services, locations of other education, old numbers of boards."""
    text = (duo_files / "2025-01" / "OVERGANGEN_20250113.csv").read_text("utf-8-sig")
    found = read_register(zipped({"OVERGANGEN_20250113.csv": text}), snapshot_id="1")
    reading = found["register_transitions"]
    assert reading.read["rows_read"].to_list() == [8785]
    assert (reading.rows.height, reading.quarantined.height) == (7483, 0)
    assert dict(reading.ignored.group_by("rule").len().rows()) == {"not_of_schools": 1055, "other_location": 210, "old_number": 37}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "used"),
    [
        (("26CC00", "D", "WEB"), ("01OE00", "D", "WEB"), False),
        (("13YE00", "D", "WVO"), ("01OE20", "D", "WEB"), False),
        (("02KF00", "D", "WHW"), ("30BC00", "D", "WVO"), False),
        (("26CC05", "D", "WVO"), ("01OE49", "D", "WVO"), True),
        (("21CS", "U", "WEB"), ("01OE", "U", "WEB"), True),
        (("26CC05", "D", ""), ("01OE49", "D", ""), True),
    ],
)
def test_a_location_of_vocational_or_higher_education_is_no_branch(
    old: tuple[str, str, str], new: tuple[str, str, str], used: bool
) -> None:
    sides = (f'"{code}","{function}","LOC","{law}"' for code, function, law in (old, new))
    found = read("OVERGANGEN", f'{",".join(sides)},1-8-2021,"F","-","J","H"')
    assert (found.rows.height, found.ignored["rule"].to_list()) == (
        (1, []) if used else (0, ["other_location"])
    )


def test_a_file_without_a_column_that_it_may_lack_is_read_and_that_is_signalled() -> None:
    without = ",".join(name for name in TRANSITIONS.split(",") if "WET" not in name)
    row = '"00AA00","D","VST","00BB00","D","VST",1-8-2025,"F","-","J","H"'
    read = read_register(zipped({"OVERGANGEN_1.csv": f"{without}\n{row}\n"}), snapshot_id="1")
    found = read["register_transitions"]
    assert found.rows["to_code"].to_list() == ["00BB00"]
    assert found.signals.select("rule", "subject").rows() == [
        ("column_not_there", "CODE_WET_VAN"),
        ("column_not_there", "CODE_WET_NAAR"),
    ]


# ---- ORGANISATIES


def organisation(code: str = "00AA", opened: str = "1-8-1990", closed: str = "", record: str = "A", function: str = "U", law: str = "WPO") -> str:  # fmt: skip
    return f'"{code}","{function}","De Uil","{law}",{opened},{closed},"info@example.invalid","{record}","N"'


def test_an_organisation_is_read_with_its_level_its_days_and_its_state() -> None:
    rows = [organisation(), organisation("00AA01", "", "31-7-2026", "T", "D"), organisation("10001", function="B")]  # fmt: skip
    assert read("ORGANISATIES", *rows).rows.drop("source_row", "name").rows() == [
        ("00AA", "school", date(1990, 8, 1), None, "A"),
        ("00AA01", "branch", None, date(2026, 7, 31), "T"),
        ("10001", "board", date(1990, 8, 1), None, "A"),
    ]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (organisation("A"), "code_unreadable"),
        (organisation(record="X"), "record_unknown"),
        (organisation(opened="30-2-1990"), "opened_unreadable"),
        (organisation(closed="ooit"), "closed_unreadable"),
        (organisation(closed="31-7-1990"), "ends_before_it_begins"),
    ],
)
def test_an_organisation_that_cannot_be_is_quarantined_without_its_address(
    row: str, rule: str
) -> None:
    (refused,) = read("ORGANISATIES", row).quarantined.to_dicts()
    assert refused["rule"] == rule
    assert "example" not in refused["raw"]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (organisation("PO2001", function="S"), "not_of_schools"),
        (organisation("0123", function="B"), "old_number"),
        (organisation("26CC00", function="D", law="WEB"), "other_location"),
        (organisation("26CC05", function="D", law="WVO"), None),
        (organisation("26CC", law="WEB"), None),
    ],
)
def test_an_organisation_that_is_not_of_ours_is_ignored(row: str, rule: str | None) -> None:
    assert read("ORGANISATIES", row).ignored["rule"].to_list() == [rule] * (rule is not None)


# ---- RELATIES


def governs(board: str = "10001", begins: str = "1-8-2000", ends: str = "", brin: str = "00AA", what: str = "bestuurt") -> str:  # fmt: skip
    return f'"{board}","{what}","{brin}",{begins},{ends}'


def test_only_who_governs_whom_is_used() -> None:
    rows = [
        governs(),
        governs("00AA", brin="00AA00", what="vestigt"),
        governs(what="adviseert"),
        governs(what=""),
    ]
    found = read("RELATIES", *rows)
    assert found.rows.rows() == [(2, "00AA", "10001", date(2000, 8, 1), None)]
    assert found.ignored.select("source_row", "rule").rows() == [(row, "another_relation") for row in (3, 4, 5)]  # fmt: skip
    assert set(found.signals.select("rule", "subject").rows()) == {
        ("unknown_relation", "adviseert"),
        ("unknown_relation", None),
    }


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (governs("A"), "code_unreadable"),
        (governs(brin="00AA00"), "code_unreadable"),
        (governs(begins=""), "begins_unreadable"),
        (governs(ends="x"), "ends_unreadable"),
        (governs(ends="1-1-2000"), "ends_before_it_begins"),
    ],
)
def test_a_relation_that_cannot_be_is_quarantined(row: str, rule: str) -> None:
    assert read("RELATIES", row).quarantined["rule"].to_list() == [rule]


@pytest.mark.parametrize(
    ("earlier_ends", "later", "refused"),
    [
        ("", governs("10002", "1-8-2010"), []),
        ("2-8-2010", governs("10002", "1-8-2010"), [2]),
        ("1-8-2010", governs("10002", "1-8-2010"), []),
        ("31-7-2010", governs("10002", "1-8-2010"), []),
        ("", governs("10001", "1-8-2010"), []),
        ("", governs("10002", "1-8-2010", brin="00BB"), []),
    ],
    ids=["open_end", "a_day_too_long", "touching", "apart", "same_board", "another_school"],
)
def test_a_school_has_one_board_at_a_time(earlier_ends: str, later: str, refused: list[int]) -> None:  # fmt: skip
    found = read("RELATIES", governs(ends=earlier_ends), later)
    assert found.quarantined.select("source_row", "rule").rows() == [(row, "overlaps") for row in refused]  # fmt: skip


def test_a_relation_without_an_end_ends_when_the_next_one_begins_and_is_signalled() -> None:
    found = read("RELATIES", governs(ends=""), governs("10002", "1-8-2030"))
    assert found.rows["board_number"].to_list() == ["10001", "10002"]
    assert ("overlaps", "00AA") in found.signals.select("rule", "subject").rows()


# ---- the law

CELLS = st.sampled_from(["", "00AA", "00AA01", "10001", "1234", "B", "U", "S", "F", "J", "N", "A", "T", "bestuurt", "1-8-2005", "30-2-2005", "x"])  # fmt: skip


@pytest.mark.parametrize("name", OF)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_row_is_used_ignored_or_quarantined(name: str, data: st.DataObject) -> None:
    width = OF[name].count(",") + 1
    cells = st.lists(CELLS, min_size=width - 1, max_size=width + 1)
    rows = data.draw(st.lists(cells.filter(any), max_size=6))
    found = read(name, *(",".join(row) for row in rows), ",".join(["x"] * width))
    accounted = [found.rows["source_row"], found.ignored["source_row"], found.quarantined["source_row"]]  # fmt: skip
    together = pl.concat([rows.cast(pl.Int64).rename("row") for rows in accounted])
    assert together.n_unique() == together.len() == found.read["rows_read"].item()
