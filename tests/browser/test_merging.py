"""Two records of one thing are made into one at a browser: an organisation and a need, and the cases of both show the one that stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.operations.catalogue.organisations import record_organisation
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.world import add_match, add_record, new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def merge(reader: Reader, page: str, kept: str, reason: str) -> None:
    """From the page of the record that goes to the one that stays, by its links and buttons alone."""
    reader.open(page)
    reader.follow(reader.page.locator(f'main a[href="{page}/merge"]'))
    reader.follow(reader.page.locator(f'main a[href="{page}/merge?into={kept}"]'))
    reader.page.locator('[name="f-reason"]').fill(reason)
    if (sure := reader.page.locator('main form [name="sure"]')).count():
        sure.check()
    reader.page.locator("main form .form-actions button").first.click()
    reader.page.wait_for_url(lambda url: url.endswith(kept))


def shown(reader: Reader, path: str) -> str:
    reader.open(path)
    return str(reader.page.locator("main").inner_text())


def test_cases_of_both_show_the_one_that_stays(page_of: PageOf, site: Site) -> None:
    world, programme, numbers = site.world, site.world.programmes["BJ"], []
    with transaction(site.engine) as db:
        officer, parties, needs = world.actor(db, "officer"), [], []
        for name, title in (("Kiln Works Co., Ltd.", "Bricks without coal"), ("Kiln Works", "Bricks without any coal")):
            entered = record_organisation(
                db,
                officer,
                programme=programme,
                fields={"name": name},
                source="Register",
                request=replace(new_request(), sure=True),
            )
            parties.append(str(entered.answer["id"]))
            needs.append(add_record(db, programme, "need", title, {"title": title, "owner_id": parties[-1]}))
            technology = add_record(db, programme, "technology", title, {"title": f"A kiln for {title.lower()}"})
            world.matches.append(add_match(db, officer, programme, needs[-1], technology))
            numbers.append(world.open_case(db, -1))
    reader = page_of("officer")
    assert "Kiln Works Co., Ltd." in shown(reader, f"/cases/{numbers[0]}")
    merge(reader, f"/organisations/{parties[0]}", parties[1], "Both have one licence.")
    for number in numbers:
        said = shown(reader, f"/cases/{number}")
        assert "Kiln Works" in said
        assert "Kiln Works Co., Ltd." not in said
    merge(reader, f"/needs/{needs[0]}", needs[1], "Both came of one visit.")
    said = shown(reader, f"/needs/{needs[1]}")
    assert "Both came of one visit." in said
    assert all(number in said for number in numbers)
    old = shown(reader, f"/needs/{needs[0]}")
    assert "This record was merged." in old
    assert "Correct" not in old
    assert list(verify_all(site.engine)) == []
