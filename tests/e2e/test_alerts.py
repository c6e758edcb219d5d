"""Who is told of a night, whoever ran it; that telling changes nothing; and that the secret is written nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    DagsterEvent,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    FreshnessPolicy,
    build_run_status_sensor_context,
)
from published import walk
from pytest_httpserver import HTTPServer

from oso_pipeline.definitions import build_defs, defs
from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.errors import PipelineError
from oso_pipeline.nightly import open_instance
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import read_log
from oso_pipeline.settings import Settings
from sensors.failed_nights import failed_nights
from sensors.one_night import JOB

RELEASE = AssetKey("release")
DAY = "2026-11-20"
SECRET = "T0geheim-B1geheim"  # noqa: S105 - it is looked for in everything that is written


@dataclass
class Place:
    """A country that is served, and the command line on it, with a webhook that is somewhere."""

    root: Path
    server: RegistryServer

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root / "data")

    @property
    def records(self) -> Path:
        return self.root / "country" / "onboarding" / "delivery_points.csv"

    def oso(self, webhook: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "DAGSTER_HOME": str(self.root / "dagster"),
            "OSO_DATA_DIR": str(self.root / "data"),
            "OSO_DUO_BASE_URL": self.server.duo_base_url,
            "OSO_CKAN_BASE_URL": self.server.ckan_base_url,
            "OSO_ONBOARDING": f"dir:{self.records.parent}",
            "OSO_ALERT_WEBHOOK": webhook,
        }
        command = [str(Path(sys.executable).parent / "oso"), *arguments]
        return subprocess.run(
            command, env=os.environ | settings, capture_output=True, text=True, check=False
        )

    def night(self, webhook: str) -> subprocess.CompletedProcess[str]:
        return self.oso(webhook, "run", "--as-of", DAY)

    def halve_the_delivery(self) -> None:
        lines = self.records.read_text().splitlines(keepends=True)
        self.records.write_text("".join(lines[: len(lines) // 2]))

    def break_the_delivery(self) -> None:
        self.records.write_text(self.records.read_text().replace("brin", "school", 1))

    def settings(self, webhook: str) -> Settings:
        return settings_for(self.server, self.root / "data").model_copy(
            update={"alert_webhook": Settings(alert_webhook=webhook).alert_webhook}  # ty: ignore[invalid-argument-type]
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    write_country(tmp_path / "country", branches=60, as_of=date.fromisoformat(DAY))
    with RegistryServer(tmp_path / "country") as server:
        yield Place(tmp_path, server)


def test_held_and_failed_nights_are_told_of_once_and_the_secret_is_written_nowhere(
    place: Place, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/services/{SECRET}", method="POST").respond_with_data("ok")
    webhook = httpserver.url_for(f"/services/{SECRET}")
    nights = [place.night(webhook), place.night(webhook)]
    assert httpserver.log == []
    published = place.folder.latest_release_id()
    whole_delivery = place.records.read_text()
    place.halve_the_delivery()
    nights.append(place.night(webhook))
    place.break_the_delivery()
    nights.append(place.night(webhook))
    place.records.write_text(whole_delivery)
    nights += [place.night(webhook), place.night(webhook)]
    assert [night.returncode for night in nights] == [0, 0, 3, 4, 0, 0]
    held, failed, recovered = (request.json for request, _ in httpserver.log)
    assert (held["kind"], held["exit_code"], failed["kind"], failed["exit_code"]) == ("held", 3, "failed", 4)  # fmt: skip
    assert "--accept" in held["text"]
    assert "column brin is missing" in failed["text"]
    assert [told["served"]["release_id"] for told in (held, failed)] == [published, published]
    assert (recovered["kind"], recovered["next"]) == ("recovered", ["Nothing needs to be done."])
    assert recovered["reason"].startswith("Nights that failed or were held before it: 2, ")
    for told in (held, failed, recovered):
        assert told["served"]["since"] in {line.at for line in read_log(place.folder)}
    whole = [f"{night.stdout}{night.stderr}" for night in nights]
    assert not [one for one in whole if SECRET in one]
    assert files_that_hold(SECRET, place.root) == []
    releases = [path for path in place.folder.releases.iterdir() if path.is_dir()]
    assert len(releases) == 3
    texts = [text for release in releases for text in walk(release)]
    assert len(texts) > 1000
    assert not [text.where for text in texts if SECRET in text.value]


def files_that_hold(secret: str, root: Path) -> list[Path]:
    """Every file that was written: Dagster's databases, snapshots (zips unpacked), frames, logs, releases."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 50
    return [path for path in files if secret.encode() in content(path)]


def content(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_a_planted_secret_is_found(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / str(number)).write_text("x")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b", SECRET)
    assert files_that_hold(SECRET, tmp_path) == [tmp_path / "a.zip"]


def test_a_webhook_that_does_not_take_it_changes_neither_verdict_nor_exit_code(
    place: Place, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/services/{SECRET}").respond_with_data("no", 500)
    place.break_the_delivery()
    done = place.night(httpserver.url_for(f"/services/{SECRET}"))
    assert (done.returncode, read_log(place.folder)[-1].verdict) == (4, "failed")
    assert "did not arrive: the webhook answered 500" in done.stderr
    assert SECRET not in done.stderr
    assert files_that_hold(SECRET, place.root) == []


def test_a_night_that_failed_in_the_daemons_care_is_told_of_once(
    place: Place, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    settings = place.settings(httpserver.url_for("/hook"))
    place.break_the_delivery()
    with open_instance() as instance:
        job = build_defs(lambda: settings).resolve_job_def(JOB)
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        assert httpserver.log == []
        for _ in range(2):
            failed = result.get_run_failure_event()
            look_at_the_failed_run(instance, settings, result.dagster_run, failed)
    [(request, _)] = httpserver.log
    assert "column brin is missing" in request.json["text"]


def look_at_the_failed_run(
    instance: DagsterInstance, settings: Settings, run: DagsterRun, failed: DagsterEvent
) -> None:
    """What the daemon does when it sees that a run failed."""
    sensor: Any = failed_nights(lambda: settings)
    context = build_run_status_sensor_context(
        sensor_name="failed_nights",
        dagster_instance=instance,
        dagster_run=run,
        dagster_event=failed,
    )
    sensor(context.for_run_failure())


def run_that_died(instance: DagsterInstance, settings: Settings) -> tuple[DagsterRun, DagsterEvent]:
    """A run whose process is gone, as the daemon's monitoring marks it: without an error."""
    job = build_defs(lambda: settings).resolve_job_def(JOB)
    run = instance.create_run_for_job(job, status=DagsterRunStatus.STARTED)
    return run, instance.report_run_failed(run, "The process died.")


def test_a_night_whose_process_died_in_the_daemons_care_is_recorded_and_told_of(
    place: Place, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    settings = place.settings(httpserver.url_for("/hook"))
    with DagsterInstance.ephemeral() as instance:
        look_at_the_failed_run(instance, settings, *run_that_died(instance, settings))
    [(request, _)] = httpserver.log
    assert "its process died" in request.json["text"]
    assert [night.verdict for night in read_log(place.folder)] == ["failed"]


def spoil_the_log(root: Path) -> None:
    log = DataFolder(root / "data").log
    log.parent.mkdir(parents=True)
    log.write_text("no line\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "data").write_text("no folder"), "cannot be written"),
        (spoil_the_log, "a line that cannot be read"),
    ],
    ids=["the data folder cannot be written", "the log is damaged"],
)
def test_a_night_that_failed_in_the_daemons_care_is_told_of_though_it_cannot_be_recorded(
    place: Place, httpserver: HTTPServer, spoil: Callable[[Path], object], said: str
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    settings = place.settings(httpserver.url_for("/hook"))
    spoil(place.root)
    with DagsterInstance.ephemeral() as instance:
        run, failed = run_that_died(instance, settings)
        with pytest.raises(PipelineError, match=said):
            look_at_the_failed_run(instance, settings, run, failed)
    assert [request.json["kind"] for request, _ in httpserver.log] == ["failed"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "data").write_text("x"), "data cannot be written"),
        (lambda root: (root / "dagster").write_text("x"), "Dagster's records of it cannot be written"),
        (spoil_the_log, "holds a line that cannot be read"),
    ],
    ids=["data folder", "dagster home", "log"],
)  # fmt: skip
def test_a_night_that_cannot_begin_or_be_written_down_is_told_of_once(
    place: Place, httpserver: HTTPServer, spoil: Callable[[Path], object], said: str
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    spoil(place.root)
    done = place.night(httpserver.url_for("/hook"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert said in done.stderr
    [(request, _)] = httpserver.log
    assert said in request.json["text"]


def test_the_release_is_fresh_when_latest_is(place: Place) -> None:
    policy = defs.resolve_asset_graph().get(RELEASE).freshness_policy
    assert isinstance(policy, FreshnessPolicy)
    place.night("")
    place.night("")
    place.halve_the_delivery()
    place.night("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(place.root / "dagster"))
        with open_instance() as instance:
            assert instance.internal_asset_freshness_enabled()
            made = instance.fetch_materializations(RELEASE, limit=9).records
            observed = instance.fetch_observations(RELEASE, limit=9).records
    assert verdicts(one.asset_materialization for one in made) == ["unchanged", "published"]
    assert verdicts(one.asset_observation for one in observed) == ["held"]


def verdicts(events: Iterable[AssetMaterialization | AssetObservation | None]) -> list[str]:
    """What the events of the asset say, the newest first."""
    return [str(event.metadata["verdict"].value) for event in events if event]
