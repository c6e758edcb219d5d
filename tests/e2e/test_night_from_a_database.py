"""A whole night from PostgreSQL ends as one from CSV files of the same content, and its password is nowhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from postgres import PASSWORD, QUOTED, Postgres, fill

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.nightly import run_night
from oso_pipeline.release.database import open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion
from oso_pipeline.settings import Settings, load_settings

DAY = date(2026, 11, 20)
SECRETS = [
    form.encode() for form in (PASSWORD, QUOTED, quote(PASSWORD), json.dumps(PASSWORD)[1:-1])
]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_country(folder, branches=300, as_of=DAY)
    return folder


@pytest.fixture(scope="module")
def database(country: Path, postgres: Postgres) -> str:
    """The same six tables, with their private columns and damaged codes, in a database."""
    name = postgres.database("night")
    with postgres.connection(name) as connection:
        fill(connection, {table.name: written(country, table.name) for table in ONBOARDING})
        connection.execute("GRANT USAGE ON SCHEMA mijn_oso TO reader")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA mijn_oso TO reader")
    return name


def written(country: Path, table: str) -> tuple[list[str], list[list[str]]]:
    """A delivered table as it fits in a database: a row that has not its header's fields cannot be in one."""
    text = (country / "onboarding" / f"{table}.csv").read_text("utf-8-sig")
    separator = ";" if text.splitlines()[0].count(";") else ","
    header, *rows = csv.reader(text.splitlines(), delimiter=separator)
    return header, [row for row in rows if len(row) == len(header)]


@pytest.fixture
def server(country: Path) -> Iterator[RegistryServer]:
    with RegistryServer(country) as server:
        yield server


def night(server: RegistryServer, folder: Path, onboarding: str) -> Conclusion:
    return run_night(settings(server, folder, onboarding), as_of=DAY)


def settings(server: RegistryServer, folder: Path, onboarding: str) -> Settings:
    return load_settings(
        data_dir=folder,
        duo_base_url=server.duo_base_url,
        ckan_base_url=server.ckan_base_url,
        onboarding=onboarding,
    )


def table(folder: Path, query: str) -> list[dict[str, Any]]:
    with open_database(DataFolder(folder).latest / "oso.duckdb") as connection:
        return pl.DataFrame(connection.sql(query)).to_dicts()


SAME = (
    "SELECT * FROM branch_status ORDER BY branch_code",
    "SELECT * EXCLUDE (begun_by) FROM school_status ORDER BY brin",
    "SELECT brin, step, passed, since_on FROM qualification_steps ORDER BY ALL",
    "SELECT * EXCLUDE (source_row) FROM delivery_point_flags ORDER BY ALL",
    "SELECT * EXCLUDE (source_row, reason) FROM reconciliation WHERE outcome <> 'quarantined' ORDER BY ALL",
    "SELECT source, rule, count(*) FROM quarantine WHERE rule <> 'wrong_number_of_fields' GROUP BY ALL ORDER BY ALL",
    "SELECT source, rows_used, rows_ignored FROM sources ORDER BY source",
    "SELECT * FROM work_items ORDER BY item_id",
)


def test_a_night_from_a_database_ends_as_one_from_files_of_the_same_content(
    server: RegistryServer, country: Path, postgres: Postgres, database: str, tmp_path: Path
) -> None:
    files, read = tmp_path / "files", tmp_path / "read"
    before = len(postgres.log())
    assert night(server, files, f"dir:{country / 'onboarding'}").verdict == "published"
    assert night(server, read, postgres.address(database)).verdict == "published"
    for query in SAME:
        assert table(read, query) == table(files, query), query
    urls = "SELECT DISTINCT url FROM sources WHERE source = 'accounts'"
    assert table(read, urls) == [{"url": "postgresql:night/mijn_oso"}]
    assert "contactpersoon" not in postgres.log()[before:]
    assert night(server, read, postgres.address(database)).verdict == "unchanged"


def test_the_password_is_in_nothing_that_a_night_writes_or_says(
    server: RegistryServer,
    postgres: Postgres,
    database: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert night(server, tmp_path / "data", postgres.address(database)).exit_code == 0
    refused = night(server, tmp_path / "data", postgres.address(database, user="stranger"))
    assert refused.exit_code == 4
    assert 'password authentication failed for user "stranger"' in refused.reason
    missing = night(server, tmp_path / "data", postgres.address("nowhere"))
    assert missing.exit_code == 4
    seen = "".join(capfd.readouterr()).encode()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any("dagster" in str(path) and path.suffix == ".db" for path in written)
    for content in [seen, *(path.read_bytes() for path in written)]:
        assert not any(secret in content for secret in SECRETS)


def test_a_server_that_is_away_ends_the_night_and_no_earlier_delivery_stands_in(
    server: RegistryServer, postgres: Postgres, database: str, tmp_path: Path
) -> None:
    assert night(server, tmp_path, postgres.address(database)).verdict == "published"
    published = DataFolder(tmp_path).latest_release_id()
    header = "decision,subject,value,reason,evidence,author,decided_on,expires_on\n"
    (tmp_path / "raw" / "overrides.csv").write_text(header)
    away = postgres.address(database).replace(str(postgres.port), "1")
    conclusion = night(server, tmp_path, away)
    assert (conclusion.verdict, conclusion.exit_code) == ("failed", 4)
    assert "Connection refused" in conclusion.reason
    assert DataFolder(tmp_path).latest_release_id() == published
    assert SnapshotStore(DataFolder(tmp_path).raw).newest("overrides"), "seen, though the night failed"  # fmt: skip
