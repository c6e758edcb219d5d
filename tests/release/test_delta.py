"""delta.csv: applied to the state before, it gives the state after."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from oso_pipeline.contracts.model import Type
from oso_pipeline.contracts.statuses import BRANCH_STATUS
from oso_pipeline.release.delta import DELTA_SCHEMA, apply_delta, delta_between, write_delta

ORDINARY: dict[str, Any] = {
    "brin": "00AA", "branch_name": "De Eik", "sector": "po", "status": "in_progress", "connected": False,
    "covered": False, "coverage_basis": "none", "ot_ready": False, "ldos_ready": False, "swv_ready": False,
}  # fmt: skip


def state(*rows: dict[str, Any]) -> pl.DataFrame:
    return BRANCH_STATUS.shape(
        pl.DataFrame([ORDINARY | row for row in rows], schema=BRANCH_STATUS.schema)
    )


def written(before: pl.DataFrame, after: pl.DataFrame, path: Path) -> pl.DataFrame:
    write_delta(path, delta_between(before, after, BRANCH_STATUS))
    return pl.read_csv(path, infer_schema=False)


def test_a_change_is_one_line(tmp_path: Path) -> None:
    before = state({"branch_code": "00AA00"}, {"branch_code": "00AA01"})
    after = state({"branch_code": "00AA00", "city": "Zeist"}, {"branch_code": "00AA01"})
    assert written(before, after, tmp_path / "delta.csv").rows() == [
        ("changed", "00AA00", "city", None, "Zeist")
    ]


def test_a_branch_that_is_gone_is_one_line_without_a_field(tmp_path: Path) -> None:
    before = state({"branch_code": "00AA00"}, {"branch_code": "00AA01"})
    lines = written(before, before.head(1), tmp_path / "delta.csv").rows()
    assert lines == [("removed", "00AA01", None, None, None)]


def test_a_new_branch_has_a_line_for_every_value(tmp_path: Path) -> None:
    lines = written(BRANCH_STATUS.empty(), state({"branch_code": "00AA00"}), tmp_path / "delta.csv")
    assert set(lines["operation"]) == {"added"}
    assert lines["field"].to_list() == [name for name in BRANCH_STATUS.names if name in ORDINARY]


def test_what_did_not_change_gives_no_line() -> None:
    same = state({"branch_code": "00AA00", "latitude": 52.1, "connected_on": date(2024, 8, 1)})
    assert delta_between(same, same, BRANCH_STATUS).is_empty()


def test_a_text_that_a_spreadsheet_would_take_for_a_formula_stays_text(tmp_path: Path) -> None:
    before = state({"branch_code": "00AA00", "branch_name": "=1+1"})
    after = state({"branch_code": "00AA00", "branch_name": "'s Gravenschool"})
    delta = written(before, after, tmp_path / "delta.csv")
    assert delta.rows() == [("changed", "00AA00", "branch_name", "'=1+1", "''s Gravenschool")]
    assert apply_delta(before, delta, BRANCH_STATUS).equals(after)


def test_the_file_is_as_rfc_4180_has_it(tmp_path: Path) -> None:
    after = state({"branch_code": "00AA00", "branch_name": 'De "Eik", zuid'})
    written(BRANCH_STATUS.empty(), after, tmp_path / "delta.csv")
    lines = (tmp_path / "delta.csv").read_bytes().split(b"\r\n")
    assert lines[0] == ",".join(DELTA_SCHEMA).encode()
    assert b'added,00AA00,branch_name,,"De ""Eik"", zuid"' in lines
    assert lines[-1] == b""


_VALUES = {
    Type.TEXT: st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00\r"), min_size=1
    ),
    Type.CODE: st.sampled_from(["10001", "00AA", "=00AA", "'1"]),
    Type.DATE: st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    Type.YES_NO: st.booleans(),
    Type.NUMBER: st.floats(-90, 90, allow_nan=False),
}  # fmt: skip


@st.composite
def states(draw: st.DrawFn) -> pl.DataFrame:
    rows = [
        {"branch_code": code}
        | {
            column.name: draw(
                _VALUES[column.type] if column.required else st.none() | _VALUES[column.type]
            )
            for column in BRANCH_STATUS.columns[1:]
        }
        for code in draw(st.lists(st.sampled_from(["00AA00", "00AA01", "00BB00"]), unique=True))
    ]
    return BRANCH_STATUS.shape(pl.DataFrame(rows, schema=BRANCH_STATUS.schema))


@settings(deadline=None, max_examples=60)
@given(before=states(), after=states())
def test_applied_to_the_state_before_it_gives_the_state_after(
    before: pl.DataFrame, after: pl.DataFrame
) -> None:
    delta = delta_between(before, after, BRANCH_STATUS)
    assert apply_delta(before, delta, BRANCH_STATUS).equals(after)
