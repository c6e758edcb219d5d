"""The nightly job in Dagster's default executor: `python -m benchmarks.default_executor DAY`.

The default executor gives every step a process of its own, as many at a time as there are processors, and each of them
opens the resources again. Our workplace holds the data folder by a lock of its process, which the steps would take from
each other: one at a time they would each mend the folder too, and two at a time one of them would fail. So here the
parent holds and mends it, once, and the steps are given the same workplace without the lock. Assets, checks, IO manager
and instance are the same. What differs is the executor, and nothing is tuned about it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import dagster as dg
from dagster import InitResourceContext

from assets.workplace import Workplace
from oso_pipeline.definitions import build_defs
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.nightly import open_instance
from oso_pipeline.release.bounds import load_bounds
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import read_log
from oso_pipeline.release.mend import mend
from oso_pipeline.settings import load_settings
from sensors.one_night import JOB


def _workplace(_: InitResourceContext) -> Iterator[Workplace]:
    chosen = load_settings()
    folder = DataFolder(chosen.data_dir)
    store, bounds = SnapshotStore(folder.raw), load_bounds(chosen.gate)
    yield Workplace(chosen, folder, store, bounds, demo=False, frames=folder.frames)


ours = build_defs()
defs = dg.Definitions(
    assets=ours.assets,
    jobs=[dg.define_asset_job(JOB, selection=dg.AssetSelection.all())],
    resources={**(ours.resources or {}), "workplace": dg.ResourceDefinition(_workplace)},
    loggers=ours.loggers,
    executor=dg.multiprocess_executor,
)


def nightly() -> dg.JobDefinition:
    """The job, as every step's process finds it."""
    return defs.resolve_job_def(JOB)


def main(day: str) -> None:
    """Run it once, as `oso run` does but for the executor, and say how it ended."""
    gc.disable()
    folder = DataFolder(load_settings().data_dir)
    with folder.hold(), open_instance() as instance:
        mend(folder)
        result = dg.execute_job(
            dg.reconstructable(nightly),
            instance=instance,
            run_config={
                "ops": {"night": {"config": {"as_of": day}}},
                "loggers": {"progress": {"config": {}}},
            },
        )
        ended = [line for line in read_log(folder) if line.run_id == result.run_id]
    print(*(f"{line.verdict.capitalize()}: {line.reason}" for line in ended))
    sys.exit(not result.success or not ended)


if __name__ == "__main__":
    main(sys.argv[1])
