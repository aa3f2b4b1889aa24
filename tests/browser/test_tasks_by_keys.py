"""What a day costs at the keyboard: the tasks of each role, with the keys that one presses and the pages that one works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.keys import Focus, Keyboard, called
from tests.browser.measures import Tally
from tests.browser.site import Site
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_accepted, to_plan, to_referral, to_request, to_scoping
from tests.support.world import World, today

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def named(name: str, value: str | None = None) -> Callable[[Focus], bool]:
    """Whether the stop is the control of that name."""
    return lambda one: one["name"] == name and value in (None, one["value"])


def in_days(number: int) -> str:
    """A day as one types it into the field of a browser that speaks English as in the States."""
    return (today() + timedelta(days=number)).strftime("%m%d%Y")


@contextmanager
def story(tally: Tally, words: str, *, keys: int, pages: int) -> Iterator[None]:
    """Count what is done within it, print it, and hold it to the most that it may cost."""
    tally.begin()
    yield
    print(f"{words}: {tally.keys} keys, {tally.letters} letters, {tally.pages} pages")
    assert tally.keys <= keys, f"{words}: more than {keys} keys"
    assert tally.pages <= pages, f"{words}: more than {pages} pages"


def at(page_of: PageOf, role: str, path: str = "/") -> Keyboard:
    keys = Keyboard(page_of(role))
    if path != keys.reader.path:
        keys.reader.open(path)
    return keys


def test_an_officer_comes_to_the_next_task_by_one_key(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number = site.world.new_case(db)
    keys = at(page_of, "officer")
    with story(keys.tally, "officer: take the next task", keys=1, pages=0):
        keys.turn("n")
    # Where it is done, not only where one reads of it.
    assert keys.reader.path.startswith(f"/cases/{number}/tracks/")
    assert keys.reader.page.locator("form.asks .form-actions button").count() == 1


def _structuring(world: World, db: Connection) -> str:
    number, _ = to_request(world, db)
    world.fire(db, "officer", number, "waive_assessment", {"reason": "provider_not_available", "note": "None is free."})
    world.fire(db, "supervisor", number, "waive_assessment")
    return number


def test_a_waiver_is_asked_for_on_one_page_and_decided_on_one(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number = _structuring(site.world, db)
    officer = at(page_of, "officer", f"/cases/{number}")
    with story(officer.tally, "officer: ask for a waiver", keys=8, pages=1):
        officer.go_by_palette("waiver", "Ask for a waiver")
        officer.press("a")
        officer.press("Space")
        officer.go_to(named("f-reason"))
        officer.write("The register is closed.")
        officer.send()
    decision = site.task(number, "decide_waiver")
    supervisor = at(page_of, "supervisor")
    with story(supervisor.tally, "supervisor: decide on a waiver", keys=6, pages=1):
        supervisor.turn("n")
        assert supervisor.reader.path == f"/decisions/{decision}"
        supervisor.press("a")
        supervisor.write("It opens again in spring.")
        supervisor.go_to(named("answer", "granted:yes"))
        supervisor.send("Enter")
    assert not site.ids("SELECT id FROM tasks WHERE name = 'decide_waiver' AND closed_at IS NULL")


def test_from_the_plan_to_the_request_that_is_sent(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number = to_scoping(site.world, db)
    plan = site.task(number, "service_plan")
    officer = at(page_of, "officer")
    with story(officer.tally, "officer: make the plan", keys=26, pages=1):
        officer.go_to_row(f"/tasks/{plan}")
        officer.turn("o")
        officer.press("a")
        officer.press("ArrowDown")
        officer.go_to(named("f-assessment_on"))
        officer.write(in_days(60))
        officer.go_to(named("f-payer"))
        officer.press("ArrowDown")
        officer.go_to(named("f-skip_assessment"))
        officer.press("ArrowUp")
        officer.send()
    decision = site.task(number, "decide_plan")
    supervisor = at(page_of, "supervisor")
    with story(supervisor.tally, "supervisor: approve a plan", keys=6, pages=1):
        supervisor.turn("n")
        assert supervisor.reader.path == f"/decisions/{decision}"
        supervisor.press("a")
        supervisor.go_to(named("answer", "fire:approve_plan"))
        supervisor.send("Enter")
    with transaction(site.engine) as db:
        referral = site.world.referral(db, number, "assessment")
    officer.reader.open("/")
    with story(officer.tally, "officer: send the request", keys=30, pages=1):
        officer.go_to_row(f"/tracks/{referral}/send")
        officer.turn("o")
        officer.press("a")
        officer.go_to(named("f-wanted_on"))
        officer.write(in_days(60))
        officer.go_to(named("f-question"))
        officer.write("Does it reach 180 degrees?")
        officer.send()
    assert site.ids("SELECT id FROM tracks WHERE id = CAST(:id AS uuid) AND 'sent' = ANY(states)", id=referral)


def test_a_supervisor_returns_a_plan(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number = to_plan(site.world, db)
    supervisor, decision = at(page_of, "supervisor"), f"/decisions/{site.task(number, 'decide_plan')}"
    supervisor.reader.open(decision)
    supervisor.press("a")
    # A key that sends a form must not choose among answers.
    supervisor.press("Control+Enter")
    supervisor.reader.page.wait_for_timeout(300)
    assert supervisor.reader.path == decision
    assert site.task(number, "decide_plan")
    supervisor.reader.open("/")
    with story(supervisor.tally, "supervisor: return a plan", keys=7, pages=1):
        supervisor.turn("n")
        assert supervisor.reader.path == decision
        supervisor.press("a")
        supervisor.write("Say who pays.")
        supervisor.go_to(named("answer", "complete"))
        supervisor.send("Enter")
    assert site.task(number, "service_plan")


def test_a_provider_answers_an_offer(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        _, first = to_referral(site.world, db)
        _, second = to_referral(site.world, db)
    keys = at(page_of, "provider")
    with story(keys.tally, "provider: accept an offer", keys=9, pages=1):
        keys.go_to_row(f"/referrals/{first}")
        keys.turn("o")
        keys.press("a")
        keys.press("ArrowDown")
        keys.go_to(named("f-confidentiality"))
        keys.press("Space")
        keys.send()
    assert site.ids("SELECT id FROM tracks WHERE id = CAST(:id AS uuid) AND 'accepted' = ANY(states)", id=first)
    keys.reader.open("/")
    with story(keys.tally, "provider: decline an offer", keys=20, pages=2):
        keys.go_to_row(f"/referrals/{second}")
        keys.turn("o")
        keys.press("a")
        keys.follow(called("Decline"))
        keys.press("a")
        keys.press("Space")
        keys.send()
    assert site.ids("SELECT id FROM tracks WHERE id = CAST(:id AS uuid) AND 'declined' = ANY(states)", id=second)


def test_a_provider_hands_in_a_paper_where_it_is_asked_for(site: Site, page_of: PageOf, tmp_path: Path) -> None:
    with transaction(site.engine) as db:
        number, referral = to_accepted(site.world, db)
        site.world.fire(db, "provider", number, "start", track=referral)
    paper = tmp_path / "first half.pdf"
    paper.write_bytes(PDF)
    keys = at(page_of, "provider", f"/referrals/{referral}")
    with story(keys.tally, "provider: hand in a part, with its paper", keys=25, pages=1):
        keys.follow(called("Deliver part of the result"))
        keys.press("a")
        keys.write("The first half")
        # The browser is told to hand over its dialogue first: at the press itself it would come too late at times.
        with keys.reader.page.expect_file_chooser() as chooser:
            keys.go_to(named("u-documents"))
            keys.press("Enter")
        chooser.value.set_files(paper)
        keys.send()
    assert site.ids("SELECT name FROM files") == ["first half.pdf"]


def test_an_auditor_finds_a_case_in_the_list_and_verifies_it(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number, other = site.world.new_case(db), site.world.new_case(db)
    assert number != other
    keys = at(page_of, "auditor")
    with story(keys.tally, "auditor: find and verify a case", keys=8, pages=1):
        keys.press("g")
        keys.turn("c")
        keys.go_to_row(f"/cases/{number}")
        keys.follow(called("Verify"))
    assert keys.reader.path == f"/cases/{number}/verify"
    assert "every entry as recorded and allowed" in keys.reader.page.locator("[role=status]").first.inner_text()
    keys.reader.open("/")
    tally, page = keys.tally, keys.reader.page
    tally.begin()
    for link in ('nav.rail a[href="/cases"]', f'main a[href="/cases/{number}/verify"]'):
        tally.click()
        keys.reader.follow(page.locator(link))
    print(f"auditor: find and verify a case with a mouse: {tally.clicks} clicks")
    assert tally.clicks <= 2


def test_an_administrator_invites_somebody(site: Site, page_of: PageOf) -> None:
    keys = at(page_of, "administrator", "/people")
    with story(keys.tally, "administrator: invite somebody", keys=14, pages=2):
        keys.go_by_palette("people", "People")
        keys.press("a")
        keys.turn("Enter")
        keys.press("a")
        keys.write("new@example.org")
        keys.go_to(named("name"))
        keys.write("Newcomer")
        keys.go_to(named("where"))
        keys.press("ArrowDown")
        keys.go_to(named("roles", "officer"))
        keys.press("Space")
        keys.send()
    assert keys.reader.page.locator(".code-told").count() == 1
