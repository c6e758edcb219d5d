"""`datapackage.json`: the data files of a release for machines, as the Data Package standard has it (specs.frictionlessdata.io).

Fields come from the contracts, so a meaning is written down once. Pages are no data and are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.contracts.records import SOURCE_NAMES
from oso_pipeline.release.delta import DELTA, DELTA_SCHEMA
from oso_pipeline.release.night import Night

PACKAGE = "datapackage.json"

_TYPES = {
    Type.TEXT: "string", Type.CODE: "string", Type.DATE: "date", Type.MOMENT: "datetime", Type.YES_NO: "boolean",
    Type.COUNT: "integer", Type.NUMBER: "number", Type.LIST: "string",
}  # fmt: skip
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".duckdb": "application/vnd.duckdb",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CC0 = {
    "name": "CC0-1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
    "title": "CC0 1.0: the registry data of DUO",
}
_DELTA_FIELDS = {
    "operation": "added, changed or removed.",
    "key": "The branch.",
    "field": "The column of branch_status; empty for removed.",
    "old": "Its value in the release before; empty for none.",
    "new": "Its value now; empty for none.",
}
_DESCRIPTION = (
    "Which Dutch schools and branches are connected to OSO (Overstapservice Onderwijs). Registry data: DUO (Dienst Uitvoering"
    " Onderwijs), CC0 1.0. Which schools are connected comes from OSO's own records, for which no public licence is given here."
)

Described = tuple[str, str, Table | None]
"""Title, description, and the contract of a table in CSV."""


def make_package(
    night: Night,
    files: Iterable[Mapping[str, Any]],
    sources: pl.DataFrame,
    described: Mapping[str, Described],
) -> str:
    """The text of the file.

    Args:
        night: the inputs of the night.
        files: as FILES_SCHEMA.
        sources: the `sources` table.
        described: path in the release -> what the data file is; `delta.csv` is known.
    """
    found = {file["path"]: file for file in files}
    demo = "DEMO. " if night.demo else ""
    package = {
        "profile": "data-package",
        "name": "oso-connected-schools",
        "id": night.release_id,
        "title": f"{demo}Schools connected to OSO on {night.as_of.isoformat()}",
        "description": demo + _DESCRIPTION,
        "created": night.started_at.isoformat(),
        "version": night.as_of.isoformat(),
        "licenses": [_CC0],
        "sources": _sources(sources),
        "resources": [
            _resource(found[path], *what) for path, what in sorted(described.items())
        ] + [_delta(found[DELTA])],
    }  # fmt: skip
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


def _sources(sources: pl.DataFrame) -> list[dict[str, str]]:
    """Where the data came from; a file of a delivery has no address to show."""
    rows = sources.filter(pl.col("source").is_in(list(SOURCE_NAMES))).sort("source").to_dicts()
    titles = {SOURCE_NAMES[row["source"]]: row["url"] for row in rows}
    return [
        {"title": title} | ({"path": url} if url.startswith("http") else {})
        for title, url in titles.items()
    ]


def _resource(
    file: Mapping[str, Any], title: str, description: str, table: Table | None
) -> dict[str, Any]:
    name, _, ending = file["path"].rpartition("/")[2].rpartition(".")
    resource = {
        "name": f"{name.lower().replace('_', '-')}-{ending}",
        "path": file["path"],
        "title": title,
        "description": description,
        "format": ending,
        "mediatype": _MEDIA_TYPES[f".{ending}"],
    }
    if file["content_hash"] == file["sha256"]:  # else two builds of one release differ in bytes
        resource |= {"bytes": file["bytes"], "hash": f"sha256:{file['sha256']}"}
    if table is None:
        return resource | {"type": "file"}
    fields = [_field(column) for column in table.columns]
    key = {"primaryKey": list(table.key)} if table.key else {}
    return resource | _tabular(fields) | {"schema": {"fields": fields, "missingValues": [""]} | key}


def _delta(file: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {"name": name, "type": "string", "description": _DELTA_FIELDS[name]}
        for name in DELTA_SCHEMA
    ]
    resource = _resource(
        file,
        "Changes since the release before",
        "What to do to a copy of branch_status. A text that a spreadsheet would take for a formula, or that begins with an"
        " apostrophe, has one apostrophe in front.",
        None,
    )
    return resource | _tabular(fields)


def _tabular(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "table",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.choices:
        constraints["enum"] = list(column.choices)
    if column.pattern:
        constraints["pattern"] = column.pattern
    field = {
        "name": column.name,
        "type": _TYPES[column.type],
        "title": column.dutch,
        "description": column.meaning,
    }
    return field | ({"constraints": constraints} if constraints else {})
