"""Nothing private is published: every file of a release on a hostile country is read whole."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hostile import ACCOUNT_YEARS, EMAIL, FORMULA, FORMULA_SIGNS, PERSON, SECRETS, TELEPHONE
from published import Text, UnknownKind, read, walk

_MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
PRIVATE = {
    "an e-mail address": re.compile(r"[\w.%+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE),
    "a telephone number": re.compile(
        r"(?<![\w.,+-])(?:(?:\+|00)31[ .-]?(?:\(0\))?[ .-]?|\(?0)"
        r"(?:[1-9]\)?[ .-]{0,3}(?:[0-9]{8}|[0-9]{2}(?:[ .][0-9]{2}){3}|[0-9]{4}[ .][0-9]{4})"
        r"|[1-9][0-9]\)?[ .-]{0,3}(?:[0-9]{7}|[0-9]{3}(?:[ .][0-9]{2}){2}|[0-9]{3}[ .][0-9]{4})"
        r"|[1-9][0-9]{2}\)?[ .-]{0,3}(?:[0-9]{6}|[0-9]{3}[ .][0-9]{3}|[0-9]{2}(?:[ .][0-9]{2}){2}))(?![\w])"
    ),
    "the date of an account": re.compile(
        rf"\b{ACCOUNT_YEARS}-[0-9]{{1,2}}-[0-9]{{1,2}}\b"
        rf"|\b[0-9]{{1,2}}(?:-[0-9]{{1,2}}-| (?:{_MONTH}) ){ACCOUNT_YEARS}\b"
    ),
}
PLANTED = re.compile("|".join(map(re.escape, SECRETS)), re.IGNORECASE)


def leaks(texts: Iterable[Text]) -> list[str]:
    """What is private in them, and where; in an image only what is planted can be told from chance."""
    found = []
    for text in texts:
        if PLANTED.search(text.value):
            found.append(f"{text.where}: what the delivery held: {text.value[:200]}")
        elif text.kind != "bytes":
            found += [
                f"{text.where}: {what}: {text.value[:200]}"
                for what, pattern in PRIVATE.items()
                if pattern.search(text.value)
            ]
    return found


@pytest.fixture(scope="module")
def published(hostile_release: Path) -> list[Text]:
    return list(walk(hostile_release))


def test_nothing_private_stands_in_any_file_of_a_release(
    published: list[Text], hostile_release: Path
) -> None:
    files = [path for path in hostile_release.rglob("*") if path.is_file()]
    cells = sum(text.kind == "cell" for text in published)
    print(f"Read {len(files)} files: {cells:,} cells, {len(published) - cells:,} other texts.")  # noqa: T201 - what was looked at
    assert {"oso.duckdb", "overzicht-scholen-met-oso.xlsx", "index.json"} <= {path.name for path in files}  # fmt: skip
    assert cells > 10_000
    assert leaks(published) == []


def test_a_text_that_looks_like_a_formula_is_published_and_computed_nowhere(
    published: list[Text],
) -> None:
    in_workbook = [text for text in published if "xlsx, " in text.where and text.kind == "cell"]
    assert {text.value[0] for text in in_workbook} >= set(FORMULA_SIGNS)
    assert FORMULA in {text.value for text in in_workbook}
    assert [text.where for text in published if text.formula] == []
    assert [text.where for text in published if "/xl/worksheets/" in text.where and re.search(r"<f[ >]", text.value)] == []  # fmt: skip


def test_what_was_masked_at_the_door_is_told(published: list[Text]) -> None:
    rules = [text.value for text in published if text.where.endswith("signals.rule")]
    assert rules.count("contact_masked") == 4
    raws = [text.value for text in published if text.where.endswith("quarantine.raw")]
    assert any("[e-mailadres " in raw for raw in raws)


# ---- the walk itself: a test that cannot fail is a defect


def _book(value: object) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0]["B2"] = value
    book.save(file)
    return file.getvalue()


def _book_of(author: str) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.properties.creator = author
    book.save(file)
    return file.getvalue()


def _zipped(name: str, body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, body)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", f"x,y\n1,{EMAIL}\n".encode()),
        ("a.json", json.dumps({"a": [{"b": TELEPHONE}]}).encode()),
        ("a.json", json.dumps({EMAIL: 1}).encode()),
        ("a.jsonl", f'{{"a": 1}}\n{{"a": "{PERSON}"}}\n'.encode()),
        ("a.geojson", b'{"properties": {"tel": "020 123 45 67"}}'),
        ("a.html", b'<a href="mailto:someone@school.nl">x</a>'),
        ("a.html", b'<p title="0592-123456">x</p>'),
        ("a.html", b"<!-- geactiveerd op 1917-03-02 --><p>x</p>"),
        ("a.html", b"<script>var a = 'someone@school.nl'</script>"),
        ("a.html", b"<p>2 maart 1917</p>"),
        ("a.html", b"<p>someone&#64;school.nl</p>"),
        ("a.html", b'<img src="data:image/svg+xml;base64,' + base64.b64encode(b"<svg>0612345678</svg>") + b'">'),
        ("a.js", f"var key = '{SECRETS[5]}';".encode()),
        ("a.svg", b"<svg><title>+31 6 12345678</title></svg>"),
        ("a.png", b"\x89PNG\r\n" + PERSON.encode()),
        ("a.xlsx", _book(EMAIL)),
        ("a.xlsx", _book_of("someone@school.nl")),
        ("a.zip", _zipped("b.zip", _zipped("c.csv", f"a\n{TELEPHONE}\n".encode()))),
        (f"{PERSON}.csv", b"a\n"),
    ],
)  # fmt: skip
def test_the_walk_finds_what_is_private_wherever_it_stands(name: str, body: bytes) -> None:
    assert leaks(read(name, body)) != []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE a AS SELECT DATE '1917-03-02' AS activated_on",
        f"CREATE TABLE a AS SELECT ['x', '{EMAIL}'] AS b",
        f"CREATE TABLE a (b INTEGER); COMMENT ON COLUMN a.b IS '{PERSON}'",
        f"CREATE VIEW a AS SELECT '{TELEPHONE}' AS b",
    ],
)
def test_the_walk_finds_what_is_private_in_a_database(statement: str, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(statement)
    assert leaks(walk(tmp_path)) != []


@pytest.mark.parametrize(
    "text",
    ["De 2e Montessorischool 1917", "00AH02", "09818", "2026-11-20", "5.0612345678", "20261124T215631Z-06123456", "6.085 van 8.596", "01-08-2024", "9818 AB", "Wet van 1912"],
)  # fmt: skip
def test_the_walk_raises_no_alarm_over_what_is_public(text: str) -> None:
    assert leaks([Text("here", text)]) == []


def test_a_formula_is_found_in_a_workbook_and_in_a_csv_and_a_number_is_none() -> None:
    computed = [*read("a.xlsx", _book("=1+1")), *read("a.csv", b"a,b\n=1+1,-5.2\n")]
    assert [text.value for text in computed if text.formula] == ["=1+1", "=1+1"]


def test_a_kind_of_file_that_nobody_told_the_walk_of_fails() -> None:
    for name in ("a.pdf", "no-suffix", "a.parquet"):
        with pytest.raises(UnknownKind, match=name):
            list(read(name, b"x"))
    with pytest.raises(UnknownKind, match="application/pdf"):
        list(read("a.html", b'<a href="data:application/pdf;base64,AAAA">x</a>'))
