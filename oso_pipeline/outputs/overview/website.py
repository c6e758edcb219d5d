"""The folder of the overview: index.html, its style and scripts, the data, the map's libraries and the downloads.

Scripts are classic ones: modules do not load from a folder. The page's own policy (CSP) allows scripts of the folder
and pictures of the tile server, and no other request.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from oso_pipeline.contracts.records import SOURCE_NAMES
from oso_pipeline.outputs.overview.downloads import write_downloads
from oso_pipeline.outputs.overview.page_data import page_columns, page_rows
from oso_pipeline.outputs.parts import dutch_day, dutch_moment, dutch_number

_OWN = (
    "style.css", "words.js", "rows.js", "search.js", "answer.js", "lists.js", "map.js", "page.js", "licences.txt",
)  # fmt: skip
_TEMPLATE = "index.html.jinja"
_TEXTS = "texts.json"
_MEGABYTE = 1_000_000
_PARTS = "page"
"""Everything but index.html and the downloads, beside index.html."""


def write_overview(
    folder: Path,
    tables: Mapping[str, pl.DataFrame],
    workbook: Path,
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> None:
    """Write the public overview: the same input gives the same bytes.

    Args:
        folder: the folder to make; it must not exist.
        tables: the marts; `branch_status`, `connected_schools` and `sources` are read.
        workbook: the workbook of the release; a copy goes along as a download.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up; the page says so.

    Raises:
        FileExistsError: the folder is there already.
    """
    parts = folder / _PARTS
    parts.mkdir(parents=True)
    branches = tables["branch_status"]
    downloads = write_downloads(folder, tables["connected_schools"], branches, workbook)
    source = files("oso_pipeline.outputs.overview") / _PARTS
    texts = json.loads((source / _TEXTS).read_text(encoding="utf-8"))
    tiles = _tiles()
    for name in _OWN:
        (parts / name).write_bytes((source / name).read_bytes())
    _copy_map_libraries(parts)
    data = {"columns": page_columns(page_rows(branches)), "texts": texts["script"], "tiles": tiles}
    _write(parts / "data.js", f"const OVERVIEW = {_json(data)};\n")
    page = _template().render(
        texts=texts["page"],
        parts=_PARTS,
        tile_host="{0.scheme}://{0.netloc}".format(urlsplit(tiles["url"])),
        day=dutch_day(as_of),
        release_id=release_id,
        demo=demo,
        connected=dutch_number(int(branches["connected"].sum())),
        branches=dutch_number(branches.height),
        downloads=[_download(path, texts["page"]["downloads"]["files"]) for path in downloads],
        sources=_sources(tables["sources"]),
    )
    _write(folder / "index.html", page)


@cache
def _template() -> Any:  # noqa: ANN401 - jinja2 is imported only when a page is made
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("oso_pipeline.outputs.overview", _PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(_TEMPLATE)


def _tiles() -> dict[str, Any]:
    """PDOK's quiet base map of the Netherlands: its address, attribution and zoom levels."""
    from xyzservices import providers

    base = providers.nlmaps.grijs
    return {
        "url": base.build_url(x="{x}", y="{y}", z="{z}"),
        "attribution": base.html_attribution,
        "minZoom": base.min_zoom,
        "maxZoom": base.max_zoom,
        "bounds": base.bounds,
    }


def _copy_map_libraries(parts: Path) -> None:
    from xstatic.pkg import leaflet, leaflet_markercluster

    for package, names in (
        (leaflet, ("leaflet.js", "leaflet.css")),
        (leaflet_markercluster, ("leaflet.markercluster.js", "MarkerCluster.css")),
    ):
        for name in names:
            shutil.copyfile(Path(package.BASE_DIR) / name, parts / name)


def _download(path: Path, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "href": f"{path.parent.name}/{path.name}",
        "name": names[path.suffix],
        "kind": path.suffix[1:].upper() if path.suffix != ".geojson" else "GeoJSON",
        "size": _size(path.stat().st_size),
    }


def _size(size: int) -> str:
    """557 kB, or 1,2 MB."""
    if size < _MEGABYTE:
        return f"{-(-size // 1000)} kB"
    return f"{size / _MEGABYTE:.1f} MB".replace(".", ",")


def _sources(sources: pl.DataFrame) -> list[dict[str, Any]]:
    """The sources under the names that people know, in the order of that list; several tables may be one delivery."""
    known = {source: place for place, source in enumerate(SOURCE_NAMES)}
    named = (
        sources.filter(pl.col("source").is_in(list(known)))
        .sort(pl.col("source").replace_strict(known, return_dtype=pl.Int64))
        .with_columns(pl.col("source").replace_strict(SOURCE_NAMES).alias("name"))
        .group_by("name", maintain_order=True)
        .agg(pl.col("fetched_at").max(), pl.col("fallback").any())
    )
    return [
        {"name": name, "fetched": dutch_moment(fetched), "fallback": fallback}
        for name, fetched, fallback in named.iter_rows()
    ]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
