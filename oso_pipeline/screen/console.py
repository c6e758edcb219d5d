"""The consoles, and what a night says while it runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console

PROGRESS = "oso_pipeline.progress"
"""The logger that assets speak to (assets/progress.py)."""

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def say(sentence: str) -> None:
    """One line of progress, on standard error."""
    ERR.print(f"  {sentence}", markup=False)


@contextmanager
def watching() -> Generator[Callable[[str], None]]:
    """While a night runs: what it does, a line at a time."""

    class _Show(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(record.getMessage())

    logger = logging.getLogger(PROGRESS)
    handler = _Show()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield say
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def demo_mark(told: Mapping[str, Any]) -> str:
    """What stands in front of everything that is said of made-up data."""
    return "DEMO. " if told["demo"] else ""
