"""Nights that are killed with -9 at the moment an asset hands over its frames: `python killed_nights.py DAY`.

Of every line on standard input, the name of an asset, a night is run in a process that is forked before any thread is
started (so that none has to import Dagster again), and how it ended is a line on standard output.
"""

from __future__ import annotations

import os
import signal
import sys

import duckdb  # noqa: F401 - imported once for all
import openpyxl.writer.excel  # noqa: F401

from assets.io import FrameIOManager
from oso_pipeline import cli, nightly  # noqa: F401


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(asset: str) -> None:
    """Have this process killed when it comes there."""
    dump = FrameIOManager.dump_to_path

    def dump_or_die(self: FrameIOManager, context, obj, path) -> None:  # noqa: ANN001
        dump(self, context, obj, path)
        if context.asset_key.path[-1] == asset:
            die()

    FrameIOManager.dump_to_path = dump_or_die  # ty: ignore[invalid-assignment]


def night(asset: str, day: str) -> int:
    """Run a night that is killed there, in a process of its own; its exit code."""
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        die_at(asset)
        sys.argv[1:] = ["run", "--as-of", day]
        cli.main()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        print(night(line.strip(), sys.argv[1]), flush=True)  # noqa: T201
