"""The report as a page: read back as a browser and a screen reader do."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from report_tables import TABLES, adoption, tables_of
from world import BOARD, World, ago, branch, connected_school, point, world

from oso_pipeline.contracts.records import EVENTS
from oso_pipeline.contracts.records import OUTCOMES as RECONCILED
from oso_pipeline.outputs.report import write_report
from oso_pipeline.outputs.report.figures.changes import CAUSES
from oso_pipeline.outputs.report.sections import build_report
from oso_pipeline.outputs.report.words import CAUSES as CAUSE_WORDS
from oso_pipeline.outputs.report.words import LOST_STEPS, OUTCOMES, REASONS, WON_STEPS

D = date(2026, 11, 20)
HOSTILE = "<script>alert(1)</script> & \"Zn\" 'en' {{ 7 * 7 }}"


class Page(HTMLParser):
    """What a page is made of: its tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def written(path: Path, night: World, *, demo: bool = False, **instead: pl.DataFrame) -> str:
    of_release = {"as_of": night.day, "release_id": str(night.number), "demo": demo}
    write_report(path, tables_of(night, **instead), **of_release)
    return path.read_text(encoding="utf-8")


def two_nights() -> World:
    """A school that lost its agreement, and one with a branch that has no point: something in every section."""
    codes = ["00AA00", "00AA01", branch("00BB00", "10002", "vo", province="Drenthe")]
    before = connected_school(codes, day=ago(1))
    return connected_school(codes, agreements=[], before=before)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(written(tmp_path_factory.mktemp("report") / "report" / "index.html", two_nights()))


def test_a_hostile_name_is_text_in_cells_sentences_and_charts(tmp_path: Path) -> None:
    named = connected_school(
        ["00AA00", "00AA01"], points=[point(las=HOSTILE)], boards={BOARD: HOSTILE}
    )
    text = written(tmp_path / "index.html", named)
    read = Page(text)
    assert not read.all("script")
    assert read.text.count(HOSTILE) >= 4, "the board's row, the product's row, sentence and bar"
    assert "49" not in read.text
    assert any(HOSTILE in (svg["aria-label"] or "") for svg in read.all("svg"))


def test_the_page_asks_no_other_host_for_anything_and_runs_nothing(page: Page) -> None:
    addresses = [a[name] or "" for _, a in page.tags for name in ("href", "src", "srcset", "xlink:href") if name in a]  # fmt: skip
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert not page.all("script", "link", "iframe", "img", "object")
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import", page.text)


def test_the_page_is_dutch_and_its_headings_are_in_order(page: Page) -> None:
    assert page.all("html") == [{"lang": "nl"}]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in itertools.pairwise(levels))


def test_every_table_has_a_caption_and_every_header_says_what_it_heads(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) > 8
    assert {header["scope"] for header in page.all("th")} == {"col", "row"}


def test_every_chart_is_an_image_with_a_label_and_a_table_beneath_it(page: Page) -> None:
    charts = page.all("svg")
    assert len(charts) == 6, "no branch is connected, so there is no chart of products"
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in charts)
    order = [tag for tag, _ in page.tags if tag in {"svg", "table"}]
    assert all(after == "table" for tag, after in itertools.pairwise(order) if tag == "svg")  # fmt: skip


def test_ids_are_one_of_a_kind_and_every_reference_finds_its_own(page: Page) -> None:
    ids = Counter(a["id"] for _, a in page.tags if "id" in a)
    assert max(ids.values()) == 1
    asked = [a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a]
    asked += [(a["href"] or "")[1:] for a in page.all("a")]
    assert asked
    assert set(asked) <= set(ids)


def test_dates_and_numbers_are_written_the_dutch_way(page: Page) -> None:
    assert "20 november 2026" in page.text
    assert "33,3%" in page.text, "one of three branches has its point"
    assert not re.search(r"\d\.\d%|\d{4}-\d{2}-\d{2}", page.text)


def test_every_section_begins_with_a_sentence_that_says_the_answer(page: Page) -> None:
    report = build_report(tables_of(two_nights()), as_of=D, release_id="2", demo=False)
    assert len(report.sections) == 10
    for section in report.sections:
        assert section.answer.endswith("."), section.title
        assert page.text.count(section.answer) == 2, "in short at the top, and above its tables"


@pytest.mark.parametrize(
    "answer",
    [
        "Op 20 november 2026 zijn 0 van de 3 vestigingen (0,0%) aangesloten op OSO. Dat is er 1 minder dan in de vorige release (19 november 2026).",
        "Sinds 19 november 2026 daalde het aandeel aangesloten vestigingen van 33,3% naar 0,0%.",
        "Van de andere staat de grootste groep stil bij de overeenkomst: 2; de ene die al een stap zette, deed dat",
        "2 van de 3 vestigingen (66,7%) hebben geen actief LAS-aanleverpunt.",
        "sloten geen vestigingen aan en viel er 1 af. De grootste oorzaak van afvallen: overeenkomst van het bestuur niet meer actief (1 van 1).",
    ],
)
def test_the_answers_are_those_of_the_night(answer: str, page: Page) -> None:
    assert answer in page.text


def test_causes_that_are_as_common_are_all_named() -> None:
    tables = tables_of(two_nights())
    gone = tables["change_log"].filter(event="disconnected").with_columns(subject=pl.lit("00ZZ00"))
    closed = gone.with_columns(event=pl.lit("branch_closed"))
    told = tables | {"change_log": pl.concat([tables["change_log"], gone, closed])}
    sections = build_report(told, as_of=D, release_id="2", demo=False).sections
    answer = next(section.answer for section in sections if section.name == "wijzigingen")
    assert answer.endswith(
        "vielen er 2 af. De grootste oorzaken van afvallen (elk 1 van 2): overeenkomst van het bestuur niet meer actief; gesloten."
    )


def test_where_there_is_no_earlier_release_the_page_says_so(tmp_path: Path) -> None:
    first = Page(written(tmp_path / "index.html", connected_school())).text
    assert "Er is geen eerdere release om mee te vergelijken." in first
    assert first.count("nog geen release") >= 4 * 3, "each card, against three"


def test_a_change_against_a_year_ago_is_told_with_the_day_of_that_release(tmp_path: Path) -> None:
    history = adoption([(D - timedelta(400), 2, 8), (D, 3, 7)])
    told = {"adoption": history.with_columns(release_id=pl.when(pl.col("as_of") == D).then(pl.lit("1")).otherwise("release_id"))}  # fmt: skip
    assert "een jaar geleden 16 okt 2025 +1" in Page(written(tmp_path / "index.html", connected_school(), **told)).text  # fmt: skip


def test_a_night_without_anything_is_a_page_too(tmp_path: Path) -> None:
    empty = {table.name: table.empty() for table in TABLES}
    path = tmp_path / "index.html"
    write_report(path, empty, as_of=D, release_id="1", demo=False)
    assert "Er is geen bron gelezen." in Page(path.read_text(encoding="utf-8")).text


def test_a_demo_says_so_at_the_top_and_on_every_printed_page(tmp_path: Path) -> None:
    demo = written(tmp_path / "demo.html", world(["00AA00"]), demo=True)
    assert Page(demo).text.index("Dit zijn verzonnen gegevens") < Page(demo).text.index("Stand van")
    assert '@top-right { content: "DEMO' in demo
    assert "DEMO" not in written(tmp_path / "real.html", world(["00AA00"]))


def test_two_writes_give_the_same_bytes_in_this_process_and_in_another_zone(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); sys.path.insert(0, 'tests/outputs')\n"
        "from pathlib import Path\n"
        "from test_report_page import two_nights, written\n"
        "night = two_nights()\n"
        "print(written(Path(sys.argv[1]), night) == written(Path(sys.argv[2]), night))"
    )
    paths = []
    for zone in ("Europe/Amsterdam", "America/Los_Angeles"):
        once, again = (tmp_path / f"{zone[:2]}{number}.html" for number in (1, 2))
        done = subprocess.run(
            [sys.executable, "-c", code, str(once), str(again)],
            env={"TZ": zone, "PATH": ""},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "True"
        paths.append(once)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (CAUSE_WORDS | LOST_STEPS, set(CAUSES)),
        (WON_STEPS, set(LOST_STEPS)),
        (REASONS, set(EVENTS)),
    ],
)
def test_every_code_has_words(words: dict[str, Any], codes: set[str]) -> None:
    assert set(words) >= codes


def test_every_outcome_of_the_contract_has_words_and_no_other_has() -> None:
    assert set(OUTCOMES) == set(RECONCILED)
