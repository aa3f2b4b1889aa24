"""What people write where a form asks and a script says nothing."""

from __future__ import annotations

from collections.abc import Mapping

#: (transition or task, field), or ("", field) wherever the field is asked.
WORDS: Mapping[tuple[str, str], str] = {
    ("", "person"): "Head of the technical department",
    ("", "extract"): "No entry under the name or the number",
    ("", "list_versions"): "Consolidated lists as of the first of this month",
    ("", "question"): "Does the technology reach the target of the need under the conditions of the site?",
    ("introduce", "note"): "Their heads of engineering met at the open day.",
    ("make_full", "reason"): "They have agreed on a trial and ask for an assessment.",
    ("", "note"): "As recorded in the minutes.",
    ("", "reason"): "As recorded in the minutes of the last meeting.",
    ("screening", "finding"): "The name of an owner stands on a list; birth date and place agree.",
    ("send", "question"): "Does the technology reach the target of the need under the conditions of the site?",
    ("", "items"): "Test data for part load, and the operating manual.",
    ("find_gaps", "items"): "Test data for part load, and the list of existing reports.",
    ("supply_info", "answer"): "The data are attached; the manual follows in Chinese.",
    ("", "claim"): "Reaches the target of the need at 30 to 100 % load.",
    ("", "conditions"): "Site of the need owner, ambient -15 to 40 degC.",
    ("", "alternative"): "The plant as it runs today.",
    ("", "team"): "Two engineers and one reviewer",
    ("", "members"): "Three experts from two universities and one operator",
    ("", "limits"): "Valid for loads above 40 % only.",
    ("return", "points"): "The report leaves out the winter months; the uncertainty of the flow meter is missing.",
    ("deliver_part", "part"): "Interim report on the existing data",
    ("ask_extension", "reason"): "The laboratory was closed for two weeks.",
    ("declare_conflict", "note"): "Our engineer advised the technology owner two years ago.",
    ("decline", "note"): "Both teams are booked until spring.",
    ("give_up", "reason"): "The expert in charge has left.",
    ("suspend", "note"): "The fee is unpaid; work rests until it is.",
    ("draft", "points"): "Price of spare parts; who pays for the foundation.",
    ("redraft", "points"): "Improvements made by the licensee; liability above the price.",
    ("back_to_talks", "point"): "Recorded by mistake: the price of the second stage is still open.",
    ("find_gap", "missing"): "The register says that the annual fee was not paid in time.",
    ("confirm", "kept_secret"): "The recipe lies in a safe; whoever mixes signs a promise of secrecy.",
    ("confirm", "kept_by"): "Head of development",
    ("confirm", "known_to"): "Two engineers and the head of production.",
    ("mended", "items"): "Receipt of the late payment, and a new extract of the register.",
    ("recheck", "changed"): "The register shows a change in the status of the patent.",
    ("fail", "criteria"): "Throughput at part load; noise at the fence.",
    ("retest", "corrections"): "Nozzles exchanged, control adjusted.",
    ("fail_final", "reason"): "Two retests have failed; the parties agree that the site will not reach the target.",
    ("site_failed", "note"): "The plant never reached two thirds of the throughput agreed.",
    ("plan_set", "site"): "Site of the need owner, hall 2",
    ("plan_set", "responsible"): "Project leaders of both parties",
    ("accept_site", "signatories"): "Works director and project leader of the supplier",
    ("withdraw", "duties"): "Secrecy for five years; papers were returned on the same day.",
    ("withdraw", "reason"): "The board has stopped all investment of this kind.",
    ("propose_close", "statements"): "The party was written to three times and telephoned twice.",
    ("assessment_failed", "comments"): "The technology owner accepts the result; the need owner thanks for the work.",
    ("compliance_stop", "source"): "Consolidated list, version of this week",
    ("compliance_stop", "finding"): "A shareholder with 31 % is listed under the same name, date and place of birth.",
    ("reopen", "reason"): "The parties have settled their differences and wish to go on with another variant.",
    ("renegotiate", "wish"): "Share the cost of the longer warranty.",
    ("hold", "event"): "Decision of the district on the connection",
    ("skip_assessment", "note"): "The need owner knows the technology from two plants and accepts the risk in writing.",
    ("waive_assessment", "note"): "No assessor is free before the heating season.",
    ("amend_plan", "reason"): "The deal needs money that was not planned at first.",
    ("ask_waiver", "reason"): "The lender wants the order of the need owner first.",
    ("decide_waiver", "reason"): "The risk is small and both parties have agreed in writing.",
    ("nda", "reason"): "Nothing secret has to be shown.",
    ("investor_found", "investor"): "Regional green infrastructure fund",
    ("apply", "use"): "Purchase and installation of the first plant",
    ("ready", "use"): "Purchase and installation of the plant, and one year of operation",
    ("registered", "number"): "Y2026-0418",
    ("contract_registration", "certificate"): "TI-2026-0093",
    ("letter_issued", "number"): "BJ-TEI-2026-11",
    ("licence_issued", "number"): "BJ-TEL-2026-4",
    ("refused_by_authority", "finding"): "The authority holds that the core of the process must not leave the country.",
    ("", "entry"): "Catalogue of 2023, item 083501X",
    ("assignment_registration", "number"): "2026110012345",
    ("variety_registration", "number"): "2026-PV-0071",
    ("entry_elsewhere", "number"): "2026-0452/17",
    ("licence_recording", "number"): "X2026990000041",
    ("technology_contract_decision", "number"): "2026110105003318",
    ("appraisal_filing", "authority"): "The company that supervises the owner",
    ("appraisal_filing", "number"): "2026-17",
    ("transaction_verification", "exchange"): "Technology exchange of the city",
    ("transaction_verification", "number"): "T2026-0208",
    ("issue_pass", "number"): "VS-0127",
    ("issue_limits", "number"): "VS-0131",
    ("renew_statement", "number"): "VS-0127-R1",
    ("", "number"): "0001",
    ("", "agency"): "Agency named in the power of attorney",
    ("record_baseline", "conditions"): "Full load on weekdays, heating season",
    ("", "factor_source"): "National grid average, edition of 2024",
    ("", "parameter"): "Electricity per tonne of steam",
    ("", "unit"): "kWh/t",
    ("deliver", "number"): "MV-2026-014",
    ("waive_conflict", "reason"): "The advice ended two years ago and had another subject.",
    ("return_to_work", "reason"): "The parties have come back with a new proposal.",
    ("resume", "reason"): "What was waited for has come.",
}

NUMBERS: Mapping[str, str] = {
    "bank_share": "100", "rate": "3.4", "pledge_rate": "35",
    "term_months": "36", "rating": "4", "value": "8600000", "amount": "2400000",
    "fee": "180000", "asked": "9", "days": "12", "further_sites": "1", "price": "180000", "royalty_rate": "3",
}  # fmt: skip

#: The same of one action: (transition or task, field). A baseline and a reading are of ninety days.
NUMBERS_OF: Mapping[tuple[str, str], str] = {
    ("record_baseline", "value"): "1280", ("reading", "value"): "930", ("deliver", "value"): "915", ("send", "value"): "310",
    ("deliver", "uncertainty"): "4", ("correct_record", "value"): "1275", ("admit", "value"): "310", ("fix_plan", "value"): "310",
    ("issue_pass", "value"): "306", ("issue_limits", "value"): "306",
}  # fmt: skip

#: Days from the day of the action.
DAYS: Mapping[str, int] = {
    "expires_on": 1800, "valid_until": 1000, "final_due_on": 1000, "effective_on": 0,
    "period_from": -90, "period_to": -1, "fee_paid_to": 300, "wanted_on": 20, "planned_on": 40,
    "paid_to": 300, "holds_until": 90, "review_on": 365, "first_base_on": 365,
}  # fmt: skip
CHOICES: Mapping[tuple[str, str], str] = {
    ("eligible", "pledgor"): "technology_owner",
    ("send", "pledgor"): "technology_owner",
    ("propose", "kind"): "patent_licence",
    ("ready_to_sign", "kind"): "patent_licence",
    ("ready_to_sign", "licence"): "plain",
    ("sign_local", "licence"): "plain",
    ("sign_cross", "licence"): "plain",
    ("sign_to_licence", "licence"): "plain",
    ("reading", "level"): "measured",
    ("class_free", "listed"): "not_listed",
    ("propose_close", "outcome"): "no_agreement",
    ("skip_assessment", "reason"): "risk_accepted",
    ("waive_assessment", "reason"): "provider_not_available",
}
#: Of each catalogue an item that every programme begins with.
ITEMS: Mapping[str, str] = {"green_items": "2025/1", "indicators": "energy/MWh", "closing_reasons": "money/price"}
#: Answered although it need not be: (transition or task, field). No right of a script says whose it is unless the script does.
ALSO_SAID = frozenset(
    {
        ("confirm", "owner_seen"),
        ("confirm", "encumbrances_checked"),
        ("eligible", "co_owners"),
        ("eligible", "twin"),
        ("record_baseline", "conditions"),
    }
)
#: Of these what a page asks of some kinds of rights alone.
ASKED_OF_SOME = frozenset({("confirm", "encumbrances_checked")})
#: Asked with yes or no, and mostly answered with no.
MOSTLY_NOT = frozenset(
    {
        "skip_assessment", "sublicence", "interest", "correction_refused", "foreign_pledgor",
        "duties_shared", "owner_changed", "urgent", "dispute", "other",
    }
)  # fmt: skip
