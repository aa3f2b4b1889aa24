"""Cases in which the parties talk and sign: rights, money, mediations, borders."""

from __future__ import annotations

from casework.demo.scripts.endings import DUPLICATE
from casework.demo.scripts.parts import CHEN, LI, ZHAO
from casework.playbook.steps import Script, Until, add, do, finish, lay, link, rights_are, take_in
from casework.playbook.stretches import (
    AGREED_ACROSS,
    BEFORE_SIGNING,
    BUILT,
    MAIN,
    MEDIATED,
    MEDIATING,
    READY,
    accepted,
    agreed,
    planned,
    price,
    ready,
    registered,
    signing,
    to_scoping,
    to_structuring,
    verified,
)

PLEDGE_AND_FINANCE = Script(
    "Structuring, with a pledge loan and green finance side by side",
    ("BJ-N003", "DEMO-T005"),
    71,
    cast=CHEN,
    pace=1.5,
    steps=(
        *verified()[:-1],
        do("officer", "case.amend_plan", pledge="bank", finance="fund", assessment="institute"),
        do("supervisor", "case.amend_plan"),
        do("officer", "case.assessment_passed"),
        *accepted("finance", "fund", "financier"),
        do("financier", "finance.green"),
        do("officer", "finance.ready"),
        do("financier", "finance.investor_found"),
        *accepted("pledge", "bank", "banker"),
        take_in("own_patent"),
        do("banker", "pledge.eligible", pledgor="need_owner", rights=["own_patent"]),
        do("officer", "pledge.apply", amount=3_000_000),
        do("financier", "finance.dd_ok"),
        do("banker", "pledge.dd_done"),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_free"),
        do("banker", "pledge.valued", value=8_600_000),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "finance.terms_agreed"),
        do("banker", "pledge.approved", pool_share=40, bank_share=60),
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
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_free"),
        *MEDIATING,
        MAIN,
        Until(58),
        do("officer", "case.hold", reason="parties_paused", waits_for="other", resume_by=59),
        Until(20),
        do("officer", "ip.confirm", territories=["CN"]),
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
        rights_are(status="in_force"),
        *planned(skip_assessment=True),
        do("supervisor", "case.skip_assessment"),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_free"),
        Until(30),
        lay("right of DEMO-T028", "invalidation", number="5W140226"),
        Until(9),
        do("officer", "ip.recheck"),
        rights_are(status="lapsed"),
        do("officer", "ip.find_gap", who="technology_owner"),
    ),
)

SETTLEMENT = Script(
    "A settlement changed the deal; now the plant is being built",
    ("BJ-N021", "DEMO-T031"),
    270,
    cast=CHEN,
    pace=2,
    steps=(
        *to_structuring(),
        *ready("development"),
        do("officer", "agreement.propose", kind="development"),
        do("compliance", "agreement.class_free"),
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
        # The mediation took longer than a check of the rights is good for.
        *ready("development"),
        do(
            "officer",
            "agreement.sign_cross",
            kind="development",
            ends=False,
            **price(2_600_000, technology=1_900_000, advance=1_300_000, acceptance=1_300_000),
        ),
        *registered("contract_filing", "contract_registration"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        Until(160),
        *BUILT[:3],
    ),
)

ACROSS_THE_BORDER = Script(
    "Across the border: the contract waits for its registration",
    ("BJ-N024", "DEMO-T034"),
    84,
    cast=LI,
    pace=1.5,
    linked=DUPLICATE.match,
    steps=(
        *verified(),
        link("duplicate"),
        *ready("patent_licence", licence="exclusive", territories=["CN", "MN"], uses=["water"]),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_free"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do(
            "officer",
            "agreement.sign_cross",
            price_form="entry_and_royalty",
            contract_value=5_200_000,
            technology_value=5_200_000,
            payments=[{"part": "entry_fee", "amount": 2_000_000}],
        ),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        do("officer", "contract_filing"),
        do("officer", "deployment.plan_set"),
    ),
)

ASSIGNED = Script(
    "The patent is assigned; its registration is awaited",
    ("BJ-N004", "DEMO-T007"),
    95,
    cast=LI,
    pace=2,
    steps=(
        *to_structuring(),
        *ready("assignment"),
        *signing(
            "assignment",
            across=True,
            ends=False,
            **price(3_900_000, technology=3_900_000, advance=1_900_000, final=2_000_000),
        ),
        do("officer", "case.sign_no_site"),
        do("officer", "assignment_filing"),
    ),
)

JOINT_VENTURE = Script(
    "A letter of intent for a joint venture, which is being drafted",
    ("BJ-N008", "DEMO-T016"),
    100,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_structuring(),
        *agreed("loi", expires_on=365, price_form="none", no_price="prepares"),
        do("officer", "agreement.follow"),
        *ready("joint_venture", contribution="exclusive"),
        do("officer", "agreement.propose", kind="joint_venture"),
        do("compliance", "agreement.class_free"),
        do("compliance", "compliance_gate"),
        do("officer", "dispute_clause_check"),
        Until(22),
        do("officer", "agreement.agree"),
    ),
)

RESTRICTED_EXPORT = Script(
    "A restricted export waits for its letter of intent",
    ("BJ-N025", "DEMO-T038"),
    65,
    cast=LI,
    pace=2,
    steps=(
        *to_structuring(),
        # What it licensed years ago lies on its patent; another plain licence has room beside it.
        lay(
            "right of DEMO-T038",
            "licence",
            holder="Capital Ready-Mix Company",
            licence="plain",
            territories=["CN"],
            number="X2026990000112",
        ),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_restricted"),
        Until(12),
        do("officer", "agreement.apply_for_letter"),
    ),
)

RESTRICTED_IMPORT = Script(
    "A restricted import is signed and waits for its licence",
    ("BJ-N007", "DEMO-T014"),
    125,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_structuring(),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_restricted", entry="Catalogue of imports, restricted technologies"),
        do("officer", "agreement.apply_for_letter"),
        Until(50),
        do("officer", "agreement.letter_issued", number="BJ-TII-2026-3"),
        *ready("patent_licence", uses=["pollution"]),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do(
            "officer",
            "agreement.sign_to_licence",
            price_form="entry_and_royalty",
            contract_value=3_400_000,
            technology_value=3_400_000,
            payments=[{"part": "entry_fee", "amount": 1_200_000}],
        ),
        Until(5),
        do("officer", "agreement.ask_import_licence"),
    ),
)

FORBIDDEN_EXPORT = Script(
    "A forbidden export: the case had to close",
    ("BJ-N026", "DEMO-T039"),
    130,
    cast=CHEN,
    pace=2,
    steps=(
        *to_structuring(),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_prohibited"),
        do("officer", "case.propose_close", outcome="no_agreement", reason="rules/export_control"),
        do("officer", "ip.end"),
        do("supervisor", "case.close"),
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
        *AGREED_ACROSS[:3],
        *BEFORE_SIGNING,
    ),
)

PENDING_APPLICATION = Script(
    "A university licenses what it has applied for; its use is reported",
    ("BJ-N027", "DEMO-T040"),
    200,
    cast=LI,
    pace=2,
    steps=(
        *to_structuring(),
        *ready("patent_licence", uses=["energy"]),
        *signing(
            "patent_licence",
            price_form="entry_and_royalty",
            contract_value=1_800_000,
            technology_value=1_800_000,
            payments=[{"part": "entry_fee", "amount": 600_000}],
            royalty_base="net_sales",
            royalty_rate=3,
        ),
        do("officer", "case.sign_no_site"),
        finish("officer", "transaction_verification", way="agreed"),
        finish("officer", "technology_contract"),
        finish("officer", "technology_contract_decision"),
        Until(60),
        finish("officer", "use_report", units=1),
    ),
)
