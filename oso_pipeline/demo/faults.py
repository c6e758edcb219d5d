"""The dial of faults: everything that a registry has been seen to do wrong, each by a name.

    RegistryServer(folder, faults={"po": "truncated_body"})
    server.set_fault("po", "half_the_schools_gone")

A fault is about one source: the address files ``po``, ``so`` and ``vo``, the ``register`` (zip), CKAN's
``boards`` and ``rio`` (the bodies), and ``ckan`` (the answers of ``package_show``). What spoils the
content spoils the hash and size that CKAN tells, too: the registry published it so. What spoils the
way does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from oso_pipeline.demo import spoiling, wire

ADDRESS_SOURCES = frozenset({"po", "so", "vo"})
TABLE_SOURCES = ADDRESS_SOURCES | {"register", "boards", "rio"}
SOURCES = TABLE_SOURCES | {"ckan"}

Spoil = Callable[[bytes], bytes]
Send = Callable[[wire.Wire, bytes, Mapping[str, str]], None]


@dataclass(frozen=True)
class Fault:
    """One way to go wrong; either ``spoil`` or ``send`` is there.

    Attributes:
        name: as it is asked for.
        meaning: one line for a person.
        sources: where it can happen.
        spoil: what becomes of the content.
        send: how the answer is sent instead.
        content_type: of the spoiled content, where it is another one.
    """

    name: str
    meaning: str
    sources: frozenset[str] = SOURCES
    spoil: Spoil | None = None
    send: Send | None = None
    content_type: str | None = None


def _of_tables(name: str, meaning: str, spoil: Spoil) -> Fault:
    return Fault(name, meaning, TABLE_SOURCES, spoil)


_RETRY = {"Retry-After": str(wire.RETRY_AFTER)}
_ALL = (
    Fault("truncated_body", "half the body, then the line goes dead", send=wire.truncate),
    Fault("truncated_quietly", "half the body, and no Content-Length", send=wire.truncate_quietly),
    Fault("wrong_content_length", "Content-Length is 100 bytes too low", send=wire.wrong_length),
    Fault(
        "html_page", "a page about maintenance with status 200",
        spoil=lambda _: spoiling.PAGE, content_type="text/html; charset=utf-8",
    ),
    Fault("empty_body", "status 200 and no byte", spoil=lambda _: b""),
    _of_tables("renamed_column", "the key column has a new name", spoiling.tables(spoiling.rename_column)),
    _of_tables("dropped_column", "the key column is gone", spoiling.tables(spoiling.drop_column)),
    _of_tables("extra_column", "a column that nobody knows", spoiling.tables(spoiling.add_column)),
    _of_tables("duplicated_rows", "one row in ten twice", spoiling.tables(spoiling.repeat_rows)),
    _of_tables("lost_leading_zeroes", "0599 became 599", spoiling.tables(spoiling.lose_zeroes)),
    _of_tables("other_encoding", "UTF-8 for windows-1252, or the reverse",
               spoiling.members(spoiling.other_encoding)),
    _of_tables("utf_16", "UTF-16 with a byte order mark", spoiling.members(spoiling.as_utf_16)),
    _of_tables("nul_bytes", "a run of NUL bytes in the middle", spoiling.members(spoiling.put_nul_bytes)),
    _of_tables("half_the_schools_gone", "every second school is missing",
               spoiling.tables(spoiling.half_the_schools)),
    Fault("one_province_gone", "every branch of one province is missing", ADDRESS_SOURCES,
          spoiling.tables(spoiling.without_a_province)),
    Fault("all_boards_renumbered", "every board has another number", ADDRESS_SOURCES | {"boards"},
          spoiling.tables(spoiling.renumber_boards)),
    Fault("names_of_other_rows", "every name stands a row lower", ADDRESS_SOURCES, spoiling.tables(spoiling.shift_names)),
    Fault("zip_bomb", "a zip that unpacks to a gibibyte", frozenset({"register"}), spoiling.bomb),
    Fault("status_404", "not found", send=wire.status(HTTPStatus.NOT_FOUND)),
    Fault("status_429", "too many requests, with Retry-After",
          send=wire.status(HTTPStatus.TOO_MANY_REQUESTS, _RETRY)),
    Fault("status_503", "unavailable, with Retry-After",
          send=wire.status(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY)),
    Fault("slow_drip", "five bytes a second", send=wire.drip),
    Fault("redirect_elsewhere", "a redirect to another host", send=wire.redirect_elsewhere),
    Fault("endless_body", "a body without an end", send=wire.endless),
    Fault("broken_tls", "a redirect to https that cannot shake hands", send=wire.break_tls),
    Fault("no_answer", "the line goes dead before the first byte", send=wire.hang_up),
)  # fmt: skip

FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _ALL}


def fault_for(source: str, name: str) -> Fault:
    """Look a fault up.

    Raises:
        ValueError: there is no such source or fault, or it cannot happen to this source.
    """
    if source not in SOURCES:
        message = f"No source is called {source!r}. There are: {', '.join(sorted(SOURCES))}."
        raise ValueError(message)
    possible = [fault.name for fault in _ALL if source in fault.sources]
    if name not in possible:
        message = f"{name!r} cannot happen to {source}. What can: {', '.join(possible)}."
        raise ValueError(message)
    return FAULTS[name]
