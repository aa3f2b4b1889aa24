"""The story of a technology assessment, in English and with scripts: the officer at one browser, the assessors at others."""

from __future__ import annotations

import pytest

from casework.playbook.steps import do
from casework.playbook.stretches import Pressed, assessed
from tests.browser import stories
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.browser.storyteller import Side, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAB = Side("lab", "provider", "provider_lead", "colleague")


@pytest.fixture
def story(site: Site, page_of: PageOf) -> Story:
    made = Story(site, page_of, "assessment", LAB)
    made.to_request()
    return made


def test_an_offer_goes_on_until_somebody_takes_it(story: Story) -> None:
    stories.go_on_until_taken(story)


def test_the_work_is_disturbed_and_delivered(story: Story) -> None:
    stories.be_disturbed_and_deliver(story, *assessed_by("colleague"))
    stories.give_copies_back(story, "colleague")


def test_what_comes_to_nothing_goes_to_another(story: Story) -> None:
    stories.come_to_nothing(story, *assessed_by("other_agent"))


def assessed_by(who: str) -> Pressed:
    """The assessment itself, from the application to the statement."""
    return (*assessed(who), do(who, "assessment.issue_pass"))


def test_two_are_asked_at_once_and_the_first_result_counts(story: Story) -> None:
    story.play(do("officer", "referral:assessment.send", beside=["other"], join="first"))
    waits = story.say("Waits for %(needed)s of %(possible)s results: %(service)s (there so far: %(there)s)")
    told = {"needed": 1, "possible": 2, "service": story.say("green technology assessment"), "there": 0}
    story.reads(story.at_case("officer"), waits % told)
    story.play(do("officer", "case.change_join", service="assessment", join="all", reason="Two opinions are better."))
    story.reads(story.at_case("officer"), waits % (told | {"needed": 2}))
    story.play(do("officer", "case.change_join", service="assessment", join="first", reason="One is enough."))
    first, second = f"/referrals/{story.referral(0)}", f"/referrals/{story.referral(1)}"
    for who, path, other in (("provider", first, "other"), ("other_agent", second, "lab")):
        story.of(who).open(path)
        story.reads_nothing_of(story.of(who), story.name(other))
    story.behind(do("other_agent", "referral:assessment.accept"), *assessed_by("other_agent"))
    stories.hand_in_result(story, "other_agent")
    story.behind(do("other_agent", "referral:assessment.deliver"), do("officer", "referral:assessment.approve"))
    story.of("provider").open(first)
    story.reads(
        story.of("provider"),
        story.of_referral("states.cancelled"),
        "withdrew the request, for its result is no longer needed",
    )
    officer = story.at_case("officer")
    story.reads(officer, "As many results as the case waited for are there")
    story.play(do("officer", "case.assessment_passed"))
