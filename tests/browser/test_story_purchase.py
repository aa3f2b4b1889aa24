"""The story of a purchase: from its signature to a saving that somebody has verified, with nothing on the patent."""

from __future__ import annotations

import pytest

from casework.playbook.steps import do
from casework.playbook.stretches import BUILT, READ, accepted, bought, verified
from tests.browser.conftest import PageOf
from tests.browser.dealing import Deal
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: To the agreed text; the signature; and what must be done before the case is signed.
*TO_SIGNATURE, SIGNATURE, GATE, CLAUSE = bought(6_800_000)


@pytest.fixture
def deal(site: Site, page_of: PageOf) -> Deal:
    """A purchase of what an assessor has verified, which is to be signed."""
    made = Deal(site, page_of)
    made.begin(*verified(), *TO_SIGNATURE)
    return made


def test_a_purchase_goes_to_work_and_its_saving_is_verified(deal: Deal) -> None:
    buy(deal)
    put_to_work(deal)
    ask_for_what_is_not_verified(deal)
    verify(deal)
    end(deal)


def buy(deal: Deal) -> None:
    """What was bought and for how much stands in the case, and nothing of it on the patent, which another case may have."""
    deal.play(SIGNATURE)
    officer = deal.at_case("officer")
    deal.reads(
        officer, "Signed: Purchase of equipment", "CNY 6,800,000", "Of which technology CNY 0", "no pledge, no licence"
    )
    deal.reads(deal.at_patent(), "No pledge, licence or other encumbrance is on record.")
    deal.behind(GATE, CLAUSE, do("officer", "case.sign"))


def put_to_work(deal: Deal) -> None:
    """The baseline stands before the acceptance, which names what is open."""
    deal.behind(*BUILT)
    deal.reads(deal.at_case("officer"), "1,280", "baseline", "Get the site accepted")
    deal.play(
        do("officer", "deployment.pass_with_list", open_items=[("Paint the door.", 10), ("Train the staff.", 20)])
    )
    deal.play(do("officer", "case.accept_site"))
    officer = deal.at_case("officer")
    officer.follow_to(f"/tasks/{deal.task('punch_item', '1')}")
    deal.reads(officer, "Open items Train the staff. ·")
    deal.reads_nothing_of(officer, "Paint the door.")
    deal.behind(do("officer", "punch_item"), do("officer", "punch_item"), *READ)
    deal.reads(deal.at_case("officer"), "930", "350", "measured")


def ask_for_what_is_not_verified(deal: Deal) -> None:
    """The page says before it is asked what is missing for which outcome, and once more when it is."""
    officer = deal.at_action("officer", "case.end_monitoring")
    missing = "No record of the effect is verified: a verifier's statement is missing."
    deal.reads(officer, "As the case stands, refused would be:", f"Deployed, effect verified: {missing}")
    deal.refused("officer", "case.end_monitoring", missing, "Ask for verification", outcome="deployed_verified")


def verify(deal: Deal) -> None:
    """Of the verifier's statement comes a record of its own, with who has verified and under which number."""
    deal.behind(
        *accepted("verification", "inspectors", "verifier", wanted_on=20), do("verifier", "referral:verification.start")
    )
    deal.hand_in("verifier", "verification")
    deal.play(do("verifier", "referral:verification.deliver", number="MV-2026-014"))
    deal.play(do("officer", "referral:verification.approve"))
    deal.reads(deal.at_case("officer"), "MV-2026-014", deal.name("inspectors"), "verified")


def end(deal: Deal) -> None:
    """Now the outcome is possible; at the technology stands what the assessor verified, and at the patent still nothing."""
    officer = deal.at_action("officer", "case.end_monitoring")
    deal.reads_nothing_of(officer, "refused would be")
    deal.play(do("officer", "case.end_monitoring", outcome="deployed_verified"), do("supervisor", "case.close"))
    deal.reads(deal.at_case("officer"), "Deployed, effect verified")
    officer = deal.at_technology()
    deal.reads(officer, "Verified by assessors", "Statement VS-0127, verified", "310 kWh/t", "valid until", deal.number)
    deal.reads(deal.at_patent(), "No pledge, licence or other encumbrance is on record.")
