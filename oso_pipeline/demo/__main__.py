"""The country and its registry from the command line.

python -m oso_pipeline.demo write FOLDER --branches 8600
python -m oso_pipeline.demo serve FOLDER --fault po=truncated_body
python -m oso_pipeline.demo spoil FOLDER/onboarding table_halved --table accounts
python -m oso_pipeline.demo faults
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from threading import Event

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.deliveries import DELIVERY_FAULTS, spoil_onboarding
from oso_pipeline.demo.faults import FAULTS, SOURCES
from oso_pipeline.demo.formats import FILE_NAMES
from oso_pipeline.demo.server import RegistryServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked.

    Returns:
        0, or 2 when what was asked cannot be.
    """
    asked = _parser().parse_args(arguments)
    try:
        asked.run(asked)
    except (ValueError, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m oso_pipeline.demo", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    write = verbs.add_parser("write", help="write a country")
    write.add_argument("folder", type=Path)
    write.add_argument("--branches", type=int, default=300)
    write.add_argument("--seed", type=int, default=1)
    write.add_argument(
        "--as-of", type=date.fromisoformat, required=True, help="the day, as 2026-11-23"
    )
    write.add_argument("--form", choices=list(FILE_NAMES), default="today")
    write.add_argument("--night", type=int, default=1)
    write.add_argument("--days-between", type=int, default=1)
    write.set_defaults(run=_write)
    serve = verbs.add_parser("serve", help="serve a country until interrupted")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--fault", action="append", default=[], metavar="SOURCE=FAULT")
    serve.set_defaults(run=_serve)
    spoil = verbs.add_parser("spoil", help="spoil a delivery of Mijn OSO in place")
    spoil.add_argument("folder", type=Path, help="the six CSV files")
    spoil.add_argument("fault", choices=list(DELIVERY_FAULTS))
    spoil.add_argument("--table", default="delivery_points")
    spoil.set_defaults(run=lambda asked: spoil_onboarding(asked.folder, asked.fault, asked.table))
    faults = verbs.add_parser("faults", help="list the faults and what they mean")
    faults.set_defaults(run=_list_faults)
    return parser


def _write(asked: argparse.Namespace) -> None:
    write_country(
        asked.folder,
        branches=asked.branches,
        seed=asked.seed,
        as_of=asked.as_of,
        form=asked.form,
        night=asked.night,
        days_between=asked.days_between,
    )
    _say([f"Written: {asked.folder}"])


def _serve(asked: argparse.Namespace) -> None:
    faults = dict(told.partition("=")[::2] for told in asked.fault)
    if not (asked.folder / "duo").is_dir():
        raise FileNotFoundError(
            f"{asked.folder} holds no country: `python -m oso_pipeline.demo write {asked.folder} --as-of DATE` writes one."
        )
    with RegistryServer(asked.folder, faults) as server:
        _say(
            [
                f"OSO_DUO_BASE_URL={server.duo_base_url}",
                f"OSO_CKAN_BASE_URL={server.ckan_base_url}",
                f"OSO_ONBOARDING=dir:{(asked.folder / 'onboarding').resolve()}",
            ]
        )
        stop = Event()
        for wish in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wish, lambda *_: stop.set())
        stop.wait()
    _say(["Stopped."])


def _list_faults(_: argparse.Namespace) -> None:
    _say(["Registry (serve --fault SOURCE=FAULT):"])
    for fault in FAULTS.values():
        where = "every source" if fault.sources == SOURCES else ", ".join(sorted(fault.sources))
        _say([f"  {fault.name:22} {fault.meaning} ({where})"])
    _say(["Delivery (spoil FOLDER FAULT):"])
    _say(f"  {fault.name:22} {fault.meaning}" for fault in DELIVERY_FAULTS.values())


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
