"""delimited.py: both serialisations, every row at its number, and nothing cut, joined or guessed in silence."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake import delimited
from oso_pipeline.intake.delimited import SOURCE_ROW, Delimited, read_delimited


def read(body: str | bytes, encodings: tuple[str, ...] = ("utf-8", "cp1252")) -> Delimited:
    raw = body.encode() if isinstance(body, str) else body
    return read_delimited(raw, what="po", encodings=encodings)


def rows(body: str | bytes) -> list[tuple[Any, ...]]:
    found = read(body)
    return found.rows.select(SOURCE_ROW, *found.header).rows()


def refusal(body: str | bytes) -> str:
    with pytest.raises(SourceUnreadable) as refused:
        read(body)
    return str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        "CODE;NAAM\r\n0599;Scholengroep 't Één\r\n".encode("cp1252"),
        '"CODE","NAAM"\n"0599","Scholengroep \'t Één"\n'.encode(),
        "\ufeffCODE,NAAM\n0599,Scholengroep 't Één\n".encode(),
        "CODE;NAAM\r0599;Scholengroep 't Één\r".encode(),
        " CODE ;NAAM \n 0599 ;  Scholengroep 't Één  ".encode(),
    ],
)
def test_every_serialisation_of_a_table_reads_as_the_same_text(body: bytes) -> None:
    assert rows(body) == [(2, "0599", "Scholengroep 't Één")]
    assert read(body).header == ["CODE", "NAAM"]


def test_windows_quotes_are_letters_and_not_control_characters() -> None:
    assert rows(b"A;B\nx;\x91t Hof\n") == [(2, "x", "\u2018t Hof")]


def test_a_blank_is_absent_however_wide() -> None:
    assert rows('A;B;C\nx; ;      \ny;"";" "\n') == [(2, "x", None, None), (3, "y", None, None)]


@pytest.mark.parametrize("blank", ["", "   ", ";", " ; ", '"";""', ";;;;"])
def test_a_blank_row_is_no_row_and_keeps_the_numbering(blank: str) -> None:
    found = read(f"A;B\n1;x\n{blank}\n2;y\n")
    assert found.rows.rows() == [(2, "1", "x"), (4, "2", "y")]
    assert found.misfits.is_empty()


def test_separators_and_quotes_within_quotes_are_text() -> None:
    assert rows('A;B\n"a;b";"zegt ""ja"""\n') == [(2, "a;b", 'zegt "ja"')]


def test_a_line_end_within_quotes_is_text_and_counts_as_one_row() -> None:
    assert rows('A;B\n"one\r\ntwo";x\n3;y\n') == [(2, "one\ntwo", "x"), (3, "3", "y")]


def test_a_quote_within_an_unquoted_field_is_text() -> None:
    assert rows('A;B\na"x;y"b\n') == [(2, 'a"x', 'y"b')]


def test_rows_that_do_not_fit_are_given_back_by_number_without_their_fields() -> None:
    found = read("A;B\n1;x\n2;y;z\n3\n4;w\n")
    assert found.rows.rows() == [(2, "1", "x"), (5, "4", "w")]
    assert found.misfits.rows() == [(3, 3), (4, 1)]


def test_a_control_character_in_a_name_is_no_separator() -> None:
    assert rows("A;B\nx\x1fy;z\n") == [(2, "x\x1fy", "z")]


@pytest.mark.parametrize("body", ["A;B", "A;B\n", "A;B\n\n", "A;B\r\n  \r\n"])
def test_a_header_alone_is_an_empty_table(body: str) -> None:
    assert rows(body) == []


def test_a_header_that_comes_twice_is_a_row_for_the_reader_to_judge() -> None:
    assert rows("A;B\nA;B\n1;x\n") == [(2, "A", "B"), (3, "1", "x")]


def test_a_cut_last_line_is_refused_by_number() -> None:
    assert "the last line (row 3) stops after 1 of 2 fields" in refusal("A;B\n1;x\n2")


def test_a_file_cut_within_quotes_is_refused_by_the_row_in_which_it_was() -> None:
    assert "row 3 cannot be read" in refusal('A;B\n1;x\n2;"y')


def test_a_last_line_that_is_whole_needs_no_line_end() -> None:
    assert rows('A;B\n1;"x\ny"') == [(2, "1", "x\ny")]


def test_a_quote_that_never_closes_is_refused_by_the_row_where_it_opens() -> None:
    assert "row 3 cannot be read" in refusal('A;B\n1;x\n2;"y\n' + "3;z\n" * 50)


def test_text_after_a_closing_quote_is_refused_by_number() -> None:
    assert "row 2 cannot be read" in refusal('A;B\n"x"y;z\n')


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", "an empty first row"),
        ("\n1;2\n", "an empty first row"),
        ('A;"B\nC"\n', "row 1 cannot be read"),
        ('"' + "x" * 200_000 + '"\n', "row 1 cannot be read"),
    ],
)
def test_a_header_that_is_none_is_refused(body: str, found: str) -> None:
    assert found in refusal(body)


def test_the_separator_is_the_one_that_stands_between_the_names_and_not_within_them() -> None:
    found = read('"A","B; of C; of D"\nx;y,z\n')
    assert (found.separator, found.header) == (",", ["A", "B; of C; of D"])
    assert found.rows["A"].to_list() == ["x;y"]


def test_a_column_with_the_name_of_our_row_number_does_no_harm() -> None:
    found = read("source_row;B\n7;x\n")
    assert found.header == ["source_row (of the file)", "B"]
    assert found.rows[SOURCE_ROW].to_list() == [2]


def test_a_column_without_a_name_or_with_that_of_an_earlier_one_gets_a_name_of_its_own() -> None:
    found = read("A;;B;A;;A\n1;2;3;4;5;6\n")
    assert found.header == [
        "A",
        "(no name, column 2)",
        "B",
        "A (again, column 4)",
        "(no name, column 5)",
        "A (again, column 6)",
    ]
    assert found.again == ["A"]
    assert found.rows.drop(SOURCE_ROW).row(0) == ("1", "2", "3", "4", "5", "6")


def test_a_byte_of_no_known_encoding_is_refused_by_row() -> None:
    assert "byte 0x81 in row 2 is not cp1252" in refusal(b"A;B\n\x81;x\n")


def test_only_the_encodings_asked_for_are_tried() -> None:
    with pytest.raises(SourceUnreadable, match="byte 0xe9 in row 2 is not utf-8"):
        read("A;B\né;x\n".encode("cp1252"), encodings=("utf-8",))


def test_a_damaged_utf_8_file_is_not_taken_for_windows_1252() -> None:
    body = "A;B\n" + "één;Fryslân\n" * 3
    assert "byte 0xff in row 5 is not utf-8, and the rest is" in refusal(
        body.encode() + b"\xff;x\n"
    )


TEXT = st.text(st.sampled_from("ab;,\"'\n\r\t \x1fé€0"), max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=6)
)


def meant(field: str) -> str | None:
    """What a written field is read as: line ends are one character, blanks around it are nothing."""
    return field.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\r\n") or None


@given(
    table=TABLES,
    separator=st.sampled_from(";,"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_what_a_csv_writer_writes_is_what_is_read(
    table: list[list[str]], separator: str, quoting: Any, encoding: str
) -> None:
    width = len(table[0]) if table else 2
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=quoting)
    writer.writerows([[f"C{n}" for n in range(width)], *table])
    found = read(text.getvalue().encode(encoding))
    assert found.rows.select(SOURCE_ROW, *found.header).rows() == [
        (row, *map(meant, fields))
        for row, fields in enumerate(table, start=2)
        if any(map(meant, fields))
    ]
    assert found.misfits.is_empty()


@given(st.text(st.sampled_from('ab;"\n '), max_size=30))
def test_the_fast_road_and_the_slow_road_agree_wherever_the_fast_one_is_taken(below: str) -> None:
    header, text = ["A", "B"], f"A;B\n{below}".encode()
    lines = delimited._lines(text)
    assert lines is not None
    if delimited._every_line_fits(lines, ";", 2):
        fast = delimited._read_line_by_line(text, ";", header, header)
        slow, misfits = delimited._read_record_by_record(below, ";", header, "po")
        blank_row = ("", "")
        both = [
            [tuple((f or "").strip() for f in row) for row in frame.rows()]
            for frame in (fast, slow)
        ]
        for road in both:
            while road and road[-1] == blank_row:  # a blank last line is a row for one of them
                road.pop()
        assert both[0] == both[1]
        assert misfits.is_empty()
        blank = set(delimited._blank_lines(lines, ";"))
        seen = set(delimited._numbered(slow).collect()[SOURCE_ROW]) - set(
            delimited._blank_records(slow)
        )
        assert set(range(2, lines.len() + 2)) - blank == seen


@given(TABLES, st.data())
def test_a_column_read_alone_is_the_same_column(
    table: list[list[str]], data: st.DataObject
) -> None:
    width = len(table[0]) if table else 2
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([[f"C{n}" for n in range(width)], *table])
    found = read(text.getvalue())
    asked = data.draw(st.permutations(found.header))[: data.draw(st.integers(1, width))]
    assert_frame_equal(found.read(asked), found.rows.select(SOURCE_ROW, *asked))


@given(st.binary(max_size=60))
def test_whatever_arrives_is_read_or_refused_in_a_sentence(body: bytes) -> None:
    try:
        found = read(b"A;B\n" + body)
    except SourceUnreadable as error:
        assert str(error).startswith("po: ")  # noqa: PT017 - read or refused: both are right
    else:
        assert found.rows[SOURCE_ROW].is_sorted()
