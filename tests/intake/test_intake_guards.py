"""guards.py: what can be no table never becomes a snapshot."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.guards import refuse_what_is_no_table


def refusal(tmp_path: Path, body: bytes) -> str:
    (tmp_path / "body").write_bytes(body)
    with pytest.raises(SourceUnreadable) as refused:
        refuse_what_is_no_table(tmp_path / "body", "po (x.csv)")
    return str(refused.value)


@pytest.mark.parametrize("body", [b"", b"\r\n \n"])
def test_an_empty_body_is_refused(tmp_path: Path, body: bytes) -> None:
    assert refusal(tmp_path, body).startswith("po (x.csv): it is empty")


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html>",
        b"\n\n <HTML lang=nl>",
        b"\xef\xbb\xbf<!doctype html>",
        b"<?xml version='1.0'?>",
    ],
)
def test_a_web_page_is_refused_and_its_begin_is_shown(tmp_path: Path, body: bytes) -> None:
    assert "a web page arrived instead of a table" in refusal(tmp_path, body)


def test_of_a_page_no_more_than_its_first_tag_is_shown(tmp_path: Path) -> None:
    message = refusal(tmp_path, b'<?xml version="1.0"?><contact>Jan de Vries</contact>')
    assert "it begins with '<?xml version=\"1.0\"?>'." in message
    assert "Vries" not in message


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"PK\x03\x04\x14\x00", "a zip or a workbook"), (gzip.compress(b"A;B"), "packed with gzip")],
)
def test_a_body_that_is_packed_is_refused_as_what_it_is(
    tmp_path: Path, body: bytes, kind: str
) -> None:
    assert f"{kind} arrived instead of a table" in refusal(tmp_path, body)


def test_a_body_with_nul_bytes_is_refused_and_names_the_row(tmp_path: Path) -> None:
    assert "NUL byte in row 3" in refusal(tmp_path, b"A;B\n1;x\n2;\x00\n")


def test_utf_16_is_refused_and_the_message_says_so(tmp_path: Path) -> None:
    assert "saved as UTF-16" in refusal(tmp_path, "A;B\n1;x\n".encode("utf-16"))


def test_a_table_passes_even_when_a_school_is_called_html(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"A;B\n1;<html>\n")
    refuse_what_is_no_table(tmp_path / "body", "po")
