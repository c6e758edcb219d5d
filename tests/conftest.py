"""What tests share: a real file server, a Dagster instance of their own, and the folder of real registry files."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import settings
from postgres import Postgres, running

from oso_pipeline.intake.http import Patience

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")
gc.set_threshold(100_000, 20, 20)  # `oso` looks for none at all: often is a tenth of a night


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address under which a plain file server serves it."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _own_dagster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of tests do not show in the project's own Dagster UI, and no setting leaks in."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    for name in [name for name in os.environ if name.startswith("OSO_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried again, so nothing is waited for: what is tried again is told by test_intake_http.py."""
    monkeypatch.setattr(Patience, "__init__", lambda self: object.__setattr__(self, "attempts", 1))


@pytest.fixture
def duo_files() -> Path:
    """The folder of real registry files."""
    folder = os.environ.get("DUO_FILES")
    if not folder:
        pytest.skip("DUO_FILES does not name the folder of real registry files")
    return Path(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that runs as long as the tests do."""
    with running() as server:
        yield server
