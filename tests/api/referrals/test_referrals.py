"""What a provider sees of a case over the API, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from tests.support.api_client import Client
from tests.support.way_to_referral import to_referral
from tests.support.world import World, today

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def accept(client: Client, world: World, referral: str) -> Any:
    shown = client.get(f"/referrals/{referral}").json
    return client.post(
        f"/referrals/{referral}/transitions/accept",
        {"data": ACCEPTANCE | {"person": world.people["provider"]}},
        if_match=shown["revision"],
    )


ACCEPTANCE: dict[str, Any] = {
    "service": "assessment", "interest": False, "confidentiality": True, "charge": "free",
    "planned_on": (today() + timedelta(days=40)).isoformat(),
}  # fmt: skip


def names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from names_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from names_in(one)


def test_a_provider_sees_its_referral_and_nothing_else_of_the_case(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number, referral = committed(lambda db: to_referral(world, db))
    provider, officer = client_for("provider"), client_for("officer")
    whole = officer.get(f"/cases/{number}").json
    theirs = [
        provider.get(path)
        for path in (
            f"/cases/{number}",
            f"/cases/{number}/events",
            "/cases",
            "/referrals",
            f"/referrals/{referral}",
            f"/referrals/{referral}/events",
            "/tasks?view=queue",
            "/tasks?view=mine",
            "/people",
            "/organisations",
        )
    ]
    assert {one.status_code for one in theirs} == {200}
    names = {name for one in theirs for name in names_in(one.json)}
    assert not names & {
        "seq",
        "hash",
        "prev",
        "head",
        "next_action",
        "waits_for",
        "owner",
        "team",
        "consents",
        "rights",
    }
    assert "revision" not in provider.get(f"/cases/{number}").json
    assert "ETag" not in provider.get(f"/cases/{number}").headers
    everything = "".join(one.text for one in theirs)
    hidden = [track["id"] for track in whole["tracks"] if track["id"] != referral]
    hidden += [world.people[name] for name in ("officer", "supervisor", "compliance", "administrator")]
    hidden += ["Other Officer", "Supervisor", "Third Eye", "Chaoyang", "example.org", "Binder 7"]
    assert [one for one in hidden if one in everything] == []
    assert len(provider.get("/referrals").json["items"]) == 1


def test_a_provider_answers_and_works_on_its_referral(client_for: Clients, world: World, committed: Committed) -> None:
    _, referral = committed(lambda db: to_referral(world, db))
    provider = client_for("provider")
    accepted = accept(provider, world, referral)
    assert accepted.status_code == 200, accepted.text
    shown = provider.get(f"/referrals/{referral}").json
    below = shown["service"][0]
    action = next(one for one in shown["actions"] if one["track"] == below["id"])
    # The name alone says that it is the service's.
    fired = provider.post(f"/referrals/{referral}/transitions/{action['transition']}", if_match=99)
    assert fired.status_code == 412
    assert re.fullmatch("[0-9a-f-]{36}", below["id"])


def test_other_organisations_learn_nothing(client_for: Clients, world: World, committed: Committed) -> None:
    number, referral = committed(lambda db: to_referral(world, db))
    foreign = client_for("foreign_provider")
    assert foreign.get(f"/referrals/{referral}").status_code == 404
    assert foreign.get(f"/cases/{number}").status_code == 404
    assert foreign.get("/cases").json["items"] == []
    assert foreign.get("/referrals").json["items"] == []
    assert foreign.get("/tasks?view=queue").json["items"] == []


def test_whoever_declares_a_conflict_holds_nothing_of_it_any_more(
    client_for: Clients, world: World, committed: Committed
) -> None:
    _, referral = committed(lambda db: to_referral(world, db))
    provider, lead = client_for("provider"), client_for("provider_lead")
    accept(provider, world, referral)
    shown = provider.get(f"/referrals/{referral}").json
    below = shown["service"][0]["id"]
    task = next(one["id"] for one in shown["tasks"] if one["track"] == below)
    assert provider.post(f"/tasks/{task}/claim").status_code == 200
    declared = provider.post(
        f"/referrals/{referral}/transitions/declare_conflict",
        {"data": {"nature": "family", "note": "A cousin."}},
        if_match=shown["revision"],
    )
    assert declared.status_code == 200, declared.text
    assert provider.get("/tasks?view=mine").json["items"] == []
    # Else nobody could go on: the one who holds it sees it no more, and to others it is taken.
    assert lead.post(f"/tasks/{task}/claim").status_code == 200


def test_whoever_declares_a_conflict_is_shut_out_of_the_whole_case(
    client_for: Clients, world: World, committed: Committed
) -> None:
    def two_referrals(db: Connection) -> tuple[str, str, str]:
        db.execute(
            text("UPDATE organisations SET services = ARRAY['assessment', 'pledge'] WHERE id = CAST(:id AS uuid)"),
            {"id": world.organisations["lab"]},
        )
        number, referral = to_referral(world, db, more_plan={"pledge": "lab"})
        other = world.referral(db, number, "pledge")
        world.send(db, number, other, "pledge")
        return number, referral, other

    number, referral, other = committed(two_referrals)
    provider, lead = client_for("provider"), client_for("provider_lead")
    assert {one["id"] for one in provider.get("/referrals").json["items"]} == {referral, other}
    assert provider.get("/tasks?view=queue").json["items"] != []
    shown = provider.get(f"/referrals/{referral}").json
    declared = provider.post(
        f"/referrals/{referral}/transitions/declare_conflict",
        {"data": {"nature": "family", "note": "A cousin."}},
        if_match=shown["revision"],
    )
    assert declared.status_code == 200, declared.text
    for path in (f"/referrals/{referral}", f"/referrals/{other}", f"/cases/{number}", f"/cases/{number}/events"):
        assert provider.get(path).status_code == 404, path
    for path in ("/referrals", "/cases", "/tasks?view=queue", "/tasks?view=mine", "/tasks?view=done"):
        assert provider.get(path).json["items"] == [], path
    assert {one["id"] for one in lead.get("/referrals").json["items"]} == {referral, other}
    # Until the conflict is waived, in which case nothing is left of it.
    supervisor = client_for("supervisor")
    seen = supervisor.get(f"/cases/{number}").json["revision"]
    paper = {"title": "Both parties consent", "kind": "letter", "own": True}
    letter = supervisor.post(f"/cases/{number}/documents", paper, if_match=seen)
    assert letter.status_code == 201, letter.text
    revision = supervisor.get(f"/referrals/{referral}").json["revision"]
    waived = supervisor.post(
        f"/referrals/{referral}/transitions/waive_conflict",
        {
            "data": {
                "service": "assessment",
                "need_owner_consents": True,
                "technology_owner_consents": True,
                "consents": [letter.json["id"]],
                "reason": "Old.",
            }
        },
        if_match=revision,
    )
    assert waived.status_code == 200, waived.text
    assert {one["id"] for one in provider.get("/referrals").json["items"]} == {referral, other}
