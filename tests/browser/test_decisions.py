"""Everything that takes two persons, played at two browsers: asked for by the one, and agreed to or not by the other.

What there is to decide follows from the editions, so that a new one is played by itself, or fails for want of a scene.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.definition.editions import TransitionRule
from casework.engine.state.case import Case
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.browser.browser_hand import BrowserHand
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.way_to_referral import complete, to_request
from tests.support.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Json = Any


def two_person_rules() -> Mapping[str, TransitionRule]:
    """By workflow and name: what one person asks for and a second one decides, in every edition in force."""
    library = load_library()
    latest = (library.latest(name) for name in sorted({one.workflow for one in library.editions.values()}))
    return {f"{one.workflow}.{rule.name}": rule for one in latest if one for rule in one.transitions if rule.confirm_by}


RULES = two_person_rules()


def _taken(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


def _closed(world: World, db: Connection) -> str:
    number = _taken(world, db)
    complete(
        world,
        db,
        "officer",
        number,
        "triage_check",
        data={
            "need_complete": True,
            "technology_complete": True,
            "duplicate_checked": True,
            "rationale_fits": True,
            "interest": "none",
        },
    )
    world.fire(
        db,
        "officer",
        number,
        "propose_close",
        {"outcome": "no_agreement", "reason": "other/other", "statements": "None"},
    )
    world.fire(
        db,
        "supervisor",
        number,
        "close",
        {
            "outcome": "no_agreement",
            "reason": "other/other",
        },
    )
    return number


#: A case in a state, by operations: for whatever may be asked for there.
SCENES: Mapping[str, Callable[[World, Connection], str]] = {
    "triage": _taken, "assessment": lambda world, db: to_request(world, db)[0], "closed": _closed,
}  # fmt: skip


#: What is answered where the first choice would need more than the scene has.
ANSWERS: Mapping[str, Mapping[str, Json]] = {"waive_assessment": {"reason": "provider_not_available"}}


def _persons(rule: TransitionRule) -> tuple[str, str]:
    """Who of the world asks, and who decides."""
    first = rule.by_people[0]
    second = next(iter(rule.confirm_by))
    return first, f"second_{second}" if second == first else second


def _play(site: Site, page_of: PageOf, rule: TransitionRule, *, chinese: bool) -> tuple[BrowserHand, Reader, Reader]:
    """Both at their browsers, with a case in which it may be asked for."""
    place = next(one for one in rule.sources if one in SCENES)
    locale = "zh-CN" if chinese else "en-GB"
    hand = BrowserHand(site, lambda who: page_of(who, locale=locale), chinese=chinese)
    with transaction(site.engine) as db:
        hand.number = SCENES[place](site.world, db)
    first, second = _persons(rule)
    return hand, page_of(first, locale=locale), page_of(second, locale=locale)


def _case(site: Site, number: str) -> Case:
    with transaction(site.engine) as db:
        return load(db, home_of(db, number), "case")


def _ask(hand: BrowserHand, workflow: str, rule: TransitionRule, first: Reader) -> None:
    """The first word, with the form of the page."""
    do = hand.call(workflow, f"transitions.{rule.name}.do")
    first.open(f"/cases/{hand.number}")
    first.press(f'main a[href$="/{rule.name}"]', do)
    first.answer(**ANSWERS.get(rule.name, {}))
    [pending] = _case(hand.site, hand.number).proposals.values()
    assert pending.transition == rule.name
    # Who asked is told that another person decides, and is offered no answer.
    first.open(f"/cases/{hand.number}/tracks/{pending.track}/{rule.name}")
    assert first.path == f"/decisions/{pending.task}"
    assert not first.page.locator('button[name="answer"]').count()
    assert (
        hand.say("You asked for it, so another person decides: %(roles)s.").split("%")[0]
        in first.page.locator("main").inner_text()
    )


def _come_to_it(hand: BrowserHand, second: Reader) -> str:
    """The second person finds it among the decisions, sees what is asked, and by whom; gives the task."""
    [pending] = _case(hand.site, hand.number).proposals.values()
    second.open("/decisions")
    second.follow_to(f"/decisions/{pending.task}")
    said = second.page.locator("main").inner_text()
    [asker] = hand.site.ids("SELECT name FROM people WHERE id = CAST(:id AS uuid)", id=pending.actor)
    assert asker in said
    assert "As filed." in said, "what the first person wrote is not shown"
    for button in ("confirm", "refuse"):
        assert second.page.locator(f'button[name="answer"][value="{button}"]').count() == 1
    return pending.task


def _press(reader: Reader, answer: str) -> None:
    reader.follow(reader.page.locator(f'button[name="answer"][value="{answer}"]'))


@pytest.mark.parametrize("name", RULES)
def test_what_one_person_asks_for_is_done_when_another_agrees(site: Site, page_of: PageOf, name: str) -> None:
    rule, workflow = RULES[name], name.split(".")[0]
    hand, first, second = _play(site, page_of, rule, chinese=False)
    before = _case(site, hand.number)
    _ask(hand, workflow, rule, first)
    assert _case(site, hand.number).main.states == before.main.states
    _come_to_it(hand, second)
    _press(second, "confirm")
    after = _case(site, hand.number)
    assert not after.proposals
    assert rule.name in after.main.fired
    assert after.main.states == (before.main.states if rule.target == "=same" else (rule.target,))
    assert second.path == f"/cases/{hand.number}"
    assert hand.number in second.page.locator("h1").first.inner_text() or hand.told(second)


@pytest.mark.parametrize("name", RULES)
def test_what_one_person_asks_for_is_not_done_when_another_does_not_agree(
    site: Site, page_of: PageOf, name: str
) -> None:
    rule, workflow = RULES[name], name.split(".")[0]
    hand, first, second = _play(site, page_of, rule, chinese=True)
    before = _case(site, hand.number)
    _ask(hand, workflow, rule, first)
    task = _come_to_it(hand, second)
    _press(second, "refuse")
    # Without a reason nothing is decided, and the page says which field is missing.
    assert second.path == f"/decisions/{task}"
    assert second.page.locator("#reason-fault").count() == 1
    assert _case(site, hand.number).proposals
    second.page.locator("#reason").fill("The reason is not good enough.")
    _press(second, "refuse")
    after = _case(site, hand.number)
    assert not after.proposals
    assert not after.frozen
    assert after.main.states == before.main.states
    assert rule.name not in after.main.fired or rule.name in before.main.fired
    # Whoever asked reads why, and may ask again.
    first.open(f"/cases/{hand.number}/history")
    assert "The reason is not good enough." in first.page.content()
    _ask(hand, workflow, rule, first)
    # What has been decided is offered to nobody.
    second.open(f"/decisions/{task}")
    assert not second.page.locator('button[name="answer"]').count()
