"""What is drawn before the gate has judged: the same files as drawn at once, the first error is told, and nothing is left over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from oso_pipeline.contracts.marts import JUDGED
from oso_pipeline.outputs.report import write_report
from oso_pipeline.outputs.workbook import write_workbook
from oso_pipeline.release.checks import Check, checks_to_frame
from oso_pipeline.release.drafts import Drafts, begin_drafts
from oso_pipeline.release.night import Night
from oso_pipeline.release.second_process import SecondProcessEnded, second_process

D = date(2026, 11, 23)
NIGHT = Night("1", D, datetime(2026, 11, 23, 6, tzinfo=UTC), {}, None, "1", demo=False)
OF_RELEASE = {"as_of": D, "release_id": "1", "demo": False}
TABLES = {table.name: table.empty() for table in JUDGED} | {
    "connected_schools": pl.DataFrame(
        [{"brin": "03PM", "branch_number": "00", "branch_name": "De Regenboog"}],
        schema={table.name: table for table in JUDGED}["connected_schools"].schema,
    )
}
CHECKS = checks_to_frame([Check("branches_po", True, "bound", "106", "100 to 110", "")])


def drafts_of(worker: Executor, tables: Mapping[str, pl.DataFrame] = TABLES) -> Drafts:
    return begin_drafts(worker, NIGHT, tables["connected_schools"]).go_on(tables)


def test_a_workbook_begun_in_another_process_is_the_one_that_is_written_at_once(tmp_path: Path) -> None:  # fmt: skip
    shown = ("connected_schools", "sources", "branch_status", "adoption", "change_log")
    write_workbook(tmp_path / "once.xlsx", *(TABLES[name] for name in shown), CHECKS, **OF_RELEASE)
    with second_process() as aside:
        drafts = drafts_of(aside)
        for done in drafts.finish_workbook(tmp_path / "begun.xlsx", CHECKS):
            done.result(timeout=60)
    assert (tmp_path / "begun.xlsx").read_bytes() == (tmp_path / "once.xlsx").read_bytes()


def test_a_report_drawn_in_another_process_is_the_one_that_is_written_at_once(tmp_path: Path) -> None:  # fmt: skip
    write_report(tmp_path / "report.html", TABLES, **OF_RELEASE)
    with second_process() as aside:
        drawn = drafts_of(aside).report.result(timeout=60)
    assert drawn == (tmp_path / "report.html").read_text(encoding="utf-8")


def test_of_a_workbook_that_could_not_be_begun_the_first_error_is_told(tmp_path: Path) -> None:
    spoiled = TABLES | {"connected_schools": pl.DataFrame({"brin": ["03PM"]})}
    with ThreadPoolExecutor(1) as thread:
        drafts = drafts_of(thread, spoiled)
        first, *_ = drafts.finish_workbook(tmp_path / "begun.xlsx", CHECKS)
        with pytest.raises(ValueError, match="zip"):
            first.result(timeout=60)
    assert not (tmp_path / "begun.xlsx").exists()


def test_when_the_second_process_is_gone_before_it_begins_a_sentence_says_so() -> None:
    with second_process() as aside:
        aside.submit(os._exit, 1).exception(timeout=60)
        with pytest.raises(SecondProcessEnded, match="Nothing is published"):
            drafts_of(aside)


UNFINISHED = """
from test_drafts import drafts_of, second_process
if __name__ == "__main__":
    with second_process() as aside:
        drafts_of(aside).report.result()
"""


def test_what_is_begun_and_never_finished_leaves_no_file_and_says_nothing(tmp_path: Path) -> None:
    script, temporary = tmp_path / "unfinished.py", tmp_path / "temporary"
    script.write_text(UNFINISHED, encoding="utf-8")
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, script],
        env={"PYTHONPATH": str(Path(__file__).parent), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(temporary.iterdir()) == []
