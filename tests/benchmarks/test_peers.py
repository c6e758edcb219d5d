"""The peers of the benchmark give the tables that we give, row by row: otherwise their times say nothing."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.marts import compare, costs, floor, ours, sql_peer
from oso_pipeline.demo.country import write_country

DAY = date(2026, 11, 20)
ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / ".venv-peers" / "bin" / "python"


def run_pandas(country: Path, out: Path, as_of: str) -> None:
    command = [PEERS, "-m", "benchmarks.marts.pandas_peer", country, out, "--as-of", as_of]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


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


def test_what_reads_and_writes_without_a_rule_leaves_the_same_tables(
    country: Path, our_tables: Path, tmp_path: Path
) -> None:
    floor.main([str(country), str(tmp_path), "--made", str(our_tables)])
    assert compare.main(our_tables, tmp_path) == 0


def test_every_function_of_ours_is_told_with_its_seconds(
    country: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    costs.main([str(country), str(tmp_path), "--as-of", DAY.isoformat()])
    whole, each = map(json.loads, capsys.readouterr().out.splitlines())
    assert {"read_registry", "take_delivery", "reconcile", "delivery_point_flags", "write"} <= set(each)  # fmt: skip
    assert 0 < sum(wall for wall, _ in each.values()) <= 1.01 * sum(whole.values())


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
    run_pandas(country, tmp_path, DAY.isoformat())
    assert compare.main(our_tables, tmp_path) == 0, capsys.readouterr().out


ODD = {
    "duo/02.-alle-schoolvestigingen-basisonderwijs.csv": [
        {"INSTELLINGSCODE": "0AB1", "VESTIGINGSCODE": "0AB100", "VESTIGINGSNAAM": 'De "Eé\\n/n"', "GEMEENTENUMMER": "0599"},
        {"INSTELLINGSCODE": "", "VESTIGINGSCODE": "", "VESTIGINGSNAAM": "Niemand"},
        {"INSTELLINGSCODE": "o0zz", "VESTIGINGSCODE": "00ZZ-1", "VESTIGINGSNAAM": "Zonder bestuur", "BEVOEGD GEZAG NUMMER": "geen"},
    ],
    "ckan/files/besturenso.csv": [{"BEVOEGD GEZAG NUMMER": "", "BEVOEGD GEZAG NAAM": "Leeg"}, {"BEVOEGD GEZAG NUMMER": "1024X"}],
    "onboarding/accounts.csv": [
        {"account_name": "3:00 pm", "kind": "School", "requested_on": "2024-01-01 10:00", "activated_on": "2024-01-02T11:00:00"},
        {"account_name": " {main} - 0 ", "kind": "school", "requested_on": "2024-01-01"},
        {"account_name": "{main}", "kind": "school", "requested_on": "2024-01-01", "letter_sent_on": "2024-01-04"},
        {"account_name": "{side}", "kind": "school", "requested_on": "2024-01-01", "activated_on": "2024-01-02", "closed_on": "2024-02-02"},
        {"account_name": "{board}.0", "kind": "board", "requested_on": "2024-01-01", "activated_on": "2024-01-01"},
        {"account_name": "{board}", "kind": "board", "requested_on": "2026-12-01"},
        {"account_name": "", "kind": "board"}, {"account_name": "{main}", "kind": ""},
        {"account_name": "{main}", "kind": "school", "activated_on": "30-02-2024"},
    ],
    "onboarding/agreements.csv": [
        {"board_number": "1 O249", "kind": "BASE", "signed_on": "2026-12-24"},
        {"board_number": "{board}", "kind": "base", "signed_on": "2020-01-01"}, {"board_number": "{board}", "kind": "base", "signed_on": "2020-01-01T08:00"},
        {"board_number": "{board}", "kind": "base", "signed_on": "2019-02-03", "ended_on": "2021-02-03"},
        {"board_number": "", "kind": "base", "signed_on": "x"}, {"board_number": "00001", "kind": "base", "signed_on": "2020-01-01", "ended_on": "x"},
    ],
    "onboarding/questionnaires.csv": [
        {"brin": "{main}", "status": "Rejected", "submitted_on": "2020-01-01"}, {"brin": "{main}|0", "status": "submitted"},
        {"brin": "{side}", "status": "approved", "submitted_on": "2027-01-01"}, {"brin": "{side}", "status": "", "submitted_on": ""},
    ],
    "onboarding/branches.csv": [
        {"brin": "{main}-07", "added_on": "2024-01-01"}, {"brin": "{main}-07", "branch_number": "08", "added_on": "2024-01-01"},
        {"brin": "{main}", "branch_number": "{main} O 0", "added_on": "2024-01-01"}, {"brin": "{main}", "branch_number": "1.0", "name": "a\tb"},
        {"brin": "{main}", "branch_number": "I", "added_on": "2024-01-01 00:00"}, {"brin": "{main}", "branch_number": ""},
        {"brin": "{main}", "branch_number": "77", "added_on": "2024-01-03"}, {"brin": "{main}", "branch_number": "77", "added_on": "2024-01-02"},
        {"brin": "{main}", "branch_number": "{side}00", "added_on": "2024-01-01"}, {"brin": "99ZX", "branch_number": "01", "added_on": "2026-12-01"},
    ],
    "onboarding/delivery_points.csv": [
        {"brin": "{side}", "number": "0", "kind": "LAS", "las": "ESIS", "registered_on": "2024-01-01"},
        {"brin": "{main}", "number": "Hoofd, 1", "kind": "las", "registered_on": "2024-01-01"},
        {"brin": "{main}", "number": "", "kind": "las", "requested_on": "2024-01-01", "registered_on": "2024-01-02"},
        {"brin": "{main}", "number": "000", "kind": "las", "registered_on": "2023-01-01"}, {"brin": "{main}", "number": "0.0", "kind": "las", "registered_on": "2023-01-02"},
        {"brin": "{main}", "number": "", "kind": "las", "branch_number": "{main}-0", "registered_on": "2023-01-01"},
        {"brin": "{main}", "number": "5", "kind": "ot", "requested_on": "2024-01-01"}, {"brin": "{main}", "number": "", "kind": "swv", "approved_on": "2024-01-01"},
        {"brin": "{main}-1", "number": "2", "kind": "las"}, {"brin": "{main}", "number": "2", "kind": "las", "key_issued_on": "gisteren"},
        {"brin": "{main}", "number": "2", "kind": "las", "requested_on": "2026-12-01"}, {"brin": "", "number": "2", "kind": "las"},
    ],
    "onboarding/test_exchanges.csv": [
        {"brin": "{side}", "delivery_point_number": "", "performed_on": "2024-01-01", "result": "passed"},
        {"brin": "{side}", "delivery_point_number": "0042", "partner_brin": "o1ab", "profile": "povo", "performed_on": "2024-01-01", "result": "FAILED"},
        {"brin": "{last}", "delivery_point_number": "", "performed_on": "2024-01-01", "result": "failed"}, {"brin": "{last}", "result": "failed"},
        {"brin": "{other}", "delivery_point_number": "7", "performed_on": "", "result": "failed", "partner_brin": "wie?"},
        {"brin": "{last}", "performed_on": "2026-12-01", "result": "passed"}, {"brin": "{main}", "result": "geslaagd", "performed_on": "x"},
    ],
}  # fmt: skip
"""Rows that the made-up country does not have. `main` and `side` are schools with and without a 00 branch, `board` is that of the first."""


@pytest.fixture(scope="module")
def odd_country(country: Path, our_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd") / "country"
    shutil.copytree(country, folder)
    branches = pl.read_parquet(our_tables / "branch_status.parquet")
    has_main = (pl.col("branch_code").str.slice(4) == "00").any().over("brin")
    side = branches.filter(~has_main).row(0, named=True)
    main = branches.filter(has_main).row(0, named=True)
    first, last = branches["brin"].unique().sort().tail(2)
    words = {"main": main["brin"], "side": side["brin"], "board": main["board_number"], "other": first, "last": last}  # fmt: skip
    for name, rows in ODD.items():
        encoding = "cp1252" if name.startswith("duo/") else "utf-8"
        header, end = (
            (folder / name).read_bytes().decode(encoding).splitlines(keepends=True)[0],
            "\n",
        )
        if header.endswith("\r\n"):
            end = "\r\n"
        separator = ";" if header.count(";") >= header.count(",") else ","
        names = header.strip().replace('"', "").split(separator)
        with (folder / name).open("a", encoding=encoding, newline="") as file:
            written = csv.DictWriter(file, names, delimiter=separator, lineterminator=end)
            for row in rows:
                written.writerow({column: value.format(**words) for column, value in row.items()})
    return folder


@pytest.mark.parametrize("as_of", ["2026-11-20", "2026-12-31"])
def test_what_no_made_up_country_holds_is_told_in_the_same_words(
    odd_country: Path, tmp_path: Path, as_of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ours.main([str(odd_country), str(tmp_path / "ours"), "--as-of", as_of])
    rows = pl.read_parquet(tmp_path / "ours" / "quarantine.parquet")
    assert set(rows["rule"]) >= {"branch_code_unreadable", "board_number_unreadable", "branch_contradicted"}  # fmt: skip
    sql_peer.main([str(odd_country), str(tmp_path / "sql"), "--as-of", as_of])
    assert compare.main(tmp_path / "ours", tmp_path / "sql") == 0, capsys.readouterr().out
    if PEERS.exists():
        run_pandas(odd_country, tmp_path / "pandas", as_of)
        assert compare.main(tmp_path / "ours", tmp_path / "pandas") == 0, capsys.readouterr().out


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
    assert len(files) == 19
    for path in files:
        assert "oso_pipeline" not in path.read_text("utf-8"), path.name
