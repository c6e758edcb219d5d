"""`make serve` for real: webserver and daemon on a made-up country; a change starts one night, and both stop together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from oso_pipeline import clock
from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import read_log
from oso_pipeline.settings import PROJECT_ROOT

PATIENCE = 120
RUNS = "{runsOrError{... on Runs{results{status tags{key value}}}}}"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, ("make", "bash"))), reason="make or bash is not here"
    ),
]


@dataclass
class Served:
    """What `make serve` started."""

    process: subprocess.Popen[bytes]
    url: str
    output: Path

    def said(self, text: str) -> int:
        return self.output.read_text(errors="replace").count(text)

    def ask(self, query: str) -> dict[str, list[dict[str, object]]]:
        return httpx.post(f"{self.url}/graphql", json={"query": query}).json()["data"]["runsOrError"]  # fmt: skip

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/server_info").status_code == 200
        except httpx.TransportError:
            return False

    def processes(self) -> list[int]:
        """Those of its session that are still there, the zombies not."""
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "--sid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        rows = [line.split() for line in found.stdout.splitlines()]
        return [int(pid) for pid, state in rows if not state.startswith("Z")]

    def program(self, name: str) -> int:
        found = subprocess.run(
            ["ps", "-o", "pid=,args=", "--sid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        return next(int(line.split()[0]) for line in found.stdout.splitlines() if f"/{name}" in line and "bash" not in line)  # fmt: skip


def until(true: Callable[[], object], what: str) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE, what
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(root: Path, **settings: str) -> Iterator[Served]:
    """In a session of its own, so that what is left of it can be found, and ended."""
    port = free_port()
    given = {
        "PORT": str(port),
        "DAGSTER_HOME": str(root / "dagster"),
        "OSO_DATA_DIR": str(root / "data"),
    }
    output = root / "serve.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            ["make", "serve"],
            cwd=PROJECT_ROOT,
            env=os.environ | given | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served = Served(process, f"http://127.0.0.1:{port}", output)
    try:
        until(served.answers, "the webserver answers")
        yield served
    finally:
        for pid in served.processes():
            os.kill(pid, signal.SIGKILL)
        process.wait()


def test_a_change_starts_one_night_that_is_told_of_and_term_stops_everything(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    today = clock.today()
    write_country(tmp_path / "country", branches=60, as_of=today - timedelta(days=1))
    delivery, folder = tmp_path / "country" / "onboarding", DataFolder(tmp_path / "data")
    (delivery / ".done").touch()
    with RegistryServer(tmp_path / "country") as registry:
        settings = {
            "OSO_DUO_BASE_URL": registry.duo_base_url,
            "OSO_CKAN_BASE_URL": registry.ckan_base_url,
            "OSO_ONBOARDING": f"dir:{delivery}",
            "OSO_ALERT_WEBHOOK": httpserver.url_for("/hook"),
        }
        with serving(tmp_path, **settings) as served:
            until(lambda: len(read_log(folder)) == 1, "the delivery that was there starts a night")
            path = delivery / "delivery_points.csv"
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(lines[: len(lines) // 2]))
            (delivery / ".done").touch()
            until(lambda: len(read_log(folder)) == 2, "the change starts a night")
            looked = served.said("It is the delivery that a night was asked for")
            until(
                lambda: served.said("It is the delivery that a night was asked for") > looked,
                "it is looked at again",
            )
            assert [night.verdict for night in read_log(folder)] == ["published", "held"]
            runs = served.ask(RUNS)["results"]
            assert [run["status"] for run in runs] == ["SUCCESS", "SUCCESS"]
            assert all(
                {"key": "dagster/sensor_name", "value": "onboarding_delivered"} in run["tags"]  # ty: ignore[unsupported-operator]
                for run in runs
            )
            [(request, _)] = httpserver.log
            assert request.json["kind"] == "held"
            served.process.send_signal(signal.SIGTERM)
            served.process.wait(timeout=PATIENCE)
            until(lambda: not served.processes(), "nothing is left")


def test_when_one_dies_the_other_is_stopped_and_it_ends_as_a_failure(tmp_path: Path) -> None:
    with serving(tmp_path, OSO_ONBOARDING=f"dir:{tmp_path / 'none'}") as served:
        os.kill(served.program("dagster-daemon"), signal.SIGKILL)
        assert served.process.wait(timeout=PATIENCE) != 0
        assert served.said("The daemon ended by itself; both are stopped") == 1
