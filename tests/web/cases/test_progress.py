"""The line of steps: a way aside is told only where a case went there."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.operations.cases.views import TrackView
from casework.web.cases.progress import steps_of

LIBRARY = load_library()
MAIN = LIBRARY.editions[LIBRARY.newest["case"]]
IP = LIBRARY.editions[LIBRARY.newest["ip"]]


def _shown(edition: Edition, step: str, *visited: str, ended: str | None = None) -> str:
    """Each step with the first letter of its standing: Triage:n Consent:a."""
    track = TrackView(
        id="t",
        workflow=edition.workflow,
        kind=edition.workflow,
        edition=edition.fingerprint,
        edition_number=1,
        revision=1,
        states=[],
        labels=[],
        step=step,
        visited=list(visited),
        parent=None,
        provider=None,
        entered_at="",
        ended=ended,
        replaced=False,
        given={},
    )
    return " ".join(f"{one.name}:{one.standing[0]}" for one in steps_of(edition, track))


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (
            _shown(MAIN, "Consent", "Triage", "Consent"),
            "Triage:d Consent:n Plan:a Assess:a Structure:a Sign:a Deploy:a Monitor:a Close:a",
        ),
        (_shown(MAIN, "Introduce", "Triage", "Introduce"), "Triage:d Introduce:n Close:a"),
        (_shown(MAIN, "Close", "Triage", "Introduce", "Close", ended="introduced"), "Triage:d Introduce:d Close:d"),
        (
            _shown(MAIN, "Triage", "Triage", "Introduce"),
            "Triage:n Consent:a Plan:a Assess:a Structure:a Sign:a Deploy:a Monitor:a Close:a",
        ),
        (
            _shown(MAIN, "Structure", "Triage", "Introduce", "Consent", "Plan", "Structure"),
            "Triage:d Introduce:d Consent:d Plan:d Assess:s Structure:n Sign:a Deploy:a Monitor:a Close:a",
        ),
        (
            _shown(MAIN, "Close", "Triage", "Close", ended="duplicate"),
            "Triage:d Consent:s Plan:s Assess:s Structure:s Sign:s Deploy:s Monitor:s Close:d",
        ),
        (_shown(IP, "Check", "Check"), "Check:n Rights clear:a"),
        (_shown(IP, "Put right", "Check", "Put right"), "Check:d Put right:n"),
        (_shown(IP, "Rights clear", "Check", "Put right", "Rights clear"), "Check:d Put right:d Rights clear:n"),
    ],
)
def test_the_line_of_steps(shown: str, told: str) -> None:
    assert shown == told
