"""Debian's Chromium, driven by Playwright; tests that need it are skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import overview_writing
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser per module: Playwright keeps a loop running in this thread, in which Dagster could not run one."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not here: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def overview(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index.html of an overview of the small country."""
    folder = tmp_path_factory.mktemp("overview")
    return overview_writing.write(folder, *overview_writing.country())


@pytest.fixture
def visit(browser: Browser, overview: Path) -> Iterator[Visit]:
    """Open the overview; tiles never arrive, and an error in a script fails the test."""
    errors: list[str] = []
    contexts = []

    def open_page(fragment: str = "", *, address: str = "", width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(5000)
        context.route("https://**", lambda route: route.abort())
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((address or overview.as_uri()) + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def axe() -> str:
    """The text of axe-core."""
    if not AXE.exists():
        pytest.skip("axe-core is not here: npm ci --prefix tests")
    return AXE.read_text()
