"""The whole story of a case as its people live it, each at a browser of their own, in English and in Chinese."""

from __future__ import annotations

import pytest

from casework.playbook.steps import add, do, presses
from casework.playbook.stretches import (
    AGREED,
    BEFORE_SIGNING,
    BUILT,
    PLEDGED,
    READ,
    Pressed,
    accepted,
    assessed,
    delivered,
    to_assessment,
)
from tests.browser.browser_hand import BrowserHand
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.support.samples import few_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


#: What the officer has of the parties, and shares with each provider.
PAPER = "The file of the boiler"
TO_PLAN = presses(*to_assessment(assessment_on=60, pledge="bank", pledge_on=90, finance="fund", finance_on=90))


# English with scripts is how the stories of the services are told by default.
@pytest.mark.parametrize(
    ("java_script", "locale"),
    few_of([(False, "zh-CN"), (True, "en-GB")], 1),
    ids=["chinese-without-scripts", "english-with-scripts"],
)
def test_a_case_goes_from_its_match_to_its_end(site: Site, page_of: PageOf, java_script: bool, locale: str) -> None:
    hand = BrowserHand(
        site, lambda who: page_of(who, java_script=java_script, locale=locale), chinese=locale == "zh-CN"
    )
    hand.open()
    hand.play(*TO_PLAN)
    assess(hand)
    finance(hand)
    put_to_work(hand)
    close(hand)
    verify(hand)


def shared(hand: BrowserHand, service: str, provider: str, who: str) -> Pressed:
    """A referral that is sent with the paper, and accepted."""
    [paper] = hand.site.ids("SELECT id FROM documents WHERE track_id IS NULL ORDER BY registered_at LIMIT 1")
    return accepted(service, provider, who, documents=[paper])


def assess(hand: BrowserHand) -> None:
    """The referral is sent, accepted and delivered; the officer approves what was delivered, and goes on."""
    officer = hand.at_case("officer")
    officer.follow_to(f"/cases/{hand.number}/documents")
    officer.do("documents/new", title=PAPER)
    hand.play(*shared(hand, "assessment", "institute", "assessor"))
    hand.play(*assessed("assessor"), do("assessor", "assessment.issue_pass"))
    hand.play(*delivered("assessment", "assessor"), do("officer", "case.assessment_passed"))
    assert hand.call("case", "states.structuring") in hand.at_case("officer").page.locator("main").inner_text()


def finance(hand: BrowserHand) -> None:
    """A pledge loan and a green loan go on side by side, each with a provider of its own."""
    hand.play(*shared(hand, "pledge", "bank", "banker"), *shared(hand, "finance", "fund", "financier"))
    tracks = hand.at_case("officer").page.locator(".tracks").inner_text()
    for service in ("pledge loan", "green finance"):
        assert hand.say("Referral: %(service)s") % {"service": hand.say(service)} in tracks
        green = [
            do("financier", "finance.green"),
            do("officer", "finance.ready", instrument="loan"),
            do("financier", "finance.investor_found"),
            do("financier", "finance.dd_ok"),
            do("officer", "finance.terms_agreed", valid_until=60),
            do("financier", "finance.approved"),
            do("officer", "finance.docs_signed"),
            do("financier", "finance.cp_met"),
        ]
    for one, other in zip(PLEDGED, green, strict=True):
        hand.play(one, other)
    hand.play(do("banker", "pledge.paid_out"))
    hand.play(*delivered("pledge", "banker"), *delivered("finance", "financier"))


def put_to_work(hand: BrowserHand) -> None:
    """The rights are clear, the agreement is signed, and the site accepted."""
    hand.play(
        do("officer", "ip.confirm", territories=["CN"], pledge="consent_on_file"),
        add("officer", "case.ask_pledgee"),
        do("officer", "ask_pledgee"),
        do("officer", "case.ready_to_sign"),
    )
    [right] = hand.site.ids(
        "SELECT r.right_id FROM right_technologies r JOIN matches m USING (technology_id)"
        " JOIN cases c ON c.match_id = m.id WHERE c.number = :number",
        number=hand.number,
    )
    hand.play(*AGREED, do("officer", "agreement.sign_local", rights=right))
    hand.play(*BEFORE_SIGNING, do("officer", "case.sign"))
    hand.play(*BUILT, do("officer", "deployment.pass"), do("officer", "case.accept_site"))


def close(hand: BrowserHand) -> None:
    """The officer ends the work, and the supervisor, who has had no part in that, closes the case."""
    hand.play(
        *READ,
        do("officer", "case.end_monitoring", outcome="deployed_measured"),
        do("officer", "referral:verification.cancel", reason="not_needed"),
        do("supervisor", "case.close"),
    )
    assert hand.say("The case is closed.") in hand.told(hand.of("supervisor"))


def verify(hand: BrowserHand) -> None:
    """The auditor reads the history, and has it verified event by event."""
    auditor = hand.at_case("auditor")
    auditor.follow_to(f"/cases/{hand.number}/history")
    auditor.press(f'main a[href$="/cases/{hand.number}/verify"]', hand.say("Verify"))
    assert auditor.page.locator(".verdict:not(.bad)").count() == 1
    [events] = hand.site.ids(
        "SELECT count(*) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :number", number=hand.number
    )
    judged = 0
    while True:
        for line in auditor.page.locator("main tbody tr").all_inner_texts():
            judged += 1
            assert hand.say("whole") in line
            assert hand.say("allowed") in line
        if not (following := auditor.page.locator('main a[rel="next"]')).count():
            break
        auditor.follow(following)
    assert judged == int(events)
    # What was decided is told with who held which role, and what it changed.
    auditor.follow(auditor.page.locator("main tbody tr").last.locator("a"))
    assert hand.call("case", "states.closed") in auditor.page.locator("main").inner_text()
