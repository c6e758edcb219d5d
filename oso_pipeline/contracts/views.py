"""The views of `oso.duckdb`: common questions, each written down once as a name, its columns and one SELECT.

Ages are views and are never stored (contract.md, Marts): all of them count days up to `release.as_of`, so a file that
is opened a year later still says what was true on its day. A view may read a view above it.
"""

from __future__ import annotations

from dataclasses import dataclass

from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.contracts.records import (
    DELIVERY_POINT_FLAGS,
    EVENTS,
    POINTS,
    SOURCES,
    WORK_ITEMS,
)
from oso_pipeline.contracts.statuses import (
    ADOPTION,
    BRANCH_STATUS,
    PROVINCE,
    QUALIFICATION_STEPS,
    SCHOOL_STATUS,
    SECTOR,
    STATUSES,
)


@dataclass(frozen=True)
class View(Table):
    """A view: what a table is, and the SELECT that gives its rows.

    Attributes:
        sql: names tables and earlier views without a schema; its columns are those of the view, in order.
    """

    sql: str = ""


def _of(table: Table, *names: str) -> tuple[Column, ...]:
    return tuple(table.column(name) for name in names)


def _may_be_empty(column: Column) -> Column:
    return Column(column.name, column.type, column.dutch, column.meaning, choices=column.choices)


def _count(name: str, dutch: str, meaning: str) -> Column:
    return Column(name, Type.COUNT, dutch, meaning, required=True)


def _age(meaning: str, *, required: bool = False) -> Column:
    return Column("age_days", Type.COUNT, "Leeftijd in dagen", meaning, required=required)


_AT_LEAST = Column("at_least", Type.YES_NO, "Minstens", "It counts from the first release, which showed it already: it may be older (or a record is of that very day).", required=True)  # fmt: skip
_SINCE_FIRST = "since_on = (SELECT min(as_of) FROM adoption) AS at_least"

_BOARDS = """boards AS (
            SELECT board_number, max(board_name) AS board_name
            FROM branch_status WHERE board_number IS NOT NULL GROUP BY board_number
        )"""
"""The names of the boards, for a view that begins with it."""

_BOARD = _of(BRANCH_STATUS, "board_number", "board_name")
_MAYBE_SECTOR = _may_be_empty(SECTOR)

WORK_ITEM_AGES = View(
    "work_item_ages",
    "Leeftijd van werk",
    "thing a person must do, or no longer",
    (
        *_of(WORK_ITEMS, "item_id", "kind", "subject", "responsible", "since_on", "closed_on"),
        Column("open", Type.YES_NO, "Open", "It is still to be done.", required=True),
        _age("Days since it was to be done, up to the day on which it was no longer open, or that of the release.", required=True),
        _AT_LEAST,
    ),
    sql=f"""
        SELECT item_id, kind, subject, responsible, since_on, closed_on,
            closed_on IS NULL AS open, coalesce(closed_on, as_of) - since_on AS age_days, {_SINCE_FIRST}
        FROM work_items CROSS JOIN release
    """,  # noqa: S608 - a part of our own
)  # fmt: skip

DELIVERY_POINT_AGES = View(
    "delivery_point_ages",
    "Leeftijd van aanleverpunten",
    "delivery point row of an open school that counts on the day",
    (
        *_of(POINTS, "brin", "number", "kind", "las", "active"),
        Column("stage", Type.TEXT, "Stand", "How far it came.", True, ("requested", "approved", "registered", "ended")),
        Column("since_on", Type.DATE, "Sinds", "The day on which it came there; empty when the record does not say."),
        _age("Days since then."),
        Column("days_to_approve", Type.COUNT, "Dagen tot goedkeuring", "From request to approval, where both are known."),
        Column("days_to_register", Type.COUNT, "Dagen tot registratie", "From approval to registration, where both are known."),
        *_of(POINTS, "source_row"),
    ),
    sql="""
        SELECT brin, number, kind, las, active,
            CASE WHEN ended_on IS NOT NULL THEN 'ended' WHEN registered_on IS NOT NULL THEN 'registered'
                WHEN approved_on IS NOT NULL THEN 'approved' ELSE 'requested' END AS stage,
            coalesce(ended_on, registered_on, approved_on, requested_on) AS since_on,
            as_of - coalesce(ended_on, registered_on, approved_on, requested_on) AS age_days,
            approved_on - requested_on AS days_to_approve,
            registered_on - approved_on AS days_to_register,
            source_row
        FROM delivery_points CROSS JOIN release
    """,
)  # fmt: skip

STEP_AGES = View(
    "step_ages",
    "Leeftijd van stappen",
    "school and step",
    (
        *_of(QUALIFICATION_STEPS, "brin"),
        SECTOR,
        PROVINCE,
        *_of(QUALIFICATION_STEPS, "step", "passed", "since_on"),
        _age("Days since the step holds; empty when it does not, and for the account."),
    ),
    sql="""
        SELECT brin, sector, province, step, passed, since_on, as_of - since_on AS age_days
        FROM qualification_steps JOIN school_status USING (brin) CROSS JOIN release
    """,
)  # fmt: skip

FLAG_AGES = View(
    "flag_ages",
    "Leeftijd van signalen",
    "finding: one per delivery point row, or one per branch",
    (
        *_of(DELIVERY_POINT_FLAGS, "flag", "brin", "branch_code", "delivery_point_number", "severity", "since_on"),
        _age("Days since then.", required=True),
        _AT_LEAST,
    ),
    sql=f"""
        SELECT flag, brin, branch_code, delivery_point_number, severity, since_on, as_of - since_on AS age_days, {_SINCE_FIRST}
        FROM delivery_point_flags CROSS JOIN release
    """,  # noqa: S608 - a part of our own
)  # fmt: skip

SOURCE_AGES = View(
    "source_ages",
    "Leeftijd van bronnen",
    "source",
    (
        *_of(SOURCES, "source", "fetched_at"),
        Column("fetched_on", Type.DATE, "Dag van ophalen", "The day of that, in the Netherlands.", required=True),
        *_of(SOURCES, "seen_at", "fallback", "rows_read", "rows_quarantined"),
        _age("Days from the arrival of its body to the day of the release; negative when that is an earlier day.", required=True),
    ),
    sql="""
        SELECT source, fetched_at, (fetched_at AT TIME ZONE 'Europe/Amsterdam')::DATE AS fetched_on,
            seen_at, fallback, rows_read, rows_quarantined,
            as_of - (fetched_at AT TIME ZONE 'Europe/Amsterdam')::DATE AS age_days
        FROM sources CROSS JOIN release
    """,
)  # fmt: skip

OPEN_WORK_ITEMS = View(
    "open_work_items",
    "Open werk",
    "thing a person must still do, in the order that helps most schools",
    (
        *_of(WORK_ITEMS, "rank", "item_id", "kind", "responsible", "subject"),
        Column("subject_name", Type.TEXT, "Naam", "The name of that branch, school or board; empty when it is not open."),
        Column("board_number", Type.CODE, "Bestuursnummer", "The board itself, or the one that governs the school; empty when it is not open."),
        *_of(BRANCH_STATUS, "board_name"),
        _MAYBE_SECTOR,
        PROVINCE,
        *_of(WORK_ITEMS, "action", "since_on"),
        _age("Days since it is to be done.", required=True),
        _AT_LEAST,
        *_of(WORK_ITEMS, "schools_helped", "branches_helped", "last_step_for"),
    ),
    sql=f"""
        WITH {_BOARDS}
        SELECT rank, item_id, kind, responsible, subject,
            coalesce(branch.branch_name, school.school_name, boards.board_name) AS subject_name,
            coalesce(school.board_number, boards.board_number) AS board_number, boards.board_name,
            school.sector, school.province, action, since_on, as_of - since_on AS age_days, {_SINCE_FIRST},
            schools_helped, branches_helped, last_step_for
        FROM work_items CROSS JOIN release
        LEFT JOIN branch_status AS branch ON branch.branch_code = subject
        LEFT JOIN school_status AS school ON length(subject) <> 5 AND school.brin = left(subject, 4)
        LEFT JOIN boards ON boards.board_number = coalesce(school.board_number, subject)
        WHERE closed_on IS NULL
        ORDER BY rank
    """,  # noqa: S608 - a part of our own
)  # fmt: skip

UNCOVERED_BRANCHES = View(
    "uncovered_branches",
    "Vestigingen van gekwalificeerde scholen zonder aanleverpunt",
    "open branch that is not covered, of a school that is qualified",
    (
        *_of(BRANCH_STATUS, "branch_code", "branch_name", "street", "house_number", "postcode", "city", "province", "sector"),
        *_BOARD,
        Column("school_name", Type.TEXT, "School", SCHOOL_STATUS.column("school_name").meaning),
        *_of(SCHOOL_STATUS, "qualified_on"),
    ),
    sql="""
        SELECT branch_code, branch_name, street, house_number, postcode, city, branch.province, branch.sector, branch.board_number,
            board_name, school_name, qualified_on
        FROM branch_status AS branch JOIN school_status AS school USING (brin)
        WHERE school.qualified AND NOT branch.covered
    """,
)  # fmt: skip

DROPPED_OUT = View(
    "dropped_out",
    "Niet meer aangesloten",
    "branch, and release that first showed it no longer connected",
    (
        *_of(BRANCH_STATUS, "branch_code"),
        Column("branch_name", Type.TEXT, "Naam", "Its name, or the last one that it had."),
        Column("board_number", Type.CODE, "Bestuursnummer", "The board that the registry names for it, or named last."),
        *_of(BRANCH_STATUS, "board_name"),
        _MAYBE_SECTOR,
        PROVINCE,
        Column("disconnected_on", Type.DATE, "Niet meer aangesloten sinds", "The day of that release.", required=True),
        Column("release_id", Type.TEXT, "Release", "That release.", required=True),
        Column("status", Type.TEXT, "Status nu", "How it stands in this release; empty when it is not open.", choices=STATUSES),
        Column("happened", Type.LIST, "Wat er gebeurde", f"What else that release says of it, of: {', '.join(EVENTS)}.", required=True),
        Column("explanation", Type.TEXT, "Uitleg", "What explains it: what befell the branch, and what its school or it lacked then."),
        Column("missing_steps", Type.LIST, "Ontbrekende stappen", "The required steps that its school lacks now; none of a branch that is not open.", required=True),
    ),
    sql=f"""
        WITH {_BOARDS}, beside AS (
            SELECT subject, release_id,
                list(event ORDER BY event) FILTER (event NOT IN ('connected', 'disconnected')) AS happened,
                string_agg(reason, ' ' ORDER BY event) AS explanation
            FROM change_log WHERE event <> 'connected' GROUP BY subject, release_id
        ), known AS (
            SELECT branch_code, max_by(branch_name, from_on) AS branch_name,
                max_by(board_number, from_on) AS board_number
            FROM branch_history GROUP BY branch_code
        )
        SELECT lost.subject AS branch_code, known.branch_name, known.board_number, boards.board_name,
            branch.sector, branch.province, effective_on AS disconnected_on, lost.release_id, branch.status,
            coalesce(happened, []) AS happened, explanation, coalesce(missing_steps, []) AS missing_steps
        FROM change_log AS lost
        LEFT JOIN beside USING (subject, release_id)
        LEFT JOIN known ON known.branch_code = lost.subject
        LEFT JOIN boards ON boards.board_number = known.board_number
        LEFT JOIN branch_status AS branch ON branch.branch_code = lost.subject
        LEFT JOIN school_status USING (brin)
        WHERE lost.event = 'disconnected'
    """,  # noqa: S608 - a part of our own
)  # fmt: skip

BOARD_PROGRESS = View(
    "board_progress",
    "Stand per bestuur",
    "board that governs an open school",
    (
        Column("board_number", Type.CODE, "Bestuursnummer", "The board's number.", required=True),
        *_of(BRANCH_STATUS, "board_name"),
        _count("schools", "Scholen", "How many open schools it governs."),
        _count("schools_connected", "Scholen aangesloten", "How many of them are connected."),
        _count("branches", "Vestigingen", "How many open branches those schools have."),
        _count("branches_connected", "Vestigingen aangesloten", "How many of them are connected."),
        _count("open_items", "Open werk", "How many things are to be done for it, its schools and branches."),
        Column("oldest_since_on", Type.DATE, "Oudste sinds", "Since when the oldest of them is to be done."),
    ),
    sql="""
        WITH work AS (
            SELECT board_number, count(*) AS open_items, min(since_on) AS oldest_since_on
            FROM open_work_items GROUP BY board_number
        )
        SELECT school.board_number,
            max(board_name) FILTER (branch.board_number = school.board_number) AS board_name,
            count(DISTINCT brin) AS schools,
            count(DISTINCT brin) FILTER (school.status = 'connected') AS schools_connected,
            count(*) AS branches, count(*) FILTER (connected) AS branches_connected,
            coalesce(max(open_items), 0) AS open_items, max(oldest_since_on) AS oldest_since_on
        FROM school_status AS school JOIN branch_status AS branch USING (brin)
        LEFT JOIN work ON work.board_number = school.board_number
        WHERE school.board_number IS NOT NULL
        GROUP BY school.board_number
    """,
)  # fmt: skip

_MEASURES = (
    _count("schools", "Scholen", "How many open schools."),
    _count("schools_connected", "Scholen aangesloten", "How many of them are connected."),
    Column("schools_share", Type.NUMBER, "Aandeel scholen aangesloten", "The share of schools that is connected, 0 to 1."),
    _count("branches", "Vestigingen", "How many open branches."),
    _count("branches_connected", "Vestigingen aangesloten", "How many of them are connected."),
    Column("branches_share", Type.NUMBER, "Aandeel vestigingen aangesloten", "The share of branches that is connected, 0 to 1."),
)  # fmt: skip


def _all(unit: str) -> str:
    return f"sum({' + '.join(f'{unit}_{status}' for status in STATUSES)})::BIGINT"


_MEASURED = ", ".join(
    f"{_all(unit)} AS {unit}, sum({unit}_connected)::BIGINT AS {unit}_connected,"
    f" sum({unit}_connected) / nullif({_all(unit)}, 0) AS {unit}_share"
    for unit in ("schools", "branches")
)


def _connected_by(name: str, dutch: str) -> View:
    return View(
        f"connected_by_{name}",
        f"Aangesloten per {dutch}",
        f"{name} of this release",
        (*_of(ADOPTION, name), *_MEASURES),
        sql=f"SELECT {name}, {_MEASURED} FROM adoption JOIN release USING (release_id) GROUP BY {name}",  # noqa: S608 - names of the contract
    )


CONNECTED_BY_PROVINCE = _connected_by("province", "provincie")
CONNECTED_BY_SECTOR = _connected_by("sector", "sector")
CONNECTED_BY_LAS = _connected_by("las", "LAS")

ADOPTION_BY_MONTH = View(
    "adoption_by_month",
    "Aansluiting per maand",
    "month and sector, as the last published release of that month had it",
    (
        Column("month", Type.TEXT, "Maand", "As 2026-11.", required=True),
        *_of(ADOPTION, "as_of", "sector"),
        *_MEASURES,
    ),
    sql=f"""
        WITH last AS (
            SELECT strftime(as_of, '%Y-%m') AS month, max(release_id) AS release_id FROM adoption GROUP BY month
        )
        SELECT month, as_of, sector, {_MEASURED}
        FROM adoption JOIN last USING (release_id) GROUP BY month, as_of, sector
    """,  # noqa: S608 - names of the contract
)  # fmt: skip

VIEWS = (
    WORK_ITEM_AGES,
    DELIVERY_POINT_AGES,
    STEP_AGES,
    FLAG_AGES,
    SOURCE_AGES,
    OPEN_WORK_ITEMS,
    UNCOVERED_BRANCHES,
    DROPPED_OUT,
    BOARD_PROGRESS,
    CONNECTED_BY_PROVINCE,
    CONNECTED_BY_SECTOR,
    CONNECTED_BY_LAS,
    ADOPTION_BY_MONTH,
)
"""In the order in which they are created."""
