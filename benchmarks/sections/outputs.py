"""The outputs of one release: workbook, overview and report in processor seconds, and the workbook beside its peers.

The release is that of the made-up country's third night, so that there is a past to show. The writers of the workbook are
whole processes that read the same sheets and make the same cells, which is checked cell by cell.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import ROOT, Command, CommandFailed, alternate, measure
from benchmarks.rows import OSO, PYTHON, Bench, Row, alone, beside, not_measured
from benchmarks.workbooks import differences

MOST = 5.0
"""Seconds of the processor for the three outputs together."""

_OURS = "workbook, openpyxl (ours)"
_PEERS = {"XlsxWriter": "xlsxwriter_peer.py", "pandas": "pandas_peer.py"}


def rows(bench: Bench) -> Iterator[Row]:
    """What the outputs of the world's third night take."""
    folder = bench.folder("outputs")
    environment = {"OSO_DATA_DIR": str(folder), "DAGSTER_HOME": str(folder / "dagster")}
    measure(Command([OSO, "demo", "--branches", str(bench.national.branches)], environment))
    release = folder / "demo" / "marts" / "latest"
    sheets, written = bench.folder("sheets"), folder / "written"
    write = Command([PYTHON, "-m", "benchmarks.outputs", release, written], before=lambda: _emptied(written))  # fmt: skip
    measure(write._replace(words=[*write.words, sheets]))
    yield from _each(bench, write)
    yield from _workbooks(bench, sheets)


def _each(bench: Bench, write: Command) -> Iterator[Row]:
    runs = alternate({"all": write}, rounds=bench.rounds, beside="all")["all"]
    told = [json.loads(run.output.splitlines()[-1]) for run in runs.runs]
    for name in told[0]:
        yield Row(f"{name}, {bench.national}", cpu=median(one[name] for one in told))
    together = median(sum(one.values()) for one in told)
    limit = {"limit": f"{MOST:.1f} CPU s", "kept": together <= MOST}
    yield Row("the three together", cpu=together, peak=runs.peak, **limit)


def _workbooks(bench: Bench, sheets: Path) -> Iterator[Row]:
    if reason := bench.lacks_peers():
        yield not_measured("workbook beside XlsxWriter and pandas", reason)
        return
    books = bench.folder("books")
    here = ROOT / "benchmarks" / "workbooks"
    ours = Command([PYTHON, "-m", "benchmarks.workbooks.ours", sheets, books / "ours.xlsx"])
    peers = {
        f"workbook, {name}": Command([bench.peers, here / file, sheets, books / f"{name}.xlsx"])
        for name, file in _PEERS.items()
    }
    took = alternate({_OURS: ours} | peers, rounds=bench.rounds, beside=_OURS)
    for name in _PEERS:
        if found := differences(books / "ours.xlsx", books / f"{name}.xlsx"):
            raise CommandFailed(f"The workbook of {name} is not ours:\n" + "\n".join(found[:5]))
    yield alone(_OURS, took[_OURS])
    yield from (beside(name, took[name], _OURS) for name in peers)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
