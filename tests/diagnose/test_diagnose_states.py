"""Every state that the pipeline can be in, as `oso diagnose` tells it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from pipelines import HELD_BY, Pipeline, at_night, issue
from releases import conclusion

from oso_pipeline.diagnose.nights import moment_of, nights_of
from oso_pipeline.errors import UsageError

NOT_FOUND = "po: GET https://duo.nl/po.csv: 404, there is nothing at this address. The newest snapshot was last seen {} days ago."


# ---- nothing yet, fresh, unchanged


def test_where_no_night_has_run_nothing_is_served_and_nothing_is_made(pipeline: Pipeline) -> None:
    told = pipeline.diagnose()
    assert (told["state"], told["served"], told["last_night"], told["trouble"]) == ("nothing_yet", None, None, None)  # fmt: skip
    assert told["next"][0]["command"] == "oso run"
    assert not pipeline.root.exists()


def test_a_night_that_was_published_is_fresh_and_there_is_nothing_to_do(
    published: Pipeline,
) -> None:
    told = published.diagnose()
    assert (told["state"], told["next"], told["trouble"]) == ("fresh", [], None)
    given = told["served"]
    assert (given["as_of"], given["connected"], given["branches"]) == ("2026-11-20", 7, 9)
    assert given["since"] == at_night(1) + timedelta(seconds=20)


def test_a_night_that_was_unchanged_confirms_the_release_that_is_served(
    published: Pipeline,
) -> None:
    published.night("unchanged")
    published.night("unchanged")
    told = published.diagnose(max_age=26)
    assert (told["state"], told["last_night"]["verdict"]) == ("fresh", "unchanged")
    assert told["served"]["since"].date() == date(2026, 11, 20)
    assert told["served"]["confirmed_at"] == at_night(3)
    assert told["max_age"]["passed"]


# ---- a source that did not arrive


def test_a_source_that_did_not_arrive_stands_in_and_the_others_do_not(published: Pipeline) -> None:
    published.night("unchanged", without=["po"])
    published.night("published", without=["po"])
    told = published.diagnose()
    assert told["state"] == "stands_in"
    found = {row["source"]: (row["state"], row["missed_nights"], row["age_days"]) for row in told["sources"]}  # fmt: skip
    assert found == {"po": ("stands_in", 2, 2), "so": ("arrived", 0, 0), "register": ("arrived", 0, 0), "onboarding": ("arrived", 0, 0)}  # fmt: skip
    assert [step["why"] for step in told["next"]] == [
        "wait: the next night asks again; in 33 days nothing may stand in any more, and nights fail"
    ]


def test_decisions_that_are_not_there_any_more_are_told_and_nothing_stands_in_for_them(
    published: Pipeline,
) -> None:
    published.saw("overrides", at_night(1) - timedelta(seconds=5))
    published.night("published")
    told = published.diagnose()
    row = next(row for row in told["sources"] if row["source"] == "overrides")
    assert (row["state"], row["missed_nights"], told["state"]) == ("not_there", 1, "fresh")
    assert "put the decisions file back where OSO_OVERRIDES says" in told["next"][0]["why"]


def test_several_runs_of_one_day_missed_a_source_for_one_night(published: Pipeline) -> None:
    for _ in range(3):
        published.night("failed", without=["po"], later=timedelta(hours=1))
    po = next(row for row in published.diagnose()["sources"] if row["source"] == "po")
    assert (po["state"], po["missed_nights"]) == ("missing", 1)


def test_a_source_that_did_not_arrive_stands_in_also_where_the_night_is_held(
    published: Pipeline,
) -> None:
    published.night("held", "branches_po", without=["po"])
    (po,) = [row for row in published.diagnose()["sources"] if row["source"] == "po"]
    assert po["state"] == "stands_in"


def test_a_source_that_arrives_again_no_longer_stands_in(published: Pipeline) -> None:
    published.night("unchanged", without=["po"])
    published.night("unchanged")
    assert published.diagnose()["state"] == "fresh"


def test_how_long_a_source_may_stand_in_is_what_the_gate_file_says(
    published: Pipeline, tmp_path: Path
) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("[snapshots]\noldest_fallback_days = 5\n")
    allowed = {row["source"]: row["allowed_days"] for row in published.diagnose(gate=gate)["sources"]}  # fmt: skip
    assert allowed == {"po": 5, "so": 5, "register": 5, "onboarding": None}


def test_a_table_that_the_settings_leave_out_is_not_missed(published: Pipeline) -> None:
    published.night("published", without=["so", "register"])
    assert published.diagnose(registry_tables="po,vo")["state"] == "fresh"


def test_decisions_may_stay_as_they_are_and_the_onboarding_records_may_not(
    published: Pipeline,
) -> None:
    published.saw("overrides", at_night(1) - timedelta(seconds=5))
    for _ in range(36):
        published.saw("overrides", at_night(published.nights + 1) - timedelta(seconds=5))
        published.night("unchanged")
    told = published.diagnose()
    found = {row["source"]: (row["state"], row["allowed_days"], row["content_allowed_days"]) for row in told["sources"]}  # fmt: skip
    assert found["overrides"] == ("arrived", None, None)
    assert found["onboarding"] == ("nothing_new", None, 35)
    assert found["po"] == ("arrived", 35, None)
    assert "see whether Mijn OSO still delivers" in told["next"][0]["why"]


def test_a_snapshot_that_cannot_be_read_is_told_of_and_the_page_goes_on(
    published: Pipeline,
) -> None:
    broken = next((published.folder.raw / "so").glob("*/snapshot.json"))
    broken.write_text("{")
    row = next(row for row in published.diagnose()["sources"] if row["source"] == "so")
    assert row["state"] == "unreadable"
    assert "cannot be read" in row["problem"]


# ---- failed


def test_a_night_that_failed_is_told_with_its_reason_and_what_is_still_served(
    published: Pipeline,
) -> None:
    published.night("failed", NOT_FOUND.format(36), without=["po"])
    told = published.diagnose()
    assert (told["state"], told["trouble"]["nights"]) == ("failed", 1)
    assert told["trouble"]["reasons"][0]["reason"] == NOT_FOUND.format(36)
    assert told["served"]["as_of"] == "2026-11-20"
    po = next(row for row in told["sources"] if row["source"] == "po")
    assert (po["state"], po["missed_nights"]) == ("missing", 1)
    assert told["next"] == [{"command": "oso run", "why": "when the source answers again, or its file is mended"}]  # fmt: skip


def test_nights_that_fail_for_one_reason_are_one_line_whatever_its_numbers(
    published: Pipeline,
) -> None:
    for days in (36, 37, 38):
        published.night("failed", NOT_FOUND.format(days), without=["po"])
    trouble = published.diagnose()["trouble"]
    assert (trouble["since_on"], trouble["nights"]) == (date(2026, 11, 21), 3)
    assert [(one["nights"], one["first_on"], one["last_on"]) for one in trouble["reasons"]] == [
        (3, date(2026, 11, 21), date(2026, 11, 23))
    ]
    assert trouble["reasons"][0]["reason"] == NOT_FOUND.format(38)


def test_other_reasons_are_lines_of_their_own_the_latest_first(published: Pipeline) -> None:
    published.night("failed", "The disk of the data folder is full.", exit_code=1)
    published.night("failed", NOT_FOUND.format(36))
    published.night("failed", NOT_FOUND.format(37))
    trouble = published.diagnose()["trouble"]
    assert [(one["nights"], one["reason"][:8]) for one in trouble["reasons"]] == [(2, "po: GET "), (1, "The disk")]  # fmt: skip


def test_a_night_is_of_the_day_that_it_is_in_the_netherlands() -> None:
    late = conclusion("20261120T233000Z-aaaaaaaa", "failed")
    (night,) = nights_of([late])
    assert night.on == date(2026, 11, 21)


def test_a_reason_that_comes_back_is_the_latest_again(published: Pipeline) -> None:
    for reason in ("one", "other", "one"):
        published.night("failed", reason)
    reasons = published.diagnose()["trouble"]["reasons"]
    assert [one["reason"] for one in reasons] == ["one", "other"]


def test_runs_of_one_day_are_one_night(published: Pipeline) -> None:
    published.nights = 24  # an hour after another, from the day after
    for _ in range(3):
        published.night("failed", "x", later=timedelta(hours=1))
    trouble = published.diagnose()["trouble"]
    assert (trouble["nights"], trouble["runs"]) == (1, 3)


def test_a_good_night_ends_the_trouble(published: Pipeline) -> None:
    published.night("failed", "x")
    published.night("unchanged")
    assert published.diagnose()["trouble"] is None


def test_nights_that_fail_before_anything_was_published_are_told_as_failing(
    pipeline: Pipeline,
) -> None:
    pipeline.night("failed", "x")
    told = pipeline.diagnose(max_age=26)
    assert (told["state"], told["served"], told["trouble"]["nights"]) == ("failed", None, 1)
    assert told["max_age"]["line"] == "Nothing is served: no night has published a release yet."


# ---- held


def test_a_release_that_is_held_waits_with_its_checks_and_what_it_would_do(
    published: Pipeline,
) -> None:
    latest = published.folder.latest_release_id()
    release_id = published.night("held", "branches_po: 106, allowed: 208 to 223.")
    told = published.diagnose()
    assert (told["state"], told["held"]["waiting"]) == ("held", True)
    assert [check["name"] for check in told["held"]["checks"]] == [*HELD_BY]
    assert told["held"]["impact"].startswith("2 connected branches would drop out, 2 because their board changed")  # fmt: skip
    assert [step["command"] for step in told["next"]] == [
        f"oso diff {latest} {release_id}",
        f"oso publish {release_id} --accept branches_po --accept connected_Noord-Holland --reason TEXT",
    ]


def test_nights_held_by_the_same_checks_are_one_reason_and_the_last_one_waits(
    published: Pipeline,
) -> None:
    published.night("held", "branches_po: 106, allowed: 208 to 223.")
    last = published.night("held", "branches_po: 99, allowed: 208 to 223. Anything else.")
    told = published.diagnose()
    assert [one["nights"] for one in told["trouble"]["reasons"]] == [2]
    assert (told["held"]["release_id"], told["held"]["waiting"]) == (last, True)


def test_a_night_that_fails_after_one_that_was_held_comes_first(published: Pipeline) -> None:
    release_id = published.night("held", "x")
    published.night("failed", NOT_FOUND.format(36))
    told = published.diagnose()
    assert told["state"] == "failed"
    assert told["next"][0]["command"] == "oso run"
    assert release_id in told["next"][2]["command"]


def test_a_release_that_was_held_is_left_behind_by_a_good_night(published: Pipeline) -> None:
    published.night("held", "x")
    published.night("unchanged")
    told = published.diagnose()
    assert (told["state"], told["held"]["waiting"], told["next"]) == ("fresh", False, [])


def test_a_release_that_waits_is_told_of_for_as_long_as_it_waits_and_one_left_behind_for_a_week(
    published: Pipeline,
) -> None:
    published.night("held", "x")
    for _ in range(8):
        published.night("failed", "y")
    assert published.diagnose()["held"]["waiting"]
    published.night("unchanged")
    assert published.diagnose()["held"] is None


def test_a_release_that_a_person_accepted_is_served_and_says_who_accepted_what(
    published: Pipeline,
) -> None:
    release_id = published.night("held", "x")
    published.accept(release_id, at_night(2) + timedelta(hours=2))
    told = published.diagnose()
    assert (told["state"], told["held"], told["trouble"]) == ("fresh", None, None)
    assert [(one["check"], one["by"]) for one in told["served"]["accepted"]] == [(name, "regie") for name in HELD_BY]  # fmt: skip


def test_a_release_accepted_days_later_is_as_fresh_as_its_night_and_nights_since_are_told(
    published: Pipeline,
) -> None:
    release_id = published.night("held", "x")
    published.night("failed", "y")
    published.accept(release_id, at_night(3) + timedelta(hours=2))
    told = published.diagnose(max_age=26)
    assert told["served"]["confirmed_at"] == at_night(2)
    assert (told["state"], told["trouble"]["nights"], told["max_age"]["passed"]) == ("failed", 1, False)  # fmt: skip


def test_a_held_release_that_was_let_go_is_told_by_its_words(published: Pipeline) -> None:
    shutil.rmtree(published.folder.release(published.night("held", "branches_po: 106.")))
    told = published.diagnose()
    assert (told["held"], told["trouble"]["reasons"][0]["reason"]) == (None, "branches_po: 106.")
    assert told["next"] == [{"command": "oso run", "why": "takes the newest sources up again"}]


# ---- a night that did not run


def test_when_no_night_has_run_for_more_than_a_day_it_says_so(published: Pipeline) -> None:
    assert published.diagnose(hours=25)["state"] == "fresh"
    told = published.diagnose(hours=27)
    assert (told["state"], told["overdue"]) == ("overdue", True)
    assert "make serve" in told["next"][0]["why"]


@pytest.mark.parametrize(("hours", "passed"), [(26, True), (26.5, False)])
def test_a_monitor_is_told_whether_the_last_good_night_is_young_enough(
    published: Pipeline, hours: float, passed: bool
) -> None:
    told = published.diagnose(hours=hours, max_age=26)
    assert told["max_age"]["passed"] == passed


def test_a_night_that_failed_confirms_nothing(published: Pipeline) -> None:
    published.night("failed", "x")
    told = published.diagnose(max_age=26)
    assert told["max_age"]["line"] == (
        "Too old: the last night that published or confirmed a release was 27.0 hours ago"
        " (2026-11-20 05:00 UTC); at most 26 are allowed."
    )


def test_a_release_that_is_older_than_the_monitor_allows_is_the_headline(
    published: Pipeline,
) -> None:
    assert published.diagnose(hours=3, max_age=2)["state"] == "too_old"


# ---- what is damaged


def test_a_latest_that_points_nowhere_is_told_with_what_mends_it(published: Pipeline) -> None:
    release_id = published.folder.latest_release_id()
    assert release_id
    shutil.rmtree(published.folder.release(release_id))
    told = published.diagnose(max_age=26)
    assert (told["state"], told["served"], told["max_age"]["passed"]) == ("latest_missing", None, False)  # fmt: skip
    assert "points to release" in told["latest_problem"]
    assert told["next"] == [{"command": "oso run", "why": "points latest to the newest published release that is there"}]  # fmt: skip


def test_a_latest_that_is_gone_is_not_taken_for_nothing_yet(published: Pipeline) -> None:
    published.folder.latest.unlink()
    told = published.diagnose()
    assert told["state"] == "latest_missing"
    assert "is not there, and release" in told["latest_problem"]


def test_a_latest_that_is_a_copy_is_told(published: Pipeline) -> None:
    latest = published.folder.latest
    place = latest.resolve()
    latest.unlink()
    shutil.copytree(place, latest)
    assert "no link to a release" in published.diagnose()["latest_problem"]


def test_a_served_file_that_is_not_what_it_was_is_told_and_is_not_fresh(
    published: Pipeline,
) -> None:
    (published.folder.latest / "oso.duckdb").write_bytes(b"")
    told = published.diagnose(max_age=26)
    assert (told["state"], told["damaged"]) == ("damaged", ["oso.duckdb"])
    assert told["max_age"]["passed"] is False
    assert "put oso.duckdb of release" in told["next"][0]["why"]


def test_a_night_under_a_clock_that_was_ahead_confirms_nothing(published: Pipeline) -> None:
    told = published.diagnose(hours=-48, max_age=26)
    assert told["max_age"]["passed"] is False
    assert "the clock was wrong, or is" in told["max_age"]["line"]


def test_a_release_that_was_put_back_is_not_confirmed_by_the_night_that_published_another(
    published: Pipeline,
) -> None:
    first = published.folder.latest_release_id()
    assert first
    published.night("published")
    published.folder.latest.unlink()
    published.folder.latest.symlink_to(f"releases/{first}")
    told = published.diagnose()
    assert told["served"]["confirmed_at"] == moment_of(first)


def test_an_index_that_cannot_be_read_is_told(published: Pipeline) -> None:
    (published.folder.latest / "index.json").write_text("{")
    assert "cannot be read" in published.diagnose()["latest_problem"]


def test_tables_that_cannot_be_read_are_told_and_the_page_goes_on(published: Pipeline) -> None:
    database = published.folder.latest / "oso.duckdb"
    database.write_bytes(b"x" * database.stat().st_size)
    told = published.diagnose()
    assert (told["issues"], told["state"]) == ([], "damaged")
    assert "cannot be read" in told["issues_problem"]


def test_a_damaged_log_is_told_and_the_lines_that_can_be_read_are_read(
    published: Pipeline,
) -> None:
    with published.folder.log.open("ab") as log:
        log.write(b"{half a line\n\xff\xfe\n")
    published.nights = 1
    told = published.diagnose(max_age=26)
    log_file = published.folder.log
    assert told["state"] == "log_damaged"
    assert told["log_problem"].startswith("2 of its lines cannot be read, the first is line 2")
    assert (told["last_night"]["verdict"], told["max_age"]["passed"]) == ("published", True)
    assert [step["command"] for step in told["next"]] == [f"mv {log_file} {log_file}.damaged", "oso run"]  # fmt: skip


def test_without_a_log_the_release_itself_says_of_when_it_is(published: Pipeline) -> None:
    published.folder.log.unlink()
    told = published.diagnose(max_age=26)
    assert (told["served"]["confirmed_at"], told["last_night"]) == (at_night(1), None)
    assert (told["state"], told["max_age"]["passed"]) == ("fresh", True)


def test_what_a_run_that_died_left_is_told(published: Pipeline) -> None:
    published.folder.building("20261121T050000Z-dead").mkdir()
    assert published.diagnose()["left_half_built"] == [".building-20261121T050000Z-dead"]


# ---- issues, and wrong settings


def test_open_issues_are_told_the_gravest_first_and_closed_ones_are_not(pipeline: Pipeline) -> None:
    pipeline.night(
        "published",
        issues=[
            issue("signal:po:new_column", "low"),
            issue("quarantine:accounts:date_unreadable", "medium"),
            issue("check:gate:branches_po", "high"),
            issue("quarantine:accounts:gone", "high", closed=True),
        ],
    )
    assert [one["rule"] for one in pipeline.diagnose()["issues"]] == ["branches_po", "date_unreadable", "new_column"]  # fmt: skip


def test_a_grave_issue_comes_before_an_older_one_and_of_two_as_grave_the_older_one_first(
    pipeline: Pipeline,
) -> None:
    days = {"signal:po:low": 1, "signal:po:new": 9, "signal:po:old": 2}
    issues = [
        issue(issue_id, "low" if day == 1 else "high") | {"first_seen_on": date(2026, 11, day)}
        for issue_id, day in days.items()
    ]
    pipeline.night("published", issues=issues)
    assert [one["rule"] for one in pipeline.diagnose()["issues"]] == ["old", "new", "low"]


def test_decisions_that_do_nothing_send_a_person_to_look_at_them(pipeline: Pipeline) -> None:
    pipeline.night("published", issues=[issue("signal:overrides:dangling")])
    assert pipeline.commands() == ["oso overrides check"]


def test_a_demo_goes_on_as_a_demo(tmp_path: Path) -> None:
    demo = Pipeline(tmp_path / "demo", demo=True)
    demo.night("published")
    demo.night("failed", "x")
    assert demo.commands() == [f"OSO_DATA_DIR={tmp_path} oso demo"]


def test_a_gate_file_that_cannot_be_read_is_refused(published: Pipeline, tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("[nonsense]\n")
    with pytest.raises(UsageError, match="nonsense"):
        published.diagnose(gate=gate)
