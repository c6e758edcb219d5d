"""Releases that people can trust: held and accepted, derived again, let go, moved, read while they change, on a bad disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest
from dagster import DagsterInstance
from nights import night
from places import DAY, Place

from oso_pipeline.contracts.statuses import BRANCH_STATUS
from oso_pipeline.definitions import build_defs
from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.rebuilding import rebuild
from oso_pipeline.release.database import read_tables
from oso_pipeline.release.delta import apply_delta
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import SCHEMA, read_index
from oso_pipeline.release.log import Conclusion, read_log

PUBLISHED, HELD, FAILED, WRONG_USAGE, SOURCE = 0, 3, 1, 2, 4


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country, and the data folder after two published nights; tests work on copies."""
    root = tmp_path_factory.mktemp("two")
    write_country(root / "country", branches=300, as_of=DAY)
    with RegistryServer(root / "country") as server:
        place = Place(DataFolder(root / "data"), root / "country", server, root / "dagster")
        for number in range(2):
            place.change_something(number)
            assert place.night().verdict == "published"
    return root


@pytest.fixture
def place(two_nights: Path, tmp_path: Path) -> Iterator[Place]:
    for name in ("country", "data"):
        shutil.copytree(two_nights / name, tmp_path / name, symlinks=True)
    with RegistryServer(tmp_path / "country") as server:
        yield Place(DataFolder(tmp_path / "data"), tmp_path / "country", server, two_nights / "dagster")  # fmt: skip


def halve(place: Place, table: str = "delivery_points") -> None:
    path = place.country / "onboarding" / f"{table}.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 2]))


def held(place: Place) -> str:
    """A night that is held: half of the delivery points is gone."""
    halve(place)
    ended = place.night()
    assert ended.verdict == "held", ended.reason
    return ended.release_id


def accepting(place: Place, release_id: str) -> list[str]:
    """What names every check that does not pass."""
    names = [check["name"] for check in place.index(release_id)["checks"] if not check["passed"]]
    return [argument for name in names for argument in ("--accept", name)]


# ---- held, and accepted


def test_a_held_night_says_on_one_screen_what_happened_what_is_served_and_what_to_do(
    place: Place,
) -> None:
    before = place.folder.latest_release_id()
    halve(place)
    ended = place.oso("run", "--as-of", str(DAY))
    said = ended.stderr
    assert ended.returncode == HELD
    release_id = place.log()[-1]["release_id"]
    assert f"Held: release {release_id} of {DAY} is complete and not published." in said
    assert "onboarding_delivery_points" in said
    assert "connected branches would drop out" in said
    assert "because their school lacks: delivery_point" in said
    assert f"Still served: release {before} of {DAY}, since " in said
    assert f"diff {before} {release_id}" in said
    assert f"publish {release_id} --accept " in said
    assert len(said.splitlines()) < 50


def test_a_held_release_is_complete_and_its_preview_ranks_the_impact(place: Place) -> None:
    release_id = held(place)
    folder = place.folder.release(release_id)
    assert {path.name for path in folder.iterdir()} >= {"oso.duckdb", "overzicht-scholen-met-oso.xlsx", "delta.csv", "preview.json", "index.json", "datapackage.json", "overview", "report"}  # fmt: skip
    preview = json.loads((folder / "preview.json").read_text())
    assert len(preview["lost"]) == preview["before"] - preview["now"] + preview["gained"]
    for ranking in ("by_cause", "by_board", "by_province"):
        numbers = [row["branches"] for row in preview[ranking]]
        assert numbers == sorted(numbers, reverse=True), ranking
        assert sum(numbers) == len(preview["lost"]), ranking


def test_boards_that_moved_are_named_as_the_cause(place: Place) -> None:
    place.server.set_fault("po", "all_boards_renumbered")
    ended = place.night()
    assert ended.verdict == "held"
    preview = json.loads((place.folder.release(ended.release_id) / "preview.json").read_text())
    assert preview["by_cause"][0]["cause"] == "their board changed"
    assert "boards_changed" in ended.reason


def test_a_person_accepts_a_held_release_and_the_log_says_who_when_and_why(place: Place) -> None:
    release_id = held(place)
    before = place.folder.latest_release_id()
    partly = place.oso("publish", release_id, "--accept", "onboarding_delivery_points", "--reason", "x")  # fmt: skip
    assert partly.returncode == WRONG_USAGE
    assert "not accepted:" in partly.stderr
    assert place.folder.latest_release_id() == before

    done = place.oso("publish", release_id, *accepting(place, release_id), "--reason", "Half of the points were ended, says j@school.nl.", "--by", "service desk 06-12345678")  # fmt: skip
    assert done.returncode == PUBLISHED, done.stderr
    assert f"Published release {release_id}" in done.stdout
    assert place.folder.latest_release_id() == release_id
    listed = place.oso("releases").stdout
    assert f"{release_id}  {DAY}  published (latest)" in listed
    assert f"{release_id}  {DAY}  held  " in listed
    assert "Accepted by service desk [telefoonnummer " in listed
    assert "Half of the points were ended, says [e-mailadres " in listed
    again = place.oso("publish", release_id, "--accept", "x", "--reason", "x")
    assert (again.returncode, "nothing to do" in again.stderr) == (PUBLISHED, True)


def test_a_newer_night_overtakes_a_held_one_and_does_not_lose_it(place: Place) -> None:
    path = place.country / "onboarding" / "delivery_points.csv"
    whole = path.read_text()
    release_id = held(place)
    path.write_text(whole)
    place.change_something(7)
    assert place.night().verdict == "published"
    refused = place.oso("publish", release_id, *accepting(place, release_id), "--reason", "x")
    assert refused.returncode == WRONG_USAGE
    assert "what was published since would be lost" in refused.stderr
    assert (place.folder.release(release_id) / "oso.duckdb").is_file()


def test_in_the_dagster_ui_the_same_is_a_job_with_a_form(place: Place) -> None:
    release_id = held(place)
    checks = accepting(place, release_id)[1::2]
    job = build_defs(lambda: settings_for(place.server, place.folder.root)).resolve_job_def("accept_held_release")  # fmt: skip
    config = {"release_id": release_id, "checks": checks, "reason": "Seen.", "by": "desk"}
    with DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(instance=instance, run_config={"ops": {"accept": {"config": config}}})  # fmt: skip
    assert done.success
    assert place.folder.latest_release_id() == release_id
    assert [one["by"] for one in read_index(place.folder.latest)["accepted"]] == ["desk"] * len(
        checks
    )


# ---- delta, index, package


def test_applying_the_delta_to_the_last_release_gives_this_one(place: Place) -> None:
    release_id = held(place)  # many branches differ from the release before
    last = place.folder.latest_release_id()
    assert last is not None
    then, now = (
        read_tables(place.folder.release(name) / "oso.duckdb", (BRANCH_STATUS,))["branch_status"]
        for name in (last, release_id)
    )
    delta = pl.read_csv(place.folder.release(release_id) / "delta.csv", infer_schema=False)
    assert delta.height > 100
    assert apply_delta(then, delta, BRANCH_STATUS).equals(now)


def test_the_index_of_every_verdict_is_as_its_schema_says(place: Place) -> None:
    release_id = held(place)
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    (place.country / "onboarding" / "accounts.csv").unlink()
    assert place.night().verdict == "failed"
    indexes = [read_index(path) for path in sorted(place.folder.releases.glob("2*"))]
    assert [index["verdict"] for index in indexes] == ["published", "published", "held", "failed"]
    place.oso("publish", release_id, *accepting(place, release_id), "--reason", "x")
    indexes.append(read_index(place.folder.release(release_id)))
    for index in indexes:
        jsonschema.validate(index, schema, format_checker=jsonschema.FormatChecker())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**indexes[0], "verdict": "unchanged"}, schema)


def test_every_file_of_a_release_is_in_its_index_with_its_size_and_hash(place: Place) -> None:
    from hashlib import sha256

    latest = place.folder.latest
    files = {file["path"]: file for file in read_index(latest)["files"]}
    there = {p.relative_to(latest).as_posix(): p for p in latest.rglob("*") if p.is_file()}
    assert set(files) == set(there) - {"index.json"}
    for name, file in files.items():
        body = there[name].read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(body), sha256(body).hexdigest()), name


def test_the_data_package_is_valid_and_its_tables_hold_what_it_says(place: Place) -> None:
    # in a process of its own: it changes how this one reads CSV
    program = Path(sys.executable).parent / "frictionless"
    checked = subprocess.run([program, "validate", "datapackage.json", "--json"], cwd=place.folder.latest, capture_output=True, text=True, check=False)  # fmt: skip
    report = json.loads(checked.stdout)
    assert report["valid"], report
    assert {task["name"] for task in report["tasks"]} >= {"delta-csv", "aangesloten-scholen-csv"}
    package = json.loads((place.folder.latest / "datapackage.json").read_text())
    assert {one["format"] for one in package["resources"]} == {"csv", "duckdb", "geojson", "xlsx"}
    assert package["licenses"][0]["name"] == "CC0-1.0"
    assert "DUO" in package["description"]


# ---- derived again


def rebuilt(place: Place, release_id: str) -> subprocess.CompletedProcess[str]:
    return place.oso("rebuild", release_id)


def test_every_release_that_is_kept_can_be_derived_again_with_equal_hashes(place: Place) -> None:
    release_id = held(place)
    before = {path.name for path in place.folder.releases.iterdir()}
    releases = [*place.folder.releases.glob("2*")]
    assert len(releases) == 3
    settings = settings_for(place.server, place.folder.root)
    for path in releases:
        compared = rebuild(settings, path.name)
        assert len(compared) > 20
        assert [one for one in compared if not one.equal] == []
    place.oso("publish", release_id, *accepting(place, release_id), "--reason", "x")
    done = rebuilt(place, release_id)
    assert done.returncode == PUBLISHED, done.stdout
    assert "equal" in done.stdout
    assert "DIFFERS" not in done.stdout
    assert {path.name for path in place.folder.releases.iterdir()} == before
    assert not (place.folder.root / ".frames-again").exists()


def test_a_file_that_is_not_what_its_inputs_give_is_named(place: Place) -> None:
    path = place.folder.latest / "index.json"
    index = read_index(place.folder.latest)
    hashed = next(file["content_hash"] for file in index["files"] if file["path"] == "oso.duckdb")
    path.write_text(path.read_text().replace(hashed, "0" * 64))
    done = rebuilt(place, index["release_id"])
    assert done.returncode == FAILED
    (line,) = [line for line in done.stdout.splitlines() if "DIFFERS" in line]
    assert "oso.duckdb" in line


def test_a_snapshot_that_was_changed_is_named_and_nothing_is_derived_from_it(place: Place) -> None:
    body = max(place.folder.raw.glob("po/2*/body"))
    body.write_bytes(body.read_bytes().replace(b"Utrecht", b"Zeeland"))
    done = rebuilt(place, str(place.folder.latest_release_id()))
    assert done.returncode == SOURCE
    assert "is not what arrived" in done.stderr


def test_a_release_whose_snapshot_is_gone_cannot_be_derived_again_and_says_so(place: Place) -> None:
    latest = str(place.folder.latest_release_id())
    shutil.rmtree(max(place.folder.raw.glob("po/2*")))
    done = rebuilt(place, latest)
    assert done.returncode == SOURCE
    assert "snapshot po/" in done.stderr
    assert rebuilt(place, "20990101T000000Z-00000000").returncode == WRONG_USAGE


# ---- unchanged


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_an_unchanged_night_is_logged_makes_no_file_and_computes_nothing(place: Place) -> None:
    marts, frames = (
        files_in(place.folder.marts),
        place.folder.frames / "marts" / "branch_status.parquet",
    )
    made_at = frames.stat().st_mtime_ns
    ended = place.night()
    assert ended.verdict == "unchanged"
    assert read_log(place.folder)[-1] == ended
    assert files_in(place.folder.marts) == marts
    assert frames.stat().st_mtime_ns == made_at


def test_the_day_on_which_something_changes_is_computed_and_the_days_before_are_not(
    place: Place,
) -> None:
    named = read_index(place.folder.latest)["next_change_on"]
    assert named is not None
    first = date.fromisoformat(named)
    frames = place.folder.frames / "marts" / "branch_status.parquet"
    made_at = frames.stat().st_mtime_ns

    def on(day: date) -> Conclusion:
        return night(settings_for(place.server, place.folder.root), as_of=day)

    assert on(first - timedelta(days=1)).verdict == "unchanged"
    assert frames.stat().st_mtime_ns == made_at
    on(first)
    assert frames.stat().st_mtime_ns > made_at


# ---- let go, moved, mended


def test_pruning_says_what_goes_and_why_and_a_dry_run_touches_nothing(place: Place) -> None:
    first = min(place.folder.releases.glob("2*"))
    old = first.with_name("20250101T000000Z-00000000")
    shutil.copytree(first, old)
    index = json.loads((old / "index.json").read_text()) | {"release_id": old.name, "verdict": "held"}  # fmt: skip
    (old / "index.json").write_text(json.dumps(index))
    dry = place.oso("prune", "--dry-run")
    assert (dry.returncode, old.is_dir()) == (PUBLISHED, True)
    assert f"{old.name}  held, " in dry.stdout
    done = place.oso("prune")
    assert (done.returncode, old.is_dir()) == (PUBLISHED, False)
    assert "Nothing to let go" in place.oso("prune").stdout
    assert place.night().verdict == "unchanged"


@pytest.mark.parametrize("latest", ["link", "missing", "copied"])
def test_raw_and_marts_alone_put_on_another_machine_go_on(
    latest: str, place: Place, tmp_path: Path
) -> None:
    moved = DataFolder(tmp_path / "elsewhere")
    for name in ("raw", "marts"):
        shutil.copytree(place.folder.root / name, moved.root / name, symlinks=latest != "copied")
    if latest == "missing":
        moved.latest.unlink()
    there = replace(place, folder=moved)
    assert there.night().verdict == "unchanged"
    there.change_something(5)
    before = place.query("SELECT count(*) AS n FROM adoption")[0]["n"]
    assert there.night().verdict == "published"
    assert moved.latest.is_symlink()
    releases = {row["release_id"] for row in there.query("SELECT DISTINCT release_id FROM adoption")}  # fmt: skip
    assert len(releases) == 3
    assert there.query("SELECT count(*) AS n FROM adoption")[0]["n"] > before


# ---- readers, and two runs at once

_READER = """
import sys, time, duckdb
path, stop = sys.argv[1:]
import pathlib
with duckdb.connect(path, read_only=True) as connection:
    seen = set()
    while not pathlib.Path(stop).exists():
        seen.add(connection.sql("SELECT release_id FROM release").fetchall()[0][0])
        connection.sql("SELECT count(*), sum(connected::INT) FROM branch_status").fetchall()
        print("reading", flush=True) if len(seen) == 1 else None
        time.sleep(0.02)
with duckdb.connect(path, read_only=True) as connection:
    again = connection.sql("SELECT release_id FROM release").fetchall()[0][0]
print(len(seen), seen.pop(), again)
"""


def test_a_reader_sees_one_release_during_ten_publications_and_the_newest_one_when_it_opens_again(
    place: Place, tmp_path: Path
) -> None:
    before = place.folder.latest_release_id()
    path, stop = place.folder.latest / "oso.duckdb", tmp_path / "stop"
    command = [sys.executable, "-c", _READER, str(path), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for number in range(10):
            place.change_something(10 + number)
            assert place.night().verdict == "published"
        shutil.rmtree(place.folder.release(str(before)))  # let go of, while it is still read
        stop.touch()
        said = reader.stdout.read().splitlines()[-1]
    assert reader.returncode == 0
    assert said.split() == ["1", before, place.folder.latest_release_id()]


def test_of_two_runs_at_once_one_is_told_to_wait(place: Place) -> None:
    place.change_something(3)
    runs = [
        subprocess.Popen(
            [str(Path(sys.executable).parent / "oso"), "run", "--as-of", str(DAY)],
            env=place.environment(),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]
    said = [run.communicate()[1] for run in runs]
    codes = sorted(run.returncode for run in runs)
    assert codes == [PUBLISHED, 5], said
    assert any("Another run holds the data folder" in text for text in said)


# ---- a bad disk


@contextmanager
def disk(folder: Path, mebibytes: int) -> Iterator[Callable[[str], None]]:
    """A disk of so many mebibytes at a folder, and what mounts it again with other options."""
    mount = shutil.which("mount")
    folder.mkdir()
    made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder], capture_output=True, check=False).returncode == 0  # fmt: skip
    if not mount or not made:
        pytest.skip(
            "a disk of a given size can only be made by root, where file systems may be mounted"
        )
    try:
        yield lambda options: (
            subprocess.run([mount, "-o", f"remount,{options}", folder], check=True), None
        )[1]  # fmt: skip
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def whole(folder: DataFolder) -> dict[str, Any]:
    """`latest`, and what it says of its files, each looked at."""
    from hashlib import sha256

    for file in read_index(folder.latest)["files"]:
        assert sha256((folder.latest / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    return {"latest": folder.latest_release_id(), "index": read_index(folder.latest)}


def moved_to(place: Place, root: Path) -> tuple[Place, dict[str, Any]]:
    """The same place with its data folder on another disk and news to take in, and what it serves."""
    shutil.copytree(place.folder.root, root, symlinks=True)
    there = replace(place, folder=DataFolder(root))
    there.change_something(3)
    return there, whole(there.folder)


def test_a_disk_that_fills_up_publishes_nothing_and_the_next_run_mends(
    place: Place, tmp_path: Path
) -> None:
    room = size_of(place.folder.root) // 2**20 + 3
    with disk(tmp_path / "small", room) as again:
        on_it, before = moved_to(place, tmp_path / "small" / "data")
        small = on_it.folder
        filler = small.root.parent / "filler"
        left = shutil.disk_usage(small.root).free
        filler.write_bytes(b"0" * (left - 600 * 1024))
        full = on_it.oso("run", "--as-of", str(DAY))
        assert full.returncode == FAILED, full.stderr
        assert "disk of the data folder is full" in full.stderr
        assert "Traceback" not in full.stderr
        assert whole(small) == before
        filler.unlink()
        again(f"size={room + 60}m")
        assert on_it.night().verdict == "published"
        assert [*small.releases.glob(".*")] == []


def test_a_data_folder_that_cannot_be_written_is_named_and_nothing_changes(
    place: Place, tmp_path: Path
) -> None:
    room = size_of(place.folder.root) // 2**20 + 60
    with disk(tmp_path / "small", room) as again:
        on_it, before = moved_to(place, tmp_path / "small" / "data")
        small = on_it.folder
        again("ro")
        refused = on_it.oso("run", "--as-of", str(DAY))
        assert refused.returncode == FAILED
        assert f"The data folder {small.root} cannot be written" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert on_it.oso("releases").returncode == 0
        assert whole(small) == before
        again("rw")
        assert on_it.night().verdict == "published"
