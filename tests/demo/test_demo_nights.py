from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from demo_reading import Rows, every_branch, rows_of, truth

from oso_pipeline.demo.country import write_country

FIRST, NIGHTS = date(2026, 11, 23), 4


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four nights, a week apart, of a country of 2,000 branches."""
    folders = []
    for night in range(1, NIGHTS + 1):
        folders.append(tmp_path_factory.mktemp(f"night{night}"))
        day = FIRST + timedelta(days=7 * (night - 1))
        write_country(folders[-1], branches=2000, as_of=day, night=night, days_between=7)
    return folders


def events_of(folder: Path, night: int, kind: str) -> Rows:
    return [
        row for row in truth(folder, "events") if (row["kind"], row["night"]) == (kind, str(night))
    ]


def codes(folder: Path) -> set[str]:
    return {row["VESTIGINGSCODE"] for row in every_branch(folder)}


def status(folder: Path) -> dict[str, str]:
    return {row["branch_code"]: row["status"] for row in truth(folder)}


def boards(folder: Path) -> dict[str, str]:
    return {row["VESTIGINGSCODE"]: row["BEVOEGD GEZAG NUMMER"] for row in every_branch(folder)}


def test_a_later_night_remembers_the_events_of_the_earlier_ones(nights: list[Path]) -> None:
    for before, after in itertools.pairwise(nights):
        told = truth(after, "events")
        assert [row for row in told if row in truth(before, "events")] == truth(before, "events")
        assert len(told) > len(truth(before, "events"))


def test_what_changes_in_the_address_files_is_what_happened(nights: list[Path]) -> None:
    for night in range(2, NIGHTS + 1):
        before, after = codes(nights[night - 2]), codes(nights[night - 1])
        told = {kind: events_of(nights[-1], night, kind) for kind in (
            "closes", "vanishes", "merges_away", "merges_as_branch", "renumbers", "splits", "opens",
        )}  # fmt: skip
        assert all(told.values())
        single = [
            row["code"] + "00"
            for kind in ("closes", "vanishes", "merges_away", "merges_as_branch", "renumbers")
            for row in told[kind]
        ]
        gone, new = before - after, after - before
        assert set(single) <= gone
        assert {code[:4] for code in gone - set(single)} == {row["code"] for row in told["splits"]}
        assert new == {
            *(row["partner_brin"] + "01" for row in told["merges_as_branch"]),
            *(
                row["new_brin"] + "00"
                for kind in ("renumbers", "splits", "opens")
                for row in told[kind]
            ),
        }


def test_schools_move_to_another_board_in_twos(nights: list[Path]) -> None:
    for night in range(2, NIGHTS + 1):
        before, after = boards(nights[night - 2]), boards(nights[night - 1])
        moved = {
            code[:4]: after[code]
            for code in before.keys() & after.keys()
            if before[code] != after[code]
        }
        expected = {
            brin: row["board_number"]
            for row in events_of(nights[-1], night, "moves_board")
            for brin in (row["code"], row["partner_brin"])
        }
        assert moved == expected


def test_a_branch_is_lapsed_when_it_was_connected_on_an_earlier_night(nights: list[Path]) -> None:
    assert "lapsed" not in status(nights[0]).values()
    once: set[str] = set()
    for folder in nights:
        now = status(folder)
        assert {code for code, told in now.items() if told == "lapsed"} == {
            code for code in once & now.keys() if now[code] != "connected"
        }
        once |= {code for code, told in now.items() if told == "connected"}
    assert "lapsed" in status(nights[-1]).values()


def test_schools_finish_and_delivery_points_stop_as_told(nights: list[Path]) -> None:
    for night in range(2, NIGHTS + 1):
        before, after = status(nights[night - 2]), status(nights[night - 1])
        for row in events_of(nights[-1], night, "finishes"):
            code = row["code"] + "00"
            assert (before[code], after[code]) == ("in_progress", "connected")
        for row in events_of(nights[-1], night, "stops"):
            code = row["code"] + "00"
            assert (before[code], after[code]) == ("connected", "lapsed")


def test_records_on_codes_that_are_gone_are_closed_or_matched_by_transition(
    nights: list[Path],
) -> None:
    outcome = {
        "closes": "closed",
        "renumbers": "matched_by_transition",
        "merges_away": "matched_by_transition",
    }
    told = {
        row["code"]: outcome[row["kind"]]
        for row in truth(nights[-1], "events")
        if row["kind"] in outcome
    }
    rows = rows_of(nights[-1] / "onboarding" / "questionnaires.csv")
    outcomes = [
        row["outcome"]
        for row in truth(nights[-1], "records")
        if row["source_table"] == "questionnaires"
    ]
    found = {
        (told[r["brin"]], o)
        for r, o in zip(rows, outcomes, strict=True)
        if r["brin"] in told and o != "duplicate"
    }
    assert found == {("closed", "closed"), ("matched_by_transition", "matched_by_transition")}


def test_no_record_is_of_a_day_after_its_night_but_those_that_are_meant_to_be(
    nights: list[Path],
) -> None:
    for night, folder in enumerate(nights):
        day = (FIRST + timedelta(days=7 * night)).isoformat()
        performed = {
            row["performed_on"] for row in rows_of(folder / "onboarding" / "test_exchanges.csv")
        }
        later = {one for one in performed if one[:4].isdigit() and one > day}
        assert later <= {(FIRST + timedelta(days=3650)).isoformat()}


def test_the_truth_of_a_night_names_every_branch_that_stands_there(nights: list[Path]) -> None:
    for folder in nights:
        assert status(folder).keys() == codes(folder)


def test_a_small_country_lives_quietly_for_as_many_nights_as_you_like(tmp_path: Path) -> None:
    write_country(tmp_path, branches=40, as_of=FIRST, night=400)
    assert status(tmp_path).keys() == codes(tmp_path)


@pytest.mark.parametrize(("night", "days_between"), [(0, 1), (1, 0)])
def test_a_night_that_cannot_be_is_refused(tmp_path: Path, night: int, days_between: int) -> None:
    with pytest.raises(ValueError, match="Nights count from 1"):
        write_country(tmp_path, as_of=FIRST, night=night, days_between=days_between)
