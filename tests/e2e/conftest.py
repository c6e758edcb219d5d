"""What whole nights share: a release after two nights on a hostile country."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import nights
import pytest
from hostile import DECISIONS, write_hostile_country

from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.release.folder import DataFolder

DAY = date(2026, 11, 20)
DAYS_BETWEEN = 10


@pytest.fixture(scope="session")
def hostile_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the second published release of a hostile country; things happened between the two."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "overrides.csv").write_text(DECISIONS)
    for night in (1, 2):
        day = DAY - timedelta(days=DAYS_BETWEEN * (2 - night))
        write_hostile_country(root / "country", as_of=day, night=night, days_between=DAYS_BETWEEN)
        with RegistryServer(root / "country") as server:
            ended = nights.night(settings_for(server, root / "data"), as_of=day)
            assert ended.verdict == "published", ended.reason
    return DataFolder(root / "data").latest.resolve()
