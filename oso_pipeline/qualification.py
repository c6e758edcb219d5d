"""The steps of qualifying, per open school (contract.md, Rules: Steps).

Each step is a function that returns the schools for which it holds: `brin, since_on, evidence`. A school is qualified
when the four required steps hold; the account is shown and not required, and without its date: those are private.

"Records" are the matched onboarding tables as known on the day D: a date after D reads as empty.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from oso_pipeline.contracts.onboarding import ACCOUNTS, AGREEMENTS, DELIVERY_POINTS
from oso_pipeline.contracts.statuses import QUALIFICATION_STEPS, REQUIRED_STEPS, STEPS
from oso_pipeline.reconciliation.matching import was_matched
from oso_pipeline.reconciliation.records import counts, is_active
from oso_pipeline.reconciliation.unread import unread_rows
from oso_pipeline.wording import sentence

Records = Mapping[str, pl.DataFrame]
"""The tables are wide, and a rule uses few of their columns: it filters them lazily, so that no other column is copied."""


def has_account(schools: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Step 0: the school or its board has an active account. Since: the earliest activation."""
    active = records["accounts"].lazy().filter(was_matched() & is_active(ACCOUNTS))
    boards = schools.lazy().select("brin", "board_number")
    of_board = active.filter(pl.col("board_matched").is_not_null()).join(
        boards, left_on="board_matched", right_on="board_number"
    )
    of_school = active.filter(pl.col("brin_matched").is_not_null()).with_columns(
        pl.col("brin_matched").alias("brin")
    )
    columns = ["brin", "activated_on", "source_row"]
    accounts = pl.concat([of_board.select(columns), of_school.select(columns)])
    return _earliest(accounts, "activated_on", "accounts")


def has_agreement(schools: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Step 1: the board that governs the school has a base agreement active on D.

    Since: the earliest signing of those active, or, if later, the day on which the school came under this board.
    """
    signed = _earliest(
        base_agreements(records).with_columns(pl.col("board_matched").alias("brin")),
        "signed_on",
        "agreements",
    ).rename({"brin": "board_number"})
    governed = schools.join(signed, on="board_number")
    since = pl.max_horizontal("since_on", "under_board_since_on")
    return governed.select("brin", since.alias("since_on"), "evidence")


def base_agreements(records: Records) -> pl.LazyFrame:
    """The base agreements active on D, of boards that govern an open branch (`board_matched`)."""
    return _active_agreements(records, "base")


def extension_agreements(records: Records) -> pl.LazyFrame:
    """The extensions for support requests active on D, of boards that govern an open branch."""
    return _active_agreements(records, "swv_extension")


def _active_agreements(records: Records, kind: str) -> pl.LazyFrame:
    of_kind = pl.col("kind") == kind
    return records["agreements"].lazy().filter(was_matched() & is_active(AGREEMENTS) & of_kind)


def has_questionnaire(records: Records) -> pl.DataFrame:
    """Step 2: a questionnaire submitted or approved, sent in on or before D. Since: the earliest."""
    sent = pl.col("status").is_in(("submitted", "approved")) & pl.col("submitted_on").is_not_null()
    rows = records["questionnaires"].lazy().filter(was_matched() & counts() & sent)
    return _earliest(_by_school(rows), "submitted_on", "questionnaires")


def has_delivery_point(records: Records, serving: pl.DataFrame) -> pl.DataFrame:
    """Step 3: an active LAS delivery point of the school serves an open branch of it. Since: the earliest."""
    serves = pl.col("source_row").is_in(serving["source_row"].implode())
    rows = active_points(records, "las").filter(serves)
    return _earliest(_by_school(rows), "registered_on", "delivery_points")


def active_points(records: Records, kind: str) -> pl.LazyFrame:
    """The delivery points of a kind that are active on D, of open schools."""
    of_kind = pl.col("kind") == kind
    is_one = was_matched() & is_active(DELIVERY_POINTS) & of_kind
    return records["delivery_points"].lazy().filter(is_one)


def has_test_exchange(records: Records) -> pl.DataFrame:
    """Step 4: a passed one on or before D, by a number that a LAS point of the school has, active or not."""
    rows = passed_tests(records).join(
        las_numbers(records),
        left_on=["brin_matched", "delivery_point_number"],
        right_on=["brin_matched", "number"],
        how="semi",
    )
    return _earliest(_by_school(rows), "performed_on", "test_exchanges")


def passed_tests(records: Records) -> pl.LazyFrame:
    """The passed test exchanges on or before D, of open schools."""
    passed = (pl.col("result") == "passed") & pl.col("performed_on").is_not_null()
    return records["test_exchanges"].lazy().filter(was_matched() & counts() & passed)


def las_numbers(records: Records) -> pl.LazyFrame:
    """The numbers of all LAS points: `brin_matched, number`."""
    of_las = was_matched() & counts() & (pl.col("kind") == "las")
    numbers = records["delivery_points"].lazy().filter(of_las)
    return numbers.select("brin_matched", "number").unique()


def qualification_steps(
    schools: pl.DataFrame, records: Records, serving: pl.DataFrame, quarantined: pl.DataFrame
) -> pl.DataFrame:
    """All steps of all open schools, with why.

    Args:
        schools: as OPEN_SCHOOLS.
        records: the matched tables.
        serving: which delivery point serves which open branch.
        quarantined: the rows that were not used; one may be what a step lacks, and its reason says so.

    Returns:
        As the `qualification_steps` table.
    """
    passed = {
        "account": has_account(schools, records),
        "agreement": has_agreement(schools, records),
        "questionnaire": has_questionnaire(records),
        "delivery_point": has_delivery_point(records, serving),
        "test_exchange": has_test_exchange(records),
    }
    why_not = {
        "account": _why_no_account(),
        "agreement": _why_no_agreement(records),
        "questionnaire": _why_no_questionnaire(),
        "delivery_point": _why_no_delivery_point(),
        "test_exchange": _why_no_test_exchange(),
    }
    facts = _facts(schools, records)
    unread = _unread(schools, quarantined)
    return QUALIFICATION_STEPS.shape(
        pl.concat(
            _one_step(step, facts, passed[step], why_not[step], unread.filter(step=step))
            for step in STEPS
        )
    )


def _one_step(
    step: str, facts: pl.DataFrame, passed: pl.DataFrame, why_not: pl.Expr, unread: pl.DataFrame
) -> pl.DataFrame:
    holds = pl.col("since_on").is_not_null()
    if not unread.is_empty():
        facts = facts.join(unread.select("brin", "unread"), on="brin", how="left")
        why_not = pl.concat_str(why_not, "unread", separator=" ", ignore_nulls=True)
    return facts.join(passed, on="brin", how="left").select(
        "brin",
        pl.lit(step).alias("step"),
        holds.alias("passed"),
        pl.when(pl.lit(step in REQUIRED_STEPS)).then("since_on").alias("since_on"),
        pl.when(holds).then(_why(step)).otherwise(why_not).alias("reason"),
        pl.col("evidence").fill_null([]),
    )


def _unread(schools: pl.DataFrame, quarantined: pl.DataFrame) -> pl.DataFrame:
    """`brin, step, unread`: what is told of the rows of a school or of its board that could not be read."""
    rows = unread_rows(quarantined)
    of_board = rows.join(schools.select("brin", "board_number"), left_on="subject", right_on="board_number")  # fmt: skip
    of_school = rows.with_columns(pl.col("subject").alias("brin"))
    told = pl.concat([of_school, of_board.select(of_school.columns)])
    in_order = told.sort("source_row").group_by("brin", "step", maintain_order=True)
    return in_order.agg(pl.col("told").str.join(" ").alias("unread"))


def _why(step: str) -> pl.Expr:
    said = {
        "account": pl.when("own_account").then(sentence("School {} has an active account.", "brin")).otherwise(sentence("Board {} has an active account, which reaches the school's pages; the school has none of its own.", "board_number")),
        "agreement": pl.when(pl.col("under_board_since_on") == pl.col("since_on"))
        .then(pl.concat_str(sentence("Board {} has a base agreement; the school came under it on {}", "board_number", "since_on"), _from_former_board(), pl.lit("."), ignore_nulls=True))
        .otherwise(sentence("Board {} has a base agreement since {}.", "board_number", "since_on")),
        "questionnaire": sentence("The questionnaire was sent in on {}.", "since_on"),
        "delivery_point": sentence("A LAS delivery point serves a branch since {}.", "since_on"),
        "test_exchange": sentence("A test exchange passed on {}.", "since_on"),
    }  # fmt: skip
    return said[step]


def _facts(schools: pl.DataFrame, records: Records) -> pl.DataFrame:
    """What the reasons of steps that do not hold are made of, one row per school."""
    agreements = records["agreements"].filter(was_matched() & counts() & (pl.col("kind") == "base"))
    numbered_tests = passed_tests(records).drop_nulls("delivery_point_number")
    ended = agreements.group_by("board_matched").agg(
        pl.col("ended_on").max().alias("agreement_ended_on")
    )
    return (
        schools.join(ended, left_on="board_number", right_on="board_matched", how="left")
        .join(_of_former_boards(records), on="former_board_number", how="left")
        .join(_account_states(schools, records), on="brin", how="left")
        .join(_questionnaire_states(records), on="brin", how="left")
        .join(_last_failed_tests(records), on="brin", how="left")
        .join(
            _counted(records["delivery_points"].lazy().filter(kind="las"), "las_points"),
            on="brin",
            how="left",
        )
        .join(_counted(active_points(records, "las"), "active_las_points"), on="brin", how="left")
        .join(_counted(records["test_exchanges"].lazy(), "tests"), on="brin", how="left")
        .join(_counted(passed_tests(records), "tests_passed"), on="brin", how="left")
        .join(_counted(numbered_tests, "tests_numbered"), on="brin", how="left")
    )


def _account_states(schools: pl.DataFrame, records: Records) -> pl.DataFrame:
    """`brin, own_account` (it has an active one itself), `letter_sent, account_closed`: without a date, those are private."""
    known = records["accounts"].lazy().filter(was_matched() & counts())
    of_school = _by_school(known).drop_nulls("brin")
    of_board = known.join(
        schools.lazy().select("brin", "board_number"),
        left_on="board_matched",
        right_on="board_number",
    )
    is_open = pl.col("closed_on").is_null()
    return (
        pl.concat([of_school, of_board], how="diagonal")
        .group_by("brin")
        .agg(
            (is_active(ACCOUNTS) & pl.col("brin_matched").is_not_null()).any().alias("own_account"),
            (is_open & pl.col("letter_sent_on").is_not_null()).any().alias("letter_sent"),
            (~is_open).all().alias("account_closed"),
        )
        .collect()
    )


def _questionnaire_states(records: Records) -> pl.DataFrame:
    """`brin, questionnaires`: the states that its questionnaires are in."""
    rows = _by_school(records["questionnaires"].lazy().filter(was_matched() & counts()))
    states = pl.col("status").unique().alias("questionnaires")
    return rows.group_by("brin").agg(states).collect()


def _last_failed_tests(records: Records) -> pl.DataFrame:
    """`brin, tests_failed, failed_on, failed_number`: its last test exchange that did not pass."""
    did_not = was_matched() & counts() & (pl.col("result") == "failed")
    ordered = _by_school(records["test_exchanges"].lazy().filter(did_not)).sort(
        "performed_on", "source_row", nulls_last=False
    )
    last = ordered.group_by("brin", maintain_order=True).agg(
        pl.len().alias("tests_failed"),
        pl.col("performed_on").last().alias("failed_on"),
        pl.col("delivery_point_number").last().alias("failed_number"),
    )
    return last.collect()


def _of_former_boards(records: Records) -> pl.DataFrame:
    """`former_board_number, former_signed_on`: base agreements active on D, of any board, open or not."""
    active = records["agreements"].filter(is_active(AGREEMENTS) & (pl.col("kind") == "base"))
    return active.group_by(pl.col("board_number").alias("former_board_number")).agg(
        pl.col("signed_on").min().alias("former_signed_on")
    )


def _why_no_agreement(records: Records) -> pl.Expr:
    known = records["agreements"].height > 0
    none = (
        "Board {} has no base agreement that is active."
        if known
        else "No agreement is known; board {} has none."
    )
    moved = pl.concat_str(
        sentence(" The school came under this board on {}", "under_board_since_on"),
        _from_former_board(),
        pl.when(pl.col("former_signed_on") <= pl.col("under_board_since_on")).then(sentence(", whose base agreement of {} does not go along", "former_signed_on")),
        pl.when(pl.col("former_board_number").is_not_null() & pl.col("former_signed_on").is_null()).then(pl.lit(", which has no base agreement that is active")),
        pl.lit("."),
        ignore_nulls=True,
    )  # fmt: skip
    told = pl.when(
        pl.col("former_board_number").is_not_null() & pl.col("under_board_since_on").is_not_null()
    ).then(moved)
    said = (
        pl.when(pl.col("board_number").is_null()).then(pl.lit("The registry names no board for this school."))
        .when(pl.col("agreement_ended_on").is_not_null()).then(sentence("The base agreement of board {} ended on {}.", "board_number", "agreement_ended_on"))
        .otherwise(sentence(none, "board_number"))
    )  # fmt: skip
    return pl.concat_str([said, told], ignore_nulls=True)


def _from_former_board() -> pl.Expr:
    return sentence(", from board {}", "former_board_number")


def _why_no_account() -> pl.Expr:
    return (
        pl.when(pl.col("account_closed").is_null()).then(pl.lit("Neither the school nor its board has an account."))
        .when("account_closed").then(pl.lit("The account of the school or its board was closed."))
        .when("letter_sent").then(pl.lit("An account was requested and its letter was sent; nobody has logged in with it yet."))
        .otherwise(pl.lit("An account was requested; its letter has not been sent yet."))
    )  # fmt: skip


def _why_no_questionnaire() -> pl.Expr:
    has = pl.col("questionnaires").list.contains
    return (
        pl.when(has("submitted") | has("approved")).then(pl.lit("The questionnaire has no day on which it was sent in."))
        .when(has("draft")).then(pl.lit("The questionnaire is a draft; it has not been sent in."))
        .when(has("rejected")).then(pl.lit("The questionnaire was rejected."))
        .otherwise(pl.lit("There is no questionnaire of this school."))
    )  # fmt: skip


def _why_no_delivery_point() -> pl.Expr:
    return (
        pl.when(pl.col("active_las_points") > 0).then(pl.lit("No active LAS delivery point of the school serves an open branch of it."))
        .when(pl.col("las_points") > 0).then(pl.lit("The school has a LAS delivery point that is not active: it is not registered yet, or has ended."))
        .otherwise(pl.lit("The school has no LAS delivery point."))
    )  # fmt: skip


def _why_no_test_exchange() -> pl.Expr:
    on = sentence(" of {}", "failed_on").fill_null("")
    number = sentence(" with delivery point {}", "failed_number").fill_null("")
    return (
        pl.when(pl.col("tests_numbered") > 0).then(pl.lit("The passed test exchange used a number that no LAS delivery point of the school has."))
        .when(pl.col("tests_passed") > 0).then(pl.lit("The passed test exchange says no delivery point's number."))
        .when(pl.col("tests_failed") > 0).then(sentence("The test exchange{}{} failed.", on, number))
        .when(pl.col("tests") > 0).then(pl.lit("The test exchange has no day."))
        .otherwise(pl.lit("There is no test exchange of this school."))
    )  # fmt: skip


def qualified_schools(steps: pl.DataFrame) -> pl.DataFrame:
    """`brin, qualified, qualified_on, missing_steps` of every open school: the four required steps together."""
    required = steps.filter(pl.col("step").is_in(REQUIRED_STEPS))
    rank = pl.col("step").replace_strict(REQUIRED_STEPS, range(len(REQUIRED_STEPS)))
    judged = (
        required.sort("brin", rank)
        .group_by("brin", maintain_order=True)
        .agg(
            pl.col("passed").all().alias("qualified"),
            pl.col("since_on").max().alias("latest_on"),
            pl.col("step").filter(~pl.col("passed")).alias("missing_steps"),
        )
    )
    return judged.select(
        "brin",
        "qualified",
        pl.when("qualified").then("latest_on").alias("qualified_on"),
        "missing_steps",
    )


def _by_school(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(pl.col("brin_matched").alias("brin"))


def _counted(rows: pl.LazyFrame, name: str) -> pl.DataFrame:
    """How many records that count each open school has: `brin, NAME`."""
    counted = rows.filter(was_matched() & counts())
    return (
        counted.group_by(pl.col("brin_matched").alias("brin")).agg(pl.len().alias(name)).collect()
    )


def _earliest(rows: pl.LazyFrame, date: str, table: str) -> pl.DataFrame:
    """`brin, since_on, evidence`: the earliest date of each school's (or board's) records, and their rows."""
    return (
        rows.sort(date, "source_row")
        .group_by("brin", maintain_order=True)
        .agg(
            pl.col(date).first().alias("since_on"),
            sentence(f"{table} row {{}}", "source_row").alias("evidence"),
        )
        .collect()
    )
