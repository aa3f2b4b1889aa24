"""Our files travel packed to whoever takes them so, and pages never."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from importlib.resources import files

import pytest
from werkzeug.test import TestResponse

from tests.support.web_client import Browser

Enter = Callable[[str], Browser]
PACKED = {"Accept-Encoding": "gzip, deflate, br"}


def fetch(browser: Browser, path: str, headers: Mapping[str, str]) -> TestResponse:
    """The answer, read whole and closed, as a server does."""
    answer = browser.flask.get(path, headers=dict(headers), buffered=True)
    answer.close()
    return answer


@pytest.fixture
def browser(browser_for: Enter) -> Browser:
    return browser_for("officer")


def test_a_style_comes_packed_and_is_the_same(browser: Browser) -> None:
    answer = fetch(browser, "/static/components.css", PACKED)
    plain = files("casework.web").joinpath("static", "components.css").read_bytes()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain) / 2
    assert gzip.decompress(answer.data) == plain


@pytest.mark.parametrize("accepted", [{}, {"Accept-Encoding": "gzip;q=0"}, {"Accept-Encoding": "identity"}])
def test_whoever_does_not_take_it_packed_gets_it_plain(browser: Browser, accepted: dict[str, str]) -> None:
    answer = fetch(browser, "/static/base.css", accepted)
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.data == files("casework.web").joinpath("static", "base.css").read_bytes()


def test_a_file_that_is_there_already_is_not_sent_again(browser: Browser) -> None:
    etag = fetch(browser, "/static/app.js", PACKED).headers["ETag"]
    answer = fetch(browser, "/static/app.js", PACKED | {"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_page_is_not_packed(browser: Browser) -> None:
    """It carries a secret beside what a stranger may have written, whose length would tell of it."""
    assert "Content-Encoding" not in fetch(browser, "/account", PACKED).headers
