"""The fold: what it reads is what is declared, and it changes nothing that it is given."""

from __future__ import annotations

import copy
from typing import get_type_hints

from casework.engine.state.case import Case
from casework.engine.state.effects_schema import Effects
from casework.engine.state.projection import CHANGES, evolve
from tests.engine.walk_starts import WALKS
from tests.engine.walks import Walk


def test_each_key_is_read_as_it_is_declared_and_gives_the_field_that_the_case_has() -> None:
    declared, fields = get_type_hints(Effects), get_type_hints(Case)
    for key, field, change in CHANGES:
        hints = get_type_hints(change)
        before, said = list(hints.values())[:2]
        assert (said, before, hints["return"]) == (declared[key], fields[field], fields[field]), key


def test_neither_the_case_nor_the_event_is_changed() -> None:
    start, _, _ = WALKS["case"]
    case: Case | None = None
    for event in Walk(0, start, calm=True).run(60).events:
        before = copy.deepcopy((case, event))
        after = evolve(case, event)
        assert (case, event) == before
        case = after
