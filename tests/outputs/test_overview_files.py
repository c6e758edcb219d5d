"""The files of the public overview: what is in them, and what never is."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from overview_writing import HOSTILE, PRIVATE_OF_OTHERS, branch, country, not_connected, write

from oso_pipeline.outputs.overview.places import place_name


def data_of(index: Path) -> dict[str, Any]:
    text = (index.parent / "page" / "data.js").read_text()
    return json.loads(text.removeprefix("const OVERVIEW = ").removesuffix(";\n"))


def csv_of(index: Path) -> list[list[str]]:
    path = index.parent / "downloads" / "aangesloten-scholen.csv"
    with path.open(newline="") as file:
        return list(csv.reader(file, strict=True))


def geojson_of(index: Path) -> dict[str, Any]:
    return json.loads((index.parent / "downloads" / "aangesloten-scholen.geojson").read_text())


def files_of(index: Path) -> list[Path]:
    return sorted(path for path in index.parent.rglob("*") if path.is_file())


def test_two_writes_give_the_same_bytes_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    one = write(tmp_path / "one", *country())
    other = write(tmp_path / "other", *reversed(country()))
    assert [path.relative_to(one.parent) for path in files_of(one)] == [
        path.relative_to(other.parent) for path in files_of(other)
    ]
    assert [path.read_bytes() for path in files_of(one)] == [
        path.read_bytes() for path in files_of(other)
    ]


def test_of_a_branch_that_is_not_connected_only_that_is_written(tmp_path: Path) -> None:
    index = write(tmp_path, branch(), not_connected("00BC00", board_name=None, ot_ready=True))
    columns = data_of(index)["columns"]
    at = columns["code"].index("00BC00")
    told = {
        name: column["values"][column["rows"][at]] if column["rows"][at] >= 0 else None
        for name, column in columns.items()
        if isinstance(column, dict)
    } | {name: column[at] for name, column in columns.items() if isinstance(column, list)}
    assert told == {
        "code": "00BC00",
        "name": "De Regenboog",
        "address": "Melkweg 13",
        "postcode": "9401 AB",
        "place": "Assen",
        "board": "41234",
        "sector": "primair onderwijs",
        "province": "Drenthe",
        "las": None,
        "connected": 0,
        "ready": 0,
        "since": None,
        "lat": 5299250,
        "lon": 656490,
    }


def test_no_file_tells_what_is_not_public(tmp_path: Path) -> None:
    index = write(tmp_path, *country())
    texts = {path: path.read_text(encoding="utf-8") for path in files_of(index)}
    told = [
        (path.name, secret)
        for path, text in texts.items()
        for secret in PRIVATE_OF_OTHERS
        if secret in text
    ]
    assert told == []
    addresses = [found for text in texts.values() for found in re.findall(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", text)]  # fmt: skip
    assert addresses == []
    telephone = re.compile(r"(?:\+31|(?<![.\w])0)[ -]?[1-9](?:[ -]?[0-9]){8}\b")
    assert [path.name for path, text in texts.items() if telephone.search(text)] == []


def test_the_page_is_told_since_when_a_branch_is_connected_and_for_what_it_is_ready(
    tmp_path: Path,
) -> None:
    columns = data_of(write(tmp_path, branch(swv_ready=True)))["columns"]
    assert (columns["since"], columns["ready"]) == ([(date(2024, 8, 1) - date(1970, 1, 1)).days], [5])  # fmt: skip


def test_the_csv_holds_connected_branches_only_in_utf_8_with_crlf(tmp_path: Path) -> None:
    index = write(tmp_path, branch("03PM00", branch_name='Ærø, "Noord"'), not_connected("00BC00"))
    raw = (index.parent / "downloads" / "aangesloten-scholen.csv").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert csv_of(index) == [
        [
            "brin", "branch_number", "branch_name", "address", "city", "municipality", "province", "sector", "board_name",
            "las", "connected_on", "ot_ready", "ldos_ready", "swv_ready",
        ],
        [
            "03PM", "00", 'Ærø, "Noord"', "Melkweg 13", "ASSEN", "ASSEN", "Drenthe", "primair onderwijs",
            "Stichting Voorbeeld", "ParnasSys", "2024-08-01", "true", "false", "false",
        ],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["=1+1", "+31", "-5", "@SUM(A1)", "\t=1+1", " =cmd|' /C calc'!A0", "\uff1d1"]
)
def test_a_cell_of_the_csv_that_looks_like_a_formula_begins_with_an_apostrophe(
    name: str, tmp_path: Path
) -> None:
    assert csv_of(write(tmp_path, branch(branch_name=name)))[1][2] == "'" + name


def test_the_geojson_holds_the_connected_branches_that_have_a_place_by_code(
    tmp_path: Path,
) -> None:
    index = write(
        tmp_path,
        branch("03PM00", longitude=6.123456789),
        branch("00AH02"),
        branch("01CD00", latitude=None, longitude=None),
        not_connected("00BC00"),
    )
    collection = geojson_of(index)
    assert collection["type"] == "FeatureCollection"
    assert [feature["id"] for feature in collection["features"]] == ["00AH02", "03PM00"]
    feature = collection["features"][1]
    assert feature["geometry"] == {"type": "Point", "coordinates": [6.123457, 52.9925]}
    assert feature["properties"]["connected_on"] == "2024-08-01"
    assert list(feature["properties"]) == csv_of(index)[0]


def test_an_overview_without_a_connected_branch_is_written_too(tmp_path: Path) -> None:
    index = write(tmp_path, not_connected("00BC00"))
    assert geojson_of(index) == {"type": "FeatureCollection", "features": []}
    assert len(csv_of(index)) == 1


def test_a_download_is_shown_with_its_date_and_size_and_is_the_file_itself(tmp_path: Path) -> None:
    index = write(tmp_path, branch())
    html = index.read_text()
    assert (index.parent / "downloads" / "overzicht-scholen-met-oso.xlsx").read_bytes() == b"a workbook"  # fmt: skip
    assert "XLSX, 1 kB, stand van 23 november 2026" in html
    linked = re.findall(r'href="(downloads/[^"]+)"', html)
    assert {(index.parent / link).exists() for link in linked} == {True}


def test_without_scripts_the_downloads_are_offered(tmp_path: Path) -> None:
    html = write(tmp_path, branch()).read_text()
    offered = re.search(r"<noscript>(.*)</noscript>", html, re.DOTALL)
    assert offered is not None
    assert offered[1].count('<a href="downloads/') == 3
    waiting = re.findall(r"<[^>]*needs-script[^>]*>", html)
    assert len(waiting) == 2
    assert all(tag.endswith(" hidden>") for tag in waiting)


def test_every_text_of_the_scripts_is_used_and_every_text_used_is_there() -> None:
    page = files("oso_pipeline.outputs.overview") / "page"
    texts = json.loads((page / "texts.json").read_text())["script"]
    scripts = "".join(path.read_text() for path in page.iterdir() if path.name.endswith(".js"))
    used = set(re.findall(r"'([a-z]+(?:_[a-z]+)*)'", scripts))
    counted = set(re.findall(r"sayCount\('([a-z_]+)'", scripts))
    used |= {f"{name}_{number}" for name in counted for number in ("one", "many")}
    assert set(texts) - used == set()
    assert set(re.findall(r"\bsay\('([a-z_]+)'", scripts)) - set(texts) == set()


def test_the_page_names_its_sources_its_day_and_what_stands_in(tmp_path: Path) -> None:
    html = write(tmp_path, branch()).read_text()
    assert re.findall(r"<li>(\S.*), opgehaald op (.*)</li>", html) == [
        (
            "DUO, vestigingen basisonderwijs",
            "23 november 2026, 00:30 (een eerder opgehaald bestand, omdat er niets nieuws binnenkwam)",
        ),
        ("Mijn OSO, aansluitgegevens", "23 november 2026, 00:30"),
    ]
    assert "DEMO" not in html


def test_a_demo_says_so(tmp_path: Path) -> None:
    html = write(tmp_path, branch(), demo=True).read_text()
    assert html.count("DEMO: dit zijn verzonnen scholen") == 2


def test_data_never_becomes_html(tmp_path: Path) -> None:
    index = write(tmp_path, branch(branch_name=HOSTILE))
    assert "document.title" not in index.read_text()
    assert HOSTILE in data_of(index)["columns"]["name"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("'S-HERTOGENBOSCH", "'s-Hertogenbosch"),
        ("'T HARDE", "'t Harde"),
        ("DE MEERN", "De Meern"),
        ("CAPELLE AAN DEN IJSSEL", "Capelle aan den IJssel"),
        ("IJMUIDEN", "IJmuiden"),
        ("SINT-MICHIELSGESTEL", "Sint-Michielsgestel"),
        ("SÚDWEST-FRYSLÂN", "Súdwest-Fryslân"),
        ("Den Burg", "Den Burg"),
        ("HENGELO OV", "Hengelo OV"),
        ("ELST GLD", "Elst GLD"),
        ("BLESKENSGRAAF CA", "Bleskensgraaf ca"),
    ],
)
def test_a_place_is_shown_as_people_write_it(written: str, read: str) -> None:
    assert place_name(written) == read
