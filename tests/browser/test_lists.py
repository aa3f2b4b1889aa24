"""Lists of tasks in a browser: columns that never move, all rows of a page ticked at once, several done in place."""

from __future__ import annotations

import re
from typing import cast

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import text

from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.support.way_to_referral import to_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_LEFT = "cells => cells.map(cell => cell.getBoundingClientRect().x)"


def some_work(site: Site) -> None:
    with transaction(site.engine) as db:
        to_referral(site.world, db)
        for _ in range(2):
            site.world.fire(db, "officer", site.world.new_case(db), "take")


def test_text_begins_at_the_same_place_in_each_row(site: Site, page_of: PageOf) -> None:
    some_work(site)
    reader = page_of("officer")
    for path in ("/", "/queues"):
        reader.open(path)
        for column in ("case-of", "what", "due", "from"):
            left = cast("list[float]", reader.page.eval_on_selector_all(f".tasks .task > .{column}", _LEFT))
            assert len(left) > 3
            assert max(left) - min(left) < 1, f"{path}: {column}"


def test_the_whole_row_is_the_link(site: Site, page_of: PageOf) -> None:
    some_work(site)
    reader = page_of("officer")
    reader.open("/")
    row = reader.page.locator(".tasks .task").first
    leads = row.locator("a.stretch").get_attribute("href")
    box = row.locator(".due").bounding_box()
    assert box
    with reader.page.expect_navigation():
        reader.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert reader.page.url.endswith(str(leads))


def test_several_get_another_priority_without_leaving_the_list(site: Site, page_of: PageOf) -> None:
    some_work(site)
    reader = page_of("officer")
    reader.open("/")
    page = reader.page
    bar = page.locator(".bulk")
    assert not bar.is_visible()
    page.click("a[data-all]")
    assert page.locator(".tick input:not(:checked)").count() == 0
    page.click("a[data-all]")
    assert page.locator(".tick input:checked").count() == 0
    for tick in page.locator("#later .tick input, #week .tick input").all()[:2]:
        tick.check()
    bar.locator("button[value=modify]").click()
    place = page.locator(".in-place")
    place.locator("[name=priority]").select_option("high")
    place.locator("[name=reason]").fill("Promised.")
    place.locator(".btn-primary").click()
    assert place.locator("[role=status]").inner_text()
    place.locator("[name=sure] ~ .form-actions .btn-primary").click()
    place.locator("[role=status] a").click()
    page.wait_for_load_state()
    assert reader.path == "/"
    with transaction(site.engine) as db:
        assert db.execute(text("SELECT count(*) FROM tasks WHERE priority = 1 AND closed_at IS NULL")).scalar_one() == 2


@pytest.mark.parametrize("path", ["/", "/queues"])
def test_more_of_the_first_task_stands_beside_the_list_at_once(site: Site, page_of: PageOf, path: str) -> None:
    some_work(site)
    reader = page_of("officer")
    reader.open(path)
    beside, rows = reader.page.locator(".beside-list"), reader.page.locator(".tasks .task[data-look] .what a")
    expect(beside.locator("h2")).to_contain_text(rows.first.inner_text().split("\n")[0])
    # What nobody has asked for is not read out.
    expect(beside).to_have_attribute("aria-live", "off")
    rows.last.focus()
    expect(reader.page.locator(".tasks .task").last).to_have_class(re.compile("looked-at"))
    expect(beside).to_have_attribute("aria-live", "polite")


def test_a_preview_that_comes_late_moves_nothing(site: Site, page_of: PageOf) -> None:
    """Of somebody with so little to do that the preview is longer than the list."""
    with transaction(site.engine) as db:
        site.world.fire(db, "officer", site.world.new_case(db), "take")
    page = page_of("officer").page
    page.set_viewport_size({"width": 1440, "height": 700})
    held: list[Route] = []
    page.route("**/preview*", lambda route: held.append(route))
    page.goto(site.base + "/")
    expect(page.locator(".beside-list > .second")).to_be_visible()
    before = page.evaluate("document.documentElement.scrollHeight")
    page.wait_for_timeout(100)
    for one in held:
        one.continue_()
    expect(page.locator(".beside-list .preview-part")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") == before


def test_several_cases_are_put_on_hold_without_leaving_the_list(site: Site, page_of: PageOf) -> None:
    some_work(site)
    reader = page_of("officer")
    reader.open("/cases?sort=number")
    page = reader.page
    assert not page.locator(".bulk").is_visible()
    page.click("a[data-all]")
    assert page.locator(".tick input:not(:checked)").count() == 0
    page.locator(".bulk button[value=hold]").click()
    place = page.locator(".in-place")
    form = place.locator("form[data-draft]")
    # Questions that follow from an answer are hidden until it is given, here too.
    expect(form.locator("[data-when]").first).to_be_hidden()
    form.locator("select[name=f-reason]").select_option("budget")
    form.locator("[name=f-waits_for][value=need_owner]").check()
    form.locator("[name=f-waits_until][value=event]").check()
    form.locator("[name=f-event]").fill("The budget is decided")
    form.locator(".form-actions .btn").click()
    place.locator("[name=sure] ~ .form-actions .btn-primary").click()
    place.locator("[role=status] a").click()
    page.wait_for_load_state()
    assert page.url.endswith("/cases?sort=number")
    with transaction(site.engine) as db:
        assert db.execute(text("SELECT count(*) FROM cases WHERE hold IS NOT NULL")).scalar_one() > 0
