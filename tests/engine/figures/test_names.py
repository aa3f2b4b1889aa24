"""What the installed package says of itself is there in its published editions, and is written down for whoever reads a report."""

from __future__ import annotations

import json

from casework.definitions import load_figure_names, load_library
from casework.engine.figures.names import written

NAMES = load_figure_names()
EDITIONS = load_library().editions.values()
ACTIONS = {(edition.workflow, rule.name) for edition in EDITIONS for rule in edition.transitions}
TASKS = {rule.name for edition in EDITIONS for rule in edition.tasks.values()}


def test_every_action_that_is_counted_is_in_its_workflow() -> None:
    counted = {("case", name) for _, actions in NAMES.trunk for name in actions}
    counted |= {("case", name) for name in (*NAMES.assessed, *NAMES.not_assessed)}
    counted |= {(workflow, name) for workflow, actions in NAMES.money.items() for name in actions}
    counted |= {("referral", name) for name in (*NAMES.answers, NAMES.asks, NAMES.started, *NAMES.delivers)}
    counted |= {(NAMES.agreement, name) for name in (*NAMES.signs, *NAMES.unsigns, *NAMES.takes_effect)}
    counted |= {(NAMES.deployment, name) for name in (NAMES.tested, *NAMES.accepts_site, NAMES.fails_test)}
    assert counted <= ACTIONS
    assert {NAMES.clause, NAMES.use_report, NAMES.follow_up} <= TASKS
    assert NAMES.planned in dict(NAMES.trunk)


def test_the_names_are_data() -> None:
    told = written(NAMES)
    assert json.loads(json.dumps(told)) == told
    assert told["follow_up"] == NAMES.follow_up
