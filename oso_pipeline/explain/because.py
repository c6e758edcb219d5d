"""The answer in a sentence or two, as one says it on the telephone; it repeats what the tables decided, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable

from oso_pipeline.explain.parts import Explanation, Row

_BY = {
    "override": "by a decision",
    "explicit": "by its link in Mijn OSO",
    "convention": "by its number",
}
_CEASED = {"merged": "merged", "renumbered": "was renumbered", "split": "was split"}


def because(found: Explanation) -> str:
    """The answer; `found` is an explanation but for the release that it is of."""
    if found["status"] == "closed":
        return _closed(found)
    return {"branch": _branch, "school": _school, "board": _board}[found["kind"]](found)


def _branch(found: Explanation) -> str:
    code, brin, qualified_on = found["code"], found["brin"], found["qualified_on"]
    if found["status"] == "connected":
        points = listed(_point(point) for point in found["delivery_points"] if point["kind"] == "las" and point["active"] and code in point["branches"])  # fmt: skip
        serve = "serves" if " and " not in points else "serve"
        return f"Branch {code} is connected since {found['connected_on']}: school {brin} is qualified since {qualified_on}, and {points} {serve} it {_BY[found['coverage_basis']]}."
    nothing_serves = f"no active LAS delivery point serves branch {code} itself"
    unread = [] if found["covered"] else _unread_points(found)
    if found["status"] == "qualified_not_covered":
        return " ".join([f"School {brin} is qualified since {qualified_on}, but {nothing_serves}, so it is not connected.", *unread])  # fmt: skip
    if found["status"] == "not_started":
        return f"Branch {code} is not connected, and school {brin} has not begun: it has no record of its own in Mijn OSO, and its board has no agreement that is active."
    why = [
        *([] if found["qualified"] else [f"school {brin} is not qualified"]),
        *([] if found["covered"] else [nothing_serves]),
    ]
    last = found["last_connected_on"]
    so = f"is no longer connected (it last was on {last})" if found["status"] == "lapsed" else "is not connected yet"  # fmt: skip
    return " ".join([f"Branch {code} {so}: {listed(why)}.", *_missing(found), *unread])


def _missing(found: Explanation) -> list[str]:
    """Why each missing step does not hold; that nothing serves a branch is said of the branch itself."""
    missing = [step for step in found["steps"] if not step["passed"] and step["step"] != "account"]
    return [step["reason"] for step in missing if step["step"] != "delivery_point" or found["kind"] == "school"]  # fmt: skip


def _unread_points(found: Explanation) -> list[str]:
    """The delivery points that could not be read: one of them may be that of a branch that nothing serves."""
    unread = [row for row in found["not_used"] if row["outcome"] == "quarantined" and row["table"] == "delivery_points"]  # fmt: skip
    return [f"Mind {row['table']} row {row['row']}, which could not be read: {row['reason']}" for row in unread]  # fmt: skip


def _school(found: Explanation) -> str:
    code, branches = found["code"], found["branches"]
    connected = sum(branch["status"] == "connected" for branch in branches)
    covered = sum(branch["covered"] for branch in branches)
    if found["qualified"]:
        of = f"{connected or 'none'} of its {len(branches)} open branches are connected" if len(branches) > 1 else f"its one open branch is {'connected' if connected else 'not connected: no delivery point serves it'}"  # fmt: skip
        return f"School {code} is qualified since {found['qualified_on']}, and {of}."
    if found["status"] == "not_started":
        return f"School {code} has not begun: it has no record of its own in Mijn OSO, and its board has no agreement that is active."
    was = ", and branches of it that were connected no longer are" if found["status"] == "lapsed" else ""  # fmt: skip
    serves = [] if len(branches) == 1 else [f"A delivery point serves {covered or 'none'} of its {len(branches)} open branches."]  # fmt: skip
    return " ".join([f"School {code} is not qualified{was}.", *_missing(found), *serves])


def _board(found: Explanation) -> str:
    schools = found["schools"]
    if not schools:
        return str(found["reason"])
    connected = sum(school["status"] == "connected" for school in schools)
    count = f"{connected or 'none'} of its {len(schools)} open schools are connected" if len(schools) > 1 else f"its one open school is {'' if connected else 'not '}connected"  # fmt: skip
    return f"{found['reason']} {count[0].upper()}{count[1:]}."


def _closed(found: Explanation) -> str:
    code, history = found["code"], found["history"]
    if found["went_on"]:
        row: Row = found["went_on"][0]
        into = listed(row["successors"]) or f"{listed(row['ended_as'])}, which is not open either"
        return f"{code} is not open: it {_CEASED[row['event']]} on {row['effective_on']}, and went on as {into}."  # fmt: skip
    if not history:  # it is known by what is said of its records
        rows = sorted(found["not_used"], key=lambda row: row["table"] == "branches")
        return str(rows[0]["reason"]).partition(". ")[0].removesuffix(".") + "."
    closed = [event for event in found["events"] if event["event"] == "branch_closed"]
    if closed and found["kind"] == "branch":
        return (
            f"{code} is not open: it closed on {closed[-1]['effective_on']}, as the register says."
        )
    until = history[-1]["until_on"]
    last = f"; the release of {until} is the first that does not show it any more" if until else ""
    return f"{code} is not open{last}. Nothing says that it went on as another code."


def _point(point: Row) -> str:
    product = f" ({point['las']})" if point["las"] else ""
    return f"LAS delivery point {point['number'] or '(without number)'}{product}"


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    told = [*words]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
