"""Release: all marts together, the gate, and the release that becomes latest."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetObservation,
    FreshnessPolicy,
    MaterializeResult,
    MetadataValue,
    Output,
    ResourceParam,
)

from assets.columns import table_of_checks
from assets.framed import framed_asset
from assets.freshness import RELEASE, about
from assets.io import Frames, NamedFrames, tonight
from assets.workplace import Workplace
from oso_pipeline import clock
from oso_pipeline.contracts.dictionary import dictionary_rows
from oso_pipeline.contracts.marts import JUDGED
from oso_pipeline.contracts.validation import validate
from oso_pipeline.coverage import delivery_points
from oso_pipeline.registry.events import events_between
from oso_pipeline.registry.register import Register
from oso_pipeline.release.checks import checks_to_frame, not_passed, told
from oso_pipeline.release.conclude import conclude
from oso_pipeline.release.gate import judge
from oso_pipeline.release.marts import provenance, release_row, with_issues
from oso_pipeline.release.previous import day_of_release
from oso_pipeline.release.unchanged import next_change_on
from oso_pipeline.statuses import adoption, connected_schools, connection_history

GROUP = "release"


@framed_asset(group_name=GROUP)
def marts(
    workplace: ResourceParam[Workplace],
    night: Frames,
    registry_files: Frames,
    onboarding_records: Frames,
    registry: Frames,
    matched_records: Frames,
    reconciliation: pl.DataFrame,
    qualification_steps: pl.DataFrame,
    branch_status: pl.DataFrame,
    school_status: pl.DataFrame,
    delivery_point_flags: pl.DataFrame,
    decision_signals: pl.DataFrame,
    work_items: pl.DataFrame,
) -> NamedFrames:
    """The tables of the release that it is judged by, each checked against its contract.

    Meanwhile the second process, if it has begun to draw the release, goes on with it.
    """
    begun = tonight(night)
    dated = {"day": begun.as_of, "release_id": begun.release_id}
    happened = events_between(
        night["branch_status"],
        branch_status,
        night["change_log"],
        Register.from_frames(registry),
        registry["schools"],
        qualification_steps,
        **dated,
    )
    tables = {
        **registry,
        **provenance(
            night["snapshots"],
            registry_files,
            onboarding_records,
            registry,
            {**matched_records, "signals": decision_signals},
        ),
        "branch_status": branch_status,
        "school_status": school_status,
        "qualification_steps": qualification_steps,
        "delivery_point_flags": delivery_point_flags,
        "delivery_points": delivery_points(matched_records, matched_records["serving"]),
        "reconciliation": reconciliation,
        "work_items": work_items,
        "connected_schools": connected_schools(branch_status),
        "change_log": pl.concat([night["change_log"], happened]),
        "adoption": adoption(night["adoption"], branch_status, school_status, **dated),
        "connection_history": connection_history(night["connection_history"], branch_status),
        "release": release_row(begun),
        "dictionary": dictionary_rows(),
    }
    shaped = {table.name: table.shape(tables[table.name]) for table in JUDGED}
    if first_sheet := workplace.first_sheets.get(begun.release_id):
        workplace.drafts[begun.release_id] = first_sheet.go_on(shaped)
    return {table.name: validate(shaped[table.name], table) for table in JUDGED}


@framed_asset(
    group_name=GROUP,
    check_specs=[
        AssetCheckSpec("laws", asset="gate_checks", description="What holds in every release."),
        AssetCheckSpec("bounds", asset="gate_checks", description="Against the last release."),
    ],
)
def gate_checks(
    workplace: ResourceParam[Workplace], night: Frames, marts: Frames, registry: Frames
) -> Iterator[Output[pl.DataFrame] | AssetCheckResult]:
    """The checks on the release, with what was measured and what is allowed."""
    begun = tonight(night)
    checks = judge(
        begun.as_of,
        day_of_release(workplace.folder, begun.previous_release_id),
        workplace.bounds,
        registry["branches"],
        marts,
        night,
        started_at=begun.started_at,
    )
    yield Output(checks_to_frame(checks))
    for name, severity, weight in (
        ("laws", "law", AssetCheckSeverity.ERROR),
        ("bounds", "bound", AssetCheckSeverity.WARN),
    ):
        of_kind = [check for check in checks if check.severity == severity]
        failed = not_passed(of_kind)
        yield AssetCheckResult(
            check_name=name,
            passed=not failed,
            severity=weight,
            description=told(failed) or None,
            metadata={"checks": table_of_checks(sorted(of_kind, key=lambda check: check.passed))},
        )


@framed_asset(
    group_name=GROUP,
    output_required=False,
    freshness_policy=FreshnessPolicy.time_window(
        warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
    ),
)
def release(
    context: AssetExecutionContext,
    workplace: ResourceParam[Workplace],
    night: Frames,
    registry_files: Frames,
    onboarding_records: Frames,
    marts: Frames,
    gate_checks: pl.DataFrame,
) -> Iterator[MaterializeResult[None]]:
    """The release: built aside, put in its place in one rename, and latest when it is published.

    Fresh is what `latest` is: a night that is held is seen here, and makes nothing fresh.
    """
    begun = tonight(night)
    conclusion = conclude(
        workplace.folder,
        begun,
        with_issues(marts, gate_checks, night["issues"], begun.as_of),
        night["snapshots"],
        gate_checks,
        next_change_on=next_change_on(onboarding_records, registry_files, begun.as_of),
        run_id=context.run.run_id,
        at=clock.now(),
        webhook=workplace.settings.alert_webhook,
        drafts=workplace.drafts.get(begun.release_id),
    )
    context.log.info(f"Release {conclusion.release_id}: {conclusion.verdict}")
    told = about(conclusion) | {
        "folder": MetadataValue.path(str(workplace.folder.release(conclusion.release_id)))
    }
    if conclusion.verdict == "held":
        context.log_event(AssetObservation(RELEASE, metadata=told))
    else:
        yield MaterializeResult(metadata=told)
