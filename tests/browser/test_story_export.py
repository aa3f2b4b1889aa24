"""Stories across the border: what is restricted waits for its letter and its licence, and what is prohibited can only end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from casework.playbook.steps import do
from casework.playbook.stretches import to_structuring
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.dealing import Deal
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def deal(site: Site, page_of: PageOf) -> Deal:
    """A Chinese technology for a works in Germany, of which a draft is proposed."""
    made = Deal(site, page_of)
    made.begin(
        *to_structuring(),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose"),
        match=made.rival("Ruhr Steam GmbH", "DE"),
    )
    return made


def test_a_restricted_export_is_not_negotiated_before_its_letter(deal: Deal) -> None:
    # Nobody ticked it: the countries of the parties say that it crosses the border.
    classing = deal.call("agreement", "states.classification")
    deal.reads(deal.at_case("officer"), classing)
    assert not deal.offers("officer", "agreement", "agree")
    deal.refused("officer", "case.ready_to_sign", "Nothing of substance is agreed")
    deal.play(do("compliance", "agreement.class_restricted"))
    assert not deal.offers("officer", "agreement", "agree")
    deal.play(do("officer", "agreement.apply_for_letter"))
    # Whom it waits for stands on the page, and the refusal of the authority beside its letter.
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.letter_awaited"), "Waits for: the authority")
    refusal = deal.call("agreement", "transitions.refused_by_authority.do")
    deal.reads(deal.at_action("officer", "agreement.letter_issued"), "Or instead", refusal)
    assert not deal.offers("officer", "agreement", "agree")
    deal.refused("officer", "case.ready_to_sign", "before the letter of intent")
    deal.hand_in("officer", None, kind="letter_of_intent")
    deal.refused("officer", "agreement.letter_issued", "not valid for so long after its issue", valid_until=1200)
    # The form has kept what was refused.
    deal.play(do("officer", "agreement.letter_issued", valid_until=1000))
    deal.behind(do("officer", "case.ready_to_sign"))
    deal.play(do("officer", "agreement.agree"), do("officer", "agreement.cleared"))
    # The contract comes before the licence, and waits for it; so does the gate, and its page says why.
    assert "Record the signing that waits for its licence instead" in deal.not_yet("officer", "agreement", "sign_cross")
    deal.play(do("officer", "agreement.sign_to_licence"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.licence_due"))
    barred_gate(deal, "waits for the licence")


def test_a_prohibited_export_can_only_end(deal: Deal) -> None:
    deal.play(do("compliance", "agreement.class_prohibited"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.prohibited"))
    assert "The case can only close" in deal.not_yet("officer", "case", "ready_to_sign")
    deal.behind(do("officer", "ip.end"))
    deal.play(do("officer", "case.propose_close", outcome="no_agreement"))
    deal.play(do("supervisor", "case.close"))
    deal.reads(deal.at_case("officer"), "Closed")


@pytest.fixture
def import_(site: Site, page_of: PageOf) -> Deal:
    """A technology from abroad for a works here, of which a draft is proposed."""
    made = Deal(site, page_of)
    with transaction(site.engine) as db:
        given = {"id": site.world.technologies[0]}
        db.execute(
            text(
                "UPDATE organisations SET country = 'DE' WHERE id = (SELECT owner_id FROM technologies WHERE id = :id)"
            ),
            given,
        )
    made.begin(
        *to_structuring(),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose"),
    )
    return made


def test_a_restricted_import_takes_effect_on_the_day_of_its_licence(import_: Deal) -> None:
    deal = import_
    # What comes in may be agreed before its letter, and is not signed.
    deal.behind(do("officer", "case.ready_to_sign"))
    deal.play(do("compliance", "agreement.class_restricted"))
    assert not deal.offers("officer", "agreement", "agree")
    deal.play(do("officer", "agreement.apply_for_letter"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.letter_awaited"), "Waits for: the authority")
    for signing in ("sign_local", "sign_cross", "sign_to_licence"):
        assert not deal.offers("officer", "agreement", signing)
    deal.hand_in("officer", None, kind="letter_of_intent")
    deal.play(
        do("officer", "agreement.letter_issued"), do("officer", "agreement.agree"), do("officer", "agreement.cleared")
    )
    assert "Record the signing that waits for its licence instead" in deal.not_yet("officer", "agreement", "sign_cross")
    deal.play(do("officer", "agreement.sign_to_licence"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.licence_due"))
    # Of what comes in no licence of exports is asked for.
    assert "this is for exports alone" in deal.not_yet("officer", "agreement", "ask_licence")
    deal.play(do("officer", "agreement.ask_import_licence"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.import_licence"), "Waits for: the authority")
    barred_gate(deal, "waits for the licence")
    deal.hand_in("officer", None, kind="trade_licence")
    deal.play(do("officer", "agreement.licence_issued"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.in_force"))
    deal.play(do("compliance", "compliance_gate"))


def test_letter_and_licence_of_an_import_are_asked_for_at_once(import_: Deal) -> None:
    deal = import_
    deal.behind(do("officer", "case.ready_to_sign"), do("compliance", "agreement.class_restricted"))
    deal.play(do("officer", "agreement.sign_first"))
    deal.behind(
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do("officer", "agreement.sign_to_licence"),
    )
    assert "asked for at once" in deal.not_yet("officer", "agreement", "ask_import_licence")
    deal.play(do("officer", "agreement.ask_import_at_once"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.import_at_once"), "Waits for: the authority")
    barred_gate(deal, "waits for the licence")


@pytest.mark.parametrize("asked", ["letter", "licence"])
def test_a_refused_import_can_only_end(import_: Deal, asked: str) -> None:
    deal = import_
    deal.behind(do("compliance", "agreement.class_restricted"), do("officer", "agreement.apply_for_letter"))
    if asked == "licence":
        steps = ("letter_issued", "agree", "cleared", "sign_to_licence", "ask_import_licence")
        deal.behind(*(do("officer", f"agreement.{step}") for step in steps))
    deal.play(do("officer", "agreement.refused_by_authority"))
    deal.reads(deal.at_case("officer"), deal.call("agreement", "states.not_permitted"))
    assert "The case can only close" in deal.not_yet("officer", "case", "ready_to_sign")
    deal.behind(do("officer", "ip.end"))
    deal.play(do("officer", "case.propose_close", outcome="no_agreement"))
    deal.play(do("supervisor", "case.close"))
    deal.reads(deal.at_case("officer"), "Closed")


def barred_gate(deal: Deal, why: str) -> None:
    """The page of the gate says why it is not passed, and has no button to pass it."""
    reader = deal.at_case("compliance")
    reader.follow_to(f"/tasks/{deal.task('compliance_gate')}")
    assert not reader.page.locator('button[value="result:passed"]').count()
    assert reader.page.locator('button[value="result:refused"]').count()
    # What stands in the way of the answer that was asked for is not folded away.
    [barred] = reader.page.locator(".not-yet li").all()
    assert barred.is_visible()
    assert why in (barred.text_content() or "")
    deal._last = None
