"""The peers of the benchmark give the tables that we give, row by row: otherwise their times say nothing."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.marts import compare, ours, sql_peer
from oso_pipeline.demo.country import write_country

DAY = date(2026, 11, 20)
ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / ".venv-peers" / "bin" / "python"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_country(folder, branches=300, as_of=DAY)
    return folder


@pytest.fixture(scope="module")
def our_tables(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ours")
    ours.main([str(country), str(out), "--as-of", DAY.isoformat()])
    return out


def test_our_tables_hold_what_the_country_was_made_to_hold(our_tables: Path) -> None:
    rows = {name: pl.read_parquet(our_tables / f"{name}.parquet") for name in ours.COLUMNS}
    assert rows["branch_status"].height == 300
    assert set(rows["branch_status"]["status"]) >= {"connected", "in_progress", "not_started"}
    assert set(rows["reconciliation"]["outcome"]) == {"matched", "unknown", "duplicate", "quarantined"}  # fmt: skip
    assert rows["quarantine"]["rule"].n_unique() >= 6
    assert rows["delivery_point_flags"]["flag"].n_unique() == 7  # nothing has closed or gone on


@pytest.mark.parametrize("as_of", ["2026-11-20", "2025-06-01"])
def test_the_sql_peer_gives_the_same_tables(
    country: Path, tmp_path: Path, as_of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ours.main([str(country), str(tmp_path / "ours"), "--as-of", as_of])
    sql_peer.main([str(country), str(tmp_path / "sql"), "--as-of", as_of])
    assert compare.main(tmp_path / "ours", tmp_path / "sql") == 0, capsys.readouterr().out


def test_the_pandas_peer_gives_the_same_tables(
    country: Path, our_tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not PEERS.exists():
        pytest.skip("pandas is not for the product's environment; `make bench` installs it beside")
    command = [PEERS, "-m", "benchmarks.marts.pandas_peer", country, tmp_path, "--as-of", DAY.isoformat()]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert compare.main(our_tables, tmp_path) == 0, capsys.readouterr().out


def test_a_row_that_differs_is_shown_and_the_exit_code_says_so(
    our_tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in our_tables.glob("*.parquet"):
        rows = pl.read_parquet(path)
        if path.stem == "school_status":
            rows = rows.with_columns(pl.when(pl.int_range(pl.len()) == 7).then(~pl.col("qualified")).otherwise("qualified").alias("qualified"))  # fmt: skip
        rows.write_parquet(tmp_path / path.name)
    assert compare.main(our_tables, tmp_path) == 1
    told = capsys.readouterr().out
    assert "DIFFERENT" in told
    assert told.count("1 rows are so only in") == 2


def test_the_peers_name_nothing_of_the_product() -> None:
    files = [path for kind in ("pandas", "sql") for path in (ROOT / "benchmarks" / "marts").glob(f"{kind}_*")]  # fmt: skip
    assert len(files) == 10
    for path in files:
        assert "oso_pipeline" not in path.read_text("utf-8"), path.name
