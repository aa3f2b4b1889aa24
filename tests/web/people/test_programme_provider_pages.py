"""The providers that a programme asks, on its pages: seen, chosen with a reason, taken off the list, and refused in a request."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.core.programme_providers import providers_of
from casework.records.database import transaction
from tests.support.way_to_referral import to_request
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def revision_of(page: str) -> str:
    return page.split('name="revision" value="')[1].split('"')[0]


def choose(browser: Browser, where: str, *ids: str, reason: str = "", whom: str = "listed") -> str:
    form = f"{where}/change"
    given = {"f-whom": whom, "f-providers": list(ids), "f-reason": reason}
    return browser.post(form, given | {"revision": revision_of(browser.get(form).text)}, follow=True).text


def test_a_supervisor_chooses_providers_and_takes_one_off_the_list(world: World, browser_for: BrowserFor) -> None:
    browser, settings = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    where, lab, bank = f"{settings}/providers", world.organisations["lab"], world.organisations["bank"]
    assert "every provider is asked" in browser.get(settings).text
    page = browser.get(where).text
    assert "asks every provider" in page
    assert "Third Eye Verification" in page
    assert "say why" in choose(browser, where, lab, bank)
    page = choose(browser, where, lab, bank, reason="They know us.")
    assert "New requests go to these providers alone" in page
    assert "Third Eye Verification" not in page.split("<main")[1]
    off = f"{where}/change?without={bank}"
    assert f'href="{off}"' in page
    form = browser.get(off).text
    assert f'value="{lab}" checked' in form
    assert f'value="{bank}" checked' not in form
    given = {"f-whom": "listed", "f-providers": [lab], "revision": revision_of(form)}
    refused = browser.post(off, given)
    assert refused.status_code == 422
    assert f'value="{lab}" checked' in refused.text
    browser.post(off, given | {"f-reason": "It closed."}, follow=True)
    page = browser.get(settings).text
    assert "1 provider is asked" in page
    assert "Supervisor changed which providers are asked" in page
    # The directory marks whom the programme does not ask, for those who choose; a provider learns nothing of the list.
    directory = browser.get("/providers").text
    rows = {row.split("</a>")[0].rsplit(">", 1)[1]: row for row in directory.split("<tr")[2:]}
    assert {"not asked by Beijing pilot" in row for name, row in rows.items() if name != "Haidian Assessment Lab"} == {
        True
    }
    assert "not asked by" not in rows["Haidian Assessment Lab"]
    assert "<del>on the list</del> no longer on the list" in page
    assert "<del>every provider</del> those on the list" in page
    assert "It closed." in page


def test_a_list_with_nobody_on_it_says_what_that_means(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings/providers"
    assert "no request of this programme can be sent" in choose(browser, where, reason="A new start.")
    page = choose(browser, where, whom="every", reason="All may come.")
    assert "asks every provider" in page
    assert "New requests go to every provider." in page
    assert "these providers alone" not in page


def test_an_administrator_reads_it_and_nobody_else_finds_it(world: World, browser_for: BrowserFor) -> None:
    where = f"/programmes/{world.programmes['BJ']}/settings/providers"
    choose(browser_for("supervisor"), where, world.organisations["lab"], reason="So.")
    page = browser_for("administrator").get(where).text
    assert "Haidian Assessment Lab" in page
    assert "/change" not in page
    for name in ("provider", "provider_lead", "foreign_officer", "auditor"):
        assert browser_for(name).get(where).status_code in (403, 404)
        assert browser_for(name).get(f"{where}/change").status_code in (403, 404)


def test_a_request_offers_those_who_are_asked_and_says_why_another_is_refused(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    where, lab = f"/programmes/{world.programmes['BJ']}/settings/providers", world.organisations["lab"]
    with transaction(engine) as db:
        number, referral = to_request(world, db)
    officer, action = browser_for("officer"), f"/cases/{number}/tracks/{referral}/send"
    asked = officer.get(action).text
    assert lab in asked
    choose(browser_for("supervisor"), where, world.organisations["bank"], reason="So.")
    assert lab not in officer.get(action).text.split("<main")[1]
    given = {"f-provider": lab, "f-fee": "programme", "f-question": "Does it?", "revision": revision_of(asked)}
    refused = officer.post(action, given)
    assert refused.status_code == 422
    assert (
        "list of providers: choose another, or let a supervisor add it under Settings, Providers of the programme"
        in refused.text
    )


def test_a_provider_on_the_list_that_gave_up_its_services_stays_until_it_is_taken_off(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings/providers"
    lab, bank, verifier = (world.organisations[name] for name in ("lab", "bank", "inspectors"))
    choose(browser, where, lab, bank, reason="So.")
    with transaction(engine) as db:
        db.execute(text("UPDATE organisations SET services = '{}' WHERE id = CAST(:id AS uuid)"), {"id": lab})
    assert "Takes no requests" in browser.get(where).text
    form = browser.get(f"{where}/change").text
    assert f'value="{lab}" checked' in form
    assert "Haidian Assessment Lab (takes no requests)" in form
    assert "say why" not in choose(browser, where, lab, bank, verifier)
    with transaction(engine) as db:
        assert set(providers_of(db, world.programmes["BJ"]) or ()) == {lab, bank, verifier}
