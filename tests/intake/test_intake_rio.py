"""rio.py: three files found through the catalogue, and what is used, ignored or refused of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.http import Fetcher, Patience
from oso_pipeline.intake.reading import Reading
from oso_pipeline.intake.rio import RIO_FILES, fetch_rio_file, read_rio_file

HEADERS = {
    "rio_locations": "ONDERWIJSLOCATIECODE,POSTCODE,GPS_LATITUDE,GPS_LONGITUDE",
    "rio_uses": "ONDERWIJSLOCATIECODE,VESTIGINGSCODE,BEGINDATUM,EINDDATUM",
    "rio_memberships": "SAMENWERKINGSVERBANDCODE,VESTIGINGSCODE,BEGINDATUM,EINDDATUM",
}


def read(source: str, *rows: str) -> Reading:
    body = "\n".join([HEADERS[source], *rows, ""]).encode()
    return read_rio_file(body, source, snapshot_id="rio-1")


def odd(reading: Reading) -> list[tuple[str, str]]:
    return reading.signals.select("rule", "subject").rows()


def test_a_location_is_read_in_degrees_with_its_postcode() -> None:
    found = read("rio_locations", "100X001,1234ab,52.1,5.2", '100X002,1234 AB,"52,1","5,2"', "100X003,,,")  # fmt: skip
    assert found.rows.rows() == [
        (2, "100X001", 52.1, 5.2, "1234 AB"),
        (3, "100X002", 52.1, 5.2, "1234 AB"),
        (4, "100X003", None, None, None),
    ]
    assert odd(found) == []


def test_locations_without_postcodes_are_read_and_that_is_signalled() -> None:
    body = b"ONDERWIJSLOCATIECODE,GPS_LATITUDE,GPS_LONGITUDE\n100X001,52.1,5.2\n"
    found = read_rio_file(body, "rio_locations", snapshot_id="rio-1")
    assert found.rows.rows() == [(2, "100X001", 52.1, 5.2, None)]
    assert odd(found) == [("column_not_there", "POSTCODE")]


def test_a_column_that_the_file_may_do_without_and_that_was_renamed_is_told_with_its_likely_new_name() -> (
    None
):
    body = b"ONDERWIJSLOCATIECODE,GPS_LATITUDE,GPS_LONGITUDE,POST_CODE\n100X001,52.1,5.2,1234AB\n"
    found = read_rio_file(body, "rio_locations", snapshot_id="rio-1")
    assert found.signals["reason"].to_list() == [
        "Column 'POST_CODE' is not known and was not read (the nearest name is 'POSTCODE').",
        "Column 'POSTCODE' is not there (the nearest name is 'POST_CODE'); the file is read without it.",
    ]


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ("0,0", "coordinates_outside_country"),
        ("5.2,52.1", "coordinates_outside_country"),
        ("17.5,-62.9", "coordinates_outside_country"),
        ("52.1,15.2", "coordinates_outside_country"),
        ("noord,5.2", "coordinates_unreadable"),
    ],
)
def test_a_place_that_cannot_be_is_left_empty_and_signalled(place: str, rule: str) -> None:
    found = read("rio_locations", f"100X001,1,{place}")
    assert found.rows.rows() == [(2, "100X001", None, None, "1")]
    assert odd(found) == [(rule, "100X001")]


def test_of_a_location_that_stands_there_twice_the_first_counts() -> None:
    found = read("rio_locations", "100X001,1,52.1,5.2", "100X001,2,52.3,5.4")
    assert found.rows["source_row"].to_list() == [2]
    assert found.ignored.rows() == [("rio_locations", 3, "code_again")]


def test_only_what_has_no_end_counts() -> None:
    found = read("rio_uses", "100X001,00AA00,2000-08-01,", "100X002,00AA00,2000-08-01,2020-07-31")
    assert found.rows.rows() == [(2, "100X001", "00AA00")]
    assert found.ignored.rows() == [("rio_uses", 3, "ended")]


def test_what_stands_for_no_branch_is_ignored() -> None:
    found = read("rio_uses", "100X001,107X418,2000-08-01,")
    assert found.ignored["rule"].to_list() == ["not_a_branch_code"]


@pytest.mark.parametrize(
    ("source", "row", "rule", "said"),
    [
        ("rio_locations", "100,1,52,5", "location_code_unreadable", "ONDERWIJSLOCATIECODE 100"),
        ("rio_locations", ",1,52,5", "location_code_unreadable", "ONDERWIJSLOCATIECODE (empty)"),
        ("rio_uses", "100X001,00AA,,", "branch_code_unreadable", "VESTIGINGSCODE 00AA"),
        ("rio_uses", "100X001,00AA00,,ooit", "end_unreadable", "EINDDATUM ooit"),
        ("rio_memberships", "PO2001,00AA0,,", "branch_code_unreadable", "VESTIGINGSCODE 00AA0"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_its_reason(
    source: str, row: str, rule: str, said: str
) -> None:
    (refused,) = read(source, row).quarantined.to_dicts()
    assert (refused["rule"], refused["source_row"]) == (rule, 2)
    assert said in refused["reason"]


def test_a_partnership_is_read_and_an_odd_number_is_left_empty() -> None:
    found = read("rio_memberships", "PO2001,00AA00,,", "30.05,00AA01,,")
    assert found.rows.rows() == [(2, "PO2001", "00AA00"), (3, None, "00AA01")]
    assert odd(found) == [("partnership_unreadable", "30.05")]


def test_a_column_that_is_missing_fails_the_source() -> None:
    with pytest.raises(SourceUnreadable, match="rio_uses: column EINDDATUM is missing"):
        read_rio_file(b"ONDERWIJSLOCATIECODE,VESTIGINGSCODE\n", "rio_uses", snapshot_id="1")


@pytest.mark.parametrize("source", RIO_FILES)
def test_a_file_is_found_through_the_catalogue(
    httpserver: HTTPServer, tmp_path: Path, source: str
) -> None:
    resource = {"name": RIO_FILES[source], "url": httpserver.url_for("/it")}
    httpserver.expect_request(
        "/api/3/action/package_show", query_string="id=rio_nfo_po_vo_vavo_mbo_ho"
    ).respond_with_json({"success": True, "result": {"resources": [resource]}})
    httpserver.expect_request("/it").respond_with_data(HEADERS[source] + "\n")
    base = httpserver.url_for("/")
    with Fetcher([base], Patience(attempts=1)) as fetcher:
        fetch_rio_file(fetcher, base, source, tmp_path / "body")
    assert (tmp_path / "body").read_text() == HEADERS[source] + "\n"
