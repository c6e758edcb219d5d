"""board_files.py: the catalogue's answer, and the boards' names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.board_files import fetch_board_file, read_board_file
from oso_pipeline.intake.http import Arrival, Fetcher, Patience

BODY = '"BEVOEGD GEZAG NUMMER","BEVOEGD GEZAG NAAM"\n"10249","Stichting Één"\n'
SHOW = "/api/3/action/package_show"


def fetch(httpserver: HTTPServer, into: Path) -> Arrival:
    with Fetcher([httpserver.url_for("/")], Patience(attempts=1)) as fetcher:
        return fetch_board_file(fetcher, httpserver.url_for("/"), "boards_po", into / "body")


def refusal(httpserver: HTTPServer, into: Path, answer: Any) -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    httpserver.expect_request(SHOW).respond_with_data(text)
    with pytest.raises(SourceUnreadable) as refused:
        fetch(httpserver, into)
    return str(refused.value)


def package(*resources: Any) -> dict[str, Any]:
    return {"success": True, "result": {"resources": [*resources]}}


@pytest.mark.parametrize("named_by", ["name", "url"])
def test_the_file_is_found_by_its_name_or_the_end_of_its_address(
    httpserver: HTTPServer, tmp_path: Path, named_by: str
) -> None:
    path = "/x/BesturenBO.csv" if named_by == "url" else "/x/1234"
    url = httpserver.url_for(path)
    name = "Besturen van het basisonderwijs" if named_by == "url" else "besturenbo.csv"
    httpserver.expect_request(SHOW, query_string="id=adressen_bo").respond_with_json(
        package({"name": "vestigingenbo.csv", "url": "x"}, {"name": name, "url": url + "?v=2"})
    )
    httpserver.expect_request(path).respond_with_data(BODY)
    assert fetch(httpserver, tmp_path).url == url + "?v=2"
    assert (tmp_path / "body").read_text("utf-8") == BODY


def test_a_resource_that_was_renamed_is_refused_and_the_names_found_are_shown(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    answer = package({"name": "bevoegdgezagbo.csv", "url": "https://x/y"})
    message = refusal(httpserver, tmp_path, answer)
    assert "expected a resource besturenbo.csv, found bevoegdgezagbo.csv" in message
    assert "intake/board_files.py" in message


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (package(), "found none"),
        (package(None, "x", {"name": None}), "found none"),
        ("<html>Onderhoud</html>", "expected the catalogue's JSON"),
        ("\xff", "expected the catalogue's JSON"),
        ("[" * 100_000, "expected the catalogue's JSON"),
        ({"success": False, "error": {"message": "Not found"}}, "expected success"),
        ({"success": False, "result": {"resources": []}}, "expected success"),
        ({"success": True, "result": None}, "expected success and a list"),
        ({"success": True, "result": {"resources": {}}}, "expected success and a list"),
        ([], "expected success and a list"),
        ("null", "expected success and a list"),
    ],
)
def test_an_answer_of_another_shape_is_refused_and_shown(
    httpserver: HTTPServer, tmp_path: Path, answer: Any, found: str
) -> None:
    assert found in refusal(httpserver, tmp_path, answer)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "boards_po (http://"),
        ("", "expected an address of resource besturenbo.csv, found none"),
        ("besturenbo.csv", "not at a host that may be asked"),
        ("https://elsewhere.example/b.csv", "not at a host that may be asked"),
    ],
)
def test_a_resource_at_another_host_or_without_address_is_not_asked_for(
    httpserver: HTTPServer, tmp_path: Path, url: str | None, said: str
) -> None:
    message = refusal(httpserver, tmp_path, package({"name": "besturenbo.csv", "url": url}))
    assert said in message
    assert len(httpserver.log) == 1


def test_of_two_resources_of_one_name_none_is_taken_unless_one_alone_is_csv(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    url = httpserver.url_for("/new")
    old = {"name": "besturenbo.csv", "url": "https://x/2019", "format": "CSV"}
    new = {"name": "besturenbo.csv", "url": url, "format": "CSV"}
    message = refusal(httpserver, tmp_path, package(old, new))
    assert f"expected one resource besturenbo.csv, found 2, at {url}, https://x/2019." in message
    httpserver.clear()
    httpserver.expect_request(SHOW).respond_with_json(package(old | {"format": "XLSX"}, new, new))
    httpserver.expect_request("/new").respond_with_data(BODY)
    assert fetch(httpserver, tmp_path).url == url


def test_a_catalogue_that_does_not_answer_is_unreachable(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request(SHOW).respond_with_data("busy", status=503)
    with pytest.raises(SourceUnreachable):
        fetch(httpserver, tmp_path)


def test_boards_are_read_once_each_and_the_odd_rows_stand_apart() -> None:
    body = (
        "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;KVK-NUMMER;NIEUW\r\n"
        "10249;Stichting Één;1;x\r\n599;Vereniging; ;x\r\n1024A;Onbekend;1;x\r\n10249;Weer;1;x\r\n1\r\n"
    ).encode("cp1252")
    reading = read_board_file(body, "boards_po", snapshot_id="s1")
    assert reading.rows.rows() == [
        ("boards_po", 2, "10249", "Stichting Één"),
        ("boards_po", 3, "00599", "Vereniging"),
    ]
    assert reading.ignored.rows() == [("boards_po", 5, "code_again")]
    assert reading.quarantined.select("source_row", "rule").rows() == [
        (4, "board_number_unreadable"),
        (6, "wrong_number_of_fields"),
    ]
    assert sorted(reading.signals.select("source", "rule", "subject").rows()) == [
        ("boards_po", "code_again", "10249"),
        ("boards_po", "new_column", "NIEUW"),
        ("boards_po", "repaired", "lost_zeroes"),
    ]
    assert reading.read.rows() == [("boards_po", "s1", 5)]
