"""Serves a made-up country on loopback as the registry does: duo.nl's files and CKAN's answers.

Every request is about one source; a fault set for that source spoils its answer (``faults.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self, cast

from oso_pipeline.demo.faults import Fault, Send, fault_for
from oso_pipeline.demo.site import CKAN, DUO, Answer, Site


class RegistryServer:
    """The registry of a country on 127.0.0.1, as a context manager.

    Attributes:
        folder: what ``write_country`` wrote; read anew at every request.
        asked: path and query of every request, in the order of arrival.
    """

    def __init__(self, folder: Path, faults: Mapping[str, str] | None = None) -> None:
        """Bind a free port; nothing is served before the ``with`` block is entered.

        Args:
            folder: what ``write_country`` wrote.
            faults: source -> fault, as for ``set_fault``.

        Raises:
            ValueError: a fault cannot be.
        """
        self.folder = folder
        self.asked: list[str] = []
        self.stopping = Event()
        self._lock = Lock()
        self._faults: dict[str, tuple[Fault, int | None]] = {}
        for source, fault in (faults or {}).items():
            self.set_fault(source, fault)
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.registry = self
        self._origin = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.site = Site(folder, self._origin, self._fault_of)
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def duo_base_url(self) -> str:
        """For ``OSO_DUO_BASE_URL``; ends with a slash."""
        return f"{self._origin}{DUO}"

    @property
    def ckan_base_url(self) -> str:
        """For ``OSO_CKAN_BASE_URL``; ends with a slash."""
        return f"{self._origin}{CKAN}"

    def set_fault(self, source: str, fault: str, *, times: int | None = None) -> None:
        """Let a source go wrong from the next request on, in place of an earlier fault.

        Args:
            source: one of ``faults.SOURCES``.
            fault: one of ``faults.FAULTS``.
            times: for how many requests; without it until ``clear_fault``. A fault of the content
                lasts: counting it would let CKAN's answer and the body tell two stories.

        Raises:
            ValueError: there is no such source or fault, or it cannot happen to this source.
        """
        found = fault_for(source, fault)
        if times is not None and found.send is None:
            message = f"{fault!r} spoils the content, which is the same for every request."
            raise ValueError(message)
        with self._lock:
            self._faults[source] = (found, times)

    def clear_fault(self, source: str) -> None:
        """Let a source be well again."""
        with self._lock:
            self._faults.pop(source, None)

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, break off what is still being sent, and free the port."""
        self.stopping.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _fault_of(self, source: str) -> Fault | None:
        with self._lock:
            fault, _ = self._faults.get(source, (None, None))
        return fault

    def next_send(self, source: str) -> Send | None:
        """Take the way that the next answer of a source goes wrong, if it does."""
        with self._lock:
            fault, times = self._faults.get(source, (None, None))
            if fault is None or fault.send is None:
                return None
            if times is not None:
                self._faults[source] = (fault, times - 1)
                if times <= 1:
                    del self._faults[source]
            return fault.send


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    registry: RegistryServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""


@dataclass(frozen=True)
class _OpenRequest:
    request: BaseHTTPRequestHandler
    stopping_event: Event

    def stopping(self) -> bool:
        return self.stopping_event.is_set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "registry", ""

    def do_GET(self) -> None:
        registry = cast("_Http", self.server).registry
        registry.asked.append(self.path)
        answer = registry.site.find(self.path)
        if answer is None:
            self._reply(HTTPStatus.NOT_FOUND, b"Not found.\n", {"Content-Type": "text/plain"})
            return
        headers = {
            "ETag": answer.etag,
            "Last-Modified": formatdate(answer.modified, usegmt=True),
            "Content-Type": answer.content_type,
        }
        send = registry.next_send(answer.source)
        if send is not None:
            send(_OpenRequest(self, registry.stopping), answer.body, headers)
        elif self._has_it(answer):
            self._reply(HTTPStatus.NOT_MODIFIED, b"", headers)
        else:
            self._reply(HTTPStatus.OK, answer.body, headers)

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def _has_it(self, answer: Answer) -> bool:
        """RFC 9110, 13.2.2: the tag decides; the time only when there is no tag."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return answer.etag in tags or tags.strip() == "*"
        since = self.headers.get("If-Modified-Since")
        return since is not None and _seconds(since) >= answer.modified

    def _reply(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing on the terminal."""


def _seconds(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return 0
