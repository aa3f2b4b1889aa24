"""By which actions, tasks and codes of these workflows a case comes to what figures count."""

from __future__ import annotations

from casework.engine.figures.names import FigureNames
from workflows.codes import DEPLOYED, PREPARATORY, SUCCESSES

FIGURES = FigureNames(
    trunk=(
        ("interest_confirmed", ("confirm_interest",)),
        ("plan_approved", ("approve_plan", "skip_assessment")),
        ("agreement_signed", ("sign", "sign_no_site")),
        ("site_accepted", ("accept_site",)),
    ),
    not_assessed=("skip_assessment", "waive_assessment"),
    assessed=("assessment_passed",),
    planned="plan_approved",
    money={"pledge": ("paid_out",), "finance": ("pay_part", "cp_met", "cp_part")},
    answers=("accept", "decline", "declare_conflict"),
    asks="ask_info",
    started="start",
    delivers=("deliver",),
    decline_reason="reason",
    agreement="agreement",
    signs=("sign_local", "sign_cross", "sign_to_licence"),
    unsigns=("redraft", "abandon", "refused_by_authority"),
    takes_effect=("sign_local", "sign_cross", "licence_issued"),
    preparatory=PREPARATORY,
    terms=("kind", "contract_value", "technology_value", "contribution"),
    clause="dispute_clause_check",
    clause_field="clause",
    no_clause="none",
    deployment="deployment",
    tested="ready_to_test",
    accepts_site=("pass", "pass_with_list"),
    fails_test="fail",
    use_report="use_report",
    in_use="in_use",
    follow_up="follow_up",
    rungs=(180, 365, 730),
    follow_up_answer="running",
    no_answer="no_answer",
    duplicate="duplicate",
    successes=SUCCESSES,
    with_agreement=(*DEPLOYED, "agreement_no_site", "agreement_only"),
    introduced="introduced",
    stopped="compliance_stop",
)
