"""A release derived again by the same assets, into a place of its own, and compared with what was published."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import polars as pl
from dagster import (
    AssetSelection,
    DagsterInstance,
    Definitions,
    IOManagerDefinition,
    ResourceDefinition,
    define_asset_job,
    in_process_executor,
    load_assets_from_package_module,
)
from upath import UPath

import assets
from assets.io import FRAME, Frames, frames_in
from assets.progress import progress_logger
from assets.workplace import Workplace
from oso_pipeline import __version__
from oso_pipeline.contracts.marts import JUDGED
from oso_pipeline.errors import ExitCode, PipelineError, SourceUnreadable
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.bounds import load_bounds
from oso_pipeline.release.build import build_candidate, content_hashes
from oso_pipeline.release.checks import checks_to_frame
from oso_pipeline.release.failures import failure_of
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import checks_of
from oso_pipeline.release.marts import with_issues
from oso_pipeline.release.mend import mend
from oso_pipeline.release.rebuild import Comparison, compare, index_to_rebuild, inputs_of
from oso_pipeline.settings import Settings
from sensors.failed_nights import errors_in

_JOB = "rebuild"
_SNAPSHOTS = "registry_snapshots"
_NONE = "delivered_snapshots"
_JUDGED = ("gate_checks", "release")
"""Not derived again: the checks are those that were recorded, and nothing is published."""


def rebuild(
    settings: Settings, release_id: str, say: Callable[[str], None] = lambda _: None
) -> list[Comparison]:
    """Derive a release again from its snapshots, decisions, the release before it and its day.

    Args:
        settings: where the data folder is.
        release_id: a release that has files.
        say: told what is being done, a sentence at a time.

    Returns:
        Every file, then and now; nothing is left of the second.

    Raises:
        UsageError: the release is unknown, or what it was derived from was let go.
        SourceUnreadable: a snapshot of it is no longer kept.
        DataFolderBusy: another run holds the data folder.
    """
    folder = DataFolder(settings.data_dir)
    with folder.hold():
        for done in mend(folder):
            say(f"An earlier run died: {done}.")
        index = index_to_rebuild(folder, release_id)
        store = SnapshotStore(folder.raw)
        night, snapshots = inputs_of(index, store)
        if night.version != __version__:
            say(f"It was made by version {night.version}, and this is {__version__}.")
        say(f"Deriving {release_id} again, of {night.as_of}, from {snapshots.height} snapshots")
        frames = folder.root / ".frames-again"
        try:
            bounds = load_bounds(settings.gate)
            _derive(
                Workplace(settings, folder, store, bounds, night.demo, frames, night), snapshots
            )
            made, last = (
                Frames(UPath(frames) / asset, night.fingerprint) for asset in ("marts", "night")
            )
            checks = checks_to_frame(checks_of(index))
            judged = {table.name: made[table.name] for table in JUDGED}
            tables = with_issues(judged, checks, last["issues"], night.as_of)
            files = build_candidate(
                folder,
                night,
                tables,
                checks,
                content_hashes(tables)[0],
                verdict="held" if index["accepted"] else index["verdict"],
            )
            return compare(index, files)
        finally:
            shutil.rmtree(folder.building(release_id), ignore_errors=True)
            shutil.rmtree(frames, ignore_errors=True)


def _derive(workplace: Workplace, snapshots: pl.DataFrame) -> None:
    """Run the assets from the night's inputs on; the snapshots are those that the release read."""
    shutil.rmtree(workplace.frames, ignore_errors=True)
    for asset, rows in ((_SNAPSHOTS, snapshots), (_NONE, snapshots.clear())):
        (workplace.frames / asset).mkdir(parents=True)
        rows.write_parquet(workplace.frames / asset / f"{FRAME}.parquet")
    selection = AssetSelection.assets("night").downstream() - AssetSelection.assets(*_JUDGED)
    job = Definitions(
        assets=load_assets_from_package_module(assets),
        jobs=[define_asset_job(_JOB, selection=selection)],
        resources={
            "workplace": ResourceDefinition.hardcoded_resource(workplace),
            "io_manager": IOManagerDefinition.hardcoded_io_manager(frames_in(workplace.frames)),
        },
        loggers={"progress": progress_logger},
        executor=in_process_executor,
    ).resolve_job_def(_JOB)
    with DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config={"loggers": {"progress": {"config": {}}}},
            raise_on_error=False,
        )
    if not result.success:
        failure = failure_of(errors_in(result.all_events))
        kind = SourceUnreadable if failure.exit_code == ExitCode.SOURCE else PipelineError
        raise kind(failure.reason)
