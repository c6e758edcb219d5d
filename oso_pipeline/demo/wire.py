"""Spoils how an answer travels: what a server, a proxy or a line can do to a body.

Every function sends one answer on an open request and returns; ``Wire`` is what it needs of the server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Protocol

RETRY_AFTER = 1  # seconds
_SHORT = 100  # bytes that a wrong Content-Length leaves out
_DRIP = 0.2  # seconds between two bytes


class Wire(Protocol):
    """A request that waits for its answer."""

    @property
    def request(self) -> BaseHTTPRequestHandler:
        """The request itself."""

    def stopping(self) -> bool:
        """Tell whether the server is about to stop."""


def truncate(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Promise the whole body, send half, and hang up."""
    _begin(wire, HTTPStatus.OK, {**headers, "Content-Length": str(len(body))})
    _send(wire, [body[: len(body) // 2]])


def truncate_quietly(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Promise nothing, send half (to the middle of a line), and hang up."""
    _begin(wire, HTTPStatus.OK, headers)
    half = body[: len(body) // 2]
    _send(wire, [half[:-1] if half.endswith(b"\n") else half])


def wrong_length(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Promise a hundred bytes less than there are."""
    promised = max(0, len(body) - _SHORT)
    _begin(wire, HTTPStatus.OK, {**headers, "Content-Length": str(promised)})
    _send(wire, [body])


def status(code: HTTPStatus, headers: Mapping[str, str] | None = None):  # noqa: ANN201
    """Answer with a status and a short text."""

    def send(wire: Wire, body: bytes, _headers: Mapping[str, str]) -> None:
        del body
        text = f"{code.phrase}\n".encode()
        plain = {"Content-Type": "text/plain", "Content-Length": str(len(text))}
        _begin(wire, code, plain | dict(headers or {}))
        _send(wire, [text])

    return send


def drip(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a byte now and then."""

    def bytes_now_and_then() -> Iterator[bytes]:
        for at in range(len(body)):
            yield body[at : at + 1]
            time.sleep(_DRIP)

    _begin(wire, HTTPStatus.OK, {**headers, "Content-Length": str(len(body))})
    _send(wire, bytes_now_and_then())


def endless(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Send the body over and over, for as long as anybody listens."""

    def again_and_again() -> Iterator[bytes]:
        while True:
            yield body or b"\n"

    _begin(wire, HTTPStatus.OK, headers)
    _send(wire, again_and_again())


def redirect_elsewhere(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Send the client to another host (RFC 2606: one that cannot be)."""
    del body, headers
    target = f"http://registry.invalid{wire.request.path}"
    _begin(wire, HTTPStatus.FOUND, {"Location": target, "Content-Length": "0"})


def break_tls(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Send the client to https on this port, which speaks no TLS: the handshake cannot succeed."""
    del body, headers
    host, port = wire.request.connection.getsockname()[:2]
    target = f"https://{host}:{port}{wire.request.path}"
    _begin(wire, HTTPStatus.FOUND, {"Location": target, "Content-Length": "0"})


def hang_up(wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
    """Answer nothing at all."""
    del body, headers
    wire.request.close_connection = True


def _begin(wire: Wire, code: HTTPStatus, headers: Mapping[str, str]) -> None:
    wire.request.send_response(code)
    for name, value in headers.items():
        wire.request.send_header(name, value)
    wire.request.send_header("Connection", "close")
    wire.request.end_headers()
    wire.request.close_connection = True


def _send(wire: Wire, pieces: Iterator[bytes] | list[bytes]) -> None:
    for piece in pieces:
        if wire.stopping():
            return
        try:
            wire.request.wfile.write(piece)
        except OSError:  # the client went away
            return
