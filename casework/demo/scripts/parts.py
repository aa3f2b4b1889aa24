"""Who the officers of a case are, and what several cases have at their end."""

from __future__ import annotations

from dataclasses import replace

from casework.demo.parties import screened_to_sign
from casework.demo.rights import looked_up
from casework.playbook.hand import Do
from casework.playbook.steps import Script, Step, Until, Wait, finish

CHEN, LI, ZHAO = (
    {"officer": officer, "other_officer": other}
    for officer, other in (("chen", "li"), ("li", "zhao"), ("zhao", "chen"))
)
#: Whatever follow-up stands open is answered.
FOLLOWED = finish("officer", "follow_up", further_sites=0)

#: Days that pass before each of these in life, beside the pace of the script: so long people read, write, build and wait.
TAKES = {
    # A consent comes back with the post; a first meeting is found, a promise of secrecy goes to two legal departments.
    "record_consent": 4, "kick_off": 4, "nda": 5, "service_plan": 3,
    # From the request to the statement an assessment takes three months, with tests of its own four.
    "assessment.engage": 7, "assessment.fix_plan": 9, "assessment.data_enough": 22, "assessment.need_tests": 14,
    "assessment.tests_done": 30, "assessment.panel_done": 15, "assessment.send_draft": 10, "assessment.comments_in": 9,
    "assessment.issue_pass": 7, "assessment.issue_limits": 7, "assessment.issue_fail": 7,
    # A pledge loan takes about 45 working days, of them ten for the valuation; the register takes a few.
    "pledge.eligible": 2, "pledge.apply": 8, "pledge.dd_done": 14, "pledge.valued": 10, "pledge.approved": 11,
    "pledge.bank_approved": 11, "pledge.signed": 7, "pledge.registered": 3, "pledge.paid_out": 5,
    # Somebody who invests looks twice, and at the contracts once more.
    "finance.ready": 10, "finance.investor_found": 24, "finance.dd_ok": 24, "finance.terms_agreed": 16,
    # A text is discussed for weeks before it is signed.
    "ip.confirm": 5, "agreement.propose": 4, "agreement.agree": 18, "agreement.cleared": 4, "agreement.sign_local": 3,
    "agreement.sign_cross": 3, "agreement.sign_to_licence": 3, "contract_registration": 4,
    # A plant is ordered, permitted, built, brought, put up, and runs for a while before it is accepted.
    "deployment.plan_set": 18, "deployment.permits_ok": 35, "deployment.delivered": 75, "deployment.installed": 40,
    "deployment.ready_to_test": 20, "deployment.pass": 9, "deployment.pass_with_list": 9, "deployment.fail": 9,
    "deployment.retest": 21, "deployment.fail_final": 14, "punch_item": 7,
    "referral:verification.start": 5, "referral:verification.deliver": 32,
    # Mediations take eight months on average; the one that was settled here was quicker.
    "mediation.open_options": 2, "mediation.clause_applies": 4, "mediation.fee_waived": 6, "mediation.appointed_free": 14,
    "mediation.settle_full": 120,
}  # fmt: skip
#: Until when a provider is asked for its answer, and plans to give it.
WANTED = {"assessment": 120, "pledge": 130, "finance": 190}
PLANNED = {"assessment": 110, "pledge": 120, "finance": 180}
#: Of a hundred such days so many, for one case after the other: no two plants are alike.
TEMPI = (100, 90, 106, 85, 95)


def as_long_as_in_life(script: Script, n: int) -> Script:
    """The same script, whose steps take the time that they take; it begins so much earlier that it comes as far."""
    steps: list[Step] = []
    first, met = 0.0, False
    for step in script.steps:
        met = met or isinstance(step, Until)
        if isinstance(step, Do) and (days := TAKES.get(step.what)):
            pause = round(days * TEMPI[n % len(TEMPI)] / 100)
            steps.append(Wait(pause))
            first += 0 if met else pause
        if isinstance(step, Do) and step.what == "ip.confirm":
            steps.append(looked_up)
        if isinstance(step, Do) and step.what.startswith("agreement.sign_"):
            steps.append(screened_to_sign)
        steps.append(_in_good_time(step) if isinstance(step, Do) else step)
    # What comes before a day that is said goes before it; what comes after has its days in the script.
    return replace(script, begins=script.begins + first, steps=tuple(steps))


def _in_good_time(step: Do) -> Do:
    """What is asked of a provider, and planned by it, is due as late as such work takes."""
    track, _, transition = step.what.partition(".")
    service = track.removeprefix("referral:")
    if transition == "send" and service in WANTED:
        return replace(step, data={"wanted_on": WANTED[service], **step.data})
    if transition == "accept" and service in PLANNED:
        return replace(step, data={"planned_on": PLANNED[service], **step.data})
    return step
