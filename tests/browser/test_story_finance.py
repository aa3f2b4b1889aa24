"""The story of green finance, at browsers without scripts: the officer at one, the financiers at others."""

from __future__ import annotations

import pytest

from casework.playbook.hand import Do
from casework.playbook.steps import do
from tests.browser import stories
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.browser.storyteller import Side, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FUND = Side("bank", "foreign_provider", "bank_lead", "bank_colleague")


@pytest.fixture
def story(site: Site, page_of: PageOf) -> Story:
    made = Story(site, page_of, "finance", FUND, scripts=False)
    made.to_request()
    return made


def test_an_offer_goes_on_until_somebody_takes_it(story: Story) -> None:
    stories.go_on_until_taken(story)


def test_the_work_is_disturbed_and_delivered(story: Story) -> None:
    stories.be_disturbed_and_deliver(story, *financed_by("bank_colleague"))
    stories.give_copies_back(story, "bank_colleague")


def test_what_comes_to_nothing_goes_to_another(story: Story) -> None:
    stories.come_to_nothing(story, *financed_by("other_agent"))


def financed_by(who: str) -> list[Do]:
    """The finance itself, from the catalogue to the closing."""
    return [
        do(who, "finance.green"),
        do("officer", "finance.ready", instrument="loan"),
        do(who, "finance.investor_found"),
        do(who, "finance.dd_ok"),
        do("officer", "finance.terms_agreed", valid_until=60),
        do(who, "finance.approved"),
        do("officer", "finance.docs_signed"),
        do(who, "finance.cp_met"),
    ]
