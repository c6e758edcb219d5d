"""The release that is asked."""

from __future__ import annotations

from datetime import date

from oso_pipeline.errors import UsageError
from oso_pipeline.release.database import DATABASE
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import read_log


def choose_release(folder: DataFolder, *, as_of: date | None, release_id: str | None) -> str:
    """The release that is asked.

    Raises:
        UsageError: there is none.
    """
    if release_id:
        if not (folder.release(release_id) / DATABASE).is_file():
            raise UsageError(
                f"There is no release {release_id} with tables in {folder.releases}."
                " `oso releases` lists them."
            )
        return release_id
    if as_of is None:
        latest = folder.latest_release_id()
        if latest is None:
            raise UsageError("Nothing is published yet: run `oso run`, or `oso demo` to try it.")
        return latest
    published = [
        line.release_id
        for line in read_log(folder)
        if line.verdict == "published" and date.fromisoformat(line.as_of) <= as_of
    ]
    if not published:
        raise UsageError(
            f"No release of {as_of} or before was published. `oso releases` lists them."
        )
    chosen = published[-1]
    if not (folder.release(chosen) / DATABASE).is_file():
        kept = [one for one in published if (folder.release(one) / DATABASE).is_file()]
        near = f" The last one before it that is kept is {kept[-1]}: ask it with --release." if kept else ""  # fmt: skip
        raise UsageError(
            f"On {as_of} release {chosen} was latest; the retention policy has let it go.{near}"
        )
    return chosen
