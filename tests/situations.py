"""A maker of onboarding records that holds every situation of the contract, over any list of real branches.

Most schools get an ordinary story (connected, on their way, or nothing); each situation below is
also planted in a school of its own, so that it occurs whatever the seed. `planted()` tells which
school holds which. `day` is D of night 1; on night 2, D is the day after.

A situation for which no fitting school is left is skipped, and `planted()` does not name it. The
PO and VO files of a year together hold all; PO alone lacks the two that need a school without a 00
branch, VO alone the clock time; a list of 400 schools holds about three quarters.

| prefix | situations |
| --- | --- |
| `steps_*`, `bare_*` | each combination of questionnaire, point and test missing, with and without an agreement of the board |
| `account_*` | by board only; none; asked for; closed; closed on D; activated on D; asked for tomorrow; activated tomorrow |
| `questions_*` | draft, rejected, submitted on D and tomorrow, without a date, several, first refused |
| `test_*` | failed, on D, tomorrow, no date; number wrong, empty, of an OT, ended, unregistered or future point, `00` for 0, text; profiles known, unknown, empty |
| `point_*` | registered on D, tomorrow; ended on D, tomorrow, long ago; asked 14 and 13 days ago (LAS and OT); approved 30 and 29 days ago; first date tomorrow; no number; number 02, 100, text (linked, not linked), of no branch; no 00 branch |
| `link_*` | to another open branch, to its own, to a never known branch, `2`, three joined forms, of another school, `000` |
| `double_*` | two points on one branch: same number, link and number; ties in the last registration; product empty or unknown |
| `extra_*` | OT, LDOS, SWV with and without link, ended, linked to nothing, for a school not qualified; SWV with and without the extension |
| `branches_*` | missing, removed, removed on D and tomorrow, added on D, tomorrow and never, unknown to the registry, twice under two names |
| `repair_*` | lower case, spaces, O and I, `0`..`9`, joined forms, clock times; also sprinkled over ordinary rows |
| `bad_*` | every reason for quarantine, in every table that has it |
| `twice_*` | identical rows, and rows identical after repair, in every table |
| `night2_*` | school, branch, linked branch or board closes, school or one side branch moves (`make_registry_changes`); point, row, questionnaire or agreement gone; connects; goes on as another school |
| `decided_*` | what `make_overrides` decides about: same_as, served_by, ignore_flag, expired ones |
| boards (`BOARD_STATES`) | no agreement; signed on D, tomorrow; ended on D, tomorrow, long ago; two active; renewed; extension only, ended, on D; doubled; unreadable |
| strangers | rows of schools, boards and branches that nobody knows, in all tables; a board number that lost its zero |
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from pathlib import Path
from random import Random
from typing import Literal

COLUMNS = {
    table: names.split()
    for table, names in {
        "accounts": "account_name kind requested_on letter_sent_on activated_on closed_on",
        "agreements": "board_number kind signed_on ended_on",
        "questionnaires": "brin status submitted_on",
        "branches": "brin branch_number name added_on removed_on",
        "delivery_points": "brin number kind branch_number las requested_on approved_on"
        " key_issued_on registered_on ended_on",
        "test_exchanges": "brin delivery_point_number partner_brin profile performed_on result",
    }.items()
}
PRODUCTS = ["ParnasSys", "ESIS", "EDUscope", "LeerlingInZicht", "Magister", "SOMtoday"]
BOARD_STATES = [
    "none",
    "none",
    "none",
    "none",
    "signed_on_day",
    "signed_tomorrow",
    "ended_on_day",
    "ended_long_ago",
    "ends_tomorrow",
    "two_active",
    "renewed",
    "extension_only",
    "extension_ended",
    "extension_on_day",
    "doubled",
    "unreadable",
    "closed_account",
]
Tables = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class School:
    """An open school with its open branches, lowest first."""

    brin: str
    board: str
    codes: tuple[str, ...]

    @property
    def numbers(self) -> list[str]:
        return [code[4:] for code in self.codes]

    @property
    def side(self) -> str:
        return self.codes[-1][4:]


class Maker:
    """Writes rows about schools; `ago(n)` is n days before the first night, `ago(-1)` the day after."""

    def __init__(self, plan: Plan, day: date, night: int) -> None:
        """Begin with six empty tables."""
        self.plan, self.day, self.second = plan, day, night == 2
        self.tables: Tables = {table: [] for table in COLUMNS}
        self.dice = plan.dice("rows")

    def ago(self, days: int) -> str:
        return (self.day - timedelta(days=days)).isoformat()

    def add(self, table: str, **cells: str) -> dict[str, str]:
        """Write a row as it is given; a name that is no contract column is refused."""
        row: dict[str, str] = {column: "" for column in COLUMNS[table]}  # noqa: C420 - typed
        if unknown := set(cells) - set(row):
            raise ValueError(f"{table} has no {unknown}.")
        row.update(cells)
        self.tables[table].append(row)
        return row

    def account(self, name: str, kind: str = "school", **cells: str) -> dict[str, str]:
        usual = {
            "requested_on": self.ago(520),
            "letter_sent_on": self.ago(515),
            "activated_on": self.ago(500),
        }
        return self.add("accounts", account_name=name, kind=kind, **(usual | cells))

    def agreement(
        self, board: str, kind: str = "base", signed: int = 600, **cells: str
    ) -> dict[str, str]:
        return self.add(
            "agreements",
            **({"board_number": board, "kind": kind, "signed_on": self.ago(signed)} | cells),
        )

    def questions(self, brin: str, **cells: str) -> dict[str, str]:
        return self.add(
            "questionnaires",
            **({"brin": brin, "status": "approved", "submitted_on": self.ago(450)} | cells),
        )

    def branch(self, brin: str, number: str, **cells: str) -> dict[str, str]:
        usual = {
            "brin": brin,
            "branch_number": number,
            "name": f"Locatie {number}",
            "added_on": self.ago(480),
        }
        return self.add("branches", **(usual | cells))

    def point(self, brin: str, number: str, kind: str = "las", **cells: str) -> dict[str, str]:
        """A delivery point that works since 400 days ago, but for what `cells` say."""
        days = {"requested_on": 430, "approved_on": 425, "key_issued_on": 424, "registered_on": 400}
        usual = {
            "brin": brin,
            "number": number,
            "kind": kind,
            "las": "ParnasSys" if kind == "las" else "",
        }
        return self.add(
            "delivery_points", **(usual | {name: self.ago(n) for name, n in days.items()} | cells)
        )

    def waiting(
        self, brin: str, number: str, requested: int, approved: int | None = None, **cells: str
    ) -> None:
        """A point that is asked for, or approved, and not registered."""
        approved_on = "" if approved is None else self.ago(approved)
        dates = {"requested_on": self.ago(requested), "approved_on": approved_on}
        self.point(brin, number, **(dates | {"key_issued_on": "", "registered_on": ""} | cells))

    def test(self, brin: str, number: str = "0", **cells: str) -> dict[str, str]:
        usual = {
            "brin": brin,
            "delivery_point_number": number,
            "partner_brin": self.plan.partner,
            "profile": "POVO",
        }
        return self.add(
            "test_exchanges",
            **(usual | {"performed_on": self.ago(380), "result": "passed"} | cells),
        )

    def full(self, school: School, without: str = "") -> None:
        """All that a connected school has, but for the words in `without`."""
        brin = school.brin
        if "account" not in without:
            self.account(brin)
        if "questions" not in without:
            self.questions(brin)
        for number in school.numbers:
            if number != "00" and "branches" not in without:
                self.branch(brin, number)
            if "points" not in without and not ("side" in without and number != school.numbers[0]):
                self.point(brin, str(int(number)))
        if "test" not in without:
            self.test(brin, str(int(school.numbers[0])))


# ---- the situations: name -> (the school it needs, what it writes)
# needs: base (agreement of its board), bare (none), side (base, has a 00 and side branches),
# no00, clock (a BRIN like 03PM), letters (a BRIN whose digits hold a 0 or 1), sole (base, one branch, its board's only school)

Situation = Callable[[Maker, School], object]
SITUATIONS: dict[str, tuple[str, Situation]] = {}


def _plant(name: str, need: str, write: Situation) -> None:
    if name in SITUATIONS:
        raise ValueError(f"Two situations are called {name}.")
    SITUATIONS[name] = (need, write)


def _with(without: str, *writes: Situation) -> Situation:
    """A full school but for some steps, and then these rows."""

    def write(m: Maker, s: School) -> None:
        m.full(s, without)
        for one in writes:
            one(m, s)

    return write


def _first(s: School) -> str:
    return str(int(s.numbers[0]))


def _ended(m: Maker, s: School) -> None:
    """A point that no longer serves; a test exchange with it still counts."""
    m.point(s.brin, _first(s), ended_on=m.ago(50))


for _need, _name in (("base", "steps"), ("bare", "bare")):
    for _missing in product(("questions", ""), ("points", ""), ("test", "")):
        _words = " ".join(filter(None, _missing))
        _extra = [_ended] if "points" in _words and "test" not in _words else []
        _plant(
            f"{_name}_without_{_words.replace(' ', '_') or 'nothing'}",
            _need,
            _with(_words + " account", *_extra),
        )

_ACCOUNTS: dict[str, Situation] = {
    "by_board": lambda m, s: m.account(s.board, "board"),
    "none": lambda _m, _s: None,
    "asked_for": lambda m, s: m.account(s.brin, activated_on=""),
    "closed": lambda m, s: m.account(s.brin, closed_on=m.ago(30)),
    "closed_on_day": lambda m, s: m.account(s.brin, closed_on=m.ago(0)),
    "closes_tomorrow": lambda m, s: m.account(s.brin, closed_on=m.ago(-1)),
    "activated_on_day": lambda m, s: m.account(s.brin, activated_on=m.ago(0)),
    "activated_tomorrow": lambda m, s: m.account(s.brin, activated_on=m.ago(-1)),
    "asked_for_tomorrow": lambda m, s: m.account(
        s.brin, requested_on=m.ago(-1), letter_sent_on="", activated_on=""
    ),
}
for _name, _write in _ACCOUNTS.items():
    _plant(f"account_{_name}", "base", _with("account", _write))
    _plant(f"account_alone_{_name}", "bare" if _name != "by_board" else "base", _write)

_QUESTIONS: dict[str, Situation] = {
    "draft": lambda m, s: m.questions(s.brin, status="draft"),
    "rejected": lambda m, s: m.questions(s.brin, status="rejected"),
    "submitted_on_day": lambda m, s: m.questions(s.brin, status="submitted", submitted_on=m.ago(0)),
    "submitted_tomorrow": lambda m, s: m.questions(s.brin, submitted_on=m.ago(-1)),
    "without_date": lambda m, s: m.questions(s.brin, submitted_on=""),
    "several": lambda m, s: [
        m.questions(s.brin, submitted_on=m.ago(n), status=t)
        for n, t in ((90, "approved"), (120, "submitted"), (150, "rejected"))
    ],
}
for _name, _write in _QUESTIONS.items():
    _plant(f"questions_{_name}", "base", _with("questions", _write))
_plant("questions_alone_tomorrow", "bare", lambda m, s: m.questions(s.brin, submitted_on=m.ago(-1)))

_TESTS: dict[str, Situation] = {
    "failed": lambda m, s: m.test(s.brin, _first(s), result="failed"),
    "on_day": lambda m, s: m.test(s.brin, _first(s), performed_on=m.ago(0)),
    "tomorrow": lambda m, s: m.test(s.brin, _first(s), performed_on=m.ago(-1)),
    "without_date": lambda m, s: m.test(s.brin, _first(s), performed_on=""),
    "wrong_number": lambda m, s: m.test(s.brin, "97"),
    "empty_number": lambda m, s: m.test(s.brin, ""),
    "of_ot_point": lambda m, s: (m.point(s.brin, "98", "ot"), m.test(s.brin, "98")),
    "of_ended_point": lambda m, s: (
        m.point(s.brin, "96", ended_on=m.ago(200)),
        m.test(s.brin, "96"),
    ),
    "of_unregistered_point": lambda m, s: (m.waiting(s.brin, "95", 5), m.test(s.brin, "95")),
    "of_future_point": lambda m, s: (m.waiting(s.brin, "94", -1), m.test(s.brin, "94")),
    "padded_number": lambda m, s: m.test(s.brin, s.numbers[0]),
    "of_text_point": lambda m, s: (
        m.point(s.brin, "LAS-A", branch_number=s.numbers[0]),
        m.test(s.brin, "LAS-A"),
    ),
    "unknown_profile": lambda m, s: m.test(s.brin, _first(s), profile="POWO"),
    "empty_profile": lambda m, s: m.test(s.brin, _first(s), profile="", partner_brin=""),
    "unknown_partner": lambda m, s: m.test(s.brin, _first(s), partner_brin="??"),
    "all_profiles": lambda m, s: [
        m.test(s.brin, _first(s), profile=profile, performed_on=m.ago(50 + n))
        for n, profile in enumerate(("POPO", "POVO", "VOVO", "POSWV", "VOSWV"))
    ],
}
for _name, _write in _TESTS.items():
    _plant(f"test_{_name}", "base", _with("test", _write))

_POINTS: dict[str, Situation] = {
    "registered_on_day": lambda m, s: m.point(s.brin, _first(s), registered_on=m.ago(0)),
    "registered_tomorrow": lambda m, s: m.point(s.brin, _first(s), registered_on=m.ago(-1)),
    "all_but_request_tomorrow": lambda m, s: m.point(
        s.brin, _first(s), approved_on=m.ago(-1), key_issued_on=m.ago(-1), registered_on=m.ago(-1)
    ),
    "key_issued_tomorrow": lambda m, s: m.point(s.brin, _first(s), key_issued_on=m.ago(-1)),
    "ended_on_day": lambda m, s: m.point(s.brin, _first(s), ended_on=m.ago(0)),
    "ends_tomorrow": lambda m, s: m.point(s.brin, _first(s), ended_on=m.ago(-1)),
    "ended_long_ago": lambda m, s: m.point(s.brin, _first(s), ended_on=m.ago(100)),
    "ended_and_renewed": lambda m, s: (
        m.point(s.brin, _first(s), ended_on=m.ago(100)),
        m.point(s.brin, _first(s), las="ESIS", registered_on=m.ago(100)),
    ),
    "begun_and_ended_on_one_day": lambda m, s: m.point(s.brin, _first(s), ended_on=m.ago(400)),
    "asked_14_days_ago": lambda m, s: m.waiting(s.brin, _first(s), 14),
    "asked_13_days_ago": lambda m, s: m.waiting(s.brin, _first(s), 13),
    "asked_14_days_ago_ended": lambda m, s: m.waiting(s.brin, _first(s), 14, ended_on=m.ago(2)),
    "asked_14_days_ago_ends_tomorrow": lambda m, s: m.waiting(
        s.brin, _first(s), 14, ended_on=m.ago(-1)
    ),
    "asked_14_days_ago_approved_tomorrow": lambda m, s: m.waiting(s.brin, _first(s), 14, -1),
    "ot_asked_14_days_ago": lambda m, s: m.waiting(s.brin, "7", 14, kind="ot"),
    "approved_30_days_ago": lambda m, s: m.waiting(s.brin, _first(s), 40, 30),
    "approved_29_days_ago": lambda m, s: m.waiting(s.brin, _first(s), 40, 29),
    "approved_30_days_ago_ended": lambda m, s: m.waiting(
        s.brin, _first(s), 40, 30, ended_on=m.ago(1)
    ),
    "approved_without_request": lambda m, s: m.waiting(s.brin, _first(s), 40, 30, requested_on=""),
    "swv_approved_30_days_ago": lambda m, s: m.waiting(
        s.brin, "8", 40, 30, kind="swv", branch_number=s.numbers[0]
    ),
    "first_date_tomorrow": lambda m, s: m.point(s.brin, _first(s), requested_on=m.ago(-1)),
    "without_any_date": lambda m, s: m.waiting(s.brin, _first(s), 0, requested_on=""),
    "without_request": lambda m, s: m.point(
        s.brin, _first(s), requested_on="", approved_on="", key_issued_on=""
    ),
    "without_number": lambda m, s: m.point(s.brin, ""),
    "without_number_linked": lambda m, s: m.point(s.brin, "", branch_number=s.numbers[0]),
    "text_number": lambda m, s: m.point(s.brin, "HOOFD"),
    "text_number_linked": lambda m, s: m.point(s.brin, "HOOFD", branch_number=s.numbers[0]),
    "number_padded": lambda m, s: m.point(s.brin, s.numbers[0]),
    "number_100": lambda m, s: m.point(s.brin, "100"),
    "number_of_no_branch": lambda m, s: m.point(s.brin, "93"),
}
for _name, _write in _POINTS.items():
    _plant(f"point_{_name}", "base", _with("points", _write))
_plant("point_0_without_00_branch", "no00", _with("", lambda m, s: m.point(s.brin, "0")))
_plant(
    "point_only_0_without_00_branch",
    "no00",
    _with("points test", lambda m, s: (m.point(s.brin, "0"), m.test(s.brin))),
)
_plant("point_side_not_covered", "side", _with("side"))
_plant("point_side_padded", "side", _with("side", lambda m, s: m.point(s.brin, s.side)))

_LINKS: dict[str, Situation] = {
    "to_side": lambda m, s: m.point(s.brin, "0", branch_number=s.side),
    "to_own_branch": lambda m, s: m.point(s.brin, str(int(s.side)), branch_number=s.side),
    "to_main_by_side_number": lambda m, s: m.point(s.brin, str(int(s.side)), branch_number="00"),
    "unpadded": lambda m, s: m.point(s.brin, "41", branch_number=str(int(s.side))),
    "joined_dash": lambda m, s: m.point(s.brin, "42", branch_number=f"{s.brin}-{s.side}"),
    "joined_bar": lambda m, s: m.point(s.brin, "43", branch_number=f"{s.brin}|{int(s.side)}"),
    "joined_space": lambda m, s: m.point(s.brin, "44", branch_number=f"{s.brin} {s.side}"),
    "joined_plain": lambda m, s: m.point(s.brin, "45", branch_number=s.brin + s.side),
    "letter_o": lambda m, s: m.point(s.brin, "46", branch_number="OO"),
    "to_never_known": lambda m, s: m.point(s.brin, str(int(s.side)), branch_number="92"),
}
for _name, _write in _LINKS.items():
    _plant(f"link_{_name}", "side", _with("side", _write))
_plant(
    "link_to_never_known_alone",
    "base",
    _with("points", lambda m, s: m.point(s.brin, _first(s), branch_number="92")),
)

_DOUBLES: dict[str, Situation] = {
    "same_number": lambda m, s: m.point(s.brin, _first(s), las="ESIS", registered_on=m.ago(100)),
    "link_and_number": lambda m, s: m.point(
        s.brin, "51", las="Magister", branch_number=s.numbers[0], registered_on=m.ago(90)
    ),
    "tie": lambda m, s: [
        m.point(s.brin, n, las=las, branch_number=s.numbers[0], registered_on=m.ago(80))
        for n, las in (("52", "SOMtoday"), ("9", "EDUscope"), ("TEKST", "ESIS"))
    ],
    "last_without_product": lambda m, s: m.point(
        s.brin, _first(s), las="", registered_on=m.ago(70)
    ),
    "last_with_unknown_product": lambda m, s: m.point(
        s.brin, _first(s), las="Kladblok 3.0", registered_on=m.ago(60)
    ),
    "but_one_ended": lambda m, s: m.point(s.brin, _first(s), las="ESIS", ended_on=m.ago(10)),
    "but_one_tomorrow": lambda m, s: m.point(
        s.brin, _first(s), las="ESIS", registered_on=m.ago(-1)
    ),
}
for _name, _write in _DOUBLES.items():
    _plant(f"double_{_name}", "base", _with("", _write))

for _kind in ("ot", "ldos", "swv"):
    _EXTRAS: dict[str, Situation] = {
        "for_all": lambda m, s, k=_kind: m.point(s.brin, "60", k),
        "linked": lambda m, s, k=_kind: m.point(s.brin, "0", k, branch_number=s.side),
        "linked_to_nothing": lambda m, s, k=_kind: m.point(s.brin, "61", k, branch_number="91"),
        "ended": lambda m, s, k=_kind: m.point(s.brin, "62", k, ended_on=m.ago(3)),
        "text_number": lambda m, s, k=_kind: m.point(s.brin, k.upper(), k),
    }
    for _name, _write in _EXTRAS.items():
        _plant(f"extra_{_kind}_{_name}", "side" if _name == "linked" else "base", _with("", _write))
    _plant(f"extra_{_kind}_not_qualified", "base", _with("test", _EXTRAS["for_all"]))
for _name, _signed in (("with", 200), ("with_tomorrow", -1)):
    _plant(
        f"extra_swv_{_name}_extension",
        "sole",
        _with(
            "",
            lambda m, s, n=_signed: (
                m.agreement(s.board, "swv_extension", n),
                m.point(s.brin, "63", "swv"),
            ),
        ),
    )

_BRANCHES: dict[str, Situation] = {
    "missing": lambda _m, _s: None,
    "removed": lambda m, s: m.branch(s.brin, s.side, removed_on=m.ago(9)),
    "removed_on_day": lambda m, s: m.branch(s.brin, s.side, removed_on=m.ago(0)),
    "removed_tomorrow": lambda m, s: m.branch(s.brin, s.side, removed_on=m.ago(-1)),
    "added_on_day": lambda m, s: m.branch(s.brin, s.side, added_on=m.ago(0)),
    "added_tomorrow": lambda m, s: m.branch(s.brin, s.side, added_on=m.ago(-1)),
    "never_added": lambda m, s: m.branch(s.brin, s.side, added_on=""),
    "joined_in_both": lambda m, s: m.branch(f"{s.brin}-{s.side}", s.side),
}
for _name, _write in _BRANCHES.items():
    _plant(f"branches_{_name}", "side", _with("branches", _write))
_plant("branches_alone_tomorrow", "bare", lambda m, s: m.branch(s.brin, "00", added_on=m.ago(-1)))
_UNKNOWN_BRANCHES: dict[str, Situation] = {
    "unknown": lambda m, s: m.branch(s.brin, "89"),
    "unknown_twice": lambda m, s: [m.branch(s.brin, "89", name=name) for name in ("Noord", "Zuid")],
    "unknown_removed": lambda m, s: m.branch(s.brin, "89", removed_on=m.ago(1)),
    "unknown_tomorrow": lambda m, s: m.branch(s.brin, "89", added_on=m.ago(-1)),
    "main": lambda m, s: m.branch(s.brin, s.numbers[0]),
}
for _name, _write in _UNKNOWN_BRANCHES.items():
    _plant(f"branches_{_name}", "base", _with("", _write))


def _oi(code: str) -> str:
    return code[:2].replace("0", "O").replace("1", "I") + code[2:]


def _clock(brin: str) -> str:
    hour = int(brin[:2]) % 12 + (12 if brin[2:] == "PM" else 0)
    return f"{hour:02}:00:00"


_DAMAGE: dict[str, tuple[str, Callable[[str], str]]] = {
    "lower_case": ("base", str.lower),
    "spaces": ("base", lambda brin: f" {brin[:2]} {brin[2:]} "),
    "o_and_i": ("letters", _oi),
    "all_at_once": ("letters", lambda brin: f"{_oi(brin)[:2]} {brin[2:]}".lower()),
    "clock": ("clock", _clock),
}
for _name, (_need, _damage) in _DAMAGE.items():
    _plant(
        f"repair_{_name}",
        _need,
        lambda m, s, d=_damage: (
            m.account(d(s.brin)),
            m.questions(d(s.brin)),
            m.test(d(s.brin), _first(s)),
            [m.branch(d(s.brin), str(int(n))) for n in s.numbers],
            [m.point(d(s.brin), str(int(n))) for n in s.numbers],
        ),
    )
for _name, _joined in (("dash", "{}-{}"), ("bar", "{}|{}"), ("space", "{} {}")):
    _plant(
        f"repair_branch_{_name}",
        "side",
        _with(
            "branches",
            lambda m, s, j=_joined: [m.branch(s.brin, j.format(s.brin, n)) for n in s.numbers[1:]],
        ),
    )

_BAD: dict[str, Situation] = {
    "brin": lambda m, s: [
        write(code)
        for write in (
            m.account,
            m.questions,
            m.test,
            lambda c: m.branch(c, "00"),
            lambda c: m.point(c, "0"),
        )
        for code in ("", "1X2Y", f"{s.brin}X", s.brin[1:], "?", "00SU-000")
    ],
    "board": lambda m, s: [
        write(code)
        for write in (m.agreement, lambda c: m.account(c, "board"))
        for code in ("", "123456", "ABCDE", s.brin, "12.345")
    ],
    "account_kind_and_name": lambda m, s: m.account(s.board),
    "branch_number": lambda m, s: [
        m.branch(s.brin, n)
        for n in ("", "000", "A1", "-1", "hoofd", f"{s.brin}-000", f"{m.plan.partner}-00")
    ],
    "link": lambda m, s: [
        m.point(s.brin, _first(s), branch_number=n)
        for n in ("000", "A1", "hoofd", f"{s.brin}-000", f"{m.plan.partner}-00")
    ],
    "joined_brin_other_number": lambda m, s: m.branch(f"{s.brin}-00", "01"),
    "kind": lambda m, s: (
        m.account(s.brin, "teacher"),
        m.account(s.brin, ""),
        m.agreement(s.board, "pilot"),
        m.agreement(s.board, ""),
        m.point(s.brin, "0", "sis"),
        m.point(s.brin, "0", ""),
    ),
    "status": lambda m, s: [m.questions(s.brin, status=status) for status in ("", "lost")],
    "result": lambda m, s: [m.test(s.brin, _first(s), result=result) for result in ("", "maybe")],
    "date": lambda m, s: [
        (
            m.account(s.brin, letter_sent_on=bad),
            m.agreement(s.board, ended_on=bad),
            m.questions(s.brin, submitted_on=bad),
            m.branch(s.brin, "00", removed_on=bad),
            m.point(s.brin, "0", key_issued_on=bad),
            m.test(s.brin, performed_on=bad),
        )
        for bad in ("2019-02-30", "1-8-2019", "onbekend")
    ],
    "end_before_begin": lambda m, s: (
        m.account(s.brin, closed_on=m.ago(501)),
        m.agreement(s.board, ended_on=m.ago(601)),
        m.branch(s.brin, "00", removed_on=m.ago(481)),
        m.point(s.brin, "0", ended_on=m.ago(401)),
    ),
    "end_before_begin_tomorrow": lambda m, s: m.point(
        s.brin, "0", registered_on=m.ago(-3), ended_on=m.ago(-2)
    ),
}
for _name, _write in _BAD.items():
    _plant(f"bad_{_name}", "base", _write)

_plant(
    "twice_all",
    "base",
    lambda m, s: [
        (m.full(s), m.branch(s.brin, "00"), m.account(s.board, "board")) for _ in range(3)
    ],
)
_plant(
    "twice_after_repair",
    "base",
    lambda m, s: [
        (m.account(c), m.questions(c), m.test(c, n), m.branch(c, n), m.point(c, n))
        for c, n in ((s.brin, s.numbers[0]), (s.brin.lower(), _first(s)), (f" {s.brin}", _first(s)))
    ],
)
_plant("twice_bad", "base", lambda m, s: [m.questions(s.brin, status="lost") for _ in range(2)])

_plant(
    "night2_school_closes",
    "base",
    _with(
        "",
        lambda m, s: (m.point(s.brin, "TEKST"), m.branch(s.brin, "00"), m.waiting(s.brin, "3", 40)),
    ),
)
_plant("night2_board_closes", "sole", _with("", lambda m, s: m.account(s.board, "board")))
_plant("night2_branch_closes", "side", _with(""))
_plant(
    "night2_linked_branch_closes",
    "side",
    _with(
        "side",
        lambda m, s: [m.point(s.brin, "40", kind, branch_number=s.side) for kind in ("las", "ot")],
    ),
)
_plant("night2_school_merges", "base", _with(""))
_plant("night2_heir", "base", lambda _m, _s: None)
_plant("night2_side_moves", "side", _with(""))
_plant("night2_moves_to_agreement", "base", _with(""))
_plant("night2_moves_to_none", "base", _with(""))
_plant(
    "night2_point_ends",
    "base",
    lambda m, s: (
        m.full(s, "points"),
        [m.point(s.brin, str(int(n)), ended_on=m.ago(-1) if m.second else "") for n in s.numbers],
    ),
)
_plant("night2_rows_vanish", "base", lambda m, s: None if m.second else m.full(s))
_plant("night2_side_point_vanishes", "side", lambda m, s: m.full(s, "side" if m.second else ""))
_plant(
    "night2_questionnaire_vanishes", "base", lambda m, s: m.full(s, "questions" if m.second else "")
)
_plant("night2_agreement_ends", "sole", _with(""))
_plant(
    "night2_point_moves",
    "base",
    lambda m, s: (
        m.full(s, "points"),
        [
            m.point(
                s.brin,
                str(int(n)),
                las="ESIS" if m.second else "ParnasSys",
                registered_on=m.ago(-1 if m.second else 400),
            )
            for n in s.numbers
        ],
        m.second and [m.point(s.brin, str(int(n)), ended_on=m.ago(-1)) for n in s.numbers],
    ),
)
_plant(
    "night2_tested",
    "base",
    _with("test", lambda m, s: m.second and m.test(s.brin, _first(s), performed_on=m.ago(-1))),
)
_plant(
    "night2_questioned",
    "base",
    _with("questions", lambda m, s: m.second and m.questions(s.brin, submitted_on=m.ago(-1))),
)
_plant(
    "night2_registered",
    "base",
    _with(
        "points",
        lambda m, s: m.waiting(
            s.brin, _first(s), 20, 10, registered_on=m.ago(-1) if m.second else ""
        ),
    ),
)

_plant("decided_school", "base", lambda _m, _s: None)
_plant(
    "decided_branch",
    "side",
    _with(
        "side branches",
        lambda m, s: (m.branch(s.brin, "88"), m.point(s.brin, "0", branch_number="88", las="ESIS")),
    ),
)
_plant("decided_served_by", "side", _with("side"))
_plant("decided_served_by_text", "side", _with("side", lambda m, s: m.point(s.brin, "OVERAL")))
_plant("decided_served_by_missing", "side", _with("side"))
_plant("decided_served_by_expired", "side", _with("side"))
_plant("decided_ignore_branch", "side", _with("side"))
_plant("decided_ignore_school", "side", _with("branches"))
_plant("decided_ignore_point", "base", _with("", lambda m, s: m.point(s.brin, "87")))
_plant("decided_ignore_expired", "side", _with("branches"))
_plant("decided_board", "bare", _with(""))


# ---- who holds what


class Plan:
    """Which school and board holds which situation: a function of the branches and the seed."""

    def __init__(self, branches: list[tuple[str, str]], seed: int) -> None:
        """Deal the situations, the scarce needs first."""
        self.seed = seed
        grouped: dict[str, list[str]] = {}
        boards = dict(branches)
        for code in sorted(boards):
            grouped.setdefault(code[:4], []).append(code)
        self.schools = {
            brin: School(brin, boards[codes[0]], tuple(codes)) for brin, codes in grouped.items()
        }
        self.partner = min(self.schools)
        self.of_board: dict[str, list[School]] = {}
        for school in self.schools.values():
            self.of_board.setdefault(school.board, []).append(school)
        self.board_states = self._deal_boards()
        self.situations: dict[str, str] = {}  # name -> BRIN
        self._deal_schools()
        self.by_brin = {brin: name for name, brin in self.situations.items()}
        self.strangers = self._strangers(
            self.schools, ("98QZ", "98ZQ", "97QX", "97XQ", "96ZX", "96XZ", "95QQ")
        )
        self.strange_boards = self._strangers(
            self.of_board, ("99998", "99997", "99996", "01234", "00099")
        )

    @staticmethod
    def _strangers(known: Container[str], candidates: tuple[str, ...]) -> list[str]:
        """Codes that no branch has."""
        return [code for code in candidates if code not in known]

    def dice(self, *key: str) -> Random:
        return Random(":".join((str(self.seed), *key)))

    def _deal_boards(self) -> dict[str, str]:
        """A state for every board; the states of the list go to boards with few schools."""
        dice = self.dice("boards")
        order = sorted(self.of_board)
        dice.shuffle(order)
        order.sort(key=lambda board: not 2 <= len(self.of_board[board]) <= 6)
        states = (
            dict(zip(order, BOARD_STATES, strict=False))
            if len(order) > 3 * len(BOARD_STATES)
            else {}
        )
        for board in order:
            rolled = dice.choices(["plain", "extended", "none", "ended_long_ago"], [52, 38, 7, 3])[
                0
            ]
            states.setdefault(board, rolled)
        return states

    def _fits(self, school: School, need: str) -> bool:
        base = self.board_states[school.board] in ("plain", "extended")
        if need in ("bare", "no00"):
            return (
                (self.board_states[school.board] == "none")
                if need == "bare"
                else "00" not in school.numbers
            )
        main = base and "00" in school.numbers
        return (
            main
            and {
                "base": len(school.codes) == 1,
                "side": len(school.codes) > 1,
                "clock": school.brin[2:] in ("AM", "PM") and 1 <= int(school.brin[:2]) <= 12,
                "letters": bool({"0", "1"} & set(school.brin[:2])),
                "sole": len(school.codes) == 1
                and len(self.of_board[school.board]) == 1
                and self.board_states[school.board] == "plain",
            }[need]
        )

    def _deal_schools(self) -> None:
        order = list(self.schools.values())
        self.dice("schools").shuffle(order)
        free = dict.fromkeys(order)
        for need in ("clock", "no00", "sole", "side", "bare", "letters", "base"):
            fitting = (school for school in order if self._fits(school, need) and school in free)
            wanted = [name for name, (of, _) in SITUATIONS.items() if of == need]
            for name, school in zip(wanted, list(fitting), strict=False):
                self.situations[name] = school.brin
                del free[school]

    def school(self, name: str) -> School | None:
        """The school that holds a situation, or None when none was left for it."""
        brin = self.situations.get(name)
        return self.schools[brin] if brin else None


@lru_cache(maxsize=8)
def _plan(branches: tuple[tuple[str, str], ...], seed: int) -> Plan:
    return Plan(list(branches), seed)


def planted(branches: list[tuple[str, str]], seed: int) -> dict[str, str]:
    """Situation -> the BRIN of the school that holds it."""
    return dict(_plan(tuple(branches), seed).situations)


# ---- the tables


def make_onboarding(
    branches: list[tuple[str, str]], day: date, seed: int, night: int = 1
) -> Tables:
    """The six tables, on `day` (night 1) or the day after (night 2)."""
    plan = _plan(tuple(branches), seed)
    maker = Maker(plan, day, night)
    for board in sorted(plan.of_board):
        _write_board(maker, board, plan.board_states[board])
    for brin, school in plan.schools.items():
        name = plan.by_brin.get(brin)
        if name:
            SITUATIONS[name][1](maker, school)
        else:
            _write_ordinary(maker, school)
    _write_strangers(maker)
    return maker.tables


def _write_board(m: Maker, board: str, state: str) -> None:
    """A board's agreements and account."""
    ending = m.plan.school("night2_agreement_ends")
    dice = m.plan.dice("board", board)
    signed = dice.randint(300, 2500)
    if state in ("plain", "extended"):
        ends = m.second and ending is not None and ending.board == board
        m.agreement(board, signed=signed, ended_on=m.ago(-1) if ends else "")
    if state == "extended":
        m.agreement(board, "swv_extension", dice.randint(30, 299))
    special: dict[str, list[tuple[str, int, str]]] = {
        "signed_on_day": [("base", 0, "")],
        "signed_tomorrow": [("base", -1, "")],
        "ended_on_day": [("base", 900, m.ago(0))],
        "ended_long_ago": [("base", 900, m.ago(200))],
        "ends_tomorrow": [("base", 900, m.ago(-1))],
        "two_active": [("base", 100, ""), ("base", 200, "")],
        "renewed": [("base", 900, m.ago(50)), ("base", 50, "")],
        "extension_only": [("swv_extension", 400, "")],
        "extension_ended": [("base", 500, ""), ("swv_extension", 400, m.ago(7))],
        "extension_on_day": [("base", 500, ""), ("swv_extension", 0, "")],
        "doubled": [("base", 500, ""), ("base", 500, "")],
        "closed_account": [("base", 700, "")],
    }
    for kind, begin, end in special.get(state, []):
        m.agreement(board, kind, begin, ended_on=end)
    if state == "unreadable":
        m.agreement(f"{board[:2]}/{board[2:]}")
    if state == "closed_account":
        m.account(board, "board", closed_on=m.ago(20))
    elif dice.random() < 0.25:
        m.account(board, "board", activated_on=m.ago(dice.randint(100, 500)))


ORDINARY = {
    "": 62,
    "account": 6,
    "questions": 3,
    "points": 3,
    "test": 4,
    "questions points test": 3,
    "points test": 3,
    "account questions points test": 9,
    "waiting": 4,
    "ended": 2,
    "tested badly": 1,
}


def _write_ordinary(m: Maker, school: School) -> None:
    """The story of a school that holds no situation of its own."""
    dice = m.plan.dice("school", school.brin)
    story = dice.choices(list(ORDINARY), list(ORDINARY.values()))[0]
    written = {table: len(rows) for table, rows in m.tables.items()}
    if story in ("waiting", "ended", "tested badly"):
        m.full(school, "points test" if story != "tested badly" else "test")
        for number in school.numbers:
            if story == "waiting":
                m.waiting(
                    school.brin,
                    str(int(number)),
                    dice.randint(1, 60),
                    dice.choice([None, 5, 30, 45]),
                )
            elif story == "ended":
                m.point(school.brin, str(int(number)), ended_on=m.ago(dice.randint(1, 300)))
        m.test(
            school.brin, _first(school), result="failed" if story == "tested badly" else "passed"
        )
    else:
        m.full(
            school,
            story
            + (" side" if dice.random() < 0.15 else "")
            + (" branches" if dice.random() < 0.1 else ""),
        )
    if story in ("", "account") and dice.random() < 0.2:
        m.point(school.brin, "70", dice.choice(["ot", "ldos", "swv"]))
    product = dice.choice(PRODUCTS)
    ends = m.second and m.plan.dice("night 2", school.brin).random() < 0.005
    for table, start in written.items():
        for row in m.tables[table][start:]:
            if row.get("las"):
                row["las"] = product
                row["ended_on"] = row["ended_on"] or (m.ago(-1) if ends else "")
            _shift(m, row, dice.randint(-350, 300))
            if dice.random() < 0.03:
                _hurt(row, dice)


def _shift(m: Maker, row: dict[str, str], days: int) -> None:
    """Move the dates of a row that is long done, all by as much, so that not every school has the same."""
    dates = {name: value for name, value in row.items() if name.endswith("_on") and value}
    if all(value < m.ago(360) for value in dates.values()):
        row.update(
            {
                name: (date.fromisoformat(value) - timedelta(days=days)).isoformat()
                for name, value in dates.items()
            }
        )


def _hurt(row: dict[str, str], dice: Random) -> None:
    """Do to a row's codes what hand-kept files do; every damage has one possible meaning."""
    column = "account_name" if "account_name" in row else "brin"
    number = row.get("branch_number", "")
    if number and dice.random() < 0.5:
        row["branch_number"] = dice.choice(
            [str(int(number)), f"{row[column]}-{number}", f"{row[column]} {int(number)}"]
        )
    row[column] = dice.choice([str.lower, _oi, lambda code: f" {code[:2]} {code[2:]}"])(row[column])


def _write_strangers(m: Maker) -> None:
    """Rows about schools, boards and branches that nobody knows; the first school is complete."""
    for brin in m.plan.strangers:
        m.full(School(brin, "", (f"{brin}00",)))
        m.branch(brin, "00")
    brin = m.plan.strangers[-1]
    m.branch(brin, "01", removed_on=m.ago(5))
    m.point(brin, "1", "ot")
    m.waiting(brin, "2", 20)
    for board in m.plan.strange_boards:
        m.agreement(board.lstrip("0"))
        m.account(board.lstrip("0"), "board")
        m.agreement(board, "swv_extension", 100)
    m.agreement(m.plan.strange_boards[0].lower().replace("9", " 9"), signed=-1)


# ---- what changes in the registry on night 2, and what people decide


@dataclass(frozen=True)
class RegistryChanges:
    """Branch codes that are gone on night 2, and branches with another board."""

    closed: frozenset[str]
    moved: dict[str, str]


def make_registry_changes(branches: list[tuple[str, str]], seed: int) -> RegistryChanges:
    """What the test must do to the branch files before the second night."""
    plan = _plan(tuple(branches), seed)
    closed: set[str] = set()
    for name in ("night2_school_closes", "night2_board_closes", "night2_school_merges"):
        closed |= set(school.codes) if (school := plan.school(name)) else set()
    for name in ("night2_branch_closes", "night2_linked_branch_closes"):
        closed |= {school.codes[-1]} if (school := plan.school(name)) else set()
    moved: dict[str, str] = {}
    for name, wanted in (
        ("night2_moves_to_agreement", ("plain", "extended")),
        ("night2_moves_to_none", ("none",)),
    ):
        school = plan.school(name)
        boards = [board for board, state in sorted(plan.board_states.items()) if state in wanted]
        if school and (others := [board for board in boards if board != school.board]):
            moved |= dict.fromkeys(school.codes, others[0])
    if school := plan.school("night2_side_moves"):  # branches of one school under two boards
        moved[school.codes[-1]] = min(set(plan.of_board) - {school.board}, default=school.board)
    return RegistryChanges(frozenset(closed), moved)


def make_overrides(
    branches: list[tuple[str, str]], day: date, seed: int, night: int = 1
) -> list[dict[str, str]]:
    """People's decisions over the same world; expired ones among them.

    On night 2 one more is taken: a school that has closed since goes on as another.
    """
    plan = _plan(tuple(branches), seed)
    yesterday, later = (day - timedelta(days=1)).isoformat(), (day + timedelta(days=30)).isoformat()
    rows: list[dict[str, str]] = []

    def decide(decision: str, subject: str, value: str, expires_on: str = "") -> None:
        rows.append(
            {
                "decision": decision,
                "subject": subject,
                "value": value,
                "reason": "afgesproken met de school",
                "evidence": "brief",
                "author": "servicedesk",
                "decided_on": (day - timedelta(days=40)).isoformat(),
                "expires_on": expires_on,
            }
        )

    def side(name: str) -> str | None:
        school = plan.school(name)
        return school.codes[-1] if school else None

    if school := plan.school("decided_school"):
        decide("same_as", plan.strangers[0], school.brin, later)
        decide("same_as", plan.strangers[1], school.brin, yesterday)
        decide("same_as", plan.strangers[2], plan.strangers[3])
    closed, heir = plan.school("night2_school_merges"), plan.school("night2_heir")
    if night == 2 and closed and heir:
        decide("same_as", closed.brin, heir.brin)
    if school := plan.school("decided_board"):
        decide("same_as", plan.strange_boards[0], school.board)
    if school := plan.school("decided_branch"):
        decide("same_as", f"{school.brin}88", school.codes[-1])
    for name, number, until in (
        ("decided_served_by", "00", ""),
        ("decided_served_by_text", "OVERAL", later),
        ("decided_served_by_missing", "86", ""),
        ("decided_served_by_expired", "0", yesterday),
    ):
        if code := side(name):
            decide("served_by", code, number, until)
    if code := side("decided_ignore_branch"):
        decide("ignore_flag", code, "branch_without_delivery_point")
    if code := side("decided_ignore_school"):
        decide("ignore_flag", code[:4], "branch_not_in_mijn_oso")
    if school := plan.school("decided_ignore_point"):
        decide("ignore_flag", school.brin, "delivery_point_without_branch", later)
    if code := side("decided_ignore_expired"):
        decide("ignore_flag", code, "branch_not_in_mijn_oso", yesterday)
    return rows


# ---- files


def write_onboarding(
    tables: Tables, folder: Path, form: Literal["csv-comma", "csv-semicolon", "workbook"]
) -> Path:
    """Write six CSV files into `folder`, or one workbook; the answer is the path to read."""
    folder.mkdir(parents=True, exist_ok=True)
    if form == "workbook":
        return _write_workbook(tables, folder / "onboarding.xlsx")
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, COLUMNS[table], delimiter="," if form == "csv-comma" else ";"
            )
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _write_workbook(tables: Tables, path: Path) -> Path:
    """One sheet per table: real date cells, all else text cells, empty cells for absent."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for table, rows in tables.items():
        sheet = book.create_sheet(table)
        sheet.append(COLUMNS[table])
        for row in rows:
            cells = []
            for column in COLUMNS[table]:
                value: str | date | None = row[column] or None
                if value and column.endswith("_on"):
                    value = _as_date(row[column])
                cell = WriteOnlyCell(sheet, value=value)
                if isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd"
                elif value is not None:
                    cell.data_type, cell.number_format = "s", "@"
                cells.append(cell)
            sheet.append(cells)
    book.save(path)
    return path


def _as_date(text: str) -> date | str:
    """A date, or the text as it is when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
