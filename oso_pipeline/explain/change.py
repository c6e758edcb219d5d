"""What would change the answer: one line per missing thing, concrete enough to do (contract.md, Rules: Steps).

Each line is `step, code, number, text`: the step that would come to hold, by what board, school or branch, with which
delivery point. All of them together make the branch connected. Of a branch that is connected each line by itself ends that.
"""

from __future__ import annotations

from oso_pipeline.explain.parts import Row


def would_connect(
    brin: str, board: str | None, steps: list[Row], uncovered: list[str], points: list[Row]
) -> list[Row]:
    """What a school and its branches miss.

    Args:
        brin: the school.
        board: the board that governs it; None when the registry names none.
        steps: its steps, with their records.
        uncovered: the branches asked about that no delivery point covers, in order.
        points: its delivery points.
    """
    missing = [step["step"] for step in steps if not step["passed"]]
    lines = []
    if "agreement" in missing:
        lines.append(_agreement(brin, board))
    if "questionnaire" in missing:
        lines.append(_line("questionnaire", brin, None, f"the questionnaire of school {brin} sent in"))  # fmt: skip
    covers = [_cover(branch, points) for branch in uncovered]
    if "test_exchange" not in missing:
        return [*lines, *covers]
    tested = _numbers_tested(steps)
    awaited = [cover for cover in covers if cover["number"] in tested]
    for cover in awaited:
        cover["text"] += f"{ALSO_TESTED} {cover['number']} count"
    return [*lines, *covers, *([] if awaited else _test(brin, uncovered, points))]


ALSO_TESTED = "; it makes the test exchange that was passed with"
"""A test that was passed by a number that no point of the school has yet counts from the day that there is one."""


def _numbers_tested(steps: list[Row]) -> set[str]:
    """The numbers of the test exchanges that were passed."""
    records = next(step["records"] for step in steps if step["step"] == "test_exchange")
    says = [(record["key"].partition("/")[2], record["says"] or "") for record in records]
    return {number for number, said in says if "performed_on" in said and "result passed" in said}


def would_disconnect(branch: str, board: str | None, points: list[Row]) -> list[Row]:
    """What would end that a branch is connected, each by itself; the other steps, once taken, stay taken."""
    serving = [point for point in points if _serves(point, branch)]
    names = " and ".join(_name(point) for point in serving)
    number = serving[0]["number"] if len(serving) == 1 else None
    return [
        _line("agreement", board, None, f"the agreement of board {board} ending, or the school coming under a board without one"),
        _line("delivery_point", branch, number, f"{names} ending{'' if len(serving) == 1 else ', all of them'}"),
    ]  # fmt: skip


def _line(step: str, code: str | None, number: str | None, text: str) -> Row:
    return {"step": step, "code": code, "number": number, "text": text}


def _agreement(brin: str, board: str | None) -> Row:
    if board is None:
        text = f"a board for school {brin} in the registry, and an agreement signed by it"
    else:
        text = f"an agreement signed by board {board}"
    return _line("agreement", board, None, text)


def _cover(branch: str, points: list[Row]) -> Row:
    """A LAS point with the branch's own number serves it; one that is there already may only need a last step."""
    number = own_number(branch)
    on_its_way = [point for point in points if point["kind"] == "las" and branch in point["branches"] and point["number"] and not point["active"] and point["ended_on"] is None]  # fmt: skip
    if on_its_way:
        point = on_its_way[0]
        if point["approved_on"]:
            so_far = f", which is approved since {point['approved_on']}"
        elif point["requested_on"]:
            so_far = f", which is requested since {point['requested_on']} and waits for approval"
        else:
            so_far = ", which is there without a day"
        text = f"{_name(point)}{so_far}, registered (it is for branch {branch})"
        return _line("delivery_point", branch, point["number"], text)
    text = f"a LAS delivery point with number {number} registered for branch {branch}"
    return _line("delivery_point", branch, number, f"{text}{_ended(branch, points)}{_or_link(branch, points)}")  # fmt: skip


def _ended(branch: str, points: list[Row]) -> str:
    ended = [point for point in points if point["kind"] == "las" and branch in point["branches"] and point["ended_on"]]  # fmt: skip
    if not ended:
        return ""
    last = max(ended, key=lambda point: point["ended_on"])
    return f" ({_name(last)} ended on {last['ended_on']})"


def _or_link(branch: str, points: list[Row]) -> str:
    idle = [point for point in points if point["kind"] == "las" and point["active"] and not point["branches"]]  # fmt: skip
    if not idle:
        return ""
    names = " or ".join(_name(point) for point in idle)
    return f", or {names}, which serve{'s' if len(idle) == 1 else ''} no branch, linked to {branch}"


def _test(brin: str, uncovered: list[str], points: list[Row]) -> list[Row]:
    """A test counts by the number of any LAS point that the school has, or is to have for one of these branches."""
    numbered = [point for point in points if point["kind"] == "las" and point["number"] and point["ended_on"] is None]  # fmt: skip
    usable = sorted(numbered, key=lambda point: (not point["active"], point["source_row"]))
    lines = []
    if usable:
        number = usable[0]["number"]
    elif uncovered:
        number = own_number(uncovered[0])
    else:
        branch = next(code for point in points if point["active"] for code in point["branches"])
        number = own_number(branch)
        lines.append(_line("delivery_point", branch, number, f"a LAS delivery point that has a number, as {number} for branch {branch}: the one that serves it has none, so no test can name it"))  # fmt: skip
    return [*lines, _line("test_exchange", brin, number, f"a test exchange passed by school {brin} with delivery point {number}")]  # fmt: skip


def own_number(branch: str) -> str:
    """The number of the delivery point that serves a branch by convention: 2 for 00XX02."""
    return str(int(branch[4:]))


def _serves(point: Row, branch: str) -> bool:
    return bool(point["kind"] == "las" and point["active"] and branch in point["branches"])


def _name(point: Row) -> str:
    return f"LAS delivery point {point['number'] or '(without number)'}"
