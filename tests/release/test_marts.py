"""The tables about the release itself: where its rows came from."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.records import QUARANTINE, SIGNALS
from oso_pipeline.intake.overrides import SOURCE as OVERRIDES
from oso_pipeline.intake.reading import READ_SCHEMA
from oso_pipeline.intake.register_zip import MEMBERS
from oso_pipeline.intake.registry import SNAPSHOTS_SCHEMA
from oso_pipeline.release.marts import provenance

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ROW = pl.DataFrame(schema={"source": pl.String, "source_row": pl.Int64})


def snapshot(source: str, snapshot_id: str) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(SNAPSHOTS_SCHEMA)
    return row | {
        "source": source,
        "snapshot_id": snapshot_id,
        "url": f"https://duo.nl/{source}",
        "fetched_at": NOW,
        "sha256": snapshot_id,
        "fallback": False,
    }


def sources(
    snapshots: list[dict[str, object]], read: list[tuple[str, str]]
) -> list[tuple[object, ...]]:
    """`source, url` of the `sources` table, of what was read of which snapshot."""
    rows = [{"source": source, "snapshot_id": id_, "rows_read": 0} for source, id_ in read]
    apart = {
        "read": pl.DataFrame(rows, schema=READ_SCHEMA),
        "ignored": ROW,
        "quarantined": QUARANTINE.empty(),
        "signals": SIGNALS.empty(),
    }
    nothing = {"read": pl.DataFrame(schema=READ_SCHEMA)}
    tables = provenance(
        pl.DataFrame(snapshots, schema=SNAPSHOTS_SCHEMA),
        apart | {"boards": ROW} | dict.fromkeys(MEMBERS, ROW),
        apart | nothing | {OVERRIDES: ROW},
        apart | {"used": ROW},
        apart | {table.name: ROW for table in ONBOARDING},
    )
    return tables["sources"].select("source", "url").sort("source").rows()


def test_two_sources_with_the_same_bytes_in_one_second_are_two_sources() -> None:
    told = sources(
        [snapshot("boards_po", "x"), snapshot("boards_vo", "x")],
        [("boards_po", "x"), ("boards_vo", "x")],
    )
    assert told == [
        ("boards_po", "https://duo.nl/boards_po"),
        ("boards_vo", "https://duo.nl/boards_vo"),
    ]


def test_what_comes_together_in_one_snapshot_has_its_address() -> None:
    told = sources(
        [snapshot("register", "x"), snapshot("onboarding", "y")],
        [("register_transitions", "x"), ("accounts", "y"), ("branches", "y")],
    )
    assert told == [
        ("accounts", "https://duo.nl/onboarding"),
        ("branches", "https://duo.nl/onboarding"),
        ("register_transitions", "https://duo.nl/register"),
    ]
