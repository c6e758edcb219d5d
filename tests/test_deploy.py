"""The units and the compose file: what can be known of them without a systemd that runs, and without an engine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from oso_pipeline.settings import PROJECT_ROOT, setting_names

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Of the same units, with this checkout in the place of /opt/oso."""
    (tmp_path / "bin").mkdir()
    for name in ("serve", "oso"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    for unit in UNITS:
        text = re.sub(r"^ExecStart=/opt/oso/(?:deploy|\.venv/bin)/", f"ExecStart={tmp_path}/bin/", unit.read_text(), flags=re.MULTILINE)  # fmt: skip
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "oso" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", [one for one in UNITS if one.suffix == ".service"], ids=lambda one: one.name)  # fmt: skip
def test_a_unit_starts_what_is_in_the_project_as_a_user_who_may_write_its_state_only(
    unit: Path,
) -> None:
    text = unit.read_text()
    [program] = re.findall(r"^ExecStart=/opt/oso/(\S+)", text, flags=re.MULTILINE)
    assert (PROJECT_ROOT / program).is_file() or program == ".venv/bin/oso"
    for line in ("User=oso", "NoNewPrivileges=yes", "ProtectSystem=strict", "ReadWritePaths=/var/lib/oso"):  # fmt: skip
        assert f"\n{line}\n" in text
    assert set(re.findall(r"OSO_[A-Z_]+", text)) <= set(setting_names())


@pytest.mark.parametrize("timer", [one for one in UNITS if one.suffix == ".timer"], ids=lambda one: one.name)  # fmt: skip
def test_a_timer_has_its_service_and_dutch_time(timer: Path) -> None:
    assert timer.with_suffix(".service").is_file()
    assert re.search(r"^OnCalendar=.* Europe/Amsterdam$", timer.read_text(), flags=re.MULTILINE)


def test_the_compose_file_builds_what_is_there_and_opens_the_ui_on_this_machine_only() -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["oso"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["ports"] == ["127.0.0.1:3000:3000"]
    docker = (DEPLOY / "Dockerfile").read_text()
    states = {volume.split(":")[1] for volume in service["volumes"] if volume.startswith("state:")}
    assert states == set(re.findall(r"^VOLUME (\S+)", docker, flags=re.MULTILINE))
    # what stands in `environment` would go before the settings of oso.env
    assert "environment" not in service
    assert set(re.findall(r"OSO_[A-Z_]+", docker)) <= set(setting_names())


def test_what_the_image_copies_is_let_through_and_no_more() -> None:
    kept = [line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")]  # fmt: skip
    assert all((PROJECT_ROOT / name).exists() for name in kept)
    assert not {".env", "data", ".dagster", "deploy", "tests"} & set(kept)
    assert {"oso_pipeline", "assets", "sensors", "dagster.yaml", "requirements.txt", "deploy/serve"} <= set(kept)  # fmt: skip
