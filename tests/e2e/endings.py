"""How a night ends with each fault, after a night that was published.

The tests hold the nights to it, and docs/faults.md shows it (`make docs` writes it: `python tests/e2e/endings.py`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from oso_pipeline.demo.deliveries import DELIVERY_FAULTS
from oso_pipeline.demo.faults import FAULTS

DELIVERY = "delivery"


@dataclass(frozen=True)
class Ending:
    """How a night ends.

    Attributes:
        source: what goes wrong: a source of the registry, or the delivery.
        fault: how.
        verdict: on the night.
        exit_code: of `oso run`.
        said: what the reason says, among others; it stands in the log, on the screen and in index.json.
        branches: of the country: a province has to be larger than what may always go.
    """

    source: str
    fault: str
    verdict: str
    exit_code: int
    said: str
    branches: int = 300

    @property
    def meaning(self) -> str:
        """What the fault is, in one line."""
        known = DELIVERY_FAULTS if self.source == DELIVERY else FAULTS
        return known[self.fault].meaning


def _published(source: str, fault: str, said: str = "") -> Ending:
    return Ending(source, fault, "published", 0, said)


def _stands_in(source: str, fault: str, named: str | None = None) -> Ending:
    """Nothing arrived, so last night's snapshot stands in; nothing else is new either."""
    return Ending(
        source, fault, "unchanged", 0, f"an earlier snapshot stands in: {named or source}"
    )


def _held(source: str, fault: str, said: str, branches: int = 300) -> Ending:
    return Ending(source, fault, "held", 3, said, branches)


def _failed(source: str, fault: str, said: str) -> Ending:
    return Ending(source, fault, "failed", 4, said)


_CUT_OFF = "the file was cut off"
_NO_KEY = "column BEVOEGD GEZAG NUMMER is missing"
_NO_JSON = "expected the catalogue's JSON"
_NO_HOST = "is not at a host that may be asked"

ENDINGS = (
    # nothing arrives: what was seen last night stands in
    _stands_in("po", "truncated_body"),
    _stands_in("register", "truncated_body"),
    _stands_in("po", "no_answer"),
    _stands_in("po", "slow_drip"),
    _stands_in("po", "status_404"),
    _stands_in("po", "status_429"),
    _stands_in("po", "status_503"),
    _stands_in("ckan", "status_503", "boards_po"),
    _stands_in("register", "status_503"),
    # the catalogue's hash and size say that the body is the one that is kept: it is not asked for
    Ending("boards", "truncated_body", "unchanged", 0, ""),
    Ending("boards", "truncated_quietly", "unchanged", 0, ""),
    Ending("rio", "status_503", "unchanged", 0, ""),
    # something arrives that is not what was asked for: the night fails, and running again does not help
    _failed("po", "truncated_quietly", _CUT_OFF),
    _failed("ckan", "truncated_quietly", _NO_JSON),
    _failed("register", "truncated_quietly", "the zip cannot be unpacked"),
    _failed("po", "wrong_content_length", _CUT_OFF),
    _failed("po", "html_page", "a web page arrived instead of a table"),
    _failed("ckan", "html_page", _NO_JSON),
    _failed("register", "html_page", "the zip cannot be unpacked (File is not a zip file)"),
    _failed("po", "empty_body", "it is empty"),
    _failed("po", "utf_16", "NUL byte in row 1"),
    _failed("po", "nul_bytes", "NUL byte in row 106"),
    _failed("po", "endless_body", "larger than"),
    _failed("po", "redirect_elsewhere", _NO_HOST),
    _failed("po", "broken_tls", _NO_HOST),
    _failed("register", "zip_bomb", "allowed. This is not the register"),
    _failed("po", "renamed_column", f"{_NO_KEY} (the nearest name is"),
    _failed("boards", "renamed_column", f"{_NO_KEY} (the nearest name is"),
    _failed("register", "renamed_column", "column NR_ADMIN"),
    _failed("rio", "renamed_column", "column"),
    _failed("po", "dropped_column", _NO_KEY),
    # it can be read and is odd: repaired or ignored, and signalled
    _published("po", "extra_column"),
    _published("po", "duplicated_rows"),
    _published("po", "lost_leading_zeroes"),
    _published("boards", "lost_leading_zeroes"),
    _published("po", "other_encoding"),
    _published("boards", "other_encoding"),
    # it can be read and says what cannot be: held until a person looks
    _held("po", "half_the_schools_gone", "branches_po: 106, allowed: 208 to 263."),
    _held("boards", "half_the_schools_gone", "filled_board_name_po"),
    _held("register", "half_the_schools_gone", "rows_register_organisations"),
    _held("rio", "half_the_schools_gone", "filled_latitude_po"),
    _held("po", "one_province_gone", "branches_", branches=1500),
    _held("po", "all_boards_renumbered", "boards_changed"),
    _held("boards", "all_boards_renumbered", "filled_board_name_po"),
    _held("po", "names_of_other_rows", "changed_name"),
    # the delivery of Mijn OSO
    _failed(DELIVERY, "table_missing", "table delivery_points is missing"),
    _failed(DELIVERY, "renamed_column", "column brin is missing"),
    _failed(DELIVERY, "dropped_column", "column brin is missing"),
    _failed(DELIVERY, "half_written_file", _CUT_OFF),
    _held(DELIVERY, "table_emptied", "onboarding_delivery_points: 0, allowed:"),
    _held(DELIVERY, "table_halved", "onboarding_delivery_points"),
    _held(DELIVERY, "duplicated_rows", "onboarding_delivery_points"),
    _published(DELIVERY, "email_column"),  # a column that was dropped is news, and signalled
)  # fmt: skip


_HEAD = (
    "Made from the tests (`tests/e2e/endings.py`); do not edit. `make docs` writes it again, `tests/e2e/test_faults.py` runs"
    " every line: a night that is published, then one with the fault."
)


def page() -> str:
    """docs/faults.md."""
    lines = [
        "# Faults, and how a night ends",
        "",
        _HEAD,
        "",
        "| what goes wrong | where | fault | verdict | exit | it says, among others | `latest` |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {ending.meaning} | {ending.source} | `{ending.fault}` | {ending.verdict} | {ending.exit_code}"
            f" | {ending.said} | {'moves' if ending.verdict == 'published' else 'stays'} |"
            for ending in ENDINGS
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
