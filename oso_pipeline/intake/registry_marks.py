"""A light look at the registry: what each address says of its file, without fetching it.

A mark is what tells one body from the next: the catalogue's hash and size, an ETag, else Last-Modified and the length. The
same words stand among the headers of the snapshot that a night kept, so a look is compared with what the last nights took.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TypeVar
from urllib.parse import quote

from oso_pipeline.errors import SourceError
from oso_pipeline.intake.board_files import (
    LARGEST_ANSWER,
    PACKAGES,
    package_address,
    said_of_file,
)
from oso_pipeline.intake.branch_files import FILE_NAMES
from oso_pipeline.intake.http import Fetcher, Patience
from oso_pipeline.intake.register_zip import FILE_NAME as REGISTER_FILE
from oso_pipeline.intake.registry import registry_sources
from oso_pipeline.intake.rio import PACKAGE as RIO_PACKAGE
from oso_pipeline.intake.rio import RIO_FILES
from oso_pipeline.intake.snapshots import Snapshot, SnapshotStore
from oso_pipeline.settings import Settings

DEADLINE = 10.0
"""Seconds for the whole look, all addresses together."""

Answer = TypeVar("Answer")
_Ask = Callable[[], dict[str, str]]
"""One request; gives source -> mark."""


@dataclass(frozen=True)
class Look:
    """What the addresses say.

    Attributes:
        marks: source -> its mark, of those that gave one.
        silent: address -> why it gave none.
    """

    marks: dict[str, str]
    silent: dict[str, str]


def look_at_registry(
    settings: Settings, store: SnapshotStore, *, deadline: float = DEADLINE
) -> Look:
    """Ask every address once, side by side; no body of a file is fetched.

    Args:
        settings: which tables, and from where.
        store: knows under which name a file was found last.
        deadline: seconds for all of it; an address that takes longer is silent.
    """
    fetcher = Fetcher(
        [settings.duo_base_url, settings.ckan_base_url], Patience(attempts=1, deadline=deadline)
    )
    with fetcher:
        return _ask_all(_addresses(settings, store, fetcher), deadline)


def known_marks(settings: Settings, store: SnapshotStore) -> dict[str, tuple[str, str]]:
    """Source -> when a night last saw the snapshot that is kept of it (ISO 8601), and its mark; none is kept: left out."""
    newest = {source: store.newest_whole(source) for source in registry_sources(settings)}
    return {
        source: (store.last_seen_at(snapshot).isoformat(), mark_of(snapshot.headers))
        for source, snapshot in newest.items()
        if snapshot
    }


def mark_of(headers: Mapping[str, str]) -> str:
    """What tells this body from the next; empty when the headers say nothing of it."""
    catalogue = {name: value for name, value in headers.items() if name.startswith("ckan-")}
    by_time = {n: headers[n] for n in ("last-modified", "content-length") if n in headers}
    by_tag = {"etag": headers["etag"]} if "etag" in headers else {}
    chosen = catalogue or by_tag or by_time
    return " ".join(f"{name}={value}" for name, value in sorted(chosen.items()))


def _addresses(settings: Settings, store: SnapshotStore, fetcher: Fetcher) -> dict[str, _Ask]:
    """Every address once: the three files of RIO are told of by one."""
    asked: dict[str, _Ask] = {}
    packages: dict[str, dict[str, str]] = {}
    for source in registry_sources(settings):
        if source in RIO_FILES:
            packages.setdefault(RIO_PACKAGE, {})[source] = RIO_FILES[source]
        elif source in PACKAGES:
            package, file_name = PACKAGES[source]
            packages.setdefault(package, {})[source] = file_name
        else:
            url = _file_address(source, settings.duo_base_url, store.newest(source))
            asked[url] = partial(_ask_of_file, fetcher, source, url)
    for package, files in packages.items():
        url = package_address(settings.ckan_base_url, package)
        asked[url] = partial(_ask_catalogue, fetcher, url, files)
    return asked


def _file_address(source: str, base_url: str, known: Snapshot | None) -> str:
    """Under the name that it was found by last, else the first that it is known by."""
    if known and known.url.startswith(base_url):
        return known.url
    names = FILE_NAMES.get(source, (REGISTER_FILE,))
    return base_url + quote(names[0])


def _ask_of_file(fetcher: Fetcher, source: str, url: str) -> dict[str, str]:
    return {source: mark_of(fetcher.look(url))}


def _ask_catalogue(fetcher: Fetcher, url: str, files: Mapping[str, str]) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "answer"
        fetcher.download(url, into, cap=LARGEST_ANSWER)
        answer = into.read_bytes()
    return {
        source: mark_of(said_of_file(answer, file_name, what=f"{source} ({url})"))
        for source, file_name in files.items()
    }


def _ask_all(asked: Mapping[str, _Ask], deadline: float) -> Look:
    answers = {address: _in_a_thread(ask) for address, ask in asked.items()}
    wait(answers.values(), timeout=deadline)
    marks: dict[str, str] = {}
    silent: dict[str, str] = {}
    for address, answer in answers.items():
        if not answer.done():
            silent[address] = f"no answer in {deadline:g} s"
            continue
        try:
            found = answer.result()
        except SourceError as error:
            silent[address] = str(error)
            continue
        marks |= {source: mark for source, mark in found.items() if mark}
        if nothing := sorted(source for source, mark in found.items() if not mark):
            silent[address] = f"it says nothing that tells one body of {', '.join(nothing)} from the next"  # fmt: skip
    return Look(marks, silent)


def _in_a_thread(ask: Callable[[], Answer]) -> Future[Answer]:
    """A pool waits for its threads, however long an address takes; these are left behind, and their sockets closed."""
    answer: Future[Answer] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is asked for
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    return answer
