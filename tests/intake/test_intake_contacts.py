"""Contacts that someone wrote where a code or a name belongs never get past the door."""

from __future__ import annotations

import re

import polars as pl
import pytest

from oso_pipeline.intake.contacts import mask_contacts


@pytest.mark.parametrize(
    "text",
    [
        "06-12345678", "0612345678", "020 123 45 67", "(020) 1234567", "0592-123456", "+31 6 12345678", "0031612345678", "+31(0)20 1234567",
        "06-12-34-56-71", "06/12345672", "0592-98-76-32", "06\u201112345678", "+32 475 12 34 56", "+49 30 1234533", "0900-1234567",
        "06-1234-5622", "06_12345624", "612345675", "00 31 6 12345617",
    ],
)  # fmt: skip
def test_a_telephone_number_is_masked_however_it_is_written(text: str) -> None:
    masked, rows = mask_contacts(pl.DataFrame({"name": [f"Bel {text}", text, None]}))
    told, alone, nothing = masked["name"]
    assert re.fullmatch(r"\[telefoonnummer [0-9a-f]{4}\]", alone)
    assert (told, nothing) == (f"Bel {alone}", None)
    assert rows == 2


@pytest.mark.parametrize("text", ["a@b.nl", "jan@school.nl", "J.de-Vries+oso@mail.school.example"])
def test_an_e_mail_address_is_masked(text: str) -> None:
    masked, rows = mask_contacts(pl.DataFrame({"name": ["x"], "account_name": [f"<{text}>"]}))
    assert masked["name"].item() == "x"
    assert re.fullmatch(r"<\[e-mailadres [0-9a-f]{4}\]>", masked["account_name"].item())
    assert rows == 1


@pytest.mark.parametrize(
    "text", ["tel0612345612", "0612345612x", "postgresql://u:pwgeheim@host/db"]
)
def test_what_is_joined_to_a_contact_hides_none(text: str) -> None:
    masked, rows = mask_contacts(pl.DataFrame({"las": [text]}))
    assert "12345612" not in masked["las"].item()
    assert "pwgeheim" not in masked["las"].item()
    assert rows == 1


def test_two_contacts_stay_two_and_the_same_one_the_same() -> None:
    masked, _ = mask_contacts(pl.DataFrame({"number": ["0612345678", "0687654321", "0612345678"]}))
    first, second, again = masked["number"]
    assert (first == again, first == second) == (True, False)


@pytest.mark.parametrize(
    "text",
    ["00AH02", "10249", "09818 68068", "00599", "2024-08-01", "2024-08-01T00:00:00", "01-08-2024 00:00", "2024-02-30", "LAS-1", "773", "10", "De 12e Montessori @ Zuid", "Kids@Work", "20101", "20261128T102519Z-0612345678ab", "0599010000123456", "PO2405", "123X456"],
)  # fmt: skip
def test_what_a_rule_reads_is_left_as_it_is(text: str) -> None:
    rows = pl.DataFrame({"name": [text]})
    assert mask_contacts(rows)[0].equals(rows)
