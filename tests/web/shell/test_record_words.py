"""Words that records share are told as the reader's programme calls them, never as the code that its list keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.operations.people.programme_lists import set_entry
from casework.operations.people.provider_directory import describe_provider
from casework.operations.tasks.skills import set_skills
from casework.records.database import transaction
from casework.web.shell.record_words import KnownWords
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]
ENTRIES = {
    "sectors": {"code": "st-01", "label": "Steam boilers", "label_zh": "蒸汽锅炉"},
    "districts": {"code": "yz", "label": "Yizhuang", "label_zh": "亦庄"},
}


@pytest.fixture(autouse=True)
def known(engine: Engine, world: World) -> None:
    """Words of the programme's own lists, of a provider and of an officer."""
    programme, officer = world.programmes["BJ"], world.people["officer"]
    with transaction(engine) as db:
        for name, fields in ENTRIES.items():
            set_entry(
                db, world.actor(db, "administrator"), programme, name, fields=fields, reason=None, request=new_request()
            )
        said = {
            "fields": ["st-01", "Odour", "Burners", "Kilns / 窑炉"],
            "places": ["yz", "Haidian"],
            "languages": ["zh", "en"],
        }
        describe_provider(db, world.actor(db, "administrator"), world.organisations["lab"], said, request=new_request())
        supervisor = world.actor(db, "supervisor")
        set_skills(
            db,
            supervisor,
            scope=programme,
            person=officer,
            fields=["ST-01"],
            languages=[],
            services=[],
            request=new_request(),
        )


@pytest.mark.parametrize(
    ("language", "fields", "places"),
    [
        ("en", "Steam boilers, Odour, Burners, Kilns", "Yizhuang, Haidian"),
        ("zh", "蒸汽锅炉、臭气、Burners、窑炉", "亦庄、海淀区"),
    ],
)
def test_a_provider_is_told_by_the_names_of_the_lists(
    world: World, browser_for: BrowserFor, language: str, fields: str, places: str
) -> None:
    browser = browser_for("supervisor")
    browser.post("/preferences", {"language": "zh-Hans" if language == "zh" else "en"})
    for page in ("/providers", f"/providers/{world.organisations['lab']}"):
        told = browser.get(page).text
        assert fields in told
        assert places in told
        assert ("中文、英文" if language == "zh" else "Chinese, English") in told
        assert "st-01" not in told
        assert " / 窑炉" not in told


def test_a_person_is_told_by_the_names_of_the_lists(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("supervisor")
    team = browser.get("/team").text
    assert "Steam boilers" in team
    assert "ST-01" not in team


def test_whoever_works_for_many_programmes_reads_what_the_product_calls_it(
    app: Flask, engine: Engine, world: World
) -> None:
    with transaction(engine) as db, app.test_request_context(headers={"Accept-Language": "zh"}):
        words = KnownWords.of(db, None)
        assert words.say_fields(["st-01", "water"]) == ["st-01", "水"]
        assert words.say_places(["haidian", "Mars"]) == ["海淀区", "Mars"]
