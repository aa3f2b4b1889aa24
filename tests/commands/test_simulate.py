"""`casework simulate` works apart from everything, tells what came of it, and refuses in production."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.databases import run_casework


@pytest.mark.slow
def test_a_simulation_leaves_nothing_behind(tmp_path: Path) -> None:
    made = run_casework(
        "simulate",
        "--cases",
        "2",
        "--days",
        "10",
        "--json",
        environment={"CASEWORK_VAR": str(tmp_path), "TMPDIR": "/tmp"},
    )
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert (told["cases"], told["days"], told["nights"], told["wrong"], told["breaches"]) == (2, 10, 10, [], {})
    assert list(tmp_path.iterdir()) == []


def test_production_refuses_it(tmp_path: Path) -> None:
    made = run_casework("simulate", environment={"CASEWORK_VAR": str(tmp_path), "CASEWORK_PROFILE": "production"})
    assert made.returncode == 1
    assert "the time is simulated" in made.stderr or "production" in made.stderr
