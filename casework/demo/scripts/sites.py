"""Cases at work: sites, loans, readings, and what follows after closing."""

from __future__ import annotations

from casework.demo.scripts.parts import CHEN, FOLLOWED, LI, ZHAO
from casework.playbook.hand import Do
from casework.playbook.steps import Script, Until, add, do, finish
from casework.playbook.stretches import (
    BUILT,
    PLEDGED,
    accepted,
    bought,
    delivered,
    price,
    ready,
    signing,
    to_structuring,
    verified,
)


def read(value: int) -> Do:
    """Electricity in ninety days, by the meters."""
    return do("officer", "reading", figures=[{"measure": "energy/MWh", "value": value}])


#: So early that the plant has run for a year before its case is closed.
_VERIFIED_BEGINS = 660


def follow_up_due(due_today: int) -> Script:
    """Closed so many days ago that its first follow-up is due today."""
    return Script(
        "At work, verified, closed; a follow-up is due today",
        ("BJ-N001", "DEMO-T001"),
        _VERIFIED_BEGINS,
        cast=LI,
        pace=1.2,
        steps=(
            *verified(),
            *bought(6_800_000),
            do("officer", "case.sign"),
            *BUILT,
            do(
                "officer",
                "deployment.pass_with_list",
                open_items=[("Paint the platform.", 10), ("Train the night shift.", 20)],
                capacity_unit="kw_heat",
                capacity=1200,
            ),
            do("officer", "case.accept_site"),
            do("officer", "punch_item"),
            do("officer", "punch_item"),
            Until(515),
            read(412),
            Until(425),
            read(398),
            # Paid and performed: nothing of the purchase is left to follow.
            do("officer", "agreement.end"),
            Until(338),
            read(405),
            Until(due_today + 75),
            do(
                "officer",
                "referral:verification.send",
                provider="verifiers",
                wanted_on=60,
                question="How much electricity did the first year of operation save?",
            ),
            do("verifier", "referral:verification.accept", planned_on=50),
            do("verifier", "referral:verification.start"),
            do(
                "verifier",
                "referral:verification.deliver",
                period_from=-300,
                period_to=-5,
                figures=[{"measure": "energy/MWh", "value": 1215, "uncertainty": 4}],
                number="MV-2026-014",
            ),
            do("officer", "referral:verification.approve"),
            do("officer", "case.end_monitoring", outcome="deployed_verified"),
            Until(due_today + 7),
            finish("officer", "reading", figures=[{"measure": "energy/MWh", "value": 391}]),
            Until(due_today, exactly=True),
            do("supervisor", "case.close"),
        ),
    )


LOAN_OVERDUE = Script(
    "A loan on the owner's own patent that was overdue after closing, and was paid after all",
    ("BJ-N011", "DEMO-T020"),
    694,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_structuring(pledge="bank"),
        *accepted("pledge", "bank", "banker", borrower="technology_owner"),
        *PLEDGED,
        do(
            "banker",
            "pledge.paid_out",
            repayments=[{"by": 470, "principal": 1_200_000}, {"by": 900, "principal": 1_200_000}],
        ),
        *delivered("pledge", "banker"),
        do("officer", "ip.confirm", territories=["CN"], pledge="consent_on_file"),
        add("officer", "case.ask_pledgee"),
        do("officer", "ask_pledgee"),
        do("officer", "case.ready_to_sign", licence="sole", uses=["energy", "transport"]),
        *signing(
            "patent_licence",
            price_form="entry_and_royalty",
            contract_value=4_500_000,
            technology_value=4_500_000,
            payments=[{"part": "entry_fee", "amount": 1_500_000}],
            royalty_base="net_sales",
            royalty_rate=4,
        ),
        do("officer", "case.sign_no_site"),
        finish("officer", "licence_filing"),
        finish("officer", "licence_recording"),
        finish("officer", "technology_contract"),
        finish("officer", "technology_contract_decision"),
        Until(525),
        finish("officer", "use_report", units=1),
        Until(435),
        finish("officer", "use_report", units=2),
        Until(250),
        finish("officer", "use_report", units=4),
        do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"),
        do("supervisor", "case.close"),
        Until(185),
        do("banker", "pledge.miss", amount=1_240_000),
        do("officer", "overdue_talk"),
        Until(160),
        do("banker", "repayment", principal=1_200_000, interest=41_500),
        do("banker", "pledge.cured"),
        Until(110),
        finish("officer", "annual_fee_check", paid_to=600),
        finish("banker", "valuation_refresh"),
        Until(55),
        FOLLOWED,
    ),
)

ACCEPTANCE_FAILED = Script(
    "Acceptance failed twice; the site was given up",
    ("BJ-N007", "DEMO-T013"),
    405,
    cast=CHEN,
    pace=2,
    steps=(
        *to_structuring(),
        *bought(9_200_000),
        do("officer", "case.sign"),
        *BUILT,
        do("officer", "deployment.fail"),
        do("officer", "deployment.retest"),
        do("officer", "deployment.fail"),
        do("officer", "deployment.retest"),
        do("officer", "deployment.fail"),
        do("supervisor", "deployment.fail_final", correction_refused=False),
        do("officer", "agreement.end"),
        do("officer", "case.site_failed", reason="technology/performance"),
        do("supervisor", "case.close"),
        Until(140),
        FOLLOWED,
    ),
)

IN_OPERATION = Script(
    "In operation: a reading is asked for",
    ("BJ-N002", "DEMO-T003"),
    172,
    cast=ZHAO,
    pace=1.5,
    steps=(
        *verified(),
        *bought(3_450_000),
        do("officer", "case.sign"),
        *BUILT,
        do("officer", "deployment.pass", capacity_unit="kw_power", capacity=350),
        do("officer", "case.accept_site"),
        Until(60),
    ),
)

WITHOUT_SITE = Script(
    "Know-how licensed without a site; its use was reported for a year",
    ("BJ-N019", "DEMO-T029"),
    680,
    cast=CHEN,
    pace=2,
    steps=(
        *to_structuring(),
        *ready("know_how_licence", uses=["water", "farming"]),
        *signing(
            "know_how_licence", across=True, **price(680_000, technology=680_000, entry_fee=400_000, final=280_000)
        ),
        do("officer", "case.sign_no_site"),
        Until(545),
        finish("officer", "use_report", units=2),
        Until(455),
        finish("officer", "use_report", units=2),
        Until(250),
        finish("officer", "use_report", units=3),
        do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"),
        do("supervisor", "case.close"),
        Until(55),
        FOLLOWED,
    ),
)
