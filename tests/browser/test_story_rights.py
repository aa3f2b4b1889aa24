"""Stories of rights: know-how is licensed, a right comes to a case that runs, and a licence stands in the way of another."""

from __future__ import annotations

import pytest

from casework.playbook.steps import add, do, enter_right
from casework.playbook.stretches import AGREED, BEFORE_SIGNING, READY, price, to_structuring
from tests.browser.conftest import PageOf
from tests.browser.dealing import Deal
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def deal(site: Site, page_of: PageOf) -> Deal:
    return Deal(site, page_of)


def test_know_how_is_licensed(deal: Deal) -> None:
    deal.begin(*to_structuring(), match=deal.unprotected())
    deal.behind(
        enter_right("know_how", owner="Nordwind Boilers", status="kept"),
    )
    # It stands in no register, so nobody is asked what one shows: how it is kept is asked, and by whom, and who knows it.
    check = deal.at_action("officer", "ip.confirm")
    deal.reads(check, "The know-how is kept secret")
    deal.reads_nothing_of(check, "What the register shows")
    deal._last = None
    deal.play(do("officer", "ip.confirm", territories=["CN"]))
    know_how = deal.right_of_case()
    # No office has granted it: a licence of a patent is another kind of agreement.
    deal.refused("officer", "case.ready_to_sign", "The rights do not fit the kind of agreement", kind="patent_licence")
    deal.play(do("officer", "case.ready_to_sign", kind="know_how_licence"))
    deal.behind(do("officer", "agreement.propose", kind="know_how_licence"), *AGREED[1:])
    terms = price(2_000_000, technology=2_000_000, entry_fee=500_000)
    deal.play(do("officer", "agreement.sign_local", price_form="entry_and_royalty", rights=[know_how], **terms))
    officer = deal.at_case("officer")
    deal.reads(officer, "Signed: Know-how licence", "CNY 2,000,000", "Entry fee and royalty")
    # No office keeps a register of know-how; the contract is registered all the same.
    deal.reads(officer, deal.call("agreement", "tasks.technology_contract"))
    deal.reads_nothing_of(officer, deal.call("agreement", "tasks.licence_recording"))
    deal.reads(deal.at_patent(right=know_how), "know-how", "plain licence", "Hebei Steam Works", deal.number)
    deal.behind(*BEFORE_SIGNING, do("officer", "case.sign_no_site"))
    # Without a site there is nothing to verify: how it is used is reported.
    deal.reads(deal.at_case("officer"), deal.call("case", "tasks.use_report"))
    deal.play(do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"))
    deal.reads(deal.at_case("officer"), "Agreement without a site")


def test_a_right_comes_to_a_case_that_runs(deal: Deal) -> None:
    deal.begin(*to_structuring(), match=deal.unprotected())
    why = deal.not_yet("officer", "ip", "confirm")
    assert "The case is about no right on record. Enter one under “Rights” on its page" in why
    officer = deal.at_case("officer")
    officer.press(f'main a[href$="/cases/{deal.number}/rights/new"]', "Enter a right")
    officer.answer(kind="know_how", owner="Nordwind Boilers", status="kept", source="The contract of development")
    officer.open(f"/cases/{deal.number}")
    deal.reads(officer, "know-how", "Nordwind Boilers")
    deal.play(do("officer", "ip.confirm", territories=["CN"], owner_seen=True))
    deal.play(do("officer", "case.ready_to_sign", kind="know_how_licence"))
    deal.behind(do("officer", "agreement.propose", kind="know_how_licence"), *AGREED[1:])
    deal.play(do("officer", "agreement.sign_local", rights=[deal.right_of_case()], ends=False))
    deal.reads(deal.at_case("officer"), "Signed: Know-how licence")
    deal.reads(deal.at_patent(right=deal.right_of_case()), "plain licence", "Hebei Steam Works", deal.number)


def test_a_licence_stands_in_the_way_until_its_holder_releases_it(deal: Deal) -> None:
    deal.begin(*to_structuring(), *READY, *AGREED, do("officer", "agreement.sign_local", uses=["water"]))
    first = deal.number
    deal.begin(*to_structuring(), do("officer", "ip.confirm", territories=["CN"]), match=deal.rival())
    deal.refused(
        "officer",
        "case.ready_to_sign",
        "Only its holder can release it",
        "CN 1234567 B: plain licence since",
        "held by Hebei Steam Works",
        licence="exclusive",
        uses=["water"],
    )
    # On the page of the right stands of which case it came.
    deal.reads(deal.at_patent(), "plain licence", "Hebei Steam Works", first)
    deal.play(add("officer", "case.ask_holder"))
    deal.play(do("officer", "ask_holder", released=False))
    deal.refused("officer", "case.ready_to_sign", "Only its holder can release it", licence="exclusive")
    deal.play(add("officer", "case.ask_holder"), do("officer", "ask_holder", released=True))
    deal.play(do("officer", "case.ready_to_sign", licence="exclusive"))
    deal.behind(*AGREED)
    deal.play(do("officer", "agreement.sign_local", licence="exclusive", rights=[deal.patent]))
    # Both stand now, each with whose it is.
    deal.reads(deal.at_patent(), "plain licence Hebei Steam Works", "exclusive licence Tangshan Paper Mill")
