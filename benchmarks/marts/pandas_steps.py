"""The steps, for the pandas peer: of every school what holds, since when, by which rows, and why it holds or not."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes
from benchmarks.marts.pandas_sentences import first_that_fits, in_turn, lists, sentence

OTHER_KINDS = ("swv_extension", "ot", "ldos", "swv")
STEPS = ("agreement", "questionnaire", "delivery_point", "test_exchange")
ORDER = ("account", "agreement", "delivery_point", "questionnaire", "test_exchange")
USED = {
    "accounts": ["account_name", "of_school", "of_board", "active", "letter_sent_on", "activated_on", "closed_on", "source_row"],
    "agreements": ["board_number", "kind", "active", "signed_on", "ended_on", "source_row"],
    "questionnaires": ["brin", "status", "submitted_on", "source_row"],
    "delivery_points": ["brin", "kind", "number", "active"],
    "test_exchanges": ["brin", "delivery_point_number", "performed_on", "result", "source_row"],
}  # fmt: skip
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Facts:
    """Of what the reasons are made: the records of open schools and boards that count on the day.

    `holds` are, per step, the rows by which it holds: `brin, on, source_row`.
    """

    accounts: pd.DataFrame
    agreements: pd.DataFrame
    questionnaires: pd.DataFrame
    points: pd.DataFrame
    tests: pd.DataFrame
    holds: Frames
    any_agreement: bool


def take_steps(
    schools: pd.DataFrame, records: Frames, active: pd.DataFrame
) -> tuple[pd.DataFrame, Facts]:
    """The schools with the day of every step (missing: it does not hold), `account`, `extension`, `begun`, `qualified`."""
    facts = _find(schools, records, active)
    agreements, entered = facts.agreements, records["branches"]
    told = schools
    for step in STEPS:
        told = told.merge(_earliest(facts.holds[step], step), how="left", on="brin")
    told["account"] = codes.among(told["brin"], facts.holds["account"]["brin"])
    extended = agreements["active"] & (agreements["kind"] == "swv_extension")
    told["extension"] = codes.among(told["board_number"], agreements.loc[extended, "board_number"])
    own = pd.concat(
        [
            facts.accounts.loc[facts.accounts["of_school"], "brin"],
            *(rows["brin"] for rows in (facts.questionnaires, facts.points, facts.tests)),
            entered.loc[entered["counts"], "brin"],
        ]
    )
    told["has_rows"] = codes.among(told["brin"], own.drop_duplicates())
    told["begun"] = told["has_rows"] | told["agreement"].notna()
    told["qualified"] = told[[*STEPS]].notna().all(axis=1)
    told["qualified_on"] = told[[*STEPS]].max(axis=1).where(told["qualified"])
    return told, facts


def _find(schools: pd.DataFrame, records: Frames, active: pd.DataFrame) -> Facts:
    known = {
        name: records[name].loc[records[name]["matched"] & records[name]["counts"], columns]
        for name, columns in USED.items()
    }
    boards = schools[["brin", "board_number"]].dropna()
    accounts, agreements = known["accounts"], known["agreements"]
    of_school = accounts[accounts["of_school"]].assign(brin=lambda rows: rows["account_name"])
    of_board = accounts[accounts["of_board"]].rename(columns={"account_name": "board_number"})
    reached = pd.concat([of_school, of_board.merge(boards, on="board_number")], ignore_index=True)
    in_force = agreements[agreements["active"] & (agreements["kind"] == "base")]
    questionnaires, points, tests = known["questionnaires"], known["delivery_points"], known["test_exchanges"]  # fmt: skip
    sent = questionnaires["status"].isin(["submitted", "approved"])
    las = active[active["kind"] == "las"]
    numbers = points.loc[points["kind"] == "las", ["brin", "number"]].dropna().drop_duplicates()
    passed = tests[tests["result"] == "passed"].dropna(subset="delivery_point_number")
    proven = passed.merge(
        numbers.rename(columns={"number": "delivery_point_number"}),
        on=["brin", "delivery_point_number"],
    )
    holds = {
        "account": _dated(reached[reached["active"]], "activated_on"),
        "agreement": _dated(in_force.merge(boards, on="board_number"), "signed_on"),
        "delivery_point": _dated(las.assign(brin=las["branch_code"].str[:4]), "registered_on"),
        "questionnaire": _dated(questionnaires[sent], "submitted_on"),
        "test_exchange": _dated(proven, "performed_on"),
    }
    has_any = bool(records["agreements"]["used"].any())
    return Facts(reached, agreements, questionnaires, points, tests, holds, has_any)


def _dated(rows: pd.DataFrame, on: str) -> pd.DataFrame:
    return rows[["brin", on, "source_row"]].rename(columns={on: "on"}).dropna(subset="on")


def _earliest(rows: pd.DataFrame, step: str) -> pd.DataFrame:
    """Per school the earliest day; those that have none are not in it."""
    return rows.groupby("brin", sort=False)["on"].min().rename(step).reset_index()


def qualification_steps(
    schools: pd.DataFrame, facts: Facts, quarantine: pd.DataFrame
) -> pd.DataFrame:
    days = schools[[*ORDER[1:]]].to_numpy()
    passed = np.column_stack([schools["account"].to_numpy(), ~np.isnat(days)])
    since = np.column_stack([np.full(len(schools), np.datetime64("NaT", "s")), days])
    unread = _unread(schools, quarantine)
    why = [
        _with_unread(_WHY[step](schools, facts), holds, schools, unread[unread["step"] == step])
        for step, holds in zip(ORDER, passed.T, strict=True)
    ]
    return pd.DataFrame(
        {
            "brin": schools["brin"].repeat(len(ORDER)).reset_index(drop=True),
            "step": pd.Categorical.from_codes(
                np.tile(np.arange(len(ORDER)), len(schools)), categories=ORDER
            ),
            "passed": passed.ravel(),
            "since_on": since.ravel(),
            "reason": in_turn(why),
            "evidence": _evidence(schools, facts),
        }
    )


def _unread(schools: pd.DataFrame, quarantine: pd.DataFrame) -> pd.DataFrame:
    """`brin, step, told` of what could not be read and names a school or its board; another kind than the step needs is not told of."""
    rows = quarantine[quarantine["source"].isin([f"{step}s" for step in ORDER])]
    rows = rows.dropna(subset="subject").sort_values("source_row")
    kind = rows["raw"].map(lambda raw: (json.loads(raw).get("kind") or "").lower())
    other = rows["source"].isin(["agreements", "delivery_points"]) & kind.isin(OTHER_KINDS)
    rows = rows[~other]
    place = sentence("{}, row {}: ", rows["source"], rows["source_row"])
    why = [reason.removeprefix(start) for reason, start in zip(rows["reason"], place, strict=True)]
    told = sentence("Mind {} row {}, which could not be read: {}", rows["source"], rows["source_row"], pd.Series(why, rows.index, dtype="str"))  # fmt: skip
    rows = rows.assign(step=rows["source"].str[:-1], told=told)
    of_board = rows.merge(schools[["brin", "board_number"]], left_on="subject", right_on="board_number")  # fmt: skip
    named = pd.concat([rows.assign(brin=rows["subject"]), of_board]).sort_values("source_row")
    return named.groupby(["brin", "step"], sort=False)["told"].agg(" ".join).reset_index()


def _with_unread(
    why: pd.Series, holds: np.ndarray, schools: pd.DataFrame, unread: pd.DataFrame
) -> pd.Series:
    place = pd.Index(schools["brin"]).get_indexer(unread["brin"])
    told = (place >= 0) & ~holds[place].astype("bool")
    why.iloc[place[told]] = why.iloc[place[told]].to_numpy() + " " + unread.loc[told, "told"].to_numpy()  # fmt: skip
    return why


def _evidence(schools: pd.DataFrame, facts: Facts) -> pd.Series:
    """Of every school and step the rows by which it holds, the earliest first."""
    school = pd.Index(schools["brin"])
    places, days, rows, texts = [], [], [], []
    for place, step in enumerate(ORDER):
        held = facts.holds[step]
        places.append(school.get_indexer(held["brin"]) * len(ORDER) + place)
        days.append(held["on"].to_numpy())
        rows.append(held["source_row"].to_numpy())
        texts.append(sentence(f"{step}s row {{}}", held["source_row"]))
    place = np.concatenate(places)
    order = np.lexsort((np.concatenate(rows), np.concatenate(days), place))
    named = pd.concat(texts, ignore_index=True).take(order)
    return lists(named, place, len(schools) * len(ORDER))


def _why_account(schools: pd.DataFrame, facts: Facts) -> pd.Series:
    rows, brin = facts.accounts, schools["brin"]
    is_open = rows["closed_on"].isna()
    by_itself = codes.among(brin, rows.loc[rows["active"] & rows["of_school"], "brin"])
    known, some_open = codes.among(brin, rows["brin"]), codes.among(brin, rows.loc[is_open, "brin"])
    letter_sent = codes.among(brin, rows.loc[is_open & rows["letter_sent_on"].notna(), "brin"])
    of_board = sentence("Board {} has an active account, which reaches the school's pages; the school has none of its own.", schools["board_number"])  # fmt: skip
    return first_that_fits(
        [
            (by_itself, sentence("School {} has an active account.", brin)),
            (schools["account"], of_board),
            (~known, "Neither the school nor its board has an account."),
            (~some_open, "The account of the school or its board was closed."),
            (letter_sent, "An account was requested and its letter was sent; nobody has logged in with it yet."),
        ],
        "An account was requested; its letter has not been sent yet.",
    )  # fmt: skip


def _why_agreement(schools: pd.DataFrame, facts: Facts) -> pd.Series:
    board, since = schools["board_number"], schools["agreement"]
    base = facts.agreements[facts.agreements["kind"] == "base"]
    last = base.groupby("board_number")["ended_on"].max()
    ended = board.map(last)
    none = (
        "Board {} has no base agreement that is active."
        if facts.any_agreement
        else "No agreement is known; board {} has none."
    )
    return first_that_fits(
        [
            (since.notna(), sentence("Board {} has a base agreement since {}.", board, since)),
            (board.isna(), "The registry names no board for this school."),
            (ended.notna(), sentence("The base agreement of board {} ended on {}.", board, ended)),
            (board.notna(), sentence(none, board)),
        ],
        "",
    )


def _why_questionnaire(schools: pd.DataFrame, facts: Facts) -> pd.Series:
    rows, brin, since = facts.questionnaires, schools["brin"], schools["questionnaire"]
    is_of = {status: codes.among(brin, rows.loc[rows["status"] == status, "brin"]) for status in ("submitted", "approved", "draft", "rejected")}  # fmt: skip
    return first_that_fits(
        [
            (since.notna(), sentence("The questionnaire was sent in on {}.", since)),
            (is_of["submitted"] | is_of["approved"], "The questionnaire has no day on which it was sent in."),
            (is_of["draft"], "The questionnaire is a draft; it has not been sent in."),
            (is_of["rejected"], "The questionnaire was rejected."),
        ],
        "There is no questionnaire of this school.",
    )  # fmt: skip


def _why_delivery_point(schools: pd.DataFrame, facts: Facts) -> pd.Series:
    brin, since = schools["brin"], schools["delivery_point"]
    of_others = codes.among(facts.points["brin"], brin[since.isna()])
    las = facts.points[of_others & (facts.points["kind"] == "las")]
    return first_that_fits(
        [
            (since.notna(), sentence("A LAS delivery point serves a branch since {}.", since)),
            (codes.among(brin, las.loc[las["active"], "brin"]), "No active LAS delivery point of the school serves an open branch of it."),
            (codes.among(brin, las["brin"]), "The school has a LAS delivery point that is not active: it is not registered yet, or has ended."),
        ],
        "The school has no LAS delivery point.",
    )  # fmt: skip


def _why_test_exchange(schools: pd.DataFrame, facts: Facts) -> pd.Series:
    rows, brin, since = facts.tests, schools["brin"], schools["test_exchange"]
    is_passed = (rows["result"] == "passed") & rows["performed_on"].notna()
    failed = rows[rows["result"] == "failed"].sort_values(["performed_on", "source_row"], na_position="first")  # fmt: skip
    last = failed.drop_duplicates("brin", keep="last").set_index("brin")
    on = sentence(" of {}", last["performed_on"]).fillna("")
    number = sentence(" with delivery point {}", last["delivery_point_number"]).fillna("")
    how_failed = brin.map(sentence("The test exchange{}{} failed.", on, number))
    return first_that_fits(
        [
            (since.notna(), sentence("A test exchange passed on {}.", since)),
            (codes.among(brin, rows.loc[is_passed & rows["delivery_point_number"].notna(), "brin"]), "The passed test exchange used a number that no LAS delivery point of the school has."),
            (codes.among(brin, rows.loc[is_passed, "brin"]), "The passed test exchange says no delivery point's number."),
            (how_failed.notna(), how_failed),
            (codes.among(brin, rows["brin"]), "The test exchange has no day."),
        ],
        "There is no test exchange of this school.",
    )  # fmt: skip


_WHY = {
    "account": _why_account,
    "agreement": _why_agreement,
    "delivery_point": _why_delivery_point,
    "questionnaire": _why_questionnaire,
    "test_exchange": _why_test_exchange,
}
