"""Stage reports for programs: frozen, worded, agreed to by two and published, as on the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from uuid import UUID

import pytest
from sqlalchemy import Engine

from casework.operations.people import registry
from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]


@pytest.fixture
def report(client_for: Clients, engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        world.open_case(db)
    made = client_for("supervisor").post(f"/programmes/{world.programmes['BJ']}/reports", {})
    assert made.status_code == 200, made.json
    return str(made.json["id"])


def test_it_comes_from_a_draft_to_its_publication(client_for: Clients, report: str) -> None:
    supervisor, manager = client_for("supervisor"), client_for("manager")
    assert (
        supervisor.post(f"/reports/{report}/words", {"words": {"title": "What came of it"}, "seen": 0}).status_code
        == 200
    )
    shown = manager.get(f"/reports/{report}").json
    assert (shown["words"], shown["next"]) == ({"title": "What came of it"}, "report_agreed")
    for client in (supervisor, manager):
        agreed = client.post(f"/reports/{report}/agree", {"words_digest": shown["words_digest"]})
        assert agreed.status_code == 200, agreed.json
    assert manager.post(f"/reports/{report}/publish").status_code == 200
    (line,) = client_for("auditor").get("/reports").json["items"]
    assert (line["id"], line["state"], line["digest"]) == (report, "published", agreed.json["digest"])


def test_one_person_agrees_once_and_to_the_words_that_were_read(client_for: Clients, report: str) -> None:
    supervisor = client_for("supervisor")
    other = supervisor.post(f"/reports/{report}/agree", {"words_digest": "0" * 64})
    assert (other.status_code, "were changed after you opened it" in other.json["detail"]) == (409, True)
    assert supervisor.post(f"/reports/{report}/agree", {}).status_code == 200
    again = supervisor.post(f"/reports/{report}/agree", {})
    assert (again.status_code, "You have agreed" in again.json["detail"]) == (409, True)
    assert supervisor.post(f"/reports/{report}/publish").status_code == 409


def test_words_that_were_written_since_are_not_overwritten(client_for: Clients, report: str) -> None:
    supervisor = client_for("supervisor")
    assert supervisor.post(f"/reports/{report}/words", {"words": {"title": "One"}, "seen": 0}).status_code == 200
    assert supervisor.post(f"/reports/{report}/words", {"words": {"title": "Two"}, "seen": 0}).status_code == 412
    assert supervisor.post(f"/reports/{report}/words", {"words": {"nothing": "Two"}}).status_code == 422


def test_a_request_that_is_sent_again_freezes_no_second_one(client_for: Clients, world: World) -> None:
    supervisor, path = client_for("supervisor"), f"/programmes/{world.programmes['BJ']}/reports"
    first, again = (supervisor.post(path, {}, key="the-same") for _ in range(2))
    assert first.json == again.json
    assert len(supervisor.get("/reports").json["items"]) == 1


def test_what_is_taken_out_has_the_digest_and_holds(client_for: Clients, report: str) -> None:
    auditor = client_for("auditor")
    shown = auditor.get(f"/reports/{report}").json
    assert sha256(auditor.get(f"/reports/{report}/content").text.encode()).hexdigest() == shown["digest"]
    assert json.loads(auditor.get(f"/reports/{report}/file").text)["digest"] == shown["digest"]
    verdict = auditor.get(f"/reports/{report}/verification").json
    assert (verdict["holds"], verdict["faults"]) == (True, [])


def test_of_a_period_that_ends_before_it_begins_none_is_frozen(client_for: Clients, world: World) -> None:
    asked = {"opened_from": "2026-02-01", "opened_to": "2026-01-01"}
    refused = client_for("manager").post(f"/programmes/{world.programmes['BJ']}/reports", asked)
    assert (refused.status_code, set(refused.json["fields"])) == (422, {"opened_to"})


@pytest.mark.parametrize(
    "among",
    [
        {"phase": "no due date", "opened_from": "8452-04-25"},
        {"phase": "no due date"},
        {"opened_from": "2027-01-02", "opened_to": "2027-01-01"},
    ],
)
def test_what_is_no_cohort_is_refused(client_for: Clients, world: World, among: dict[str, str]) -> None:
    refused = client_for("supervisor").post(f"/programmes/{world.programmes['BJ']}/reports", among)
    assert refused.status_code == 422, refused.json


def test_a_phase_is_named_by_its_id(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        phase = registry.register_phase(
            db, world.programmes["BJ"], name="First", name_zh=None, starts_on=date(2026, 1, 1)
        )
    supervisor, path = client_for("supervisor"), f"/programmes/{world.programmes['BJ']}/reports"
    made = supervisor.post(path, {"phase": phase})
    assert made.status_code == 200, made.json
    assert supervisor.get(f"/reports/{made.json['id']}").json["among"] == {"phase": phase}
    assert supervisor.post(path, {"phase": str(UUID(int=7))}).status_code == 422
    assert supervisor.post(path, {"phase": phase, "opened_from": "2026-01-01"}).status_code == 422


def test_a_period_in_which_nothing_was_opened_has_a_report_too(client_for: Clients, world: World) -> None:
    made = client_for("supervisor").post(f"/programmes/{world.programmes['BJ']}/reports", {"opened_from": "8452-04-25"})
    assert made.status_code == 200, made.json
