"""What watches over the pages does see what it watches for."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PageOf
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("console.error('broken')", "error in the console: broken"),
        (
            "document.body.setAttribute('style', 'color: red'); document.body.innerHTML += '<p style=\"color: red\">'",
            "inline style",
        ),
        ("fetch('http://127.0.0.2:9/').catch(() => {})", "127.0.0.2"),
        (
            "document.querySelector('main').append('m'.repeat(400)), document.querySelector('main').classList.add('nowrap')",
            "px wide",
        ),
        ("document.querySelector('h1').remove()", "exactly one heading"),
        ("setTimeout(() => nothing.at.all)", "script failed"),
        (
            # Half a second after a change of the window nothing counts.
            "const block = document.createElement('p'); block.append('m'.repeat(9000)); block.className = 'words';"
            " setTimeout(() => document.querySelector('main').prepend(block), 700)",
            "shifts by",
        ),
        ("for (let n = 0; n < 6; n++) fetch(`/static/bootstrap.min.css?n=${n}`)", "weighs"),
        ("history.replaceState(null, '', '/cases/BJ-2026-0001')", "does not name BJ-2026-0001"),
    ],
    ids=["console", "policy", "other host", "sideways", "heading", "script", "shift", "weight", "title"],
)
def test_a_page_that_breaks_a_promise_is_found_out(page_of: PageOf, action: str, told: str) -> None:
    reader = page_of(None)
    reader.open("/sign-in")
    reader.page.evaluate(f"() => {{ {action} }}")
    reader.page.wait_for_timeout(1000)
    with pytest.raises(AssertionError, match=told):
        reader.look()
    reader.faults.clear()
