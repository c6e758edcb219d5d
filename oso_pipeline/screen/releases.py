"""All nights, and what is done to a release: let go, derived again, reported on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from oso_pipeline.screen.console import ERR, OUT, demo_mark

if TYPE_CHECKING:
    from oso_pipeline.release.prune import Leaving
    from oso_pipeline.release.rebuild import Comparison


def show_releases(nights: Sequence[Mapping[str, Any]]) -> None:
    """All nights, the newest last."""
    if any(night["demo"] for night in nights):
        OUT.print("DEMO. These nights are of a made-up country.")
    if not nights:
        OUT.print("No night has run yet: `oso run`, or `oso demo` to try it.")
        return
    for night in nights:
        verdict = night["verdict"] + (" (latest)" if night["latest"] else "")
        ended = night["at"][:16].replace("T", " ")
        OUT.print(
            f"{night['release_id']}  {night['as_of'] or '-':<10}  {verdict:<18}  {ended} UTC",
            soft_wrap=True,
        )
        for line in night["reason"].splitlines():
            OUT.print(f"    {line}", soft_wrap=True)


def show_leaving(leaving: Sequence[Leaving], *, dry: bool) -> None:
    """What is let go, and why."""
    if not leaving:
        OUT.print("Nothing to let go: everything that is kept is kept by the policy.")
        return
    OUT.print(f"{'Would let go' if dry else 'Let go'} of {len(leaving):,}:")
    for one in leaving:
        OUT.print(f"  {one.path.parent.name}/{one.path.name}  {one.reason}", soft_wrap=True)


def show_comparison(release_id: str, compared: Sequence[Comparison]) -> None:
    """Whether a release that was derived again is what was published."""
    from rich.table import Table

    table = Table("file", "content hash then", "content hash now", "", title=f"Release {release_id}, derived again")  # fmt: skip
    for one in compared:
        table.add_row(one.path, (one.then or "-")[:16], (one.now or "-")[:16], "equal" if one.equal else "DIFFERS")  # fmt: skip
    OUT.print(table)


def show_report(written: Mapping[str, Any]) -> None:
    """Of which release the management report is, and where."""
    OUT.print(
        Text.assemble(
            (f"{demo_mark(written)}Report", "bold"),
            f" of release {written['release_id']} of {written['as_of']}",
        )
    )
    for path in written["files"]:
        OUT.print(f"  {path}  ({path.stat().st_size:,} bytes)", soft_wrap=True)
    if written["verdict"] != "published":
        ERR.print(f"  This release is {written['verdict']}: it is not what people are shown.")
