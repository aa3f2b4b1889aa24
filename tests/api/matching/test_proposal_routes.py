"""Proposals over the API as on the page of a need: listed, made a match, dismissed; and the runs of a need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import put, run
from tests.support.additions import add_proposal
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def proposing(programme: str, need: str, technology: str) -> Callable[[Connection], str]:
    return lambda db: add_proposal(db, programme, need, technology)


def test_what_waits_is_listed_part_by_part_and_narrowed(
    client_for: Clients, world: World, committed: Committed
) -> None:
    programme, ids = world.programmes["BJ"], committed(lambda db: put(world, db))
    made = [committed(proposing(programme, ids["need"], ids[name])) for name in ("pump", "idea")]
    officer = client_for("officer")
    first = officer.get("/proposals?limit=1").json
    rest = officer.get(f"/proposals?limit=1&cursor={first['next']}").json
    assert [one["id"] for part in (first, rest) for one in part["items"]] == [made[1], made[0]]
    (told,) = officer.get(f"/proposals?technology={ids['pump']}&need={ids['need']}").json["items"]
    assert (told["need_title"], told["technology_title"]) == ("热泵", "Heat pump for dye houses")
    assert (told["share"], told["words"], told["dismissed_at"]) == (0.5, ["steam"], None)
    assert officer.get(f"/proposals/{made[0]}").json == told
    assert officer.get(f"/proposals?need={world.needs[0]}").json["items"] == []
    assert client_for("foreign_officer").get("/proposals").json["items"] == []
    assert client_for("foreign_officer").get(f"/proposals/{made[0]}").status_code == 404


def test_of_a_closed_need_nothing_is_listed_to_who_is_not_shown_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    need = committed(lambda db: enter(world, db, "need", title="Quicksilver", publication="closed"))
    one = committed(lambda db: add_proposal(db, world.programmes["BJ"], need, world.technologies[0]))
    assert [each["id"] for each in client_for("officer").get("/proposals").json["items"]] == [one]
    for path in ("/proposals", f"/proposals?need={need}"):
        assert client_for("manager").get(path).json == {"items": [], "next": None}
    assert client_for("manager").get(f"/proposals/{one}").status_code == 404


def test_a_proposal_is_made_a_match_once_and_waits_no_more(
    client_for: Clients, world: World, committed: Committed
) -> None:
    ids = committed(lambda db: put(world, db))
    one = committed(lambda db: add_proposal(db, world.programmes["BJ"], ids["need"], ids["pump"]))
    officer = client_for("officer")
    assert client_for("auditor").post(f"/proposals/{one}/match", {}).status_code == 403
    made = officer.post(f"/proposals/{one}/match", {})
    assert made.status_code == 201
    assert officer.get(f"/matches/{made.json['id']}").json["technology"]["id"] == ids["pump"]
    assert officer.get("/proposals").json["items"] == []
    assert officer.post(f"/proposals/{one}/match", {}).status_code in (409, 422)


def test_a_proposal_is_dismissed_with_a_reason_once(client_for: Clients, world: World, committed: Committed) -> None:
    ids = committed(lambda db: put(world, db))
    one = committed(lambda db: add_proposal(db, world.programmes["BJ"], ids["need"], ids["pump"]))
    officer, at = client_for("officer"), f"/proposals/{one}/dismiss"
    assert officer.post(at, {"reason": " "}).status_code == 422
    assert officer.post(at, {"reason": "Another size."}).json == {"id": one, "need": ids["need"]}
    assert officer.get("/proposals").json["items"] == []
    assert officer.get(f"/proposals/{one}").json["dismissal"] == "Another size."
    assert officer.post(at, {"reason": "Another size."}).status_code == 409


def test_the_runs_of_a_need_are_listed_the_newest_first(
    client_for: Clients, world: World, committed: Committed
) -> None:
    ids = committed(lambda db: put(world, db))
    made = [committed(lambda db: run(world, db, ids["need"])) for _ in range(2)]
    told = client_for("auditor").get(f"/needs/{ids['need']}/match-runs").json["items"]
    assert [one["id"] for one in told] == made[::-1]
    assert (told[0]["relaxed"], told[0]["ranked"] is not None) == ({}, True)
    assert client_for("foreign_officer").get(f"/needs/{ids['need']}/match-runs").status_code == 404
