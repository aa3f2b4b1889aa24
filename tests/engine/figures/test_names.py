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
    assert {*NAMES.to_register, *NAMES.under_licence} <= {*NAMES.signs}
    counted |= {(NAMES.deployment, name) for name in (NAMES.tested, *NAMES.accepts_site, NAMES.fails_test)}
    counted |= {(NAMES.assessment, name) for name in (NAMES.admits, *NAMES.issues)}
    counted |= {(NAMES.loan, name) for _, name in NAMES.doors}
    finance = [NAMES.instrument[0], NAMES.item[0], *(name for _, actions in NAMES.stages for name in actions)]
    counted |= {(NAMES.finance, name) for name in finance}
    counted |= {("referral", name) for name in (NAMES.conflict, *(name for _, name in NAMES.settled))}
    counted |= {("case", name) for name in (NAMES.stops, NAMES.scales)}
    counted |= {(NAMES.mediation, name) for name in NAMES.appoints}
    assert counted <= ACTIONS
    assert {NAMES.clause, NAMES.use_report, NAMES.follow_up, NAMES.repayment[0], NAMES.registration[0]} <= TASKS
    assert (NAMES.loan, NAMES.overdue) in {
        (edition.workflow, state) for edition in EDITIONS for state in edition.states
    }
    ends = {(edition.workflow, state) for edition in EDITIONS for state in edition.states}
    assert {(NAMES.mediation, state) for state in (*NAMES.settles, NAMES.by_talks)} <= ends
    assert NAMES.site_step in dict(NAMES.trunk)
    assert NAMES.planned in dict(NAMES.trunk)


def test_the_names_are_data() -> None:
    told = written(NAMES)
    assert json.loads(json.dumps(told)) == told
    assert told["follow_up"] == NAMES.follow_up
