"""The table: of fixed width for the screen, and as markdown for the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.rows import Row

_HEADER = ("", "wall s", "CPU s", "peak MiB", "beside", "ratio", "CPU ratio", "limit", "")
_NUMBERS = {1, 2, 3, 5, 6}

Sections = Mapping[str, Sequence[Row]]


def fixed_width(sections: Sections) -> str:
    """All sections under one header."""
    lines = [_HEADER]
    for name, rows in sections.items():
        lines += [(name.upper(), *[""] * (len(_HEADER) - 1)), *map(_cells, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADER))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in _NUMBERS else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(sections: Sections) -> str:
    """One table, a row in bold above every section."""
    rule = ["---:" if place in _NUMBERS else "---" for place in range(len(_HEADER))]
    lines = [_HEADER, rule]
    for name, rows in sections.items():
        lines += [(f"**{name}**", *[""] * (len(_HEADER) - 1)), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    kept = {None: "", True: "kept", False: "NOT kept"}[row.kept]
    return (
        row.what,
        _number(row.wall),
        _number(row.cpu),
        "" if row.peak is None else f"{row.peak:,.0f}",
        row.beside,
        _number(row.ratio),
        _number(row.cpu_ratio),
        row.limit,
        kept,
    )


def _number(value: float | None) -> str:
    """Two decimals, three of what is smaller than one."""
    if value is None:
        return ""
    return f"{value:,.2f}" if value >= 1 else f"{value:.3f}"
