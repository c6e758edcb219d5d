"""A tiny world in a few lines: open branches, onboarding records and decisions in, every table of a night out.

`world(...)` runs the product's own functions in the order in which the assets do; `connected_school(...)` is the world
in which school 00AA is connected, but for what is given instead. The first row of every table is row 2, as a person
counts in a file. `before=` is the night whose release is the last published one.

    night = connected_school(agreements=[agreement(ended_on=D)])
    assert not night.step("agreement")["passed"]
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl
import pytest
from _pytest.mark import ParameterSet
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from oso_pipeline.contracts import records, statuses
from oso_pipeline.contracts.model import Table
from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.coverage import branch_coverage, delivery_points
from oso_pipeline.decisions import decision_signals
from oso_pipeline.flags import Findings, delivery_point_flags
from oso_pipeline.intake.board_files import ROWS_SCHEMA as BOARD_ROWS
from oso_pipeline.intake.branch_files import ROWS_SCHEMA as BRANCH_ROWS
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.onboarding import REPAIRS, read_onboarding
from oso_pipeline.intake.overrides import read_overrides
from oso_pipeline.intake.reading import unused
from oso_pipeline.intake.register import SCHEMAS as REGISTER_SCHEMAS
from oso_pipeline.intake.snapshots import Snapshot
from oso_pipeline.qualification import qualification_steps, qualified_schools
from oso_pipeline.reconciliation.matching import Known, known_codes, match_records
from oso_pipeline.reconciliation.outcomes import reconcile
from oso_pipeline.reconciliation.serving import branches_served
from oso_pipeline.reconciliation.unread import unread_rows
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.events import events_between
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.register import Register, read_register_on
from oso_pipeline.registry.schools import open_schools, school_boards
from oso_pipeline.release.previous import REMEMBERED
from oso_pipeline.statuses import (
    adoption,
    branch_status,
    connected_schools,
    connection_history,
    school_status,
)
from oso_pipeline.work_items import Facts, work_items

D = date(2026, 11, 20)
SCHOOL = "00AA"
BOARD = "10001"

Row = dict[str, Any]


def ago(days: int, day: date = D) -> date:
    return day - timedelta(days)


def ahead(days: int, day: date = D) -> date:
    return day + timedelta(days)


SIGNED, SENT_IN, REGISTERED, TESTED = ago(400), ago(300), ago(200), ago(100)
"""When the four steps of `connected_school` came to hold."""
ACTIVATED, ADDED = ago(500), ago(350)


# ---- one row each, as it is written; what is not said is ordinary


def branch(code: str, board: str | None = BOARD, sector: str = "po", **columns: str | None) -> Row:
    """A row of the branch file of a sector."""
    ordinary = {"branch_name": f"School {code}", "province": "Utrecht", "municipality": "Zeist"}
    return ordinary | {"branch_code": code, "board_number": board, "sector": sector} | columns


OPENED = ago(9000)


def organisation(code: str, opened_on: date | None = OPENED, **columns: Any) -> Row:
    """A row of the register's ORGANISATIES: the current record, unless `record` says otherwise."""
    level = {4: "school", 5: "board", 6: "branch"}[len(code)]
    row = {"code": code, "level": level, "name": f"School {code}", "record": "A"}
    return row | {"opened_on": opened_on, "closed_on": None} | columns


def governs(board: str, brin: str, begins_on: date, ends_on: date | None = None) -> Row:
    """A row of the register's RELATIES."""
    return {"board_number": board, "brin": brin, "begins_on": begins_on, "ends_on": ends_on}


def transition(old: str, new: str, effective_on: date = D, **columns: Any) -> Row:
    """A row of the register's OVERGANGEN: a complete merger, unless it says otherwise."""
    row = {"from_code": old, "to_code": new, "effective_on": effective_on}
    return row | {"kind": "merger", "complete": True} | columns


def account(name: str = SCHOOL, activated_on: date | None = ACTIVATED, **columns: Any) -> Row:
    kind = "board" if name.isdigit() else "school"
    return {"account_name": name, "kind": kind, "activated_on": activated_on} | columns


def agreement(board: str = BOARD, signed_on: date | None = SIGNED, **columns: Any) -> Row:
    return {"board_number": board, "kind": "base", "signed_on": signed_on} | columns


def extension(board: str = BOARD, signed_on: date | None = SIGNED, **columns: Any) -> Row:
    return agreement(board, signed_on, kind="swv_extension", **columns)


def questionnaire(brin: str = SCHOOL, submitted_on: date | None = SENT_IN, **columns: Any) -> Row:
    return {"brin": brin, "status": "approved", "submitted_on": submitted_on} | columns


def entered(code: str, added_on: date | None = ADDED, removed_on: date | None = None) -> Row:
    """A row of Mijn OSO's own table of branches."""
    row = {"brin": code[:4], "branch_number": code[4:], "name": "As entered"}
    return row | {"added_on": added_on, "removed_on": removed_on}


def point(
    number: str | None = "0", brin: str = SCHOOL, link: str | None = None, **columns: Any
) -> Row:
    """A delivery point: LAS, and registered unless `registered_on` says otherwise."""
    row = {"brin": brin, "number": number, "branch_number": link, "kind": "las", "las": "ESIS"}
    return row | {"registered_on": REGISTERED} | columns


def requested(number: str = "0", **columns: Any) -> Row:
    """A LAS delivery point that is not registered."""
    return point(number, **({"registered_on": None} | columns))


def exchange(
    number: str | None = "0", brin: str = SCHOOL, performed_on: date | None = TESTED, **columns: Any
) -> Row:
    row = {"brin": brin, "delivery_point_number": number, "profile": "POVO", "result": "passed"}
    return row | {"performed_on": performed_on} | columns


def same_as(old: str, new: str, **columns: Any) -> Row:
    return {"decision": "same_as", "subject": old, "value": new} | columns


def served_by(branch_code: str, number: str, **columns: Any) -> Row:
    return {"decision": "served_by", "subject": branch_code, "value": number} | columns


def ignore_flag(subject: str, flag: str, **columns: Any) -> Row:
    return {"decision": "ignore_flag", "subject": subject, "value": flag} | columns


# ---- the night


@dataclass(frozen=True)
class World:
    """A night: what it was given, and its tables, each made when it is first asked for.

    Attributes:
        day: the day D.
        number: of the release: 1 for the first.
        files: the rows of the branch and board files.
        records: the six onboarding tables as read, with `ignored` and `quarantined`.
        decisions: the decisions that count.
        before: the night whose release is the last published one; None on the first night.
    """

    day: date
    number: int
    files: Mapping[str, pl.DataFrame]
    records: Mapping[str, pl.DataFrame]
    decisions: pl.DataFrame
    before: World | None

    @property
    def last(self) -> Mapping[str, pl.DataFrame]:
        """What the last published release remembers."""
        return _Remembered(self.before) if self.before else NOTHING_YET

    @cached_property
    def opened(self) -> dict[str, pl.DataFrame]:
        return open_branches(self.files["branches"], self.files["boards"])

    @property
    def open_branches(self) -> pl.DataFrame:
        return self.opened["branches"]

    @cached_property
    def branch_history(self) -> pl.DataFrame:
        return self._carried(records.BRANCH_HISTORY, self.open_branches)

    @cached_property
    def school_history(self) -> pl.DataFrame:
        return self._carried(records.SCHOOL_HISTORY, school_boards(self.open_branches))

    @cached_property
    def board_history(self) -> pl.DataFrame:
        boards = self.open_branches.select("board_number").drop_nulls()
        return self._carried(records.BOARD_HISTORY, boards)

    def _carried(self, table: Table, now: pl.DataFrame) -> pl.DataFrame:
        return carry_history(table, self.last[table.name], now, **self._dated)

    @property
    def _dated(self) -> Row:
        return {"day": self.day, "release_id": str(self.number)}

    @cached_property
    def schools(self) -> pl.DataFrame:
        register = self.register
        return open_schools(
            self.open_branches,
            self.school_history,
            register.governance,
            register.board_transitions,
            self.day,
        )

    @cached_property
    def register(self) -> Register:
        return read_register_on(self.day, self.files, self.open_branches, "register-1")

    @cached_property
    def known(self) -> Known:
        return known_codes(self.open_branches, self.last, self.register, self.decisions)

    @cached_property
    def matched(self) -> dict[str, pl.DataFrame]:
        return match_records(self.records, self.known, self.day)

    @cached_property
    def serving(self) -> pl.DataFrame:
        decided = self.decisions.filter(decision="served_by")
        return branches_served(self.matched["delivery_points"], self.open_branches, decided)

    @cached_property
    def reconciliation(self) -> pl.DataFrame:
        left_out = self.records["ignored"], self.records["quarantined"]
        return reconcile(self.matched, *left_out, self.serving, self.known).collect()

    @cached_property
    def qualification_steps(self) -> pl.DataFrame:
        return qualification_steps(
            self.schools, self.matched, self.serving, self.records["quarantined"]
        )

    @cached_property
    def coverage(self) -> pl.DataFrame:
        return branch_coverage(self.open_branches, self.matched, self.serving)

    @cached_property
    def delivery_points(self) -> pl.DataFrame:
        return delivery_points(self.matched, self.serving)

    @cached_property
    def branch_status(self) -> pl.DataFrame:
        return branch_status(
            self.open_branches,
            self.schools,
            qualified_schools(self.qualification_steps),
            self.coverage,
            NOWHERE,
            self.matched,
            self.last["branch_status"],
            self.last["connection_history"],
            day=self.day,
        )

    @cached_property
    def school_status(self) -> pl.DataFrame:
        qualified = qualified_schools(self.qualification_steps)
        return school_status(self.schools, qualified, self.branch_status, self.matched)

    @cached_property
    def findings(self) -> Findings:
        return Findings(
            branches=self.branch_status,
            schools=self.schools.join(self.school_status.select("brin", "qualified"), on="brin"),
            records=self.matched,
            serving=self.serving,
            known=self.known,
            branch_history=self.branch_history,
            day=self.day,
        )

    @cached_property
    def delivery_point_flags(self) -> pl.DataFrame:
        ignored = self.decisions.filter(decision="ignore_flag")
        return delivery_point_flags(self.findings, ignored, self.last["delivery_point_flags"])

    @cached_property
    def decision_signals(self) -> pl.DataFrame:
        return decision_signals(self.decisions, self.findings)

    @cached_property
    def work_items(self) -> pl.DataFrame:
        return work_items(self.facts, self.last["work_items"])

    @cached_property
    def facts(self) -> Facts:
        return Facts(
            schools=self.school_status,
            branches=self.branch_status,
            steps=self.qualification_steps,
            points=self.delivery_points,
            flags=self.delivery_point_flags,
            records=self.matched,
            unread=unread_rows(self.records["quarantined"]),
            upcoming=self.register.upcoming,
            day=self.day,
        )

    @cached_property
    def change_log(self) -> pl.DataFrame:
        happened = self.happened_between(self.last["branch_status"], self.branch_status)
        return pl.concat([self.last["change_log"], happened])

    def happened_between(self, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
        """The events between two states of `branch_status`, as this night would tell them."""
        return events_between(
            before, after, self.last["change_log"], self.register, self.schools, self.qualification_steps, **self._dated
        )  # fmt: skip

    @cached_property
    def adoption(self) -> pl.DataFrame:
        return adoption(
            self.last["adoption"], self.branch_status, self.school_status, **self._dated
        )

    @cached_property
    def connection_history(self) -> pl.DataFrame:
        return connection_history(self.last["connection_history"], self.branch_status)

    @cached_property
    def connected_schools(self) -> pl.DataFrame:
        return connected_schools(self.branch_status)

    def table(self, name: str) -> pl.DataFrame:
        """A published table."""
        return getattr(self, name)

    # one row of a table, as a person asks for it

    def branch(self, code: str = "00AA00") -> Row:
        return self.branch_status.row(by_predicate=pl.col("branch_code") == code, named=True)

    def school(self, brin: str = SCHOOL) -> Row:
        return self.school_status.row(by_predicate=pl.col("brin") == brin, named=True)

    def step(self, step: str, brin: str = SCHOOL) -> Row:
        asked = (pl.col("brin") == brin) & (pl.col("step") == step)
        return self.qualification_steps.row(by_predicate=asked, named=True)

    def outcome(self, table: str, row: int = 2) -> Row:
        asked = (pl.col("source_table") == table) & (pl.col("source_row") == row)
        return self.reconciliation.row(by_predicate=asked, named=True)

    def signals(self) -> list[tuple[str, str, str]]:
        """What was odd in the branch files: source, rule, subject."""
        return self.opened["signals"].select("source", "rule", "subject").rows()

    def served(self) -> list[tuple[int, str]]:
        """Which row of the delivery points serves which branch."""
        return self.serving.select("source_row", "branch_code").unique().sort(pl.all()).rows()

    def flags(self, flag: str) -> list[Row]:
        return self.delivery_point_flags.filter(flag=flag).to_dicts()

    def flagged(self, flag: str) -> list[str | None]:
        """The branch codes that the findings of a flag are about."""
        return [found["branch_code"] for found in self.flags(flag)]

    def items(self) -> dict[str, Row]:
        """The work items by id."""
        return {item["item_id"]: item for item in self.work_items.to_dicts()}

    def open_items(self) -> set[str]:
        return {item_id for item_id, item in self.items().items() if item["closed_on"] is None}

    def events(self) -> list[tuple[str, str, str | None, str | None]]:
        """What happened this night: event, subject, from, to."""
        tonight = self.change_log.filter(release_id=str(self.number))
        return tonight.select("event", "subject", "from_value", "to_value").rows()


class _Remembered(Mapping[str, pl.DataFrame]):
    """The remembered tables of a night, each made when it is first asked for."""

    def __init__(self, night: World) -> None:
        self._night = night

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._night.table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NOTHING_YET)

    def __len__(self) -> int:
        return len(NOTHING_YET)


NOTHING_YET = {table.name: table.empty() for table in REMEMBERED if table is not records.SOURCES}
"""What is remembered where no release was published."""


NOWHERE = pl.DataFrame(
    schema={"branch_code": pl.String, "latitude": pl.Float64, "longitude": pl.Float64, "swv_number": pl.String}
)  # fmt: skip
"""Where branches stand: not told in these worlds."""


def world(
    branches: Iterable[str | Row],
    *,
    boards: Mapping[str, str] | None = None,
    organisations: Iterable[Row] = (),
    governance: Iterable[Row] = (),
    transitions: Iterable[Row] = (),
    accounts: Iterable[Row] = (),
    agreements: Iterable[Row] = (),
    questionnaires: Iterable[Row] = (),
    entries: Iterable[Row] = (),
    points: Iterable[Row] = (),
    exchanges: Iterable[Row] = (),
    decisions: Iterable[Row] = (),
    day: date = D,
    before: World | None = None,
    as_delivered: bool = False,
) -> World:
    """One night.

    Args:
        branches: what the branch files hold: codes of ordinary branches, or rows made by `branch`.
        boards: the boards' names.
        organisations: rows of the register's ORGANISATIES, made by `organisation`.
        governance: rows of the register's RELATIES, made by `governs`.
        transitions: rows of the register's OVERGANGEN, made by `transition`.
        accounts: rows of `accounts`, and so on for the other onboarding tables.
        agreements: see accounts.
        questionnaires: see accounts.
        entries: rows of Mijn OSO's table `branches`.
        points: rows of `delivery_points`.
        exchanges: rows of `test_exchanges`.
        decisions: rows of `overrides.csv`.
        day: the day D.
        before: the last published release; None on the first night.
        as_delivered: the records go through the product's own reader, which repairs, refuses and finds duplicates;
            else they stand as they are given.
    """
    lists = (accounts, agreements, questionnaires, entries, points, exchanges)
    written = {table.name: list(rows) for table, rows in zip(ONBOARDING, lists, strict=True)}
    return World(
        day=day,
        number=before.number + 1 if before else 1,
        files={
            "branches": _branch_rows(branches),
            "boards": _board_rows(boards or {}),
            "register_organisations": _register_rows("register_organisations", organisations),
            "register_relations": _register_rows("register_relations", governance),
            "register_transitions": _register_rows("register_transitions", transitions),
        },
        records=_delivered(written) if as_delivered else _typed(written),
        decisions=_decisions(list(decisions), day),
        before=before,
    )


def connected(branches: Iterable[str | Row] = ("00AA00",), **instead: Any) -> Row:
    """What `world` takes where school 00AA is connected by delivery point 0, but for what is given instead."""
    ordinary: Row = {
        "branches": branches,
        "agreements": [agreement()],
        "questionnaires": [questionnaire()],
        "points": [point()],
        "exchanges": [exchange()],
    }
    return ordinary | instead


def connected_school(branches: Iterable[str | Row] = ("00AA00",), **instead: Any) -> World:
    """The world in which school 00AA is connected by delivery point 0, but for what is given instead."""
    return world(**connected(branches, **instead))


# ---- many small worlds in one, as a night costs the same whatever it holds


def apart(make: Callable[..., Row], cases: Sequence[Any], before: Row | None = None) -> list[Any]:
    """The cases of a table, each as a small world of its own, and made together in one night.

    Args:
        make: the first value of a case to what `world` takes.
        cases: tuples, or `pytest.param`s.
        before: what `world` takes, of the night before every case.

    Returns:
        The cases with a `Case` in the place of the first value.
    """
    params = [case if isinstance(case, ParameterSet) else pytest.param(*case) for case in cases]
    inputs = [make(param.values[0]) for param in params]
    together = _Together(inputs, before)
    return [
        pytest.param(Case(together, at), *param.values[1:], id=param.id)
        for at, param in enumerate(params)
    ]


class _Together:
    """Worlds side by side: in the codes of world 7, `00AA` is `07AA` and board `10001` is `10701`."""

    def __init__(self, inputs: Sequence[Row], before: Row | None) -> None:
        self._inputs, self._before = inputs, before
        self.rows: dict[tuple[str, int], list[int]] = {}

    @cached_property
    def night(self) -> World:
        before = self._before and self._merge([self._before] * len(self._inputs))
        earlier = world(**before, day=ago(3)) if before else None
        return world(**self._merge(self._inputs), before=earlier)

    def _merge(self, inputs: Sequence[Row]) -> Row:
        merged: dict[str, list[Any]] = {}
        for at, one in enumerate(inputs):
            for name, rows in one.items():
                here = merged.setdefault(name, [])
                self.rows[name, at] = [*range(len(here) + 2, len(here) + 2 + len(rows))]
                whole = [branch(row) if isinstance(row, str) else row for row in rows]
                here += [_renamed(row, at) for row in whole]
        return merged


def _renamed(row: str | Row, at: int) -> str | Row:
    if isinstance(row, dict):
        return {key: _renamed(value, at) if isinstance(value, str) else value for key, value in row.items()}  # fmt: skip
    if re.fullmatch(r"[0-9]{5}", row):
        return f"{row[0]}{at:02}{row[3:]}"
    return re.sub(r"^[0-9]{2}(?=[A-Z]{2}([0-9]{2})?$)", f"{at:02}", row)


@dataclass(frozen=True)
class Case:
    """One of the worlds of `apart`; it is asked as a `World` is, by its own codes."""

    together: _Together
    at: int

    def __repr__(self) -> str:
        return f"case {self.at}"

    def _code(self, code: str) -> str:
        return str(_renamed(code, self.at))

    def branch(self, code: str = "00AA00") -> Row:
        return self.together.night.branch(self._code(code))

    def school(self, brin: str = SCHOOL) -> Row:
        return self.together.night.school(self._code(brin))

    def step(self, step: str, brin: str = SCHOOL) -> Row:
        return self.together.night.step(step, self._code(brin))

    def outcome(self, records: str, table: str) -> Row:
        """The outcome of the first row that the case gave as `records`."""
        night = self.together.night
        found = night.outcome(table, self.together.rows[records, self.at][0])
        names = ("matched_brin", "matched_board_number", "matched_branch_code")
        return found | {name: self._own(found[name]) for name in names}

    def served(self) -> list[str]:
        here = f"{self.at:02}"
        return [
            self._own(code) or "" for _, code in self.together.night.served() if code[:2] == here
        ]

    def flags(self, flag: str) -> list[Row]:
        here = f"{self.at:02}"
        return [
            found | {name: self._own(found[name]) for name in ("brin", "branch_code")}
            for found in self.together.night.flags(flag)
            if found["brin"][:2] == here
        ]

    def flagged(self, flag: str) -> list[str | None]:
        return [found["branch_code"] for found in self.flags(flag)]

    @staticmethod
    def _own(code: str | None) -> str | None:
        if code is None:
            return None
        return f"{code[0]}00{code[3:]}" if code.isdigit() else f"00{code[2:]}"


PUBLISHED = (
    statuses.BRANCH_STATUS,
    statuses.SCHOOL_STATUS,
    statuses.QUALIFICATION_STEPS,
    statuses.CONNECTED_SCHOOLS,
    statuses.ADOPTION,
    records.DELIVERY_POINT_FLAGS,
    records.POINTS,
    records.RECONCILIATION,
    records.WORK_ITEMS,
    records.CHANGE_LOG,
    records.BRANCH_HISTORY,
    records.SCHOOL_HISTORY,
    records.BOARD_HISTORY,
    records.CONNECTION_HISTORY,
)
"""The published tables that a night of `world` holds."""


# ---- rows, as frames


def _branch_rows(branches: Iterable[str | Row]) -> pl.DataFrame:
    rows = [branch(one) if isinstance(one, str) else one for one in branches]
    return pl.DataFrame(
        [
            row
            | {"source": row["sector"], "source_row": at}
            | {"brin": row["branch_code"][:4], "branch_number": row["branch_code"][4:]}
            for at, row in enumerate(rows, start=2)
        ],
        schema=BRANCH_ROWS,
    )


def _board_rows(names: Mapping[str, str]) -> pl.DataFrame:
    rows = [("boards_po", at, *one) for at, one in enumerate(names.items(), start=2)]
    return pl.DataFrame(rows, schema=BOARD_ROWS, orient="row")


def _register_rows(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    numbered = [row | {SOURCE_ROW: at} for at, row in enumerate(rows, start=2)]
    return pl.DataFrame(numbered, schema=REGISTER_SCHEMAS[table])


def _typed(tables: Mapping[str, list[Row]]) -> dict[str, pl.DataFrame]:
    """The tables as the reader gives them, where nothing is to be repaired, refused or left out."""
    typed = {
        table.name: pl.DataFrame(
            [row | {SOURCE_ROW: at} for at, row in enumerate(tables[table.name], start=2)],
            schema={**table.schema, SOURCE_ROW: pl.Int64, REPAIRS: pl.String},
        )
        for table in ONBOARDING
    }
    ignored = {"source": pl.String, "source_row": pl.Int64, "rule": pl.String}
    nothing = pl.DataFrame(schema=ignored)
    return typed | {"ignored": nothing, "quarantined": records.QUARANTINE.empty()}


def _delivered(tables: Mapping[str, list[Row]]) -> dict[str, pl.DataFrame]:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for table in ONBOARDING:
            archive.writestr(f"{table.name}.csv", _csv(table.names, tables[table.name]))
    snapshot = Snapshot(
        source="onboarding",
        snapshot_id="onboarding-1",
        url="dir:onboarding",
        final_url="dir:onboarding",
        status=0,
        headers={},
        bytes=len(body.getvalue()),
        sha256="",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        licence="",
        notes={"columns_dropped": {}, "tables_not_read": [], "misfits": {}},
    )
    readings = read_onboarding(snapshot, body.getvalue())
    return {name: reading.rows for name, reading in readings.items()} | unused(readings.values())


def _decisions(rows: list[Row], day: date) -> pl.DataFrame:
    if not rows:
        return OVERRIDES.empty().with_columns(pl.lit(None, dtype=pl.Int64).alias(SOURCE_ROW))
    body = _csv(OVERRIDES.names, rows).encode()
    return read_overrides(body, day=day, snapshot_id="overrides-1").rows


def _csv(names: list[str], rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


# ---- worlds for the laws

LAW = settings(max_examples=12, deadline=None)
"""Few and large worlds: a night costs the same whatever it holds."""

_DAYS = st.sampled_from([None, ago(900), ago(30), ago(14), ago(1), D, ahead(1)])
_BEGINS = st.sampled_from([None, ago(900), ago(500), ago(30), ago(1), D, ahead(1)])
_ENDS = st.sampled_from([None, None, ago(20), D, ahead(1)])
_BRINS = st.sampled_from(["00AA", "00BB", "00CC"])
_BOARDS = st.sampled_from([BOARD, "10002"])
_NUMBERS = st.sampled_from(["0", "1", "2", "A", None])
_CODES = st.sampled_from(
    [f"{brin}{number}" for brin in ("00AA", "00BB", "00CC") for number in ("00", "01", "02")]
)

POINTS = st.builds(
    point,
    _NUMBERS,
    _BRINS,
    link=st.sampled_from([None, None, "00", "01", "02"]),
    kind=st.sampled_from(["las", "las", "las", "ot", "ldos", "swv"]),
    las=st.sampled_from(["ESIS", "ParnasSys", None]),
    requested_on=_DAYS,
    approved_on=_DAYS,
    registered_on=_BEGINS,
    ended_on=_ENDS,
)
BRANCH_FILES = st.lists(
    st.builds(branch, _CODES, _BOARDS, st.sampled_from(["po", "vo"])),
    min_size=3,
    max_size=8,
    unique_by=lambda row: row["branch_code"],
)
_MORE = st.fixed_dictionaries(
    {
        "branches": BRANCH_FILES,
        "accounts": st.lists(st.builds(account, st.one_of(_BRINS, _BOARDS), _BEGINS), max_size=3),
        "agreements": st.lists(
            st.builds(
                agreement,
                _BOARDS,
                _BEGINS,
                kind=st.sampled_from(["base", "base", "swv_extension"]),
                ended_on=_ENDS,
            ),
            max_size=4,
        ),
        "questionnaires": st.lists(
            st.builds(questionnaire, _BRINS, _DAYS, status=st.sampled_from(["draft", "approved"])),
            max_size=4,
        ),
        "entries": st.lists(st.builds(entered, _CODES, _DAYS, _ENDS), max_size=3),
        "points": st.lists(POINTS, max_size=6),
        "exchanges": st.lists(
            st.builds(
                exchange, _NUMBERS, _BRINS, _DAYS, result=st.sampled_from(["passed", "failed"])
            ),
            max_size=4,
        ),
        "decisions": st.lists(
            st.one_of(
                st.builds(same_as, _CODES, _CODES),
                st.builds(same_as, _BRINS, _BRINS),
                st.builds(same_as, _BOARDS, _BOARDS),
                st.builds(served_by, _CODES, _NUMBERS.filter(bool)),
            ),
            max_size=2,
        ),
    }
)
"""Anything, of few codes and days, so that records meet."""

_SCHOOLS = ("00AA", "00BB", "00CC")
_ALL_HOLDS: list[tuple[str, Row]] = [
    *(("agreements", agreement(board)) for board in (BOARD, "10002")),
    *(("agreements", extension(board)) for board in (BOARD, "10002")),
    *(("questionnaires", questionnaire(brin)) for brin in _SCHOOLS),
    *(("exchanges", exchange("0", brin)) for brin in _SCHOOLS),
    *(("points", point(number, brin)) for brin in _SCHOOLS for number in ("0", "1", "2")),
    *(("points", point("5", brin, kind=kind)) for brin in _SCHOOLS for kind in ("ot", "swv")),
]
"""Every branch is connected and ready."""


def _with_all_but(lost: set[int], more: Row) -> Row:
    held = [one for at, one in enumerate(_ALL_HOLDS) if at not in lost]
    return more | {
        name: [*more[name], *(row for table, row in held if table == name)]
        for name in ("agreements", "questionnaires", "points", "exchanges")
    }


INPUTS = st.builds(
    _with_all_but, st.sets(st.integers(0, len(_ALL_HOLDS) - 1), min_size=2, max_size=9), _MORE
)
"""What `world` takes: schools where everything holds, less something, and anything beside it."""


_MADE: dict[str, World] = {}


def _second_night(first: Row, second: Row) -> World:
    made = repr((first, second))
    if made not in _MADE:
        _MADE[made] = world(**second, before=world(**first, day=ago(1)))
    return _MADE[made]


def in_any_world(law: Callable[[World], None]) -> Callable[[], None]:
    """The law holds on the second night of any world; all laws see the same worlds, so that each is made once."""
    chosen = settings(max_examples=15, deadline=None, database=None)
    return seed(D.toordinal())(chosen(given(st.builds(_second_night, INPUTS, INPUTS))(law)))
