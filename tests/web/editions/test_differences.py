"""What differs between two editions: in words of both languages, on the map, on a page, over the API and on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_babel import force_locale

from casework.commands.workflow import workflow
from casework.definitions import file_text, load_definitions, load_library
from casework.engine.definition.differences import differences
from casework.engine.definition.editions import Edition, workflow_name
from casework.engine.definition.publisher import publish
from casework.ledger.canonical_json import digest
from casework.web.editions import difference_words
from casework.web.editions.difference_drawing import draw_differences
from casework.web.editions.difference_words import RULES, tell_changes, tell_texts
from tests.engine.definition.seeds import add_state, add_way, seeded, way
from tests.engine.definition.sound_toys import Sound
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
Json = Any
#: What cannot be compared, as no edition is called so.
NOT_THERE = (
    "case/1/changes/99", "case/99/changes/1", "nothing/1/changes/1", "case/1/changes/x", f"case/1/changes/{'9' * 5000}",
    f"case/1/changes/{'0' * 64}",
)  # fmt: skip
#: What everything has to say.
KEPT = frozenset({"type", "name", "to", "fields"})
SITE = publish(next(one for one in load_definitions() if workflow_name(one) == "deployment"))


def other(change: Callable[[Json], Any], texts: Mapping[str, str] | None = None, edition: Edition = SITE) -> Edition:
    """An edition after a change of its rules and texts."""
    rules: Json = deepcopy(edition.rules)
    change(rules)
    return Edition(rules, {**edition.texts, **(texts or {})}, digest(rules))


def told(app: Flask, later: Edition, *, locale: str = "en", earlier: Edition = SITE) -> list[str]:
    """A line for each thing, with what is said of it."""
    with app.test_request_context(), force_locale(locale):
        changes = tell_changes(differences(earlier, later), earlier, later)
        return [f"{one.sign} {one.what}: {'; '.join(map(str, one.sentences))}" for one in changes]


def set_limit(rules: Json) -> None:
    rules["states"]["acceptance"]["due"] = {"n": 3, "unit": "wd", "since": None}


def test_a_limit_is_told_as_it_was_and_as_it_is(app: Flask) -> None:
    [line] = told(app, other(set_limit))
    assert re.fullmatch(r"~ State “.+”: Limit: was \d+ (calendar|working) days, is now 3 working days", line)


def test_the_same_is_told_in_chinese(app: Flask) -> None:
    [line] = told(app, other(set_limit), locale="zh_Hans")
    assert re.fullmatch(r"~ 状态“.+”: 期限：原为\d+个(日历日|工作日)，现为3个工作日", line)


def test_who_may_do_something_is_told_by_who_came_and_who_went(app: Flask) -> None:
    later = other(lambda rules: way(rules, "installed").update(by=["supervisor"], confirm_by=["officer"]))
    [line] = told(app, later)
    assert "Who may do it: now also supervisor; no longer case officer" in line
    assert "Second person: now also case officer" in line


def test_a_new_state_is_told_with_who_works_it_and_until_when(app: Flask) -> None:
    def change(rules: Json) -> None:
        add_state(rules, "pilot_run")
        rules["order"].append("pilot_run")

    [line] = told(app, other(change, {"states.pilot_run": "Pilot run"}))
    assert line.startswith("+ State “Pilot run”: ")
    assert "Who works it: case officer; Limit: 5 working days" in line


def test_what_was_renamed_may_have_been(app: Flask) -> None:
    later = other(
        lambda rules: way(rules, "installed").update(name="built"), {"transitions.built.do": "Record the building"}
    )
    came, went = told(app, later)
    assert "It is in all else what “Record the installation” was: it may have been renamed." in came
    assert "It is in all else what “Record the building” is now: it may have been renamed." in went


def test_what_is_only_a_code_stands_as_code_and_is_escaped(app: Flask) -> None:
    [line] = told(app, other(lambda rules: way(rules, "installed").update(effects=["<b>"])))
    assert "<code>&lt;b&gt;</code>" in line


def test_words_are_told_in_both_languages(app: Flask) -> None:
    label = "states.acceptance"
    with app.test_request_context():
        later = other(lambda rules: None, {label: "Handing over"})
        [text] = tell_texts(differences(SITE, later), SITE, later)
    assert (text.key, text.before, text.after) == (label, SITE.texts[label], "Handing over")
    assert re.search(r"[\u4e00-\u9fff]", text.before_zh)


@pytest.mark.parametrize("edition", load_library().editions.values(), ids=lambda one: f"{one.workflow}-{one.number}")
def test_every_rule_of_an_edition_has_a_name_and_can_be_told(app: Flask, edition: Edition) -> None:
    keys = {key for state in edition.rules["states"].values() for key in state}
    keys |= {key for one in (*edition.rules["transitions"], *edition.rules["tasks"].values()) for key in one}
    keys |= {key for form in edition.rules["forms"].values() for field in form for key in field}
    keys |= edition.rules.keys() - {"states", "tasks", "forms", "limits", "workflow", "edition"}
    assert keys - RULES.keys() - {"fields"} == set()

    def emptied(rules: Json) -> None:
        """Everything that may say nothing says nothing."""
        things = [*rules["states"].values(), *rules["transitions"], *rules["tasks"].values()]
        for one in [*things, *(field for form in rules["forms"].values() for field in form)]:
            for key in ("where", "only_if", "asked_if"):
                one.pop(key, None)
            one.update({key: [] if isinstance(said, list) else None for key, said in one.items() if key not in KEPT})

    blank = other(emptied, edition=edition)
    assert told(app, blank, earlier=edition)
    assert told(app, edition, earlier=blank)


# --- the map ---------------------------------------------------------------------------------------------------------


def drawn_changes(app: Flask, later: Edition) -> tuple[dict[str, str], dict[tuple[str, str], str], dict[str, str]]:
    with app.test_request_context():
        made = draw_differences(publish(Sound), later, differences(publish(Sound), later))
    signs = {node.path: node.sign for node in made.nodes}
    exits = {node.path: " ".join(words for words, _, _ in node.exits) for node in made.nodes}
    return signs, {(way.source, way.target): way.kind for way in made.ways}, exits


def test_states_that_came_went_and_changed_are_marked_by_a_sign(app: Flask) -> None:
    def change(rules: Json) -> None:
        add_state(rules, "fresh")
        rules["order"] = list(rules["states"])
        add_way(rules, "freshen", "a", "fresh")
        rules["states"]["b"]["queue"] = "supervisor"
        del rules["states"]["held"]
        rules["transitions"] = [
            one for one in rules["transitions"] if "held" not in one["from"] and one["to"] != "held"
        ]

    signs, _, _ = drawn_changes(app, seeded(change))
    assert (signs["fresh"], signs["held"], signs["b"], signs["a"]) == ("+", "−", "~", "")


def test_ways_that_came_and_went_are_marked(app: Flask) -> None:
    def change(rules: Json) -> None:
        way(rules, "go")["to"] = "done"

    _, ways, exits = drawn_changes(app, seeded(change))
    assert ways.get(("a", "b")) == "removed" or "− B" in exits["a"]
    assert ways.get(("a", "done")) == "added" or "+ Done" in exits["a"]


def test_a_way_with_another_condition_is_marked_as_changed(app: Flask) -> None:
    _, ways, exits = drawn_changes(app, seeded(lambda rules: way(rules, "go").update(guards=[])))
    assert {*ways.values()} == {""}
    _, ways, exits = drawn_changes(app, seeded(lambda rules: way(rules, "go").update(effects=["x"])))
    assert ways.get(("a", "b")) == "changed" or "~ B" in exits["a"]


def test_two_that_are_the_same_have_no_marks(app: Flask) -> None:
    signs, ways, _ = drawn_changes(app, publish(Sound))
    assert {*signs.values()} <= {"", "■"}
    assert {*ways.values()} == {""}


# --- the page and the API --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_the_page_shows_what_differs(browser_for: BrowserFor, world: World, role: str) -> None:
    page = browser_for(role).get("/workflows/referral/1/changes/2").text
    assert "Side task “Decide on the objection”" in page
    assert len(re.findall(r'<svg class="map".*?</svg>', page, re.DOTALL)) == 1
    assert 'href="/workflows/referral/2/changes/1"' in page


def test_the_page_of_an_edition_leads_to_its_comparisons(browser_for: BrowserFor, world: World) -> None:
    for number in (1, 2):
        page = browser_for("auditor").get(f"/workflows/referral/{number}").text
        assert 'href="/workflows/referral/1/changes/2"' in page


def test_two_that_are_the_same_say_so(browser_for: BrowserFor, world: World) -> None:
    page = browser_for("auditor").get("/workflows/case/1/changes/1").text
    assert "The two editions say the same." in page


def test_an_edition_can_be_named_by_its_fingerprint(browser_for: BrowserFor, world: World) -> None:
    first, second = sorted(
        (one for one in load_library().editions.values() if one.workflow == "referral"), key=lambda one: one.number
    )
    page = browser_for("auditor").get(f"/workflows/referral/{first.fingerprint}/changes/{second.fingerprint}").text
    assert second.fingerprint in page


@pytest.mark.parametrize("path", NOT_THERE)
def test_what_is_not_there_is_not_compared(browser_for: BrowserFor, world: World, path: str) -> None:
    assert browser_for("auditor").get(f"/workflows/{path}").status_code == 404


def test_a_page_beyond_the_last_one_shows_nothing_more(browser_for: BrowserFor, world: World) -> None:
    page = browser_for("auditor").get("/workflows/referral/1/changes/2?first=9999&texts=-5").text
    assert "Side task “Decide on the objection”" not in page


def test_nobody_reads_it_without_an_account(app: Flask, world: World) -> None:
    assert app.test_client().get("/workflows/referral/1/changes/2").status_code in (302, 303, 401)


# --- the command -----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    done = CliRunner().invoke(workflow, ["diff", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    later = other(set_limit, {"title": "Site"})
    names = []
    for n, one in enumerate((SITE, later)):
        path = tmp_path / f"{n}.json"
        path.write_text(file_text(one), "utf-8")
        names.append(str(path))
    return names[0], names[1]


def test_the_command_prints_the_words_of_the_page(app: Flask, files: tuple[str, str]) -> None:
    said = run(*files)
    later = other(set_limit, {"title": "Site"})
    for line in told(app, later):
        assert all(part in said for part in line.split(": ", 1))
    assert "    + Site" in said


def test_the_command_speaks_chinese(files: tuple[str, str]) -> None:
    assert "现为3个工作日" in run(*files, "--language", "zh")


def test_the_command_gives_json(files: tuple[str, str]) -> None:
    given = json.loads(run(*files, "--json"))
    assert [(one["thing"], one["name"], one["rule"]) for one in given["changes"]] == [
        ("state", "acceptance", "due"),
        ("text", "title", ""),
    ]


def test_the_command_takes_a_definition_and_what_was_published_of_it() -> None:
    assert run("deployment-1", "deployment") == "The two editions say the same.\n"


@pytest.mark.parametrize(
    "names", [("deployment-1", "case-1"), ("deployment-1", "nothing-7"), ("deployment-1", "setup.json")]
)
def test_the_command_refuses_what_cannot_be_compared(names: tuple[str, str]) -> None:
    assert CliRunner().invoke(workflow, ["diff", *names]).exit_code == 1


def test_nothing_is_told_of_a_rule_without_a_name(app: Flask) -> None:
    # What a later grammar says is told by its own name until it has words.
    [line] = told(app, other(lambda rules: rules["states"]["acceptance"].update(brand_new="x")))
    assert "brand_new" in line
    assert difference_words.RULES.get("brand_new") is None
