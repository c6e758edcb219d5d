"""A night as a whole process, all outputs included, beside an empty Dagster job and beside Dagster's default executor.

The night reads the world from a registry server in the process that measures. Every first night begins with an empty data
folder, so it builds and publishes a release; the unchanged night runs again and again on a data folder that holds that
release. The empty job has as many assets and checks as the night, in the same executor. Dagster's default executor gives
every step a process of its own; there the parent holds the data folder and the steps do not, as they would take its lock
from each other.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Command, CommandFailed, Compared, alternate, measure
from benchmarks.rows import OSO, PYTHON, Bench, Row, alone, beside
from benchmarks.worlds import DAY

if TYPE_CHECKING:
    from oso_pipeline.demo.server import RegistryServer

FIRST_AT_MOST = 1.75
UNCHANGED_AT_MOST = 1.1
_RUN = (OSO, "run", "--as-of", DAY.isoformat())
_FIRST, _UNCHANGED, _EMPTY, _DEFAULT = "first night", "unchanged night", "empty job", "default executor"  # fmt: skip


def rows(bench: Bench) -> Iterator[Row]:
    """The first night, the unchanged one, the empty job; then the first night in Dagster's default executor."""
    from oso_pipeline.demo.server import RegistryServer

    world, work = bench.national, bench.folder("night")
    with RegistryServer(world.folder) as server, published(bench, "again") as environment:
        other = (PYTHON, "-m", "benchmarks.default_executor", DAY.isoformat())
        first = _afresh(_RUN, environment_of(server, work / "first"))
        default = _afresh(other, environment_of(server, work / "default"))
        again = Command(_RUN, environment)
        took = alternate(
            {_FIRST: first, _UNCHANGED: again, _EMPTY: empty_job(bench, "night")},
            rounds=bench.rounds,
            beside=_EMPTY,
        )
        in_steps = alternate({_DEFAULT: default, _FIRST: first}, rounds=bench.few, beside=_DEFAULT)
    _must_say("Published", took[_FIRST], in_steps[_FIRST], in_steps[_DEFAULT])
    _must_say("Unchanged", took[_UNCHANGED])
    yield beside(f"{_FIRST}, {world}", took[_FIRST], _EMPTY, at_most=FIRST_AT_MOST)
    yield beside(f"{_UNCHANGED}, {world}", took[_UNCHANGED], _EMPTY, at_most=UNCHANGED_AT_MOST)
    yield alone("{}, {} assets, {} checks".format(_EMPTY, *assets_and_checks()), took[_EMPTY])
    yield alone(f"{_FIRST} in Dagster's {_DEFAULT}", in_steps[_DEFAULT])
    yield beside(f"{_FIRST}, in turn with that", in_steps[_FIRST], _DEFAULT)


def assets_and_checks() -> tuple[int, int]:
    """How many the nightly job has."""
    from oso_pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    return len(graph.get_all_asset_keys()), len(graph.asset_check_keys)


def empty_job(bench: Bench, name: str) -> Command:
    """The empty job, in a Dagster instance of its own."""
    counts = [str(count) for count in assets_and_checks()]
    return Command([PYTHON, "-m", "benchmarks.empty_job", bench.folder(f"empty-{name}"), *counts])


@contextmanager
def published(bench: Bench, name: str) -> Generator[dict[str, str]]:
    """The environment of a data folder of this name on which one night was published, its registry being served."""
    from oso_pipeline.demo.server import RegistryServer

    with RegistryServer(bench.national.folder) as server:
        environment = environment_of(server, bench.folder(name))
        measure(Command(_RUN, environment))
        yield environment


def environment_of(server: RegistryServer, folder: Path) -> dict[str, str]:
    """The settings of a night that reads what is served and keeps all it writes in the folder."""
    return {
        "OSO_DUO_BASE_URL": server.duo_base_url,
        "OSO_CKAN_BASE_URL": server.ckan_base_url,
        "OSO_ONBOARDING": f"dir:{server.folder / 'onboarding'}",
        "OSO_DATA_DIR": str(folder / "data"),
        "DAGSTER_HOME": str(folder / "dagster"),
    }


def _afresh(words: Sequence[str | Path], environment: dict[str, str]) -> Command:
    data = environment["OSO_DATA_DIR"]
    return Command(words, environment, lambda: shutil.rmtree(data, ignore_errors=True))


def _must_say(word: str, *measured: Compared) -> None:
    for run in (run for one in measured for run in one.runs):
        if word not in run.output:
            raise CommandFailed(f"A night did not end as expected ({word}):\n{run.output}")
