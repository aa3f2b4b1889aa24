"""Cases that end early, or again."""

from __future__ import annotations

from casework.demo.scripts.parts import CHEN, FOLLOWED, LI, ZHAO
from casework.playbook.steps import Script, Until, add, do, drop, screen, wait
from casework.playbook.stretches import (
    accepted,
    to_assessment,
    to_consent,
    to_scoping,
    to_structuring,
    to_triage,
)

SUPERSEDED = Script(
    "A sibling was signed; the need is met elsewhere",
    ("BJ-N001", "DEMO-T002"),
    870,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_scoping(),
        Until(800),
        do("officer", "superseded", stands=False, note="The need owner has chosen the other burner."),
        do("officer", "case.propose_close", outcome="need_met_elsewhere", reason="other/other"),
        drop("officer", "kick_off", "nda", "service_plan", "screening"),
        do("supervisor", "case.close"),
        Until(600),
        FOLLOWED,
        Until(415),
        FOLLOWED,
        Until(50),
        FOLLOWED,
    ),
)

SILENT_PARTY = Script(
    "A party fell silent",
    ("BJ-N004", "DEMO-T008"),
    210,
    cast=LI,
    pace=2,
    steps=(
        *to_consent(),
        do("officer", "record_consent", "need_owner"),
        wait(45),
        do("officer", "case.propose_close", outcome="dormant", reason="parties/no_answer_technology"),
        drop("officer", "record_consent"),
        do("supervisor", "case.close"),
    ),
)

PARTY_WITHDREW = Script(
    "A party withdrew",
    ("BJ-N006", "DEMO-T012"),
    260,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_structuring(finance="fund"),
        *accepted("finance", "fund", "financier"),
        do("financier", "finance.green"),
        do("officer", "case.withdraw", party="technology_owner", reason="parties/strategy_change"),
        do("officer", "usable_results"),
        do("officer", "ip.fail"),
        do("officer", "agreement.abandon"),
        do("supervisor", "case.close"),
        Until(8),
        FOLLOWED,
    ),
)

REOPENED = Script(
    "The parties came back after the case had closed, and it was reopened",
    ("BJ-N017", "DEMO-T027"),
    300,
    cast=LI,
    pace=2,
    steps=(
        *to_structuring(),
        do("officer", "case.propose_close", outcome="no_agreement", reason="rights/terms"),
        do("officer", "ip.fail"),
        do("officer", "agreement.abandon"),
        do("supervisor", "case.close"),
        Until(22),
        do("officer", "case.reopen", requester="need_owner"),
        do("supervisor", "decide_reopen", decision="confirm"),
        FOLLOWED,
        screen("compliance", "need_owner"),
        screen("second_compliance", "technology_owner"),
    ),
)

COMPLIANCE_STOP = Script(
    "Compliance stopped the case",
    ("BJ-N014", "DEMO-T024"),
    220,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_assessment(),
        *accepted("assessment", "test_centre", "other_assessor"),
        add("compliance", "case.screening", "technology_owner"),
        do("compliance", "screening", result="hit"),
        do("compliance", "case.compliance_stop"),
        do("second_compliance", "decide_compliance_stop", decision="confirm"),
        do("officer", "referral:assessment.cancel", reason="not_needed"),
        do("officer", "usable_results"),
        do("supervisor", "case.close"),
    ),
)

DUPLICATE = Script(
    "A duplicate",
    ("BJ-N024", "DEMO-T035"),
    130,
    cast=CHEN,
    pace=2,
    steps=(
        *to_triage(),
        do("officer", "triage_check"),
        do("officer", "case.propose_close", outcome="duplicate", reason="other/other"),
        do("supervisor", "case.close"),
    ),
)
