"""An import never goes up a floor, and the verbs that read never import Dagster."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS: list[set[str]] = [
    {"patterns", "codes", "contacts", "errors", "clock", "settings", "wording", "database_address"},
    {"contracts"},
    {"intake"},
    {"registry"},
    {"reconciliation"},
    {"qualification", "coverage", "statuses", "flags", "decisions"},
    {"work_items", "issues"},
    {"outputs"},
    {"release"},
    {"explain", "diagnose", "diff", "report", "screen", "demo", "overrides"},
    {"assets"},
    {"sensors"},
    {"definitions"},
    {"nightly"},
    {"rebuilding"},
    {"cli"},
]
WITH_DAGSTER = {"assets", "sensors", "definitions", "nightly", "rebuilding"}


def room_of(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] in {"assets", "sensors"}:
        return parts[0]
    if parts[0] == "oso_pipeline" and len(parts) > 1 and parts[1] != "__version__":
        return parts[1]
    return None


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules() -> list[Path]:
    return sorted(
        path
        for package in ("oso_pipeline", "assets", "sensors")
        for path in (ROOT / package).rglob("*.py")
        if path != ROOT / "oso_pipeline" / "__init__.py"
    )


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_import_never_goes_up_a_floor(path: Path) -> None:
    room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert room is not None
    for name in imports_of(path):
        other = room_of(name)
        assert other is None or floor_of(other) <= floor_of(room), f"{path.name} imports {name}"
        assert not name.startswith("dagster") or room in WITH_DAGSTER, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "verb",
    [
        ["releases", "--json"],
        ["explain", "00AH", "--json"],
        ["overrides", "check", "--json"],
        ["diagnose", "--json"],
        ["report"],
        ["--help"],
    ],
)
def test_a_reading_verb_does_not_import_dagster(verb: list[str], tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = sys.argv[2:]\n"
        "from oso_pipeline import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith(('dagster', 'pandera', 'openpyxl'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "-", *verb],
        env={"OSO_DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
