"""Every file operation of what changes a release, each killed with -9 once: `python kill_points.py PREPARED WORK`.

PREPARED is a data folder with two published releases and the frames of a third night. For every operation of publishing,
accepting, mending and pruning this prints a line of JSON: what was about to be done when the process was killed, and
what was found after it and after the next run. A process is forked for each, before any thread is started.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.marts import JUDGED
from oso_pipeline.contracts.records import ISSUES
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.accept import accept_held
from oso_pipeline.release.bounds import load_bounds
from oso_pipeline.release.checks import Check, checks_to_frame
from oso_pipeline.release.conclude import conclude
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import read_log
from oso_pipeline.release.mend import mend
from oso_pipeline.release.night import Night
from oso_pipeline.release.prune import plan_to_prune, prune
from oso_pipeline.settings import PACKAGED_GATE

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=800)
WATCHED = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.truncate"}
HELD = Check("branches_po", False, "bound", "106", "208 to 223", "")


# ---- what is killed


def publish(folder: DataFolder, *, held: bool = False) -> None:
    """The release step of the third night, out of the frames that its assets left."""
    frames = folder.frames
    night = Night.from_frame(pl.read_parquet(frames / "night" / "night.parquet"))
    checks = pl.read_parquet(frames / "gate_checks" / "frame.parquet")
    if held:
        checks = pl.concat([checks, checks_to_frame([HELD])])
    tables = {
        table.name: pl.read_parquet(frames / "marts" / f"{table.name}.parquet") for table in JUDGED
    }
    conclude(
        folder,
        replace(night, previous_release_id=folder.latest_release_id()),
        tables | {ISSUES.name: ISSUES.empty()},
        pl.read_parquet(frames / "night" / "snapshots.parquet"),
        checks,
        next_change_on=None,
        run_id="third",
        at=NOW,
    )


def accept(folder: DataFolder) -> None:
    """A person accepts the third night, which is held."""
    accept_held(folder, third(folder), [HELD.name], reason="Seen.", by="desk", at=NOW)


def let_go(folder: DataFolder) -> None:
    """What the policy lets go long after."""
    retention = load_bounds(PACKAGED_GATE).retention
    prune(plan_to_prune(folder, SnapshotStore(folder.raw), retention, LATER))


def third(folder: DataFolder) -> str:
    """The release of the third night."""
    return json.loads((folder.root / "third.json").read_text())["release_id"]


def held_third(folder: DataFolder) -> None:
    publish(folder, held=True)


def unfinished_third(folder: DataFolder) -> None:
    """The third release in its place, and neither `latest` nor the log knows it."""
    before = folder.latest.readlink()
    log = folder.log.read_bytes()
    publish(folder)
    folder.latest.unlink()
    folder.latest.symlink_to(before)
    folder.log.write_bytes(log)


ACTIONS: dict[str, tuple[Callable[[DataFolder], Any], Callable[[DataFolder], Any], str]] = {
    # name: (what comes before, what is killed, the operation at which killing begins)
    "publish": (lambda _: None, publish, ""),
    "hold": (lambda _: None, held_third, "os.rename"),  # until then it is what publishing does
    "accept": (held_third, accept, ""),
    "mend": (unfinished_third, mend, ""),
    "prune": (publish, let_go, ""),
}


# ---- the killing


def points(action: Callable[[DataFolder], Any], folder: DataFolder, deadly: int | None) -> str:
    """Run an action and tell its file operations in the data folder; at the deadly one the process dies."""
    done: list[str] = []

    def reached(operation: str) -> None:
        done.append(operation)
        if len(done) == deadly:
            os.write(3, operation.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in WATCHED:
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        path = Path(str(arguments[0]))
        if event in {"os.remove", "os.rmdir"} and arguments[1] != -1:  # named within an open folder
            path = Path(f"/proc/self/fd/{arguments[1]}").readlink() / path
        if path.is_relative_to(folder.root):
            reached(f"{event} {'/'.join(path.parts[-2:])}")

    fsync = os.fsync

    def watched_fsync(handle: int) -> None:
        reached(f"fsync {'/'.join(Path(f'/proc/self/fd/{handle}').readlink().parts[-2:])}")
        fsync(handle)

    sys.addaudithook(hear)
    os.fsync = watched_fsync
    action(folder)
    return json.dumps(done)


def forked(work: Callable[[], object]) -> tuple[int, str]:
    """Do something in a process of its own: how that ended, and what it said."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writable, 3)
        try:
            os.write(3, str(work()).encode())
        except BaseException as error:  # noqa: BLE001 - told, and the process ends
            os.write(3, f"{type(error).__name__}: {error}".encode())
            os._exit(1)
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as said:
        told = said.read().decode()
    return os.waitpid(child, 0)[1], told


# ---- what is found


def state(folder: DataFolder) -> dict[str, Any]:
    """What a reader finds: latest, whether it is whole, and which releases are not."""
    latest = folder.latest.readlink().name if folder.latest.is_symlink() else None
    places = [path for path in folder.releases.glob("[0-9]*Z-*") if path.is_dir()]
    return {
        "latest": latest,
        "verdict": json.loads((folder.latest / "index.json").read_text())["verdict"],
        "not_whole": [path.name for path in places if not is_whole(path)],
        "releases": sorted(path.name for path in places),
        "left_over": sorted(p.name for p in [*folder.releases.glob(".*"), *folder.marts.glob(".*"), *folder.raw.glob("*/.*"), *folder.releases.glob("*/.*")]),
    }  # fmt: skip


def is_whole(release: Path) -> bool:
    """Whether every file that the index names is there, byte for byte."""
    index = json.loads((release / "index.json").read_text())
    return all(
        hashlib.sha256((release / file["path"]).read_bytes()).hexdigest() == file["sha256"]
        for file in index["files"]
    )


def next_run(folder: DataFolder, name: str) -> None:
    """What the next run does after it has mended: what was to be done, where it is not done."""
    published = folder.latest_release_id() == third(folder)
    held = any((r.release_id, r.verdict) == (third(folder), "held") for r in read_log(folder))
    if name == "publish" and not published:
        publish(folder)
    elif name == "hold" and not held:
        held_third(folder)
    elif name == "accept" and not published:
        accept(folder)
    elif name == "prune":
        let_go(folder)


def content(folder: DataFolder) -> str:
    """A hash of all that is in a data folder: names, links and bytes."""
    told = hashlib.sha256()
    for path in sorted(folder.root.rglob("*")):
        told.update(str(path.relative_to(folder.root)).encode())
        if path.is_symlink():
            told.update(str(path.readlink()).encode())
        elif path.is_file():
            told.update(path.read_bytes())
    return told.hexdigest()


def lines(prepared: Path, work: Path) -> Iterator[dict[str, Any]]:
    """A line for every point of every action."""
    for name, (before, action, begins) in ACTIONS.items():
        start, place = work / f"{name}-start", work / "place"
        shutil.copytree(prepared, start, symlinks=True)
        forked(lambda before=before, start=start: before(DataFolder(start)))

        def fresh(start: Path = start, place: Path = place) -> DataFolder:
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(start, place, symlinks=True)
            return DataFolder(place)

        folder = fresh()
        status, told = forked(lambda f=folder, a=action: points(a, f, None))
        whole = state(folder)
        yield {"action": name, "point": 0, "status": status, "said": told, "after": whole}
        operations = json.loads(told) if status == 0 else []
        first = next((at for at, one in enumerate(operations) if begins in one), 0)
        went_on: dict[str, tuple[int, str, dict[str, Any]]] = {}
        for point in range(first + 1, len(operations) + 1):
            folder = fresh()
            status, operation = forked(lambda f=folder, a=action, p=point: points(a, f, p))
            found = state(folder)
            mended, did = forked(lambda f=folder: "; ".join(mend(f)))
            from_here = content(folder)
            if from_here not in went_on:  # a run that begins with the same bytes ends the same
                ended, said = forked(lambda f=folder, n=name: next_run(f, n))
                went_on[from_here] = ended, said, state(folder)
            ended, said, after = went_on[from_here]
            yield {
                "action": name, "point": point, "status": status, "said": operation, "found": found,
                "next": f"{did} {said}", "next_status": mended or ended, "after": after,
            }  # fmt: skip


def import_all() -> None:
    """What a forked process would import again; drawing the charts takes a second and touches no file."""
    import duckdb
    import jinja2
    import lxml.etree
    import openpyxl.writer.excel

    from oso_pipeline.outputs.report import page

    assert duckdb and jinja2 and lxml.etree and openpyxl  # noqa: PT018
    page._drawn = lambda *_: ""


if __name__ == "__main__":
    import_all()
    for line in lines(Path(sys.argv[1]), Path(sys.argv[2])):
        print(json.dumps(line), flush=True)  # noqa: T201
