"""The contracts: written once, and everything made of them is up to date."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from oso_pipeline.contracts.dictionary import dictionary
from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.contracts.model import Table, Type
from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.contracts.records import EVENTS, FLAGS, OUTCOMES, WORK_ITEMS
from oso_pipeline.contracts.statuses import COVERAGE_BASES, STATUSES, STEPS
from oso_pipeline.contracts.validation import ContractBroken, validate
from oso_pipeline.contracts.views import VIEWS

ROOT = Path(__file__).resolve().parents[2]
TABLES = (*MARTS, *VIEWS, *ONBOARDING, OVERRIDES)


def test_the_dictionary_in_docs_is_that_of_the_contracts() -> None:
    assert (ROOT / "docs" / "dictionary.md").read_text() == dictionary()


def test_the_page_of_rules_names_every_word_that_a_rule_gives() -> None:
    page = (ROOT / "docs" / "rules.md").read_text()
    words = {*STEPS, *STATUSES, *COVERAGE_BASES, *FLAGS, *OUTCOMES, *EVENTS}
    assert [word for word in sorted(words) if f"`{word}`" not in page] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_label_a_meaning_and_a_name_of_its_own(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert [column.name for column in table.columns if not (column.dutch and column.meaning)] == []
    assert set(table.sort_by) <= set(table.names)


@pytest.mark.parametrize("table", [*MARTS, *VIEWS], ids=lambda table: table.name)
def test_days_moments_and_yes_no_are_named_and_typed_as_the_contract_says(table: Table) -> None:
    for column in table.columns:
        assert (column.type is Type.DATE) == (column.name.endswith("_on") or column.name == "as_of")
        assert (column.type is Type.MOMENT) == column.name.endswith("_at")
        assert column.required or column.type is not Type.YES_NO


@pytest.mark.parametrize("table", MARTS, ids=lambda table: table.name)
def test_an_empty_table_holds_its_contract(table: Table) -> None:
    assert validate(table.empty(), table).schema == pl.Schema(table.schema)


def test_what_breaks_a_contract_is_named_with_column_and_value() -> None:
    counts = {column.name: 0 for column in WORK_ITEMS.columns if column.type is Type.COUNT}
    item = dict.fromkeys(WORK_ITEMS.names, "x") | {"since_on": None, "closed_on": None} | counts
    frame = pl.DataFrame([item], schema=WORK_ITEMS.schema)
    with pytest.raises(
        ContractBroken, match=r"(?s)work_items.*responsible: expected.*'x'"
    ) as broken:
        validate(frame, WORK_ITEMS)
    assert "since_on" in str(broken.value)


def test_a_row_that_stands_twice_breaks_the_key() -> None:
    table = next(table for table in MARTS if table.name == "connection_history")
    row = {"branch_code": "00AH00", "last_connected_on": pl.Series([0]).cast(pl.Date).item()}
    with pytest.raises(ContractBroken, match="connection_history"):
        validate(pl.DataFrame([row, row], schema=table.schema), table)
