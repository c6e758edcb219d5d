"""A demo stays: its country goes on from day to day, and `oso demo` runs the nights that it has not run yet.

The first time there are three: two for the past, and the day that was asked for. After that it is that day only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.errors import UsageError
from oso_pipeline.settings import Settings, load_settings

EARLIER_NIGHTS = 2
_FILE = "country.json"


def settings_for(server: RegistryServer, data_dir: Path) -> Settings:
    """The settings of nights on a served country; decisions lie in their data folder, whatever the environment says."""
    return load_settings(
        data_dir=data_dir,
        duo_base_url=server.duo_base_url,
        ckan_base_url=server.ckan_base_url,
        onboarding=f"dir:{server.folder / 'onboarding'}",
        overrides=data_dir / "raw" / "overrides.csv",
    )


@dataclass(frozen=True)
class Stay:
    """The country of a demo's data folder.

    Attributes:
        branches: on the first night.
        seed: of the country.
        first_night: its first day, ISO 8601.
    """

    branches: int
    seed: int
    first_night: str

    @classmethod
    def in_folder(cls, data_dir: Path, *, branches: int, seed: int, day: date) -> Stay:
        """The stay that this data folder holds, begun now when it holds none.

        Args:
            data_dir: of the demo.
            branches: asked for.
            seed: asked for.
            day: asked for.

        Raises:
            UsageError: the folder holds another country, or one that begins later.
        """
        path = data_dir / _FILE
        if not path.is_file():
            begun = cls(branches, seed, (day - timedelta(days=EARLIER_NIGHTS)).isoformat())
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(asdict(begun)) + "\n", encoding="utf-8")
            return begun
        held = cls(**json.loads(path.read_text(encoding="utf-8")))
        if (held.branches, held.seed) != (branches, seed):
            raise UsageError(
                f"{data_dir} holds the demo of a country of {held.branches:,} branches, seed {held.seed};"
                f" asked for were {branches:,} branches, seed {seed}. Remove that folder, or point"
                " OSO_DATA_DIR to another one."
            )
        if day < held.first:
            raise UsageError(
                f"The demo in {data_dir} begins on {held.first}; asked for was {day}. Give a later day,"
                " remove that folder, or point OSO_DATA_DIR to another one."
            )
        return held

    @property
    def first(self) -> date:
        """The first day."""
        return date.fromisoformat(self.first_night)

    def nights(self, day: date, last_published: date | None) -> list[date]:
        """The nights to run: of the first ones those that are not behind us, and the day."""
        past = [self.first + timedelta(days=at) for at in range(EARLIER_NIGHTS)]
        ahead = [one for one in past if one < day and (not last_published or one > last_published)]
        return [*ahead, day]

    def write(self, folder: Path, day: date) -> None:
        """Write the country as it is on a day."""
        night = (day - self.first).days + 1
        write_country(folder, branches=self.branches, seed=self.seed, as_of=day, night=night)
