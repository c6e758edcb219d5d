"""Words, numbers and dates the Dutch way."""

from __future__ import annotations

from datetime import date, datetime

from oso_pipeline.clock import AMSTERDAM

_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip

_SHORT_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


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


def dutch_decimal(number: float, digits: int = 1) -> str:
    """1.234,5."""
    return f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def dutch_share(share: float) -> str:
    """70,6% of 0.706."""
    return f"{dutch_decimal(100 * share)}%"


def dutch_change(number: int) -> str:
    """+12, or 0, or 6 after a minus sign, which is no hyphen."""
    sign = "+" if number > 0 else "\N{MINUS SIGN}" if number < 0 else ""
    return f"{sign}{dutch_number(abs(number))}"


def of(part: int, whole: int, things: str) -> str:
    """6.070 van de 8.596 vestigingen (70,6%)."""
    share = f" ({dutch_share(part / whole)})" if whole else ""
    return f"{dutch_number(part)} van de {dutch_number(whole)} {things}{share}"


def dutch_days(number: int) -> str:
    """1 dag, 1.148 dagen."""
    return "1 dag" if number == 1 else f"{dutch_number(number)} dagen"


def short_day(day: date) -> str:
    """1 aug 2024."""
    return f"{day.day} {short_month(day)}"


def short_month(day: date) -> str:
    """Aug 2024."""
    return f"{_SHORT_MONTHS[day.month - 1]} {day.year}"
