"""`casework workflow check` tells the way to what is wrong, and draws it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.commands import workflow as command
from casework.engine.definition.grammar import Final, State, Workflow, working_days
from casework.engine.roles import Role


class Trap(Workflow):
    workflow = "trap"
    title = "Trap"

    a = State("First", Role.OFFICER, working_days(5), "One")
    b = State("Second", Role.OFFICER, working_days(5), "One")
    c = State("Third", Role.OFFICER, working_days(5), "One")
    done = Final("Done")

    finish = a.to(done, by=Role.OFFICER, do="Finish")
    go = a.to(b, by=Role.OFFICER, do="Go")
    on = b.to(c, by=Role.OFFICER, do="Go on")
    back = c.to(b, by=Role.OFFICER, do="Go back")


def test_the_way_is_told_and_stands_out_on_a_drawing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "load_definitions", lambda: (Trap,))
    monkeypatch.setattr(command, "published_folder", lambda definition: tmp_path)
    done = CliRunner().invoke(command.workflow, ["check", "--draw", str(tmp_path / "drawn")])
    assert done.exit_code == 1
    assert "trap: c: From “c” no end can be reached. The way there: go, on." in done.output
    assert sorted(one.name for one in (tmp_path / "drawn").iterdir()) == ["trap-1.svg", "trap-2.svg"]
    root = ET.fromstring((tmp_path / "drawn" / "trap-2.svg").read_text("utf-8"))
    bold = [one.tag.rpartition("}")[2] for one in root.iter() if one.get("stroke-width") == "3"]
    assert bold.count("rect") == 3
    assert "path" in bold


def test_nothing_is_drawn_where_nothing_is_wrong(tmp_path: Path) -> None:
    done = CliRunner().invoke(command.workflow, ["check", "--draw", str(tmp_path)])
    assert done.exit_code == 0
    assert not list(tmp_path.iterdir())
