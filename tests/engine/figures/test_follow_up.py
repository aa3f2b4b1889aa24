"""Whether live cases are looked after, and whether parties answer after a closing: "no answer" is no answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.engine.figures.follow_up import discipline, follow_up
from casework.engine.figures.register_facts import Night
from casework.ledger.canonical_json import instant
from tests.engine.figures.pieces import START, Told, counts, world


def test_the_mean_of_nights_stands_beside_the_last_one() -> None:
    nights = (Night("2026-01-05", 10, 4), Night("2026-01-06", 20, 5))
    figure = discipline(world(nights=nights))
    assert counts(figure, what="last_night") == (15, 20)
    assert counts(figure, what="nights") == (21, 30)
    assert counts(discipline(world()), what="nights") == (0, 0)


def due(day: int) -> str:
    return instant(START + timedelta(days=day))


def asked(number: str, outcome: str, *rungs: tuple[str | None, float | None, str | None]) -> Told:
    """A case that closed on the tenth day, and its rungs: the last day, and when and how it was answered."""
    told = Told(number).close(outcome, 10)
    for n, (last, _, _) in enumerate(rungs):
        told.task(f"{number}{n}", "follow_up", 10, due=last, aftercare=True)
    for n, (_, day, said) in enumerate(rungs):
        if day is not None:
            told.finish(f"{number}{n}", day, {"running": said})
    return told


@pytest.mark.parametrize(
    ("rung", "counted"),
    [
        # Before its day a rung is not asked; on it, it is not due until its last day has passed.
        ((None, None, None), {"all": [(0, 0), (0, 0)]}),
        ((due(100), 60, "yes"), {"all": [(1, 1), (1, 1)]}),
        ((due(100), 60, "no"), {"all": [(1, 1), (1, 1)]}),
        ((due(40), 60, "yes"), {"all": [(0, 1), (1, 1)]}),
        ((due(40), 60, "no_answer"), {"all": [(0, 1), (0, 1)]}),
        ((due(40), None, None), {"all": [(0, 1), (0, 1)]}),
        ((due(290), None, None), {"all": [(0, 0), (0, 0)]}),
    ],
)
def test_a_rung_counts_once_it_is_due_or_answered(
    rung: tuple[str | None, float | None, str | None], counted: dict[str, Any]
) -> None:
    figure = follow_up(world(asked("1", "dormant", rung), day=200))
    told = [counts(figure, days="180", of="all", what=what) for what in ("answered_in_time", "answered")]
    assert told == counted["all"]


def test_cases_with_an_agreement_stand_apart_and_rungs_are_by_their_order() -> None:
    rungs = ((due(40), 50, "yes"), (due(60), None, None), (None, None, None))
    figure = follow_up(
        world(asked("1", "deployed_measured", *rungs), asked("2", "dormant", *rungs), Told("3"), day=200)
    )
    assert counts(figure, days="180", of="with_agreement", what="answered") == (1, 1)
    assert counts(figure, days="180", of="all", what="answered") == (2, 2)
    assert counts(figure, days="365", of="all", what="answered") == (0, 2)
    assert counts(figure, days="730", of="all", what="answered") == (0, 0)
