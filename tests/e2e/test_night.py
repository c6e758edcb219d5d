"""Whole nights on the made-up country: from the command line, over a real server, and killed on the way."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from places import DAY, Place

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.errors import ExitCode
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_country(folder, branches=300, as_of=DAY)
    return folder


@pytest.fixture
def place(country: Path, tmp_path: Path) -> Iterator[Place]:
    shutil.copytree(country, tmp_path / "country")
    with RegistryServer(tmp_path / "country") as server:
        yield Place(
            DataFolder(tmp_path / "data"), tmp_path / "country", server, tmp_path / "dagster"
        )


@pytest.fixture(scope="module")
def published(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place where one night was published, for tests that only look."""
    root = tmp_path_factory.mktemp("published")
    with RegistryServer(country) as server:
        place = Place(DataFolder(root / "data"), country, server, root / "dagster")
        assert place.oso("run", "--as-of", str(DAY)).returncode == 0
        yield place


@pytest.fixture
def after_a_night(published: Place, place: Place) -> Place:
    """A place of one's own where one night was published."""
    shutil.copytree(published.folder.root, place.folder.root, symlinks=True)
    return place


def test_a_night_publishes_what_is_true_of_every_branch(place: Place) -> None:
    done = place.oso("run", "--as-of", str(DAY))
    assert done.returncode == 0, done.stderr
    assert "Published" in done.stdout
    truth = {
        row["branch_code"]: (row["status"], row["connected"], row["covered"], row["coverage_basis"])
        for row in csv.DictReader(
            (place.country / "truth" / "branches.csv").read_text().splitlines()
        )
    }
    published = {
        row["branch_code"]: (
            row["status"],
            str(row["connected"]).lower(),
            str(row["covered"]).lower(),
            row["coverage_basis"],
        )
        for row in place.query("FROM branch_status")
    }
    assert published == truth


def test_every_onboarding_row_has_the_outcome_that_is_true_of_it(published: Place) -> None:
    lines = (published.country / "truth" / "records.csv").read_text().splitlines()
    truth = {
        (row["source_table"], int(row["source_row"])): row["outcome"]
        for row in csv.DictReader(lines)
    }
    found = {
        (row["source_table"], row["source_row"]): row["outcome"]
        for row in published.query("FROM reconciliation")
    }
    assert {key: value for key, value in found.items() if key in truth} == truth


def test_the_workbook_shows_exactly_the_connected_branches(published: Place) -> None:
    book = openpyxl.load_workbook(published.folder.latest / "overzicht-scholen-met-oso.xlsx")
    shown = [row[:2] for row in book["Aangesloten scholen"].iter_rows(min_row=2, values_only=True)]
    connected = published.query("SELECT branch_code FROM branch_status WHERE connected ORDER BY 1")
    assert shown == [(row["branch_code"][:4], row["branch_code"][4:]) for row in connected]


def test_a_private_column_of_a_delivery_is_nowhere_in_the_data_folder(published: Place) -> None:
    private = published.country / "onboarding" / "accounts.csv"
    addresses = {row["contactpersoon_email"] for row in csv.DictReader(private.read_text().splitlines())} - {""}  # fmt: skip
    assert addresses
    for file in published.folder.root.rglob("*"):
        if file.is_file() and file.name != "body":
            content = file.read_bytes()
            assert b"example.invalid" not in content, file
    kept = list(published.folder.raw.glob("onboarding/*/body"))
    assert len(kept) == 1
    assert not any(address.encode() in _unzipped(kept[0]) for address in addresses)


def test_what_is_not_public_only_the_user_who_runs_the_nights_may_read(published: Place) -> None:
    private = (published.folder.raw / "onboarding", published.folder.frames)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in private] == [0o700, 0o700]


def _unzipped(path: Path) -> bytes:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_a_release_says_which_registry_tables_were_left_out(place: Place) -> None:
    done = place.oso("run", "--as-of", str(DAY), OSO_REGISTRY_TABLES="po,vo")
    assert done.returncode == 0, done.stderr
    left_out = place.index(place.log()[-1]["release_id"])["registry_tables_left_out"]
    assert left_out == ["so", "boards", "register", "rio"]
    assert place.query("SELECT DISTINCT sector FROM branch_status ORDER BY 1") == [
        {"sector": "po"},
        {"sector": "vo"},
    ]


def test_the_same_night_again_is_unchanged_and_makes_no_release(after_a_night: Place) -> None:
    place = after_a_night
    first = place.folder.latest_release_id()
    again = place.oso("run", "--as-of", str(DAY))
    assert (again.returncode, place.log()[-1]["verdict"]) == (0, "unchanged")
    assert "Unchanged" in again.stdout
    assert place.folder.latest_release_id() == first
    assert [path.name for path in place.folder.releases.iterdir() if path.is_dir()] == [first]


def test_an_earlier_day_than_that_of_latest_is_held(after_a_night: Place) -> None:
    place = after_a_night
    first = place.folder.latest_release_id()
    held = place.oso("run", "--as-of", "2026-11-19")
    assert held.returncode == 3
    assert "day_not_before_latest" in held.stderr
    assert f"Still served: release {first}" in held.stderr
    assert place.folder.latest_release_id() == first
    assert place.index(place.log()[-1]["release_id"])["verdict"] == "held"
    assert (place.folder.release(place.log()[-1]["release_id"]) / "oso.duckdb").is_file()


def test_a_halved_onboarding_table_is_held(after_a_night: Place) -> None:
    place = after_a_night
    path = place.country / "onboarding" / "delivery_points.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 2]))
    held = place.oso("run", "--as-of", str(DAY))
    assert held.returncode == 3
    assert "onboarding_delivery_points" in held.stderr


def test_decisions_that_are_gone_count_no_more_and_the_night_says_so(after_a_night: Place) -> None:
    decisions = after_a_night.folder.raw / "overrides.csv"
    decisions.write_text("decision,subject,value\nignore_flag,00AA,branch_not_in_mijn_oso\n")
    assert "decisions file" not in after_a_night.night().reason
    decisions.unlink()
    gone = after_a_night.night()
    assert gone.exit_code == ExitCode.DONE
    assert "no decisions file any more (OSO_OVERRIDES), so no decision counts" in gone.reason
    assert "it had 1 row." in gone.reason


def test_a_source_that_cannot_be_read_fails_the_night_and_says_why(after_a_night: Place) -> None:
    place = after_a_night
    first = place.folder.latest_release_id()
    path = place.country / "duo" / "02.-alle-vestigingen-vo.csv"
    path.write_bytes(path.read_bytes().replace(b"VESTIGINGSNAAM", b"NAAM VESTIGING", 1))
    failed = place.oso("run", "--as-of", "2999-12-31")
    assert failed.returncode == 4
    assert "2999-12-31 is still to come: once it is published, nights before" in failed.stderr
    assert (
        "vo: column VESTIGINGSNAAM is missing (the nearest name is 'NAAM VESTIGING')"
        in failed.stderr
    )
    assert "Traceback" not in failed.stderr
    assert place.folder.latest_release_id() == first
    index = place.index(place.log()[-1]["release_id"])
    assert index["verdict"] == "failed"
    assert "VESTIGINGSNAAM" in index["checks"][0]["reason"]


def test_an_earlier_snapshot_stands_in_when_no_body_arrives_and_the_release_says_so(
    after_a_night: Place,
) -> None:
    place = after_a_night
    (place.country / "duo" / "02.-alle-vestigingen-vo.csv").unlink()
    place.change_something(0)
    done = place.oso("run", "--as-of", str(DAY))
    assert done.returncode == 0, done.stderr
    assert place.query("SELECT source FROM sources WHERE fallback") == [{"source": "vo"}]


def test_a_served_release_that_is_damaged_is_made_again_though_nothing_is_new(
    after_a_night: Place,
) -> None:
    place = after_a_night
    first = place.folder.latest_release_id()
    (place.folder.latest / "overview" / "index.html").write_text("")
    assert place.night().verdict == "published"
    assert place.folder.latest_release_id() != first
    assert place.night().verdict == "unchanged"


def test_a_night_after_a_release_whose_database_is_damaged_says_what_to_put_back(
    after_a_night: Place,
) -> None:
    place = after_a_night
    (place.folder.latest / "oso.duckdb").write_text("")
    failed = place.oso("run", "--as-of", str(DAY))
    assert failed.returncode == 1
    assert "oso.duckdb of the release before this one cannot be read" in failed.stderr
    assert "Put oso.duckdb back from a backup" in failed.stderr


def test_a_first_night_without_a_source_publishes_nothing(place: Place) -> None:
    (place.country / "duo" / "02.-alle-vestigingen-vo.csv").unlink()
    failed = place.oso("run", "--as-of", str(DAY))
    assert failed.returncode == 4
    assert "404" in failed.stderr
    assert "Nothing was published before." in failed.stderr
    assert not place.folder.latest.exists()


def test_a_second_run_at_the_same_time_is_told_to_wait(place: Place) -> None:
    with place.folder.hold():
        busy = place.oso("run")
    assert busy.returncode == 5
    assert "Another run holds the data folder" in busy.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["run", "--as-of", "0001-01-01"], {}, "expected a day of 1970 to 2999, found 0001-01-01"),
        (["run", "--as-of", "yesterday"], {}, "expected a day as 2026-11-23, found 'yesterday'"),
        (["run"], {"OSO_REGISTRY_TABLES": "po,xx"}, "OSO_REGISTRY_TABLES"),
        (["run"], {"OSO_DATADIR": "x"}, "Unknown setting OSO_DATADIR"),
        (["run"], {"OSO_DUO_BASE_URL": "http://duo.nl/"}, "plain http is only allowed"),
        (["explain", "00AH00"], {}, "Nothing is published yet"),
        (["explain", "what"], {}, "is no code"),
        (["fly"], {}, "No such command"),
    ],
)
def test_wrong_usage_is_refused_with_what_is_allowed(
    arguments: list[str], settings: dict[str, str], said: str, place: Place
) -> None:
    refused = place.oso(*arguments, **settings)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_explain_says_for_every_status_what_the_tables_say(published: Place) -> None:
    rows = published.query(
        "SELECT status, min(branch_code) AS code, any_value(brin) AS brin FROM branch_status GROUP BY status"
    )
    assert len(rows) >= 4
    for row in rows:
        said = json.loads(published.oso("explain", row["code"], "--json").stdout)
        assert said["status"] == row["status"]
        assert [step["step"] for step in said["steps"]] == [
            "account",
            "agreement",
            "questionnaire",
            "delivery_point",
            "test_exchange",
        ]
        assert set(said) >= {"code", "kind", "status", "as_of", "release_id", "steps", "delivery_points", "flags", "next"}  # fmt: skip
        assert row["status"].replace("_", " ") in published.oso("explain", row["code"]).stdout


def test_explain_of_a_board_lists_its_schools_with_their_status(published: Place) -> None:
    board = published.query("SELECT board_number, count(*) AS n FROM school_status GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")[0]  # fmt: skip
    said = json.loads(published.oso("explain", board["board_number"], "--json").stdout)
    assert (said["kind"], len(said["schools"])) == ("board", board["n"])
    assert all(school["status"] for school in said["schools"])


def test_explain_of_an_unknown_code_names_codes_near_it(published: Place) -> None:
    known = published.query("SELECT min(brin) AS brin FROM school_status")[0]["brin"]
    unknown = known[:3] + next(letter for letter in "QXZ" if letter != known[3])
    refused = published.oso("explain", unknown)
    assert refused.returncode == 2
    assert "is not in release" in refused.stderr
    assert f" Near it: {known}" in refused.stderr


def test_explain_of_an_unknown_code_says_which_records_name_it(published: Place) -> None:
    (row,) = published.query("SELECT record_key, source_row FROM reconciliation WHERE outcome = 'unknown' AND source_table = 'branches' ORDER BY source_row LIMIT 1")  # fmt: skip
    refused = published.oso("explain", row["record_key"].replace("/", ""))
    assert refused.returncode == 2
    assert f"with the outcome unknown: branches row {row['source_row']}" in refused.stderr


def test_releases_lists_all_nights_and_marks_the_latest(after_a_night: Place) -> None:
    place = after_a_night
    place.oso("run", "--as-of", "2026-11-19")
    nights = json.loads(place.oso("releases", "--json").stdout)
    assert [(night["verdict"], night["latest"]) for night in nights] == [
        ("published", True),
        ("held", False),
    ]


ASSETS = (
    "registry_snapshots", "delivered_snapshots", "night", "registry_files", "onboarding_records",
    "registry", "matched_records", "reconciliation", "qualification_steps", "branch_status",
    "school_status", "delivery_point_flags", "decision_signals", "work_items", "marts", "gate_checks",
)  # fmt: skip


def test_every_asset_is_among_those_that_are_killed() -> None:
    from oso_pipeline.definitions import defs

    keys = {key.path[-1] for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert keys == {
        *ASSETS,
        "release",
    }  # which is killed at every file operation by test_kill_points.py


@pytest.mark.slow
def test_a_run_killed_at_any_asset_leaves_latest_as_it_was_and_the_next_run_goes_on(
    after_a_night: Place,
) -> None:
    """The run after one that was killed at an asset comes as far as the next asset; the last one publishes."""
    place = after_a_night
    before = place.folder.latest_release_id()
    content = (place.folder.latest / "index.json").read_bytes()
    with place.killing() as killed_at:
        for number, asset in enumerate(ASSETS):
            place.change_something(number)
            assert killed_at(asset) == -signal.SIGKILL, asset
            assert place.folder.latest_release_id() == before, asset
            assert (place.folder.latest / "index.json").read_bytes() == content, asset
    after = place.night()
    assert after.exit_code == ExitCode.DONE, after.reason
    assert place.folder.latest_release_id() == after.release_id != before
    assert [*place.folder.releases.glob(".*")] == []
    logged = [line["release_id"] for line in place.log()]
    assert {path.name for path in place.folder.releases.iterdir() if path.is_dir()} <= set(logged)


def test_a_run_that_died_is_marked_as_failed_by_the_next_one(place: Place) -> None:
    with place.killing() as killed_at:
        killed_at("registry")
    assert "had died; it is marked as failed" in place.oso("run", "--as-of", str(DAY)).stderr
    died, published = place.log()
    assert (died["verdict"], died["exit_code"], published["verdict"]) == ("failed", 1, "published")
    assert "its process died" in died["reason"]


def test_a_screen_that_nobody_reads_any_more_ends_no_night(place: Place) -> None:
    command = f"{sys.executable} -m oso_pipeline.cli run --as-of {DAY} 2>&1 | true"
    subprocess.run(["sh", "-c", command], env=place.environment(), check=True, cwd=PROJECT_ROOT)
    assert [night["verdict"] for night in place.log()] == ["published"]
