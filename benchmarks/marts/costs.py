"""`python -m benchmarks.marts.costs COUNTRY OUT [--as-of DAY]`: ours, and what each of its functions takes of it.

The functions are those that `ours` calls from the product, and `write`; what is lazy is paid for where it is written. A
function's seconds are those of the whole process while it runs, Polars' threads among them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isfunction
from time import perf_counter, process_time
from typing import NamedTuple

from benchmarks.marts import ours

_STAGES = {"read", "apply_rules", "main", "parse"}
"""Functions of `ours` that call the others."""


class Cost(NamedTuple):
    """Seconds on the clock and of the processor."""

    wall: float = 0.0
    cpu: float = 0.0


def main(arguments: list[str]) -> None:
    """Run ours, and print what each function took, as JSON."""
    with _timed() as costs:
        ours.main(arguments)
    print(json.dumps(costs))


@contextmanager
def _timed() -> Iterator[dict[str, Cost]]:
    costs: dict[str, Cost] = {}
    functions = {name: found for name, found in vars(ours).items() if isfunction(found) and name not in _STAGES}  # fmt: skip
    for name, function in functions.items():
        setattr(ours, name, _timing(function, name, costs))
    try:
        yield costs
    finally:
        for name, function in functions.items():
            setattr(ours, name, function)


def _timing(function: Callable, name: str, costs: dict[str, Cost]) -> Callable:
    @wraps(function)
    def timed(*args: object, **named: object) -> object:
        begun = Cost(perf_counter(), process_time())
        try:
            return function(*args, **named)
        finally:
            wall, cpu = costs.get(name, Cost())
            costs[name] = Cost(wall + perf_counter() - begun.wall, cpu + process_time() - begun.cpu)

    return timed


if __name__ == "__main__":
    main(sys.argv[1:])
