"""The nightly job in the process of the tests, for tests of what a night leaves behind."""

from __future__ import annotations

from datetime import date

import pytest
from dagster import DagsterInstance

from oso_pipeline import nightly
from oso_pipeline.release.log import Conclusion
from oso_pipeline.settings import Settings


def night(settings: Settings, *, as_of: date, demo: bool = False) -> Conclusion:
    """What `oso run` does, but Dagster keeps in memory what it notes: of a small night, keeping it on disk is a third.

    That it is kept on disk, and what the next run finds there, is told by test_night.py,
    test_night_from_a_database.py and test_serve.py.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "open_instance", DagsterInstance.ephemeral)
        return nightly.run_night(settings, as_of=as_of, demo=demo)
