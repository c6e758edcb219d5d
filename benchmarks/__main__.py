"""`make bench`: one table of what the pipeline takes, beside what else there is. See RESULTS.md for how it is read.

python -m benchmarks
python -m benchmarks --only night floors --rounds 3
python -m benchmarks --worlds 8600,1m,5m
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.measure import ROOT, CommandFailed
from benchmarks.rows import Bench, Row
from benchmarks.table import Sections, fixed_width, markdown
from benchmarks.worlds import write_worlds
from oso_pipeline.clock import today

SECTIONS = ("night", "floors", "outputs", "marts", "costs", "verbs", "history", "overview")
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HOW = """
Written by `make bench`, which is all it takes to measure again. Every figure is of a whole process unless a section says
otherwise: wall seconds, processor seconds (user and system, with all children) and the peak memory of the largest single
process, as the kernel tells when it ends. Commands that are compared run in turn, A B C A B C, after a round that does not
count; figures are medians, and a ratio is the median of the ratios pair by pair. A busy machine stretches wall seconds and
not processor seconds. The worlds are made up by the demo generator; what is written by different programs is
compared before their times are: marts row by row, workbooks cell by cell. What the largest costs were once, what was tried
and why a limit is not kept stands in COSTS.md.
""".strip()


def main() -> int:
    """Measure, print, write, and say by the exit code whether all limits are kept."""
    asked = _parser().parse_args()
    results = asked.results or (None if asked.only else RESULTS)
    with tempfile.TemporaryDirectory() as folder:
        worlds = write_worlds(asked.worlds, asked.worlds_dir)
        bench = Bench(worlds, asked.rounds, asked.peers.absolute(), Path(folder))
        head = "\n".join([f"{today()}, medians of {bench.rounds} rounds.", *machine(bench)])
        sections = {name: _measured(name, bench) for name in asked.only or SECTIONS}
    table = fixed_width(sections)
    print(f"{head}\n\n{table}\n\n{_verdict(sections)}")
    if results:
        results.write_text(_page(head, sections))
    return int(any(row.kept is False for rows in sections.values() for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "--only", nargs="+", choices=SECTIONS, metavar="SECTION",
        help=f"of {', '.join(SECTIONS)}; then nothing is written without --results",
    )  # fmt: skip
    parser.add_argument(
        "--worlds", default="8600,1m", help="numbers of branches; 5m takes 16 GB of disk"
    )
    parser.add_argument(
        "--worlds-dir", type=Path, default=ROOT / ".worlds", help="where they are kept"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how many count")
    parser.add_argument(
        "--peers", type=Path, default=ROOT / ".venv-peers" / "bin" / "python", metavar="PYTHON",
        help="the Python that has what ours is compared with",
    )  # fmt: skip
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="where the table is written as markdown"
    )
    return parser


def _measured(name: str, bench: Bench) -> list[Row]:
    """The rows of a section; on the screen, each as it comes. One that breaks off keeps what it has, and the next one goes on."""
    rows = []
    print(f"{name} ...", file=sys.stderr, flush=True)
    try:
        for row in import_module(f"benchmarks.sections.{name}").rows(bench):
            print(f"{name}: {row.what}", file=sys.stderr, flush=True)
            rows.append(row)
    except CommandFailed as failed:
        print(f"{name}: {failed}", file=sys.stderr, flush=True)
        rows.append(Row(f"{name} broke off: the screen said why", limit="measured", kept=False))
    return rows


def _verdict(sections: Sections) -> str:
    limited = [row for rows in sections.values() for row in rows if row.kept is not None]
    broken = [row.what for row in limited if not row.kept]
    return f"{len(limited) - len(broken)} of {len(limited)} limits are kept." + "".join(
        f"\nNOT kept: {what}." for what in broken
    )


def _page(head: str, sections: Sections) -> str:
    said = {name: _said(name) for name in sections}
    about = "\n".join(f"- **{name}**: {text}" for name, text in said.items())
    machine_lines = head.replace("\n", "  \n")
    return f"# Speed and scale\n\n{HOW}\n\n{machine_lines}\n\n{markdown(sections)}\n\n{_verdict(sections)}\n\n{about}\n"


def _said(name: str) -> str:
    """What a section says about itself, as one line."""
    return " ".join((import_module(f"benchmarks.sections.{name}").__doc__ or "").split())


if __name__ == "__main__":
    sys.exit(main())
