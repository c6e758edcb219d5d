"""What the sensors' tests share: ticks on a Dagster instance that lives in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dagster import DagsterInstance
from ticks import Ticks


@pytest.fixture
def ticks() -> Iterator[Ticks]:
    with DagsterInstance.ephemeral() as instance:
        yield Ticks(instance)
