"""The guides of the services: every step that a provider works in is told, by the edition that rules it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from casework.definitions import load_library
from casework.engine.roles import Role
from casework.web.referrals.guide_pages import ABOUT
from tests.support.web_client import Browser
from workflows.codes import SERVICES

BrowserFor = Callable[[str], Browser]


def test_every_service_has_a_guide() -> None:
    assert set(ABOUT) == set(SERVICES)


@pytest.mark.parametrize("service", ABOUT)
def test_a_guide_tells_every_step_of_the_provider(app: Flask, service: str, browser_for: BrowserFor) -> None:
    page = browser_for("provider").get(f"/guides/{service}").text
    edition = load_library().latest(service)
    for path, state in edition.states.items() if edition else ():
        if state.queue == Role.PROVIDER:
            assert edition is not None
            assert edition.text(f"states.{path}") in page, path
    assert "Your turn" in page or "your turn" in page


def test_a_guide_for_nothing_is_not_there(app: Flask, browser_for: BrowserFor) -> None:
    assert browser_for("provider").get("/guides/gold").status_code == 404
