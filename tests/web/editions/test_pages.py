"""Process maps: drawn from the edition, with where a track stands, and the same as text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.operations.history.views import Move
from casework.records.database import transaction
from casework.web.editions.drawing import (
    BOX,
    BOX_HEIGHT,
    IN_BOX,
    LINE,
    WIDEST_MAP,
    Drawing,
    Standing,
    draw,
    standing_of,
    tell,
)
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


def leaves(edition: Edition) -> list[str]:
    return [path for path, state in edition.states.items() if state.type in ("state", "final")]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_every_state_is_drawn_on_a_map_that_fits_and_none_covers_another(app: Flask, edition: Edition) -> None:
    made = drawn(app, edition)
    assert sorted(node.path for node in made.nodes) == sorted(leaves(edition))
    assert made.width <= WIDEST_MAP
    for node in made.nodes:
        assert node.x >= 0
        assert node.x + BOX <= made.width
        assert node.y + BOX_HEIGHT + len(node.exits) * LINE <= made.height
        assert all(len(words) <= IN_BOX for words, _ in node.lines)
        # What is named beneath it ends above the row below, and is no wider than the box and the room beside it.
        below = [other.y for other in made.nodes if other.y > node.y]
        assert all(y < min(below, default=made.height) for _, _, y in node.exits)
    for one, other in combinations(made.nodes, 2):
        assert abs(one.x - other.x) >= BOX or abs(one.y - other.y) >= BOX_HEIGHT


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_every_way_is_drawn_or_named_and_stands_in_the_list(app: Flask, edition: Edition) -> None:
    made = drawn(app, edition)
    lines = {(way.source, way.target): way.label for way in made.ways}
    named = {node.path: " ".join(words for words, _, _ in node.exits) for node in made.nodes}
    for rule in edition.transitions:
        if rule.target.startswith("="):
            continue
        for source in rule.sources:
            for leaf in [path for path in leaves(edition) if path == source or path.startswith(f"{source}.")]:
                for target in edition.entered(rule.target):
                    if (leaf, target) in lines:
                        assert edition.text(f"transitions.{rule.name}.do") in lines[leaf, target]
                    else:
                        assert all(word in named[leaf] for word in edition.text(f"states.{target}").split())
    with app.test_request_context():
        stops = tell(edition)
    assert sum(len(stop.exits) for stop in stops) == sum(len(rule.sources) for rule in edition.transitions)


def lines_of(path: str) -> list[tuple[float, float, float, float]]:
    """The stretches of a line: left, right, top and bottom of each."""
    stretches, x, y = [], 0.0, 0.0
    for letter, rest in re.findall(r"([MHV])([\d .-]+)", path):
        numbers = [float(number) for number in rest.split()]
        match letter:
            case "M":
                x, y = numbers
            case "H":
                stretches.append((min(x, numbers[0]), max(x, numbers[0]), y, y))
                x = numbers[0]
            case "V":
                stretches.append((x, x, min(y, numbers[0]), max(y, numbers[0])))
                y = numbers[0]
    return stretches


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_no_line_crosses_a_box_or_words(app: Flask, edition: Edition) -> None:
    made = drawn(app, edition)
    boxes = [(node.x, node.x + BOX, node.y, node.y + BOX_HEIGHT + len(node.exits) * LINE) for node in made.nodes]
    for way in made.ways:
        for left, right, top, bottom in lines_of(way.path):
            for x, end, y, low in boxes:
                # It begins at the edge of one box and ends before another.
                assert right <= x or left >= end or bottom <= y or top >= low, (way.source, way.target)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_what_is_told_of_states_stands_beneath_them_and_covers_nothing(app: Flask, edition: Edition) -> None:
    lines = ["52 in all, 7 now", "median 12,345 working hours", "14 of 52 late"]
    with app.test_request_context():
        made = draw(edition, told=dict.fromkeys(leaves(edition), lines))
    for node in made.nodes:
        assert [words for words, kind, _ in node.exits if kind == "told"] == lines
        assert [words for words, _, _ in node.exits][: len(lines)] == lines
        low = node.y + BOX_HEIGHT + len(node.exits) * LINE
        assert low <= min((other.y for other in made.nodes if other.y > node.y), default=made.height)
        for way in made.ways:
            for left, right, top, bottom in lines_of(way.path):
                assert right <= node.x or left >= node.x + BOX or bottom <= node.y or top >= low


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: str(one.workflow))
def test_no_two_arcs_run_over_each_other(app: Flask, edition: Edition) -> None:
    level = [
        (way, stretch)
        for way in drawn(app, edition).ways
        for stretch in lines_of(way.path)
        if stretch[2] == stretch[3] and "V" in way.path
    ]
    for (one, (left, right, y, _)), (other, (start, end, line, _)) in combinations(level, 2):
        assert one == other or y != line or right <= start or end <= left


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
    assert marks["proposed"] == marks["triage"] == ("✓", "done")
    assert marks["scoping"] == ("→", "possible next")
    assert marks["structuring"] == ("", "")
    assert marks["closed"] == ("■", "an end")
    assert {(way.source, way.target) for way in made.ways if way.kind == "taken"} == {
        ("proposed", "triage"),
        ("triage", "consent"),
    }
    assert ("consent", "scoping") in {(way.source, way.target) for way in made.ways if way.kind == "open"}


def test_a_track_that_has_ended_has_no_way_on(app: Flask) -> None:
    referral = load_library().latest("referral")
    assert referral is not None
    moves = [Move(from_=["draft"], to=["cancelled"], name="cancel")]
    made = drawn(app, referral, standing_of(referral, ["cancelled"], moves, live=False))
    assert {node.marked for node in made.nodes if "here" in node.kind} == {"ended here"}
    assert not [way for way in made.ways if way.kind == "open"]


def maps_in(page: str) -> list[str]:
    return re.findall(r'<svg class="map".*?</svg>', page, re.DOTALL)


def test_the_map_shows_one_track_at_a_time_first_the_one_where_something_is_to_be_done(
    browser_for: BrowserFor, number: str
) -> None:
    browser = browser_for("officer")
    page = browser.get(f"/cases/{number}/map").text
    assert len(maps_in(page)) == 1
    tabs = re.findall(rf'<a href="(/cases/{number}/map\?track=[^"]+)"( aria-current="page")?>(.*?)</a>', page)
    assert len(tabs) == 3
    assert [words for _, here, words in tabs if here] == ["Referral: pledge loan"]
    assert page.count('id="here"') == 1
    for address, _, words in tabs:
        shown = browser.get(address).text
        assert f"<h2>{words}</h2>" in shown
        assert len(maps_in(shown)) == 1
    assert browser.get(f"/cases/{number}/map?track=no-such-track").status_code == 404


def test_where_it_stands_comes_first_in_the_list(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("officer").get(f"/cases/{number}/map").text
    first = page.split('<ol class="stops"')[1].split("<li")[1]
    assert 'id="here"' in first
    assert "is here now" in first


def test_a_drawing_is_sound_xml_without_style(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("officer").get(f"/cases/{number}/map").text
    for one in maps_in(page):
        root = ET.fromstring(one)
        assert root.attrib["role"] == "img"
        assert not [part for part in root.iter() if "style" in part.attrib or "fill" in part.attrib]
    assert not re.search(r"<[^>]* style=", page)


def test_a_provider_sees_the_map_of_its_own_track_alone(
    browser_for: BrowserFor, world: World, engine: Engine, number: str
) -> None:
    with transaction(engine) as db:
        others = [track.id for track in world.read_case(db, number).tracks if not track.provider]
    browser = browser_for("provider")
    page = browser.get(f"/cases/{number}/map").text
    assert len(maps_in(page)) == 1
    for hidden in ("pledge loan", "Chaoyang Green Bank", "Triage"):
        assert hidden not in page
    for track in others:
        assert browser.get(f"/cases/{number}/map?track={track}").status_code == 404
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
        assert len(maps_in(page)) == 1
    texts, following = "", "/workflows/case/1"
    while following:
        page = browser.get(following).text
        texts += page
        found = re.search(r'href="(/workflows/case/1\?texts=\d+)#texts" rel="next"', page)
        following = found[1] if found else ""
    assert "审批" in texts or "方案" in texts
    case = load_library().latest("case")
    assert case is not None
    assert all(f"<code>{key}</code>" in texts for key in case.texts)


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
