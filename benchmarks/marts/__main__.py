"""`python -m benchmarks.marts [FOLDER] [--branches N]`: reading to marts by all three, side by side, with equal tables.

Each runs as a whole process, once. It prints the seconds of each phase, processor seconds (user and system), wall time and
peak memory, and exits with 1 when a table of one of them differs from ours. FOLDER is a made-up country that is there
already; without it one of N branches is written first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.marts import compare

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / ".venv-peers" / "bin" / "python"
DAY = date(2026, 11, 20)
PROGRAMS = {"ours": sys.executable, "sql_peer": sys.executable, "pandas_peer": str(PEERS)}


class Spent(NamedTuple):
    """What a process took: seconds of its phases, of the processor and on the clock, and peak memory in bytes."""

    phases: dict[str, float]
    cpu: float
    wall: float
    peak: int


def main(arguments: list[str]) -> int:
    """Run all three, print, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("country", type=Path, nargs="?")
    parser.add_argument("--branches", type=int, default=8600)
    given = parser.parse_args(arguments)
    if not PEERS.exists():
        raise SystemExit(f"{PEERS}: expected the peers' environment, found none. Run `make .venv-peers/done`.")  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        country = given.country or _made_up(work / "country", given.branches)
        print(f"{'':<12} {'reading':>8} {'rules':>8} {'writing':>8} {'CPU s':>8} {'wall s':>8} {'peak MiB':>9}")  # fmt: skip
        for name in PROGRAMS:
            spent = run(name, country, work / name)
            phases = " ".join(f"{spent.phases[phase]:8.2f}" for phase in ("reading", "rules", "writing"))  # fmt: skip
            print(f"{name:<12} {phases} {spent.cpu:8.2f} {spent.wall:8.2f} {spent.peak / 2**20:9,.0f}")  # fmt: skip
        differ = 0
        for name in ("sql_peer", "pandas_peer"):
            print(f"\nours and {name}")
            differ |= compare.main(work / "ours", work / name)
    return differ


def run(name: str, country: Path, out: Path) -> Spent:
    """One of them as a whole process."""
    command = [PROGRAMS[name], "-m", f"benchmarks.marts.{name}", str(country), str(out), "--as-of", DAY.isoformat()]  # fmt: skip
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    wall = time.perf_counter() - begun
    return Spent(json.loads(told), usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def _made_up(folder: Path, branches: int) -> Path:
    from oso_pipeline.demo.country import write_country

    write_country(folder, branches=branches, as_of=DAY)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
