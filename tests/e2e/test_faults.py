"""What a night says of each fault of the registry and of a delivery, after a night that was published.

`LATER` names what the gate does not hold yet and should.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.deliveries import DELIVERY_FAULTS, spoil_onboarding
from oso_pipeline.demo.faults import FAULTS
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.intake import branch_files
from oso_pipeline.intake.http import MEBIBYTE
from oso_pipeline.nightly import run_night
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion

DAY = date(2026, 11, 20)
CUT_OFF = "the file was cut off"
NO_KEY = "column BEVOEGD GEZAG NUMMER is missing"
HOME = Path(tempfile.mkdtemp(prefix="dagster-"))
NO_JSON = "expected the catalogue's JSON"

ENDINGS = {
    # (source, fault): (verdict, exit code, what is said)
    ("po", "truncated_body"): ("unchanged", 0, ""),
    ("boards", "truncated_body"): ("unchanged", 0, ""),
    ("po", "truncated_quietly"): ("failed", 4, CUT_OFF),
    ("boards", "truncated_quietly"): (
        "unchanged",
        0,
        "",
    ),  # the catalogue's hash says that it is known
    ("ckan", "truncated_quietly"): ("failed", 4, NO_JSON),
    ("po", "wrong_content_length"): ("failed", 4, CUT_OFF),
    ("po", "html_page"): ("failed", 4, "a web page arrived instead of a table"),
    ("ckan", "html_page"): ("failed", 4, NO_JSON),
    ("po", "empty_body"): ("failed", 4, "it is empty"),
    ("po", "renamed_column"): ("failed", 4, f"{NO_KEY} (the nearest name is"),
    ("boards", "renamed_column"): ("failed", 4, f"{NO_KEY} (the nearest name is"),
    ("po", "dropped_column"): ("failed", 4, NO_KEY),
    ("po", "extra_column"): ("published", 0, ""),
    ("po", "duplicated_rows"): ("published", 0, ""),
    ("po", "lost_leading_zeroes"): ("published", 0, ""),
    ("boards", "lost_leading_zeroes"): ("published", 0, ""),
    ("po", "other_encoding"): ("published", 0, ""),
    ("boards", "other_encoding"): ("published", 0, ""),
    ("po", "utf_16"): ("failed", 4, "NUL byte in row 1"),
    ("po", "nul_bytes"): ("failed", 4, "NUL byte in row 106"),
    ("po", "half_the_schools_gone"): ("held", 3, "branches_po: 106, allowed: 208 to 223."),
    ("boards", "half_the_schools_gone"): ("published", 0, ""),
    ("po", "one_province_gone"): ("published", 0, ""),
    ("po", "all_boards_renumbered"): ("held", 3, "connected_po: 0, allowed: 149 to 188."),
    ("boards", "all_boards_renumbered"): ("published", 0, ""),
    ("po", "status_404"): ("unchanged", 0, ""),
    ("po", "status_429"): ("unchanged", 0, ""),
    ("po", "status_503"): ("unchanged", 0, ""),
    ("ckan", "status_503"): ("unchanged", 0, ""),
    ("register", "zip_bomb"): ("failed", 4, "allowed. This is not the register"),
    ("register", "truncated_quietly"): ("failed", 4, "the zip cannot be unpacked"),
    ("register", "html_page"): ("failed", 4, "the zip cannot be unpacked (File is not a zip file)"),
    ("register", "renamed_column"): ("failed", 4, "column NR_ADMIN"),
    ("register", "half_the_schools_gone"): ("published", 0, ""),
    ("register", "status_503"): ("unchanged", 0, ""),
    ("rio", "renamed_column"): ("failed", 4, "column"),
    ("rio", "half_the_schools_gone"): ("published", 0, ""),
    ("delivery", "table_missing"): ("failed", 4, "delivery_points"),
    ("delivery", "table_emptied"): ("held", 3, "onboarding_delivery_points"),
    ("delivery", "table_halved"): ("held", 3, "onboarding_delivery_points"),
    ("delivery", "renamed_column"): ("failed", 4, "column brin is missing"),
    ("delivery", "dropped_column"): ("failed", 4, "column brin is missing"),
    ("delivery", "half_written_file"): ("failed", 4, CUT_OFF),
    ("delivery", "email_column"): ("published", 0, ""),  # a column that was dropped is news
    ("delivery", "duplicated_rows"): ("held", 3, "onboarding_delivery_points"),
    ("po", "redirect_elsewhere"): ("failed", 4, "is not at a host that may be asked"),
    ("po", "endless_body"): ("failed", 4, "larger than"),
    ("po", "broken_tls"): ("failed", 4, "is not at a host that may be asked"),
    ("po", "no_answer"): ("unchanged", 0, ""),
}
LATER = {
    ("register", "half_the_schools_gone"): "rows of the register against the last release",
    ("rio", "half_the_schools_gone"): "fill rate of coordinates",
    ("boards", "half_the_schools_gone"): "fill rate of board names",
    ("boards", "all_boards_renumbered"): "fill rate of board names",
    (
        "po",
        "one_province_gone",
    ): "branches per province: in this small country one has fewer than five",
}
WITHOUT_A_NIGHT = {"slow_drip": "takes its whole time; tests/demo/test_demo_faults.py has it"}


@pytest.fixture(autouse=True)
def _small_cap(one_try: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much is taken is told by test_intake_http.py."""
    monkeypatch.setattr(branch_files, "LARGEST_BODY", 64 * MEBIBYTE)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults") / "country"
    write_country(folder, branches=300, as_of=DAY)
    return folder


def night(server: RegistryServer, data: Path) -> Conclusion:
    """A night; all of them share one Dagster storage, as making one takes as long as the night."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(HOME))
        return run_night(settings_for(server, data), as_of=DAY)


@pytest.fixture(scope="module")
def good_night(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after a night that was published; tests work on copies."""
    root = tmp_path_factory.mktemp("good")
    with RegistryServer(country) as server:
        first = night(server, root / "data")
        assert first.verdict == "published", first.reason
    return root / "data"


def test_every_fault_has_an_ending() -> None:
    told = {fault for _, fault in ENDINGS} | WITHOUT_A_NIGHT.keys()
    assert told == {*FAULTS, *DELIVERY_FAULTS}
    assert all(ENDINGS[fault][0] == "published" for fault in LATER)


@pytest.mark.parametrize(("source", "fault"), ENDINGS)
def test_a_night_with_a_fault_ends_as_it_should_and_latest_moves_only_when_published(
    source: str, fault: str, country: Path, good_night: Path, tmp_path: Path
) -> None:
    verdict, exit_code, said = ENDINGS[source, fault]
    shutil.copytree(good_night, tmp_path / "data", symlinks=True)
    shutil.copytree(country, tmp_path / "country")
    folder = DataFolder(tmp_path / "data")
    before = folder.latest_release_id()
    if source == "delivery":
        spoil_onboarding(tmp_path / "country" / "onboarding", fault)
    faults = {} if source == "delivery" else {source: fault}
    with RegistryServer(tmp_path / "country", faults) as server:
        ended = night(server, folder.root)
    assert (ended.verdict, ended.exit_code) == (verdict, exit_code), ended.reason
    assert said in ended.reason
    assert (folder.latest_release_id() == before) == (verdict != "published")
