"""The story of an outcome without its record: the page says which one is missing, and how it comes about."""

from __future__ import annotations

import pytest

from casework.playbook.steps import add, do
from casework.playbook.stretches import BUILT, SIGNED, to_structuring
from tests.browser.conftest import PageOf
from tests.browser.dealing import Deal
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VERIFIED = "No record of the effect is verified: a verifier's statement is missing."


@pytest.fixture
def deal(site: Site, page_of: PageOf) -> Deal:
    """A site at work, of which nothing but the baseline is known."""
    made = Deal(site, page_of)
    made.begin(*to_structuring(), *SIGNED, *BUILT, do("officer", "deployment.pass"), do("officer", "case.accept_site"))
    return made


def test_an_outcome_is_refused_that_no_record_bears(deal: Deal) -> None:
    officer = deal.at_action("officer", "case.end_monitoring")
    deal.reads(officer, f"Deployed, effect verified: {VERIFIED}", "Deployed, effect measured:")
    # Of a baseline alone nothing can be verified, and the page says so before anybody asks.
    officer = deal.at_case("officer")
    officer.press('.requests a[href*="ask_verification"]', deal.call("case", "tasks.ask_verification"))
    deal.reads(officer, "As the case stands, it cannot be completed: There is nothing to verify yet")
    deal.play(add("officer", "case.reading"))
    deal.play(do("officer", "reading", level="claimed", figures=[{"measure": "energy/MWh", "value": 1_400}]))
    deal.reads(deal.at_case("officer"), "claimed", "more than before")
    deal.refused("officer", "case.end_monitoring", "is measured or verified", outcome="deployed_measured")
    deal.behind(add("officer", "case.reading"), do("officer", "reading"))
    officer = deal.at_action("officer", "case.end_monitoring")
    deal.reads(officer, f"Deployed, effect verified: {VERIFIED}")
    deal.reads_nothing_of(officer, "Deployed, effect measured</strong>:")
    deal.refused("officer", "case.end_monitoring", VERIFIED, "Ask for verification", outcome="deployed_verified")
    deal.play(do("officer", "case.end_monitoring", outcome="deployed_measured"))
    deal.reads(deal.at_case("officer"), "Deployed, effect measured")
    # The reading drafted a request for a verification: nobody was asked, so it bars nothing, and ends with the case.
    supervisor = deal.at_case("supervisor")
    supervisor.follow_to(f"/tasks/{deal.task('closing')}")
    deal.reads(supervisor, "Cancelled, for the request was not sent: verification.")
    deal.play(do("supervisor", "case.close"))
    deal.reads(deal.at_case("officer"), "Closed")
