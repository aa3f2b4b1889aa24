"""The part of `make bench` that works with the engine alone gives its figures, and tells what it finds with the seed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.__main__ import measure
from casework.engine.roles import Role
from tests.engine.random_forms import PEOPLE
from tests.engine.walk_starts import WALKS
from tests.support.tiny_benchmarks import TINY

#: One of each.
SCALE = replace(TINY, runs=len(WALKS), seed=4)


def test_it_gives_its_figures() -> None:
    figures = {one.name: one for one in measure("runs", SCALE)}
    assert figures["random runs"].value == len(WALKS)
    assert figures["found waiting for nobody, or without an end"].verdict == "met"
    assert figures["transitions that fired"].value > 0


def test_what_waits_for_nobody_is_counted_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.engine.random_runs.PEOPLE", [one for one in PEOPLE if one.role != Role.OFFICER])
    figures = {one.name: one for one in measure("runs", SCALE)}
    assert figures["found waiting for nobody, or without an end"].verdict == "not met"
    assert "deployment, seed 4: deployment waits in planning for nobody, after opened" in capsys.readouterr().err
