"""`casework workflow test`, and what publishing asks of scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casework.commands import scenarios
from casework.commands import workflow as command
from casework.definitions import coverage_floor, load_definitions, scenario_file
from casework.engine.definition.editions import workflow_name
from casework.engine.definition.grammar import Final, State, Workflow, working_days
from casework.engine.roles import Role


class Small(Workflow):
    workflow = "small"

    a = State("A", Role.OFFICER, working_days(5), "One")
    done = Final("Done")
    other = Final("Other")

    go = a.to(done, by=Role.OFFICER, do="Go")
    leave = a.to(other, by=Role.OFFICER, do="Leave")


GO = '[[scenario]]\nname = "They go"\nsteps = [{ who = "officer", does = "go", then = "done" }]\n'
LEAVE = GO.replace("They go", "They leave").replace("go", "leave").replace('"done"', '"other"')
ALL = {"states": 100, "transitions": 100}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """One workflow alone, whose package wants all of it seen; gives the file of its scenarios."""
    file = tmp_path / "small.toml"
    for module in (command, scenarios):
        monkeypatch.setattr(module, "load_definitions", lambda: (Small,))
    monkeypatch.setattr(scenarios, "scenario_file", lambda definition: file)
    monkeypatch.setattr(scenarios, "coverage_floor", lambda definition: ALL)
    monkeypatch.setattr(command, "published_folder", lambda definition: tmp_path)
    return file


def casework(*arguments: str) -> Result:
    return CliRunner().invoke(command.workflow, list(arguments))


def test_each_scenario_is_told_with_what_was_seen(small: Path) -> None:
    small.write_text(GO + LEAVE)
    done = casework("test")
    assert (done.exit_code, "2 of 2 scenarios passed" in done.output) == (0, True)
    assert "transitions: 2 of 2 seen, 100 %, and 100 % is the least" in done.output


def test_a_failed_scenario_is_told_with_step_and_difference(small: Path) -> None:
    small.write_text(GO + LEAVE.replace('"other"', '"done"'))
    done = casework("test", "small")
    assert done.exit_code == 1
    assert "FAILED  They leave\n          step 1 of 1: then: told was done, and it is other" in done.output


def test_a_file_that_cannot_be_read_ends_with_two(small: Path) -> None:
    small.write_bytes(b"\xff\xfe")
    assert (casework("test").exit_code, casework("test").output) == (2, "small.toml: it is not in UTF-8.\n")
    small.write_text("[[scenario")
    assert casework("test").exit_code == 2


def test_json_says_the_same(small: Path) -> None:
    small.write_text(GO)
    done = casework("test", "--json")
    (one,) = json.loads(done.output)["workflows"]
    assert (done.exit_code, one["right"], one["coverage"]["states"]["missing"]) == (1, False, ["other"])
    assert one["missing"][0] == "states: 66 %, and 100 % is the least; not seen: other"


def test_an_unknown_workflow_is_refused_with_those_there_are(small: Path) -> None:
    done = casework("test", "large")
    assert (done.exit_code, "there are: small" in done.output) == (1, True)


def test_nothing_is_published_under_what_must_be_seen(small: Path) -> None:
    small.write_text(GO)
    done = casework("publish")
    assert (done.exit_code, "small: transitions: 50 %" in done.output) == (1, True)
    assert [one.name for one in small.parent.iterdir()] == ["small.toml"]
    small.write_text(GO + LEAVE)
    assert casework("publish").exit_code == 0


def test_nothing_is_published_while_a_scenario_fails_or_cannot_be_run(small: Path) -> None:
    small.write_text(GO + LEAVE.replace('"other"', '"done"'))
    assert "“They leave”, step 1" in casework("publish").output
    small.write_text(GO.replace('"go"', '"fly"'))
    done = casework("publish")
    assert (done.exit_code, "“They go”, step 1: “small” has no transition “fly”" in done.output) == (1, True)


def test_a_definition_without_scenarios_is_told_what_to_write(small: Path) -> None:
    for what in ("test", "publish"):
        done = casework(what)
        assert done.exit_code == 1
        assert "scenarios/small.toml, beside its editions:\n\n[[scenario]]" in done.output
        assert '{ who = "officer", does = "go", then = "done" }' in done.output


def test_a_package_that_sets_nothing_is_held_to_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "coverage_floor", lambda definition: {})
    assert casework("publish").exit_code == 0
    assert casework("test").exit_code == 0


def test_every_shipped_definition_passes_and_is_seen_enough() -> None:
    definitions = load_definitions()
    found = scenarios.tested(definitions, definitions)
    assert [(one.workflow, one.missing) for one in found if not one.right] == []
    assert {one.workflow for one in found} == {workflow_name(one) for one in definitions}


def test_the_shipped_package_wants_every_state_seen() -> None:
    for definition in load_definitions():
        assert coverage_floor(definition) == {"states": 100, "transitions": 95, "guards": 80}
        file = scenario_file(definition)
        assert file is not None
        assert file.is_file()
