"""The rules, for the pandas peer: from typed frames to the tables (contract.md, Rules)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from benchmarks.marts import pandas_codes as codes

STEPS = ("agreement", "questionnaire", "delivery_point", "test_exchange")
STATUSES = ["connected", "qualified_not_covered", "in_progress", "not_started"]
FIRST_ON = {
    "accounts": "requested_on",
    "agreements": "signed_on",
    "branches": "added_on",
    "delivery_points": "requested_on",
    "questionnaires": "submitted_on",
    "test_exchanges": "performed_on",
}
KEYS = {
    "accounts": ("account_name",),
    "agreements": ("board_number", "kind"),
    "branches": ("brin", "branch_number"),
    "delivery_points": ("brin", "kind", "number"),
    "questionnaires": ("brin",),
    "test_exchanges": ("brin", "delivery_point_number"),
}
Frames = dict[str, pd.DataFrame]


def apply_rules(
    branch_rows: pd.DataFrame, board_rows: pd.DataFrame, tables: Frames, day: date
) -> Frames:
    today = pd.Timestamp(day).as_unit("s")
    branches = open_branches(branch_rows, board_rows)
    schools = open_schools(branches)
    records = match(tables, branches, schools, today)
    serving = branches_served(records["delivery_points"], branches)
    active = _points_at_work(serving, records["delivery_points"])
    schools = with_steps(schools, records, active)
    coverage = cover(active)
    status = branch_status(branches, schools, coverage, today)
    return {
        "branch_status": status.drop(columns="qualified"),
        "school_status": school_status(schools, status),
        "qualification_steps": qualification_steps(schools),
        "delivery_point_flags": find_flags(status, schools, records, serving, active, today),
        "reconciliation": reconcile(records, serving),
    }


def open_branches(rows: pd.DataFrame, board_rows: pd.DataFrame) -> pd.DataFrame:
    """Of a code that stands more than once the first row counts: the rows stand in the order po, so, vo."""
    boards = board_rows.dropna(subset="board_number").drop_duplicates("board_number")
    kept = rows.dropna(subset="branch_code").drop_duplicates("branch_code")
    named = kept.merge(boards[["board_number", "board_name"]], how="left", on="board_number")
    return named.drop(columns="source_row").sort_values("branch_code", ignore_index=True)


def open_schools(branches: pd.DataFrame) -> pd.DataFrame:
    """A school is what its 00 branch is, without one its lowest: 00 sorts first."""
    first = branches.drop_duplicates("brin").rename(columns={"branch_name": "school_name"})
    counted = branches.groupby("brin", sort=False).size().rename("branches").reset_index()
    return first[["brin", "school_name", "board_number", "sector", "province"]].merge(counted, on="brin")  # fmt: skip


def match(
    tables: Frames, branches: pd.DataFrame, schools: pd.DataFrame, today: pd.Timestamp
) -> Frames:
    """All rows, as known on the day: `used` (neither refused nor again), `matched`, `counts`; later dates read as empty."""
    records = {}
    for name, rows in tables.items():
        dates = [column for column in rows.columns if column.endswith("_on")]
        known = {column: rows[column].where(rows[column] <= today) for column in dates}
        used = rows["rule"].isna() & ~rows["again"]
        counts = used & ~(rows[FIRST_ON[name]] > today)
        records[name] = rows.assign(used=used, counts=counts, **known)
    boards = branches["board_number"].drop_duplicates()
    for name in ("questionnaires", "delivery_points", "test_exchanges"):
        rows = records[name]
        rows["matched"] = rows["used"] & codes.among(rows["brin"], schools["brin"])
    accounts = records["accounts"]
    of_school = accounts["used"] & (accounts["kind"] == "school")
    of_board = accounts["used"] & (accounts["kind"] == "board")
    accounts["of_school"] = of_school & codes.among(accounts["account_name"], schools["brin"])
    accounts["of_board"] = of_board & codes.among(accounts["account_name"], boards)
    accounts["matched"] = accounts["of_school"] | accounts["of_board"]
    agreements = records["agreements"]
    agreements["matched"] = agreements["used"] & codes.among(agreements["board_number"], boards)
    entered = records["branches"]
    entered["branch_code"] = entered["brin"] + entered["branch_number"]
    entered["matched"] = entered["used"] & codes.among(
        entered["branch_code"], branches["branch_code"]
    )
    points = records["delivery_points"]
    convention = codes.number_by_convention(points["number"]).where(points["kind"] == "las")
    points["named"] = points["brin"] + points["branch_number"].fillna(convention)
    for name, begin, end in (
        ("accounts", "activated_on", "closed_on"),
        ("agreements", "signed_on", "ended_on"),
        ("branches", "added_on", "removed_on"),
        ("delivery_points", "registered_on", "ended_on"),
    ):
        rows = records[name]
        rows["active"] = rows["counts"] & rows[begin].notna() & rows[end].isna()
    return records


def branches_served(points: pd.DataFrame, branches: pd.DataFrame) -> pd.DataFrame:
    """`source_row, branch_code, basis`: which point serves which open branch, active or not."""
    found = points[points["matched"]]
    linked = found["branch_number"].notna()
    naming = found[codes.among(found["named"], branches["branch_code"])]
    basis = np.where(naming["branch_number"].notna(), "explicit", "convention")
    named = pd.DataFrame(
        {
            "source_row": naming["source_row"],
            "branch_code": naming["named"],
            "basis": pd.Categorical(basis),
        }
    )
    others = found.loc[~linked & (found["kind"] != "las"), ["source_row", "brin"]]
    of_school = others.merge(branches[["brin", "branch_code"]], on="brin")
    return pd.concat([named, of_school[["source_row", "branch_code"]]], ignore_index=True)


def _points_at_work(serving: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    at_work = points.loc[
        points["active"] & points["matched"], ["source_row", "kind", "number", "las", "registered_on"]
    ]  # fmt: skip
    return serving.merge(at_work, on="source_row")


def with_steps(schools: pd.DataFrame, records: Frames, active: pd.DataFrame) -> pd.DataFrame:
    """The schools with the day of every step (missing: it does not hold), `account`, `extension`, `begun`, `qualified`."""
    accounts, agreements = records["accounts"], records["agreements"]
    questionnaires, tests = records["questionnaires"], records["test_exchanges"]
    points, entered = records["delivery_points"], records["branches"]
    in_force = agreements[agreements["matched"] & agreements["active"]]
    sent = questionnaires["status"].isin(["submitted", "approved"])
    las = active[active["kind"] == "las"]
    numbers = points.loc[
        points["matched"] & points["counts"] & (points["kind"] == "las"), ["brin", "number"]
    ]
    passed = tests[tests["matched"] & (tests["result"] == "passed")].dropna(
        subset="delivery_point_number"
    )
    proven = passed.merge(
        numbers.dropna().drop_duplicates().rename(columns={"number": "delivery_point_number"}),
        on=["brin", "delivery_point_number"],
    )
    base = in_force[in_force["kind"] == "base"]
    told = schools.merge(
        _earliest(base["board_number"], base["signed_on"], "agreement"),
        how="left",
        on="board_number",
    )
    for part in (
        _earliest(
            questionnaires.loc[questionnaires["matched"] & sent, "brin"],
            questionnaires["submitted_on"],
            "questionnaire",
        ),
        _earliest(
            las["branch_code"].str[:4].rename("brin"), las["registered_on"], "delivery_point"
        ),
        _earliest(proven["brin"], proven["performed_on"], "test_exchange"),
    ):
        told = told.merge(part, how="left", on="brin")
    at_work = accounts[accounts["active"]]
    told["account"] = codes.among(
        told["brin"], at_work.loc[at_work["of_school"], "account_name"]
    ) | codes.among(told["board_number"], at_work.loc[at_work["of_board"], "account_name"])
    extended = in_force.loc[in_force["kind"] == "swv_extension", "board_number"]
    told["extension"] = codes.among(told["board_number"], extended)
    own = pd.concat(
        [
            accounts.loc[accounts["of_school"] & accounts["counts"], "account_name"],
            *(
                rows.loc[rows["matched"] & rows["counts"], "brin"]
                for rows in (questionnaires, points, tests)
            ),
            entered.loc[entered["counts"], "brin"],
        ]
    )
    told["has_rows"] = codes.among(told["brin"], own.drop_duplicates())
    told["begun"] = told["has_rows"] | told["agreement"].notna()
    told["qualified"] = told[[*STEPS]].notna().all(axis=1)
    told["qualified_on"] = told[[*STEPS]].max(axis=1).where(told["qualified"])
    return told


def _earliest(of: pd.Series, on: pd.Series, name: str) -> pd.DataFrame:
    """Per school or board the earliest day; those of which none is known are not in it."""
    first = on.reindex(of.index).groupby(of, sort=False).min().dropna()
    return first.rename(name).reset_index()


def qualification_steps(schools: pd.DataFrame) -> pd.DataFrame:
    order = ["account", "agreement", "delivery_point", "questionnaire", "test_exchange"]
    days = schools[order[1:]].to_numpy()
    passed = np.column_stack([schools["account"].to_numpy(), ~np.isnat(days)])
    since = np.column_stack([np.full(len(schools), np.datetime64("NaT", "s")), days])
    return pd.DataFrame(
        {
            "brin": schools["brin"].repeat(len(order)).reset_index(drop=True),
            "step": pd.Categorical.from_codes(
                np.tile(np.arange(len(order)), len(schools)), categories=order
            ),
            "passed": passed.ravel(),
            "since_on": since.ravel(),
        }
    )


def cover(active: pd.DataFrame) -> pd.DataFrame:
    """Per branch that any active point serves: `covered_on, coverage_basis, las, las_points, ot, ldos, swv`.

    The product is that of the LAS point registered last; of those the smallest number, text after numbers. Only branches
    that several serve have to be sorted for it.
    """
    las = active[active["kind"] == "las"]
    several = las.duplicated("branch_code", keep=False)
    las = las.assign(explicit=las["basis"] == "explicit")
    doubled = las[several].assign(value=lambda rows: _as_number(rows["number"]))
    last = doubled.sort_values(
        ["branch_code", "registered_on", "value", "number", "source_row"],
        ascending=[True, False, True, True, False],
    )
    grouped = last.groupby("branch_code", sort=False)
    of_several = last.drop_duplicates("branch_code")[["branch_code", "las"]].merge(
        grouped.agg(
            covered_on=("registered_on", "min"),
            las_points=("source_row", "size"),
            explicit=("explicit", "any"),
        ).reset_index(),
        on="branch_code",
    )
    one = las[~several]
    of_one = pd.DataFrame(
        {
            "branch_code": one["branch_code"],
            "las": one["las"],
            "covered_on": one["registered_on"],
            "las_points": 1,
            "explicit": one["explicit"],
        }
    )
    covered = pd.concat([of_one, of_several], ignore_index=True)
    covered["coverage_basis"] = np.where(covered.pop("explicit"), "explicit", "convention")
    others = active.loc[active["kind"] != "las", ["branch_code", "kind"]].drop_duplicates()
    for kind in ("ot", "ldos", "swv"):
        served = others.loc[others["kind"] == kind, ["branch_code"]].assign(**{kind: True})
        covered = covered.merge(served, how="left", on="branch_code")
        covered[kind] = covered[kind].notna()
    return covered


def _as_number(number: pd.Series) -> pd.Series:
    return pd.to_numeric(number.where(number.str.fullmatch("[0-9]{1,18}").astype(bool)))


def branch_status(
    branches: pd.DataFrame, schools: pd.DataFrame, coverage: pd.DataFrame, today: pd.Timestamp
) -> pd.DataFrame:
    facts = schools[["brin", "begun", "qualified", "qualified_on", "extension"]]
    rows = branches.merge(facts, how="left", on="brin").merge(coverage, how="left", on="branch_code")  # fmt: skip
    rows["covered"] = rows["covered_on"].notna()
    rows["connected"] = rows["covered"] & rows["qualified"]
    rows["status"] = _status(rows["connected"], rows)
    rows["coverage_basis"] = rows["coverage_basis"].fillna("none")
    rows["connected_on"] = (
        rows["qualified_on"].where(rows["qualified_on"] > rows["covered_on"], rows["covered_on"]).where(rows["connected"])
    )  # fmt: skip
    rows["last_connected_on"] = pd.Series(today, rows.index).where(rows["connected"])
    for kind in ("ot", "ldos", "swv"):
        rows[f"{kind}_ready"] = rows["connected"] & (rows[kind] == True)  # noqa: E712 - missing is no
    rows["swv_ready"] &= rows["extension"]
    return rows[
        ["branch_code", "brin", "branch_name", "board_number", "board_name", "sector", "street", "house_number", "postcode",
         "city", "municipality", "province", "status", "connected", "covered", "coverage_basis", "las", "connected_on",
         "last_connected_on", "ot_ready", "ldos_ready", "swv_ready", "qualified"]
    ]  # fmt: skip


def _status(connected: pd.Series, rows: pd.DataFrame) -> pd.Categorical:
    place = np.select([connected, rows["qualified"], rows["begun"]], [0, 1, 2], default=3)
    return pd.Categorical.from_codes(place, categories=STATUSES)


def school_status(schools: pd.DataFrame, branches: pd.DataFrame) -> pd.DataFrame:
    counted = branches.groupby("brin", sort=False).agg(
        connected=("connected", "any"), branches_covered=("covered", "sum")
    )
    rows = schools.merge(counted.reset_index(), on="brin")
    rows["status"] = _status(rows["connected"], rows)
    missing = rows[[*STEPS]].isna().to_numpy() @ (1 << np.arange(len(STEPS)))
    lists = np.empty(1 << len(STEPS), dtype=object)
    lists[:] = [[step for place, step in enumerate(STEPS) if at >> place & 1] for at in range(len(lists))]  # fmt: skip
    rows["missing_steps"] = lists[missing]
    return rows[
        ["brin", "school_name", "board_number", "sector", "province", "status", "qualified", "qualified_on", "missing_steps",
         "branches", "branches_covered"]
    ]  # fmt: skip


def find_flags(
    status: pd.DataFrame,
    schools: pd.DataFrame,
    records: Frames,
    serving: pd.DataFrame,
    active: pd.DataFrame,
    today: pd.Timestamp,
) -> pd.DataFrame:
    points, entered = records["delivery_points"], records["branches"]
    idle = points[points["matched"] & points["active"] & (points["kind"] == "las")]
    idle = idle[~idle["source_row"].isin(serving["source_row"])]
    waiting = points[points["matched"] & points["counts"] & points["ended_on"].isna() & points["registered_on"].isna()]  # fmt: skip
    pending = waiting[waiting["approved_on"].isna() & (waiting["requested_on"] <= today - pd.Timedelta(days=14))]  # fmt: skip
    approved = waiting[waiting["approved_on"] <= today - pd.Timedelta(days=30)]
    bare = status.loc[~status["covered"], ["brin", "branch_code", "status", "qualified"]]
    severity = np.select([bare["qualified"], bare["status"] == "not_started"], ["high", "low"], default="medium")  # fmt: skip
    las = active[active["kind"] == "las"]
    doubled = las[las.duplicated("branch_code", keep=False)]
    second = doubled.sort_values(["branch_code", "registered_on"]).groupby("branch_code").nth(1)
    is_entered = entered[entered["active"]]
    begun = codes.among(status["brin"], schools.loc[schools["has_rows"], "brin"])
    side = begun & (status["branch_code"].str[4:] != "00")
    absent = side & ~codes.among(status["branch_code"], is_entered["branch_code"])
    strange = is_entered[~is_entered["matched"]].sort_values(["branch_code", "added_on"]).drop_duplicates("branch_code")  # fmt: skip
    found = [
        _about("branch_not_in_mijn_oso", status.loc[absent, "branch_code"], today),
        _about("branch_unknown_to_registry", strange["branch_code"], strange["added_on"]),
        _about("branch_without_delivery_point", bare["branch_code"], today, severity),
        _about_points("delivery_point_not_registered", approved, "approved_on"),
        _about_points("delivery_point_pending", pending, "requested_on"),
        _about_points("delivery_point_without_branch", idle, "registered_on"),
        _about("duplicate_delivery_point", second["branch_code"], second["registered_on"]),
    ]
    flags = pd.concat(found, ignore_index=True)
    for name in ("flag", "severity"):
        flags[name] = flags[name].astype("category")
    return flags


def _about(
    flag: str,
    branch_code: pd.Series,
    since_on: pd.Series | pd.Timestamp,
    severity: np.ndarray | str = "medium",
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "flag": flag,
            "brin": branch_code.str[:4],
            "branch_code": branch_code,
            "delivery_point_number": pd.Series(np.nan, branch_code.index, dtype="str"),
            "severity": severity,
            "since_on": since_on,
        }
    )


def _about_points(flag: str, points: pd.DataFrame, since_on: str) -> pd.DataFrame:
    ordered = points.sort_values(["brin", "named", "number", "source_row"])
    return _about(flag, ordered["named"], ordered[since_on]).assign(
        brin=ordered["brin"], delivery_point_number=ordered["number"]
    )


def reconcile(records: Frames, serving: pd.DataFrame) -> pd.DataFrame:
    """Every row read, once."""
    alone = serving[~serving.duplicated("source_row", keep=False)]
    served = alone.set_index("source_row")["branch_code"]
    nothing = pd.Series([], dtype="str")
    told = []
    for name, rows in records.items():
        matched = rows["matched"]
        first, *others = KEYS[name]
        key = rows[first]
        for other in others:
            key = key + ("/" + rows[other]).fillna("")
        place = np.select([rows["rule"].notna(), rows["again"], ~matched], [3, 2, 1], default=0)
        school, board, branch = nothing, nothing, nothing
        if name == "accounts":
            school = key.where(rows["of_school"])
            board = key.where(rows["of_board"])
        elif name == "agreements":
            board = rows["board_number"].where(matched)
        else:
            school = rows["brin"].where(matched)
        if name == "branches":
            branch = rows["branch_code"].where(matched)
        if name == "delivery_points":
            branch = served.reindex(rows["source_row"]).set_axis(rows.index)
        told.append(
            pd.DataFrame(
                {
                    "source_table": name,
                    "source_row": rows["source_row"],
                    "record_key": key.where(rows["used"], ""),
                    "outcome": pd.Categorical.from_codes(place, ["matched", "unknown", "duplicate", "quarantined"]),
                    "matched_brin": school.reindex(rows.index),
                    "matched_board_number": board.reindex(rows.index),
                    "matched_branch_code": branch.reindex(rows.index),
                }
            )
        )  # fmt: skip
    every = pd.concat(told, ignore_index=True)
    every["source_table"] = every["source_table"].astype("category")
    return every
