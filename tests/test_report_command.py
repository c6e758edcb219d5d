"""`oso report`, as a person runs it, on releases of a small made-up country."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from nights import night

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.release.folder import DataFolder

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two releases."""
    root = tmp_path_factory.mktemp("report")
    with RegistryServer(root / "country") as server:
        for number in (1, 2):
            day = DAY - timedelta(2 - number)
            write_country(root / "country", branches=60, as_of=day, night=number)
            done = night(settings_for(server, root / "data"), as_of=day, demo=True)
            assert done.verdict == "published"
    return root / "data"


def oso(data: Path, at: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OSO_DATA_DIR": str(data)}
    command = [str(Path(sys.executable).parent / "oso"), "report", *arguments]
    return subprocess.run(command, env=environment, cwd=at, capture_output=True, text=True, check=False)  # fmt: skip


def hashes(folder: Path) -> dict[Path, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_report_of_the_latest_release_is_written_into_the_current_folder(
    data: Path, tmp_path: Path
) -> None:
    before = hashes(data)
    done = oso(data, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = tmp_path / "managementrapport-oso-2026-11-20.html"
    assert [*tmp_path.iterdir()] == [page]
    assert done.stdout.startswith("DEMO. Report of release")
    assert str(page) in done.stdout
    text = page.read_text(encoding="utf-8")
    assert "Stand van <strong>20 november 2026</strong>" in text
    assert "vorige release (19 november 2026)" in text
    assert hashes(data) == before, "a release is never touched"


def test_both_formats_go_into_the_folder_that_is_named_and_the_page_leads_to_the_workbook(
    data: Path, tmp_path: Path
) -> None:
    done = oso(data, tmp_path, "--format", "html,xlsx", "--output", "a/b")
    assert done.returncode == 0, done.stderr
    page, book = sorted((tmp_path / "a" / "b").iterdir())
    assert f'href="{book.name}"' in page.read_text(encoding="utf-8")
    assert openpyxl.load_workbook(book)["Kerncijfers"]["A2"].value == "Vestigingen aangesloten"


def test_the_report_of_an_earlier_release_knows_nothing_of_the_later_one(
    data: Path, tmp_path: Path
) -> None:
    first = min(path.name for path in DataFolder(data).releases.glob("2*"))
    assert oso(data, tmp_path, "--release", first).returncode == 0
    text = (tmp_path / "managementrapport-oso-2026-11-19.html").read_text(encoding="utf-8")
    assert first in text
    assert "20 november 2026" not in text


def test_a_release_that_was_not_published_says_so(data: Path, tmp_path: Path) -> None:
    place = DataFolder(data)
    held = place.release("held")
    held.mkdir()
    (held / "oso.duckdb").symlink_to(place.latest.resolve() / "oso.duckdb")
    index = json.loads((place.latest / "index.json").read_text())
    (held / "index.json").write_text(json.dumps(index | {"verdict": "held"}))
    done = oso(data, tmp_path, "--release", "held")
    assert done.returncode == 0
    assert "This release is held" in done.stderr


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--format", "html,pdf"], "found 'pdf'; expected one or more of html, xlsx"),
        (["--format", ""], "found nothing; expected one or more of html, xlsx"),
        (["--release", "20200101T000000Z-aaaaaaaa"], "There is no release 20200101T000000Z-aaaaaaaa"),
        (["--output", "{data}/marts/latest"], "is where releases are"),
        (["--output", "{data}/marts/latest/index.json/x"], "is where releases are"),
        (["--output", "taken"], "cannot be made"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_is_allowed(
    asked: list[str], said: str, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    done = oso(data, tmp_path, *(part.format(data=data) for part in asked))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_where_nothing_is_published_the_command_says_what_to_do(tmp_path: Path) -> None:
    done = oso(tmp_path / "empty", tmp_path)
    assert done.returncode == 2
    assert "Nothing is published yet" in done.stderr
