"""Settings: environment variables with the prefix `OSO_`, or a `.env` file at the project's root.

A wrong value or an unknown name is refused with the allowed ones (contract.md, Settings). Both are read here, and not by
pydantic-settings: it brings asyncio, ssl and a dozen sources of its own, which the verbs that read would wait for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

from oso_pipeline.database_address import LOOPBACK, DatabaseAddress, read_database_address
from oso_pipeline.errors import UsageError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = PROJECT_ROOT / ".env"
PREFIX = "OSO_"
POSTGRESQL = "postgresql://"
PACKAGED_GATE = Path(__file__).resolve().parent / "release" / "gate.toml"

RegistryTable = Literal["po", "so", "vo", "boards", "register", "rio"]
REGISTRY_TABLES: tuple[RegistryTable, ...] = ("po", "so", "vo", "boards", "register", "rio")


def _from_root(path: str | Path) -> Path:
    return PROJECT_ROOT / Path(path).expanduser()


def _split_tables(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


class Settings(BaseModel):
    """Where the data is, and which sources are read.

    Raises:
        UsageError: from `load_settings`, for a value that is not allowed or a name that is not known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    data_dir: Annotated[Path, BeforeValidator(_from_root)] = Field(
        default=PROJECT_ROOT / "data", description="holds raw/ and marts/"
    )
    registry_tables: Annotated[tuple[RegistryTable, ...], BeforeValidator(_split_tables)] = Field(
        default=REGISTRY_TABLES, description="which registry tables are read"
    )
    duo_base_url: str = Field(
        default="https://duo.nl/open_onderwijsdata/images/",
        description="address files and the register zip",
    )
    ckan_base_url: str = Field(
        default="https://onderwijsdata.duo.nl/", description="CKAN: boards, RIO"
    )
    onboarding: SecretStr = Field(
        default=SecretStr(""),
        description="dir:PATH (six CSV files or one workbook), or a postgresql:// address; a password may stand in it",
    )
    overrides: Annotated[Path | None, BeforeValidator(lambda path: path and _from_root(path))] = (
        Field(default=None, description="the decisions file; absent means none")
    )
    gate: Annotated[Path, BeforeValidator(_from_root)] = Field(
        default=PACKAGED_GATE, description="a file with the publication bounds"
    )
    alert_webhook: SecretStr = Field(
        default=SecretStr(""),
        description="where a night that failed or is held is told, and the first good one after it; the address itself is the secret",
    )

    @field_validator("registry_tables")
    @classmethod
    def _known_tables(cls, tables: tuple[RegistryTable, ...]) -> tuple[RegistryTable, ...]:
        if not {"po", "so", "vo"} & set(tables):
            raise ValueError(
                "at least one of po, so, vo is needed: they say which branches are open"
            )
        return tuple(table for table in REGISTRY_TABLES if table in tables)

    @field_validator("duo_base_url", "ckan_base_url")
    @classmethod
    def _safe_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            is_address = parts.hostname not in {None, ""} and parts.port != 0
        except ValueError:  # of a host or a port that is none; a password may stand in what it says
            raise ValueError("it is not an address; expected https://HOST/PATH/") from None
        if "@" in url or (is_address and (parts.query or parts.fragment)):
            raise ValueError("expected https://HOST/PATH/ without a user, a ? or a # in it")
        if not is_address or parts.scheme not in {"https", "http"}:
            raise ValueError(f"{url!r} is not an address; expected https://HOST/PATH/")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(
                f"plain http is only allowed for 127.0.0.1, localhost and [::1], found {url!r}; use https"
            )
        return url if url.endswith("/") else url + "/"

    @field_validator("onboarding")
    @classmethod
    def _known_onboarding(cls, setting: SecretStr) -> SecretStr:
        address = setting.get_secret_value()
        if address.startswith(POSTGRESQL):
            read_database_address(address)
        elif address and not address.startswith("dir:"):
            # what it says is not quoted: a password may stand in it
            raise ValueError("expected dir:PATH or postgresql://USER@HOST:PORT/DATABASE")
        if address == "dir:":
            raise ValueError("there is no path behind dir:, expected dir:PATH")
        return setting

    @field_validator("gate")
    @classmethod
    def _existing_gate(cls, path: Path) -> Path:
        if not path.is_file():
            raise ValueError(f"there is no gate file at {path}")
        return path

    @field_validator("alert_webhook")
    @classmethod
    def _safe_webhook(cls, setting: SecretStr) -> SecretStr:
        """Whoever has the address can write in the channel, so no message quotes it."""
        address = setting.get_secret_value()
        expected = "expected https://HOST/PATH (plain http only for 127.0.0.1, localhost and [::1])"
        if not address:
            return setting
        try:
            parts = urlsplit(address)
            is_address = bool(parts.hostname) and parts.port != 0
        except ValueError:
            raise ValueError(f"it is not an address; {expected}") from None
        if not is_address or not address.isprintable() or " " in address:
            raise ValueError(f"it is not an address; {expected}")
        is_plain_here = parts.scheme == "http" and parts.hostname in LOOPBACK
        if parts.scheme != "https" and not is_plain_here:
            raise ValueError(f"it does not begin with https://; {expected}")
        return setting

    @property
    def raw_dir(self) -> Path:
        """What came in."""
        return self.data_dir / "raw"

    @property
    def marts_dir(self) -> Path:
        """What went out."""
        return self.data_dir / "marts"

    @property
    def onboarding_source(self) -> Path | DatabaseAddress:
        """Where the six tables come from: a folder, a workbook, or a database."""
        address = self.onboarding.get_secret_value()
        if address.startswith(POSTGRESQL):
            return read_database_address(address)
        if not address:
            return self.raw_dir / "incoming" / "onboarding"
        return _from_root(address.removeprefix("dir:"))

    @property
    def onboarding_dir(self) -> Path | None:
        """The folder in which the six tables are delivered; None when they come from a database."""
        where = self.onboarding_source
        return where if isinstance(where, Path) else None

    @property
    def overrides_file(self) -> Path:
        """The people's decisions."""
        return self.overrides or self.raw_dir / "overrides.csv"


def setting_names() -> list[str]:
    """The names of all settings, as they stand in the environment."""
    return [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def load_settings(**given: Any) -> Settings:  # noqa: ANN401 - as many types as there are settings
    """Read the settings from the environment and `.env`; what is given here goes first, then the environment.

    Raises:
        UsageError: for an unknown name or a wrong value, naming the allowed ones.
    """
    ours = {name: value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}
    environment = _written(ours, "the environment")
    in_file = _written(_in_env_file(), ENV_FILE.name)
    try:
        return Settings(**in_file | environment | given)
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors()]
        raise UsageError(" ".join(problems)) from None


def _written(values: Mapping[str, str | None], where: str) -> dict[str, Any]:
    """What is written somewhere, by field; an empty value is none, and a name in either case is the same."""
    known = setting_names()
    unknown = sorted(name for name in values if name.upper() not in known)
    if unknown:
        raise UsageError(
            f"Unknown setting {', '.join(unknown)} in {where}. The settings are {', '.join(known)}."
        )
    stripped = {name: (value or "").strip() for name, value in values.items()}
    return {name.upper().removeprefix(PREFIX).lower(): value for name, value in stripped.items() if value}  # fmt: skip


def _in_env_file() -> dict[str, str | None]:
    """What `.env` says; a line is quoted nowhere, as a secret may stand in it."""
    if not ENV_FILE.is_file():
        return {}
    try:
        text = ENV_FILE.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{ENV_FILE} is not text in UTF-8. Save it as UTF-8.") from None
    wrong = [str(line.original.line) for line in parse_stream(StringIO(text)) if line.error]
    if wrong:
        raise UsageError(
            f"{ENV_FILE}, line {', '.join(wrong)}: it cannot be read; expected NAME=VALUE."
        )
    return dotenv_values(stream=StringIO(text))


def _problem(detail: ErrorDetails) -> str:
    name, message = str(detail["loc"][0]), detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "literal_error":
        message = f"found {detail['input']!r}; expected {detail['ctx']['expected']}"
    return f"{PREFIX}{name.upper()}: {message}."
