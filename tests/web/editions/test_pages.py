"""Process maps: drawn from the edition, with where a track stands, and the same as text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.operations.history.views import Move
from casework.records.database import transaction
from casework.web.editions.drawing import BOX_HEIGHT, Drawing, Standing, draw, standing_of, tell
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
EDITIONS = sorted(load_library().editions.values(), key=lambda one: one.workflow)


def _play(world: World, db: Connection) -> str:
    return to_referral(world, db, more_plan={"pledge": "bank"})[0]


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def number(staged: str) -> str:
    return staged


def drawn(app: Flask, edition: Edition, standing: Standing | None = None) -> Drawing:
    with app.test_request_context():
        return draw(edition, standing)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_every_state_is_drawn_and_none_covers_another(app: Flask, edition: Edition) -> None:
    made = drawn(app, edition)
    assert [node.path for node in made.nodes] == list(edition.states)
    assert all(after.y >= before.y + BOX_HEIGHT + 10 for before, after in pairwise(made.nodes))
    assert all(
        node.x >= 0 and node.x + node.width <= made.width and node.y + BOX_HEIGHT <= made.height for node in made.nodes
    )
    for node in made.nodes:
        lines = [y for _, _, y in node.exits]
        following = next((other.y for other in made.nodes if other.y > node.y), made.height)
        assert all(y < following for y in lines)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_every_transition_stands_on_the_map_and_in_the_text(app: Flask, edition: Edition) -> None:
    made = drawn(app, edition)
    words = " ".join([*(way.label for way in made.ways), *(line for node in made.nodes for line, _, _ in node.exits)])
    for rule in edition.transitions:
        for piece in edition.text(f"transitions.{rule.name}.do").split():
            assert piece in words
    with app.test_request_context():
        stops = tell(edition)
    assert sum(len(stop.exits) for stop in stops) == sum(len(rule.sources) for rule in edition.transitions)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_no_two_arcs_run_over_each_other(app: Flask, edition: Edition) -> None:
    upright = [
        (int(found[1]), *sorted((int(found[2]), int(found[3]))))
        for way in drawn(app, edition).ways
        if (found := re.search(r"Q(\d+) \d+ \d+ (\d+) V(\d+)", way.path))
    ]
    for n, (x, top, bottom) in enumerate(upright):
        for other, above, below in upright[n + 1 :]:
            assert x != other or bottom <= above or top >= below


def test_where_a_track_stands_is_marked_not_by_colour_alone(app: Flask) -> None:
    case = load_library().latest("case")
    assert case is not None
    moves = [
        Move(from_=["proposed"], to=["triage"], name="take"),
        Move(from_=["triage"], to=["consent"], name="pass_triage"),
    ]
    made = drawn(app, case, standing_of(case, ["consent"], moves, live=True))
    marks = {node.path: (node.sign, node.marked) for node in made.nodes}
    assert marks["consent"] == ("●", "is here now")
    assert marks["proposed"] == marks["triage"] == ("✓", "was passed")
    assert marks["scoping"] == ("→", "possible next")
    assert marks["structuring"] == ("", "")
    assert marks["closed"] == ("■", "an end")
    kinds = {way.label: way.kind for way in made.ways if way.label}
    assert list(kinds.values()).count("taken") == 2
    assert list(kinds.values()).count("open") == 1


def test_a_track_that_has_ended_has_no_way_on(app: Flask) -> None:
    referral = load_library().latest("referral")
    assert referral is not None
    moves = [Move(from_=["draft"], to=["cancelled"], name="cancel")]
    made = drawn(app, referral, standing_of(referral, ["cancelled"], moves, live=False))
    assert {node.marked for node in made.nodes if "here" in node.kind} == {"ended here"}
    assert not [way for way in made.ways if way.kind == "open"]


def test_the_map_of_a_case_shows_every_track(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("officer").get(f"/cases/{number}/map").text
    assert page.count("<svg ") == 3
    assert "Hybrid" not in page
    assert "green technology assessment" in page
    assert "pledge loan" in page
    assert "Haidian Assessment Lab" in page
    assert page.count("The same as text") == 3


def test_a_drawing_is_sound_xml_without_style(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("officer").get(f"/cases/{number}/map").text
    for one in re.findall(r"<svg .*?</svg>", page, re.DOTALL):
        root = ET.fromstring(one)
        assert root.attrib["role"] == "img"
        assert not [part for part in root.iter() if "style" in part.attrib or "fill" in part.attrib]
    assert not re.search(r"<[^>]* style=", page)


def test_a_provider_sees_the_map_of_its_own_track_alone(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("provider").get(f"/cases/{number}/map").text
    assert page.count("<svg ") == 1
    for hidden in ("pledge loan", "Chaoyang Green Bank", "Triage"):
        assert hidden not in page
    assert browser_for("foreign_provider").get(f"/cases/{number}/map").status_code == 404
    assert browser_for("observer").get(f"/cases/{number}/map").status_code == 404


def test_editions_have_a_page_with_drawing_faults_and_texts(browser_for: BrowserFor, world: World) -> None:
    browser = browser_for("administrator")
    index = browser.get("/workflows").text
    for edition in EDITIONS:
        address = f"/workflows/{edition.workflow}/{edition.number}"
        assert address in index
        page = browser.get(address).text
        assert edition.fingerprint in page
        assert "none: every state leads on" in page
        assert page.count("<svg ") == 1
    case = browser.get("/workflows/case/1").text
    assert "审批" in case or "方案" in case
    assert "transitions.approve_plan.done" in case


@pytest.mark.parametrize("path", ["/workflows/case/99", "/workflows/nothing/1", "/workflows/case/99999999999999999999"])
def test_an_edition_that_is_not_there(browser_for: BrowserFor, world: World, path: str) -> None:
    assert browser_for("officer").get(path).status_code == 404


def test_an_edition_whose_file_is_gone_is_still_shown(
    browser_for: BrowserFor, world: World, owner_engine: Engine
) -> None:
    with transaction(owner_engine) as db:
        rules = db.execute(text("SELECT rules FROM editions WHERE workflow = 'ip'")).scalar_one()
        assert rules["edition"] == 1
    assert browser_for("auditor").get("/workflows/ip/1").status_code == 200
