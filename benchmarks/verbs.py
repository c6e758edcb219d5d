"""The reading verbs as whole processes, over Python's own start: `python -m benchmarks.verbs`.

They read the data folder of `make demo` (three nights of 8,600 branches), or the one that OSO_DATA_DIR names. It exits
with 1 when one takes more than the limit over `python -c pass`, in wall seconds: medians, taken in turn.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.measure import ROOT, Command, alternate

OSO = Path(sys.executable).parent / "oso"
ROUNDS = 9
MOST_OVER = 0.5
_START = "python -c pass"


def main() -> int:
    """Measure, print a row a verb, and say whether all are within the limit."""
    root = Path(os.environ.get("OSO_DATA_DIR", ROOT / "data" / "demo"))
    verbs = {" ".join(words): Command([OSO, *words], {"OSO_DATA_DIR": str(root)}) for words in verbs_on(root)}  # fmt: skip
    took = alternate(
        {_START: Command([sys.executable, "-c", "pass"])} | verbs, rounds=ROUNDS, beside=_START
    )
    start = took.pop(_START)
    print(f"{'over Python, medians':<55} {'wall s':>7} {'CPU s':>7} {'peak MiB':>9}")
    for name, one in took.items():
        print(f"oso {name:<51} {one.over:7.3f} {one.cpu - start.cpu:7.3f} {one.peak:9,.0f}")
    print(f"{_START:<55} {start.wall:7.3f} {start.cpu:7.3f} {start.peak:9,.0f}")
    slow = [name for name, one in took.items() if one.over > MOST_OVER]
    print(f"More than {MOST_OVER} s: {', '.join(slow) or 'none'}.")
    return 1 if slow else 0


def verbs_on(root: Path) -> list[list[str]]:
    """The verbs, about the board that has most schools and a branch of it, in the latest release."""
    from oso_pipeline.release.database import DATABASE, open_database
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.release.index import read_index

    folder = DataFolder(root)
    release_id = folder.latest_release_id()
    if release_id is None:
        raise SystemExit(f"{root} holds no release: run `make demo`, or set OSO_DATA_DIR.")
    with open_database(folder.latest / DATABASE) as connection:
        board, branch = connection.execute(
            "SELECT board_number, min(branch_code) FROM branch_status WHERE board_number IS NOT NULL"
            " GROUP BY board_number ORDER BY count(*) DESC, board_number LIMIT 1"
        ).fetchall()[0]
    day = read_index(folder.latest)["as_of"] or ""
    return [
        ["explain", branch],
        ["explain", branch[:4]],
        ["explain", board],
        ["explain", branch, "--json"],
        ["explain", branch, "--as-of", day],
        ["explain", branch, "--release", release_id],
        ["releases"],
        ["diagnose"],
    ]


if __name__ == "__main__":
    sys.exit(main())
