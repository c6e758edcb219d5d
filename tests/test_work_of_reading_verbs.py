"""What the reading verbs do, counted: packages imported, queries, files opened. Counts, for times differ from day to day.

A verb that reads must answer at once (benchmarks/sections/verbs.py measures it). What made it slow was never the answer, but a
package that it did not need, or work that grew with the number of nights.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest
from releases import conclusion, make
from telling import write_release_tables
from world import BOARD, connected_school

from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.database import DATABASE
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import record

FIRST_NIGHT = datetime(2026, 10, 1, 6, tzinfo=UTC)
SOURCES = ("po", "onboarding")
COMMAND_LINE = {
    "annotated_doc", "annotated_types", "dotenv", "oso_pipeline", "pydantic", "pydantic_core",
    "rich", "shellingham", "typer", "typing_extensions", "typing_inspection",
}  # fmt: skip
"""Typer, the settings and the screen, with what they rest on."""
DUCKDB = {"_duckdb", "duckdb", "pytz"}
INSTALLED = packages_distributions()
"""Package -> what it belongs to; the standard library is not of these."""


def release_of(night: int) -> str:
    return f"{FIRST_NIGHT + timedelta(days=night):%Y%m%dT%H%M%SZ}-{night:08x}"


LATEST, NIGHTS = release_of(0), 3


def data_folder(root: Path, nights: int = NIGHTS) -> Path:
    """A first night that published, and unchanged ones after it."""
    folder = DataFolder(root)
    folder.building(LATEST).mkdir(parents=True)
    write_release_tables(folder.building(LATEST) / DATABASE, connected_school())
    make(folder, LATEST)
    store = SnapshotStore(folder.raw)
    for night in range(nights):
        if night:
            record(folder, conclusion(release_of(night), "unchanged"))
        for source in SOURCES:
            landing = store.landing(source)
            (landing / "body").write_text("the same")
            at = FIRST_NIGHT + timedelta(days=night, seconds=-5)
            store.keep(landing, source, fetched_at=at, url=source, licence="none")
    return root


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_folder(tmp_path_factory.mktemp("data"))


def oso(root: Path, *python: str) -> str:
    """What a process of Python says on standard error."""
    return subprocess.run(
        [sys.executable, *python],
        env=os.environ | {"OSO_DATA_DIR": str(root)},
        capture_output=True,
        text=True,
        check=True,
    ).stderr


# ---- packages


class Imported(NamedTuple):
    """A module, and those that it was imported by, the nearest first."""

    module: str
    by: tuple[str, ...]

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def imports(said: str) -> list[Imported]:
    """Out of what `python -X importtime` says: a line per module, after those that it imports, which stand further in."""
    lines = [
        line.split("|")[2][1:] for line in said.splitlines() if line.startswith("import time:")
    ]
    found: list[Imported] = []
    open_now: list[tuple[int, str]] = []
    for line in reversed(lines[1:]):
        name = line.strip()
        indent = len(line) - len(line.lstrip())
        open_now = [(further, other) for further, other in open_now if further < indent]
        found.append(Imported(name, tuple(other for _, other in reversed(open_now))))
        open_now.append((indent, name))
    return found


def packages_of(root: Path, *verb: str) -> dict[str, Imported]:
    """The packages that a verb imports beside the standard library, each with the import that brought it in."""
    begun = {one.module for one in imports(oso(root, "-X", "importtime", "-c", "pass"))}
    code = "from oso_pipeline.cli import main; main()"
    during = imports(oso(root, "-X", "importtime", "-c", code, *verb))
    return {
        one.package: one for one in during if one.module not in begun and one.package in INSTALLED
    }


def not_allowed(packages: dict[str, Imported], allowed: set[str]) -> list[str]:
    return [
        f"{name} is imported by {' < '.join(one.by) or 'a function'}"
        for name, one in sorted(packages.items())
        if name not in allowed
    ]


VERBS = {
    "explain a branch": (("explain", "00AA00"), COMMAND_LINE | DUCKDB),
    "explain a school": (("explain", "00AA"), COMMAND_LINE | DUCKDB),
    "explain a board": (("explain", BOARD), COMMAND_LINE | DUCKDB),
    "explain as JSON": (("explain", "00AA00", "--json"), COMMAND_LINE | DUCKDB),
    "explain as of a day": (("explain", "00AA00", "--as-of", "2026-12-01"), COMMAND_LINE | DUCKDB),
    "explain by a release": (("explain", "00AA00", "--release", LATEST), COMMAND_LINE | DUCKDB),
    "releases": (("releases",), COMMAND_LINE),
    "releases as JSON": (("releases", "--json"), COMMAND_LINE),
    "diagnose": (("diagnose",), COMMAND_LINE | DUCKDB),
    "diagnose as JSON": (("diagnose", "--json"), COMMAND_LINE | DUCKDB),
}


@pytest.mark.parametrize(("verb", "allowed"), VERBS.values(), ids=VERBS)
def test_a_reading_verb_imports_no_package_that_it_does_not_need(
    verb: tuple[str, ...], allowed: set[str], folder: Path
) -> None:
    assert not_allowed(packages_of(folder, *verb), allowed) == []


def test_a_package_too_many_is_told_with_who_imported_it(folder: Path, tmp_path: Path) -> None:
    code = "import oso_pipeline.codes"
    found = {one.package: one for one in imports(oso(folder, "-X", "importtime", "-c", code))}
    told = not_allowed({"polars": found["polars"]}, COMMAND_LINE)
    assert len(told) == 1
    assert told[0].startswith("polars is imported by ")
    assert told[0].endswith("oso_pipeline.codes")


# ---- queries and files


WATCH = """
import json, os, sys
import duckdb

opened, queries = [], []
root = os.environ["OSO_DATA_DIR"] + os.sep

class Counted:
    def __init__(self, connection):
        self.connection = connection
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.connection.close()
    def execute(self, query, *values):
        queries.append(query)
        return self.connection.execute(query, *values)

def connect(path, **how):
    opened.append(str(path))
    return Counted(real(path, **how))

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        opened.append(os.fspath(arguments[0]))

real, duckdb.connect = duckdb.connect, connect
from oso_pipeline.cli import main
sys.addaudithook(watch)
try:
    main()
finally:
    there = [path.removeprefix(root) for path in opened if path.startswith(root)]
    print(json.dumps({"opened": there, "queries": queries}), file=sys.stderr)
"""


def work_of(root: Path, *verb: str) -> tuple[Counter[str], int]:
    """The files under the data folder that a verb opens, by what kind each is, and the queries that it makes."""
    done = json.loads(oso(root, "-c", WATCH, *verb).splitlines()[-1])
    return Counter(Path(path).name for path in done["opened"]), len(done["queries"])


RELEASE = {"index.json": 1, DATABASE: 1}
LOG = {"log.jsonl": 1}
SETTING = 1
"""The time zone, which every connection is told first."""
WORK = {
    "explain a branch": (("explain", "00AA00"), RELEASE, SETTING + 12),
    "explain a school": (("explain", "00AA"), RELEASE, SETTING + 13),
    "explain a board": (("explain", BOARD), RELEASE, SETTING + 12),
    "explain as of a day": (("explain", "00AA00", "--as-of", "2026-12-01"), RELEASE | LOG, SETTING + 12),
    "explain by a release": (("explain", "00AA00", "--release", LATEST), RELEASE, SETTING + 12),
    "releases": (("releases",), LOG | {"index.json": 1}, 0),
    "diagnose": (
        ("diagnose",),
        RELEASE | LOG | {".lock": 1, "snapshot.json": len(SOURCES), "observations.jsonl": len(SOURCES)},
        SETTING + 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "files", "queries"), WORK.values(), ids=WORK)
def test_a_reading_verb_opens_these_files_and_makes_so_many_queries(
    verb: tuple[str, ...], files: dict[str, int], queries: int, folder: Path
) -> None:
    assert work_of(folder, *verb) == (files, queries)


@pytest.mark.parametrize("verb", ["releases", "diagnose"])
def test_the_files_and_queries_of_a_verb_do_not_grow_with_the_nights(
    verb: str, folder: Path, tmp_path: Path
) -> None:
    assert work_of(data_folder(tmp_path, nights=10 * NIGHTS), verb) == work_of(folder, verb)
