"""Cases in which the parties talk and sign: rights, money, mediations, borders."""

from __future__ import annotations

from casework.demo.scripts.parts import CHEN, LI, ZHAO
from casework.playbook.steps import Script, Until, add, do, rights_are
from casework.playbook.stretches import (
    AGREED,
    BEFORE_SIGNING,
    BUILT,
    MAIN,
    MEDIATED,
    MEDIATING,
    READY,
    accepted,
    planned,
    to_scoping,
    to_structuring,
    verified,
)

PLEDGE_AND_FINANCE = Script(
    "Structuring, with a pledge loan and green finance side by side",
    ("BJ-N003", "DEMO-T005"),
    120,
    cast=CHEN,
    pace=1.5,
    steps=(
        *verified()[:-1],
        do("officer", "case.amend_plan", pledge="bank", finance="fund", assessment="institute"),
        do("supervisor", "case.amend_plan"),
        do("officer", "case.assessment_passed"),
        *accepted("pledge", "bank", "banker"),
        do("banker", "pledge.eligible"),
        *accepted("finance", "fund", "financier"),
        do("officer", "pledge.apply", amount=3_000_000),
        do("financier", "finance.green"),
        do("officer", "finance.ready"),
        do("banker", "pledge.dd_done"),
        do("financier", "finance.investor_found"),
        do("officer", "agreement.propose"),
        Until(20),
        do("officer", "ip.confirm", territory="CN"),
        do("banker", "pledge.valued", value=8_600_000),
        do("banker", "pledge.approved", pool_share=40, bank_share=60),
        do("financier", "finance.dd_ok"),
        do("officer", "finance.terms_agreed"),
    ),
)

ON_HOLD = Script(
    "On hold, about to resume; its parties have paused",
    ("BJ-N009", "DEMO-T017"),
    150,
    cast=LI,
    pace=2,
    steps=(
        *to_structuring(),
        do("officer", "ip.confirm", territory="CN"),
        do("officer", "agreement.propose"),
        *MEDIATING,
        MAIN,
        Until(58),
        do("officer", "case.hold", reason="parties_paused", waits_for="other", resume_by=59),
        Until(20),
        do("officer", "ip.confirm", territory="CN"),
    ),
)

PATENT_LAPSED = Script(
    "The patent lapsed during the talks",
    ("BJ-N018", "DEMO-T028"),
    105,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_scoping(),
        rights_are(in_force=True),
        *planned(skip_assessment=True),
        do("supervisor", "case.skip_assessment"),
        do("officer", "ip.confirm", territory="CN"),
        do("officer", "agreement.propose"),
        Until(9),
        do("officer", "ip.recheck"),
        rights_are(in_force=False),
        do("officer", "ip.find_gap", who="technology_owner"),
    ),
)

SETTLEMENT = Script(
    "A settlement changed the deal; now the plant is being built",
    ("BJ-N021", "DEMO-T031"),
    250,
    cast=CHEN,
    pace=2,
    steps=(
        *to_structuring(),
        *READY,
        do("officer", "agreement.propose"),
        *MEDIATING,
        do("mediator", "mediation.settle_full"),
        *MEDIATED,
        MAIN,
        add("officer", "case.agreed_duty"),
        do("officer", "agreed_duty", duties=[("Pay the first part.", 20), ("Hand over the plans.", 40)]),
        do("officer", "case.back_to_talks", point="The parties have agreed on another price for service."),
        do("officer", "duty"),
        do("officer", "duty"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do("officer", "ip.recheck"),
        *READY,
        do("officer", "agreement.sign_local"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        Until(85),
        do("officer", "ip.confirm", territory="CN"),
        Until(25),
        *BUILT[:3],
    ),
)

ACROSS_THE_BORDER = Script(
    "Across the border: the contract waits for its registration",
    ("BJ-N024", "DEMO-T034"),
    112,
    cast=LI,
    pace=1.5,
    steps=(
        *verified(),
        *READY,
        do("officer", "agreement.propose"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared", crosses_border=True, catalogue_class="free"),
        do("officer", "agreement.sign_cross"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        do("officer", "deployment.plan_set"),
    ),
)

WRONG_STEP = Script(
    "A wrong step was recorded and put right",
    ("BJ-N020", "DEMO-T030"),
    66,
    cast=CHEN,
    pace=2,
    steps=(
        *to_structuring(),
        *READY,
        do("officer", "case.back_to_talks"),
        *READY[1:],
        *AGREED[:2],
        do("compliance", "compliance_gate"),
    ),
)
