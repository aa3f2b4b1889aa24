"""The page of a case as it was: by a moment or from entry to entry, to read alone, and never of what is still to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, text

from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.records.database import transaction
from casework.records.event_log import read_events
from casework.web.cases.past_page import ENTRIES
from tests.operations.privacy.erasure_scene import CANARIES, set_scene
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=to_referral)


def address(number: str, moment: str = "") -> str:
    return f"/cases/{number}/past" + (f"?as_of={quote(moment)}" if moment else "")


def test_one_goes_from_entry_to_entry(engine: Engine, browser_for: Enter, staged: tuple[str, ...]) -> None:
    number, auditor = staged[0], browser_for("auditor")
    with transaction(engine) as db:
        last = len(list(read_events(db, home_of(db, number))))
    page, seen = auditor.get(address(number)), []
    while True:
        told = words_of(page.text)
        seen.append(re.search(r"Entry (\d+) of (\d+)", told)[0])  # type: ignore[index]  # it is on each of them
        onward = re.search(r'rel="prev" data-key="p" href="([^"]+)"', page.text)
        if onward is None:
            break
        page = auditor.get(onward[1])
    assert seen == [f"Entry {n} of {last}" for n in range(last, 0, -1)]
    assert "State: Proposed" in told
    assert "No document was there." in told
    assert 'rel="next"' in page.text


def test_whose_deed_an_entry_is_looks_as_on_the_page_of_the_case(
    world: World, engine: Engine, browser_for: Enter, staged: tuple[str, ...]
) -> None:
    auditor, (number, referral) = browser_for("auditor"), staged
    with transaction(engine) as db:
        world.accept(db, number, referral)
    now, then = (
        re.findall(r'class="initials (\w*)"', page[page.index('id="history"') :])[:ENTRIES]
        for page in (auditor.get(f"/cases/{number}").text, auditor.get(address(number)).text)
    )
    assert {"ours", "theirs"} <= set(then)
    assert then == now


def test_it_shows_what_was_open_and_what_was_shared(browser_for: Enter, staged: tuple[str, ...]) -> None:
    told = words_of(browser_for("manager").get(address(staged[0])).text)
    for words in (
        "This is the past",
        "Tasks that were open",
        "Documents that were there",
        "Referrals and services",
        "Owner Officer",
    ):
        assert words in told, words


def test_nothing_on_it_does_anything(browser_for: Enter, staged: tuple[str, ...]) -> None:
    page = browser_for("compliance").get(address(staged[0])).text
    main = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r"<form method=\"(\w+)\"", main) == ["get", "get"]
    assert "/tracks/" not in main
    assert "/tasks/" not in main


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2199-01-01T00:00", "lies in the future"),
        ("1999-01-01T00:00", "The case was opened at"),
        ("some day", "Enter a day and a time"),
    ],
)
def test_what_cannot_be_shown_is_said_beside_the_moment(
    browser_for: Enter, staged: tuple[str, ...], moment: str, words: str
) -> None:
    page = browser_for("auditor").get(address(staged[0], moment))
    assert page.status_code == 422
    assert words in words_of(page.text)
    assert "Tasks that were open" not in page.text


def test_the_case_leads_there_whoever_audits_it(browser_for: Enter, staged: tuple[str, ...]) -> None:
    way = f'action="/cases/{staged[0]}/past"'
    assert way in browser_for("auditor").get(f"/cases/{staged[0]}").text
    assert way not in browser_for("officer").get(f"/cases/{staged[0]}").text


def test_each_look_is_noted_with_its_moment(engine: Engine, browser_for: Enter, staged: tuple[str, ...]) -> None:
    auditor = browser_for("auditor")
    moment = re.search(r"as_of=([^\"]+)", auditor.get(address(staged[0])).text)
    assert moment is not None
    assert auditor.get(f"/cases/{staged[0]}/past?as_of={moment[1]}").status_code == 200
    with transaction(engine) as db:
        noted = db.execute(text("SELECT address FROM readings WHERE number = :number"), {"number": staged[0]}).scalars()
        assert any("/past?as_of=" in one for one in noted)


def test_what_was_erased_later_is_gone_and_that_is_said(
    engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore, browser_for: Enter
) -> None:
    scene = set_scene(engine, superuser_engine, world, document_store)
    with transaction(engine) as db:
        moment = max(event.at for event in read_events(db, home_of(db, scene.number))) + timedelta(microseconds=1)
    page = browser_for("auditor").get(address(scene.number, moment.isoformat()))
    assert any(word in page.text for word in CANARIES)
    scene.erase()
    told = browser_for("auditor").get(address(scene.number, moment.isoformat())).text
    assert not any(word in told for word in CANARIES)
    assert "were erased later" in words_of(told)


def test_it_says_what_somebody_could_see_then(browser_for: Enter, world: World, staged: tuple[str, ...]) -> None:
    auditor, number = browser_for("auditor"), staged[0]

    def told(who: str) -> str:
        return words_of(auditor.get(f"/cases/{number}/past?who={who}").text)

    assert "Haidian Assessment Lab could see these referrals" in told(world.organisations["lab"])
    assert "Officer could see the whole case." in told(world.people["officer"])
    assert "could see number, title, step and outcome" in told(world.people["observer"])
    assert "Dispute_officer could see nothing" in told(world.people["dispute_officer"]).replace(
        "Dispute Officer", "Dispute_officer"
    )
    for nobody in (world.people["foreign_officer"], "nobody"):
        assert auditor.get(f"/cases/{number}/past?who={nobody}").status_code == 404


def test_whoever_declared_an_interest_has_no_page_and_no_way_to_it(
    engine: Engine, world: World, browser_for: Enter, staged: tuple[str, ...]
) -> None:
    browser, way = browser_for("compliance"), f"/cases/{staged[0]}/past"
    assert way in browser.get(f"/cases/{staged[0]}").text
    with transaction(engine) as db:
        declare_interest(db, world.actor(db, "compliance"), staged[0], nature="Family.", request=new_request())
    assert browser.get(address(staged[0])).status_code == 403
    assert way not in browser.get(f"/cases/{staged[0]}").text
