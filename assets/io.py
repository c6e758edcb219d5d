"""Frames between assets: Parquet files, stamped with the fingerprint of the night they were made in.

An asset gives a frame, or several by name; each is a file in the asset's folder under `<data>/.frames`. Loading compares
the stamp with tonight's: a release is made of frames of one night only.
"""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import InputContext, MetadataValue, OutputContext, UPathIOManager
from upath import UPath

from oso_pipeline.errors import FramesOfDifferentNights
from oso_pipeline.release.night import Night

FRAME = "frame"
STAMP = "fingerprint"
BEFORE_THE_NIGHT = {"registry_snapshots", "delivered_snapshots", "night"}
"""What the night itself is made of; everything else carries its stamp."""

Frames = dict[str, pl.DataFrame]


class FrameIOManager(UPathIOManager):
    """Writes and reads frames under one folder; the folder may be a bucket."""

    def dump_to_path(self, context: OutputContext, obj: Any, path: UPath) -> None:
        """Write a frame, or several by name."""
        if obj is None:
            return
        stamp = self._stamp_of_tonight(context.asset_key.path[-1], obj)
        frames: Frames = obj if isinstance(obj, dict) else {FRAME: obj}
        self.make_directory(path)
        for name, frame in frames.items():
            target = path / f"{name}.parquet"
            frame.lazy().sink_parquet(str(target), metadata={STAMP: stamp}, compression="lz4")

    def load_from_path(self, context: InputContext, path: UPath) -> pl.DataFrame | Frames:
        """Read a frame, or all of several.

        Raises:
            FramesOfDifferentNights: a frame was made of other inputs than tonight's.
        """
        asset = context.asset_key.path[-1]
        files = sorted(path.glob("*.parquet"))
        if asset not in BEFORE_THE_NIGHT:
            for file in files:
                self._refuse_other_nights(asset, file)
        frames = {file.stem: pl.scan_parquet(str(file)).collect() for file in files}
        return frames[FRAME] if set(frames) == {FRAME} else frames

    def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, MetadataValue]:
        """The number of rows, of one frame or of each."""
        if isinstance(obj, pl.DataFrame):
            return {"dagster/row_count": MetadataValue.int(obj.height)}
        if isinstance(obj, dict):
            return {"rows": MetadataValue.json({name: frame.height for name, frame in obj.items()})}
        return {}

    def _stamp_of_tonight(self, asset: str, obj: Any) -> str:
        if asset == "night":
            return Night.from_frame(obj).fingerprint
        if asset in BEFORE_THE_NIGHT:
            return ""
        return _stamp(self._base_path / "night" / f"{FRAME}.parquet")

    def _refuse_other_nights(self, asset: str, file: UPath) -> None:
        tonight = _stamp(self._base_path / "night" / f"{FRAME}.parquet")
        found = _stamp(file)
        if found != tonight:
            raise FramesOfDifferentNights(
                f"The frame {asset}/{file.name} was made of other inputs ({found[:8]}) than tonight's"
                f" ({tonight[:8]}): a release is made of one night. Materialise {asset} and what"
                " follows from it again, or the whole job."
            )


def _stamp(file: UPath) -> str:
    return pl.read_parquet_metadata(str(file)).get(STAMP, "")


def frames_in(folder: Path) -> FrameIOManager:
    """The IO manager for frames under a folder."""
    return FrameIOManager(UPath(folder))
