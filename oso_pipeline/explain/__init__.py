"""Why a branch, a school or a board has its status: out of a release, without computing anything again.

answer.py      which release is asked, and what kind of code it is
choice.py      the release that a day or an id names
branch.py  school.py  board.py  closed.py   one answer each
parts.py       what answers share: steps with their records, delivery points, findings, events, work
change.py      what would change the answer
decisions.py   the decisions that count for a code or no longer do, and who took them
because.py     the answer in a sentence or two, as one says it on the telephone
"""

from oso_pipeline.explain.answer import explain, explain_in
from oso_pipeline.explain.choice import choose_release
from oso_pipeline.explain.parts import Explanation

__all__ = ["Explanation", "choose_release", "explain", "explain_in"]
