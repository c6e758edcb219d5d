from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from demo_reading import every_branch

from oso_pipeline.demo.__main__ import main
from oso_pipeline.demo.deliveries import DELIVERY_FAULTS
from oso_pipeline.demo.faults import FAULTS


def test_a_country_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", str(tmp_path), "--branches", "50", "--as-of", "2026-11-23"]) == 0
    assert len(every_branch(tmp_path)) == 50
    assert capsys.readouterr().out == f"Written: {tmp_path}\n"


def test_every_fault_is_listed_with_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faults"]) == 0
    told = capsys.readouterr().out
    assert all(
        fault.name in told and fault.meaning in told
        for fault in [*FAULTS.values(), *DELIVERY_FAULTS.values()]
    )


def test_a_delivery_is_spoiled_in_place(tmp_path: Path) -> None:
    main(["write", str(tmp_path), "--branches", "50", "--as-of", "2026-11-23"])
    assert (
        main(["spoil", str(tmp_path / "onboarding"), "table_emptied", "--table", "accounts"]) == 0
    )
    assert (
        len((tmp_path / "onboarding" / "accounts.csv").read_text(encoding="utf-8").splitlines())
        == 1
    )


def test_a_country_that_cannot_be_ends_with_2_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["write", str(tmp_path), "--branches", "5", "--as-of", "2026-11-23"]) == 2
    assert "20 to 5000000 branches, not 5" in capsys.readouterr().err


def test_a_folder_without_a_country_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", str(tmp_path)]) == 2
    assert "holds no country: `python -m oso_pipeline.demo write" in capsys.readouterr().err


def test_the_server_tells_its_addresses_serves_a_fault_and_stops_when_interrupted(
    country: Path,
) -> None:
    command = [
        sys.executable,
        "-m",
        "oso_pipeline.demo",
        "serve",
        str(country),
        "--fault",
        "po=status_503",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        name, _, base = serving.stdout.readline().strip().partition("=")
        assert name == "OSO_DUO_BASE_URL"
        try:
            assert (
                httpx.get(f"{base}02.-alle-schoolvestigingen-basisonderwijs.csv").status_code == 503
            )
        finally:
            serving.send_signal(signal.SIGTERM)
        assert serving.stdout.read().endswith("Stopped.\n")
    assert serving.returncode == 0
