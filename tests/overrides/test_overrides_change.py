"""change.py: what an import would change, and the file in its place whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.errors import UsageError
from oso_pipeline.overrides.change import (
    as_csv,
    change_between,
    read_decisions_file,
    write_decisions,
)
from oso_pipeline.overrides.filled import Decision


def decision(subject: str, value: str = "00AA", **columns: str | None) -> Decision:
    row: Decision = dict.fromkeys(OVERRIDES.names)
    return row | {"decision": "same_as", "subject": subject, "value": value} | columns


OLD, EXPIRED = decision("00ZZ"), decision("00ZZ", "00BB", expires_on="2026-01-01")


@pytest.mark.parametrize(
    ("before", "wanted", "told"),
    [
        ([], [OLD], (1, 0, 0)),
        ([OLD], [OLD], (0, 0, 0)),
        ([OLD], [decision("00zz", " 00aa ")], (0, 0, 0)),
        ([OLD], [], (0, 0, 1)),
        ([OLD], [decision("00ZZ", "00CC")], (0, 1, 0)),
        ([OLD], [decision("00YY")], (1, 0, 1)),
        ([EXPIRED, OLD], [OLD], (0, 0, 1)),
        ([EXPIRED, OLD], [OLD, EXPIRED], (0, 0, 0)),
        ([EXPIRED], [EXPIRED, OLD], (1, 0, 0)),
        ([EXPIRED, OLD], [EXPIRED, decision("00ZZ", "00CC")], (0, 1, 0)),
    ],
)
def test_a_change_is_what_is_added_changed_and_removed(
    before: list[Decision], wanted: list[Decision], told: tuple[int, int, int]
) -> None:
    change = change_between(before, wanted)
    assert (len(change.added), len(change.changed), len(change.removed)) == told
    assert change.is_none == (told == (0, 0, 0))
    assert len(change.after) == len(wanted)


def test_decisions_keep_their_order_and_new_ones_come_last() -> None:
    before = [decision("00AA"), decision("00BB"), decision("00CC")]
    wanted = [decision("00DD"), decision("00CC"), decision("00AA", reason="beter")]
    assert [one["subject"] for one in change_between(before, wanted).after] == [
        "00AA",
        "00CC",
        "00DD",
    ]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "overrides.csv"
    decisions = [decision("00ZZ", reason='een "reden", met komma\nen regel'), OLD]
    write_decisions(path, as_csv(decisions), b"")
    read = read_decisions_file(path)
    assert read.decisions == decisions
    assert [file.name for file in path.parent.iterdir()] == ["overrides.csv"]


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_bytes(as_csv([OLD]))
    with pytest.raises(UsageError, match="was changed meanwhile"):
        write_decisions(path, b"x", b"")
    assert path.read_bytes() == as_csv([OLD])


def test_a_link_stays_a_link_and_a_file_keeps_its_rights(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "overrides.csv"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_decisions(link, b"new", b"old")
    assert link.is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_write_that_fails_leaves_the_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "overrides.csv"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_decisions(path, b"new", b"old")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["overrides.csv"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"decision,subject,value,expires\nsame_as,00ZZ,00AA,\n", "found column expires, which would be lost"),
        (b"decision,subject,value\nsame_as,00ZZ\nsame_as,00YY,00AA\n", "found row 2 of another length"),
    ],
)  # fmt: skip
def test_a_file_that_holds_what_a_workbook_cannot_give_back_is_refused(
    tmp_path: Path, body: bytes, found: str
) -> None:
    (tmp_path / "overrides.csv").write_bytes(body)
    with pytest.raises(UsageError, match=found):
        read_decisions_file(tmp_path / "overrides.csv")
