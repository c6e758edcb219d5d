"""The alert of a night that failed, is held, or is the first good one after such: JSON by POST to OSO_ALERT_WEBHOOK.

docs/runbook.md says what to do with each. An alert never changes how a night ends: one that does not arrive is a warning
in the log. The address is the secret: it stands in no message, and what the http library notes of the request is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from threading import Thread, get_ident
from typing import Literal

import httpx
import stamina
from pydantic import SecretStr

from oso_pipeline import __version__
from oso_pipeline.errors import ExitCode, PipelineError
from oso_pipeline.release.checks import Verdict, not_passed
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import INDEX, Index, checks_of, read_index
from oso_pipeline.release.log import Conclusion, read_damaged_log

AlertKind = Literal["failed", "held", "held_waiting", "recovered"]

_GOOD = ("published", "unchanged")
_KINDS: dict[Verdict, AlertKind] = {
    "failed": "failed",
    "held": "held",
    "published": "recovered",
    "unchanged": "recovered",
}

_log = logging.getLogger(__name__)
_ATTEMPTS = 3
_SECONDS = 5.0
_LONGEST_SECONDS = 10.0
_LONGEST_REASON = 1500
_TOO_MANY_REQUESTS = 429
_REDIRECT, _BROKEN = 300, 500
_HARMLESS = str.maketrans({"<": "\u2039", ">": "\u203a", "@": "(at)"})
"""What stood in a file must not call a whole channel, as `<!channel>` or `@all` would."""

_NEXT = {
    ExitCode.SOURCE: ["Mend the source, or wait until it answers.", "oso run"],
    ExitCode.BUSY: ["Wait until the other run has ended.", "oso run"],
}


@dataclass(frozen=True)
class Served:
    """The release that people and systems still read.

    Attributes:
        release_id: of it.
        as_of: its day D; empty when its index cannot be read.
        since: when it became latest, ISO 8601, UTC; empty when the log does not say.
    """

    release_id: str
    as_of: str
    since: str


@dataclass(frozen=True)
class Alert:
    """What is sent.

    Attributes:
        text: all of it in words: what Slack, Mattermost and Rocket.Chat show.
        kind: failed, held, held_waiting (the reminder), or recovered.
        release_id: of the night.
        as_of: its day D; empty when it failed before it had one.
        at: when it ended, ISO 8601, UTC.
        exit_code: of `oso run`.
        reason: what failed, which checks hold it, or what it recovers from.
        served: what is served; None when nothing was ever published.
        next: what to do, then the commands.
        demo: whether the data is made up.
    """

    text: str
    kind: AlertKind
    release_id: str
    as_of: str
    at: str
    exit_code: int
    reason: str
    served: Served | None
    next: list[str]
    demo: bool


def alert_on(
    folder: DataFolder, night: Conclusion, webhook: SecretStr, *, waiting: bool = False
) -> bool:
    """Send an alert when the night failed, is held, or is the first good one after such, and there is a webhook.

    What goes wrong with it is a warning.

    Args:
        folder: where the releases are.
        night: how it ended, as it stands in the log.
        webhook: where to; empty for nowhere.
        waiting: it is the reminder of a release that is held.

    Returns:
        Whether one was sent and taken.
    """
    if not webhook.get_secret_value():
        return False
    try:
        alert = make_alert(folder, night, waiting=waiting)
        if alert is None:
            return False
    except (PipelineError, OSError) as error:
        _log.warning("The alert about %s could not be made: %s", night.release_id, error)
        return False
    return _send(alert, webhook)


def make_alert(folder: DataFolder, night: Conclusion, *, waiting: bool = False) -> Alert | None:
    """The alert of a night that failed or is held, or of a good one after such; None of a good one after a good one."""
    is_good = night.verdict in _GOOD
    reason = _recovers_from(folder, night) if is_good else night.reason
    if is_good and not reason:
        return None
    index = _index(folder, night.release_id)
    served = what_is_served(folder)
    whose = index if index and index["demo"] is not None else _index(folder, served.release_id if served else "")  # fmt: skip
    alert = Alert(
        text="",
        kind="held_waiting" if waiting else _KINDS[night.verdict],
        release_id=night.release_id,
        as_of=night.as_of,
        at=night.at,
        exit_code=night.exit_code,
        reason=reason,
        served=served,
        next=["Nothing needs to be done."] if is_good else _next(night, index, served),
        demo=bool(whose and whose["demo"]),
    )
    return replace(alert, text=_text(alert))


def _recovers_from(folder: DataFolder, night: Conclusion) -> str:
    """The nights that failed or were held between the last good one and this; empty when there are none."""
    lines, _ = read_damaged_log(folder)  # a damaged line is no reason to be silent
    before = [line for line in lines if line.run_id != night.run_id]
    bad = [*takewhile(lambda line: line.verdict not in _GOOD, reversed(before))]
    if not bad:
        return ""
    return (
        f"Nights that failed or were held before it: {len(bad)}, from {_minute(bad[-1].at)} on."
        f" The last of them said: {bad[0].reason}"
    )


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


def what_is_served(folder: DataFolder) -> Served | None:
    """What `latest` is, and since when; None when nothing was ever published."""
    latest = folder.latest_release_id()
    if latest is None:
        return None
    lines, _ = read_damaged_log(folder)  # a damaged line is no reason to be silent
    since = [line.at for line in lines if (line.release_id, line.verdict) == (latest, "published")]  # fmt: skip
    index = _index(folder, latest)
    return Served(latest, (index["as_of"] if index else "") or "", since[-1] if since else "")


def _index(folder: DataFolder, release_id: str) -> Index | None:
    """None also of one that is damaged: the night fails by it, which is no reason to be silent."""
    place = folder.release(release_id)
    try:
        return read_index(place) if release_id and (place / INDEX).is_file() else None
    except PipelineError:
        return None


def _next(night: Conclusion, index: Index | None, served: Served | None) -> list[str]:
    if night.verdict == "failed":
        return _NEXT.get(ExitCode(night.exit_code), ["Mend what it says.", "oso run"])
    broken = not_passed(checks_of(index)) if index else []
    accepts = " ".join(f'--accept "{check.name}"' for check in broken) or "--accept CHECK"
    compare = [f"oso diff {served.release_id} {night.release_id}"] if served else []
    return [
        "Look at it; then mend the source and run again, or publish it as it is.",
        *compare,
        "oso run",
        f"oso publish {night.release_id} {accepts} --reason TEXT",
    ]


def _text(alert: Alert) -> str:
    what = {
        "failed": f"the night failed (exit code {alert.exit_code}); nothing is published.",
        "held": f"release {alert.release_id} of {alert.as_of} is held; it is complete and not published.",
        "held_waiting": f"release {alert.release_id} of {alert.as_of} is still held, and waits for a person.",
        "recovered": "the night ended well, the first to do so since one failed or was held.",
    }[alert.kind]
    reason = alert.reason.translate(_HARMLESS)
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[:_LONGEST_REASON]} ... (`oso releases` has all of it)"
    advice, *commands = alert.next
    demo = "DEMO. " if alert.demo else ""
    return "\n".join(
        [
            f"{demo}OSO: {what}",
            reason,
            _what_is_served(alert),
            f"Next: {advice}",
            *(f"    {c}" for c in commands),
        ]
    )


def _what_is_served(alert: Alert) -> str:
    served = alert.served
    if served is None:
        return "Nothing was published before."
    since = f", since {_minute(served.since)}" if served.since else ""
    of_day = f" of {served.as_of}" if served.as_of else ""
    return f"{'Served' if alert.kind == 'recovered' else 'Still served'}: release {served.release_id}{of_day}{since}."


class _NotTaken(Exception):
    """The webhook did not take it; its message names no address."""

    def __init__(self, what: str, *, may_pass: bool) -> None:
        super().__init__(what)
        self.may_pass = may_pass


def _send(alert: Alert, webhook: SecretStr) -> bool:
    address = webhook.get_secret_value()
    try:
        for attempt in stamina.retry_context(
            on=lambda error: isinstance(error, _NotTaken) and error.may_pass,
            attempts=_ATTEMPTS,
            timeout=None,
            wait_initial=0.25,
            wait_max=2.0,
        ):
            with attempt:
                _post_in_time(address, asdict(alert))
    except _NotTaken as error:
        _log.warning(
            "The alert about %s (%s) did not arrive: %s. The night ended as it did; look at"
            " OSO_ALERT_WEBHOOK (docs/runbook.md, Alerts).",
            alert.release_id,
            alert.kind,
            error,
        )
        return False
    return True


def _post_in_time(address: str, content: dict[str, object]) -> None:
    """Httpx limits every wait, and not all of them together: one that answers drop by drop would hold the night."""
    ended = Future[None]()

    def post() -> None:
        try:
            with _unseen():
                ended.set_result(_post_once(address, content))
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            ended.set_exception(error)

    Thread(target=post, daemon=True).start()
    try:
        ended.result(_LONGEST_SECONDS)
    except TimeoutError:
        told = f"no whole answer within {_LONGEST_SECONDS:g} seconds"
        raise _NotTaken(told, may_pass=False) from None


def _post_once(address: str, content: dict[str, object]) -> None:
    """Only the status of the answer is read; a redirect is not followed, as it may lead to anyone."""
    agent = {"User-Agent": f"oso-pipeline/{__version__}"}
    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=False, headers=agent) as client,
            client.stream("POST", address, json=content) as answer,
        ):
            status = answer.status_code
    except httpx.TransportError as error:
        raise _NotTaken(f"no answer ({type(error).__name__})", may_pass=True) from None
    except httpx.InvalidURL:
        raise _NotTaken("its address cannot be read", may_pass=False) from None
    if status >= _REDIRECT:
        may_pass = status == _TOO_MANY_REQUESTS or status >= _BROKEN
        raise _NotTaken(f"the webhook answered {status}", may_pass=may_pass)


@contextmanager
def _unseen() -> Generator[None]:
    """Httpx notes the address of every request it makes; what this thread notes is dropped while an alert is sent."""
    thread, logger = get_ident(), logging.getLogger("httpx")

    def is_of_others(record: logging.LogRecord) -> bool:
        return record.thread != thread

    logger.addFilter(is_of_others)
    try:
        yield
    finally:
        logger.removeFilter(is_of_others)
