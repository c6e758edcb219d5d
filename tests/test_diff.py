"""`oso diff`: two registry files and what the register explains of them; two releases; and what cannot be compared."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from releases import FIRST, SECOND, THIRD, index
from world import World, ago, connected_school
from world import branch as open_branch

from oso_pipeline.contracts.ddl import create_statements
from oso_pipeline.diff import Difference, diff
from oso_pipeline.errors import SourceUnreadable, UsageError
from oso_pipeline.release.database import insert
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.impact import COMPARED
from oso_pipeline.release.publish import place_release

DAY = date(2026, 11, 20)
HEADER = "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;GEMEENTENUMMER;GEMEENTENAAM"
OVERGANGEN = "NR_ADMIN_VAN,CODE_FUNCTIE_VAN,NR_ADMIN_NAAR,CODE_FUNCTIE_NAAR,DT_OVERGANG,CODE_OVERGANG,IND_VOLLEDIG"


def branch(code: str, board: str = "10001", name: str = "De Zwaluw", street: str = "Kerkstraat") -> str:  # fmt: skip
    return f"Utrecht;{board};{code[:4]};{code};{name};{street};3;9999 AA;ZEIST;0355;ZEIST"


def written(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows, ""]))
    return path


def between(tmp_path: Path, before: list[str], after: list[str], *transitions: str) -> Difference:
    """The difference of two files, explained by OVERGANGEN where transitions are given."""
    then, now = written(tmp_path / "then.csv", *before), written(tmp_path / "now.csv", *after)
    register = written(tmp_path / "OVERGANGEN.csv", *transitions, header=OVERGANGEN)
    return diff(DataFolder(tmp_path), str(then), str(now), register if transitions else None, DAY)


def test_every_kind_of_change_is_counted_once_per_branch(tmp_path: Path) -> None:
    before = [branch("00AA00"), branch("00BB00"), branch("00BB01"), branch("00CC00"), branch("00DD00")]  # fmt: skip
    after = [branch("00BB00", "10002"), branch("00CC00", name="De Uil"), branch("00DD00", street="Dorp"), branch("00EE00")]  # fmt: skip
    found = between(tmp_path, before, after)
    assert found["counts"] == {"gone": 2, "new": 1, "common": 3, "board_changed": 1, "renamed": 1, "moved": 1}  # fmt: skip
    assert found["schools"] == {"gone": 1, "gone_branches": 1, "new": 1, "new_branches": 1}
    assert [(event["event"], event["subject"]) for event in found["events"]] == [
        ("branch_vanished", "00AA00"),
        ("branch_vanished", "00BB01"),
        ("branch_opened", "00EE00"),
        ("board_changed", "00BB00"),
        ("renamed", "00CC00"),
        ("moved", "00DD00"),
    ]


def test_the_register_explains_what_is_gone_and_dates_what_it_knows(tmp_path: Path) -> None:
    found = between(
        tmp_path,
        [branch("00AA00"), branch("00BB00")],
        [branch("00BB00", "10002")],
        '"00AA00","D","00BB00","D",1-8-2025,"F","J"',
        '"10001","B","10002","B",1-1-2026,"V","N"',
    )
    assert found["explained"] == {"merged": 1, "renumbered": 0, "split": 0, "closed": 0, "unexplained": 0}  # fmt: skip
    assert [(event["event"], event["effective_on"]) for event in found["events"]] == [
        ("branch_merged", date(2025, 8, 1)),
        ("board_changed", date(2026, 1, 1)),
    ]


def test_what_is_still_to_come_explains_nothing_that_is_gone(tmp_path: Path) -> None:
    of_the_day, later = ('"00AA00","D","00BB00","D",20-11-2026,"F","J"', '"00AA00","D","00BB00","D",21-11-2026,"F","J"')  # fmt: skip
    files = [branch("00AA00"), branch("00BB00")], [branch("00BB00")]
    assert between(tmp_path, *files, of_the_day)["explained"]["merged"] == 1
    found = between(tmp_path, *files, later)
    assert (found["explained"]["merged"], found["explained"]["unexplained"]) == (0, 1)
    assert [event["event"] for event in found["events"]] == ["branch_vanished"]


def test_the_register_explains_as_a_zip_as_well(tmp_path: Path) -> None:
    then = written(tmp_path / "then.csv", branch("00AA00"), branch("00BB00"))
    now = written(tmp_path / "now.csv", branch("00BB00"))
    with ZipFile(tmp_path / "basisgegevens.zip", "w") as archive:
        archive.writestr("OVERGANGEN_1.csv", f'{OVERGANGEN}\n"00AA00","D","00BB00","D",1-8-2025,"F","J"\n')  # fmt: skip
    register = tmp_path / "basisgegevens.zip"
    found = diff(DataFolder(tmp_path), str(then), str(now), register, DAY)
    assert found["explained"]["merged"] == 1


def test_what_nothing_dates_has_no_day(tmp_path: Path) -> None:
    (event,) = between(tmp_path, [branch("00AA00")], [branch("00AA00", name="De Uil")])["events"]
    assert event["effective_on"] is None


def test_a_file_and_itself_differ_in_nothing(tmp_path: Path) -> None:
    found = between(tmp_path, [branch("00AA00")], [branch("00AA00")])
    assert found["events"] == []
    assert sum(found["counts"].values()) == found["counts"]["common"] == 1


def publish(folder: DataFolder, release_id: str, night: World) -> World:
    """The release of a night in its place: its index, and the tables that are compared."""
    building = folder.building(release_id)
    building.mkdir(parents=True)
    with duckdb.connect(str(building / "oso.duckdb")) as connection:
        for table in COMPARED:
            connection.execute(";".join(create_statements(table)))
            insert(connection, table.name, table.shape(night.table(table.name)))
    place_release(folder, index(release_id, demo=True))
    return night


def test_two_releases_differ_in_what_happened_since_the_earlier_one(tmp_path: Path) -> None:
    folder, other_board = DataFolder(tmp_path), open_branch("00BB00", "10002")
    first = publish(folder, FIRST, connected_school(["00AA00", "00BB00", "00CC00"], day=ago(2)))
    second = publish(folder, SECOND, connected_school(["00AA00", other_board, "00CC00"], before=first, day=ago(1)))  # fmt: skip
    renamed = open_branch("00AA00", branch_name="De Uil")
    publish(folder, THIRD, connected_school([renamed, other_board, "00DD00"], questionnaires=[], before=second))  # fmt: skip

    found = diff(folder, FIRST, "latest", None, DAY)
    assert (found["from"], found["to"], found["demo"]) == (FIRST, THIRD, True)
    assert found["counts"] == {"gone": 1, "new": 1, "common": 2, "board_changed": 1, "renamed": 1, "moved": 0}  # fmt: skip
    assert [tuple(event.values())[:5] for event in found["events"]] == [
        ("disconnected", "00AA00", "connected", "lapsed", DAY),
        ("branch_vanished", "00CC00", "School 00CC00", None, DAY),
        ("branch_opened", "00DD00", None, "School 00DD00", DAY),
        ("board_changed", "00BB00", "10001", "10002", ago(1)),
        ("renamed", "00AA00", "School 00AA00", "De Uil", DAY),
    ]
    assert found["connected"]["by_cause"] == [{"cause": "their school lacks: questionnaire", "branches": 1}]  # fmt: skip
    lately = diff(folder, SECOND, THIRD, None, DAY)
    assert lately["counts"] == found["counts"] | {"board_changed": 0}
    assert [event for event in found["events"] if event not in lately["events"]] == [found["events"][3]]  # fmt: skip
    assert lately["connected"] == found["connected"]
    assert diff(folder, THIRD, THIRD, None, DAY)["events"] == []


def test_a_file_of_special_schools_is_not_compared_with_one_of_primary_schools(
    tmp_path: Path,
) -> None:
    so = written(tmp_path / "so.csv", branch("00AA00") + ";SO", header=HEADER + ";SOORT PRIMAIR ONDERWIJS")  # fmt: skip
    po = written(tmp_path / "po.csv", branch("00AA00"))
    with pytest.raises(UsageError, match=r"a file of so and po.csv one of po"):
        diff(DataFolder(tmp_path), str(so), str(po), None, DAY)


def test_files_of_two_sectors_are_not_compared(tmp_path: Path) -> None:
    vo = written(tmp_path / "vo.csv", branch("00AA00") + ";VWO", header=HEADER + ";ONDERWIJSSTRUCTUUR")  # fmt: skip
    po = written(tmp_path / "po.csv", branch("00AA00"))
    with pytest.raises(UsageError, match=r"a file of vo and po.csv one of po"):
        diff(DataFolder(tmp_path), str(vo), str(po), None, DAY)


def test_what_is_neither_a_file_nor_a_release_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="20260101T000000Z-nothing is neither a release"):
        diff(DataFolder(tmp_path), "20260101T000000Z-nothing", "x", None, DAY)


def test_a_file_and_a_release_are_not_compared(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    release = folder.release("20260101T000000Z-x")
    release.mkdir(parents=True)
    (release / "oso.duckdb").touch()
    file = written(tmp_path / "po.csv", branch("00AA00"))
    with pytest.raises(UsageError, match="are a file and a release"):
        diff(folder, str(file), release.name, None, DAY)


def test_releases_are_compared_from_the_earlier_to_the_later_and_explained_by_their_own_register(
    tmp_path: Path,
) -> None:
    folder, register = DataFolder(tmp_path), written(tmp_path / "OVERGANGEN.csv", header=OVERGANGEN)
    earlier, later = "20260101T000000Z-x", "20260102T000000Z-x"
    for name in (earlier, later):
        folder.release(name).mkdir(parents=True)
        (folder.release(name) / "oso.duckdb").touch()
    with pytest.raises(UsageError, match=f"{later} came after {earlier}: turn them round"):
        diff(folder, later, earlier, None, DAY)
    with pytest.raises(UsageError, match="a release knows the register that it read"):
        diff(folder, earlier, later, register, DAY)


def test_a_register_without_its_columns_is_refused_by_name(tmp_path: Path) -> None:
    file = written(tmp_path / "po.csv", branch("00AA00"))
    wrong = written(tmp_path / "wrong.csv", "1,2", header="A,B")
    with pytest.raises(SourceUnreadable, match="NR_ADMIN_VAN"):
        diff(DataFolder(tmp_path), str(file), str(file), wrong, DAY)


def oso(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "oso"), "diff", *arguments]
    return subprocess.run(command, env=os.environ | {"COLUMNS": "300"}, capture_output=True, text=True, check=False)  # fmt: skip


def test_the_command_prints_text_json_or_csv(tmp_path: Path) -> None:
    between(tmp_path, [branch("00AA00")], [branch("00BB00")])
    files = [str(tmp_path / "then.csv"), str(tmp_path / "now.csv")]
    assert (
        "Branches: 1 gone (1 with their whole school, of which there are 1)" in oso(*files).stdout
    )
    assert json.loads(oso(*files, "--json").stdout)["counts"]["gone"] == 1
    rows = list(csv.DictReader(io.StringIO(oso(*files, "--csv").stdout)))
    assert [(row["event"], row["subject"]) for row in rows] == [
        ("branch_vanished", "00AA00"),
        ("branch_opened", "00BB00"),
    ]


def test_a_register_that_is_not_there_is_a_wrong_use(tmp_path: Path) -> None:
    done = oso("a", "b", "--register", str(tmp_path / "nowhere.zip"))
    assert (done.returncode, "there is no file" in done.stderr) == (2, True)


def test_five_years_of_real_files_differ_as_was_measured(duo_files: Path) -> None:
    """Counted on the files themselves (domain.md 2.1 and 2.2)."""
    found = diff(
        DataFolder(Path("nowhere")),
        str(duo_files / "2020-12" / "03-alle-vestigingen-bo.csv"),
        str(duo_files / "2026-04" / "02.-alle-schoolvestigingen-basisonderwijs.csv"),
        duo_files / "2025-01" / "OVERGANGEN_20250113.csv",
        DAY,
    )
    counts = {name: found["counts"][name] for name in ("gone", "new", "common", "board_changed", "renamed")}  # fmt: skip
    assert counts == {"gone": 293, "new": 132, "common": 5975, "board_changed": 483, "renamed": 1034}  # fmt: skip
    assert found["schools"] == {"gone": 271, "gone_branches": 272, "new": 118, "new_branches": 118}
    assert found["explained"]["merged"] == 164
    begun = date(2020, 12, 1)
    dated = [e for e in found["events"] if e["effective_on"] and e["effective_on"] >= begun]
    assert sum(event["event"] == "branch_merged" for event in dated) == 161
    assert sum(event["event"] == "board_changed" for event in dated) == 410
