"""The story of a loan on a company's own patents: paid back in rows to nothing, and its registration cancelled after."""

from __future__ import annotations

import pytest

from casework.operations.catalogue.ip_rights import record_right
from casework.playbook.hand import Do
from casework.playbook.steps import do
from casework.playbook.stretches import PLEDGED, accepted, to_structuring
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.dealing import Deal
from tests.browser.site import Site
from tests.support.world import new_request, today

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = "CN 5550001 B"


class Pledge(Deal):
    """A case whose plan names the bank; the need owner has a patent of its own, by which no technology is protected."""

    own = ""


@pytest.fixture
def deal(site: Site, page_of: PageOf) -> Pledge:
    made = Pledge(site, page_of)
    made.begin(*to_structuring(pledge="bank", pledge_on=90))
    made.own = own_patent(made)
    return made


def test_a_company_pledges_its_own_patents_and_pays_the_loan_down(deal: Pledge) -> None:
    take_in(deal)
    pledge(deal)
    pay_down(deal)
    cancel(deal)


def own_patent(deal: Pledge) -> str:
    world = deal.site.world
    with transaction(deal.site.engine) as db:
        done = record_right(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            technologies=[],
            kind="invention",
            fields={
                "office": "CNIPA",
                "number": NUMBER,
                "owner": "Hebei Steam Works",
                "status": "in_force",
                "expires_on": "2044-01-01",
                "fee_paid_to": "2040-01-01",
                "checked_on": today().isoformat(),
            },
            owners=[{"organisation": world.organisations["need_owner"], "share": None}],
            confirmed=True,
            request=new_request(),
        )
    return str(done.answer["id"])


def take_in(deal: Pledge) -> None:
    """The officer adds the recorded right to the running case."""
    officer = deal.at_case("officer")
    officer.press(f'main a[href$="/cases/{deal.number}/rights/add"]', "Add a recorded right")
    officer.answer(rights=[deal.own], reason="It is pledged for the loan.")
    deal.reads(deal.at_case("officer"), NUMBER)


def steps(*wanted: str, **said: object) -> list[Do]:
    """Steps of the loan by their names."""
    found = {step.what.removeprefix("pledge."): step for step in PLEDGED}
    return [do(found[name].who, found[name].what, **(dict(found[name].data) | said)) for name in wanted]


def pledge(deal: Pledge) -> None:
    """The bank reads whose the right is, and nothing lies on it before its registration."""
    deal.behind(*accepted("pledge", "bank", "banker", pledgor="need_owner"))
    deal.play(do("banker", "pledge.eligible", pledgor="need_owner", rights=[deal.own], owner_seen=True))
    deal.behind(
        *steps("apply", borrower="need_owner"),
        *steps("dd_done", "valued", "approved", "bank_approved", "signed"),
    )
    deal.reads(deal.at_patent(right=deal.own), "No pledge, licence or other encumbrance is on record.")
    deal.play(do("banker", "pledge.registered", number="Y2026-0418"))
    deal.reads(
        deal.at_patent(right=deal.own),
        "pledged Chaoyang Green Bank",
        "registered as pledged",
        "Y2026-0418",
        deal.number,
    )
    deal.reads(deal.at_patent(), "No pledge, licence or other encumbrance is on record.")
    deal.play(
        do(
            "banker",
            "pledge.paid_out",
            amount=2_400_000,
            repayments=[{"by": 200, "principal": 1_200_000}, {"by": 300, "principal": 1_200_000}],
        )
    )


def pay_down(deal: Pledge) -> None:
    """Each repayment is a row with what is owed after it; more than that is refused."""
    deal.play(do("banker", "repayment", "0", principal=1_200_000, interest=30_000))
    deal.reads(deal.at_service("banker", "pledge"), "CNY 1,200,000")
    assert "Something is owed still" in deal.not_yet("banker", "pledge", "repaid")
    deal.refused_task("banker", "repayment", "More than what is owed", principal=1_200_001)
    deal.play(do("banker", "repayment", principal=1_200_000))
    deal.reads(deal.at_service("banker", "pledge"), "nothing, all is paid back")
    deal.reads(deal.at_case("officer"), "nothing, all is paid back")


def cancel(deal: Pledge) -> None:
    """The pledge ends with the debt; the register shows it until it is cancelled."""
    deal.play(do("banker", "pledge.repaid"))
    said = lying(deal)
    assert said.count("pledged") == 1, said
    assert "registered as pledged" in said
    deal.play(do("banker", "pledge.cleared"))
    deal.reads(deal.at_patent(right=deal.own), "No pledge, licence or other encumbrance is on record.")


def lying(deal: Pledge) -> str:
    """What stands on the right now, without its history."""
    return " ".join(deal.at_patent(right=deal.own).page.locator("#lies").inner_text().split())
