"""A second reading of the business rules, in plain Python, apart from the product.

It reads `contract.md` ("Onboarding records", "Rules", the flags and `reconciliation.outcome`) once
more with lists, dicts and loops, so that a test can hold its answer beside the product's, branch by
branch. It imports nothing of the product. Out of scope: the BRIN register, RIO and transitions;
`closed` and `lapsed` come from the previous release alone.

    files = {"po": read_branch_file(path)}
    reading = read_world(files, read_onboarding(folder), day, previous=None, overrides=[])
    reading.branches["00AA00"]["status"]
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

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
# Per table: the date from which a record counts; the dates between which it is active.
FIRST = {
    "accounts": "requested_on",
    "agreements": "signed_on",
    "questionnaires": "submitted_on",
    "branches": "added_on",
    "delivery_points": "requested_on",
    "test_exchanges": "performed_on",
}
SPAN = {
    "accounts": ("activated_on", "closed_on"),
    "agreements": ("signed_on", "ended_on"),
    "branches": ("added_on", "removed_on"),
    "delivery_points": ("registered_on", "ended_on"),
}
LISTS = {
    ("accounts", "kind"): {"school", "board"},
    ("agreements", "kind"): {"base", "swv_extension"},
    ("questionnaires", "status"): {"draft", "submitted", "approved", "rejected"},
    ("delivery_points", "kind"): {"las", "ot", "ldos", "swv"},
    ("test_exchanges", "result"): {"passed", "failed"},
}
STEPS = ["agreement", "questionnaire", "delivery_point", "test_exchange"]
STATUSES = ["connected", "lapsed", "qualified_not_covered", "in_progress", "not_started"]
HEADERS = {  # every name a column of a branch file has had, spaces trimmed
    "brin": ["INSTELLINGSCODE", "BRIN NUMMER", "BRINNUMMER"],
    "branch_code": ["VESTIGINGSCODE", "VESTIGINGSNUMMER", "VESTIGIGSNUMMER"],
    "board_number": ["BEVOEGD GEZAG NUMMER"],
    "branch_name": ["VESTIGINGSNAAM"],
    "street": ["STRAATNAAM"],
    "house_number": ["HUISNUMMER-TOEVOEGING"],
    "postcode": ["POSTCODE"],
    "city": ["PLAATSNAAM"],
    "municipality": ["GEMEENTENAAM"],
    "province": ["PROVINCIE"],
}
CLOCK = re.compile(r"([0-9]{1,2}):00(?::00)?([AP]M)?")
JOINED = re.compile(r"([0-9OI]{2}[A-Z]{2})[-|]?([0-9OI]{1,2})")

Row = dict[str, str]
State = dict[str, object]
Since = dict[tuple[str, str], date | None]  # (school, step) -> since when passed, None when not
Flag = tuple[str, str, str | None, str | None, str]
Outcome = tuple[str, str | None, str | None, str | None]


# ---- what the last published release knew, and what this one says


@dataclass
class PreviousBranch:
    """A branch as the last published release left it; kept after the branch has closed."""

    connected: bool
    connected_on: date | None
    last_connected_on: date | None


@dataclass
class PreviousSchool:
    """A school's board, and the `as_of` of the first release that showed it under that board.

    `moved_on` is None when the school was never seen to change board.
    """

    board_number: str
    moved_on: date | None


@dataclass
class Previous:
    """All that the next night needs of the published releases before it."""

    as_of: date
    branches: dict[str, PreviousBranch] = field(default_factory=dict)
    branch_codes: set[str] = field(default_factory=set)
    boards: set[str] = field(default_factory=set)
    schools: dict[str, PreviousSchool] = field(default_factory=dict)


@dataclass
class Reading:
    """The state on a day, in plain dicts; dates are `date`, absent is None."""

    branches: dict[str, State]
    schools: dict[str, State]
    steps: dict[tuple[str, str], tuple[bool, date | None]]
    flags: list[Flag]
    outcomes: dict[tuple[str, int], Outcome]
    next_night: Previous

    def to_previous(self) -> Previous:
        """What the next night knows when this reading is published."""
        return self.next_night


# ---- files


def _rows(text: str) -> list[list[str]]:
    """All rows of a CSV text, cells trimmed, by its header's separator; a blank line is []."""
    header = text.split("\n", 1)[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [[cell.strip() for cell in row] for row in rows]


def read_branch_file(path: Path) -> list[Row]:
    """The branches of an address file of any year, under our names, all text."""
    body = path.read_bytes()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252")
    header, *rows = _rows(text)
    where = {
        ours: header.index(name)
        for ours, names in HEADERS.items()
        for name in names
        if name in header
    }
    if missing := {"brin", "branch_code", "board_number"} - set(where):
        raise ValueError(f"{path.name} has no column for {missing}; its header is {header}.")
    branches = [{ours: row[at] for ours, at in where.items()} for row in rows if row]
    for branch in branches:
        if len(branch["branch_code"]) < 3:
            branch["branch_code"] = branch["brin"] + branch["branch_code"].zfill(2)
    return branches


def read_onboarding(folder: Path) -> dict[str, list[Row]]:
    """The six tables, contract columns only; `source_row` as a person counts, the header is 1."""
    tables: dict[str, list[Row]] = {}
    for table, columns in COLUMNS.items():
        header, *rows = _rows((folder / f"{table}.csv").read_text(encoding="utf-8-sig"))
        at = {column: header.index(column) for column in columns}
        tables[table] = [
            {"source_row": str(number)}
            | {column: row[at[column]] if at[column] < len(row) else "" for column in columns}
            for number, row in enumerate(rows, start=2)
            if row
        ]
    return tables


# ---- codes: repaired only where one meaning is possible, else None


def _digits(text: str) -> str:
    return text.replace("O", "0").replace("I", "1")


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+", text) is not None


def read_brin(text: str) -> str | None:
    """A school code, out of lower case, spaces, O or I for a digit, or a spreadsheet's time."""
    code = _compact(text)
    if clock := CLOCK.fullmatch(code):
        hour, half = int(clock[1]), clock[2]
        if half is None and hour < 24:
            return f"{hour % 12 or 12:02}{'AM' if hour < 12 else 'PM'}"
        return f"{hour:02}{half}" if half and 1 <= hour <= 12 else None
    code = _digits(code[:2]) + code[2:]
    return code if re.fullmatch(r"[0-9]{2}[A-Z]{2}", code) else None


def read_board(text: str) -> str | None:
    """A board number of 5 digits, its lost zeroes put back."""
    code = _digits(_compact(text))
    return code.zfill(5) if _is_number(code) and len(code) <= 5 else None


def read_joined(text: str) -> tuple[str, str] | None:
    """(BRIN, branch number) of `00XX-02`, `00XX|2`, `00XX 02`; three digits are no branch."""
    match = JOINED.fullmatch(_compact(text))
    return (_digits(match[1][:2]) + match[1][2:], _digits(match[2]).zfill(2)) if match else None


def read_branch_number(text: str, brin: str) -> str | None:
    """Two digits, out of `2`, `O2` or a joined form that names the row's own school."""
    number = _digits(_compact(text))
    if _is_number(number) and len(number) <= 2:
        return number.zfill(2)
    joined = read_joined(text)
    return joined[1] if joined and joined[0] == brin else None


def read_point_number(text: str) -> str:
    """`02` and `2` are one number; what is no number stays text."""
    return str(int(text)) if _is_number(text) else text


def read_date(text: str) -> date | None:
    """An ISO 8601 calendar date; empty is absent; anything else raises ValueError."""
    if text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"{text!r} is no ISO date.")
    return date.fromisoformat(text) if text else None


# ---- onboarding records


@dataclass
class Record:
    """One onboarding row as read; `brin`, `board` and `link` are after people's decisions."""

    table: str
    row: int
    values: dict[str, str]
    dates: dict[str, date | None] = field(default_factory=dict)
    quarantined: bool = False
    duplicate: bool = False
    decided: bool = False  # a person's same_as changed its code
    counts: bool = False
    brin: str | None = None
    board: str | None = None
    link: str | None = None  # the branch code that the row names

    def begun(self) -> date | None:
        return self.dates[SPAN[self.table][0]]

    def is_active(self) -> bool:
        """Dates after the day are empty by now, so an end that is left is on or before it."""
        return self.counts and bool(self.begun()) and self.dates[SPAN[self.table][1]] is None

    def is_point(self, kind: str | None = None) -> bool:
        return self.table == "delivery_points" and kind in (None, self.values["kind"])

    def number(self) -> str:
        return self.values.get("number") or self.values.get("delivery_point_number") or ""

    def target(self) -> str | None:
        """The branch a point is meant for, open or not: its link, or for LAS its number."""
        number = self.number()
        if self.link is None and self.is_point("las") and _is_number(number) and int(number) < 100:
            return f"{self.brin}{number.zfill(2)}"
        return self.link


def _read_school_and_link(record: Record) -> None:
    """Read the BRIN and the branch number of a school's row, or raise ValueError."""
    values, table = record.values, record.table
    column = "account_name" if table == "accounts" else "brin"
    brin, number = read_brin(values[column]), values.get("branch_number", "")
    joined = read_joined(values[column]) if "branch_number" in values else None
    if joined:  # `00XX-02` for a BRIN: sure only when the branch number says the same
        number = number or (joined[1] if table == "branches" else "")
        brin = joined[0] if read_branch_number(number, joined[0]) == joined[1] else None
    if brin is None:
        raise ValueError(f"{values[column]!r} is no BRIN.")
    record.brin = values[column] = brin
    if number or table == "branches":
        two_digits = read_branch_number(number, brin)
        if two_digits is None:
            raise ValueError(f"{number!r} is no branch of {brin}.")
        values["branch_number"] = two_digits
        record.link = brin + two_digits


def _read_cells(record: Record, row: Row) -> None:
    """Fill a record, its codes repaired; ValueError sends the row to quarantine."""
    table, values = record.table, record.values
    for (of, column), allowed in LISTS.items():
        if of == table and values[column] not in allowed:
            raise ValueError(f"{values[column]!r} is no {column}.")
    if table == "agreements" or values.get("kind") == "board":
        column = "board_number" if table == "agreements" else "account_name"
        record.board = read_board(values[column])
        if record.board is None:
            raise ValueError(f"{values[column]!r} is no board number.")
        values[column] = record.board
    else:
        _read_school_and_link(record)
    for column in COLUMNS[table]:
        if column.endswith("_on"):
            record.dates[column] = read_date((row.get(column) or "").strip())
        elif column in ("number", "delivery_point_number"):
            values[column] = read_point_number(values[column])
        elif column == "partner_brin":
            values[column] = read_brin(values[column]) or values[column]
    begin, end = (record.dates[column] for column in SPAN[table]) if table in SPAN else (None, None)
    if begin and end and end < begin:
        raise ValueError(f"It ends on {end}, before it begins on {begin}.")


def read_record(table: str, at: int, row: Row) -> Record:
    """One row, read or quarantined."""
    texts = [column for column in COLUMNS[table] if not column.endswith("_on")]
    record = Record(table, at, {column: (row.get(column) or "").strip() for column in texts})
    try:
        _read_cells(record, row)
    except ValueError:
        record.quarantined = True
    return record


def read_records(onboarding: dict[str, list[Row]], day: date, same_as: Row) -> list[Record]:
    """All rows in file order: read, doubles marked, decisions applied, later dates emptied."""
    records: list[Record] = []
    seen: set[tuple[object, ...]] = set()
    for table in COLUMNS:
        for position, row in enumerate(onboarding[table], start=2):
            record = read_record(table, int(row.get("source_row") or position), row)
            records.append(record)
            if record.quarantined:
                continue
            identity = (table, *record.values.values(), *record.dates.values())
            record.duplicate = identity in seen
            seen.add(identity)
            _decide(record, same_as)
            first = record.dates[FIRST[table]]
            record.counts = not record.duplicate and not (first and first > day)
            record.dates = {
                column: value if value and value <= day else None
                for column, value in record.dates.items()
            }
    return records


# ---- people's decisions


def _read_any_code(text: str) -> str | None:
    joined = read_joined(text)
    return joined[0] + joined[1] if joined else read_brin(text) or read_board(text)


def read_decisions(overrides: list[Row], day: date) -> dict[str, Row]:
    """Per kind of decision: subject -> value, of those that have not expired on the day."""
    decisions: dict[str, Row] = {"same_as": {}, "served_by": {}, "ignore_flag": {}}
    for row in overrides:
        subject, value = _read_any_code(row["subject"]), row["value"].strip()
        expires_on = read_date((row.get("expires_on") or "").strip())
        if row["decision"] == "same_as":
            value = _read_any_code(value) or ""
        elif row["decision"] == "served_by":
            value = read_point_number(value)
        meant = row["decision"] != "same_as" or len(value) == len(subject or "")
        if subject and meant and not (expires_on and expires_on <= day):
            decisions[row["decision"]][subject] = value
    return decisions


def _decide(record: Record, same_as: Row) -> None:
    """Put the new code for the old: of the branch a row names, else of its school or board."""
    brin, board, link = record.brin or "", record.board or "", record.link or ""
    if link in same_as:
        record.link = same_as[link]
        record.brin = same_as[link][:4]
    elif brin in same_as:
        record.brin = same_as[brin]
        record.link = same_as[brin] + link[4:] if link else None
    elif board in same_as:
        record.board = same_as[board]
    record.decided = bool({link, brin, board} & set(same_as))


# ---- the registry


class Registry:
    """The open branches, the schools and boards they make, and every code known before."""

    def __init__(self, branch_files: dict[str, list[Row]], previous: Previous | None) -> None:
        """Read the files; a branch in two of them counts in the first of po, so, vo."""
        self.branches: dict[str, tuple[str, str]] = {}  # branch -> (board, sector)
        self.schools: dict[str, list[str]] = defaultdict(list)  # school -> branches, lowest first
        for sector in ("po", "so", "vo"):
            for row in branch_files.get(sector, []):
                self.branches.setdefault(row["branch_code"], (row["board_number"], sector))
        for code in sorted(self.branches):
            self.schools[code[:4]].append(code)
        self.boards = {board for board, _ in self.branches.values()}
        self.known_branches = set(self.branches) | (previous.branch_codes if previous else set())
        self.known_schools = {code[:4] for code in self.known_branches}
        self.known_boards = self.boards | (previous.boards if previous else set())

    def board_of(self, brin: str) -> str:
        """The board of the 00 branch, without one of the lowest branch; 00 is the lowest."""
        return self.branches[self.schools[brin][0]][0]


# ---- the rules


def _earliest(dates: Iterable[date | None]) -> date | None:
    return min((one for one in dates if one), default=None)


def _in_order(point: Record) -> tuple[bool, int, str]:
    """Points by number: numbers by value, then texts."""
    number = point.number()
    return (not _is_number(number), int(number) if _is_number(number) else 0, number)


class World:
    """The rules over one day's records; each method is one sentence or two of the contract."""

    def __init__(
        self,
        registry: Registry,
        records: list[Record],
        decisions: dict[str, Row],
        day: date,
        previous: Previous | None,
    ) -> None:
        """Find who serves whom, and who has rows of their own."""
        self.registry, self.decisions, self.day, self.previous = registry, decisions, day, previous
        self.used = [record for record in records if record.counts]
        self.own_rows = {record.brin for record in self.used if record.brin}
        self.points: dict[tuple[str, str], list[Record]] = defaultdict(list)  # (kind, branch)
        self.basis: dict[str, set[str]] = defaultdict(set)
        for point in (one for one in self.used if one.is_point() and one.is_active()):
            for code, basis in self.serves(point).items():
                self.points[point.values["kind"], code].append(point)
                if point.is_point("las"):
                    self.basis[code].add(basis)

    def serves(self, point: Record) -> dict[str, str]:
        """Open branches that a point serves, active or not: override, explicit or convention."""
        own = self.registry.schools.get(point.brin or "", [])
        if point.link is not None:
            served = {code: "explicit" for code in own if code == point.link}
        elif point.is_point("las"):
            served = {code: "convention" for code in own if code == point.target()}
        else:
            served = dict.fromkeys(own, "convention")
        if point.is_point("las") and point.number():
            by = self.decisions["served_by"]
            served |= {code: "override" for code in own if by.get(code) == point.number()}
        return served

    def moved(self) -> dict[str, date | None]:
        """Since when a school is known to be under its board; first sight is no change."""
        moved: dict[str, date | None] = {}
        for brin in self.registry.schools:
            before = self.previous.schools.get(brin) if self.previous else None
            if before is not None and before.board_number != self.registry.board_of(brin):
                moved[brin] = self.day
            else:
                moved[brin] = before.moved_on if before else None
        return moved

    def since(self) -> Since:
        """(school, step) -> since when it is passed, None when it is not."""
        days: dict[tuple[str, str], list[date | None]] = defaultdict(list)
        las = {(p.brin, p.number()) for p in self.used if p.is_point("las") and p.number()}
        for one in self.used:
            if one.table == "accounts" and one.is_active():
                days["account", one.brin or one.board or ""].append(one.begun())
            elif one.table == "agreements" and one.is_active():
                days[one.values["kind"], one.board or ""].append(one.begun())
            elif one.values.get("status") in ("submitted", "approved"):
                days["questionnaire", one.brin or ""].append(one.dates["submitted_on"])
            elif one.values.get("result") == "passed" and (one.brin, one.number()) in las:
                days["test_exchange", one.brin or ""].append(one.dates["performed_on"])
        since: Since = {}
        moved = self.moved()
        for brin, codes in self.registry.schools.items():
            board = self.registry.board_of(brin)
            points = [point for code in codes for point in self.points.get(("las", code), [])]
            signed = _earliest(days["base", board])
            since[brin, "account"] = _earliest(days["account", brin] + days["account", board])
            since[brin, "agreement"] = signed and max(signed, moved[brin] or signed)
            since[brin, "questionnaire"] = _earliest(days["questionnaire", brin])
            since[brin, "delivery_point"] = _earliest(point.begun() for point in points)
            since[brin, "test_exchange"] = _earliest(days["test_exchange", brin])
        return since

    def extended_boards(self) -> set[str]:
        """Boards with an active extension for the support requests of a SWV."""
        rows = (one for one in self.used if one.table == "agreements" and one.is_active())
        return {one.board or "" for one in rows if one.values["kind"] == "swv_extension"}

    def read_schools(self, since: Since) -> dict[str, State]:
        """One dict per open school; its status follows from its branches."""
        schools: dict[str, State] = {}
        for brin, codes in self.registry.schools.items():
            passed = [on for step in STEPS if (on := since[brin, step])]
            schools[brin] = {
                "qualified": len(passed) == len(STEPS),
                "qualified_on": max(passed) if len(passed) == len(STEPS) else None,
                "missing_steps": [step for step in STEPS if not since[brin, step]],
                "board_number": self.registry.board_of(brin),
                "branches": len(codes),
                "branches_covered": sum(("las", code) in self.points for code in codes),
            }
        return schools

    def read_branch(
        self, code: str, qualified_on: date | None, *, agreement: bool, extended: bool
    ) -> State:
        """The state of one open branch."""
        las = self.points.get(("las", code), [])
        before = self.previous.branches.get(code) if self.previous else None
        connected_on = last_connected_on = None
        if before:
            last_connected_on = before.last_connected_on
        if qualified_on and las:
            earliest = _earliest(point.begun() for point in las) or qualified_on
            kept = before.connected_on if before and before.connected else None
            connected_on = kept or max(qualified_on, earliest)
            last_connected_on = self.day
        connected = connected_on is not None
        in_progress = agreement or code[:4] in self.own_rows
        fits = [connected, bool(last_connected_on), bool(qualified_on), in_progress, True]
        newest = max((point.begun() or date.min for point in las), default=None)
        last = min((point for point in las if point.begun() == newest), key=_in_order, default=None)
        bases = [how for how in ("override", "explicit", "convention") if how in self.basis[code]]
        return {
            "status": STATUSES[fits.index(True)],
            "connected": connected,
            "covered": bool(las),
            "coverage_basis": bases[0] if bases else "none",
            "las": last.values["las"] or None if last else None,
            "connected_on": connected_on,
            "last_connected_on": last_connected_on,
            "ot_ready": connected and ("ot", code) in self.points,
            "ldos_ready": connected and ("ldos", code) in self.points,
            "swv_ready": connected and ("swv", code) in self.points and extended,
            "board_number": self.registry.branches[code][0],
            "sector": self.registry.branches[code][1],
        }

    def flags(self, branches: dict[str, State], schools: dict[str, State]) -> list[Flag]:
        """All findings but the ignored; only one flag has a severity in the contract, others ''."""
        held = {one.link for one in self.used if one.table == "branches" and one.is_active()}
        found: list[Flag] = []
        for code, branch in branches.items():
            brin = code[:4]
            if not branch["covered"]:
                idle = "low" if branch["status"] == "not_started" else "medium"
                severity = "high" if schools[brin]["qualified"] else idle
                found.append(("branch_without_delivery_point", brin, code, None, severity))
            if len(self.points.get(("las", code), [])) > 1:
                found.append(("duplicate_delivery_point", brin, code, None, ""))
            if not code.endswith("00") and brin in self.own_rows and code not in held:
                found.append(("branch_not_in_mijn_oso", brin, code, None, ""))
        unknown = [code for code in held if code is not None and code not in branches]
        found += [("branch_unknown_to_registry", code[:4], code, None, "") for code in unknown]
        for point in (one for one in self.used if one.is_point()):
            if flag := self.point_flag(point):
                number = point.number() or None
                found.append((flag, point.brin or "", point.target(), number, ""))
        ignored = self.decisions["ignore_flag"]
        kept = [f for f in found if f[0] not in (ignored.get(f[1]), ignored.get(f[2] or ""))]
        return sorted(kept, key=lambda flag: tuple(part or "" for part in flag))

    def point_flag(self, point: Record) -> str | None:
        """The one finding that a row can have: active and serving nobody, or waiting too long."""
        known, is_open = self.registry, point.brin in self.registry.schools
        if point.is_active():
            if not point.is_point("las") or self.serves(point):
                return None
            was_open = not is_open and point.brin in known.known_schools
            if point.target() in known.known_branches or was_open:
                return "delivery_point_on_closed_branch"
            return "delivery_point_without_branch" if is_open else None
        if not is_open or point.dates["ended_on"] or point.dates["registered_on"]:
            return None
        if approved_on := point.dates["approved_on"]:
            waits = (self.day - approved_on).days
            return "delivery_point_not_registered" if waits >= 30 else None
        requested_on = point.dates["requested_on"]
        waits = (self.day - requested_on).days if requested_on else 0
        return "delivery_point_pending" if waits >= 14 else None

    def outcome(self, record: Record) -> Outcome:
        """What became of a row; what it matched is told of matched rows only."""
        known, codes = self.registry, (record.brin, record.board)
        if record.quarantined or record.duplicate:
            return ("quarantined" if record.quarantined else "duplicate", None, None, None)
        if record.table == "branches":
            is_open, was = record.link in known.branches, record.link in known.known_branches
        elif record.board is not None:
            is_open, was = record.board in known.boards, record.board in known.known_boards
        else:
            is_open, was = record.brin in known.schools, record.brin in known.known_schools
        if not is_open:
            return ("closed" if was else "unknown", None, None, None)
        served = list(self.serves(record)) if record.is_point() else [record.link]
        branch = served[0] if len(served) == 1 else None
        return ("matched_by_override" if record.decided else "matched", *codes, branch)

    def next_night(self, branches: dict[str, State]) -> Previous:
        """What was known with today on top; a branch that has closed is kept, not connected."""
        old = self.previous or Previous(self.day)
        memory = {
            code: PreviousBranch(False, None, was.last_connected_on)
            for code, was in old.branches.items()
        }
        for code, branch in branches.items():
            days = [branch["connected_on"], branch["last_connected_on"]]
            since, last = (on if isinstance(on, date) else None for on in days)
            memory[code] = PreviousBranch(bool(branch["connected"]), since, last)
        schools = dict(old.schools)
        for brin, moved_on in self.moved().items():
            schools[brin] = PreviousSchool(self.registry.board_of(brin), moved_on)
        known = self.registry
        return Previous(self.day, memory, known.known_branches, known.known_boards, schools)


def read_world(
    branch_files: dict[str, list[Row]],
    onboarding: dict[str, list[Row]],
    day: date,
    previous: Previous | None,
    overrides: list[Row],
) -> Reading:
    """The whole contract on a day: steps, statuses, flags and outcomes."""
    decisions = read_decisions(overrides, day)
    registry = Registry(branch_files, previous)
    # docs/adr/0006: a decision whose new code is not open has no effect
    open_codes = {*registry.branches, *registry.schools, *registry.boards}
    decisions["same_as"] = {o: n for o, n in decisions["same_as"].items() if n in open_codes}
    records = read_records(onboarding, day, decisions["same_as"])
    world = World(registry, records, decisions, day, previous)
    since, extended = world.since(), world.extended_boards()
    schools = world.read_schools(since)
    branches: dict[str, State] = {}
    for code in registry.branches:
        school = schools[code[:4]]
        qualified_on = school["qualified_on"]
        branches[code] = world.read_branch(
            code,
            qualified_on if isinstance(qualified_on, date) else None,
            agreement=since[code[:4], "agreement"] is not None,
            extended=school["board_number"] in extended,
        )
    for brin, codes in registry.schools.items():
        statuses = {branches[code]["status"] for code in codes}
        schools[brin]["status"] = next(status for status in STATUSES if status in statuses)
    return Reading(
        branches=branches,
        schools=schools,
        steps={key: (on is not None, on if key[1] in STEPS else None) for key, on in since.items()},
        flags=world.flags(branches, schools),
        outcomes={(record.table, record.row): world.outcome(record) for record in records},
        next_night=world.next_night(branches),
    )
