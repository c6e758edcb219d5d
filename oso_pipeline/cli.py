"""`oso`: the command line. Reading verbs never import Dagster; `run` and `demo` do so when they are called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer import Argument, Exit, Option

from oso_pipeline.errors import ExitCode, PipelineError, UsageError
from oso_pipeline.overrides.cli import app as overrides

if TYPE_CHECKING:
    from pathlib import Path

    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.release.publish import Conclusion
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

AsOf = Annotated[str | None, Option("--as-of", metavar="DATE", help="The day D, as 2026-11-23.")]
AsJson = Annotated[bool, Option("--json", help="Print JSON only.")]


def main() -> None:
    """The console script: an error that a user can cause is a message and an exit code, never a traceback."""
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
    from oso_pipeline.release.publish import read_log
    from oso_pipeline.screen import say
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
    from oso_pipeline.screen import show_explanation

    _show(
        explain_code(_folder(), code, as_of=_day(as_of), release_id=release),
        as_json,
        show_explanation,
    )


@app.command()
def diff(
    before: Annotated[str, Argument(metavar="FROM", help="A release, or a registry file.")],
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
    from oso_pipeline.screen import show_difference, show_events_as_csv

    if register and not Path(register).is_file():
        raise UsageError(f"--register: there is no file {register}.")
    found = find_difference(_folder(), before, after, Path(register) if register else None, today())
    _show(found, as_json, show_events_as_csv if as_csv else show_difference)


@app.command()
def releases(as_json: AsJson = False) -> None:
    """All nights and their verdicts, the newest last."""
    from dataclasses import asdict

    from oso_pipeline.release.previous import read_index
    from oso_pipeline.release.publish import read_log
    from oso_pipeline.screen import show_releases

    folder = _folder()
    latest = folder.latest_release_id()
    made_up = bool(latest) and read_index(folder.latest)["demo"]
    nights = [
        asdict(line) | {"latest": line.release_id == latest, "demo": made_up}
        for line in read_log(folder)
    ]
    _show(nights, as_json, show_releases)


def _run_and_watch(settings: Settings, day: date | None, *, demo: bool) -> Conclusion:
    """Run a night and show what it does.

    The process ends with the night, so nothing is gained by looking for garbage: without it, importing Dagster and
    running the job take a quarter less time.
    """
    import gc

    from oso_pipeline.screen import watching

    gc.disable()
    with watching() as say:
        say(f"Running the night in {settings.data_dir}")
        from oso_pipeline.nightly import run_night

        if (
            not gc.get_freeze_count()
        ):  # once: what a second night froze, DuckDB would call leaked at the end
            gc.freeze()
        return run_night(settings, as_of=day, demo=demo, say=say)


def _finish(data_dir: Path, conclusion: Conclusion) -> None:
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.screen import show_conclusion

    show_conclusion(DataFolder(data_dir), conclusion)
    if conclusion.exit_code != ExitCode.DONE:
        raise Exit(conclusion.exit_code)


def _folder() -> DataFolder:
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.settings import load_settings

    return DataFolder(load_settings().data_dir)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--as-of: expected a day as 2026-11-23, found {text!r}.") from None


def _show(found: Found, as_json: bool, show: Callable[[Found], None]) -> None:
    if as_json:
        print(json.dumps(found, default=str, ensure_ascii=False, indent=1))  # noqa: T201
    else:
        show(found)


if __name__ == "__main__":
    main()
