"""What stands at which address of the registry, and which source of the pipeline it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from oso_pipeline.demo.ckan import SERVER
from oso_pipeline.demo.faults import Fault
from oso_pipeline.demo.formats import FILE_NAMES

DUO, CKAN = "/duo/", "/ckan/"
_PACKAGE_SHOW = f"{CKAN}api/3/action/package_show"
_EPOCH = 1_700_000_000  # seconds; a file's own time would differ from one writing to the next
_TYPES = {".csv": "text/csv", ".zip": "application/zip", ".json": "application/json; charset=utf-8"}
_SOURCES = {name: sector for names in FILE_NAMES.values() for sector, name in names.items()}


@dataclass(frozen=True)
class Answer:
    """What is sent when nothing is wrong on the way.

    Attributes:
        source: which source it is of (``faults.SOURCES``).
        body: its bytes.
        content_type: as in the header.
    """

    source: str
    body: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """A strong tag, made of the body alone."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @property
    def modified(self) -> float:
        """Seconds since 1970, made of the body alone: another body has another time."""
        return _EPOCH + int(hashlib.sha256(self.body).hexdigest()[:6], 16)


@dataclass(frozen=True)
class Site:
    """A country's files behind the registry's addresses.

    Attributes:
        folder: what ``write_country`` wrote; read anew at every request.
        origin: scheme, host and port.
        fault_of: source -> the fault that is set for it.
    """

    folder: Path
    origin: str
    fault_of: Callable[[str], Fault | None]

    def find(self, target: str) -> Answer | None:
        """Find what a request asks for (path and query); none is a 404."""
        url = urlsplit(target)
        path = unquote(url.path)
        if path.startswith(DUO):
            name = path.removeprefix(DUO)
            return self._file("duo", name, _SOURCES.get(name, "register"))
        if path == _PACKAGE_SHOW:
            return self._package(parse_qs(url.query).get("id", [""])[0])
        if path.startswith(f"{CKAN}dataset/"):
            return self._resource(path.rpartition("/")[2])
        return None

    def _file(self, where: str, name: str, source: str) -> Answer | None:
        path = self.folder / where / name
        if "/" in name or not path.is_file():
            return None
        kind = _TYPES.get(path.suffix, "application/octet-stream")
        fault = self.fault_of(source)
        if fault is None or fault.spoil is None:
            return Answer(source, path.read_bytes(), kind)
        return Answer(source, fault.spoil(path.read_bytes()), fault.content_type or kind)

    def _resource(self, name: str) -> Answer | None:
        return self._file("ckan/files", name, _source_of_resource(name))

    def _package(self, name: str) -> Answer | None:
        """Show a package, with the hash and size that its resources have now."""
        path = self.folder / "ckan" / f"{name}.json"
        if "/" in name or not path.is_file():
            return None
        shown = json.loads(path.read_bytes())
        for resource in shown["result"]["resources"]:
            resource["url"] = resource["url"].replace(SERVER, f"{self.origin}{CKAN}")
            body = self._resource(resource["name"])
            if body is not None:
                digest = hashlib.md5(body.body, usedforsecurity=False).hexdigest()
                resource |= {"hash": digest, "size": len(body.body)}
        fault = self.fault_of("ckan")
        body = json.dumps(shown, indent=1).encode()
        if fault is None or fault.spoil is None:
            return Answer("ckan", body, _TYPES[".json"])
        return Answer("ckan", fault.spoil(body), fault.content_type or _TYPES[".json"])


def _source_of_resource(name: str) -> str:
    if name.startswith("besturen"):
        return "boards"
    return "ckan" if name.startswith(("vestigingen", "instellingen")) else "rio"
