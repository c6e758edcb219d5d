from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import httpx
import pytest
from demo_reading import every_branch, register, rows_of, truth

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.sheets import Sheet

ZIP = "basisgegevens-instellingen.zip"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The third night of a country of 2,000 branches."""
    folder = tmp_path_factory.mktemp("later")
    write_country(folder, branches=2000, as_of=date(2026, 11, 25), night=3)
    return folder


def test_the_zip_holds_three_files_with_the_day_in_their_names(later: Path) -> None:
    with zipfile.ZipFile(later / "duo" / ZIP) as file:
        assert file.namelist() == [
            "ORGANISATIES_20261125.csv", "RELATIES_20261125.csv", "OVERGANGEN_20261125.csv",
        ]  # fmt: skip
        body = file.read("OVERGANGEN_20261125.csv")
    assert body.startswith(b"\xef\xbb\xbfNR_ADMIN_VAN,CODE_FUNCTIE_VAN,")
    assert body.count(b"\r\n") == body.count(b"\n")


def test_text_is_quoted_and_dates_are_bare_and_unpadded(later: Path) -> None:
    with zipfile.ZipFile(later / "duo" / ZIP) as file:
        lines = file.read("OVERGANGEN_20261125.csv").decode("utf-8-sig").splitlines()
    assert all(
        re.fullmatch(r'("[^"]*"|),.*,[1-9]\d?-[1-9]\d?-\d{4},"[FVS]",".*","[JN]","H"', line)
        for line in lines[1:]
    )


def test_the_files_have_the_measured_number_of_columns(later: Path) -> None:
    assert len(register(later, "ORGANISATIES")[0]) == 38
    assert len(register(later, "OVERGANGEN")[0]) == 13


def test_whoever_stands_in_the_address_files_is_open_in_the_register(later: Path) -> None:
    current = {
        row["NR_ADMINISTRATIE"]: row
        for row in register(later, "ORGANISATIES")
        if row["CODE_STAND_RECORD"] == "A"
    }
    for branch in every_branch(later):
        for column in ("VESTIGINGSCODE", "INSTELLINGSCODE", "BEVOEGD GEZAG NUMMER"):
            told = current[branch[column]]
            assert (told["IND_OPGEHEVEN"], told["DT_UIT_BEDRIJF"]) == ("N", "")


def test_the_board_that_governs_now_is_the_one_in_the_address_file(later: Path) -> None:
    governs = {
        row["NR_ADMIN_VOLG"]: row["NR_ADMIN_LEID"]
        for row in register(later, "RELATIES")
        if row["NAAM_RELATIE_LEID"] == "bestuurt" and row["DT_EINDE_RELATIE"] == ""
    }
    lowest_last = sorted(every_branch(later), key=lambda row: row["VESTIGINGSCODE"], reverse=True)
    expected = {row["INSTELLINGSCODE"]: row["BEVOEGD GEZAG NUMMER"] for row in lowest_last}
    assert {brin: governs[brin] for brin in expected} == expected


def test_every_school_that_is_gone_is_closed_and_all_but_the_closed_have_a_successor(
    later: Path,
) -> None:
    current = {
        row["NR_ADMINISTRATIE"]: row
        for row in register(later, "ORGANISATIES")
        if row["CODE_STAND_RECORD"] == "A"
    }
    followed = {
        row["NR_ADMIN_VAN"] for row in register(later, "OVERGANGEN") if row["IND_VOLLEDIG"] == "J"
    }
    kinds = {"closes": False, "merges_away": True, "merges_as_branch": True, "renumbers": True}
    seen = set()
    for event in truth(later, "events"):
        if event["kind"] in kinds:
            seen.add(event["kind"])
            assert current[event["code"]]["IND_OPGEHEVEN"] == "J"
            assert current[event["code"]]["DT_UIT_BEDRIJF"] != ""
            assert (event["code"] in followed) == kinds[event["kind"]]
        elif event["kind"] == "vanishes":
            seen.add("vanishes")
            assert current[event["code"]]["IND_OPGEHEVEN"] == "N"
            assert event["code"] not in followed
    assert seen == {*kinds, "vanishes"}


def test_a_merger_is_told_of_the_schools_and_of_their_branches(later: Path) -> None:
    told = {(row["NR_ADMIN_VAN"], row["NR_ADMIN_NAAR"]) for row in register(later, "OVERGANGEN")}
    merged = [row for row in truth(later, "events") if row["kind"] == "merges_as_branch"]
    assert merged
    for event in merged:
        assert (event["code"], event["partner_brin"]) in told
        assert (event["code"] + "00", event["partner_brin"] + "01") in told


def test_the_past_of_an_organisation_and_what_is_announced_stand_there_too(later: Path) -> None:
    stands = {row["CODE_STAND_RECORD"] for row in register(later, "ORGANISATIES")}
    assert stands == {"A", "H", "T"}


def test_what_is_announced_one_night_is_announced_the_next_unless_it_is_gone(
    later: Path, tmp_path: Path
) -> None:
    write_country(tmp_path, branches=2000, as_of=date(2026, 11, 26), night=4)
    then, now = (_announced(folder) for folder in (later, tmp_path))
    current = {row["NR_ADMINISTRATIE"] for row in register(tmp_path, "ORGANISATIES") if row["IND_OPGEHEVEN"] == "N"}  # fmt: skip
    assert len(then) > 3
    assert then & current <= now


def _announced(folder: Path) -> set[str]:
    return {
        row["NR_ADMINISTRATIE"]
        for row in register(folder, "ORGANISATIES")
        if row["CODE_STAND_RECORD"] == "T"
    }


def test_a_fault_of_the_register_spoils_the_files_in_the_zip(later: Path) -> None:
    with RegistryServer(later) as server:
        url = server.duo_base_url + ZIP
        sound = httpx.get(url).content
        server.set_fault("register", "renamed_column")
        renamed = httpx.get(url).content
        server.set_fault("register", "half_the_schools_gone")
        halved = httpx.get(url).content
    assert sound == (later / "duo" / ZIP).read_bytes()
    assert member(renamed, "ORGANISATIES").startswith(b"\xef\xbb\xbfNR_ADMINISTRATIE_NIEUW,")
    assert len(member(halved, "ORGANISATIES")) < 0.6 * len(member(sound, "ORGANISATIES"))


def test_a_zip_bomb_is_small_and_unpacks_to_a_gibibyte(later: Path, tmp_path: Path) -> None:
    with RegistryServer(later, faults={"register": "zip_bomb"}) as server:
        body = httpx.get(server.duo_base_url + ZIP, timeout=30).content
    (tmp_path / "bomb.zip").write_bytes(body)
    assert len(body) < 2_000_000
    with zipfile.ZipFile(tmp_path / "bomb.zip") as bomb:
        (only,) = bomb.infolist()
        assert only.filename.startswith("ORGANISATIES_")
        assert only.file_size == 2**30
        with bomb.open(only) as content:
            unpacked = sum(len(chunk) for chunk in iter(lambda: content.read(2**24), b""))
    assert unpacked == 2**30


def test_a_register_file_taken_apart_and_put_together_is_the_same_to_the_byte(later: Path) -> None:
    body = (later / "duo" / ZIP).read_bytes()
    for prefix in ("ORGANISATIES", "RELATIES", "OVERGANGEN"):
        assert Sheet.read(member(body, prefix)).write() == member(body, prefix)


def member(body: bytes, prefix: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return file.read(next(name for name in file.namelist() if name.startswith(prefix)))


def test_rio_gives_nearly_every_branch_a_place_in_the_country(later: Path) -> None:
    located = truth(later, "locations")
    assert [row["branch_code"] for row in located] == sorted(
        row["VESTIGINGSCODE"] for row in every_branch(later)
    )
    placed = [row for row in located if row["latitude"]]
    assert 0.9 < len(placed) / len(located) < 1
    assert all(
        50.7 < float(row["latitude"]) < 53.6 and 3.3 < float(row["longitude"]) < 7.3
        for row in placed
    )


def test_rio_tells_where_a_branch_is_now_and_where_it_was(later: Path) -> None:
    files = later / "ckan" / "files"
    uses = rows_of(files / "relaties_onderwijslocatiegebruiken_vestigingserkenningen.csv")
    spots = {row["ONDERWIJSLOCATIECODE"]: row for row in rows_of(files / "onderwijslocaties.csv")}
    now: dict[str, list[dict[str, str]]] = {}
    for row in uses:
        if not row["EINDDATUM"]:
            now.setdefault(row["VESTIGINGSCODE"], []).append(spots[row["ONDERWIJSLOCATIECODE"]])
    assert any(row["EINDDATUM"] for row in uses)
    assert any(len(found) > 1 for found in now.values())
    assert all(re.fullmatch(r"[0-9]{3}X[0-9]{3}", code) for code in spots)
    for row in truth(later, "locations"):
        found = now.get(row["branch_code"], [])
        if len(found) == 1:
            assert (row["latitude"], row["longitude"]) == (
                found[0]["GPS_LATITUDE"],
                found[0]["GPS_LONGITUDE"],
            )


def test_a_school_may_have_branches_in_two_partnerships(later: Path) -> None:
    members = rows_of(
        later / "ckan" / "files" / "relaties_samenwerkingserkenningen_vestigingserkenningen.csv"
    )
    of_school: dict[str, set[str]] = {}
    for row in members:
        assert re.fullmatch(r"(PO|VO)[0-9]{4}", row["SAMENWERKINGSVERBANDCODE"])
        if not row["EINDDATUM"]:
            of_school.setdefault(row["VESTIGINGSCODE"][:4], set()).add(
                row["SAMENWERKINGSVERBANDCODE"]
            )
    assert any(len(found) > 1 for found in of_school.values())


def test_rio_is_served_as_a_ckan_package(later: Path) -> None:
    with RegistryServer(later) as server:
        url = f"{server.ckan_base_url}api/3/action/package_show?id=rio_nfo_po_vo_vavo_mbo_ho"
        resources = httpx.get(url).json()["result"]["resources"]
        server.set_fault("rio", "empty_body")
        assert [httpx.get(resource["url"]).content for resource in resources] == [b"", b"", b""]
    assert resources[0]["name"] == "onderwijslocaties.csv"
