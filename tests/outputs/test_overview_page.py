"""The public overview in a real browser, as people use it."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from overview_writing import HOSTILE
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
"""A picture of one pixel."""


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox").fill(text)


def search_on_map(page: Page, text: str) -> None:
    """Search, and have the map follow now: after a pause it would, and make again what has the focus."""
    search(page, text)
    page.evaluate("settle()")


def results(page: Page) -> list[str]:
    return page.locator("#answer .results strong").all_inner_texts()


def answer(page: Page) -> str:
    return page.locator("#answer-heading").inner_text()


def rows(page: Page) -> list[str]:
    return page.locator("#rows th a").all_inner_texts()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def test_the_one_school_that_is_found_is_answered_in_words(visit: Visit) -> None:
    page = visit()
    search(page, "regenboog assen")
    assert answer(page) == "Ja, aangesloten sinds 1 augustus 2024"
    card = page.locator("#answer").inner_text()
    for told in (
        "De Regenboog", "Melkweg 13, 9401 AB, Assen", "00AH00", "Stichting Voorbeeld", "primair onderwijs", "Drenthe",
        "ParnasSys", "Onderwijs Transparant (OT): ja", "LDOS: nee",
    ):  # fmt: skip
        assert told in card


def test_a_school_that_is_not_connected_is_told_what_to_do_and_nothing_more(visit: Visit) -> None:
    page = visit("#00BC00")
    assert answer(page) == "Niet aangesloten"
    card = page.locator("#answer").inner_text()
    assert "Log in op Mijn OSO" in card
    assert "alleen nog een eigen aanleverpunt" not in card
    assert "LAS" not in page.locator("#answer dl").inner_text()
    assert "sinds" not in card


@pytest.mark.parametrize(
    "text",
    [
        "daltonschool zuid", "ZUID dalton", "2511cd", "2511 CD", "00bc", "00BC00", "00bc-0", "00BC | 00", "s-gravenhage",
        "den haag",
    ],
)  # fmt: skip
def test_a_school_is_found_by_name_postcode_code_and_place(text: str, visit: Visit) -> None:
    page = visit()
    search(page, text)
    assert answer(page) == "Niet aangesloten"
    assert page.locator("#answer .subject strong").inner_text() == "Daltonschool Zuid"


def test_a_school_is_found_by_its_board(visit: Visit) -> None:
    page = visit()
    search(page, "bestuur flevo")
    assert answer(page) == "12 vestigingen gevonden"


def test_accents_do_not_matter(visit: Visit) -> None:
    page = visit()
    search(page, "lyceum ÆRØ noord")
    assert page.locator("#answer .subject strong").inner_text() == "Lyceum Ærø Noord"


def test_names_that_begin_with_the_words_come_first(visit: Visit) -> None:
    page = visit()
    search(page, "regenboog")
    assert results(page) == ["Regenboog College", "De Regenboog"]


def test_a_list_is_capped_and_goes_on_where_it_stopped(visit: Visit) -> None:
    page = visit()
    search(page, "kompas")
    assert answer(page) == "26 vestigingen gevonden"
    assert len(results(page)) == 8
    page.locator("#answer").get_by_role("button", name="Toon meer").click()
    assert len(results(page)) == 16
    assert page.evaluate("document.activeElement.parentElement.matches(':nth-child(9)')")


def test_nothing_found_says_what_to_try(visit: Visit) -> None:
    page = visit()
    search(page, "bestaat niet")
    assert answer(page) == "Geen vestigingen gevonden"
    assert "zoek op postcode of BRIN" in page.locator("#answer").inner_text()
    search(page, "99zz 02")
    assert answer(page) == "Geen open school of vestiging met code 99ZZ02"
    assert "zoek op postcode of BRIN" not in page.locator("#answer").inner_text()


def test_the_number_of_results_is_told_to_a_screen_reader(visit: Visit) -> None:
    page = visit()
    search(page, "kompas")
    expect(page.get_by_role("status")).to_have_text("26 vestigingen gevonden")
    search(page, "regenboog assen")
    expect(page.get_by_role("status")).to_have_text(
        "Ja, aangesloten sinds 1 augustus 2024: De Regenboog"
    )
    search(page, "")
    expect(page.get_by_role("status")).to_have_text("45 vestigingen")


@pytest.mark.parametrize("fragment", ["#00AH00", "#00AH", "#00ah"])
def test_every_school_has_an_address_that_opens_its_answer(fragment: str, visit: Visit) -> None:
    page = visit(fragment)
    assert answer(page) == focused(page) == "Ja, aangesloten sinds 1 augustus 2024"
    assert page.locator("#answer-heading").bounding_box()["y"] < 450
    page.evaluate("location.hash = '#00BC'")
    expect(page.locator("#answer-heading")).to_have_text("Niet aangesloten")
    page.go_back()
    expect(page.locator("#answer-heading")).to_have_text("Ja, aangesloten sinds 1 augustus 2024")


def test_a_school_of_several_branches_is_answered_with_each_of_them(visit: Visit) -> None:
    page = visit("#01CD")
    assert answer(page) == "2 van de 3 vestigingen zijn aangesloten"
    assert results(page) == ["Lyceum Ærø", "Lyceum Ærø", "Lyceum Ærø Noord"]
    page.locator("#answer .results a").nth(1).click()
    assert answer(page) == "Niet aangesloten"


@pytest.mark.parametrize("fragment", ["#01CD", "#01CD01"])
def test_a_branch_of_a_school_that_is_connected_elsewhere_needs_a_delivery_point_and_no_more(
    fragment: str, visit: Visit
) -> None:
    page = visit(fragment)
    told = page.locator("#answer .next").inner_text()
    assert "alleen nog een eigen aanleverpunt" in told
    assert "overeenkomst" not in told


def test_an_address_of_a_code_that_is_not_open_says_so(visit: Visit) -> None:
    assert answer(visit("#99ZZ")) == "Geen open school of vestiging met code 99ZZ"


def test_an_answer_leads_back_to_the_results(visit: Visit) -> None:
    page = visit()
    search(page, "linde")
    page.locator("#answer .results a").first.click()
    assert page.url.endswith("#20AA00")
    page.get_by_role("button", name="Terug naar de resultaten").click()
    assert answer(page) == focused(page) == "12 vestigingen gevonden"
    assert "#" not in page.url


def test_a_place_on_the_page_is_no_code_and_leaves_the_answer_open(visit: Visit) -> None:
    page = visit("#00AH00")
    page.evaluate("location.hash = '#tabel'")
    page.wait_for_timeout(100)
    assert answer(page) == "Ja, aangesloten sinds 1 augustus 2024"


def test_typing_closes_an_opened_answer(visit: Visit) -> None:
    page = visit("#00AH00")
    search(page, "linde")
    assert answer(page) == "12 vestigingen gevonden"


@pytest.mark.parametrize(
    ("label", "option", "count"),
    [
        ("Sector", "voortgezet onderwijs", 4),
        ("Provincie", "Flevoland", 12),
        ("Bestuur", "Bestuur Flevo", 12),
        ("LAS", "Magister", 1),
    ],
)
def test_a_filter_leaves_the_rows_that_fit(label: str, option: str, count: int, visit: Visit) -> None:  # fmt: skip
    page = visit()
    page.get_by_label(label, exact=True).select_option(option)
    words = "1 vestiging" if count == 1 else f"{count} vestigingen"
    expect(page.locator("#row-count")).to_have_text(words)
    assert len(rows(page)) == count


def test_filters_and_words_go_together_and_are_cleared_together(visit: Visit) -> None:
    page = visit()
    page.get_by_role("radio", name="Niet aangesloten").check()
    expect(page.locator("#row-count")).to_have_text("14 vestigingen")
    search(page, "goes")
    assert answer(page) == "Niet aangesloten"
    search(page, "kompas")
    assert "Wis de filters" in page.locator("#answer").inner_text()
    page.get_by_role("button", name="Wis filters").click()
    assert answer(page) == "26 vestigingen gevonden"
    page.get_by_role("button", name="Wis zoekwoorden en filters").click()
    expect(page.locator("#row-count")).to_have_text("45 vestigingen")


def test_a_board_that_is_not_known_of_any_connected_school_has_no_las_to_choose(
    visit: Visit,
) -> None:
    page = visit()
    options = page.get_by_label("LAS", exact=True).locator("option").all_inner_texts()
    assert options == ["Alle", "Magister", "ParnasSys"]


def test_the_table_holds_the_same_rows_and_goes_on(visit: Visit) -> None:
    page = visit()
    expect(page.locator("caption")).to_have_text("25 van 45 getoond")
    assert len(rows(page)) == 25
    page.locator("#more-rows").click()
    assert len(rows(page)) == 45
    assert focused(page) == rows(page)[25]
    expect(page.locator("#more-rows")).to_be_hidden()
    search(page, "linde")
    expect(page.locator("#row-count")).to_have_text("12 vestigingen")
    assert rows(page) == [f"De Linde {number}" for number in (1, 10, 11, 12, *range(2, 10))]


def test_everything_is_done_with_the_keyboard(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert focused(page) == "Ga naar zoeken"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "zoek"
    page.keyboard.type("linde")
    page.keyboard.press("Enter")
    assert focused(page) == "12 vestigingen gevonden"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-heading")).to_have_text("Niet aangesloten")
    assert focused(page) == "Niet aangesloten"
    assert page.url.endswith("#20AJ00")
    page.get_by_role("radio", name="Alle").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#row-count")).to_have_text("0 vestigingen")
    assert rows(page) == []


def test_a_cluster_says_how_many_of_its_branches_are_connected(visit: Visit) -> None:
    page = visit()
    search(page, "flevo")
    page.get_by_role("button", name="12 vestigingen, waarvan 0 aangesloten. Zoom in.").wait_for()


def test_a_school_on_the_map_opens_with_enter_and_closes_with_escape(visit: Visit) -> None:
    page = visit()
    search_on_map(page, "goes")
    first = page.locator("#map .pin").first
    first.click(trial=True)  # waits until the map stands still
    # by its name: the first is another when the map moves
    pin = page.get_by_title(str(first.get_attribute("title")), exact=True)
    pin.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup")
    expect(popup.get_by_role("link", name="Bekijk het antwoord")).to_be_focused()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(pin).to_be_focused()


def test_a_cluster_opens_with_enter(visit: Visit) -> None:
    page = visit()
    search_on_map(page, "kompas")
    page.locator("#map .cluster").first.wait_for()
    before = page.evaluate("map.getZoom()")
    page.locator("#map .cluster").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("map.getZoom()") > before


def test_an_answer_is_shown_on_the_map(visit: Visit) -> None:
    page = visit("#00AH00")
    page.get_by_role("button", name="Toon op de kaart").click()
    expect(page.locator(".leaflet-popup")).to_contain_text("Ja, aangesloten sinds 1 augustus 2024")


def test_what_is_not_on_the_map_is_told(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#map-note")).to_contain_text("1 vestiging staat niet op de kaart")


def test_hostile_names_are_text_wherever_they_are_shown(visit: Visit) -> None:
    page = visit("#03PM00")
    assert page.locator("#answer .subject strong").inner_text() == HOSTILE
    assert "<img src=x onerror=alert(1)>" in page.locator("#answer dl").inner_text()
    page.get_by_role("button", name="Toon op de kaart").click()
    expect(page.locator(".leaflet-popup strong")).to_have_text(HOSTILE)
    search(page, "goes")
    assert HOSTILE in results(page)
    expect(page.locator("#row-count")).to_have_text("5 vestigingen")
    assert HOSTILE in rows(page)
    assert page.title() == "Overzicht scholen met OSO"
    assert page.locator("#answer img, #rows img, #map .leaflet-popup img").count() == 0


@pytest.mark.parametrize("how", ["from a folder", "from a web server"])
def test_no_other_host_is_asked_but_for_tiles(
    how: str, visit: Visit, overview: Path, served: tuple[Path, str]
) -> None:
    folder, address = served
    shutil.copytree(overview.parent, folder / "deep" / "overview")
    page = visit(address="about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(overview.as_uri() if how == "from a folder" else f"{address}deep/overview/")
    search(page, "linde")
    page.locator("#map .cluster").first.wait_for()
    page.locator("#answer .results a").first.click()
    own = ("file:///", "data:", address)
    others = {url.split("?")[0].rsplit("/", 3)[0] for url in asked if not url.startswith(own)}
    assert others == {"https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857"}
    assert len([url for url in asked if url.startswith(own[::2])]) > 10


def test_the_background_is_shown_where_the_network_gives_it(visit: Visit, overview: Path) -> None:
    page = visit(address="about:blank")
    page.route("https://service.pdok.nl/**", lambda route: route.fulfill(body=TILE, content_type="image/png"))  # fmt: skip
    page.goto(overview.as_uri())
    page.locator("#map .leaflet-tile-loaded").first.wait_for()
    expect(page.locator("#map-background")).to_be_hidden()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("Kadaster")


def test_the_search_works_without_the_map(visit: Visit, overview: Path, tmp_path: Path) -> None:
    shutil.copytree(overview.parent, tmp_path / "overview")
    for library in ("leaflet.js", "leaflet.markercluster.js"):
        (tmp_path / "overview" / "page" / library).write_text("")
    page = visit("#00AH00", address=(tmp_path / "overview" / "index.html").as_uri())
    assert answer(page) == "Ja, aangesloten sinds 1 augustus 2024"
    search(page, "linde")
    expect(page.locator("#row-count")).to_have_text("12 vestigingen")
    expect(page.locator("#map")).to_be_hidden()


def test_the_page_works_with_the_network_cut(visit: Visit, overview: Path) -> None:
    page = visit(address="about:blank")
    page.context.set_offline(True)
    page.goto(overview.as_uri())
    search(page, "linde")
    page.locator("#map .cluster").first.wait_for()
    expect(page.locator("#map-background")).to_contain_text("kan nu niet worden geladen")
    assert answer(page) == "12 vestigingen gevonden"


def test_a_download_leads_to_the_file(visit: Visit, overview: Path) -> None:
    page = visit()
    with page.expect_download() as download:
        page.get_by_role("link", name="Overzicht als CSV-bestand").click()
    assert download.value.suggested_filename == "aangesloten-scholen.csv"
    assert (
        Path(download.value.path()).read_bytes()
        == (overview.parent / "downloads" / "aangesloten-scholen.csv").read_bytes()
    )
