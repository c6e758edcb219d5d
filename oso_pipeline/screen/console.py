"""The consoles, and what a night says while it runs."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

PROGRESS = "oso_pipeline.progress"
"""The logger that assets speak to (assets/progress.py)."""


_UNSEEN = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\ufffd")
"""Control characters but for tab and newline: in a name they would command the terminal."""


class _Screen(Console):
    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """As rich does it, with what a name or a record may hold made harmless."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else text.translate(_UNSEEN), style, control)

    def on_broken_pipe(self) -> None:
        """Nobody reads on (`oso run | head`): no reason for a night to end; what is said goes nowhere."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


OUT = _Screen(highlight=False, markup=False, emoji=False)
ERR = _Screen(stderr=True, highlight=False, markup=False, emoji=False)
"""Names and paths are shown as they are: what stands between brackets or colons in them means nothing."""


def say(sentence: str) -> None:
    """One line of progress, on standard error."""
    ERR.print(f"  {sentence}", soft_wrap=True)


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
