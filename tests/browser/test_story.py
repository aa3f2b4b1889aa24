"""The story of a case as its people live it, each at a browser of their own, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PARTIES = ("need_owner", "technology_owner")


@pytest.mark.parametrize(
    ("java_script", "locale"), [(True, "en-GB"), (False, "en-GB"), (True, "zh-CN")],
    ids=["with-scripts", "without-scripts", "in-chinese"],
)  # fmt: skip
def test_a_case_goes_from_its_match_to_a_proven_assessment(
    site: Site, page_of: PageOf, java_script: bool, locale: str
) -> None:
    def enter(role: str) -> Reader:
        return page_of(role, java_script=java_script, locale=locale)

    officer = enter("officer")
    number = open_case(officer)
    plan(site, number, officer, enter("compliance"), enter("supervisor"))
    refer(site, number, officer, enter)
    read(number, enter("auditor"))


def open_case(officer: Reader) -> str:
    officer.follow(officer.page.locator('nav.rail a[href="/matches"]'))
    officer.follow(officer.page.locator(".matches form button"))
    number = officer.path.removeprefix("/cases/")
    assert number in officer.page.locator("h1").inner_text()
    assert number in officer.page.locator("[role=status]").inner_text()
    return number


def finish(reader: Reader, site: Site, number: str, task: str, about: str | None = None, /, **said: object) -> None:
    """Finish a task that stands on the page of its case."""
    reader.open(f"/cases/{number}")
    reader.follow_to(f"/tasks/{site.task(number, task, about)}")
    reader.answer(**said)


def fire(reader: Reader, number: str, transition: str, **said: object) -> None:
    """Do an action that stands on the page of the case."""
    reader.open(f"/cases/{number}")
    reader.do(transition, **said)


def plan(site: Site, number: str, officer: Reader, compliance: Reader, supervisor: Reader) -> None:
    """From the new case to a plan that the supervisor has approved."""
    fire(officer, number, "take")
    finish(
        officer, site, number, "triage_check", need_complete=True, technology_complete=True, duplicate_checked=True,
        rationale_fits=True, interest="none",
    )  # fmt: skip
    fire(officer, number, "pass_triage")
    for side in PARTIES:
        finish(officer, site, number, "record_consent", side, agreed=True)
    fire(officer, number, "confirm_interest")
    for side in PARTIES:
        finish(compliance, site, number, "screening", side, result="clear", owners_checked=True)
    finish(officer, site, number, "nda", status="signed", signed_on=0)
    finish(
        officer, site, number, "service_plan", assessment=site.world.organisations["lab"], assessment_on=60,
        payer="programme", skip_assessment=False,
    )  # fmt: skip
    fire(supervisor, number, "approve_plan")


def refer(site: Site, number: str, officer: Reader, enter: Callable[[str], Reader]) -> None:
    """The referral is sent, accepted and delivered, and the officer approves what was delivered."""
    officer.open(f"/cases/{number}")
    officer.do("documents/new", title="The file of the boiler")
    paper = site.ids("SELECT id FROM documents")[0]
    lab = site.world.organisations["lab"]
    fire(officer, number, "send", provider=lab, service="assessment", fee="programme", wanted_on=60, documents=paper)
    provider = enter("provider")
    provider.follow(provider.page.locator('main a[href^="/referrals/"]:not([href$="working"]):not([href$="delivered"])'))
    page = provider.path
    provider.answer(
        interest=False, confidentiality=True, person=site.world.people["provider"], charge="free", planned_on=30
    )
    for step in ("admit", "engage", "fix_plan", "data_enough", "panel_done", "send_draft"):
        provider.open(page)
        provider.do(step)
    fire(officer, number, "comments_in")
    provider.open(page)
    provider.do("issue_pass", valid_until=700)
    provider.open(page)
    provider.do("deliver")
    fire(officer, number, "approve", rating="5")
    fire(officer, number, "assessment_passed")


def read(number: str, auditor: Reader) -> None:
    """The auditor reads the history and has it verified."""
    auditor.open(f"/cases/{number}")
    auditor.follow_to(f"/cases/{number}/history")
    auditor.follow_to(f"/cases/{number}/verify")
    assert auditor.page.locator(".verdict:not(.bad)").count() == 1
