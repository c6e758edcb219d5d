"""The machine and the versions that were measured with, without a name or a path."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks.rows import Bench

_OURS = ("dagster", "polars", "duckdb", "openpyxl")
_PEERS = ("pandas", "pyarrow", "duckdb", "xlsxwriter")
_ASK = "import sys; from importlib.metadata import version; print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))"


def machine(bench: Bench) -> Iterator[str]:
    """A line for each thing that a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield f"Machine: {os.cpu_count()} processors ({_processor()}), {memory:.0f} GiB of memory, {_system()}."
    yield f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in _OURS)}."
    if not bench.lacks_peers():
        asked = [bench.peers, "-c", _ASK, *_PEERS]
        peers = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        yield f"The peers: {peers}."
    yield f"Load in the minute before the first section: {os.getloadavg()[0]:.1f}."


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
