"""What the diagnosis' tests share: a pipeline before its first night, and after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipelines import Pipeline


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(tmp_path / "data")


@pytest.fixture
def published(pipeline: Pipeline) -> Pipeline:
    pipeline.night("published")
    return pipeline
