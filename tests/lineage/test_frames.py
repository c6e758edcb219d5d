"""Frames between assets: read when asked for, and of one night only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from dagster import AssetKey, build_output_context
from upath import UPath

from assets.io import NIGHT, Frames, frames_in, load_frames, tonight
from oso_pipeline.definitions import defs
from oso_pipeline.errors import FramesOfDifferentNights
from oso_pipeline.release.night import Night, begin_night

FRAME = pl.DataFrame({"brin": ["00AH", "00AP"]})


def a_night(hour: int = 6) -> Night:
    return begin_night(
        pl.DataFrame({"source": ["po"], "snapshot_id": ["x"]}),
        as_of=date(2026, 11, 23),
        started_at=datetime(2026, 11, 23, hour, tzinfo=UTC),
        previous_release_id=None,
        demo=False,
    )


def give(folder: Path, asset: str, frames: object) -> None:
    context = build_output_context(asset_key=AssetKey(asset))
    frames_in(folder).dump_to_path(context, frames, UPath(folder / asset))


def begin(folder: Path, night: Night) -> None:
    give(folder, NIGHT, {NIGHT: night.to_frame(), "snapshots": FRAME})


def test_a_frame_comes_back_as_it_was_given(tmp_path: Path) -> None:
    begin(tmp_path, a_night())
    give(tmp_path, "branch_status", FRAME)
    loaded = load_frames(UPath(tmp_path), "branch_status")
    assert isinstance(loaded, pl.DataFrame)
    assert loaded.equals(FRAME)


def test_several_frames_come_back_by_name(tmp_path: Path) -> None:
    begin(tmp_path, a_night())
    give(tmp_path, "registry", {"branches": FRAME, "schools": FRAME.head(1)})
    loaded = load_frames(UPath(tmp_path), "registry")
    assert isinstance(loaded, Frames)
    assert {name: frame.height for name, frame in loaded.items()} == {"branches": 2, "schools": 1}


def test_the_inputs_of_the_night_come_back_whole(tmp_path: Path) -> None:
    begin(tmp_path, a_night())
    loaded = load_frames(UPath(tmp_path), NIGHT)
    assert isinstance(loaded, Frames)
    assert tonight(loaded) == a_night()


def test_a_frame_of_another_night_is_refused_with_what_to_materialise(tmp_path: Path) -> None:
    begin(tmp_path, a_night(hour=5))
    give(tmp_path, "registry", {"branches": FRAME, "schools": FRAME})
    begin(tmp_path, a_night(hour=6))
    with pytest.raises(FramesOfDifferentNights, match="Materialise registry and what follows"):
        load_frames(UPath(tmp_path), "registry")["branches"]


def test_what_the_night_is_made_of_needs_no_stamp(tmp_path: Path) -> None:
    give(tmp_path, "registry_snapshots", FRAME)
    loaded = load_frames(UPath(tmp_path), "registry_snapshots")
    assert isinstance(loaded, pl.DataFrame)
    assert loaded.equals(FRAME)


def test_the_lineage_is_that_of_the_parameters() -> None:
    from oso_pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    parents = {key.path[-1] for key in graph.get(AssetKey("branch_status")).parent_keys}
    assert parents == {"night", "registry", "matched_records", "qualification_steps"}


def test_no_line_of_a_description_is_indented_as_the_ui_would_show_it_as_code() -> None:
    nodes = defs.get_repository_def().asset_graph.asset_nodes
    described = [node.description for node in nodes if node.description]
    assert len(described) == len(nodes)
    assert [text for text in described if "\n " in text] == []
