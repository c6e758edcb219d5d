"""A PostgreSQL server of the tests' own, from Debian's package, in a temporary folder on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

ELSEWHERE = "127.0.0.2"
"""Another address of this machine: for the product a host like any other, so it asks for TLS."""
PASSWORD = "geh eim/w@chtwoord:1%"  # noqa: S105 - what must not be seen anywhere
QUOTED = "geh%20eim%2Fw%40chtwoord%3A1%25"
_RULES = f"""
local all postgres trust
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
hostssl all all {ELSEWHERE}/32 scram-sha-256
"""
_CONFIGURATION = """
listen_addresses = '127.0.0.1, 127.0.0.2'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
log_statement = all
logging_collector = off
"""


@dataclass
class Postgres:
    """A server that runs."""

    folder: Path
    port: int
    encrypts: bool

    def address(
        self, database: str, *, user: str = "reader", host: str = "127.0.0.1", more: str = ""
    ) -> str:
        return f"postgresql://{user}:{QUOTED}@{host}:{self.port}/{database}{more}"

    @contextmanager
    def connection(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """As its owner, who may do anything."""
        address = f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection

    def database(self, name: str, *statements: str) -> str:
        """Make a database anew; its name."""
        with self.connection() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        with self.connection(name) as connection:
            for statement in statements:
                connection.execute(statement)
        return name

    def log(self) -> str:
        """All statements that it was given, and what it said."""
        return (self.folder / "log").read_text()


def fill(
    connection: psycopg.Connection, tables: Mapping[str, tuple[list[str], list[list[str]]]]
) -> None:
    """Make tables of text in `mijn_oso`: name -> columns and rows; an empty field is null."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS mijn_oso")
    for name, (columns, rows) in tables.items():
        named = ", ".join(f'"{column}" text' for column in columns)
        connection.execute(f"CREATE TABLE mijn_oso.{name} ({named})")
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY mijn_oso.{name} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row([field or None for field in row])


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server, and stop it; skips the test where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("Debian's package postgresql is not installed")
    programs = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="oso-postgres-"))
    owner = _owner()
    try:
        port = _free_port()
        if owner:
            shutil.chown(folder, owner)
        _call([programs / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N"], owner)  # fmt: skip
        encrypts = _certificate(folder / "data", owner)
        configuration = _CONFIGURATION.format(port=port, folder=folder)
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(configuration + (f"ssl = {'on' if encrypts else 'off'}\n"))
        rules = _RULES if encrypts else _RULES.replace("hostssl", "host")
        (folder / "data" / "pg_hba.conf").write_text(rules)
        control = [programs / "pg_ctl", "-D", folder / "data", "-w", "-s"]
        _call([*control, "-l", folder / "log", "start"], owner)
        try:
            server = Postgres(folder, port, encrypts)
            with server.connection() as connection:
                connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
                connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'anders'")
            yield server
        finally:
            _call([*control, "-m", "immediate", "stop"], owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    """Root may not run a server: postgres does, or nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _call(command: list[str | Path], owner: str | None) -> None:
    done = subprocess.run(
        command, user=owner, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def _certificate(data: Path, owner: str | None) -> bool:
    """A certificate signed by itself; without openssl there is none, and no TLS."""
    if not shutil.which("openssl"):
        return False
    _call(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=oso", "-keyout", data / "server.key", "-out", data / "server.crt"], owner)  # fmt: skip
    (data / "server.key").chmod(0o600)
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
