"""Intake: bytes in, the inputs of the night, and the sources as read."""

import warnings
from collections.abc import Iterator
from datetime import date

import polars as pl
from dagster import (
    AssetExecutionContext,
    BetaWarning,
    Config,
    DataVersion,
    Output,
    ResourceParam,
    asset,
)

from assets.framed import framed_asset
from assets.freshness import still_fresh
from assets.io import Frames, NamedFrames, tonight
from assets.workplace import Workplace
from oso_pipeline import clock
from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.errors import UsageError
from oso_pipeline.intake.delivery import take_delivery
from oso_pipeline.intake.nightly import (
    bodies_hash,
    read_deliveries,
    snapshot_row,
    snapshot_rows,
)
from oso_pipeline.intake.overrides import take_overrides
from oso_pipeline.intake.registry import fetch_registry, read_registry
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.conclude import conclude_unchanged
from oso_pipeline.release.night import begin_night
from oso_pipeline.release.previous import last_release
from oso_pipeline.release.second_process import get_ready, is_worth_it
from oso_pipeline.release.unchanged import still_stands

GROUP = "intake"


class NightConfig(Config):
    """The day D; empty for today in the Netherlands."""

    as_of: str = ""

    def day(self) -> date:
        """The day D.

        Raises:
            UsageError: it is not a day.
        """
        try:
            return date.fromisoformat(self.as_of) if self.as_of else clock.today()
        except ValueError:
            raise UsageError(
                f"as_of: expected a day as 2026-11-23, found {self.as_of!r}."
            ) from None


@asset(group_name=GROUP)
def registry_snapshots(
    context: AssetExecutionContext, workplace: ResourceParam[Workplace]
) -> Output[pl.DataFrame]:
    """The registry's files as they are tonight, kept under data/raw."""
    taken = fetch_registry(
        workplace.settings,
        workplace.store,
        at=clock.now(),
        oldest_fallback=workplace.bounds.oldest_fallback,
    )
    context.log.info(f"Registry: {len(taken)} files: {', '.join(t.source for t in taken)}")
    return _versioned(snapshot_rows(taken))


@asset(group_name=GROUP)
def delivered_snapshots(
    context: AssetExecutionContext, workplace: ResourceParam[Workplace]
) -> Output[pl.DataFrame]:
    """People's decisions, and the onboarding records, rewritten to the contract's columns.

    The decisions first: when Mijn OSO does not answer, they are not missing too.
    """
    settings, store, at = workplace.settings, workplace.store, clock.now()
    decisions = take_overrides(settings.overrides_file, store, at=at)
    onboarding = take_delivery(settings.onboarding_source, store, at=at)
    context.log.info(f"Onboarding: snapshot {onboarding.snapshot_id}")
    return _versioned(pl.concat(snapshot_row(kept, at) for kept in (onboarding, decisions) if kept))


def _versioned(snapshots: pl.DataFrame) -> Output[pl.DataFrame]:
    """The data version is that of the bodies: Dagster sees what is new, and what is only seen again.

    Dagster 1.13 calls the parameter beta; what it is for is asked of us, and a warning in every night's log is not.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BetaWarning)
        return Output(snapshots, data_version=DataVersion(bodies_hash(snapshots)))


@asset(group_name=GROUP, output_required=False)
def night(
    context: AssetExecutionContext,
    config: NightConfig,
    workplace: ResourceParam[Workplace],
    registry_snapshots: pl.DataFrame,
    delivered_snapshots: pl.DataFrame,
) -> Iterator[Output[NamedFrames]]:
    """The inputs of the night: snapshots, decisions, day, version, and what the last published release knew.

    Where nothing is new since that release, the night ends here: it is logged as unchanged, and what follows is skipped.
    """
    folder = workplace.folder
    snapshots = pl.concat([registry_snapshots, delivered_snapshots])
    begun = workplace.again or begin_night(
        snapshots,
        as_of=config.day(),
        started_at=clock.now(),
        previous_release_id=folder.latest_release_id(),
        demo=workplace.demo,
    )
    if workplace.again is None and still_stands(folder, begun):
        unchanged = conclude_unchanged(
            folder,
            begun,
            snapshots,
            run_id=context.run.run_id,
            at=clock.now(),
            webhook=workplace.settings.alert_webhook,
        )
        context.log_event(still_fresh(unchanged))
        context.log.info(f"Nothing is new since release {begun.previous_release_id}")
        return
    if workplace.aside and is_worth_it(_bytes(snapshots, workplace.store)):
        workplace.aside.submit(get_ready)
        workplace.drawn_aside.add(begun.release_id)
    last = begun.previous_release_id
    remembered = last_release(folder.release(last) if last else None)
    yield Output({"night": begun.to_frame(), "snapshots": snapshots, **remembered})


def _bytes(snapshots: pl.DataFrame, store: SnapshotStore) -> int:
    return sum(store.size(*one) for one in snapshots.select("source", "snapshot_id").rows())


@framed_asset(group_name=GROUP)
def registry_files(
    context: AssetExecutionContext, workplace: ResourceParam[Workplace], night: Frames
) -> NamedFrames:
    """The registry's files as read: branches and boards, and the rows that are not used."""
    files = read_registry(night["snapshots"], workplace.store)
    context.log.info(f"Registry: {files['branches'].height:,} branch rows read")
    return files


@framed_asset(group_name=GROUP)
def onboarding_records(
    context: AssetExecutionContext, workplace: ResourceParam[Workplace], night: Frames
) -> NamedFrames:
    """The six onboarding tables and the decisions as read, and the rows that are not used."""
    records = read_deliveries(night["snapshots"], workplace.store, tonight(night).as_of)
    read = records["read"].filter(pl.col("source") != OVERRIDES.name)
    rows = int(read["rows_read"].sum())
    quarantined = records["quarantined"].height
    context.log.info(f"Onboarding: {rows:,} rows read, {quarantined:,} quarantined")
    return records
