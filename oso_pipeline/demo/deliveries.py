"""Spoils a delivery of Mijn OSO: the six files as they may come on a bad night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DeliveryFault:
    """One way in which a delivery goes wrong.

    Attributes:
        name: as it is asked for.
        meaning: one line for a person.
        spoil: what becomes of the table's lines (header first, no line ends); none removes the file.
        ends: the file ends with a line end.
    """

    name: str
    meaning: str
    spoil: Callable[[list[str]], list[str] | None]
    ends: bool = True


def _rename(lines: list[str]) -> list[str]:
    separator = _separator(lines[0])
    first, *others = lines[0].split(separator)
    return [separator.join([f"{first}_nieuw", *others]), *lines[1:]]


def _drop(lines: list[str]) -> list[str]:
    separator = _separator(lines[0])
    return [line.partition(separator)[2] for line in lines]


def _add_addresses(lines: list[str]) -> list[str]:
    separator = _separator(lines[0])
    addresses = (f"contact{at}@example.invalid" for at in range(len(lines) - 1))
    told = [f"{line}{separator}{a}" for line, a in zip(lines[1:], addresses, strict=True)]
    return [f"{lines[0]}{separator}email", *told]


def _half_written(lines: list[str]) -> list[str]:
    kept = lines[: max(2, len(lines) // 2)]
    return [*kept[:-1], kept[-1][: len(kept[-1]) // 2]]


def _separator(header: str) -> str:
    return ";" if ";" in header else ","


_ALL = (
    DeliveryFault("table_missing", "one of the six files is not there", lambda _: None),
    DeliveryFault("table_emptied", "a table with a header and no row", lambda lines: lines[:1]),
    DeliveryFault(
        "table_halved", "every second row is missing", lambda lines: lines[:1] + lines[1::2]
    ),
    DeliveryFault("renamed_column", "the first column has a new name", _rename),
    DeliveryFault("dropped_column", "the first column is gone", _drop),
    DeliveryFault(
        "half_written_file", "cut off in the middle of a line", _half_written, ends=False
    ),
    DeliveryFault("email_column", "a column with e-mail addresses more", _add_addresses),
    DeliveryFault("duplicated_rows", "every row twice", lambda lines: lines[:1] + lines[1:] * 2),
)

DELIVERY_FAULTS: Mapping[str, DeliveryFault] = {fault.name: fault for fault in _ALL}


def spoil_onboarding(folder: Path, fault: str, table: str = "delivery_points") -> None:
    """Spoil one table of a delivery in place.

    Args:
        folder: the six CSV files (``onboarding`` of a country).
        fault: one of ``DELIVERY_FAULTS``.
        table: which of the six.

    Raises:
        ValueError: there is no such fault.
        FileNotFoundError: the folder has no such table.
    """
    if fault not in DELIVERY_FAULTS:
        message = (
            f"No fault of a delivery is called {fault!r}. There are: {', '.join(DELIVERY_FAULTS)}."
        )
        raise ValueError(message)
    found = DELIVERY_FAULTS[fault]
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    spoiled = found.spoil(lines)
    if spoiled is None:
        path.unlink()
        return
    path.write_text("\n".join(spoiled) + ("\n" if found.ends else ""), encoding="utf-8")
