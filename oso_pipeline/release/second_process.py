"""A second process for what takes Python longest to draw: the workbook and the report (docs/adr/0016).

It is started when a night has much to read, imports what it needs while that is read, and draws (drafts.py) while the first
process computes, judges and writes the database. It ends with the first one, however that one ends.
"""

from __future__ import annotations

import atexit
import os
import signal
from collections.abc import Generator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

from oso_pipeline.errors import PipelineError

_WORTH_IT = 1_500_000
"""Bytes of sources, some two thousand branches: of fewer, writing takes no longer than starting a process."""


class SecondProcessEnded(PipelineError):
    """The second process ended before it was done."""


def is_worth_it(read: int) -> bool:
    """Whether a night that reads so many bytes of sources gains by a second process."""
    return read >= _WORTH_IT and (os.cpu_count() or 1) > 1


@contextmanager
def second_process() -> Generator[Executor]:
    """An executor with one process, which starts with the first thing that is given to it."""
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def its_end_is_told() -> Generator[None]:
    """What is waited for within says so when the second process is gone.

    Raises:
        SecondProcessEnded: it was killed, or could not start.
    """
    try:
        yield
    except BrokenProcessPool:
        raise SecondProcessEnded(
            "The second process, which writes the workbook and the report, ended before they were written: it was killed, or"
            " memory ran out. Nothing is published. Look at the memory of the machine, and run again."
        ) from None


def get_ready() -> None:
    """Import what the workbook and the report need, and start what draws charts: most of their first second."""
    import openpyxl.styles  # noqa: F401
    import vl_convert

    import oso_pipeline.outputs.report
    import oso_pipeline.outputs.workbook  # noqa: F401

    vl_convert.vegalite_to_svg({"data": {"values": []}, "mark": "bar"})


def _begin() -> None:
    import gc

    gc.disable()  # it ends with the night
    atexit.register(
        os._exit, 0
    )  # nor is it taken down again module by module, while the first process waits
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process says when it is over
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    """A process that was killed tells nobody: what it left half written is removed by the next night."""
    first = parent_process()
    if first:
        wait([first.sentinel])
        os._exit(1)
