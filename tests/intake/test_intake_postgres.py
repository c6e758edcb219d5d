"""sources/postgres.py: six tables read at one moment, by a user who may only read, and nothing private selected."""

from __future__ import annotations

import os
import signal
import socket
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from deliveries import TABLES, put_csv
from postgres import ELSEWHERE, PASSWORD, Postgres, fill

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.database_address import read_database_address
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.delivery import open_snapshot, take_delivery
from oso_pipeline.intake.onboarding import read_onboarding
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.intake.sources.postgres import open_database

DOCS = Path(__file__).parents[2] / "docs" / "onboarding-sources.md"
ROWS = {
    "agreements": [["41000", "base", "2020-01-01", ""], ["00599", "base", "2021-01-01", ""]],
    "questionnaires": [["00AH", "approved", "2020-01-02"]],
    "delivery_points": [["00AH", "0", "las", "", "ESIS", "2024-01-01", "", "", "2024-02-01", ""]],
}


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The six tables with one private column, readable by the statements that the documentation gives."""
    name = postgres.database("mijn_oso_db")
    with postgres.connection(name) as connection:
        fill(
            connection, {table: (columns, ROWS.get(table, [])) for table, columns in TABLES.items()}
        )
        connection.execute("ALTER TABLE mijn_oso.accounts ADD contactpersoon text DEFAULT 'Geheim'")
        connection.execute(
            "INSERT INTO mijn_oso.accounts (account_name, kind) VALUES ('00AH', 'school')"
        )
        connection.execute(grants(name))
    return name


def grants(database: str) -> str:
    """The statements of the documentation, but for the role, which is there."""
    text = DOCS.read_text()
    statements = text[text.index("GRANT CONNECT") :]
    return (
        statements[: statements.index("```")]
        .replace("oso_reader", "reader")
        .replace("mijn_oso_db", database)
    )


def take(address: str, store: SnapshotStore, at: datetime) -> dict[str, list[dict[str, Any]]]:
    kept = take_delivery(read_database_address(address), store, at=at)
    body = store.body(kept)
    return {table.name: open_snapshot(kept, body, table).to_dicts() for table in ONBOARDING}


def unreadable(address: str, store: SnapshotStore, at: datetime) -> str:
    with pytest.raises(SourceUnreadable) as refused:
        take(address, store, at)
    assert store.newest("onboarding") is None
    return str(refused.value)


def unreachable(address: str, store: SnapshotStore, at: datetime) -> str:
    with pytest.raises(SourceUnreachable) as refused:
        take(address, store, at)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert PASSWORD not in str(refused.value)
    return str(refused.value)


def test_the_tables_become_a_snapshot_by_the_rights_that_the_documentation_gives(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    rows = take(postgres.address(database), store, at)
    assert [row["board_number"] for row in rows["agreements"]] == ["00599", "41000"]
    assert [row["source_row"] for row in rows["agreements"]] == [2, 3]
    assert rows["delivery_points"][0]["registered_on"] == "2024-02-01"
    assert rows["branches"] == []
    kept = store.newest("onboarding")
    assert kept is not None
    assert kept.url == "postgresql:mijn_oso_db/mijn_oso"
    assert kept.notes["columns_dropped"] == {"accounts": ["contactpersoon"]}


def test_the_same_content_in_another_order_is_the_same_snapshot_as_of_csv_files(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime, tmp_path: Path
) -> None:
    first = take_delivery(read_database_address(postgres.address(database)), store, at=at)
    with postgres.connection(database) as connection:
        connection.execute("CREATE TABLE again AS SELECT * FROM mijn_oso.agreements ORDER BY 1")
        connection.execute("TRUNCATE mijn_oso.agreements")
        connection.execute("INSERT INTO mijn_oso.agreements SELECT * FROM again ORDER BY 1 DESC")
        connection.execute("UPDATE mijn_oso.agreements SET ended_on = '  '")
    again = take_delivery(
        read_database_address(postgres.address(database)), store, at=at.replace(day=24)
    )
    assert again == first
    lines = {
        name: "".join(",".join(row) + "\n" for row in sorted(rows)) for name, rows in ROWS.items()
    }
    files = put_csv(tmp_path / "files", **lines, accounts="00AH,school,,,,\n")
    assert take_delivery(files, SnapshotStore(tmp_path / "other"), at=at).sha256 == first.sha256


def test_a_row_without_a_value_in_our_columns_is_a_row_of_the_table(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    with postgres.connection(database) as connection:
        connection.execute("INSERT INTO mijn_oso.accounts (contactpersoon) VALUES ('Geheim')")
    kept = take_delivery(read_database_address(postgres.address(database)), store, at=at)
    accounts = read_onboarding(kept, store.body(kept))["accounts"]
    assert accounts.quarantined.select("source_row", "rule").rows() == [(2, "not_of_the_list")]
    assert accounts.rows["source_row"].to_list() == [3]


def test_a_private_column_is_never_selected_and_is_in_no_file(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    before = len(postgres.log())
    take(postgres.address(database), store, at)
    statements = postgres.log()[before:]
    assert "COPY (SELECT " in statements
    assert "contactpersoon" not in statements
    for path in store._raw.rglob("*"):
        if path.name == "body":
            with zipfile.ZipFile(path) as archive:
                assert not any(b"Geheim" in archive.read(name) for name in archive.namelist())
        elif path.is_file():
            assert b"Geheim" not in path.read_bytes()
            assert PASSWORD.encode() not in path.read_bytes()
            assert b"reader" not in path.read_bytes()


def test_what_is_written_while_the_tables_are_read_is_not_seen(
    postgres: Postgres, database: str
) -> None:
    with (
        open_database(read_database_address(postgres.address(database))) as source,
        postgres.connection(database) as writer,
    ):
        agreements = source.tables["agreements"]().read(["board_number"])[0]
        writer.execute("DELETE FROM mijn_oso.questionnaires")
        writer.execute("INSERT INTO mijn_oso.agreements (board_number) VALUES ('99999')")
        questionnaires = source.tables["questionnaires"]().read(["brin"])[0]
        again = source.tables["agreements"]().read(["board_number"])[0]
    assert questionnaires["brin"].to_list() == ["00AH"]
    assert again.equals(agreements)


def test_the_transaction_may_only_read(postgres: Postgres, database: str) -> None:
    before = len(postgres.log())
    with open_database(read_database_address(postgres.address(database))):
        pass
    assert "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" in postgres.log()[before:]


def test_typed_columns_read_as_a_person_writes_them(
    postgres: Postgres, store: SnapshotStore, at: datetime
) -> None:
    name = postgres.database("typed")
    with postgres.connection(name) as connection:
        fill(connection, {table: (columns, []) for table, columns in TABLES.items()})
        connection.execute(
            "SET datestyle = 'SQL, DMY';"
            "CREATE TYPE kinds AS ENUM ('las', 'ot'); CREATE DOMAIN number AS numeric(6, 2);"
            "CREATE DOMAIN day AS date; CREATE DOMAIN first_day AS day;"
            "DROP TABLE mijn_oso.delivery_points; CREATE TABLE mijn_oso.delivery_points (brin char(6), number number,"
            " kind kinds, branch_number smallint, las varchar(20), requested_on first_day, approved_on timestamp,"
            " key_issued_on timestamp, registered_on text, ended_on date);"
            "INSERT INTO mijn_oso.delivery_points VALUES ('00AH', 2, 'las', 2, E'ES\\nIS', '2024-01-31',"
            " '2024-02-01 00:00', '2024-02-02 10:30', '2024-02-03', 'infinity');"
            "DROP TABLE mijn_oso.agreements; CREATE VIEW mijn_oso.agreements AS SELECT 599 AS board_number,"
            " 'base' AS kind, 2024.0 AS signed_on, time '15:00' AS ended_on"
        )
        connection.execute(grants(name))
    rows = take(postgres.address(name), store, at)
    assert list(rows["delivery_points"][0].values()) == [
        2, "00AH", "2", "las", "2", "ES\nIS", "2024-01-31", "2024-02-01", "2024-02-02 10:30:00", "2024-02-03", "infinity",
    ]  # fmt: skip
    assert list(rows["agreements"][0].values()) == [2, "599", "base", "2024", "15:00:00"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("timestamptz", r"column accounts.requested_on: found type timestamptz; expected text, date.*AT TIME ZONE 'Europe/Amsterdam'"),
        ("jsonb", "column accounts.requested_on: found type jsonb; expected text, date"),
        ("boolean", "found type bool; expected text"),
    ],
)  # fmt: skip
def test_a_column_of_a_type_that_has_two_meanings_is_refused_by_name(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime, kind: str, expected: str
) -> None:
    with postgres.connection(database) as connection:
        connection.execute(
            "TRUNCATE mijn_oso.accounts; ALTER TABLE mijn_oso.accounts DROP requested_on"
        )
        connection.execute(f"ALTER TABLE mijn_oso.accounts ADD requested_on {kind}")
        connection.execute(grants(database))
    with pytest.raises(SourceUnreadable, match=expected):
        take(postgres.address(database), store, at)


def test_a_missing_table_or_column_is_refused_by_name_with_what_was_found(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    with postgres.connection(database) as connection:
        connection.execute("ALTER TABLE mijn_oso.agreements RENAME signed_on TO signed")
    message = unreadable(postgres.address(database), store, at)
    assert "table agreements: column signed_on is missing" in message
    assert "Found: board_number;kind;signed;ended_on" in message
    with postgres.connection(database) as connection:
        connection.execute("ALTER TABLE mijn_oso.agreements RENAME TO contracts")
    message = unreadable(postgres.address(database), store, at)
    assert "table agreements is missing" in message
    assert "found accounts, branches, contracts" in message


def test_a_missing_schema_is_refused_with_the_schemas_found(
    postgres: Postgres, store: SnapshotStore, at: datetime
) -> None:
    name = postgres.database("empty", "CREATE SCHEMA ander")
    message = unreadable(postgres.address(name), store, at)
    assert "found no table there. Schemas found: ander, public." in message
    assert "database empty on 127.0.0.1" in message


def test_a_user_without_the_rights_is_told_which(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    with postgres.connection(database) as connection:
        connection.execute("REVOKE SELECT (kind) ON mijn_oso.agreements FROM reader")
    message = unreadable(postgres.address(database), store, at)
    assert "permission denied for table agreements" in message
    assert "GRANT USAGE ON SCHEMA mijn_oso" in message


def test_rows_that_are_hidden_from_the_user_are_no_smaller_table(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    with postgres.connection(database) as connection:
        connection.execute("ALTER TABLE mijn_oso.agreements ENABLE ROW LEVEL SECURITY")
    message = unreadable(postgres.address(database), store, at)
    assert "row-level security" in message
    assert "BYPASSRLS" in message
    assert "GRANT" not in message


@pytest.mark.parametrize(
    ("submitted_on", "kind"),
    [
        ("contactpersoon::date", "InvalidDatetimeFormat, 22007"),
        ("mijn_oso.refuse(contactpersoon, 'P0001')", "RaiseException, P0001"),
        ("mijn_oso.refuse(contactpersoon, 'OSO01')", "DatabaseError, OSO01"),
        ("mijn_oso.refuse(contactpersoon, 'HV000')", "FdwError, HV000"),
    ],
)
def test_a_value_that_the_server_cannot_read_or_a_view_refuses_is_not_quoted(
    postgres: Postgres,
    database: str,
    store: SnapshotStore,
    at: datetime,
    submitted_on: str,
    kind: str,
) -> None:
    with postgres.connection(database) as connection:
        connection.execute(
            "CREATE FUNCTION mijn_oso.refuse(who text, code text) RETURNS date LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'user % has no BRIN', who USING ERRCODE = code; END $$;"
            "DROP TABLE mijn_oso.questionnaires; CREATE VIEW mijn_oso.questionnaires AS"
            f" SELECT account_name AS brin, kind AS status, {submitted_on} AS submitted_on FROM mijn_oso.accounts"
        )
        connection.execute(grants(database))
    message = unreadable(postgres.address(database), store, at)
    assert "Geheim" not in message
    assert "table questionnaires: a value cannot be read, or a view refuses one" in message
    assert f"the server's log says which ({kind})" in message


def test_a_login_that_is_refused_and_a_database_that_is_not_there_are_unreachable(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    message = unreachable(postgres.address(database, user="stranger"), store, at)
    assert message.count('password authentication failed for user "stranger"') == 1
    assert "OSO_ONBOARDING" in message
    assert 'database "nowhere" does not exist' in unreachable(
        postgres.address("nowhere"), store, at
    )


def test_a_server_that_is_not_there_is_unreachable(store: SnapshotStore, at: datetime) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    message = unreachable(f"postgresql://reader:geheim@127.0.0.1:{port}/oso", store, at)
    assert "Connection refused. Expected a server" in message
    assert "geheim" not in message


@pytest.fixture
def silent() -> Iterator[int]:
    """A port on which someone listens and never speaks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_server_that_never_answers_is_given_up(
    silent: int, store: SnapshotStore, at: datetime
) -> None:
    address = f"postgresql://reader:geheim@127.0.0.1:{silent}/oso?connect_timeout=2"
    assert "timeout" in unreachable(address, store, at)


def test_a_table_that_someone_holds_is_waited_for_no_longer_than_allowed(
    postgres: Postgres,
    database: str,
    store: SnapshotStore,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from oso_pipeline.intake.sources import postgres as module

    assert "statement_timeout = '120s'" in module._SETTINGS
    monkeypatch.setattr(module, "_SETTINGS", module._SETTINGS.replace("120s", "200ms"))
    with postgres.connection(database) as holder, holder.transaction():
        holder.execute("LOCK TABLE mijn_oso.agreements")
        message = unreachable(postgres.address(database), store, at)
    assert "statement timeout (another session may have locked a table)" in message


def test_a_connection_that_is_cut_in_the_middle_is_unreachable(
    postgres: Postgres, database: str
) -> None:
    def cut_and_read() -> None:
        with (
            open_database(read_database_address(postgres.address(database))) as source,
            postgres.connection(database) as owner,
        ):
            owner.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'reader'"
            )
            source.tables["agreements"]().read(["board_number"])

    with pytest.raises(SourceUnreachable, match=r"terminating connection|closed the connection"):
        cut_and_read()


def test_a_server_that_goes_silent_in_the_middle_is_given_up(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oso_pipeline.intake.sources import postgres as module

    monkeypatch.setattr(module, "_MOST_SECONDS", 1)

    def stop_and_read() -> None:
        with (
            open_database(read_database_address(postgres.address(database))) as source,
            postgres.connection(database) as owner,
        ):
            found = owner.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'reader'")
            ((process,),) = found.fetchall()
            os.kill(process, signal.SIGSTOP)
            try:
                source.tables["agreements"]().read(["board_number"])
            finally:
                os.kill(process, signal.SIGCONT)

    with pytest.raises(SourceUnreachable, match="went silent, and after 1 seconds"):
        stop_and_read()


def test_a_host_that_is_not_this_machine_is_read_over_tls(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    if not postgres.encrypts:
        pytest.skip("without openssl the server has no certificate")
    address = read_database_address(postgres.address(database, host=ELSEWHERE))
    with open_database(address), postgres.connection(database) as owner:
        ssl = owner.execute(
            "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'reader'"
        ).fetchall()
    assert ssl == [(True,)]
    with postgres.connection() as owner:
        owner.execute("ALTER SYSTEM SET ssl = off")
        owner.execute("SELECT pg_reload_conf(), pg_sleep(0.5)")
        try:
            message = unreachable(postgres.address(database, host=ELSEWHERE), store, at)
        finally:
            owner.execute("ALTER SYSTEM RESET ssl")
            owner.execute("SELECT pg_reload_conf(), pg_sleep(0.5)")
    assert "does not support SSL" in message


def test_the_password_may_come_from_the_environment(
    postgres: Postgres,
    database: str,
    store: SnapshotStore,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    bare = f"postgresql://reader@127.0.0.1:{postgres.port}/{database}"
    assert "no password supplied" in unreachable(bare, store, at)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert take(bare, store, at)["questionnaires"]
    monkeypatch.delenv("PGPASSWORD")
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"127.0.0.1:*:*:reader:{PASSWORD.replace(':', chr(92) + ':')}\n")
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    assert take(bare, store, at)["questionnaires"]


def test_a_thousand_rows_are_read_in_the_order_of_bytes(
    postgres: Postgres, database: str, store: SnapshotStore, at: datetime
) -> None:
    names = [f"{letter}{n}" for n in range(250) for letter in ("a", "B", "é", "_")]
    with postgres.connection(database) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO mijn_oso.branches (name) VALUES (%s)", [[n] for n in names])
    found = [row["name"] for row in take(postgres.address(database), store, at)["branches"]]
    assert found == sorted(names, key=str.encode)
