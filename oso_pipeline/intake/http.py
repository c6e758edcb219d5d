"""One download over http, into a file.

The host allow-list binds redirects too. Only what may pass by itself is tried again: transport errors, 429 and
5xx, with backoff and jitter, a Retry-After obeyed. A 404 says that the name is wrong and is not tried again, and
neither is a body that was too slow: another try would take as long.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from oso_pipeline import __version__, clock
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.snapshots import Snapshot

_log = logging.getLogger(__name__)

MEBIBYTE = 1024 * 1024
_KEPT_HEADERS = ("content-type", "content-length", "etag", "last-modified", "date")
_MOST_REDIRECTS = 5
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500
_NOT_FOUND = 404
_NOT_MODIFIED = 304
_OK = 200


class NotModified(Exception):
    """The source still has the body of the snapshot that was named: none was sent, and none is needed."""

    def __init__(self, known: Snapshot) -> None:
        """Of the snapshot that is still what the source has."""
        super().__init__(f"{known.url}: not modified since snapshot {known.snapshot_id}")
        self.known = known


class NotFound(SourceUnreachable):
    """404: there is nothing at this address."""


@dataclass(frozen=True)
class Arrival:
    """A body that arrived, and what the server said of it."""

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Patience:
    """How long a download is tried for.

    Attributes:
        attempts: how often, in all.
        longest_wait: seconds between two attempts at most; a longer Retry-After ends the trying.
        deadline: seconds that one body may take to arrive.
    """

    attempts: int = 4
    longest_wait: float = 15.0
    deadline: float = 300.0


def is_known(arrival: Arrival, known: Snapshot | None) -> bool:
    """The body that arrived is the one that is kept: it was looked at when it came first."""
    return known is not None and arrival.sha256 == known.sha256


class _MayPass(Exception):
    """An answer that another try may mend."""

    def __init__(self, url: str, status: int, retry_after: float | None) -> None:
        wish = "" if retry_after is None else f" and asks to wait {retry_after:.0f} s"
        super().__init__(f"the server answered {status}{wish}")
        self.url = url
        self.retry_after = retry_after


def _tell(details: RetryDetails) -> None:
    """Say why it is tried again, the first time; the error at the end says the rest."""
    error = details.caused_by
    if details.retry_num == 1 and isinstance(error, _MayPass | httpx.TransportError):
        said = str(error) or type(error).__name__
        _log.warning("%s: %s; it is asked again.", _asked(error), said)


def _asked(error: _MayPass | httpx.TransportError) -> str:
    return error.url if isinstance(error, _MayPass) else str(error.request.url)


set_on_retry_hooks([_tell])


class Fetcher:
    """Downloads from the hosts it was given, and from no others.

    Args:
        base_urls: the addresses whose hosts (and their `www.` form) may be asked, each by its own scheme.
        patience: how long a download is tried for.
    """

    def __init__(self, base_urls: Iterable[str], patience: Patience | None = None) -> None:
        """Make the client; nothing is asked yet."""
        origins = [(urlsplit(url).scheme, urlsplit(url).hostname) for url in base_urls]
        self._origins = {
            f"{scheme}://{www}{host}" for scheme, host in origins for www in ("", "www.")
        }
        self._patience = patience or Patience()
        self._client = httpx.Client(
            # a packed body that is cut off would be unpacked without an error, so none is asked for
            headers={"User-Agent": f"oso-pipeline/{__version__}", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(30.0, connect=10.0),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._client.close()

    def download(self, url: str, into: Path, *, cap: int, known: Snapshot | None = None) -> Arrival:
        """Fetch one body into a file, or learn that it is the one that is kept.

        Args:
            url: the address.
            into: the file to write; what was there is replaced.
            cap: the most bytes that the body may have.
            known: the snapshot that is kept; when it came from this address with an ETag, the server
                is asked for a body only if it has another one.

        Raises:
            NotModified: the server has no other body than the one that is known.
            NotFound: the server answered 404.
            SourceUnreachable: no body arrived, after retries or within the deadline.
            SourceUnreadable: the server sent too much, or sent us elsewhere.
        """
        patience = self._patience
        attempts = 0
        try:
            for attempt in stamina.retry_context(
                on=self._wait_before_retry,
                attempts=patience.attempts,
                timeout=None,
                wait_initial=0.25,
                wait_max=patience.longest_wait,
            ):
                with attempt:
                    attempts = attempt.num
                    return self._download_once(url, into, cap, known)
        except (_MayPass, httpx.TransportError) as error:
            tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
            raise SourceUnreachable(
                f"GET {url}: no body arrived in {tries}; the last one ended with:"
                f" {str(error) or type(error).__name__}. Run again later."
            ) from None
        except httpx.DecodingError as error:
            raise SourceUnreadable(
                f"GET {url}: the body cannot be unpacked ({error}); expected one that is not packed."
                " Look at the address in a browser."
            ) from None
        except httpx.InvalidURL as error:
            raise _sent_nowhere("GET", url, error) from None
        raise AssertionError("a retry context either returns or raises")  # pragma: no cover

    def look(self, url: str) -> dict[str, str]:
        """What the server says of the body at an address, without its being sent; asked once, never again.

        Returns:
            The headers that are kept of a download too.

        Raises:
            SourceUnreachable: no answer came, or another one than 200.
            SourceUnreadable: the server sent us elsewhere.
        """
        current = url
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                self._refuse_other_hosts(current, asked=url)
                response = self._client.head(current)
                if response.next_request:
                    current = str(response.next_request.url)
                elif response.status_code == _OK:
                    return _kept(response.headers)
                else:
                    raise SourceUnreachable(
                        f"HEAD {url}: the server answered {response.status_code}, expected 200."
                    )
        except httpx.TransportError as error:
            raise SourceUnreachable(
                f"HEAD {url}: no answer ({str(error) or type(error).__name__})."
            ) from None
        except httpx.InvalidURL as error:
            raise _sent_nowhere("HEAD", url, error) from None
        raise SourceUnreadable(f"HEAD {url}: sent on more than {_MOST_REDIRECTS} times.")

    def _wait_before_retry(self, error: Exception) -> bool | timedelta:
        if isinstance(error, httpx.TransportError):
            return True
        if not isinstance(error, _MayPass):
            return False
        if error.retry_after is None:
            return True
        if error.retry_after > self._patience.longest_wait:
            return False
        return timedelta(seconds=error.retry_after)

    def _download_once(self, url: str, into: Path, cap: int, known: Snapshot | None) -> Arrival:
        validators = _validators(known, url)
        current = url
        for _ in range(_MOST_REDIRECTS + 1):
            self._refuse_other_hosts(current, asked=url)
            with self._client.stream("GET", current, headers=validators) as response:
                if response.next_request:
                    current = str(response.next_request.url)
                    continue
                if response.status_code == _NOT_MODIFIED and known and validators:
                    raise NotModified(known)
                _refuse_status(response, url)
                size, digest = self._write(response, into, cap)
                return Arrival(
                    url=url,
                    final_url=current,
                    status=response.status_code,
                    headers=_kept(response.headers),
                    bytes=size,
                    sha256=digest,
                )
        raise SourceUnreadable(
            f"GET {url}: sent on more than {_MOST_REDIRECTS} times, the last time to {current}."
            " Look at the address in a browser."
        )

    def _refuse_other_hosts(self, url: str, *, asked: str) -> None:
        if _origin(url) not in self._origins:
            raise SourceUnreadable(
                f"GET {asked}: {url!r} is not at a host that may be asked."
                f" Expected one of {', '.join(sorted(self._origins))}."
                " If the registry moved, set OSO_DUO_BASE_URL or OSO_CKAN_BASE_URL."
            )

    def _write(self, response: httpx.Response, into: Path, cap: int) -> tuple[int, str]:
        digest = hashlib.sha256()
        size = 0
        started = time.monotonic()
        with into.open("wb") as file:
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > cap:
                    raise SourceUnreadable(
                        f"GET {response.url}: the body is larger than the {cap:,} bytes allowed for it."
                        " This address may give another file now: look at it in a browser."
                    )
                if time.monotonic() - started > self._patience.deadline:
                    raise SourceUnreachable(
                        f"GET {response.url}: only {size:,} bytes arrived in"
                        f" {self._patience.deadline:g} s, and the body is not whole. Run again later."
                    )
                digest.update(chunk)
                file.write(chunk)
        return size, digest.hexdigest()


def _kept(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name in _KEPT_HEADERS}


def _validators(known: Snapshot | None, url: str) -> dict[str, str]:
    """What makes a request conditional: the tag of the body, of the snapshot's own address only.

    A day is no tag: a file that was put back, or written twice in a second, has an older one or the same, and a server
    calls it not modified.
    """
    tag = known.headers.get("etag") if known and known.url == url else None
    return {"If-None-Match": tag} if tag else {}


def _origin(url: str) -> str | None:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    return f"{parts.scheme}://{parts.host}"


def _refuse_status(response: httpx.Response, url: str) -> None:
    status = response.status_code
    if status == _OK:
        return
    if status == _NOT_FOUND:
        raise NotFound(f"GET {url}: 404, there is nothing at this address.")
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERRORS:
        raise _MayPass(url, status, _seconds(response.headers.get("retry-after")))
    raise SourceUnreadable(
        f"GET {url}: the server answered {status}, expected 200. Another try will not help:"
        " look at the address in a browser."
    )


def _sent_nowhere(method: str, url: str, error: httpx.InvalidURL) -> SourceUnreadable:
    return SourceUnreadable(
        f"{method} {url}: sent on to what is no address ({error}). Look at the address in a browser."
    )


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds, from either of its forms; None where it is neither."""
    if retry_after is None:
        return None
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - clock.now()).total_seconds())
