"""The gate file: what it says, what is left as packaged, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from oso_pipeline.errors import UsageError
from oso_pipeline.release.bounds import Drift, load_bounds
from oso_pipeline.settings import PACKAGED_GATE


def written(folder: Path, text: str) -> Path:
    (folder / "gate.toml").write_text(text)
    return folder / "gate.toml"


def test_the_packaged_gate_file_is_read_whole() -> None:
    bounds = load_bounds(PACKAGED_GATE)
    assert bounds.oldest_fallback == timedelta(days=35)
    assert bounds.branches == Drift(
        most_lost=0.02, most_gained=0.05, always_lost=5, always_gained=50
    )
    assert bounds.retention.onboarding_days == 400


def test_losing_is_worse_than_gaining_everywhere() -> None:
    bounds = load_bounds(PACKAGED_GATE)
    for drift in (
        bounds.branches,
        bounds.connected,
        bounds.provinces,
        bounds.registry,
        bounds.onboarding,
    ):
        assert drift.most_lost < drift.most_gained
        assert drift.always_lost < drift.always_gained


def test_a_file_of_ones_own_says_only_what_differs(tmp_path: Path) -> None:
    bounds = load_bounds(written(tmp_path, "[branches]\nmost_lost = 0.5\n"))
    packaged = load_bounds(PACKAGED_GATE)
    assert (bounds.branches.most_lost, packaged.branches.most_lost) == (0.5, 0.02)
    assert bounds.branches.most_gained == packaged.branches.most_gained
    assert bounds.connected == packaged.connected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "cannot be read"),
        ("branches = 1", "write \\[branches\\] above its bounds"),
        ("[municipalities]\nmost_lost = 0.5", "municipalities is no section of it; there are boards_changed"),
        ("[branches]\nmost_stolen = 0.5", "\\[branches\\] has no bound most_stolen; there are most_lost"),
        ("[branches]\nmost_lost = 'half'", "expected a number of 0 or more, found 'half'"),
        ("[branches]\nmost_lost = -0.1", "expected a number of 0 or more, found -0.1"),
        ("[branches]\nmost_lost = nan", "expected a number of 0 or more, found nan"),
        ("[branches]\nmost_lost = 5", "expected a share of 1 or less \\(0.05 is 5%\\), found 5"),
        ("[quarantine]\nmost = 2", "expected a share of 1 or less"),
        ("[branches]\nalways_lost = 2.5", "expected a whole number of 0 or more, found 2.5"),
        ("[branches]\nalways_lost = true", "expected a whole number of 0 or more, found True"),
    ],
)  # fmt: skip
def test_a_gate_file_that_cannot_be_read_is_refused_with_what_to_do(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        load_bounds(written(tmp_path, text))
    assert "Copy the packaged one" in str(refused.value)


def test_a_gate_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load_bounds(tmp_path / "gate.toml")
