"""What takes two persons, and what is not there for one of them, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from casework.operations.people.registry import grant_role
from tests.support.api_client import Client
from tests.support.world import World, today

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def _stop(client: Client, number: str, data: dict[str, Any]) -> Any:
    track = client.get(f"/cases/{number}").json["tracks"][0]
    return client.post(
        f"/cases/{number}/tracks/{track['id']}/transitions/compliance_stop", {"data": data}, if_match=track["revision"]
    )


def test_whoever_asked_for_a_stop_keeps_nobody_from_deciding_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    first, second = client_for("compliance"), client_for("second_compliance")
    grounds = {"reason": "regulation", "found_on": today().isoformat(), "source": "A list", "finding": "A hit"}
    assert _stop(first, number, grounds).status_code == 200
    task = first.get(f"/cases/{number}").json["proposals"][0]["task"]
    assert task not in [one["id"] for one in first.get("/tasks?view=queue").json["items"]]
    claimed = first.post(f"/tasks/{task}/claim")
    assert claimed.status_code == 403
    assert "another person must decide this" in claimed.json["detail"]
    assert task in [one["id"] for one in second.get("/tasks?view=queue").json["items"]]
    assert second.post(f"/tasks/{task}/claim").status_code == 200
    assert _stop(second, number, {}).json["states"] == ["closing"]


def test_a_sealed_mediation_is_in_no_queue_of_somebody_not_named_for_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)

    def deputise(db: Connection) -> None:
        # A manager's sight of cases, and the deputy's role besides.
        grant_role(
            db,
            world.people["manager"],
            "dispute_officer",
            programme=world.programmes["BJ"],
            deputy_for=world.people["dispute_officer"],
        )

    committed(deputise)
    named, deputy = client_for("dispute_officer"), client_for("manager")
    before = deputy.get("/tasks?view=queue").json
    opened = named.post("/mediations", {"case": number})
    assert opened.status_code == 201, opened.text
    (task,) = named.get(f"/mediations/{opened.json['id']}").json["tasks"]
    assert task["id"] in [one["id"] for one in named.get("/tasks?view=queue").json["items"]]
    assert deputy.get("/tasks?view=queue").json == before
    for path in (f"/tasks/{task['id']}", f"/mediations/{opened.json['id']}"):
        assert deputy.get(path).status_code == 404
    assert deputy.post("/mediations", {"case": number}).status_code == 404


def test_a_dispute_officer_of_the_programme_has_no_case_and_an_officer_is_none(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    administrator, officer = client_for("administrator"), client_for("officer")
    programme = world.programmes["BJ"]

    def grant(who: str, role: str) -> Any:
        return administrator.post("/memberships", {"person": world.people[who], "role": role, "programme": programme})

    assert "decides in cases of the programme" in grant("other_officer", "dispute_officer").text
    assert "with the role of dispute_officer in the programme" in grant("dispute_officer", "officer").text
    for given in ({"owner": "dispute_officer"}, {"owner": "officer", "team": ["dispute_officer"]}):
        named = {
            "owner": world.people[str(given["owner"])],
            "team": [world.people[one] for one in given.get("team", [])],
        }
        case = officer.get(f"/cases/{number}").json
        answer = officer.post(f"/cases/{number}/hand-over", named | {"note": "Please."}, if_match=case["revision"])
        assert answer.status_code == 422, answer.text
    # Whoever was an officer first hands over what is open.
    membership = committed(lambda db: db.execute(_OWN, {"person": world.people["officer"]}).scalar_one())
    assert administrator.post(f"/memberships/{membership}/end").status_code == 200
    assert "hand them over first" in grant("officer", "dispute_officer").text


def test_who_has_not_seen_the_first_hand_over_makes_no_second(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    chief, before = client_for("supervisor"), client_for("supervisor").get(f"/cases/{number}").json["revision"]
    given = [{"owner": world.people[one], "team": [], "note": "Yours."} for one in ("other_officer", "officer")]
    answers = [chief.post(f"/cases/{number}/hand-over", one, if_match=before) for one in given]
    assert [one.status_code for one in answers] == [200, 412]
    assert chief.get(f"/cases/{number}").json["revision"] == before + 1


def test_nobody_is_given_a_case_in_which_they_have_an_interest(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    declared = client_for("other_officer").post(f"/cases/{number}/interests", {"nature": "Family."})
    assert declared.status_code == 200, declared.text
    case = client_for("supervisor").get(f"/cases/{number}").json
    answer = client_for("supervisor").post(
        f"/cases/{number}/hand-over",
        {"owner": world.people["other_officer"], "team": [], "note": "Yours."},
        if_match=case["revision"],
    )
    assert answer.status_code == 422
    assert answer.json["faults"]["owner"]["code"] == "cases.declared_interest", answer.text


def test_beside_the_dispute_officers_role_an_officers_does_not_count(
    client_for: Clients, world: World, committed: Committed
) -> None:
    match = committed(world.new_match)
    committed(
        lambda db: db.execute(
            _AS_BOTH, {"person": world.people["other_officer"], "like": world.people["dispute_officer"]}
        )
    )
    both = client_for("other_officer")
    assert both.post(f"/matches/{match}/open").status_code == 404
    number = committed(world.new_case)
    assert both.get("/tasks?view=queue").json["items"] == []
    offered = client_for("supervisor").get(f"/cases/{number}").json
    answer = client_for("supervisor").post(
        f"/cases/{number}/tracks/{offered['tracks'][0]['id']}/transitions/assign",
        {"data": {"officer": world.people["other_officer"]}},
        if_match=offered["tracks"][0]["revision"],
    )
    assert answer.status_code == 422, answer.text


_OWN = text("SELECT id::text FROM memberships WHERE person_id = CAST(:person AS uuid)")
#: As an older database may have it: no operation gives both roles.
_AS_BOTH = text("""
    INSERT INTO memberships (id, person_id, role, programme_id, starts_at)
    SELECT gen_random_uuid(), CAST(:person AS uuid), role, programme_id, starts_at FROM memberships
    WHERE person_id = CAST(:like AS uuid)
""")


def test_what_would_be_left_to_nobody_is_told_first_and_done_by_whoever_is_sure(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    client = client_for("officer")
    told = client.post(f"/cases/{number}/interests", {"nature": "A cousin"})
    assert told.status_code == 409
    assert told.json["type"].endswith("duty-in-doubt")
    assert client.post(f"/cases/{number}/interests", {"nature": "A cousin", "sure": True}).status_code == 200
