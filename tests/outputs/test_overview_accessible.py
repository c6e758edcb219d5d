"""WCAG 2.2 AA of the public overview, by axe-core and by hand, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Visit = Callable[..., Page]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST = 24
"""Pixels: WCAG 2.2, 2.5.8."""


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, preload: false})", STANDARDS
    )["violations"]  # fmt: skip
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("shown", "width"),
    [
        ("start", 1280), ("start", 320), ("answer", 1280), ("answer", 320), ("not yet", 1280), ("school", 320),
        ("results", 1280), ("results", 320), ("popup", 1280),
    ],
)  # fmt: skip
def test_axe_finds_no_violation(shown: str, width: int, visit: Visit, axe: str) -> None:
    fragments = {"answer": "#00AH00", "not yet": "#00BC00", "school": "#01CD", "popup": "#00AH00"}
    page = visit(fragments.get(shown, ""), width=width)
    page.locator("#map .leaflet-marker-icon").first.wait_for()
    page.locator("summary").click()
    if shown == "results":
        page.get_by_role("searchbox").fill("kompas")
        page.locator("#answer .results").wait_for()
    if shown == "popup":
        page.get_by_role("button", name="Toon op de kaart").click()
        page.locator(".leaflet-popup").wait_for()
    assert violations(page, axe) == []


@pytest.mark.parametrize("fragment", ["", "#00AH00", "#00BC00", "#01CD", "#03PM00"])
def test_nothing_sticks_out_at_320_pixels(fragment: str, visit: Visit) -> None:
    page = visit(fragment, width=320)
    page.locator("#map .leaflet-marker-icon").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_popup_stays_within_the_map_at_320_pixels(visit: Visit) -> None:
    page = visit("#03PM00", width=320)
    page.get_by_role("button", name="Toon op de kaart").click()
    page.locator(".leaflet-popup").wait_for()
    popup, frame = (page.locator(part).bounding_box() for part in (".leaflet-popup", "#map"))
    assert frame["x"] <= popup["x"]
    assert popup["x"] + popup["width"] <= frame["x"] + frame["width"]


def test_every_target_is_large_enough(visit: Visit) -> None:
    page = visit("#00AH00", width=320)
    page.locator("#map .leaflet-marker-icon").first.wait_for()
    small = page.evaluate(
        """least => [...document.querySelectorAll('a:not(.skip), button, select, input, summary, [role=button]')]
            .filter(target => target.checkVisibility() && !target.closest('p:not(.links), .leaflet-control-attribution'))
            .map(target => [target.outerHTML, target.getBoundingClientRect()])
            .filter(([, box]) => box.width < least || box.height < least).map(([html]) => html)""",
        SMALLEST,
    )
    assert small == []


def test_whatever_has_the_focus_shows_it(visit: Visit) -> None:
    page = visit()
    page.locator("#map .leaflet-marker-icon").first.wait_for()
    hidden, seen = [], set()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        place, outline, html = page.evaluate(
            """() => {
                const [target, style] = [document.activeElement, getComputedStyle(document.activeElement)];
                const drawn = target.type === 'radio' ? getComputedStyle(target.nextElementSibling) : style;
                const box = target.getBoundingClientRect();
                return [`${box.x},${box.y + scrollY}`, drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth), target.outerHTML];
            }"""
        )
        seen.add(place)
        if outline is False or outline < 2:
            hidden.append(html)
    assert hidden == []
    assert len(seen) > 40


def test_nothing_moves_for_who_asked_for_that(visit: Visit) -> None:
    page = visit()
    page.locator("#map .cluster").first.wait_for()
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("[map.options.zoomAnimation, clusters.options.animate]") == [False, False]
    moving = "[...document.querySelectorAll('*')].filter(part => parseFloat(getComputedStyle(part).transitionDuration) > 0).length"
    assert page.evaluate(moving) == 0


def test_printed_an_answer_stands_alone_and_the_table_is_whole(visit: Visit) -> None:
    page = visit("#00AH00")
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert "Ja, aangesloten sinds 1 augustus 2024" in shown
    for left_out in ("Zoek een school", "Toon op de kaart", "Downloads", "Het Kompas 1"):
        assert left_out not in shown
    page = visit()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows tr").count() == 45
    assert "Het Kompas 1" in page.locator("table").inner_text()
    assert not page.locator("#map").is_visible()


def test_the_page_is_dutch_and_has_its_landmarks(visit: Visit) -> None:
    page = visit()
    assert page.locator("html").get_attribute("lang") == "nl"
    for landmark in ("banner", "main", "contentinfo", "search"):
        assert page.get_by_role(landmark).count() == 1, landmark
    assert page.locator("h1").all_inner_texts() == ["Is mijn school aangesloten op OSO?"]
