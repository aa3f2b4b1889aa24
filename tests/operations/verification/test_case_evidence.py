"""What the file of a case has to be judged by: editions, calendars and the roles in which people acted, and nothing of others."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.ledger.hash_chain import event_hash
from casework.ledger.redactable_bodies import commitment
from casework.operations.cases.queries import find_case
from casework.operations.documents.storage import DocumentStore
from casework.operations.people import registry
from casework.operations.verification.case_archive import HISTORY, check_case_file, make_case_file
from casework.operations.verification.case_evidence import ROLES
from casework.records.database import transaction
from tests.support.additions import add_absence
from tests.support.world import World

Json = Any
Take = Callable[[str], Path]


@pytest.fixture
def take(engine: Engine, world: World, document_store: DocumentStore, tmp_path: Path) -> Take:
    """Takes out the file of a case by its number."""

    def taken(number: str) -> Path:
        with transaction(engine) as db:
            file = make_case_file(db, world.actor(db, "auditor"), document_store, number, f"/cases/{number}/file")
        path = tmp_path / f"{number}.zip"
        path.write_bytes(b"".join(file.pieces()))
        return path

    return taken


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "supervisor", number, "assign", {"officer": world.people["officer"]})
    return number


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def names(path: Path, folder: str) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [name for name in archive.namelist() if name.startswith(folder)]


def history(path: Path) -> list[Json]:
    return [json.loads(line) for line in part(path, HISTORY).decode().splitlines()]


def roles(path: Path, kind: str = "granted") -> list[Json]:
    return [event for event in json.loads(part(path, ROLES))["events"] if event["header"]["kind"] == kind]


def given(path: Path) -> set[tuple[str, str]]:
    return {(event["effects"]["person"], event["effects"]["role"]) for event in roles(path)}


def test_every_edition_that_the_history_names_is_there(take: Take, number: str) -> None:
    path = take(number)
    named = {track["edition"] for row in history(path) for track in row["effects"].get("tracks", ())}
    assert named
    assert {Path(name).stem for name in names(path, "editions/")} >= named


def test_every_calendar_that_a_clock_names_is_there(take: Take, number: str) -> None:
    path = take(number)
    named = {clock["calendar"] for row in history(path) for clock in row["effects"].get("clocks", ())}
    assert named
    assert {Path(name).stem for name in names(path, "calendars/")} == named


@pytest.mark.parametrize("folder", ["editions/", "calendars/"])
def test_the_digest_that_the_history_names_is_that_of_the_part(take: Take, number: str, folder: str) -> None:
    path = take(number)
    for name in names(path, folder):
        assert hashlib.sha256(part(path, name)).hexdigest() == Path(name).stem


def test_another_edition_under_the_name_of_one_is_found(take: Take, number: str, tmp_path: Path) -> None:
    path, forged = take(number), tmp_path / "forged.zip"
    (edition, *_) = names(path, "editions/")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"{}" if name == edition else old.read(name))
    assert f"{edition} is not what the history names by this digest." in check_case_file(forged)


def test_it_tells_the_roles_in_which_people_acted(take: Take, number: str, world: World) -> None:
    assert {(world.people["officer"], "officer"), (world.people["supervisor"], "supervisor")} <= given(take(number))


def test_it_tells_no_role_of_anybody_else(take: Take, number: str, world: World) -> None:
    assert {person for person, _ in given(take(number))} == {world.people["officer"], world.people["supervisor"]}


def test_it_tells_no_other_role_of_those_who_acted(engine: Engine, take: Take, world: World) -> None:
    with transaction(engine) as db:
        registry.grant_role(db, world.people["officer"], "compliance", programme=world.programmes["BJ"])
        number = world.open_case(db)
        world.fire(db, "supervisor", number, "assign", {"officer": world.people["officer"]})
    told = [event for event in roles(take(number)) if event["effects"]["person"] == world.people["officer"]]
    assert {event["effects"]["role"] for event in told} == {"officer"}


@pytest.mark.parametrize("by", ["other_officer", "supervisor"])
def test_who_acted_in_the_own_name_has_no_deputyship_told(engine: Engine, take: Take, world: World, by: str) -> None:
    with transaction(engine) as db:
        add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    with transaction(engine) as db:
        number = world.open_case(db, by="other_officer")
        if by == "supervisor":
            world.fire(db, by, number, "assign", {"officer": world.people["other_officer"]})
    path = take(number)
    assert (world.people["officer"], "officer") not in given(path)
    assert {event["effects"]["deputy_for"] for event in roles(path)} == {None}
    assert roles(path, "away") == []


def test_a_role_that_was_given_after_the_last_event_is_not_told(
    engine: Engine, take: Take, number: str, world: World
) -> None:
    before = given(take(number))
    with transaction(engine) as db:
        add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    assert given(take(number)) == before


def test_who_acted_as_a_deputy_has_what_passed_the_role_on(
    engine: Engine, take: Take, number: str, world: World
) -> None:
    with transaction(engine) as db:
        add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    with transaction(engine) as db:
        case, _ = find_case(db, world.actor(db, "other_officer"), number)
        world.write(db, "other_officer", case)
    path = take(number)
    assert len(roles(path, "away")) == 1
    assert (world.people["officer"], "officer") in given(path)


def test_each_event_of_a_register_is_as_it_was_sealed(take: Take, number: str) -> None:
    for event in json.loads(part(take(number), ROLES))["events"]:
        assert event_hash(event["header"]) == event["hash"]
        assert commitment(event["body"]) == event["header"]["body"]


def test_the_words_of_registers_are_kept_behind_hashes(take: Take, number: str) -> None:
    events = json.loads(part(take(number), ROLES))["events"]
    stored = [value for event in events for value in event["body"].values()]
    assert all(set(value) == {"hash"} for value in stored)


def test_the_event_that_said_the_calendar_is_told(take: Take, number: str) -> None:
    told = json.loads(part(take(number), ROLES))["events"]
    assert any("calendar" in event["effects"] for event in told)


def test_a_whole_one_has_no_fault(take: Take, number: str) -> None:
    assert check_case_file(take(number)) == []
