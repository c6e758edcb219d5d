"""Where a PostgreSQL database is: a `postgresql://` address, read as libpq reads it, with its password kept out of sight.

What the address leaves out comes from the PG environment (PGUSER, PGPASSWORD, PGPASSFILE and so on), as for psql. TLS is the
default for any host that is not this machine, and nothing weaker is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ENCRYPTED = ("require", "verify-ca", "verify-full")
NOT_ALWAYS_ENCRYPTED = ("disable", "allow", "prefer")
_SHAPE = "postgresql://USER@HOST:PORT/DATABASE"


@dataclass(frozen=True)
class DatabaseAddress:
    """A database that can be connected to.

    Attributes:
        database: its name; all that outputs say of it.
        host: where it is, for the messages of whoever keeps the night.
        parameters: what a connection is made with, the password among them; never shown.
    """

    database: str
    host: str
    parameters: dict[str, str] = field(repr=False)

    def __str__(self) -> str:
        """As messages name it: without user and password."""
        return f"database {self.database} on {self.host}"


def read_database_address(address: str) -> DatabaseAddress:
    """Read an address, and decide how its connection is encrypted.

    Raises:
        ValueError: it is no address, or its sslmode is too weak for its host; the message never quotes it.
    """
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.pq import Conninfo

    try:
        given = {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except Error:
        raise ValueError(f"it is not an address; expected {_SHAPE}") from None
    _refuse_what_is_split_wrongly(given)
    defaults = {_text(one.keyword): one for one in Conninfo.get_defaults()}

    def chosen(name: str) -> str:
        """The address goes first, then the environment; what libpq itself makes of neither is not a choice."""
        default = defaults[name]
        outside = "" if default.val == default.compiled else _text(default.val)
        return given.get(name, outside)

    database = chosen("dbname")
    if not database:
        raise ValueError(f"there is no database behind the host; expected {_SHAPE}")
    hosts = [*chosen("host").split(","), *chosen("hostaddr").split(",")]
    sslmode = _sslmode(
        chosen("sslmode"),
        chosen("sslrootcert"),
        on_this_machine=all(_is_this_machine(host) for host in hosts),
    )
    shown = ", ".join(host for host in hosts if host) or "this machine (its socket)"
    return DatabaseAddress(database, shown, given | {"dbname": database, "sslmode": sslmode})


def _refuse_what_is_split_wrongly(given: dict[str, str]) -> None:
    """A password with a / or @ in it falls apart, and its parts would be shown as host, port or database."""
    ports = given.get("port", "").split(",")
    names = given.get("dbname", "") + given.get("host", "").lstrip("@/").replace("/", "")
    if any(sign in names for sign in "@/") or not all(port.isdigit() or not port for port in ports):
        raise ValueError(
            f"it cannot be told apart; expected {_SHAPE}, with %40, %2F, %3A, %25 for @ / : % in a password"
        )
    if "service" in given:
        raise ValueError(
            f"a service is not followed, as its host is not seen here; expected {_SHAPE}"
        )


def _sslmode(chosen: str, root: str, *, on_this_machine: bool) -> str:
    allowed = (*ENCRYPTED, *NOT_ALWAYS_ENCRYPTED) if on_this_machine else ENCRYPTED
    if not chosen and not on_this_machine:
        return "verify-full" if root == "system" else "require"
    if chosen and chosen not in allowed:
        hint = (
            ""
            if on_this_machine
            else " (only 127.0.0.1, localhost, [::1] and a socket may do without TLS)"
        )
        raise ValueError(f"sslmode {chosen}; expected one of {', '.join(allowed)}{hint}")
    return chosen or "prefer"


def _is_this_machine(host: str) -> bool:
    return not host or host.startswith(("/", "@")) or host in LOOPBACK


def _text(value: bytes | None) -> str:
    return (value or b"").decode()
