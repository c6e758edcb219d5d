"""Where the time goes now: the five largest costs of a first night, and of reading to marts.

Of the night, the seconds of its assets as Dagster keeps them (medians), and what comes before the first and after the last
one. Of the marts, the product's functions in one process, on the largest world that the peers read too. What these were
once, what was tried and what is left stands in benchmarks/COSTS.md.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.measure import Command, measure
from benchmarks.rows import OSO, PYTHON, Bench, Row
from benchmarks.sections.marts import HUGE
from benchmarks.sections.night import environment_of
from benchmarks.worlds import DAY

LARGEST = 5

_STARTS = "before the first asset: imports, definitions, the instance"
_ENDS = "after the last asset"

_STEPS = """
import json
from oso_pipeline.nightly import open_instance
with open_instance() as instance:
    (run,) = instance.get_runs(limit=1)
    steps = instance.get_run_step_stats(run.run_id)
print(json.dumps({step.step_key: (step.start_time, step.end_time) for step in steps}))
"""

_NIGHT = """
import json, subprocess, sys, time
began = time.time()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(json.dumps([began, time.time()]))
"""


def rows(bench: Bench) -> Iterator[Row]:
    """The largest first."""
    nights = list(_nights(bench))
    wholes = [sum(night.values()) for night in nights]
    yield Row(f"first night, {bench.national}, from start to end", median(wholes))
    yield from _largest({name: [night.get(name, 0.0) for night in nights] for name in nights[0]})
    world = [world for world in bench.worlds if world.branches < HUGE][-1]
    command = Command([PYTHON, "-m", "benchmarks.marts.costs", world.folder, bench.folder("costs"), "--as-of", DAY.isoformat()])  # fmt: skip
    functions = [json.loads(measure(command).output.splitlines()[-1]) for _ in range(bench.few)]
    yield Row(f"reading to marts, {world}, its functions together", *_both(functions, *functions[0]))  # fmt: skip
    each = [Row(f"  {name}", *_both(functions, name)) for name in functions[0]]
    yield from sorted(each, key=lambda row: -(row.cpu or 0))[:LARGEST]


def _nights(bench: Bench) -> Iterator[dict[str, float]]:
    """Seconds on the clock by asset, night by night; the first only warms up."""
    from oso_pipeline.demo.server import RegistryServer

    folder = bench.folder("costs-night")
    with RegistryServer(bench.national.folder) as server:
        environment = environment_of(server, folder)
        night = Command([PYTHON, "-c", _NIGHT, OSO, "run", "--as-of", DAY.isoformat()], environment)
        for number in range(bench.few + 1):
            shutil.rmtree(Path(environment["OSO_DATA_DIR"]), ignore_errors=True)
            began, ended = json.loads(measure(night).output.splitlines()[-1])
            told = measure(Command([PYTHON, "-c", _STEPS], environment)).output.splitlines()[-1]
            steps: dict[str, tuple[float, float]] = json.loads(told)
            if number:
                took = {f"  asset {name}": end - start for name, (start, end) in steps.items()}
                took[f"  {_STARTS}"] = min(start for start, _ in steps.values()) - began
                took[f"  {_ENDS}"] = ended - max(end for _, end in steps.values())
                yield took


def _largest(seconds: dict[str, list[float]]) -> list[Row]:
    each = [Row(name, median(took)) for name, took in seconds.items()]
    return sorted(each, key=lambda row: -(row.wall or 0))[:LARGEST]


def _both(runs: Sequence[dict[str, tuple[float, float]]], *names: str) -> tuple[float, float]:
    """Medians of the seconds on the clock and of the processor, of these functions together."""
    wall, cpu = ([sum(run[name][place] for name in names) for run in runs] for place in (0, 1))
    return median(wall), median(cpu)
