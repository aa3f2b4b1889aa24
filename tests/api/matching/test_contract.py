"""The contract of matching, line by line over HTTP, as programs that were written by it ask: names of fields, status codes, values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.operations.core.record_log import Kept
from casework.operations.verification.service import verify_all
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import put
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


@pytest.fixture
def ids(world: World, committed: Committed) -> dict[str, str]:
    return dict(committed(lambda db: put(world, db)))


def made(client: Client, ids: dict[str, str], **body: Any) -> Any:
    answer = client.post(f"/needs/{ids['need']}/match-runs", body)
    assert answer.status_code == 201
    return answer.json


def test_a_run_answers_201_with_filters_and_candidates_each_with_its_explanation(
    client_for: Clients, ids: dict[str, str]
) -> None:
    run = made(client_for("officer"), ids)
    assert {"id", "catalogue", "filters", "candidates"} <= run.keys()
    assert all(set(one) == {"name", "removed", "unknown"} for one in run["filters"])
    assert [one["rank"] for one in run["candidates"]] == list(range(1, len(run["candidates"]) + 1))
    for one in run["candidates"]:
        assert {"rank", "technology", "title", "score", "explanation"} <= one.keys()
        why = one["explanation"]
        assert set(why) == {"parts", "filters", "ranks"}
        assert all({"kind", "text", "share"} <= part.keys() for part in why["parts"])
        assert math.isclose(sum(part["share"] for part in why["parts"]), one["score"], abs_tol=1e-6)
        assert why["ranks"]["words"] >= 1


def test_a_run_says_which_channels_took_part_and_why_one_did_not(client_for: Clients, ids: dict[str, str]) -> None:
    run = made(client_for("officer"), ids)
    assert (run["channels"], run["without"], run["model"]) == (["words"], "not_switched_on", None)


def test_a_run_is_shown_as_it_was_made(client_for: Clients, ids: dict[str, str]) -> None:
    run = made(client_for("officer"), ids)
    shown = client_for("auditor").get(f"/match-runs/{run['id']}")
    assert shown.status_code == 200
    assert {name: shown.json[name] for name in run} == run


def test_a_replay_is_equal_whatever_came_since(
    client_for: Clients, world: World, committed: Committed, ids: dict[str, str]
) -> None:
    run = made(client_for("officer"), ids)
    committed(lambda db: enter(world, db, "technology", title="Heat pump for dye houses, once more"))
    replay = client_for("auditor").post(f"/match-runs/{run['id']}/replay", {})
    assert (replay.status_code, replay.json["equal"], replay.json["differences"]) == (200, True, [])
    assert replay.json["catalogue_now"] > replay.json["catalogue"] == run["catalogue"]


def test_a_candidate_is_shortlisted_and_accepted_which_answers_with_the_case(
    client_for: Clients, ids: dict[str, str], engine: Engine
) -> None:
    officer = client_for("officer")
    run = made(officer, ids)
    at = f"/match-runs/{run['id']}/decisions"
    listed = officer.post(at, {"technology": ids["pump"], "decision": "shortlist"})
    assert (listed.status_code, listed.json["decision"], "case" in listed.json) == (200, "shortlist", False)
    accepted = officer.post(at, {"technology": ids["pump"], "decision": "accept"})
    assert (accepted.status_code, accepted.json["match"]) == (200, listed.json["match"])
    case = officer.get(f"/cases/{accepted.json['case']}")
    assert (case.status_code, case.json["number"]) == (200, accepted.json["case"])
    assert officer.post(at, {"technology": ids["pump"], "decision": "accept"}).status_code == 409
    (decided,) = officer.get(f"/match-runs/{run['id']}").json["decisions"]
    assert (decided["technology"], decided["decision"], decided["case"]) == (ids["pump"], "accept", case.json["number"])
    assert list(verify_all(engine)) == []


#: Wrong function, readiness too low, region or standard, IP not available, cost, owner not reachable, duplicate, other.
CODES = [
    "need_not_met", "not_ready", "region_or_standard", "rights_unavailable", "too_dear", "owner_silent", "duplicate", "other",
]  # fmt: skip
#: Those that speak of the record: it is to be put right.
OF_FACT = {"not_ready", "region_or_standard", "rights_unavailable", "owner_silent", "duplicate"}


@pytest.mark.parametrize("code", CODES)
def test_a_candidate_is_refused_with_a_code_and_a_reason(client_for: Clients, ids: dict[str, str], code: str) -> None:
    officer = client_for("officer")
    run = made(officer, ids)
    at, asked = f"/match-runs/{run['id']}/decisions", {"technology": ids["pump"], "decision": "refuse"}
    assert officer.post(at, asked | {"code": code}).status_code == 422
    refused = officer.post(at, asked | {"code": code, "reason": "As they say."})
    assert (refused.status_code, refused.json["decision"]) == (200, "refuse")
    (decided,) = officer.get(f"/match-runs/{run['id']}").json["decisions"]
    assert (decided["decision"], decided["code"], decided["reason"]) == ("refuse", code, "As they say.")
    told = [(one["technology"], one["code"]) for one in officer.get("/records-to-correct").json["items"]]
    assert told == ([(ids["pump"], code)] if code in OF_FACT else [])
    (first,) = [one for one in officer.get("/match-ranks").json["items"] if one["low"] == 1]
    assert (first["listed"], first["refused"]) == (1, 1)


def test_what_is_no_decision_is_refused_at_its_field(client_for: Clients, ids: dict[str, str]) -> None:
    officer = client_for("officer")
    at = f"/match-runs/{made(officer, ids)['id']}/decisions"
    for body, field in (
        ({"technology": ids["pump"], "decision": "reject"}, "decision"),
        ({"technology": ids["need"], "decision": "accept"}, "technology"),
        ({"technology": ids["pump"], "decision": "refuse", "code": "ugly", "reason": "So."}, "code"),
        ({"technology": ids["pump"], "decision": "refuse", "reason": "So."}, "code"),
    ):
        refused = officer.post(at, body)
        assert (refused.status_code, list(refused.json["fields"])) == (422, [field])


def entering(world: World, noun: Kept, title: str, said: dict[str, Any]) -> Callable[[Connection], str]:
    return lambda db: enter(world, db, noun, title=title, **said)


@pytest.mark.parametrize(("plural", "facet"), [("technologies", "country"), ("needs", "sector")])
def test_a_search_in_a_list_has_facets_and_a_cursor(
    client_for: Clients, world: World, committed: Committed, plural: str, facet: str
) -> None:
    said: dict[str, Any] = (
        {"developed_in": ["DE"]} if plural == "technologies" else {"sector": "Dyeing", "publication": "public"}
    )
    noun: Kept = "technology" if plural == "technologies" else "need"
    entered = {committed(entering(world, noun, f"Quicksilver {n}", said)) for n in range(3)}
    officer = client_for("officer")
    first = officer.get(f"/{plural}?q=quicksilver&limit=2").json
    rest = officer.get(f"/{plural}?q=quicksilver&limit=2&cursor={first['next']}").json
    assert {one["id"] for part in (first, rest) for one in part["items"]} == entered
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    (choice,) = first["facets"][facet]
    assert choice["records"] == 3
    narrowed = officer.get(f"/{plural}?q=quicksilver&{facet}={choice['value']}").json
    assert len(narrowed["items"]) == 3
    assert officer.get(f"/{plural}?q=quicksilver&{facet}=elsewhere").json["items"] == []


def test_one_search_finds_whatever_the_asker_may_see(client_for: Clients, world: World, committed: Committed) -> None:
    ids = [
        committed(lambda db: enter(world, db, "technology", title="Quicksilver pump")),
        committed(lambda db: enter(world, db, "need", title="Quicksilver trap", publication="closed")),
    ]
    found = client_for("officer").get("/search?q=quicksilver")
    assert found.status_code == 200
    assert [one["id"] for kind in ("technologies", "needs") for one in found.json[kind]] == ids
    found = client_for("manager").get("/search?q=quicksilver")
    assert [one["id"] for kind in ("technologies", "needs") for one in found.json[kind]] == ids[:1]
    found = client_for("foreign_officer").get("/search?q=quicksilver")
    assert [one["id"] for kind in ("technologies", "needs") for one in found.json[kind]] == []


def test_legal_restrictions_are_told_and_asked_for_where_it_is_to_be_used(
    client_for: Clients, ids: dict[str, str]
) -> None:
    officer, path = client_for("officer"), f"/technologies/{ids['pump']}"
    rows = [{"kind": "export_control", "countries": "CN", "words": "Annex I"}]
    assert officer.post(f"{path}/correct", {"restrictions": rows}).status_code == 200
    assert officer.get(path).json["restrictions"] == rows
    listed = {one["technology"] for one in made(officer, ids)["candidates"]}
    assert ids["pump"] not in listed
    run = made(officer, ids, filters={"territory": "DE"})
    told = {one["technology"]: one["explanation"]["filters"] for one in run["candidates"]}
    (said,) = [one for one in told[ids["pump"]] if one["name"] == "restriction"]
    assert (said["verdict"], said["says"], said["wanted"]) == ("passed", ["export_control CN"], ["DE"])
    relaxed = made(officer, ids, relaxed={"restriction": "A licence is granted."})
    assert ids["pump"] in {one["technology"] for one in relaxed["candidates"]}


def test_what_no_record_can_be_is_refused_at_its_filter(client_for: Clients, ids: dict[str, str]) -> None:
    for name, asked in {"readiness": [9, 1], "territory": "ZZ"}.items():
        refused = client_for("officer").post(f"/needs/{ids['need']}/match-runs", {"filters": {name: asked}})
        assert (refused.status_code, list(refused.json["fields"])) == (422, [f"filters.{name}"])


def test_a_filter_of_an_explanation_says_what_it_compared(client_for: Clients, ids: dict[str, str]) -> None:
    run = made(client_for("officer"), ids, filters={"readiness": [6, 9]})
    told = {one["technology"]: one["explanation"]["filters"] for one in run["candidates"]}
    (readiness,) = [one for one in told[ids["pump"]] if one["name"] == "readiness"]
    assert (readiness["verdict"], readiness["says"], readiness["wanted"]) == ("partly", [5, 6], [6, 9])
    (unknown,) = [one for one in told[ids["unknown"]] if one["name"] == "readiness"]
    assert (unknown["verdict"], unknown["says"], unknown["wanted"]) == ("unknown", None, [6, 9])
