"""Cases at mixed steps, and an edition of their workflow with a step more, a step less, another form and a shorter limit."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from casework.definitions import add_stored, load_library
from casework.engine.definition.editions import Edition
from casework.ledger.canonical_json import digest
from casework.operations.core.editions import store_editions
from casework.operations.core.perform import home_of
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World, today

Json = Any
#: What becomes of the step that goes.
MAPPING = {"states": {"consent": "agreeing"}}


def next_edition() -> Edition:
    """The second edition of the case: not from the files."""
    first = next(one for one in load_library().editions.values() if (one.workflow, one.number) == ("case", 1))
    rules: Json = deepcopy(first.rules)
    rules["edition"] = 2
    states = rules["states"]
    # A step more between two, one less that another takes the place of, a limit that is shorter, a question more.
    states["vetting"] = states["triage"] | {"due": {"n": 3, "unit": "wd", "since": None}}
    states["agreeing"] = states.pop("consent")
    states["scoping"] = states["scoping"] | {"due": {"n": 7, "unit": "wd", "since": None}}
    rules["order"] = [{"consent": "agreeing"}.get(path, path) for path in rules["order"]] + ["vetting"]
    for way in rules["transitions"]:
        way["from"] = ["agreeing" if path == "consent" else path for path in way["from"]]
        way["to"] = {"consent": "vetting"}.get(way["to"], way["to"])
    like = next(way for way in rules["transitions"] if way["name"] == "confirm_interest")
    rules["transitions"].append(
        deepcopy(like) | {"name": "vet", "from": ["vetting"], "to": "agreeing", "guards": [], "opens": []}
    )
    for offer in rules["on_request"]:
        offer["from"] = ["agreeing" if path == "consent" else path for path in offer["from"]]
    rules["forms"]["Hold"] = [
        *rules["forms"]["Hold"],
        {"name": "weight", "type": "text", "required": False, "fact": False},
    ]
    return Edition(rules, first.texts, digest(rules))


def publish_next(owner: Engine) -> Edition:
    """Publish it in a database, and let this process know it."""
    edition = next_edition()
    add_stored([edition])
    with owner.begin() as db:
        store_editions(db)
    return edition


def mixed_cases(world: World, db: Connection) -> dict[str, str]:
    """By what is the matter with it the number of a case."""
    numbers = {"proposed": world.new_case(db), "on_hold": _to_consent(world, db)}
    soon = (today() + timedelta(days=30)).isoformat()
    hold = {"reason": "season", "waits_for": "need_owner", "waits_until": "day", "resume_by": soon}
    world.fire(db, "officer", numbers["on_hold"], "hold", hold)
    numbers["consent"] = _to_consent(world, db)
    world.new_match(db)
    numbers["sent"] = to_referral(world, db, match=len(world.matches) - 1)[0]
    return numbers


def _to_consent(world: World, db: Connection) -> str:
    """A case at the step that goes."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    checked = dict.fromkeys(("need_complete", "technology_complete", "duplicate_checked", "rationale_fits"), True)
    complete(world, db, "officer", number, "triage_check", data={**checked, "interest": "none"})
    world.fire(db, "officer", number, "pass_triage")
    return number


def logs(db: Connection, numbers: dict[str, str]) -> dict[str, str]:
    return {name: home_of(db, number) for name, number in numbers.items()}
