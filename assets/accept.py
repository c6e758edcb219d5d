"""A person publishes a release that is held, from the Dagster UI: what `oso publish` does, as a job with a form."""

from dagster import Config, OpExecutionContext, ResourceParam, in_process_executor, job, op
from pydantic import Field

from assets.freshness import still_fresh
from assets.workplace import Workplace
from oso_pipeline import clock
from oso_pipeline.release.accept import accept_held


class Acceptance(Config):
    """What is accepted, why, and by whom."""

    release_id: str = Field(description="The held release, as `oso releases` lists it.")
    checks: list[str] = Field(description="The name of every check that did not pass.")
    reason: str = Field(description="Why it may be published all the same.")
    by: str = Field(description="Who accepts it.")


@op
def accept(
    context: OpExecutionContext, workplace: ResourceParam[Workplace], config: Acceptance
) -> None:
    """Publish the held release, and record who accepted what, when and why."""
    concluded = accept_held(
        workplace.folder,
        config.release_id,
        config.checks,
        reason=config.reason,
        by=config.by,
        at=clock.now(),
    )
    if concluded:
        context.log_event(still_fresh(concluded))
    context.log.info(concluded.reason if concluded else "It is latest already: nothing to do.")


@job(
    name="accept_held_release",
    description="Publish a release that is held: name the checks that you accept, and why. What `oso publish` does.",
    executor_def=in_process_executor,
)
def accept_held_release() -> None:
    """One step."""
    accept()
