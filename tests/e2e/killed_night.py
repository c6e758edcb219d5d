"""A night that is killed with -9 at the moment an asset hands over its frames: `python killed_night.py ASSET DAY`.

For the last asset, which hands over none, the moment is given by the name of a step of publication.
"""

from __future__ import annotations

import os
import signal
import sys

from assets.io import FrameIOManager
from oso_pipeline import cli
from oso_pipeline.release import publish

asset, day = sys.argv[1:]


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if asset.startswith("release."):
    setattr(publish, asset.removeprefix("release."), die)
    if hasattr(sys.modules["oso_pipeline.release.publish"], "conclude"):
        raise SystemExit("unexpected")
    from oso_pipeline.release import conclude

    setattr(conclude, asset.removeprefix("release."), die)
else:
    dump = FrameIOManager.dump_to_path

    def dump_or_die(self: FrameIOManager, context, obj, path) -> None:  # noqa: ANN001
        dump(self, context, obj, path)
        if context.asset_key.path[-1] == asset:
            die()

    FrameIOManager.dump_to_path = dump_or_die  # ty: ignore[invalid-assignment]

sys.argv[1:] = ["run", "--as-of", day]
cli.main()
