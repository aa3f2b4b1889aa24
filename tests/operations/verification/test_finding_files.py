"""The file of findings with its proof: for whom, when not yet, and what is in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from casework import reasons
from casework.errors import NotConfirmed, Refused
from casework.operations.audit.findings import answer_finding, raise_finding
from casework.operations.verification import finding_files
from casework.operations.verification.finding_files import take_findings
from casework.permissions.actors import Proof
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import sign_and_publish
from tests.support.world import World, new_request


@pytest.fixture
def findings(engine: Engine, world: World) -> list[str]:
    """An open one and one that was answered, of which nothing is published yet."""
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        ids = [
            str(
                raise_finding(
                    db, world.actor(db, "auditor"), number, event=1, words=said, request=new_request()
                ).answer["id"]
            )
            for said in ("Why so late?", "Who agreed?")
        ]
        answer_finding(db, world.actor(db, "officer"), ids[1], words="Nobody.", request=new_request())
    return ids


@pytest.fixture
def published(engine: Engine, superuser_engine: Engine, settings: Settings, findings: list[str]) -> list[str]:
    sign_and_publish(engine, superuser_engine, settings)
    return findings


def take(engine: Engine, world: World, by: str = "auditor", **asked: Any) -> Any:
    with transaction(engine) as db:
        return json.loads(take_findings(db, world.actor(db, by), **asked))


def test_it_has_what_the_list_shows_and_each_log_whole(engine: Engine, world: World, published: list[str]) -> None:
    content = take(engine, world)
    assert [one["row"]["id"] for one in content["findings"]] == published[::-1]
    assert [len(one["events"]) for one in content["findings"]] == [2, 1]
    assert [len(one["leaves"]) for one in content["findings"]] == [2, 1]
    assert content["findings"][0]["row"]["answer"] == "Nobody."
    assert content["scope"]["programmes"] == [world.programmes["BJ"]]
    assert content["scope"]["more"] is False


def test_it_says_what_was_asked_for_and_that_there_are_more(
    engine: Engine, world: World, published: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = take(engine, world, state="open")
    assert [one["row"]["id"] for one in content["findings"]] == published[:1]
    assert content["scope"]["state"] == "open"
    monkeypatch.setattr(finding_files, "MOST", 1)
    content = take(engine, world)
    assert [one["row"]["id"] for one in content["findings"]] == published[1:]
    assert content["scope"]["more"] is True


def test_of_another_programme_there_is_nothing_in_it(engine: Engine, world: World, published: list[str]) -> None:
    content = take(engine, world, "foreign_officer")
    assert content["findings"] == []
    assert world.programmes["BJ"] not in json.dumps(content)


def test_before_its_leaves_are_published_it_has_to_wait(engine: Engine, world: World, findings: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        take(engine, world)
    assert refused.value.reasons == [reasons.audit.EXPORT_WAITS]


def test_it_is_taken_out_by_who_has_proved_who_it_is(engine: Engine, world: World, published: list[str]) -> None:
    with transaction(engine) as db:
        old = replace(world.actor(db, "auditor"), proof=Proof.OLD)
        with pytest.raises(NotConfirmed):
            take_findings(db, old)


def test_of_many_logs_the_leaves_are_found_in_one_look(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World
) -> None:
    with transaction(engine) as db:
        number, auditor = world.open_case(db), world.actor(db, "auditor")
        for n in range(22):
            raise_finding(db, auditor, number, event=1, words=f"Why {n}?", request=new_request())
    sign_and_publish(engine, superuser_engine, settings)
    assert [len(one["leaves"]) for one in take(engine, world)["findings"]] == [1] * 22
