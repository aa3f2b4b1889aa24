"""Real browsers, one for each person, on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.browser.chromium import ARGUMENTS
from tests.browser.pictures import FOLDER, say_taken
from tests.browser.reader import PHONE, Reader
from tests.browser.site import Site, open_site
from tests.support.databases import DatabaseServer
from tests.support.programs import CHROMIUM, NoProgramError, find_program, may_install
from tests.support.world import WorldTemplate

LANGUAGES = {"en-GB": "en", "zh-CN": "zh-Hans"}
DESK: ViewportSize = {"width": 1280, "height": 800}

#: Of a role of the world, or of nobody with None; gives that person's page after the sign-in.
PageOf = Callable[..., Reader]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the pictures lie, when some were asked for."""
    if not FOLDER:
        return
    passed, failed = (terminalreporter.getreports(outcome) for outcome in ("passed", "failed"))
    terminalreporter.section("pictures")
    terminalreporter.write_line(say_taken(Path(FOLDER), len(passed) + len(failed), len(failed)))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Ended with the package: while it runs there is an event loop, which others' tests do not expect.
    try:
        path = find_program(CHROMIUM, install=may_install())
    except NoProgramError as missing:
        pytest.fail(str(missing), pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def site(database_server: DatabaseServer, world_template: WorldTemplate, tmp_path: Path) -> Iterator[Site]:
    """A site for this test alone. A module whose tests only read takes the shared one."""
    with open_site(database_server, world_template, tmp_path / "var") as made:
        yield made


@pytest.fixture(scope="package")
def shared_site(
    database_server: DatabaseServer, world_template: WorldTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with open_site(database_server, world_template, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def page_of(chromium: Browser, site: Site) -> Iterator[PageOf]:
    """A browser of its own in which a person of the world has signed in, by the page for it."""
    opened: list[Reader] = []

    def enter(
        role: str | None, java_script: bool = True, locale: str = "en-GB", at: Site | None = None, **look: bool
    ) -> Reader:
        opened.append(open_reader(chromium, at or site, role, java_script=java_script, locale=locale, **look))
        return opened[-1]

    yield enter
    close_readers(opened)


def open_reader(
    chromium: Browser,
    site: Site,
    role: str | None,
    *,
    java_script: bool = True,
    locale: str = "en-GB",
    dark: bool = False,
    phone: bool = False,
    enlarged: bool = False,
    empty_scripts: bool = False,
) -> Reader:
    """A browser of its own, and in it a person of the world who has signed in and reads in the browser's language.

    With `empty_scripts` ours do nothing, as where scripts are off, but a test may still ask the page.
    """
    context = chromium.new_context(
        base_url=site.base,
        java_script_enabled=java_script,
        locale=locale,
        timezone_id="Asia/Shanghai",
        # Nothing is on its way somewhere when we look.
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        viewport=_window(phone, enlarged),
        # Of a page at 200 % there is half as much room, and each point is drawn as four.
        device_scale_factor=2 if enlarged else 1,
    )
    if empty_scripts:
        context.route("**/*.js?*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    reader = Reader(context.new_page(), site.base, scripted=java_script)
    if role is not None:
        site.speak(role, LANGUAGES[locale])
        reader.open("/sign-in")
        sign_in(reader, site, role)
    return reader


def _window(phone: bool, enlarged: bool) -> ViewportSize:
    if phone:
        return {"width": PHONE, "height": 740}
    return {"width": DESK["width"] // 2, "height": DESK["height"] // 2} if enlarged else DESK


def close_readers(readers: Iterable[Reader]) -> None:
    """Raises AssertionError for what went wrong after the last look."""
    for reader in readers:
        reader.page.context.close()
    assert not (faults := [fault for reader in readers for fault in reader.faults]), "\n".join(faults)


def sign_in(reader: Reader, site: Site, role: str) -> None:
    reader.page.locator("#email").fill(f"{role}@example.org")
    reader.page.locator("#password").fill(site.world.password)
    reader.follow(reader.page.locator("main form .form-actions button"))
    assert reader.path != "/sign-in", f"{role} could not sign in"


__all__: list[Any] = [
    "LANGUAGES",
    "PageOf",
    "chromium",
    "close_readers",
    "open_reader",
    "page_of",
    "shared_site",
    "sign_in",
    "site",
]
