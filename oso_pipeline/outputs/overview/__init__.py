"""`overview/`: the public overview, a static folder that answers one question: is this school connected?

It works opened from a folder and from any web server, and asks no other host for anything but map tiles.

page_data.py    what the page knows, as columns: of a branch that is not connected, only that
downloads.py    the workbook, the CSV and the GeoJSON inside the folder
website.py      index.html and its parts
places.py       names of places as people write them
page/           the template, style, scripts and all text (texts.json), as they are shipped
"""

from __future__ import annotations

from oso_pipeline.outputs.overview.website import write_overview

__all__ = ["write_overview"]
