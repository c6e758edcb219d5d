"""`oso`: the command line. Reading verbs never import Dagster; `run` and `demo` do so when they are called."""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from typer import Argument, Exit, Option

from oso_pipeline.errors import ExitCode, PipelineError, UsageError
from oso_pipeline.overrides.cli import app as overrides

if TYPE_CHECKING:
    from pathlib import Path

    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.release.log import Conclusion
    from oso_pipeline.settings import Settings

Found = TypeVar("Found")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Which Dutch schools and branches are connected to OSO, every night.",
)

app.add_typer(overrides, name="overrides")

_FIRST_YEAR, _LAST_YEAR = 1970, 2999
"""Of a day D: months before and after it are computed too."""

AsOf = Annotated[str | None, Option("--as-of", metavar="DATE", help="The day D, as 2026-11-23.")]
AsJson = Annotated[bool, Option("--json", help="Print JSON only.")]


def console() -> NoReturn:
    """The console script: `main`, and then the process is gone.

    Locks, files and the second process end with their `with`. Taking what Python has imported down again, module by module,
    would only make a person wait: half a second after a night, and an eighth of what a reading verb takes.
    Nor is it asked of every installed package whether it holds a plugin for pydantic: ten milliseconds of every verb.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code = 0
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, str):  # a message, which Python shows
            raise
        code = ended.code or 0
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name: what libraries leave to the end
    for screen in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):  # whoever read it has gone
            screen.flush()
    os._exit(code)


def main() -> None:
    """The verb that is asked for: an error that a user can cause is a message and an exit code, never a traceback.

    The process ends with the verb, so nothing is gained by looking for garbage: without it imports take a sixth less
    time, and a night a quarter.
    """
    gc.disable()
    try:
        app()
    except PipelineError as error:
        print(str(error), file=sys.stderr)  # noqa: T201 - this is the screen
        sys.exit(error.exit_code)


@app.command()
def run(as_of: AsOf = None) -> None:
    """The nightly job, once: read the sources, compute, judge, publish."""
    from oso_pipeline.settings import load_settings

    settings = load_settings()
    _finish(settings.data_dir, _run_and_watch(settings, _day(as_of), demo=False))


@app.command()
def demo(
    as_of: AsOf = None,
    branches: Annotated[int, Option(help="The size of the country.", min=20, max=5_000_000)] = 8600,
    seed: Annotated[int, Option(help="Another seed is another country.", min=0)] = 1,
) -> None:
    """The same on an embedded, made-up country, served on loopback; its data folder is DATA/demo.

    The first time it runs three nights, so that there is a past; after that one.
    """
    from oso_pipeline.clock import today
    from oso_pipeline.demo.server import RegistryServer
    from oso_pipeline.demo.stay import Stay, settings_for
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.release.log import read_log
    from oso_pipeline.screen.console import say
    from oso_pipeline.settings import load_settings

    day = _day(as_of) or today()
    data_dir = load_settings().data_dir / "demo"
    country = data_dir / "country"
    stay = Stay.in_folder(data_dir, branches=branches, seed=seed, day=day)
    published = [
        date.fromisoformat(line.as_of)
        for line in read_log(DataFolder(data_dir))
        if line.verdict == "published"
    ]
    nights = stay.nights(day, max(published, default=None))
    with RegistryServer(country) as server:
        settings = settings_for(server, data_dir)
        for number, night in enumerate(nights, start=1):
            say(
                f"DEMO: night {number} of {len(nights)}, {night}, of a made-up country in {country}"
            )
            stay.write(country, night)
            conclusion = _run_and_watch(settings, night, demo=True)
            if night == day or conclusion.exit_code != ExitCode.DONE:
                _finish(data_dir, conclusion)
                return


@app.command()
def explain(
    code: Annotated[str, Argument(help="A branch (00AH00), a school (00AH) or a board (10249).")],
    as_of: AsOf = None,
    release: Annotated[
        str | None, Option("--release", metavar="ID", help="Ask this release.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Why a branch, school or board has its status."""
    from oso_pipeline.explain import explain as explain_code
    from oso_pipeline.screen.explanations import show_explanation

    _show(
        explain_code(_folder(), code, as_of=_day(as_of), release_id=release),
        as_json,
        show_explanation,
    )


@app.command()
def diff(
    before: Annotated[
        str, Argument(metavar="FROM", help="A release (`latest` is one), or a registry file.")
    ],
    after: Annotated[
        str, Argument(metavar="TO", help="A later release, or a later registry file.")
    ],
    register: Annotated[
        str | None,
        Option(
            "--register", metavar="FILE", help="For two files: the register's zip or OVERGANGEN."
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, Option("--csv", help="Print the events as CSV only.")] = False,
) -> None:
    """What changed between two releases, or between two registry files."""
    from pathlib import Path

    from oso_pipeline.clock import today
    from oso_pipeline.diff import diff as find_difference
    from oso_pipeline.screen.answers import show_difference, show_events_as_csv

    if register and not Path(register).is_file():
        raise UsageError(f"--register: there is no file {register}.")
    found = find_difference(_folder(), before, after, Path(register) if register else None, today())
    _show(found, as_json, show_events_as_csv if as_csv else show_difference)


@app.command()
def report(
    release: Annotated[
        str | None, Option("--release", metavar="ID", help="Of this release; the latest if not.")
    ] = None,
    formats: Annotated[
        str, Option("--format", metavar="FORMATS", help="html, xlsx, or both as html,xlsx.")
    ] = "html",
    output: Annotated[
        str, Option("--output", metavar="FOLDER", help="Where to write; the current folder if not.")
    ] = ".",
) -> None:
    """The management report of a release."""
    from pathlib import Path

    from oso_pipeline.report import report as write_report
    from oso_pipeline.screen.releases import show_report

    asked = [name.strip().lower() for name in formats.split(",") if name.strip()]
    show_report(write_report(_folder(), release_id=release, formats=asked, output=Path(output)))


@app.command()
def releases(as_json: AsJson = False) -> None:
    """All nights and their verdicts, the newest last."""
    from dataclasses import asdict

    from oso_pipeline.release.index import read_index
    from oso_pipeline.release.log import read_log
    from oso_pipeline.screen.releases import show_releases

    folder = _folder()
    latest = folder.latest_release_id()
    made_up = bool(latest) and read_index(folder.latest)["demo"]
    nights = [
        asdict(line)
        | {
            "latest": line.release_id == latest and line.verdict == "published",
            "demo": made_up,
        }
        for line in read_log(folder)
    ]
    _show(nights, as_json, show_releases)


@app.command()
def diagnose(
    max_age: Annotated[
        float | None,
        Option(
            "--max-age", metavar="HOURS", help="Exit 1 when the last good night is older.", min=0
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How the pipeline stands, on one page, and what to do next."""
    from oso_pipeline.clock import now
    from oso_pipeline.diagnose.diagnosis import diagnose as look
    from oso_pipeline.screen.diagnosis import show_diagnosis
    from oso_pipeline.settings import load_settings

    found = look(load_settings(), at=now(), max_age=max_age, oso=sys.argv[0])
    _show(found, as_json, show_diagnosis)
    if found["max_age"] and not found["max_age"]["passed"]:
        print(found["max_age"]["line"], file=sys.stderr)  # noqa: T201 - this is the screen
        raise Exit(ExitCode.FAILED)


@app.command()
def publish(
    release_id: Annotated[str, Argument(metavar="ID", help="A release that is held.")],
    accept: Annotated[
        list[str],
        Option("--accept", metavar="CHECK", help="A check that did not pass; again for each."),
    ],
    reason: Annotated[str, Option("--reason", metavar="TEXT", help="Why it may be published.")],
    by: Annotated[
        str | None,
        Option("--by", metavar="NAME", help="Who accepts it; the user's name by default."),
    ] = None,
) -> None:
    """Publish a release that is held; who accepted what, when and why is recorded."""
    from getpass import getuser

    from oso_pipeline.clock import now
    from oso_pipeline.release.accept import accept_held
    from oso_pipeline.release.mend import mend
    from oso_pipeline.screen.console import say
    from oso_pipeline.settings import load_settings

    folder = _folder()
    with folder.hold():
        for done in mend(folder):
            say(f"An earlier run died: {done}.")
        concluded = accept_held(
            folder, release_id, accept, reason=reason, by=by or getuser(), at=now()
        )
    if concluded is None:
        say(f"Release {release_id} is latest already: nothing to do.")
        return
    _finish(load_settings().data_dir, concluded)


@app.command()
def rebuild(
    release_id: Annotated[str, Argument(metavar="ID", help="A release that is kept.")],
) -> None:
    """Derive a release again from its snapshots, and compare content hashes; exit 1 when one differs."""
    from oso_pipeline.screen.console import watching
    from oso_pipeline.screen.releases import show_comparison
    from oso_pipeline.settings import load_settings

    settings = load_settings()
    with watching() as say:
        from oso_pipeline.rebuilding import rebuild as derive_again

        compared = derive_again(settings, release_id, say)
    show_comparison(release_id, compared)
    if not all(one.equal for one in compared):
        raise Exit(ExitCode.FAILED)


@app.command()
def prune(
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would go, and why.")] = False,
) -> None:
    """Let go of what the retention policy no longer keeps (docs/retention.md)."""
    from oso_pipeline.clock import now
    from oso_pipeline.intake.snapshots import SnapshotStore
    from oso_pipeline.release.bounds import load_bounds
    from oso_pipeline.release.mend import mend
    from oso_pipeline.release.prune import plan_to_prune
    from oso_pipeline.release.prune import prune as let_go
    from oso_pipeline.screen.console import say
    from oso_pipeline.screen.releases import show_leaving
    from oso_pipeline.settings import load_settings

    settings, folder = load_settings(), _folder()
    with folder.hold():
        for done in [] if dry_run else mend(folder):
            say(f"An earlier run died: {done}.")
        leaving = plan_to_prune(
            folder, SnapshotStore(folder.raw), load_bounds(settings.gate).retention, now()
        )
        if not dry_run:
            let_go(leaving)
    show_leaving(leaving, dry=dry_run)


def _run_and_watch(settings: Settings, day: date | None, *, demo: bool) -> Conclusion:
    """Run a night and show what it does."""
    from oso_pipeline.clock import today
    from oso_pipeline.screen.console import watching

    with watching() as say:
        say(f"Running the night in {settings.data_dir}")
        if day and day > today():
            say(f"{day} is still to come: once it is published, nights before it are held")
        from oso_pipeline.nightly import run_night

        if (
            not gc.get_freeze_count()
        ):  # once: what a second night froze, DuckDB would call leaked at the end
            gc.freeze()
        return run_night(settings, as_of=day, demo=demo, say=say)


def _finish(data_dir: Path, conclusion: Conclusion) -> None:
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.screen.nights import show_conclusion

    show_conclusion(DataFolder(data_dir), conclusion)
    if conclusion.exit_code != ExitCode.DONE:
        raise Exit(conclusion.exit_code)


def _folder() -> DataFolder:
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.settings import load_settings

    return DataFolder(load_settings().data_dir)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--as-of: expected a day as 2026-11-23, found {text!r}.") from None
    if day and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise UsageError(f"--as-of: expected a day of {_FIRST_YEAR} to {_LAST_YEAR}, found {text}.")
    return day


def _show(found: Found, as_json: bool, show: Callable[[Found], None]) -> None:
    if as_json:
        print(json.dumps(found, default=str, ensure_ascii=False, indent=1))  # noqa: T201
    else:
        show(found)


if __name__ == "__main__":
    console()
