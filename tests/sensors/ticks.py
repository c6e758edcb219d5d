"""Ticks of a sensor as the daemon makes them: a context with the cursor of the tick before, and the nights that it asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    build_sensor_context,
    job,
    op,
    reconstructable,
)
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from sensors.one_night import JOB


@op
def nothing() -> None:
    """Nothing."""


@job(name=JOB)
def a_night() -> None:
    """Of the name that the sensors ask for."""
    nothing()


_CODE = reconstructable(a_night).get_python_origin()
_ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(GrpcServerCodeLocationOrigin("localhost", 1), "repository"), JOB
)
"""Where a run in the queue says that it comes from; nothing is there."""


class Ticks:
    """One sensor, tick after tick."""

    def __init__(self, instance: DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None
        self.run_keys: list[str] = []
        self.said = ""

    def context(self) -> SensorEvaluationContext:
        return build_sensor_context(instance=self.instance, cursor=self.cursor)

    def of(self, sensor: SensorDefinition) -> SensorResult:
        return self.note(sensor(self.context()))  # ty: ignore[invalid-argument-type]

    def note(self, result: SensorResult) -> SensorResult:
        """As the daemon does: a run key is used once per sensor, and a cursor that is not given stays."""
        self.cursor = result.cursor or self.cursor
        self.run_keys += [str(one.run_key) for one in result.run_requests or []]
        assert len(set(self.run_keys)) == len(self.run_keys)
        self.said = str(result.skip_reason.skip_message) if result.skip_reason else ""
        return result


@contextmanager
def a_night_that_is(instance: DagsterInstance, status: DagsterRunStatus) -> Iterator[None]:
    """A run of the nightly job in this state, for as long as the block lasts."""
    run = instance.create_run_for_job(
        a_night, status=status, remote_job_origin=_ORIGIN, job_code_origin=_CODE
    )
    yield
    instance.delete_run(run.run_id)
