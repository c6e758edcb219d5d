from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from oso_pipeline.demo.country import write_country

DAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country of 300 branches on its first night, for tests that only read it."""
    folder = tmp_path_factory.mktemp("country")
    write_country(folder, as_of=DAY)
    return folder
