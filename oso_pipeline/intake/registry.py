"""All registry sources of a night: fetched side by side, kept, and an earlier snapshot where no body arrived."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from oso_pipeline.errors import SourceError, SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.board_files import PACKAGES, fetch_board_file, read_board_file
from oso_pipeline.intake.board_files import ROWS_SCHEMA as BOARD_ROWS
from oso_pipeline.intake.branch_files import FILE_NAMES, fetch_branch_file, read_branch_file
from oso_pipeline.intake.branch_files import ROWS_SCHEMA as BRANCH_ROWS
from oso_pipeline.intake.http import Arrival, Fetcher, NotModified
from oso_pipeline.intake.reading import Reading, unused
from oso_pipeline.intake.register import SCHEMAS as REGISTER_SCHEMAS
from oso_pipeline.intake.register import fetch_register, read_register
from oso_pipeline.intake.register_zip import SOURCE as REGISTER
from oso_pipeline.intake.rio import RIO_FILES, fetch_rio_file, read_rio_file
from oso_pipeline.intake.rio import SCHEMAS as RIO_SCHEMAS
from oso_pipeline.intake.snapshots import LICENCES, Snapshot, SnapshotStore
from oso_pipeline.settings import Settings

SNAPSHOTS_SCHEMA = {
    "source": pl.String(),
    "snapshot_id": pl.String(),
    "url": pl.String(),
    "fetched_at": pl.Datetime("us", "UTC"),
    "seen_at": pl.Datetime("us", "UTC"),
    "sha256": pl.String(),
    "fallback": pl.Boolean(),
}
"""What is known of the snapshots that a night reads: one row per source."""


@dataclass(frozen=True)
class Taken:
    """The snapshot that a night reads of one source.

    Attributes:
        source: its name.
        snapshot_id: which one.
        url: where it was asked for.
        fetched_at: when its body first arrived, UTC.
        seen_at: when the source last gave it: tonight, unless it stands in. UTC.
        sha256: of the body.
        fallback: it stands in for a body that did not arrive.
    """

    source: str
    snapshot_id: str
    url: str
    fetched_at: datetime
    seen_at: datetime
    sha256: str
    fallback: bool

    @classmethod
    def of(cls, snapshot: Snapshot, *, seen_at: datetime, fallback: bool = False) -> Taken:
        """This snapshot; `fallback` when it stands in for a body that did not arrive."""
        return cls(
            source=snapshot.source,
            snapshot_id=snapshot.snapshot_id,
            url=snapshot.url,
            fetched_at=snapshot.fetched_at,
            seen_at=seen_at,
            sha256=snapshot.sha256,
            fallback=fallback,
        )


def registry_sources(settings: Settings) -> list[str]:
    """The sources that the settings ask for: the branch files, the boards of the same sectors, the register, RIO."""
    tables = settings.registry_tables
    sectors = [table for table in tables if table in FILE_NAMES]
    boards = [f"boards_{sector}" for sector in sectors if "boards" in tables]
    register = [REGISTER] if "register" in tables else []
    rio = [*RIO_FILES] if "rio" in tables else []
    return [*sectors, *boards, *register, *rio]


def fetch_registry(
    settings: Settings, store: SnapshotStore, *, at: datetime, oldest_fallback: timedelta
) -> list[Taken]:
    """Fetch every registry source, side by side.

    Args:
        settings: which tables, and from where.
        store: keeps what arrives.
        at: the moment of fetching, UTC.
        oldest_fallback: a snapshot last seen less long ago than this may stand in when no body arrives.

    Raises:
        SourceUnreachable: of some source nothing arrived, and nothing young enough stands in.
        SourceUnreadable: something arrived and is not what was asked for.
    """
    with Fetcher([settings.duo_base_url, settings.ckan_base_url]) as fetcher:

        def take(source: str) -> Taken | SourceError:
            try:
                return _take(
                    source, _how_to_fetch(source, fetcher, settings), store, at, oldest_fallback
                )
            except SourceError as error:
                return error

        with ThreadPoolExecutor() as pool:
            results = list(pool.map(take, registry_sources(settings)))
    errors = [result for result in results if isinstance(result, SourceError)]
    if errors:
        kind = next((type(e) for e in errors if isinstance(e, SourceUnreadable)), SourceUnreachable)
        raise kind("\n".join(str(error) for error in errors))
    return [result for result in results if isinstance(result, Taken)]


_Fetch = Callable[[Path, Snapshot | None], Arrival]


def _how_to_fetch(source: str, fetcher: Fetcher, settings: Settings) -> _Fetch:
    if source in PACKAGES:
        return partial(fetch_board_file, fetcher, settings.ckan_base_url, source)
    if source in RIO_FILES:
        return partial(fetch_rio_file, fetcher, settings.ckan_base_url, source)
    if source == REGISTER:
        return partial(fetch_register, fetcher, settings.duo_base_url)
    return partial(fetch_branch_file, fetcher, settings.duo_base_url, source)


def _take(
    source: str,
    fetch: _Fetch,
    store: SnapshotStore,
    at: datetime,
    oldest_fallback: timedelta,
) -> Taken:
    landing, known = store.landing(source), store.newest_whole(source)
    try:
        arrival = fetch(landing / "body", known)
    except NotModified as answer:
        store.observe(answer.known, at)
        return Taken.of(answer.known, seen_at=at)
    except SourceUnreachable as error:
        return _stand_in(source, store, at, oldest_fallback, error)
    else:
        snapshot = store.keep(
            landing,
            source,
            fetched_at=at,
            url=arrival.url,
            final_url=arrival.final_url,
            status=arrival.status,
            headers=arrival.headers,
            licence=LICENCES["registry"],
        )
        return Taken.of(snapshot, seen_at=at)
    finally:
        shutil.rmtree(landing, ignore_errors=True)


def _stand_in(
    source: str,
    store: SnapshotStore,
    at: datetime,
    oldest: timedelta,
    error: SourceUnreachable,
) -> Taken:
    """The newest snapshot of an earlier night, if it was last seen recently enough; only when no body arrived."""
    newest = store.newest_that_is_whole(source)
    if newest is None:
        raise SourceUnreachable(
            f"{source}: {error} There is no earlier snapshot that can stand in."
        ) from None
    seen_at = store.last_seen_at(newest)
    age = at - seen_at
    if age >= oldest:
        raise SourceUnreachable(
            f"{source}: {error} The newest snapshot ({newest.snapshot_id}) was last seen {age.days} days"
            f" ago; one younger than {oldest.days} days may stand in (gate file, oldest_fallback_days)."
        ) from None
    return Taken.of(newest, seen_at=seen_at, fallback=True)


def read_registry(taken: pl.DataFrame, store: SnapshotStore) -> dict[str, pl.DataFrame]:
    """The registry's files of a night, by name.

    Args:
        taken: as SNAPSHOTS_SCHEMA; those of other sources are left alone.
        store: holds the bodies.

    Returns:
        `branches` as the branch files have them, `boards`, the register's three tables and RIO's three (no rows of what
        is not read), and `ignored, quarantined, signals, read` of all files.
    """

    def read(row: tuple[str, str]) -> dict[str, Reading]:
        source, snapshot_id = row
        body = store.body(store.get(source, snapshot_id))
        if source == REGISTER:
            return read_register(body, snapshot_id=snapshot_id)
        return {source: _READERS[source](body, source, snapshot_id=snapshot_id)}

    rows = taken.filter(pl.col("source").is_in([*_READERS, REGISTER]))
    readings: dict[str, Reading] = {}
    with ThreadPoolExecutor(2) as pool:  # more would be no sooner, and hold more memory
        for found in pool.map(read, rows.select("source", "snapshot_id").rows()):
            readings |= found
    stacked = {"branches": (FILE_NAMES, BRANCH_ROWS), "boards": (PACKAGES, BOARD_ROWS)}
    alone = {name: ((name,), schema) for name, schema in (REGISTER_SCHEMAS | RIO_SCHEMAS).items()}
    return {
        name: pl.concat(
            [
                pl.DataFrame(schema=schema),
                *(readings[source].rows for source in sources if source in readings),
            ]
        )
        for name, (sources, schema) in (stacked | alone).items()
    } | unused(readings.values())


_READERS: dict[str, Callable[..., Reading]] = {
    **dict.fromkeys(FILE_NAMES, read_branch_file),
    **dict.fromkeys(PACKAGES, read_board_file),
    **dict.fromkeys(RIO_FILES, read_rio_file),
}
"""Source -> what reads its body; the register's zip holds three tables, and is read apart."""
