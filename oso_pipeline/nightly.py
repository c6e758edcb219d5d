"""One night through the Dagster definitions, in this process, under the lock; what `oso run` and `oso demo` do."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef
from sqlalchemy.exc import DBAPIError

from oso_pipeline import clock
from oso_pipeline.definitions import build_defs
from oso_pipeline.errors import (
    DataFolderBusy,
    ExitCode,
    FailureNotRecorded,
    PipelineError,
    UsageError,
)
from oso_pipeline.release.failures import (
    Failure,
    failure_of,
    record_failed_run,
    tell_failed_run,
)
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion, read_log
from oso_pipeline.settings import PROJECT_ROOT, Settings, load_settings
from sensors.died_nights import FOLDER, fail_started_runs
from sensors.failed_nights import errors_in
from sensors.one_night import JOB, holds_a_demo


def open_instance() -> DagsterInstance:
    """The Dagster instance of `dagster.yaml`, with its storage in DAGSTER_HOME, else in `.dagster` at the root."""
    home = _home()
    home.mkdir(parents=True, exist_ok=True)
    return DagsterInstance.from_ref(InstanceRef.from_dir(str(home), config_dir=str(PROJECT_ROOT)))


def _home() -> Path:
    return Path(os.environ.get("DAGSTER_HOME") or PROJECT_ROOT / ".dagster")


def run_night(
    settings: Settings,
    *,
    as_of: date | None,
    demo: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Conclusion:
    """Run the nightly job once.

    Args:
        settings: which sources, and from where.
        as_of: the day D; None for today in the Netherlands.
        demo: whether the data is made up.
        say: told what is being done, a sentence at a time.

    Returns:
        How the night ended, as it stands in the log.

    Raises:
        DataFolderBusy: another run holds the data folder.
        UsageError: the data folder is a demo's, and the sources are real.
        PipelineError: the data folder or Dagster's own cannot be written; the webhook knows.
    """
    folder = DataFolder(settings.data_dir)
    if not demo and settings.duo_base_url.startswith("https:") and holds_a_demo(settings):
        raise UsageError(
            f"{folder.root} holds a made-up country, and this would read the real registry ({settings.duo_base_url}) into it."
            " Point OSO_DATA_DIR to a folder of your own (`unset OSO_DATA_DIR` for the default), or run `oso demo` for the next"
            " night of the made-up one."
        )
    try:
        return _run_held(settings, folder, as_of=as_of, demo=demo, say=say)
    except (DataFolderBusy, UsageError, FailureNotRecorded):
        raise
    except PipelineError as error:  # the folder cannot be written, or its log cannot be read
        _tell(settings, folder, str(error))
        raise
    except (OSError, DBAPIError) as error:
        sentence = _cannot_keep(error)
        _tell(settings, folder, sentence)
        raise PipelineError(sentence) from None


def _cannot_keep(error: OSError | DBAPIError) -> str:
    """What a person does when the records of runs cannot be written: Dagster writes some before and after every step."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return (
        f"The night could not be run: Dagster's records of it cannot be written in {_home()} ({said}). Free space on that disk"
        " (`oso prune` lets go of what need not be kept), or set DAGSTER_HOME to a folder that this user may write, and run"
        " `oso run` again. latest is what it was."
    )


def _tell(settings: Settings, folder: DataFolder, reason: str) -> None:
    """Tell the webhook of a night that has no line in the log, as it could not begin or be written down."""
    tell_failed_run(
        folder,
        Failure(reason, ExitCode.FAILED),
        run_id="none",
        at=clock.now(),
        webhook=settings.alert_webhook,
    )


def _run_held(
    settings: Settings,
    folder: DataFolder,
    *,
    as_of: date | None,
    demo: bool,
    say: Callable[[str], None],
) -> Conclusion:
    with folder.hold(), open_instance() as instance:
        for run_id in fail_started_runs(instance, folder, load_settings):
            say(f"Run {run_id[:8]} had died; it is marked as failed.")
            with suppress(PipelineError):  # what is wrong with the folder is told by the run itself
                record_failed_run(
                    folder,
                    failure_of([]),
                    run_id=run_id,
                    at=clock.now(),
                    webhook=settings.alert_webhook,
                )
        job = build_defs(lambda: settings, demo=demo).resolve_job_def(JOB)
        result = job.execute_in_process(
            instance=instance,
            run_config={
                "ops": {"night": {"config": {"as_of": as_of.isoformat() if as_of else ""}}},
                "loggers": {"progress": {"config": {}}},
            },
            tags={FOLDER: str(folder.root)},
            raise_on_error=False,
        )
        if not any(line.run_id == result.run_id for line in read_log(folder)):
            failure = failure_of(errors_in(result.all_events))
            record_failed_run(
                folder,
                failure,
                run_id=result.run_id,
                as_of=as_of or clock.today(),
                at=clock.now(),
                webhook=settings.alert_webhook,
            )
        return next(line for line in read_log(folder) if line.run_id == result.run_id)
