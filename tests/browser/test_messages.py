"""Messages at browsers: two audiences, with scripts and without; the question before the wrong one reads; drafts."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect
from sqlalchemy import text

from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_accepted, to_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INSIDE, OUTSIDE = "They were late twice; the Chaoyang Green Bank was not.", "When do you come?"


def write(reader: Reader, words: str, tell: str = "") -> None:
    """Type into the one box of a page, and press its button."""
    assert reader.page.locator("textarea").count() == 1
    reader.page.locator("textarea").fill(words)
    if tell:
        reader.page.get_by_label(tell, exact=True).check()
    reader.follow(reader.page.locator(".composer .form-actions button"))


@pytest.mark.parametrize("java_script", [True, False], ids=["with-scripts", "without-scripts"])
def test_what_is_said_inside_stays_inside(site: Site, page_of: PageOf, java_script: bool) -> None:
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db, more_plan={"pledge": "bank"})
        site.world.send(db, number, site.world.referral(db, number, "pledge"), "pledge")
    officer, provider, supervisor = (
        page_of(one, java_script=java_script) for one in ("officer", "provider", "supervisor")
    )

    officer.open(f"/cases/{number}")
    officer.follow_to(f"/cases/{number}/messages")
    write(officer, INSIDE, tell="Supervisor")

    supervisor.open("/")
    supervisor.follow(supervisor.page.locator(".mentions a"))
    assert INSIDE in supervisor.page.locator(".messages").inner_text()
    supervisor.open("/")
    assert supervisor.page.locator(".mentions").count() == 0

    # Copied into the other box by mistake: asked about, not sent, and kept.
    officer.follow_to(f"/referrals/{referral}/messages")
    write(officer, INSIDE)
    assert officer.page.locator(".composer [role=alert] li").count() == 2
    assert officer.page.locator("textarea").input_value() == INSIDE
    provider.open(f"/referrals/{referral}")
    provider.follow_to(f"/referrals/{referral}/messages")
    assert provider.page.locator(".messages").count() == 0

    write(officer, OUTSIDE, tell="Provider")
    provider.open("/")
    provider.follow(provider.page.locator(".mentions a"))
    assert OUTSIDE in provider.page.locator(".messages").inner_text()
    write(provider, "On Monday.", tell="Officer")
    assert INSIDE not in provider.page.content()
    officer.open(f"/referrals/{referral}/messages")
    assert "On Monday." in officer.page.locator(".messages").inner_text()


def test_a_name_is_completed_by_keyboard(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db)
        db.execute(
            text("UPDATE people SET name_zh = '李娜' WHERE id = CAST(:id AS uuid)"),
            {"id": site.world.people["provider"]},
        )
    officer = page_of("officer")
    officer.open(f"/referrals/{referral}/messages")
    page, box = officer.page, officer.page.locator("textarea")
    names, ticked = page.locator("[role=option]"), page.locator("input[name=f-tell]:checked")
    box.press_sequentially("An address: a@s")
    expect(names).to_have_count(0)
    box.press_sequentially(", @s")
    expect(names).to_have_text(["Second Compliance", "Second Supervisor", "Supervisor"])
    assert box.get_attribute("aria-activedescendant") == "mention-0"
    box.press("Escape")
    expect(names).to_have_count(0)
    assert page.url.endswith("/messages")
    box.press_sequentially("u")
    expect(names).to_have_text(["Second Supervisor", "Supervisor"])
    box.press("ArrowDown")
    box.press("Enter")
    assert box.input_value() == "An address: a@s, @Supervisor "
    # A line ends as ever where no name is begun; in a Chinese sentence none stands before it; those outside are not offered.
    box.press("Enter")
    box.press_sequentially("请@李")
    expect(names).to_have_text(["Provider"])
    box.press("Enter")
    assert box.input_value() == "An address: a@s, @Supervisor \n请@Provider "
    assert [page.locator(f'label[for="{one.get_attribute("id")}"]').inner_text() for one in ticked.all()] == [
        "Provider",
        "Supervisor",
    ]
    box.press_sequentially("@Foreign")
    expect(names).to_have_count(0)
    # The caret moves: the names are those of where it stands, and what is taken replaces the name in whose midst it stood.
    box.fill("Ask ")
    box.press("End")
    box.press_sequentially("@supe")
    expect(names).to_have_text(["Second Supervisor", "Supervisor"])
    box.press("Home")
    expect(names).to_have_count(0)
    box.press("Enter")
    assert box.input_value() == "\nAsk @supe"
    box.press("End")
    box.press_sequentially("r")
    expect(names).to_have_text(["Second Supervisor", "Supervisor"])
    for _ in range(4):
        box.press("ArrowLeft")
    expect(names).to_have_text(["Second Compliance", "Second Supervisor", "Supervisor"])
    box.press("ArrowUp")
    box.press("Enter")
    assert box.input_value() == "\nAsk @Supervisor "
    box.press_sequentially("and @s")
    expect(names).to_have_count(3)
    box.click(position={"x": 10, "y": 10})
    expect(names).to_have_count(0)
    officer.follow(page.locator(".composer .form-actions button"))


@pytest.mark.parametrize("java_script", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_file_comes_with_a_reply(site: Site, page_of: PageOf, java_script: bool) -> None:
    with transaction(site.engine) as db:
        number, referral = to_accepted(site.world, db)
        site.world.write(db, "officer", load(db, home_of(db, number), "case"), referral, OUTSIDE)
    provider, officer = (page_of(one, java_script=java_script) for one in ("provider", "officer"))
    provider.open(f"/referrals/{referral}/messages")
    page = provider.page
    provider.follow(page.get_by_role("link", name="Reply to Case officer"))
    assert "In reply to Case officer" in page.locator(".composer .reply").inner_text()
    page.locator(".composer summary").click()
    chosen = FilePayload(name="protocol.pdf", mimeType="application/pdf", buffer=PDF)
    page.locator("input[type=file]").set_input_files(chosen)
    # Nothing is typed yet: what was chosen, and what is answered, stay.
    write(provider, "")
    assert "kept from your first try" in page.locator(".composer").inner_text()
    write(provider, "On Monday.")
    officer.open(f"/referrals/{referral}/messages")
    first = officer.page.locator(".messages > li").first
    assert "In reply to Officer" in first.inner_text()
    assert first.locator(".attached a[download]").inner_text() == "protocol.pdf"
    officer.follow(first.locator(".attached a.open"))
    assert "/preview" in officer.page.url


def test_a_draft_stays_in_its_box(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db)
    officer = page_of("officer")
    officer.open(f"/cases/{number}/messages")
    with officer.page.expect_response(lambda answer: answer.url.endswith("/drafts")):
        officer.page.locator("textarea").press_sequentially("I rather think that")
    officer.open(f"/referrals/{referral}/messages")
    assert officer.page.locator("textarea").input_value() == ""
    officer.open(f"/cases/{number}/messages")
    assert officer.page.locator("textarea").input_value() == "I rather think that"


def test_what_was_typed_a_moment_before_one_leaves_is_kept(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number, _ = to_referral(site.world, db)
    officer = page_of("officer")
    officer.open(f"/cases/{number}/messages")
    officer.page.locator("textarea").fill("Half a thought")
    officer.open("/account")
    # The page that was left sends it, which this one does not see.
    for _ in range(100):
        with transaction(site.engine) as db:
            if db.execute(text("SELECT FROM drafts")).first() is not None:
                break
        officer.page.wait_for_timeout(50)
    officer.open(f"/cases/{number}/messages")
    assert officer.page.locator("textarea").input_value() == "Half a thought"


def test_a_draft_still_knows_what_it_answers(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db)
        site.world.write(db, "officer", load(db, home_of(db, number), "case"), referral, OUTSIDE)
    provider = page_of("provider")
    provider.open(f"/referrals/{referral}/messages")
    provider.follow(provider.page.get_by_role("link", name="Reply to Case officer"))
    with provider.page.expect_response(lambda answer: answer.url.endswith("/drafts")):
        provider.page.locator("textarea").press_sequentially("On Monday.")
    provider.open(f"/referrals/{referral}/messages")
    reply = provider.page.locator(".composer .reply")
    assert "In reply to Case officer" in reply.inner_text()
    provider.page.locator("textarea").press_sequentially(" Or Tuesday.")
    provider.follow(reply.get_by_role("button", name="Cancel the reply"))
    # Cancelled for good, and what was typed right before stays.
    for _ in range(2):
        assert reply.count() == 0
        assert "On Monday." in provider.page.locator("textarea").input_value()
        assert "Or Tuesday." in provider.page.locator("textarea").input_value()
        provider.open(f"/referrals/{referral}/messages")
    provider.follow(provider.page.locator(".composer .form-actions button"))
    assert "In reply to" not in provider.page.locator(".messages > li").first.inner_text()
