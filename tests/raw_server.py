"""A server that says exactly the bytes it is given, for answers that no library would send."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def says(*pieces: bytes, pause: float = 0.0) -> Iterator[tuple[str, list[float]]]:
    """A server that answers every request with these bytes, then hangs up; its address and when it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[float] = []

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line, suppress(OSError):
                line.recv(65536)
                asked.append(time.monotonic())
                for piece in pieces:
                    line.sendall(piece)
                    time.sleep(pause)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
