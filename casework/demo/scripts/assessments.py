"""Cases in which a technology is assessed: by which provider, and what comes between."""

from __future__ import annotations

from casework.demo.scripts.parts import CHEN, LI, ZHAO
from casework.playbook.steps import Script, Until, claim, do, paper, wait, withdrawn
from casework.playbook.stretches import accepted, assessed, delivered, sent, to_assessment

ASSESSMENT_NEW = Script(
    "Assessment: the request is new to the provider",
    ("BJ-N008", "DEMO-T015"),
    40,
    cast=CHEN,
    pace=2,
    steps=(*to_assessment(), Until(1), *sent("assessment", "institute")),
)

ASSESSMENT_AT_WORK = Script(
    "Assessment: the provider works",
    ("BJ-N010", "DEMO-T019"),
    55,
    cast=LI,
    pace=2,
    steps=(
        *to_assessment(),
        Until(29),
        *accepted("assessment", "institute", "assessor"),
        do("assessor", "assessment.admit"),
        do("assessor", "assessment.engage"),
        do("assessor", "assessment.fix_plan"),
        claim("assessor", "data_review"),
    ),
)

ASSESSMENT_LATE = Script(
    "Assessment: the provider is late, and was given more time already",
    ("BJ-N015", "DEMO-T025"),
    115,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_assessment(),
        *sent("assessment", "institute"),
        do("assessor", "referral:assessment.accept", planned_on=45),
        do("assessor", "assessment.admit"),
        Until(60),
        do("assessor", "referral:assessment.ask_extension", new_date=30),
        do("officer", "decide_extension", until_on=30),
        do("assessor", "assessment.engage"),
    ),
)

ASSESSMENT_RETURNED = Script(
    "Assessment: the delivery was returned for correction",
    ("BJ-N005", "DEMO-T009"),
    60,
    cast=CHEN,
    pace=2,
    steps=(
        *to_assessment(),
        *accepted("assessment", "institute", "assessor"),
        *assessed("assessor"),
        do("assessor", "assessment.issue_limits"),
        do("assessor", "referral:assessment.deliver"),
        Until(3),
        do("officer", "referral:assessment.return"),
    ),
)

CONSENT_WITHDRAWN = Script(
    "A consent was withdrawn while the provider worked",
    ("BJ-N012", "DEMO-T022"),
    66,
    cast=CHEN,
    pace=2,
    steps=(
        *to_assessment(),
        paper("Drawings of the nozzle", "technology_owner"),
        *accepted("assessment", "institute", "assessor", documents=["Drawings of the nozzle"]),
        do("assessor", "assessment.admit"),
        do("assessor", "assessment.engage"),
        do("assessor", "assessment.fix_plan"),
        Until(2),
        withdrawn("technology_owner"),
    ),
)

THREE_PROVIDERS = Script(
    "One provider declined, one was silent, one has a conflict",
    ("BJ-N013", "DEMO-T023"),
    98,
    cast=LI,
    pace=2,
    steps=(
        *to_assessment(),
        *sent("assessment", "institute"),
        do("assessor", "referral:assessment.decline", reason="no_capacity"),
        do("officer", "choose_other_provider", next="assessment"),
        *sent("assessment", "test_centre"),
        wait(20),
        do("officer", "choose_other_provider", next="assessment"),
        *sent("assessment", "laboratory"),
        do("tester", "referral:assessment.declare_conflict", nature="earlier_work"),
        do("supervisor", "referral:assessment.waive_conflict"),
        do("tester", "referral:assessment.accept"),
        do("tester", "assessment.admit"),
        do("tester", "assessment.engage"),
    ),
)

NOT_VIABLE = Script(
    "Not viable: waits for the supervisor to close it",
    ("BJ-N016", "DEMO-T026"),
    100,
    cast=LI,
    pace=2,
    steps=(
        *to_assessment(),
        *accepted("assessment", "laboratory", "tester"),
        *assessed("tester")[:3],
        do("tester", "assessment.need_tests"),
        do("tester", "assessment.tests_done"),
        *assessed("tester")[4:],
        do("tester", "assessment.issue_fail"),
        *delivered("assessment", "tester"),
        do("officer", "case.assessment_failed", reason="technology/performance"),
    ),
)
