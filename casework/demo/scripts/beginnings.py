"""Cases that have just begun."""

from __future__ import annotations

from casework.demo.scripts.parts import CHEN, LI, ZHAO
from casework.playbook.steps import Script, begin, by_link, do, hand_over, interest, screen, wait
from casework.playbook.stretches import to_consent, to_scoping

OFFICER_LEFT = Script(
    "The officer left; another has taken over",
    ("BJ-N022", "DEMO-T032"),
    24,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_scoping(),
        screen("compliance", "need_owner"),
        hand_over("supervisor", "other_officer", note="Kick-off is arranged for next week; see the minutes."),
        do("other_officer", "kick_off"),
    ),
)

ONE_CONSENT = Script(
    "Consent: one party has agreed",
    ("BJ-N023", "DEMO-T033"),
    15,
    cast=LI,
    pace=2,
    steps=(*to_consent(), do("officer", "record_consent", "need_owner")),
)

OFFICER_WITH_INTEREST = Script(
    "Triage: a poor match, and an officer with an interest",
    ("BJ-N002", "DEMO-T004"),
    6,
    cast=ZHAO,
    pace=1,
    steps=(
        begin(),
        interest("chen", "My sister works for the need owner."),
        do("supervisor", "case.assign", officer="officer"),
    ),
)

INTRODUCED = Script(
    "Introduction: the parties talk by themselves",
    ("BJ-N011", "DEMO-T021"),
    320,
    cast=LI,
    pace=3,
    steps=(
        begin(),
        do("officer", "case.take"),
        do("officer", "case.introduce", channel="event"),
        wait(186),
        by_link("introduction_follow_up", "need_owner", contact="talking"),
    ),
)

PROPOSED = Script("Proposed: in the intake", ("BJ-N006", "DEMO-T011"), 1, steps=(begin(),), cast=CHEN)
