"""The only place that asks what time it is.

Everything else is given a day or a moment, so that the same inputs give the same release.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The present moment, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """The present day in the Netherlands: the default of the day D in the rules."""
    return datetime.now(AMSTERDAM).date()
