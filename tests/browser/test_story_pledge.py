"""The story of a pledge loan, in Chinese: the officer at one browser, the lenders at others."""

from __future__ import annotations

import pytest

from casework.demo.driver import Do, do
from casework.demo.scripts import PLEDGED
from tests.browser import stories
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.browser.stories import Side, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BANK = Side("bank", "foreign_provider", "bank_lead", "bank_colleague")


@pytest.fixture
def story(site: Site, page_of: PageOf) -> Story:
    made = Story(site, page_of, "pledge", BANK, chinese=True)
    made.to_request()
    return made


def test_an_offer_goes_on_until_somebody_takes_it(story: Story) -> None:
    stories.decline(story)
    stories.choose_another(story)
    stories.have_a_conflict(story)
    stories.ask_back(story)
    stories.stay_silent(story)
    stories.take_it(story)


def test_the_work_is_disturbed_and_delivered(story: Story) -> None:
    stories.set_to_work(story)
    stories.have_a_conflict_waived(story)
    stories.hand_to_a_colleague(story)
    stories.rest(story)
    stories.ask_for_time(story)
    stories.deliver_a_part(story)
    story.behind(*lent_by("bank_colleague"))
    stories.deliver_twice(story)


def test_what_comes_to_nothing_goes_to_another(story: Story) -> None:
    stories.set_to_work(story)
    stories.give_up(story)
    stories.list_what_is_usable(story)
    story.behind(do("other_agent", "referral:pledge.accept"), *lent_by("other_agent"))
    stories.hand_in_result(story, "other_agent")
    story.behind(do("other_agent", "referral:pledge.deliver"))
    stories.reject(story)
    stories.withdraw(story)
    stories.give_copies_back(story, "foreign_provider")


def lent_by(who: str) -> list[Do]:
    """The loan itself, from the application to its payment."""
    steps = [step for step in (*PLEDGED, do("banker", "pledge.paid_out")) if isinstance(step, Do)]
    return [do(who if step.who == "banker" else step.who, step.what, step.about, **step.data) for step in steps]
