"""What everybody reads of the demo: a story that went well, what was verified in it, and figures."""

from __future__ import annotations

from casework.operations.results.published import list_figures, list_published
from casework.records.database import transaction
from tests.demo.told import Told


def test_everybody_reads_a_story_and_figures_of_the_demo(told: Told) -> None:
    with transaction(told.engine) as db:
        _, (story,) = list_published(db)
        (figures,) = list_figures(db)
    assert "verified" in {one.level for one in story.told.impacts}
    told_outside = [row for figure in figures.told["figures"].values() for row in figure["rows"]]
    # Enough has happened that some numbers are not hidden.
    assert any(isinstance(row["numerator"], int) for row in told_outside)
