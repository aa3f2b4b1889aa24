"""The whole story of a case as its people live it, each at a browser of their own, in English and in Chinese."""

from __future__ import annotations

import pytest

from casework.demo.steps import Do, Step, do
from casework.demo.stretches import AGREED, BEFORE_SIGNING, BUILT, PLEDGED, accepted, assessed, delivered, to_assessment
from tests.browser.acting import Play
from tests.browser.conftest import PageOf
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def deeds(*steps: Step) -> list[Do]:
    """Of a stretch of the demo what is done in a case that is open."""
    return [step for step in steps if isinstance(step, Do)]


#: What the officer has of the parties, and shares with each provider.
PAPER = "The file of the boiler"
TO_PLAN = deeds(*to_assessment(assessment_on=60, pledge="bank", pledge_on=90, finance="fund", finance_on=90))


@pytest.mark.parametrize(
    ("java_script", "locale"),
    [(True, "en-GB"), (False, "zh-CN")],
    ids=["english-with-scripts", "chinese-without-scripts"],
)
def test_a_case_goes_from_its_match_to_its_end(site: Site, page_of: PageOf, java_script: bool, locale: str) -> None:
    play = Play(site, lambda who: page_of(who, java_script=java_script, locale=locale), chinese=locale == "zh-CN")
    play.open()
    play.play(*TO_PLAN)
    assess(play)
    finance(play)
    put_to_work(play)
    close(play)
    verify(play)


def shared(play: Play, service: str, provider: str, who: str) -> list[Do]:
    """A referral that is sent with the paper, and accepted."""
    [paper] = play.site.ids("SELECT id FROM documents WHERE track_id IS NULL ORDER BY registered_at LIMIT 1")
    return deeds(*accepted(service, provider, who, documents=[paper]))


def assess(play: Play) -> None:
    """The referral is sent, accepted and delivered; the officer approves what was delivered, and goes on."""
    officer = play.at_case("officer")
    officer.follow_to(f"/cases/{play.number}/documents")
    officer.do("documents/new", title=PAPER)
    play.play(*shared(play, "assessment", "institute", "assessor"))
    play.play(*deeds(*assessed("assessor")), do("assessor", "assessment.issue_pass"))
    play.play(*deeds(*delivered("assessment", "assessor")), do("officer", "case.assessment_passed"))
    assert play.call("case", "states.structuring") in play.at_case("officer").page.locator("main").inner_text()


def finance(play: Play) -> None:
    """A pledge loan and a green loan go on side by side, each with a provider of its own."""
    play.play(*shared(play, "pledge", "bank", "banker"), *shared(play, "finance", "fund", "financier"))
    tracks = play.at_case("officer").page.locator(".tracks").inner_text()
    for service in ("pledge loan", "green finance"):
        assert play.say("Referral: %(service)s") % {"service": play.say(service)} in tracks
    pledge = deeds(*PLEDGED)
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
    for one, other in zip(pledge, green, strict=True):
        play.play(one, other)
    play.play(do("banker", "pledge.paid_out"))
    play.play(*deeds(*delivered("pledge", "banker"), *delivered("finance", "financier")))


def put_to_work(play: Play) -> None:
    """The rights are clear, the agreement is signed, and the site accepted."""
    play.play(
        do("officer", "ip.confirm", territory="CN", pledge="consent_on_file"),
        Do("officer", "+case.ask_pledgee"),
        do("officer", "ask_pledgee"),
        do("officer", "case.ready_to_sign", territory="CN"),
    )
    [right] = play.site.ids(
        "SELECT r.id FROM rights r JOIN matches m USING (technology_id) JOIN cases c ON c.match_id = m.id WHERE c.number = :number",
        number=play.number,
    )
    play.play(*deeds(*AGREED), do("officer", "agreement.sign_local", rights=right, pledgee_consent=True))
    play.play(*deeds(*BEFORE_SIGNING), do("officer", "case.sign"))
    play.play(*deeds(*BUILT), do("officer", "deployment.pass"), do("officer", "case.accept_site"))


def close(play: Play) -> None:
    """The officer ends the work, and the supervisor, who has had no part in that, closes the case."""
    play.play(
        do("officer", "ip.end"),
        do("officer", "case.end_monitoring", outcome="deployed_measured"),
        do("officer", "referral:verification.cancel", reason="not_needed"),
        do("officer", "referral:verification.cancel", reason="not_needed"),
        do("supervisor", "case.close"),
    )
    assert play.say("The case is closed.") in play.told(play.of("supervisor"))


def verify(play: Play) -> None:
    """The auditor reads the history, and has it verified event by event."""
    auditor = play.at_case("auditor")
    auditor.follow_to(f"/cases/{play.number}/history")
    auditor.press(f'main a[href$="/cases/{play.number}/verify"]', play.say("Verify"))
    assert auditor.page.locator(".verdict:not(.bad)").count() == 1
    [events] = play.site.ids(
        "SELECT count(*) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :number", number=play.number
    )
    judged = 0
    while True:
        for line in auditor.page.locator("main tbody tr").all_inner_texts():
            judged += 1
            assert play.say("whole") in line
            assert play.say("allowed") in line
        if not (following := auditor.page.locator('main a[rel="next"]')).count():
            break
        auditor.follow(following)
    assert judged == int(events)
    # What was decided is told with who held which role, and what it changed.
    auditor.follow(auditor.page.locator("main tbody tr").last.locator("a"))
    assert play.call("case", "states.closed") in auditor.page.locator("main").inner_text()
