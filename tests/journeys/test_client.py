"""Ten imported matches on their way to ten different outcomes, by programs that know only the OpenAPI document.

The server runs in a process of its own. Who works there is made by an administrator through the API, the matches come
in by the command line, and after each case the command line proves its history.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from casework.playbook.steps import presses
from casework.playbook.stretches import (
    BUILT,
    READ,
    READY,
    SIGNING,
    accepted,
    assessed,
    delivered,
    planned,
    to_assessment,
    to_consent,
    to_scoping,
    to_structuring,
    to_triage,
)
from tests.journeys.api_hand import ApiHand, day
from tests.journeys.client import Client
from tests.journeys.office import Office, open_office
from tests.support.databases import DatabaseServer


@pytest.fixture(scope="module")
def office(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with open_office(database_server, template_database, tmp_path_factory.mktemp("office")) as office:
        yield office


def look_up(hand: ApiHand) -> None:
    """Parties and rights, as they were imported, satisfy nobody until the officer has looked them up."""
    case, officer = hand.look("officer"), hand.people["officer"]
    for noun in ("need", "technology"):
        record = officer.ask(f"show_{noun}", **{noun: case[noun]}).json
        source = "The register of companies"
        if record["owner"] is None:
            said = {"name": f"Owner of {record['external_id']}", "country": "CN", "source": source, "sure": True}
            made = officer.ask("record_organisation", programme=record["programme"], body=said).json["id"]
            officer.ask(f"set_{noun}_owner", **{noun: case[noun]}, body={"organisation": made})
        else:
            officer.ask("confirm_organisation", party=record["owner"], body={"country": "CN", "source": source})
    for right in case["rights"]:
        body = {"checked_on": day(), "status": "in_force", "fee_paid_to": day(300), "expires_on": day(3000)}
        officer.ask("confirm_right", right=right, body=body)


# --- ten cases ------------------------------------------------------------------------------------------------------


def deployed_verified(office: Office, hand: ApiHand) -> None:
    """With an assessment, a licence, a site, and a verifier."""
    office.refuses_action(hand, "officer", "case.assign", 403, "is for: supervisor")
    office.refuses_action(hand, "manager", "case.take", 403, "is for: officer")
    hand.play(*presses(*to_triage()))
    office.refuses_action(hand, "other_officer", "case.pass_triage", 403, "is for: officer")
    office.refuses_action(hand, "officer", "case.pass_triage", 409, "The triage check is open")
    task = hand.task("officer", "triage_check")["id"]
    officer = hand.people["officer"]
    with office.refuses(422, "interest: must be answered") as told:
        officer.ask("complete_task", task=task, body={"data": {"need_complete": True, "duplicate_checked": True}})
    assert set(told.value.answer.json["fields"]) == {"technology_complete", "rationale_fits", "interest"}
    hand.do("officer", "triage_check")
    with office.refuses(409, "the task is: Completed"):
        officer.ask("complete_task", task=task, body={"data": {}})
    hand.do("officer", "case.pass_triage")
    for party in ("need_owner", "technology_owner"):
        hand.do("officer", "record_consent", party, agreed=True)
    hand.do("officer", "case.confirm_interest")
    for party in ("need_owner", "technology_owner"):
        hand.do("compliance", "screening", party)
    hand.do("officer", "kick_off", need_owner_present=True)
    hand.do("officer", "nda", documents=True)
    hand.do("officer", "service_plan", assessment="institute")
    hand.do("supervisor", "case.approve_plan")

    # A draft is not the provider's yet, and a referral to somebody else never is.
    with pytest.raises(LookupError):
        hand.referral("assessor", "assessment")
    hand.do("officer", "referral:assessment.send", documents=True)
    seen = hand.referral("assessor", "assessment")
    for stranger in ("other_assessor", "verifier", "banker"):
        with office.refuses(404, "no such referral"):
            hand.people[stranger].ask("show_referral", referral=seen["id"])
        with office.refuses(404, "no such referral"):
            hand.people[stranger].ask(
                "fire_referral_transition", referral=seen["id"], transition="accept", body={"data": {}}, revision=1
            )
        with office.refuses(404):
            hand.people[stranger].ask("list_referral_events", referral=seen["id"])
    hand.do("assessor", "referral:assessment.ask_info")
    office.refuses_action(hand, "officer", "case.assessment_passed", 409, "has not stated a result")
    hand.do("officer", "referral:assessment.supply_info", answer="The pump runs at the works.")
    hand.do("assessor", "referral:assessment.accept")
    hand.play(*assessed("assessor"))
    office.refuses_action(hand, "assessor", "referral:assessment.deliver", 409, "has not ended yet", documents=True)
    hand.do("assessor", "assessment.issue_pass")
    hand.do("assessor", "referral:assessment.deliver")
    hand.do("officer", "referral:assessment.return")
    hand.do("assessor", "referral:assessment.redeliver")
    hand.do("officer", "referral:assessment.approve", rating="4")
    mine = list(hand.people["assessor"].pages("list_referral_events", referral=seen["id"]))
    assert [one["position"] for one in mine] == list(range(1, len(mine) + 1))
    assert not any("seq" in one or "hash" in one for one in mine), "what it may not see leaves no gap"
    hand.do("officer", "case.assessment_passed")

    office.refuses_action(hand, "officer", "ip.confirm", 409, "A right is not in force", territories=["CN"])
    look_up(hand)
    hand.play(*READY)
    office.refuses_action(
        hand,
        "officer",
        "case.sign",
        409,
        "No agreement of this round is in force",
    )
    hand.play(*SIGNING)
    hand.do("officer", "case.sign")
    hand.play(*BUILT)
    hand.do("officer", "deployment.pass")
    hand.do("officer", "case.accept_site")
    hand.play(*READ)
    hand.play(*accepted("verification", "verifiers", "verifier", documents=True))
    hand.do("verifier", "referral:verification.start")
    hand.play(*delivered("verification", "verifier"))
    hand.do("officer", "case.end_monitoring", outcome="deployed_verified")
    office.refuses_action(hand, "officer", "case.close", 403, "is for: supervisor", outcome="deployed_verified")
    hand.do("supervisor", "case.close")


def deployed_measured(office: Office, hand: ApiHand) -> None:
    """Without an assessment, with open items at acceptance; and everything that a request can lack."""
    hand.play(*presses(*to_scoping()), *planned(skip_assessment=True))
    chance = hand.chance("supervisor", "case.skip_assessment")
    data = hand.fill("supervisor", chance, {"reason": "risk_accepted"})
    with office.refuses(409, "no confirmed statement of verification"):
        hand.send("supervisor", chance, {"reason": "statement_valid", "note": data["note"]})
    with office.refuses(422, "note: must be answered"):
        hand.send("supervisor", chance, {"reason": "risk_accepted", "evidence": data["evidence"]})
    with office.refuses(422, "evidence: must be answered"):
        hand.send("supervisor", chance, {"reason": "risk_accepted", "note": data["note"]})
    with office.refuses(422, "colour: is not a field of this form"):
        hand.send("supervisor", chance, data | {"colour": "green"})
    with office.refuses(400, "Idempotency-Key"):
        hand.send("supervisor", chance, data, without=("Idempotency-Key",))
    with office.refuses(428, "If-Match"):
        hand.send("supervisor", chance, data, without=("If-Match",))
    with office.refuses(412, "changed the case"):
        hand.send("supervisor", chance, data, revision=chance.revision - 1)
    with office.refuses(401):
        Client(office.document, "cwt_" + "x" * 43).ask("show_case", number=hand.number)
    with office.refuses(404, "no such case"):
        hand.people["banker"].ask("show_case", number=hand.number)
    # The same key and the same body: the same answer, and done once. A refusal has used up no key.
    key = str(uuid.uuid4())
    with office.refuses(412):
        hand.send("supervisor", chance, data, key=key, revision=chance.revision - 1)
    first = hand.send("supervisor", chance, data, key=key)
    count = len(hand.history("auditor"))
    second = hand.send("supervisor", chance, data, key=key)
    assert (second.json, second.status) == (first.json, first.status)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(hand.history("auditor")) == count
    with office.refuses(422, "used before with another content"):
        hand.send("supervisor", chance, data | {"note": "Another one."}, key=key)
    with office.refuses(412):
        hand.send("supervisor", chance, data)

    look_up(hand)
    hand.play(*READY)
    hand.play(*SIGNING)
    hand.do("officer", "case.sign")
    hand.play(*BUILT)
    hand.do("officer", "deployment.fail")
    hand.do("officer", "deployment.retest")
    hand.do("officer", "deployment.pass_with_list", open_items=[("Paint the door.", 20)])
    hand.do("officer", "case.accept_site")
    hand.play(*READ)
    hand.do("officer", "case.end_monitoring", outcome="deployed_measured", report="plant_stopped")
    hand.do("officer", "referral:verification.cancel")
    office.refuses_action(hand, "supervisor", "case.close", 409, "A task is still open")
    hand.do("officer", "punch_item")
    hand.do("supervisor", "case.close")


def agreement_no_site(office: Office, hand: ApiHand) -> None:
    """The assessment is waived by two persons; the licence needs no site."""
    hand.play(*presses(*to_assessment()))
    hand.do("officer", "case.waive_assessment", reason="provider_not_available")
    assert hand.state == "assessment", "one person alone moves nothing"
    office.refuses_action(hand, "officer", "case.waive_assessment", 403)
    with office.refuses(403):
        task = hand.task("officer", "decide_waive_assessment")
        hand.people["officer"].ask("complete_task", task=task["id"], body={"data": {"decision": "confirm"}})
    hand.do("supervisor", "decide_waive_assessment", decision="confirm")
    assert hand.state == "structuring"
    hand.do("officer", "referral:assessment.cancel")
    look_up(hand)
    hand.play(*READY)
    hand.play(*SIGNING)
    hand.do("officer", "case.sign_no_site")
    hand.do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site")
    hand.do("supervisor", "case.close")


def agreement_only(office: Office, hand: ApiHand) -> None:
    """Signed, but the site is given up."""
    hand.play(*presses(*to_structuring()))
    look_up(hand)
    hand.play(*READY)
    hand.play(*SIGNING)
    hand.do("officer", "case.sign")
    office.refuses_action(hand, "officer", "case.site_failed", 409, "neither rejected for good nor abandoned")
    office.refuses_action(hand, "officer", "case.accept_site", 409, "The site has not been accepted")
    hand.do("officer", "deployment.no_permits")
    hand.do("officer", "deployment.abandon")
    hand.do("officer", "case.site_failed", reason="site/site")
    hand.do("supervisor", "case.close")


def no_agreement(office: Office, hand: ApiHand) -> None:
    """One lab declines, the other is silent; and the parties do not agree."""
    hand.play(*presses(*to_assessment()))
    hand.do("officer", "referral:assessment.send")
    hand.do("assessor", "referral:assessment.decline")
    hand.do("officer", "choose_other_provider")
    hand.do("officer", "referral:assessment.send", provider="test_centre", documents=True)
    with pytest.raises(LookupError):
        hand.chance("assessor", "referral:assessment.accept")
    hand.do("other_assessor", "referral:assessment.accept")
    hand.do("officer", "case.waive_assessment", reason="provider_not_available")
    hand.do("supervisor", "case.waive_assessment")
    hand.do("officer", "referral:assessment.cancel")
    # What cannot be from here is not listed, and is refused all the same.
    chance = hand.chance("officer", "agreement.abandon")
    for transition in ("end", "sign_local"):
        with office.refuses(409, "its state is"):
            hand.people["officer"].ask(
                "fire_case_transition",
                number=hand.number,
                track=chance.action["track"],
                transition=transition,
                body={"data": {}},
                revision=chance.revision,
            )
    with office.refuses(404, "no such case, track or action"):
        hand.people["officer"].ask(
            "fire_case_transition",
            number=hand.number,
            track=chance.action["track"],
            transition="fly",
            body={"data": {}},
            revision=chance.revision,
        )
    hand.do("officer", "agreement.abandon")
    hand.do("officer", "ip.fail")
    hand.do("officer", "case.propose_close", outcome="no_agreement", reason="money/price")
    hand.do("supervisor", "case.return_to_work")
    hand.do("officer", "case.propose_close", outcome="no_agreement", reason="rights/terms")
    hand.do("supervisor", "case.close")


def not_viable(office: Office, hand: ApiHand) -> None:
    """The assessor has an interest, another person examines, and the claim does not hold."""
    hand.play(*presses(*to_assessment()))
    hand.do("officer", "referral:assessment.send", documents=True)
    hand.do("assessor", "referral:assessment.declare_conflict", nature="family")
    with pytest.raises(LookupError):
        hand.referral("assessor", "assessment")
    office.refuses_action(hand, "officer", "referral:assessment.uphold_conflict", 403, "is for: supervisor")
    hand.do("assessor_lead", "referral:assessment.name_other_person")
    hand.do("assessor_lead", "referral:assessment.accept")
    for step in ("admit", "engage", "fix_plan", "need_tests", "tests_done", "panel_done", "send_draft"):
        hand.do("assessor_lead", f"assessment.{step}")
    hand.do("officer", "assessment.comments_in")
    hand.do("assessor_lead", "assessment.issue_fail")
    hand.play(*delivered("assessment", "assessor_lead"))
    office.refuses_action(hand, "officer", "case.assessment_passed", 409, "has not stated a result")
    hand.do("officer", "case.assessment_failed", reason="technology/performance")
    hand.do("supervisor", "case.close")


def duplicate(office: Office, hand: ApiHand) -> None:
    """The match came twice, and the second time without a rationale."""
    hand.play(*presses(*to_triage()))
    hand.do("officer", "triage_check")
    office.refuses_action(hand, "officer", "case.pass_triage", 409, "The match has no source or no rationale")
    hand.do("officer", "case.propose_close", outcome="duplicate", reason="other/other")
    chance = hand.chance("supervisor", "case.close")
    said = {"outcome": "compliance_stop", "reason": "rules/regulation"}
    with office.refuses(409, "only a stop makes it one"):
        hand.send("supervisor", chance, hand.fill("supervisor", chance, said))
    hand.do("supervisor", "case.close")


def withdrawn_technology_owner(office: Office, hand: ApiHand) -> None:
    """A party goes while a bank examines its patent."""
    hand.play(*presses(*to_structuring(pledge="bank", finance="bank")))
    hand.play(*accepted("pledge", "bank", "banker", documents=True))
    look_up(hand)
    hand.do("banker", "pledge.eligible", owner_seen=True)
    loan = "A planned loan is neither offered"
    office.refuses_action(hand, "officer", "case.ready_to_sign", 409, loan, kind="patent_licence", pledge_by=None)
    hand.do("officer", "case.withdraw", party="technology_owner", reason="parties/strategy_change")
    referral = hand.referral("banker", "pledge")
    assert (referral["ended"], referral["service"][0]["ended"]) == ("cancelled", "replaced")
    with office.refuses(409, "its state is"):
        hand.people["banker"].ask(
            "fire_referral_transition",
            referral=referral["id"],
            transition="deliver",
            body={"data": {}},
            revision=referral["revision"],
        )
    office.refuses_action(hand, "supervisor", "case.close", 409, "A track has neither ended")
    hand.do("officer", "ip.fail")
    hand.do("officer", "agreement.abandon")
    for task in [one for one in hand.look("officer")["tasks"] if one["type"] == "side" and one["queue"] == "officer"]:
        if not task["aftercare"]:
            hand.do("officer", task["name"])
    hand.do("supervisor", "case.close")


def dormant(office: Office, hand: ApiHand) -> None:
    """One party never answers; the case waits, and is then closed."""
    hand.play(*presses(*to_consent()))
    hand.do("officer", "record_consent", "need_owner", agreed=True)
    office.refuses_action(hand, "officer", "case.confirm_interest", 409, "Both parties must have agreed")
    hand.do("officer", "case.hold", reason="people_away", waits_for="technology_owner", waits_until="event")
    assert [one["for"] for one in hand.look("auditor")["waits_for"]] == ["technology_owner"]
    hand.do("officer", "case.resume")
    hand.do("officer", "case.hold", reason="people_away", waits_for="technology_owner", resume_by=30)
    with office.refuses(422, "owner: is not an officer"):
        hand.people["supervisor"].ask(
            "hand_over_case",
            number=hand.number,
            revision=hand.look("supervisor")["revision"],
            body={"owner": hand.people["auditor"].me["id"], "note": "Mine is full."},
        )
    hand.people["supervisor"].ask(
        "hand_over_case",
        number=hand.number,
        revision=hand.look("supervisor")["revision"],
        body={"owner": hand.people["other_officer"].me["id"], "note": "Mine is full."},
    )
    office.refuses_action(hand, "officer", "case.propose_close", 403, "is for: officer", outcome="dormant")
    hand.do("other_officer", "case.propose_close", outcome="dormant", reason="parties/no_answer_technology")
    office.refuses_action(hand, "supervisor", "case.close", 409, "A task is still open")
    hand.do("other_officer", "record_consent", "technology_owner", agreed=False)
    if any(one["name"] == "review_hold" for one in hand.look("supervisor")["tasks"]):
        hand.do("supervisor", "review_hold", decision="close")
    hand.do("supervisor", "case.close")


def compliance_stop(office: Office, hand: ApiHand) -> None:
    """A hit at the screening stops the case; two persons say so."""
    hand.play(*presses(*to_assessment()))
    hand.play(*accepted("assessment", "institute", "assessor", documents=True))
    office.refuses_action(hand, "officer", "case.compliance_stop", 403, "is for: compliance")
    hand.do("compliance", "case.compliance_stop")
    office.refuses_action(hand, "compliance", "case.compliance_stop", 403, "another person must decide")
    office.refuses_action(hand, "assessor", "assessment.admit", 409, "is frozen until the stop is decided")
    hand.do("second_compliance", "decide_compliance_stop", decision="refuse", reason="A namesake.")
    hand.do("assessor", "assessment.admit")
    hand.do("compliance", "+case.screening", "need_owner")
    hand.do("compliance", "screening", "need_owner", result="hit")
    hand.do("second_compliance", "case.compliance_stop")
    hand.do("compliance", "case.compliance_stop")
    office.refuses_action(hand, "supervisor", "case.return_to_work", 409, "stopped by compliance")
    hand.do("officer", "referral:assessment.cancel")
    for task in [one for one in hand.look("officer")["tasks"] if one["type"] == "side" and not one["aftercare"]]:
        hand.do("officer", task["name"])
    hand.do("supervisor", "case.close")
    office.refuses_action(hand, "officer", "case.reopen", 409, "stopped by compliance")


SCRIPTS: dict[str, Callable[[Office, ApiHand], None]] = {
    f"M{n}": script
    for n, script in enumerate(
        (
            deployed_verified,
            deployed_measured,
            agreement_no_site,
            agreement_only,
            no_agreement,
            not_viable,
            duplicate,
            withdrawn_technology_owner,
            dormant,
            compliance_stop,
        ),
        1,
    )
}


@pytest.mark.parametrize("match", SCRIPTS, ids=[one.__name__ for one in SCRIPTS.values()])
def test_an_imported_match_comes_to_its_outcome(office: Office, match: str) -> None:
    script, hand = SCRIPTS[match], office.open(match)
    script(office, hand)
    office.prove(hand, script.__name__)
