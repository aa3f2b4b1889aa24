"""Which guards are of law, past which nobody moves a case: each was decided on, and a new one must be."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from casework.engine.definition.registry import GUARDS, Law
from casework.engine.parts import MAIN

#: The case's own guards of law, by what of the law each keeps.
OF_THE_CASE = {
    Law.INTEREST: {"no_declared_interest", "officer_has_no_interest", "triage_is_checked"},
    Law.SECRECY: {"nda_is_signed_or_waived"},
    Law.CONSENT: {
        "interest_is_confirmed", "consents_are_recent", "pledgees_agree", "pledgees_of_signed_agree", "agreement_is_in_force",
    },
    Law.COMPLIANCE: {
        "parties_are_screened", "compliance_gate_is_passed", "not_stopped_by_compliance", "outcome_respects_a_stop",
    },
    Law.BORDER: {"transfer_is_permitted", "export_may_be_agreed"},
    Law.RIGHTS: {
        "ip_is_clear_where_rights_are_given", "rights_of_terms_are_confirmed", "rights_fit_the_kind", "rights_named_were_checked",
        "giver_may_give_each_right", "rights_of_terms_have_not_ended", "nothing_bars_the_terms",
    },
}  # fmt: skip
#: Its other guards: rules of the office.
OF_THE_OFFICE = {
    "records_on_file", "match_is_explained", "plan_is_on_file", "skipping_was_asked", "statement_or_reason", "assessment_is_stated",
    "parties_have_commented", "parties_have_answered", "loans_are_offered_listed_or_waived", "work_is_not_blocked",
    "dispute_clause_is_chosen", "statement_is_still_valid", "site_is_accepted", "baseline_was_recorded", "deployed_at_a_site",
    "agreement_was_signed", "measured_effect_has_a_record", "verified_effect_has_a_record", "tasks_have_ended", "referrals_have_ended",
    "tracks_have_ended_or_run_on", "only_follow_ups_are_open", "closed_not_too_long_ago", "assessed_or_skipped",
    "some_service_is_asked_for", "service_is_asked_for", "results_can_come", "beside_are_others", "some_join_waits",
    "service_is_joined", "assessment_did_not_verify", "site_has_failed",
}  # fmt: skip


def test_every_guard_of_the_case_was_decided_on() -> None:
    edition = load_library().playing(MAIN)
    assert edition is not None
    asked = {name for rule in edition.transitions for name in rule.guards}
    decided = {name: law for law, names in OF_THE_CASE.items() for name in names}
    assert {name: GUARDS[name].law for name in asked} == dict.fromkeys(OF_THE_OFFICE) | decided


@pytest.mark.parametrize("law", sorted(Law))
def test_each_part_of_the_law_is_kept_by_some_guard(law: Law) -> None:
    assert any(guard.law is law for guard in GUARDS.values())


def test_what_asks_for_the_border_is_of_law_wherever_it_is_asked() -> None:
    border = {name for name, guard in GUARDS.items() if guard.holds.__module__ == "workflows.border_guards"}
    assert {GUARDS[name].law for name in border} == {Law.BORDER}
