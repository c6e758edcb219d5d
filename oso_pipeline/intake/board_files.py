"""boards: the boards' names, one file per sector, found through CKAN's `package_show` (domain.md 2.1).

Resource ids change over the years, so a file is found by its package and its name. The branch files carry a board's
number only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from oso_pipeline.codes import read_board_number
from oso_pipeline.contracts.registry import BOARD_FILE, FileContract
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.guards import refuse_what_is_no_table
from oso_pipeline.intake.http import MEBIBYTE, Arrival, Fetcher, NotModified, is_known
from oso_pipeline.intake.reading import (
    Reading,
    ignore,
    quarantine,
    quarantine_misfits,
    read_count,
    read_written,
    refuse_what_cannot_be_read,
    signal,
)
from oso_pipeline.intake.snapshots import Snapshot
from oso_pipeline.wording import sentence

PACKAGES = {
    "boards_po": ("adressen_bo", "besturenbo.csv"),
    "boards_so": ("adressen_so", "besturenso.csv"),
    "boards_vo": ("adressen_vo", "besturenvo.csv"),
}
"""Source -> CKAN package and file name."""

LARGEST_ANSWER = 8 * MEBIBYTE
LARGEST_BODY = 256 * MEBIBYTE

ROWS_SCHEMA = {
    "source": pl.String(),
    SOURCE_ROW: pl.Int64(),
    "board_number": pl.String(),
    "board_name": pl.String(),
}


def fetch_board_file(
    fetcher: Fetcher, base_url: str, source: str, into: Path, known: Snapshot | None = None
) -> Arrival:
    """Ask the catalogue where the file is, and fetch it.

    Raises:
        NotModified: the body is that of the snapshot that is known.
        SourceUnreachable: no body arrived.
        SourceUnreadable: the catalogue does not name the file, or what arrived is not such a file.
    """
    return fetch_from_package(fetcher, base_url, PACKAGES[source], BOARD_FILE, source, into, known)


def fetch_from_package(
    fetcher: Fetcher,
    base_url: str,
    package_and_file: tuple[str, str],
    contract: FileContract,
    source: str,
    into: Path,
    known: Snapshot | None = None,
) -> Arrival:
    """Ask the catalogue where a file of a package is, fetch it, and look at its header.

    What the catalogue says of the file (hash, size, when it was modified) is written down among the snapshot's headers:
    while it says the same, the file is not fetched again.

    Raises:
        NotModified: the body is that of the snapshot that is known.
        SourceUnreachable: no body arrived.
        SourceUnreadable: the catalogue does not name the file, or what arrived is not such a file.
    """
    package, file_name = package_and_file
    url = package_address(base_url, package)
    fetcher.download(url, into, cap=LARGEST_ANSWER)
    resource = _find_resource(into.read_bytes(), file_name, what=f"{source} ({url})")
    said = _said_of(resource)
    if known and "ckan-hash" in said and said.items() <= known.headers.items():
        raise NotModified(known)
    address = resource.get("url")
    if not address:
        raise SourceUnreadable(
            f"{source} ({url}): expected an address of resource {file_name}, found none. Look at the package in a browser."
        )
    came = fetcher.download(str(address), into, cap=LARGEST_BODY, known=known)
    arrival = replace(came, headers=came.headers | said)
    if is_known(arrival, known):
        return arrival
    refuse_what_is_no_table(into, what=f"{source} ({file_name})")
    refuse_what_cannot_be_read(into.read_bytes(), contract, source)
    return arrival


def package_address(base_url: str, package: str) -> str:
    """Where the catalogue tells of a package."""
    return f"{base_url}api/3/action/package_show?id={package}"


def said_of_file(answer: bytes, file_name: str, *, what: str) -> dict[str, str]:
    """What the catalogue says of a file of a package, as it is written down among a snapshot's headers.

    Raises:
        SourceUnreadable: it is no answer of a catalogue, or does not name the file, or names several.
    """
    return _said_of(_find_resource(answer, file_name, what=what))


def _said_of(resource: Mapping[str, object]) -> dict[str, str]:
    return {
        f"ckan-{name}": str(resource[name])
        for name in ("hash", "size", "last_modified")
        if resource.get(name)
    }


def _find_resource(answer: bytes, file_name: str, *, what: str) -> dict[str, object]:
    try:
        package = json.loads(answer)
    except (ValueError, RecursionError):
        raise SourceUnreadable(
            f"{what}: expected the catalogue's JSON, found {answer[:60]!r}. Check OSO_CKAN_BASE_URL."
        ) from None
    match package:
        case {"success": True, "result": {"resources": [*resources]}}:
            found = [each for each in resources if isinstance(each, dict)]
        case _:
            raise SourceUnreadable(
                f"{what}: expected success and a list of resources, found {answer[:120]!r}."
                " Look at the address in a browser; check OSO_CKAN_BASE_URL."
            )
    named = [each for each in found if _names(each, file_name)]
    chosen = [each for each in named if str(each.get("format")).lower() == "csv"] or named
    addresses = {str(each.get("url")): each for each in chosen}
    if len(addresses) > 1:
        raise SourceUnreadable(
            f"{what}: expected one resource {file_name}, found {len(addresses)}, at {', '.join(sorted(addresses))}."
            " Which one is meant cannot be known: look at the package in a browser, and ask the registry to take one out."
        )
    if chosen:
        return {str(name): value for name, value in chosen[0].items()}
    names = sorted(str(each["name"]) for each in found if each.get("name"))
    raise SourceUnreadable(
        f"{what}: expected a resource {file_name}, found {', '.join(names) or 'none'}."
        " If it was renamed, change its name in intake/board_files.py or intake/rio.py."
    )


def _names(resource: dict[str, object], file_name: str) -> bool:
    last_of_url = unquote(str(resource.get("url"))).partition("?")[0].rsplit("/", 1)[-1]
    return file_name in {str(resource.get("name")).lower(), last_of_url.lower()}


def read_board_file(body: bytes, source: str, *, snapshot_id: str) -> Reading:
    """Read a board file.

    Returns:
        Rows as ROWS_SCHEMA, each board's number once.

    Raises:
        SourceUnreadable: not delimited text, or a used column is missing.
    """
    written, misfits, column_signals = read_written(body, BOARD_FILE, source)
    number = read_board_number(pl.col("board_number"))
    read = written.with_columns(
        pl.lit(source).alias("source"),
        number.struct["board_number"].alias("number"),
        number.struct["repair"].alias("repair"),
    )
    numbered = read.filter(pl.col("number").is_not_null())
    kept = numbered.unique("number", keep="first", maintain_order=True)
    again = numbered.join(kept, on=SOURCE_ROW, how="anti")
    refused = read.filter(pl.col("number").is_null()).with_columns(
        pl.lit("board_number_unreadable").alias("rule"),
        sentence(
            "{}, row {}: BEVOEGD GEZAG NUMMER {} is not a board's number; expected five digits.",
            "source",
            SOURCE_ROW,
            pl.col("board_number").fill_null("(empty)"),
        ).alias("reason"),
    )
    return Reading(
        rows=kept.with_columns(pl.col("number").alias("board_number")).select(*ROWS_SCHEMA),
        ignored=ignore(again, source, "code_again"),
        quarantined=pl.concat(
            [
                quarantine(refused, source, snapshot_id, ["board_number", "board_name"]),
                quarantine_misfits(misfits, source, snapshot_id),
            ]
        ),
        signals=pl.concat(
            [
                column_signals.with_columns(pl.lit(source).alias("source")),
                signal(source, "repaired", "A damaged number was repaired; the subject names the repair.", rows=kept.filter(pl.col("repair").is_not_null()), subject=pl.col("repair")),
                signal(source, "code_again", "The number stands in this file more than once; its first row counts.", rows=again, subject=pl.col("number")),
            ]
        ),
        read=read_count(source, snapshot_id, written.height + misfits.height),
    )  # fmt: skip
