"""The interface of an onboarding source: which tables it has, their columns, and the columns asked for as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Misfits = list[list[int]]
"""Rows that do not fit their header, as [row, fields]: none of their fields can be told apart."""


@dataclass(frozen=True)
class WrittenTable:
    """A table as it stands in its source.

    Attributes:
        header: the names of its columns, as written there, each once.
        again: those that stand there more than once.
        read: the names of some of them -> these columns and no others, as text (`blank_as_null`), with `source_row`, of
            the rows that say something in any column (of a database: of all); and the misfits.
    """

    header: list[str]
    again: list[str]
    read: Callable[[list[str]], tuple[pl.DataFrame, Misfits]]


@dataclass(frozen=True)
class OnboardingSource:
    """A source that is open.

    Attributes:
        name: as messages name it.
        url: as `sources.url` shows it to everyone: no host, no user, no password.
        tables: the tables found, by name; each is opened when it is asked for.
    """

    name: str
    url: str
    tables: Mapping[str, Callable[[], WrittenTable]]
