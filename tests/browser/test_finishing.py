"""Every page that offers something can finish it: returns, exceptions and waivers that need no second person, second words
on roles, recoveries, erasures and unsealings with either answer, and reviews.

What a case offers follows from the edition in force, and is played from each state that there is a scene for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.grammar import EXCEPTION, RETURN
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.people.account_recovery import ask_recovery
from casework.operations.people.role_requests import ask_role, show_request
from casework.operations.privacy.erasure_requests import ask_erasure
from casework.operations.tasks.service import claim_task
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.additions import add_idle, add_unsealing
from tests.support.way_to_referral import to_referral, to_request
from tests.support.world import World, new_request, today

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Json = Any
#: A case and the track that is looked at: (number, track).
Scene = Callable[[World, Connection], tuple[str, str]]


def _main(number: str, world: World, db: Connection) -> tuple[str, str]:
    return number, world.main_track(db, number)


def _triage(world: World, db: Connection) -> tuple[str, str]:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return _main(number, world, db)


def _held(world: World, db: Connection) -> tuple[str, str]:
    number, _ = _triage(world, db)
    day = (today() + timedelta(days=20)).isoformat()
    world.fire(
        db,
        "officer",
        number,
        "hold",
        {"reason": "budget", "waits_for": "need_owner", "waits_until": "day", "resume_by": day},
    )
    return _main(number, world, db)


def _closing(world: World, db: Connection) -> tuple[str, str]:
    number, _ = _triage(world, db)
    world.fire(
        db,
        "officer",
        number,
        "propose_close",
        {"outcome": "no_agreement", "reason": "other/other", "statements": "None"},
    )
    return _main(number, world, db)


def _accepted(world: World, db: Connection) -> tuple[str, str]:
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    return number, referral


SCENES: Mapping[str, tuple[str, Scene]] = {
    "case.triage": ("case", _triage), "case.on_hold": ("case", _held), "case.closing": ("case", _closing),
    "case.assessment": ("case", lambda world, db: _main(to_request(world, db)[0], world, db)),
    "referral.draft": ("referral", to_request), "referral.sent": ("referral", to_referral), "referral.accepted": ("referral", _accepted),
}  # fmt: skip
KINDS = (RETURN, EXCEPTION)
#: What is answered where something ordinary would speak against itself: a day in so many days.
# An outcome above what was recorded is refused.
ANSWERS: Mapping[str, Mapping[str, Json]] = {
    "ask_extension": {"new_date": 45},
    "propose_close": {"outcome": "no_agreement"},
}


@pytest.mark.parametrize("name", SCENES)
def test_what_is_offered_off_the_main_way_can_be_finished(site: Site, page_of: PageOf, name: str) -> None:
    workflow, scene = SCENES[name]
    edition = load_library().latest(workflow)
    assert edition is not None
    rules = {
        rule.name: rule
        for rule, _ in edition.leaving((name.split(".")[1],))
        if rule.by_people and not rule.confirm_by and rule.kind in KINDS
    }
    readers: dict[str, Reader] = {}
    played, stuck = [], []
    for rule in rules.values():
        who = rule.by_people[0]
        reader = readers.setdefault(who, readers.get(who) or page_of(who))
        with transaction(site.engine) as db:
            number, track = scene(site.world, db)
        outside = who.startswith("provider")
        reader.open(f"/referrals/{track}" if outside else f"/cases/{number}")
        link = reader.page.locator(f'main a[href$="/{track}/{rule.name}"]')
        if not link.count():
            continue
        try:
            reader.follow(link)
            reader.answer(**ANSWERS.get(rule.name, {}))
        except AssertionError as fault:
            stuck.append(f"{rule.name}: {fault}")
            continue
        with transaction(site.engine) as db:
            if rule.name not in load(db, home_of(db, number), "case").tracks[track].fired:
                stuck.append(f"{rule.name} was sent and did not happen: {reader.path}")
        played.append(rule.name)
    assert stuck == [], f"of {sorted(rules)}"
    assert played, f"none of {sorted(rules)} is offered"


# --- the second word -------------------------------------------------------------------------------------------------


def _a_role(world: World, db: Connection, n: int) -> tuple[str, str]:
    return "/roles", ask_role(
        db,
        add_idle(db, f"candidate-{n}"),
        "officer",
        programme=world.programmes["BJ"],
        by=world.people["administrator"],
    )


def _an_erasure(world: World, db: Connection, n: int) -> tuple[str, str]:
    done = ask_erasure(
        db,
        world.actor(db, "administrator"),
        programme=world.programmes["BJ"],
        person=None,
        words=[f"Ottoline Bramble {n}"],
        basis="request",
        reason="She left.",
        request=new_request(),
    )
    return "/erasures", str(done.answer["id"])


def _a_recovery(world: World, db: Connection, n: int) -> tuple[str, str]:
    done = ask_recovery(
        db,
        world.actor(db, "administrator"),
        person=world.people[("observer", "manager")[n]],
        means=["second_factor"],
        reason="Lost.",
        request=new_request(),
    )
    return "/recoveries", str(done.answer["id"])


def _an_unsealing(world: World, db: Connection, n: int) -> tuple[str, str]:
    mediation = open_mediation(db, world.actor(db, "dispute_officer"), to_referral(world, db)[0], new_request()).answer[
        "id"
    ]
    return "/decisions", add_unsealing(db, world, str(mediation), ("auditor", "manager")[n])


#: Who decides, how it is asked for, and in which table and state it then stands: agreed to, and not.
SECOND: Mapping[str, tuple[str, Callable[[World, Connection, int], tuple[str, str]], str, tuple[str, str]]] = {
    "role": ("supervisor", _a_role, "", ("agreed", "refused")),
    "erasure": ("compliance", _an_erasure, "erasures", ("agreed", "refused")),
    "recovery": ("supervisor", _a_recovery, "recoveries", ("agreed", "refused")),
    "unsealing": ("compliance", _an_unsealing, "openings", ("open", "refused")),
}  # fmt: skip


@pytest.mark.parametrize("name", SECOND)
def test_a_second_person_can_say_either_word(site: Site, page_of: PageOf, name: str) -> None:
    who, ask, table, states = SECOND[name]
    reader = page_of(who)
    for n, (answer, state) in enumerate(zip(("agree", "refuse"), states, strict=True)):
        with transaction(site.engine) as db:
            where, id = ask(site.world, db, n)
        reader.open(where)
        link = reader.page.locator(f'main a[href$="/{id}"]')
        if link.count():
            reader.follow(link)
        _say(reader, answer, id)
        with transaction(site.engine) as db:
            assert _state(site.world, db, table, id) == state
        # What was decided is offered to nobody any more.
        reader.open(where)
        assert not reader.page.locator(f'main form[action*="{id}"] button[value="agree"]').count()


def _state(world: World, db: Connection, table: str, id: str) -> str:
    if not table:
        return str(show_request(db, world.actor(db, "administrator"), id).state)
    return str(db.execute(text(f"SELECT state FROM {table} WHERE id = CAST(:id AS uuid)"), {"id": id}).scalar_one())


def _say(reader: Reader, answer: str, id: str) -> None:
    form = reader.page.locator(f'main form[action*="{id}"]').first
    if (radio := form.locator(f'input[type="radio"][value="{answer}"]')).count():
        radio.check()
    for words in form.locator("textarea").all():
        words.fill("Seen.")
    if (sure := form.locator('input[name="sure"]')).count():
        sure.check()
    button = form.locator(f'button[value="{answer}"]')
    reader.follow(button if button.count() else form.locator(".form-actions button"))
    assert not reader.page.locator("[role=alert]").all_inner_texts()


# --- reviews ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["approve", "changes"])
def test_a_review_is_asked_for_and_answered_and_the_task_is_finished(site: Site, page_of: PageOf, answer: str) -> None:
    with transaction(site.engine) as db:
        number, _ = _triage(site.world, db)
    task = site.task(number, "triage_check")
    with transaction(site.engine) as db:
        claim_task(db, site.world.actor(db, "officer"), task, new_request())
    officer, supervisor = page_of("officer"), page_of("supervisor")
    officer.open(f"/tasks/{task}")
    officer.fill({})
    officer.page.locator("details:has(#reviewer) > summary").click()
    officer.page.locator("#reviewer").select_option(site.world.people["supervisor"])
    officer.follow(officer.page.locator('button[formaction$="/review"]'))
    supervisor.open(f"/tasks/{task}")
    supervisor.page.locator("#note").fill("I looked at it.")
    supervisor.follow(supervisor.page.locator(f'button[name="answer"][value="{answer}"]'))
    officer.open(f"/tasks/{task}")
    assert "I looked at it." in officer.page.locator("main").inner_text()
    officer.answer()
    assert not site.ids("SELECT id FROM tasks WHERE id = CAST(:id AS uuid) AND state <> 'Completed'", id=task)
