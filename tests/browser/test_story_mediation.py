"""The story of a sealed mediation, without question, papers or rounds: the dispute officer at one browser, the mediators at others."""

from __future__ import annotations

import pytest

from casework.playbook.steps import do
from tests.browser import stories
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.browser.storyteller import Sealed, Side

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CENTER = Side("lab", "provider", "provider_lead", "colleague")


@pytest.fixture
def story(site: Site, page_of: PageOf) -> Sealed:
    made = Sealed(site, page_of, "mediation", CENTER)
    made.to_case()
    return made


def test_who_declines_a_mediation_is_followed_by_another_one(story: Sealed) -> None:
    story.open_at_page()
    story.play(do("dispute_officer", story.action("send"), provider="lab"))
    stories.ask_back(story)
    story.play(do("provider", story.action("decline"), reason="no_capacity", note="No mediator is free."))
    officer = story.at_office()
    story.reads(officer, story.of_referral("states.declined"), "No mediator is free.")
    story.open_at_page()
    story.play(do("dispute_officer", story.action("send"), provider="other"))
    story.reads_nothing_of(story.at_referral("other_agent"), story.name("lab"), "No mediator is free.")
    story.play(do("other_agent", story.action("accept")))
    story.reads(story.at_office(), story.of_referral("states.accepted"))


def test_a_mediation_is_disturbed_and_delivered(story: Sealed) -> None:
    story.open_behind()
    stories.set_to_work(story)
    stories.have_a_conflict_waived(story)
    stories.hand_to_a_colleague(story)
    stories.rest(story)
    stories.ask_for_time(story)
    story.behind(
        do("dispute_officer", "mediation.open_options"),
        do("dispute_officer", "mediation.clause_applies"),
        do("colleague", "mediation.fee_waived"),
        do("colleague", "mediation.appointed_free"),
        do("colleague", "mediation.settle_full"),
    )
    story.play(do("colleague", story.action("deliver")))
    officer = story.at_office()
    # Of a mediation nothing comes back for correction, and nothing is rejected.
    assert not officer.page.locator('main a[href$="/return"], main a[href$="/reject"]').count()
    story.play(do("dispute_officer", story.action("approve")))
    story.at_case("dispute_officer").follow_to("/contract")
    stories.object_and_settle(story, "approve")
    story.reads(story.at_referral("colleague"), story.of_referral("states.completed"))


@pytest.mark.parametrize(
    ("who", "transition", "data", "state"),
    [
        ("dispute_officer", "cancel", {"reason": "not_needed", "note": "They talk again."}, "cancelled"),
        ("provider", "give_up", {"reason": "The mediator has fallen ill."}, "failed"),
        ("dispute_officer", "uphold_conflict", {"reason": "It advised one of them."}, "cancelled"),
    ],
)
def test_a_mediation_comes_to_nothing(
    story: Sealed, who: str, transition: str, data: dict[str, str], state: str
) -> None:
    story.open_behind()
    stories.set_to_work(story)
    if transition == "uphold_conflict":
        story.play(
            do("provider", story.action("declare_conflict"), nature="earlier_work", note="I advised one of them.")
        )
    story.play(do(who, story.action(transition), **data))
    story.reads(story.at_office(), story.of_referral(f"states.{state}"))
    reader = story.at_referral("provider_lead")
    story.reads(
        reader,
        story.of_referral(f"states.{state}"),
        *[words for field, words in data.items() if field != "reason" or transition != "cancel"],
    )


def test_nobody_answers(story: Sealed) -> None:
    story.open_behind()
    story.play(do("dispute_officer", story.action("send"), provider="lab"))
    stories.stay_silent(story)
    story.cannot_open("officer", f"/mediations/{story.log}")
    story.cannot_open("supervisor", f"/referrals/{story.referral()}")
