"""What an asset needs beside frames: the settings, the data folder (held for as long as the run lasts) and the store."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from dagster import InitResourceContext, IOManagerDefinition, ResourceDefinition

from assets.io import FrameIOManager, frames_in
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.bounds import Bounds, load_bounds
from oso_pipeline.release.drafts import Drafts, FirstSheet
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.mend import mend
from oso_pipeline.release.night import Night
from oso_pipeline.release.second_process import second_process
from oso_pipeline.settings import Settings


@dataclass(frozen=True)
class Workplace:
    """Where a night works.

    Attributes:
        settings: which sources, and from where.
        folder: the data folder, held by this run.
        store: the snapshots.
        bounds: of publication.
        demo: whether the data is made up.
        frames: the folder of the frames that assets pass.
        again: the inputs of the night that is derived again; None when it is tonight.
        aside: a second process, for what takes long to draw; None when nothing is published.
        drawn_aside: the releases of which so much was read that it draws them.
        first_sheets: release -> the first sheet of its workbook, which is drawn aside.
        drafts: release -> what is drawn of it already.
    """

    settings: Settings
    folder: DataFolder
    store: SnapshotStore
    bounds: Bounds
    demo: bool
    frames: Path
    again: Night | None = None
    aside: Executor | None = None
    drawn_aside: set[str] = field(default_factory=set)
    first_sheets: dict[str, FirstSheet] = field(default_factory=dict)
    drafts: dict[str, Drafts] = field(default_factory=dict)


def workplace(settings: Callable[[], Settings], *, demo: bool) -> ResourceDefinition:
    """The resource: takes the lock, puts right what a dead run left, and lets go at the end of the run.

    Args:
        settings: asked when a run starts, not when definitions are loaded.
        demo: whether the data is made up.
    """

    def hold(context: InitResourceContext) -> Iterator[Workplace]:
        chosen = settings()
        folder = DataFolder(chosen.data_dir)
        with folder.hold(), second_process() as aside:
            for done in mend(folder):
                if context.log:
                    context.log.warning(f"An earlier run died: {done}.")
            folder.frames.mkdir(exist_ok=True)
            folder.frames.chmod(0o700)  # onboarding records are not public
            store, bounds = SnapshotStore(folder.raw), load_bounds(chosen.gate)
            yield Workplace(chosen, folder, store, bounds, demo, folder.frames, aside=aside)

    return ResourceDefinition(resource_fn=hold, description="The data folder, held by one run.")


def frame_io(settings: Callable[[], Settings]) -> IOManagerDefinition:
    """The IO manager for the frames of the data folder."""

    def open_frames(_: InitResourceContext) -> FrameIOManager:
        return frames_in(DataFolder(settings().data_dir).frames)

    return IOManagerDefinition(resource_fn=open_frames)
