"""Settings: a name or a value that is not allowed is refused with the allowed ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oso_pipeline.database_address import DatabaseAddress
from oso_pipeline.errors import UsageError
from oso_pipeline.settings import PROJECT_ROOT, load_settings, setting_names


@pytest.fixture(autouse=True)
def _no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The project's own .env is not read, nor the PG environment; the current folder is another one than the project's."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("oso_pipeline.settings.ENV_FILE", tmp_path / ".env")
    monkeypatch.chdir(tmp_path)


def refusal() -> str:
    with pytest.raises(UsageError) as refused:
        load_settings()
    return str(refused.value)


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = load_settings()
    assert settings.duo_base_url == "https://duo.nl/open_onderwijsdata/images/"
    assert settings.ckan_base_url == "https://onderwijsdata.duo.nl/"
    assert settings.raw_dir == PROJECT_ROOT / "data" / "raw"
    assert settings.marts_dir == PROJECT_ROOT / "data" / "marts"
    assert settings.onboarding_dir == PROJECT_ROOT / "data/raw/incoming/onboarding"
    assert settings.overrides_file == PROJECT_ROOT / "data/raw/overrides.csv"
    assert settings.gate.is_file()


def test_relative_paths_start_at_the_projects_root_whatever_the_current_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OSO_DATA_DIR", "elsewhere")
    monkeypatch.setenv("OSO_ONBOARDING", "dir:in/today")
    monkeypatch.setenv("OSO_OVERRIDES", "decisions.csv")
    monkeypatch.setenv("OSO_GATE", "oso_pipeline/release/gate.toml")
    settings = load_settings()
    assert settings.raw_dir == PROJECT_ROOT / "elsewhere" / "raw"
    assert settings.onboarding_dir == PROJECT_ROOT / "in" / "today"
    assert settings.overrides_file == PROJECT_ROOT / "decisions.csv"
    assert settings.gate == PROJECT_ROOT / "oso_pipeline/release/gate.toml"


def test_absolute_paths_stay_and_a_tilde_is_the_home_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/nachtdienst")
    monkeypatch.setenv("OSO_DATA_DIR", "/srv/oso")
    monkeypatch.setenv("OSO_ONBOARDING", "dir:~/export.xlsx")
    settings = load_settings()
    assert settings.overrides_file == Path("/srv/oso/raw/overrides.csv")
    assert settings.onboarding_dir == Path("/home/nachtdienst/export.xlsx")


@pytest.mark.parametrize("name", setting_names())
def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    default = load_settings()
    monkeypatch.setenv(name, "")
    assert load_settings() == default


@pytest.mark.parametrize("name", ["OSO_DATADIR", "oso_datadir", "OSO_"])
def test_an_unknown_name_is_refused_with_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "x")
    message = refusal()
    assert f"Unknown setting {name} in the environment" in message
    assert all(known in message for known in setting_names())


def test_a_file_is_read_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("OSO_DATA_DIR=/from/file\nOSO_REGISTRY_TABLES=po\n")
    assert load_settings().data_dir == Path("/from/file")
    monkeypatch.setenv("OSO_DATA_DIR", "/from/environment")
    assert load_settings().data_dir == Path("/from/environment")
    assert load_settings().registry_tables == ("po",)


@pytest.mark.parametrize("name", ["OSO_DATADIR", "data_dir", "PORT"])
def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / ".env").write_text(f"{name}=x\n")
    assert f"Unknown setting {name} in .env. The settings are OSO_DATA_DIR" in refusal()


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSO_DATA_DIR", "/from/environment")
    assert load_settings(data_dir="/given").data_dir == Path("/given")


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("OSO_REGISTRY_TABLES", "po,mbo", "found 'mbo'; expected 'po', 'so', 'vo'"),
        ("OSO_REGISTRY_TABLES", "boards", "at least one of po, so, vo is needed"),
        ("OSO_DUO_BASE_URL", "duo.nl", "expected https://HOST/PATH/"),
        ("OSO_DUO_BASE_URL", "ftp://duo.nl/", "expected https://HOST/PATH/"),
        ("OSO_DUO_BASE_URL", "https:///x", "expected https://HOST/PATH/"),
        ("OSO_CKAN_BASE_URL", "https://duo.nl:x/", "not an address; expected"),
        ("OSO_CKAN_BASE_URL", "https://[bad/", "not an address; expected"),
        ("OSO_CKAN_BASE_URL", "https://duo.nl/?id=1", "without a user, a ? or a #"),
        (
            "OSO_DUO_BASE_URL",
            "http://duo.nl/",
            "plain http is only allowed for 127.0.0.1, localhost",
        ),
        ("OSO_DUO_BASE_URL", "http://localhost.example/", "plain http is only allowed"),
        ("OSO_ONBOARDING", "in/today", "expected dir:PATH"),
        ("OSO_ONBOARDING", "dir:", "no path behind dir:"),
        (
            "OSO_ONBOARDING",
            "postgres://host/db",
            "expected dir:PATH or postgresql://USER@HOST:PORT/DATABASE",
        ),
        ("OSO_ONBOARDING", "postgresql://host", "there is no database behind the host"),
        (
            "OSO_ONBOARDING",
            "postgresql://host/db?sslmode=prefer",
            "sslmode prefer; expected one of require, verify-ca, verify-full",
        ),
        (
            "OSO_ONBOARDING",
            "postgresql://localhost,host/db?sslmode=disable",
            "sslmode disable; expected",
        ),
        (
            "OSO_ONBOARDING",
            "postgresql://localhost/db?hostaddr=10.0.0.1&sslmode=disable",
            "sslmode disable; expected",
        ),
        (
            "OSO_ONBOARDING",
            "postgresql://localhost/db?sslmode=yes",
            "sslmode yes; expected one of require",
        ),
        ("OSO_ONBOARDING", "postgresql:///db?service=x", "a service is not followed"),
        ("OSO_ONBOARDING", "postgresql://host:x/db", "it cannot be told apart"),
        ("OSO_GATE", "nowhere.toml", "there is no gate file at"),
        ("OSO_ALERT_WEBHOOK", "hooks.example.nl/x", "it is not an address; expected https://"),
        ("OSO_ALERT_WEBHOOK", "https://hooks.example.nl/x y", "it is not an address"),
        ("OSO_ALERT_WEBHOOK", "https://[bad/x", "it is not an address"),
        ("OSO_ALERT_WEBHOOK", "https:///x", "it is not an address"),
        ("OSO_ALERT_WEBHOOK", "http://hooks.example.nl/x", "it does not begin with https://"),
        ("OSO_ALERT_WEBHOOK", "ftp://hooks.example.nl/x", "it does not begin with https://"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, found: str
) -> None:
    monkeypatch.setenv(name, value)
    message = refusal()
    assert message.startswith(f"{name}: ")
    assert found in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OSO_DUO_BASE_URL", "https://piet:geheim@duo.nl/"),
        ("OSO_DUO_BASE_URL", "http://127.0.0.1:geheim@duo.nl/"),
        ("OSO_DUO_BASE_URL", "ftp://piet:geheim@duo.nl/"),
        ("OSO_DUO_BASE_URL", "piet:geheim@duo.nl"),
        ("OSO_ONBOARDING", "host=db.example user=lezer password=geheim dbname=x"),
        ("OSO_ONBOARDING", "postgres//u;geheim@host/db"),
        ("OSO_ONBOARDING", "geheim:geheim@host/db"),
        ("OSO_ALERT_WEBHOOK", "http://hooks.example.nl/geheim"),
        ("OSO_ALERT_WEBHOOK", "hooks.example.nl/geheim"),
        ("OSO_ALERT_WEBHOOK", "https://hooks.example.nl:geheim/"),
        ("OSO_ALERT_WEBHOOK", "https://hooks.example.nl/geheim 1"),
        ("OSO_ALERT_WEBHOOK", "ftp://geheim/"),
        ("OSO_ONBOARDING", "postgres://piet:geheim@host/db"),
        ("OSO_ONBOARDING", "postgresql://piet:geheim@host"),
        ("OSO_ONBOARDING", "postgresql://piet:geheim@host/db?sslmode=disable"),
        ("OSO_ONBOARDING", "postgresql://piet:geheim@host/db?nothing=1"),
        ("OSO_ONBOARDING", "postgresql://piet:geheim%zz@host/db"),
        ("OSO_ONBOARDING", "postgresql://piet:12/geheim@host/db"),
        ("OSO_ONBOARDING", "postgresql://piet:12@geheim@host/db"),
        ("OSO_ONBOARDING", "postgresql://piet:geheim/12@host/db"),
    ],
)
def test_a_password_in_a_refused_address_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert "geheim" not in refusal()


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:80"])
def test_plain_http_is_allowed_for_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("OSO_DUO_BASE_URL", f"http://{host}/x")
    assert load_settings().duo_base_url == f"http://{host}/x/"


def test_tables_are_read_in_one_order_and_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSO_REGISTRY_TABLES", " vo, po ,vo")
    assert load_settings().registry_tables == ("po", "vo")


@pytest.mark.parametrize(
    ("address", "sslmode"),
    [
        ("postgresql://db.example.nl/db", "require"),
        ("postgresql://db.example.nl/db?sslmode=verify-full", "verify-full"),
        ("postgresql://db.example.nl/db?sslrootcert=system", "verify-full"),
        ("postgresql://127.0.0.1,db.example.nl/db", "require"),
        ("postgresql://127.0.0.1.example.nl/db", "require"),
        ("postgresql://127.0.0.1:5433/db", "prefer"),
        ("postgresql://[::1]/db", "prefer"),
        ("postgresql:///db", "prefer"),
        ("postgresql:///db?host=/var/run/postgresql", "prefer"),
        ("postgresql://localhost/db?sslmode=disable", "disable"),
    ],
)
def test_a_database_elsewhere_is_read_over_tls_only(
    monkeypatch: pytest.MonkeyPatch, address: str, sslmode: str
) -> None:
    monkeypatch.setenv("OSO_ONBOARDING", address)
    where = load_settings().onboarding_source
    assert isinstance(where, DatabaseAddress)
    assert where.parameters["sslmode"] == sslmode
    assert load_settings().onboarding_dir is None


def test_the_pg_environment_fills_in_what_the_address_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OSO_ONBOARDING", "postgresql:///")
    monkeypatch.setenv("PGDATABASE", "oso")
    monkeypatch.setenv("PGHOST", "db.example.nl")
    where = load_settings().onboarding_source
    assert isinstance(where, DatabaseAddress)
    assert str(where) == "database oso on db.example.nl"
    assert where.parameters["sslmode"] == "require"
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert "sslmode disable; expected one of require" in refusal()


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSO_ONBOARDING", "postgresql://piet:geheim@127.0.0.1/db?sslpassword=geheim")
    settings = load_settings()
    where = settings.onboarding_source
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {where!r} {where}"
    assert "geheim" not in shown
    assert "piet" not in repr(where)


@pytest.mark.parametrize(
    "address",
    ["https://hooks.example.nl/services/geheim", "http://127.0.0.1:8065/hooks/geheim", "http://[::1]/geheim"],
)  # fmt: skip
def test_a_webhook_is_taken_over_https_or_on_this_machine_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OSO_ALERT_WEBHOOK", address)
    settings = load_settings()
    assert settings.alert_webhook.get_secret_value() == address
    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("OSO_DATA_DIR=x\n".encode("utf-16"), "is not text in UTF-8"),
        ("OSO_DATA_DIR=caf\xe9\n".encode("latin-1"), "is not text in UTF-8"),
        (b"OSO_DUO_BASE_URL=https://x/\nOSO_DATA_DIR: /geheim\n", "line 2: it cannot be read; expected NAME=VALUE"),
    ],
)  # fmt: skip
def test_a_file_of_settings_that_cannot_be_read_is_refused_and_not_quoted(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / ".env").write_bytes(content)
    refused = refusal()
    assert said in refused
    assert "geheim" not in refused


def test_blanks_around_a_value_are_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfOSO_REGISTRY_TABLES='po '\r\n")
    monkeypatch.setenv("OSO_DATA_DIR", "/srv/oso \r")
    settings = load_settings()
    assert (settings.registry_tables, settings.raw_dir) == (("po",), Path("/srv/oso/raw"))
