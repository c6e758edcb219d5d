"""A data folder, a country that is served, and the command line on them: what tests of whole nights stand on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from subprocess import PIPE
from typing import Any

import polars as pl
from nights import night

from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.release.database import open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion

DAY = date(2026, 11, 20)
HERE = Path(__file__).parent


@dataclass
class Place:
    """A data folder, a country that is served, and the command line on them."""

    folder: DataFolder
    country: Path
    server: RegistryServer
    dagster: Path

    def oso(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return self._call([str(Path(sys.executable).parent / "oso"), *arguments], settings)

    def night(self) -> Conclusion:
        """The nightly job in this process."""
        return night(settings_for(self.server, self.folder.root), as_of=DAY)

    @contextmanager
    def killing(self) -> Iterator[Callable[[str], int]]:
        """What runs a night that is killed at an asset, and gives the exit code: -9."""
        command = [sys.executable, str(HERE / "killed_nights.py"), str(DAY)]
        with subprocess.Popen(command, env=self.environment(), stdin=PIPE, stdout=PIPE, text=True) as nights:  # fmt: skip
            assert nights.stdin is not None
            assert nights.stdout is not None
            given, told = nights.stdin, nights.stdout

            def killed_at(asset: str) -> int:
                print(asset, file=given, flush=True)
                return int(told.readline())

            yield killed_at

    def _call(
        self, command: list[str], settings: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        environment = self.environment() | settings
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def environment(self) -> dict[str, str]:
        """What a command is started with."""
        return os.environ | {
            "DAGSTER_HOME": str(self.dagster),
            "OSO_DATA_DIR": str(self.folder.root),
            "OSO_DUO_BASE_URL": self.server.duo_base_url,
            "OSO_CKAN_BASE_URL": self.server.ckan_base_url,
            "OSO_ONBOARDING": f"dir:{self.country / 'onboarding'}",
            "COLUMNS": "200",
        }

    def query(self, sql: str) -> list[dict[str, Any]]:
        with open_database(self.folder.latest / "oso.duckdb") as connection:
            return pl.DataFrame(connection.sql(sql)).to_dicts()

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.folder.log.read_text().splitlines()]

    def index(self, release_id: str) -> dict[str, Any]:
        return json.loads((self.folder.release(release_id) / "index.json").read_text())

    def change_something(self, number: int) -> None:
        """One more questionnaire of a school that nobody knows: a delivery that is not last night's."""
        with (self.country / "onboarding" / "questionnaires.csv").open("a") as file:
            file.write(f"98{chr(65 + number // 26)}{chr(65 + number % 26)},draft,\n")
