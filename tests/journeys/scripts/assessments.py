"""Assessments: every way through, and every way out."""

from __future__ import annotations

from casework.errors import NotAllowed, Refused, WrongState
from casework.playbook.steps import add, by_link, do, wait
from casework.playbook.stretches import AGREED, BEFORE_SIGNING, accepted, assessed, delivered, sent, to_assessment
from tests.journeys.checks import answered_by_party, has, has_not, outcome, refused, stands, that
from tests.journeys.journey import Journey, Steps

BEGUN: Steps = (*to_assessment(), *accepted("assessment", "institute", "assessor"))
ENGAGED: Steps = (*BEGUN, do("assessor", "assessment.admit"), do("assessor", "assessment.engage"))
REVIEWED: Steps = (*ENGAGED, do("assessor", "assessment.fix_plan"))
COMMENTED: Steps = (*BEGUN, *assessed("assessor"))


def claim_on_the_sheet(journey: Journey) -> bool:
    """The assessor reads the claim as rows, with need, technology and rights, and was given no document."""
    sheet = journey.sheet("assessor", "assessment")
    assert sheet is not None
    assert sheet.need is not None
    assert sheet.technology is not None
    given = [grant for grant in journey.case.grants.values() if grant.track == journey.track("referral:assessment").id]
    (claim,) = sheet.claim
    return bool(claim.value and sheet.rights and not given)


def typed_once(journey: Journey) -> bool:
    """What the assessor admitted is what the request said."""
    asked = journey.track("referral:assessment").fired["send"].data["claim"]
    return bool(asked == journey.track("assessment").fired["admit"].data["claim"])


def renewed_on_paper(journey: Journey) -> bool:
    """The renewed statement has a number and a file of its own, and stands in the place of the one before."""
    renewal = next(one for one in journey.case.tasks.values() if one.name == "renew_statement" and one.result)
    old, new = journey.case.statements.values()
    (paper,) = renewal.result["statement"]
    return (old.number, new.number, old.replaced_by, new.replaced_by) == ("VS-0127", "VS-0127-R1", new.id, None) and (
        journey.case.documents[paper].kind == "verification_statement"
    )


def commented_once(journey: Journey) -> bool:
    """What a party has said by its link stands in the comments of both."""
    said = journey.track("assessment").fired["comments_in"].data
    return (said["need_owner"], said["technology_owner"]) == ("commented", "silent")


SCRIPTS: dict[str, Steps] = {
    "the claim is typed once": (
        *to_assessment(),
        *sent(
            "assessment",
            "institute",
            claim=[{"parameter": "NOx", "value": 28, "unit": "mg/m3", "conditions": "30 to 100 %"}],
        ),
        that(lambda j: j.sheet("assessor", "assessment") is None, "before accepting the assessor reads nothing"),
        do("assessor", "referral:assessment.accept"),
        that(claim_on_the_sheet, "the assessor finds the claim as rows"),
        do("assessor", "assessment.admit"),
        that(typed_once, "the claim is typed once"),
        do("officer", "referral:assessment.cancel"),
        that(lambda j: j.sheet("assessor", "assessment") is None, "with the referral the sheet ends"),
    ),
    "assessment passes": (
        *COMMENTED,
        stands("referral:assessment", "in_progress"),
        refused(do("officer", "assessment.issue_pass"), NotAllowed, "is for: provider"),
        do("assessor", "assessment.issue_pass"),
        stands("assessment", "verified"),
        refused(do("officer", "case.assessment_passed"), Refused, "has not been approved"),
        *delivered("assessment", "assessor"),
        do("officer", "case.assessment_passed"),
        stands("case", "structuring"),
        stands("ip", "checking"),
        stands("agreement", "drafting"),
    ),
    "assessment passes with limits, after gaps and tests": (
        *BEGUN,
        do("assessor", "assessment.find_gaps"),
        refused(do("assessor", "assessment.admit"), WrongState, "Incomplete"),
        do("officer", "assessment.supply"),
        do("assessor", "assessment.admit"),
        do("assessor", "assessment.engage"),
        do("assessor", "assessment.fix_plan"),
        do("assessor", "assessment.need_tests"),
        do("assessor", "assessment.tests_done"),
        do("assessor", "assessment.panel_done"),
        do("assessor", "assessment.send_draft"),
        by_link("comment_on_draft", "need_owner", answer="commented", comment="部分负荷数据缺失。"),
        answered_by_party("comment_on_draft", "need_owner"),
        do("officer", "assessment.comments_in", technology_owner="silent"),
        that(commented_once, "what the party has said by its link is not typed again"),
        has_not("comment_on_draft"),
        do("assessor", "assessment.issue_limits"),
        *delivered("assessment", "assessor"),
        do("officer", "case.assessment_passed"),
    ),
    "technology is not viable": (
        *COMMENTED,
        do("assessor", "assessment.issue_fail"),
        refused(do("officer", "case.assessment_passed"), Refused, "has not stated a result"),
        do("officer", "case.assessment_failed", reason="technology/performance"),
        outcome("not_viable"),
        refused(do("supervisor", "case.close"), Refused, "A referral has not ended"),
        *delivered("assessment", "assessor"),
        do("supervisor", "case.close"),
        stands("case", "closed"),
    ),
    "claim cannot be verified": (
        *ENGAGED,
        do("assessor", "assessment.not_verifiable"),
        stands("assessment", "inconclusive"),
        do("officer", "case.assessment_failed", reason="technology/unproven"),
    ),
    "tests fail": (
        *REVIEWED,
        do("assessor", "assessment.need_tests"),
        do("assessor", "assessment.tests_failed"),
        stands("assessment", "inconclusive"),
    ),
    "application is withdrawn": (
        *REVIEWED,
        do("officer", "assessment.withdraw", party="technology_owner"),
        do("assessor", "referral:assessment.deliver"),
        do("officer", "referral:assessment.approve"),
        refused(do("officer", "case.assessment_passed"), Refused, "has not stated a result"),
        refused(do("officer", "case.assessment_failed"), Refused, "did not end as not verified"),
        do("officer", "case.propose_close", outcome="no_agreement"),
    ),
    "assessor is replaced in the middle": (
        *REVIEWED,
        do("officer", "referral:assessment.cancel", reason="other_provider"),
        stands("assessment", "replaced"),
        has("usable_results", aftercare=True),
        do("officer", "usable_results"),
        do("officer", "case.amend_plan", assessment="test_centre"),
        do("supervisor", "case.amend_plan"),
        stands("referral:assessment", "draft"),
        *accepted("assessment", "test_centre", "other_assessor"),
        stands("assessment", "application"),
    ),
    "assessment is waived": (
        *to_assessment(),
        refused(do("officer", "case.waive_assessment", reason="statement_valid"), Refused, "no confirmed statement"),
        do("officer", "case.waive_assessment"),
        has("decide_waive_assessment", queue="supervisor"),
        refused(do("officer", "case.waive_assessment"), NotAllowed, "is for: supervisor"),
        do("supervisor", "case.waive_assessment"),
        stands("case", "structuring"),
        has_not("decide_waive_assessment"),
    ),
    "technology is assessed again after a change": (
        *COMMENTED,
        do("assessor", "assessment.issue_pass"),
        *delivered("assessment", "assessor"),
        do("officer", "case.assessment_passed"),
        do("officer", "case.reassess", kind="variant"),
        stands("case", "assessment"),
        stands("referral:assessment", "draft"),
        refused(do("officer", "case.assessment_passed"), Refused, "has not stated a result"),
        *accepted("assessment", "test_centre", "other_assessor"),
        do("other_assessor", "assessment.admit"),
    ),
    "statement expires before signing": (
        *COMMENTED,
        do("assessor", "assessment.issue_pass", valid_until=100),
        *delivered("assessment", "assessor"),
        do("officer", "case.assessment_passed"),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "case.ready_to_sign"),
        *AGREED,
        do("officer", "agreement.sign_local"),
        wait(101),
        has("renew_statement", count=2),
        *BEFORE_SIGNING,
        refused(do("officer", "case.sign"), Refused, "The statement that the case relies on has expired"),
        # One way on: the statement is renewed. The other: somebody asks that it be waived, and another grants it.
        add("officer", "case.ask_waiver"),
        do("officer", "ask_waiver", what="assessment_statement"),
        refused(do("officer", "decide_waiver"), NotAllowed, "work its queue"),
        do("supervisor", "decide_waiver", granted=False),
        refused(do("officer", "case.sign"), Refused, "has expired"),
        do("officer", "renew_statement", valid_until=500),
        that(renewed_on_paper, "it has its own number and paper"),
        do("officer", "case.sign"),
        stands("case", "deployment"),
    ),
    "assessment is asked for again from the agreement": (
        *COMMENTED,
        do("assessor", "assessment.issue_pass", valid_until=100),
        *delivered("assessment", "assessor"),
        do("officer", "case.assessment_passed"),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "case.ready_to_sign"),
        wait(101),
        do("officer", "case.reassess", kind="statement_expired"),
        stands("case", "assessment"),
    ),
}
