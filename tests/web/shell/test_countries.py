"""The list of countries: of names in the reader's language, by name, whole, and nothing typed is cut to another country."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection

from casework.operations.people.registry import register_organisation
from casework.records.row_security import whole
from casework.web.shell.countries import COUNTRIES, countries
from casework.web.shell.layout import country_name, place_names
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
        (
            "en",
            "Åland Islands",
            ("Austria", "Belgium", "China", "Hong Kong, China", "Ireland", "Switzerland", "Taiwan, China", "Zimbabwe"),
        ),
        ("zh", "阿尔巴尼亚", ("奥地利", "比利时", "德国", "瑞士", "中国", "中国台湾")),
    ],
)
def test_they_are_in_order_of_their_names(app: Flask, language: str, first: str, then: tuple[str, ...]) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        names = [name for _, name in countries()]
    assert first in names[:3]
    places = [names.index(name) for name in then]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["China", "Hong Kong, China", "Macao, China", "Taiwan, China"]),
        ("zh", ["中国", "中国香港", "中国澳门", "中国台湾"]),
    ],
)
def test_regions_of_china_are_named_as_such(app: Flask, language: str, names: list[str]) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert [country_name(code) for code in ("CN", "hk", "MO", "TW")] == names
        told = dict(countries())
        assert [told[code] for code in ("CN", "HK", "MO", "TW")] == names
        order = [code for code, _ in countries()]
    if language == "zh":
        # By their names: they stand together, behind China.
        place = order.index("CN")
        assert set(order[place + 1 : place + 4]) == {"HK", "MO", "TW"}


def test_what_stands_and_is_no_code_is_not_emptied(
    browser_for: Callable[[str], Browser], world: World, db: Connection
) -> None:
    with whole(db):
        id = register_organisation(db, name="Old Works", country="UK", programme=world.programmes["BJ"], language="en")
    db.commit()
    page = f"/organisations/{id}/look"
    browser = browser_for("officer")
    source = browser.get(page).text
    assert '<option value="UK" selected' in source
    assert "UK (no code of a country or region)" in source
    sent = dict(read_page(source).sent) | {"f-kind": "company", "f-source": "A call"}
    assert sent["f-country"] == "UK"
    refused = browser.flask.post(page, data=sent)
    assert refused.status_code == 422
    assert "is no code of a country or region" in refused.text
    assert '<option value="UK" selected' in refused.text
    done = browser.flask.post(page, data=dict(read_page(refused.text).sent) | {"f-country": "GB"})
    assert done.status_code == 303, done.text
    assert "United Kingdom" in browser.get(f"/organisations/{id}").text


def test_a_form_asks_for_a_country_by_its_name(browser_for: Callable[[str], Browser], world: World) -> None:
    page = f"/programmes/{world.programmes['BJ']}/organisations/new"
    browser = browser_for("officer")
    source = browser.get(page).text
    assert '<option value="AT"' in source
    assert 'name="f-country"' in source
    # Where programmes are stands first, before all others by their names.
    assert re.findall(r'<option value="([A-Z]{2})"', source)[:2] == ["CN", "AF"]
    sent = dict(read_page(source).sent) | {"f-country": "Ch", "f-name": "Kiln Works", "f-source": "A call"}
    refused = browser.flask.post(page, data=sent)
    assert refused.status_code == 422
    assert 'href="#f-country"' in refused.text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Germany, Hong Kong, China, Tianjin"), ("zh", "德国、中国香港、Tianjin")]
)
def test_places_of_a_record_are_called_by_their_names(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert place_names(["DE", "HK", "Tianjin"]) == said
