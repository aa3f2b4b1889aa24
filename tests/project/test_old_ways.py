"""The old ways are closed: of each fault that cases once ran into, the test that holds it shut.

A row says what was wrong and where that is tested: a test by its file and name, or a journey by its name. A story or a journey
plays the whole way; a truth table judges one rule. Whoever moves or renames one of them is told here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.journeys.scripts import SCRIPTS

TESTS = Path(__file__).parents[1]
JOURNEY = "journey"
#: What was wrong, where it is tested, and the test's name.
OLD_WAYS = [
    ("a sale put an exclusive transfer on the patent", JOURNEY, "purchase leaves the patent free"),
    ("one machine sold closed the patent to every other case", "browser/test_story_purchase.py",
     "test_a_purchase_goes_to_work_and_its_saving_is_verified"),
    ("a purchase was sent through export control", JOURNEY, "purchase needs none of it"),
    ("a conflict of licences was nobody's to see", "browser/test_story_rights.py",
     "test_a_licence_stands_in_the_way_until_its_holder_releases_it"),
    ("an assignment took effect with its signature", JOURNEY, "assignment waits for its registration"),
    ("that it crosses the border was ticked", "workflows/test_border_guards.py",
     "test_the_way_follows_from_kind_and_countries"),
    ("a restricted export was negotiated before its letter", "browser/test_story_export.py",
     "test_a_restricted_export_is_not_negotiated_before_its_letter"),
    ("what is prohibited passed the gate", "browser/test_story_export.py", "test_a_prohibited_export_can_only_end"),
    ("gate, class and agreement contradicted each other", "workflows/test_border_guards.py",
     "test_the_gate_agrees_with_the_agreement"),
    ("an import was not registered", JOURNEY, "import is registered"),
    ("after the signature nothing was owed to anybody", JOURNEY,
     "patent licence is recorded, and the seller has the contract registered"),
    ("a limit of law ended on a holiday", "engine/deadlines/test_limits_of_law.py",
     "test_one_holiday_more_never_brings_the_end_forward"),
    ("a request was deemed withdrawn a day early", "operations/verification/authorization/test_clocks.py",
     "test_a_limit_of_law_that_ends_on_the_holiday_is_found"),
    ("a case without a right could not sign, and the page did not say why", "browser/test_story_rights.py",
     "test_a_right_comes_to_a_case_that_runs"),
    ("know-how was treated as a patent", "browser/test_story_rights.py", "test_know_how_is_licensed"),
    ("an old check of the rights was signed on", JOURNEY, "old check of the rights is repeated before the signing"),
    ("borrower, pledgor and owner were one", "browser/test_story_own_patents.py",
     "test_a_company_pledges_its_own_patents_and_pays_the_loan_down"),
    ("a pledge ended before its debt, and its registration with it", "workflows/test_pledge_guards.py",
     "test_a_pledge_ends_with_its_debt_and_its_registration_after"),
    ("a right was pledged twice", JOURNEY, "right is not pledged twice"),
    ("the baseline was a tick", JOURNEY, "no baseline, no acceptance"),
    ("an effect was called verified without a verification", "browser/test_story_effect.py",
     "test_an_outcome_is_refused_that_no_record_bears"),
    ("what was verified in one case was lost to the next", JOURNEY,
     "a second case relies on what the first has had verified"),
    ("a site was asked of a licence without one", JOURNEY, "use of a licence is reported instead of an effect"),
    ("a provider got a question and no facts", JOURNEY, "loan is repaid"),
    ("the same fact was asked twice", JOURNEY, "the claim is typed once"),
    ("an officer wrote a file for a referral", "workflows/test_no_file_needed.py",
     "test_of_a_request_the_office_files_only_what_others_have_signed"),
    ("a longer term moved one limit of a service and not the others", "operations/referrals/test_extensions.py",
     "test_a_granted_extension_moves_the_services_own_steps_in_proportion"),
    ("a poor match had to become a case to be refused", "operations/catalogue/test_matches.py",
     "test_a_poor_match_is_refused_with_a_reason_and_becomes_no_case"),
    ("a screening was repeated in each case", "workflows/test_triage_guards.py", "test_screening_is_not_on_record"),
    ("a party needed an account", "operations/links/test_answers.py",
     "test_the_answer_finishes_that_task_by_the_party_and_verifies"),
    ("a decision offered an answer that could only be refused", "operations/cases/test_refused_answers.py",
     "test_what_refuses_a_task_whatever_is_answered_is_told_apart"),
    ("of several things to do none said which it was", "operations/tasks/test_request_context.py",
     "test_of_a_list_of_things_to_do_each_task_is_told_its_own"),
]  # fmt: skip


def names_in(file: Path) -> set[str]:
    """The names of the tests of a file."""
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("wrong", "where", "name"), OLD_WAYS, ids=[row[0] for row in OLD_WAYS])
def test_what_was_wrong_has_a_test_that_holds_it_shut(wrong: str, where: str, name: str) -> None:
    known = set(SCRIPTS) if where == JOURNEY else names_in(TESTS / where)
    assert name in known, f"{wrong}: {name} is no longer in {where}"


def test_each_is_named_once() -> None:
    assert len({wrong for wrong, _, _ in OLD_WAYS}) == len(OLD_WAYS)
    assert len({(where, name) for _, where, name in OLD_WAYS}) == len(OLD_WAYS)
