"""Active on D: begun on or before D and not ended on or before D; what comes after D is not known yet."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from world import D, ago, ahead

from oso_pipeline.contracts.onboarding import (
    ACCOUNTS,
    AGREEMENTS,
    BRANCHES,
    DELIVERY_POINTS,
    ONBOARDING,
    QUESTIONNAIRES,
    OnboardingTable,
)
from oso_pipeline.reconciliation.records import as_known_on, counts, is_active

WITH_DURATION = [
    pytest.param(ACCOUNTS, "activated_on", "closed_on", id="account"),
    pytest.param(AGREEMENTS, "signed_on", "ended_on", id="agreement"),
    pytest.param(BRANCHES, "added_on", "removed_on", id="branch"),
    pytest.param(DELIVERY_POINTS, "registered_on", "ended_on", id="delivery_point"),
]
FIRST_DATES = [
    ("accounts", "requested_on"),
    ("agreements", "signed_on"),
    ("questionnaires", "submitted_on"),
    ("branches", "added_on"),
    ("delivery_points", "requested_on"),
    ("test_exchanges", "performed_on"),
]


def known(table: OnboardingTable, **days: date | None) -> pl.DataFrame:
    return as_known_on(D, pl.DataFrame([days], schema=table.schema), table)


def table_of(name: str) -> OnboardingTable:
    return next(table for table in ONBOARDING if table.name == name)


@pytest.mark.parametrize(("table", "begin", "end"), WITH_DURATION)
@pytest.mark.parametrize(
    ("begins", "ends", "active"),
    [
        (ago(1), None, True),
        (D, None, True),
        (ahead(1), None, False),
        (None, None, False),
        (None, ahead(1), False),
        (ago(9), ago(1), False),
        (ago(9), D, False),
        (ago(9), ahead(1), True),
        (D, D, False),
    ],
)
def test_a_record_is_active_from_its_begin_until_its_end(
    table: OnboardingTable,
    begin: str,
    end: str,
    begins: date | None,
    ends: date | None,
    active: bool,
) -> None:
    rows = known(table, **{begin: begins, end: ends})
    assert rows.select(is_active(table)).item() is active


@pytest.mark.parametrize(
    ("day", "read"), [(ago(1), ago(1)), (D, D), (ahead(1), None), (None, None)]
)
def test_a_single_date_after_the_day_reads_as_empty(day: date | None, read: date | None) -> None:
    rows = known(DELIVERY_POINTS, requested_on=ago(9), approved_on=day)
    assert rows["approved_on"].item() == read


def test_a_date_after_the_day_takes_no_other_date_along() -> None:
    rows = known(DELIVERY_POINTS, requested_on=ago(9), approved_on=ahead(1))
    assert rows["requested_on"].item() == ago(9)


@pytest.mark.parametrize(("name", "first"), FIRST_DATES)
@pytest.mark.parametrize(
    ("day", "counted"), [(ago(1), True), (D, True), (ahead(1), False), (None, True)]
)
def test_a_record_whose_first_date_lies_after_the_day_counts_for_no_rule(
    name: str, first: str, day: date | None, counted: bool
) -> None:
    rows = known(table_of(name), **{first: day})
    assert rows.select(counts()).item() is counted


def test_a_record_that_was_requested_for_later_is_not_active_whatever_else_it_says() -> None:
    rows = known(DELIVERY_POINTS, requested_on=ahead(1), registered_on=ago(9))
    assert not rows.select(is_active(DELIVERY_POINTS)).item()


def test_a_later_date_that_is_not_the_first_leaves_the_record_counting() -> None:
    rows = known(ACCOUNTS, requested_on=None, activated_on=ahead(1))
    assert rows.select(counts()).item()


def test_a_record_without_a_duration_is_never_asked_whether_it_is_active() -> None:
    with pytest.raises(ValueError, match="questionnaires has no duration"):
        is_active(QUESTIONNAIRES)
