"""The list of countries: of names in the reader's language, by name, whole, and nothing typed is cut to another country."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from casework.web.shell.countries import COUNTRIES, countries
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World


def test_every_country_is_there_and_no_union_of_them() -> None:
    assert {"AT", "BE", "CH", "CN", "DE", "HK", "IE", "TW", "US"} <= set(COUNTRIES)
    assert not {"EU", "UN", "ZZ", "001", "XK"} & set(COUNTRIES)
    # As many as ISO 3166-1 has.
    assert len(COUNTRIES) == 249


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("en", "Åland Islands", ("Austria", "Belgium", "China", "Ireland", "Switzerland", "Zimbabwe")),
        ("zh", "阿尔巴尼亚", ("奥地利", "比利时", "德国", "瑞士", "中国")),
    ],
)
def test_they_are_in_order_of_their_names(app: Flask, language: str, first: str, then: tuple[str, ...]) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        names = [name for _, name in countries()]
    assert first in names[:3]
    places = [names.index(name) for name in then]
    assert places == sorted(places)


def test_a_form_asks_for_a_country_by_its_name(browser_for: Callable[[str], Browser], world: World) -> None:
    page = f"/programmes/{world.programmes['BJ']}/organisations/new"
    browser = browser_for("officer")
    source = browser.get(page).text
    assert '<option value="AT"' in source
    assert 'name="f-country"' in source
    sent = dict(read_page(source).sent) | {"f-country": "Ch", "f-name": "Kiln Works", "f-source": "A call"}
    refused = browser.flask.post(page, data=sent)
    assert refused.status_code == 422
    assert 'href="#f-country"' in refused.text
