"""Frames between assets: Parquet files, stamped with the fingerprint of the night they were made in.

An asset gives a frame, or several by name; each is a file in the asset's folder under `<data>/.frames`. Reading compares
the stamp with tonight's: a release is made of frames of one night only. Of several frames only those are read that an
asset asks for, and none that this process wrote itself and still holds.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from dagster import InputContext, MetadataValue, OutputContext, UPathIOManager
from upath import UPath

from oso_pipeline.errors import FramesOfDifferentNights
from oso_pipeline.release.night import Night

FRAME = "frame"
STAMP = "fingerprint"
NIGHT = "night"
BEFORE_THE_NIGHT = {"registry_snapshots", "delivered_snapshots"}
"""What the night itself is made of; everything else carries its stamp."""

NamedFrames = dict[str, pl.DataFrame]
"""What an asset gives that makes several frames."""

_SMALL = 64 * 2**20
"""Bytes: a frame of at most this size is kept in memory until the next one of its name is written."""

_just_written: dict[str, tuple[int, str, pl.DataFrame]] = {}
"""File -> when it was written (its own time, nanoseconds), its stamp, and the frame: in one process it is not read again."""


class Frames(Mapping[str, pl.DataFrame]):
    """The frames of an asset by name, each read when it is asked for and compared with tonight's stamp.

    Args:
        folder: holds one file per frame.
        tonight: the stamp that a frame must have; None for what the night is made of.
    """

    def __init__(self, folder: UPath, tonight: str | None) -> None:
        """List the files; none is read yet."""
        self._files = {file.stem: file for file in sorted(folder.glob("*.parquet"))}
        self._tonight = tonight
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        """Read a frame.

        Raises:
            KeyError: there is none of this name.
            FramesOfDifferentNights: it was made of other inputs than tonight's.
        """
        if name not in self._read:
            file = self._files[name]
            stamp, kept = _kept(file)
            self._refuse_other_nights(file, stamp)
            self._read[name] = pl.scan_parquet(str(file)).collect() if kept is None else kept
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._files)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._files)

    def _refuse_other_nights(self, file: UPath, stamp: str) -> None:
        if self._tonight in {None, stamp}:
            return
        raise FramesOfDifferentNights(
            f"The frame {file.parent.name}/{file.name} was made of other inputs ({stamp[:8]}) than"
            f" tonight's ({self._tonight[:8]}): a release is made of one night. Materialise"
            f" {file.parent.name} and what follows from it again, or the whole job."
        )


class FrameIOManager(UPathIOManager):
    """Writes and reads frames under one folder; the folder may be a bucket."""

    def dump_to_path(self, context: OutputContext, obj: Any, path: UPath) -> None:
        """Write a frame, or several by name."""
        if obj is None:
            return
        stamp = self._stamp_of(context.asset_key.path[-1], obj)
        frames = {FRAME: obj} if isinstance(obj, pl.DataFrame) else dict(obj)
        self.make_directory(path)
        for stale in [one for one in path.glob("*.parquet") if one.stem not in frames]:
            stale.unlink()  # of another version, which would be taken for tonight's
        for name, frame in frames.items():
            target = path / f"{name}.parquet"
            frame.lazy().sink_parquet(str(target), metadata={STAMP: stamp}, compression="lz4")
            _keep(target, stamp, frame)

    def load_from_path(self, context: InputContext, path: UPath) -> pl.DataFrame | Frames:
        """A frame, or several by name."""
        return load_frames(path.parent, context.asset_key.path[-1])

    def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, MetadataValue]:  # noqa: ARG002
        """The number of rows, of one frame or of each."""
        if isinstance(obj, pl.DataFrame):
            return {"dagster/row_count": MetadataValue.int(obj.height)}
        if isinstance(obj, dict):
            return {"rows": MetadataValue.json({name: frame.height for name, frame in obj.items()})}
        return {}

    def _stamp_of(self, asset: str, obj: Any) -> str:
        if asset == NIGHT:
            return Night.from_frame(obj[NIGHT]).fingerprint
        return "" if asset in BEFORE_THE_NIGHT else _stamp_of_tonight(self._base_path)


def load_frames(base: UPath, asset: str) -> pl.DataFrame | Frames:
    """What an asset gave: a frame, or several by name, compared with tonight's stamp.

    Args:
        base: the folder of all frames.
        asset: its name.
    """
    stamp = None if asset in BEFORE_THE_NIGHT else _stamp_of_tonight(base)
    frames = Frames(base / asset, stamp)
    return frames[FRAME] if set(frames) == {FRAME} else frames


def _stamp_of_tonight(base: UPath) -> str:
    return _stamp(base / NIGHT / f"{NIGHT}.parquet")


def _stamp(file: UPath) -> str:
    return _kept(file)[0]


def _keep(file: UPath, stamp: str, frame: pl.DataFrame) -> None:
    _just_written.pop(str(file), None)
    if frame.estimated_size() <= _SMALL:
        _just_written[str(file)] = (file.stat().st_mtime_ns, stamp, frame)


def _kept(file: UPath) -> tuple[str, pl.DataFrame | None]:
    """The stamp of a file, and its frame if this process wrote it as it is now."""
    written_at, stamp, frame = _just_written.get(str(file), (0, "", None))
    if frame is not None and file.stat().st_mtime_ns == written_at:
        return stamp, frame
    return pl.read_parquet_metadata(str(file)).get(STAMP, ""), None


def frames_in(folder: Path) -> FrameIOManager:
    """The IO manager for frames under a folder."""
    return FrameIOManager(UPath(folder))


def tonight(night: Frames) -> Night:
    """The inputs of the night out of the asset that holds them."""
    return Night.from_frame(night[NIGHT])
