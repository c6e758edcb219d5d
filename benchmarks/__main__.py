"""`make bench`: a night at real size as a whole process, beside an empty Dagster job, in alternation.

The night reads a made-up country of national size (8,600 branches) from a registry server in this process; every counted
night is the first on an empty data folder, so it builds and publishes a release. What is compared is the wall time of
whole processes; the ratio is taken pair by pair. It exits with 1 when the median ratio is above its limit.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
BRANCHES = 8600
DAY = date(2026, 11, 20)
LIMIT = 2.0


def main() -> int:
    """Measure, print the table, and say whether the ratio is within its limit."""
    from oso_pipeline.definitions import defs
    from oso_pipeline.demo.country import write_country
    from oso_pipeline.demo.server import RegistryServer

    graph = defs.resolve_asset_graph()
    assets = len(graph.get_all_asset_keys())
    checks = len(graph.asset_check_keys)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        write_country(work / "country", branches=BRANCHES, as_of=DAY)
        with RegistryServer(work / "country") as server:
            environment = os.environ | {
                "DAGSTER_HOME": str(work / "dagster"),
                "OSO_DATA_DIR": str(work / "data"),
                "OSO_DUO_BASE_URL": server.duo_base_url,
                "OSO_CKAN_BASE_URL": server.ckan_base_url,
                "OSO_ONBOARDING": f"dir:{work / 'country' / 'onboarding'}",
            }
            night = [str(Path(sys.executable).parent / "oso"), "run", "--as-of", DAY.isoformat()]
            empty = [sys.executable, "-m", "benchmarks.empty_job", str(work / "empty"), str(assets), str(checks)]  # fmt: skip
            pairs = []
            for counted in range(RUNS + 1):  # the first pair warms up
                shutil.rmtree(work / "data", ignore_errors=True)
                pair = (_seconds(night, environment), _seconds(empty, environment))
                if counted:
                    pairs.append(pair)
    _print(assets, checks, pairs)
    return 0 if statistics.median(a / b for a, b in pairs) <= LIMIT else 1


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return time.perf_counter() - started


def _print(assets: int, checks: int, pairs: list[tuple[float, float]]) -> None:
    print(
        f"{BRANCHES:,} branches, {assets} assets, {checks} checks, {os.cpu_count()} processors, {len(pairs)} pairs"
    )
    for name, figures in (
        ("oso run", [a for a, _ in pairs]),
        ("empty job", [b for _, b in pairs]),
        ("ratio", [a / b for a, b in pairs]),
    ):
        low, middle, high = min(figures), statistics.median(figures), max(figures)
        print(f"{name:<10} min {low:6.2f}  median {middle:6.2f}  max {high:6.2f}")


if __name__ == "__main__":
    sys.exit(main())
