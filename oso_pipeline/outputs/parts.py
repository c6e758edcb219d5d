"""Words, numbers and dates the Dutch way."""

from __future__ import annotations

from datetime import date, datetime

from oso_pipeline.clock import AMSTERDAM

_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


def dutch_day(day: date) -> str:
    """1 augustus 2024."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def dutch_moment(moment: datetime) -> str:
    """1 augustus 2024, 06:00 (Dutch time)."""
    local = moment.astimezone(AMSTERDAM)
    return f"{dutch_day(local.date())}, {local:%H:%M}"


def dutch_number(number: int) -> str:
    """1.234."""
    return f"{number:,}".replace(",", ".")


def yes_no(value: bool) -> str:
    """Ja or nee."""
    return "ja" if value else "nee"
