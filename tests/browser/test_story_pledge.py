"""The story of a pledge loan, in Chinese: the officer at one browser, the lenders at others."""

from __future__ import annotations

import pytest

from casework.playbook.hand import Do
from casework.playbook.steps import do
from casework.playbook.stretches import PLEDGED
from tests.browser import stories
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.browser.storyteller import Side, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BANK = Side("bank", "foreign_provider", "bank_lead", "bank_colleague")


@pytest.fixture
def story(site: Site, page_of: PageOf) -> Story:
    made = Story(site, page_of, "pledge", BANK, chinese=True)
    made.to_request()
    return made


def test_an_offer_goes_on_until_somebody_takes_it(story: Story) -> None:
    stories.go_on_until_taken(story)


def test_the_work_is_disturbed_and_delivered(story: Story) -> None:
    stories.be_disturbed_and_deliver(story, *lent_by("bank_colleague"))


def test_what_comes_to_nothing_goes_to_another(story: Story) -> None:
    stories.come_to_nothing(story, *lent_by("other_agent"))


def lent_by(who: str) -> list[Do]:
    """The loan itself, from the application to its payment."""
    steps = (*PLEDGED, do("banker", "pledge.paid_out"))
    return [do(who if step.who == "banker" else step.who, step.what, step.about, **step.data) for step in steps]
