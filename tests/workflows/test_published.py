"""The published editions: what runs is what is frozen, and it changes only with a new number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.commands import workflow as command
from casework.definitions import file_text, load_definitions, load_library, read_published
from casework.engine import roles
from casework.engine.definition.grammar import Final, State, Workflow, working_days
from casework.engine.definition.publisher import publish


class Small(Workflow):
    a = State("A", roles.Role.OFFICER, working_days(5), "One")
    done = Final("Done")

    go = a.to(done, by=roles.Role.OFFICER, do="Go")


class SmallInOtherWords(Workflow):
    workflow = "small"

    a = State("A", roles.Role.OFFICER, working_days(5), "One")
    done = Final("Done")

    go = a.to(done, by=roles.Role.OFFICER, do="Walk")


class SmallWithMoreTime(Workflow):
    workflow = "small"

    a = State("A", roles.Role.OFFICER, working_days(6), "One")
    done = Final("Done")

    go = a.to(done, by=roles.Role.OFFICER, do="Go")


class SmallOfANewNumber(SmallWithMoreTime):
    edition = 2

    a = State("A", roles.Role.OFFICER, working_days(6), "One")
    done = Final("Done")

    go = a.to(done, by=roles.Role.OFFICER, do="Go")


class Faulty(Workflow):
    workflow = "small"

    a = State("A", roles.Role.OFFICER, working_days(5), "One")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(command, "published_folder", lambda definition: tmp_path)
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, definition: type[Workflow], *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(command, "load_definitions", lambda: (definition,))
    done = CliRunner().invoke(command.workflow, list(arguments))
    return done.exit_code, done.output


def test_every_definition_is_published_as_it_stands() -> None:
    assert command.unpublished(load_definitions()) == []


def test_the_library_holds_an_edition_of_every_definition() -> None:
    library = load_library()
    for definition in load_definitions():
        assert library.latest(publish(definition).workflow) == publish(definition)


def test_a_definition_that_differs_from_its_file_needs_a_new_number(folder: Path) -> None:
    (folder / "small-1.json").write_text(file_text(publish(Small)))
    assert command.unpublished((Small,)) == []
    (line,) = command.unpublished((SmallWithMoreTime,))
    assert "its rules differ now (states). Raise `edition`" in line
    (line,) = command.unpublished((SmallOfANewNumber,))
    assert "edition 2 is not published" in line


def test_other_words_need_no_new_number_but_are_published(folder: Path) -> None:
    (folder / "small-1.json").write_text(file_text(publish(Small)))
    (line,) = command.unpublished((SmallInOtherWords,))
    assert "texts have changed" in line


def test_publishing_writes_a_file_that_reads_back(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    assert _run(monkeypatch, Small, "publish") == (0, "small-1.json is written.\n")
    assert list(read_published(folder)) == [publish(Small)]
    assert _run(monkeypatch, Small, "publish", "small") == (0, "small-1.json is published already.\n")
    assert _run(monkeypatch, Small, "check") == (0, "1 workflows are right and published.\n")


def test_an_edition_is_never_overwritten_by_other_rules(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    _run(monkeypatch, Small, "publish")
    code, said = _run(monkeypatch, SmallWithMoreTime, "publish")
    assert (code, "Raise `edition`" in said) == (1, True)
    assert list(read_published(folder)) == [publish(Small)]
    assert _run(monkeypatch, SmallInOtherWords, "publish")[0] == 0
    assert _run(monkeypatch, SmallOfANewNumber, "publish")[0] == 0
    assert [one.number for one in read_published(folder)] == [1, 2]


def test_a_faulty_definition_is_not_published(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    code, said = _run(monkeypatch, Faulty, "publish")
    assert (code, "has no way out" in said) == (1, True)
    assert not list(folder.iterdir())
    assert _run(monkeypatch, Faulty, "check")[0] == 1


def test_an_unknown_name_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for what in ("publish", "draw"):
        code, said = _run(monkeypatch, Small, what, "large")
        assert (code, "there are: small" in said) == (1, True)


def test_a_file_under_a_wrong_name_is_refused(folder: Path) -> None:
    (folder / "small-2.json").write_text(file_text(publish(Small)))
    with pytest.raises(ValueError, match="holds the edition small 1"):
        list(read_published(folder))


def test_a_file_that_was_changed_is_refused(folder: Path) -> None:
    kept = json.loads(file_text(publish(Small)))
    kept["rules"]["edition"] = 2
    (folder / "small-2.json").write_text(json.dumps(kept))
    with pytest.raises(ValueError, match="fingerprint"):
        list(read_published(folder))


@pytest.mark.parametrize("definition", load_definitions(), ids=lambda one: one.__name__)
@pytest.mark.parametrize("form", ["text", "mermaid"])
def test_a_drawing_shows_every_state_and_way(definition: type[Workflow], form: str) -> None:
    edition = publish(definition)
    done = CliRunner().invoke(command.workflow, ["draw", edition.workflow, "--format", form])
    assert done.exit_code == 0
    for rule in edition.transitions:
        assert rule.name in done.output
    for path in edition.states:
        assert edition.text(f"states.{path}") in done.output
