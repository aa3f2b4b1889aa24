"""The file of a case from a real database, signed and published, and the key that it was signed with; all made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.operations.audit.findings import answer_finding, ask_again, close_finding, raise_finding
from casework.operations.cases.opening import open_case
from casework.operations.core.access_log import note_reading
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.attestation_files import take_attestation
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.finding_files import take_findings
from casework.operations.verification.reading_files import take_readings
from casework.operations.verification.sequencer import sequence
from casework.records import log_keys
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from casework_verify.command import main
from casework_verify.integrity.canonical import canonical
from tests.operations.audit.test_finding_owners import assigned
from tests.operations.verification.test_attestations import sign
from tests.support.databases import DatabaseServer
from tests.support.published import publish
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world, new_request

#: Arguments of the command; its exit code and what it prints.
Run = Callable[..., tuple[int, str]]
#: What somebody does to what a file says, and what is said of it then: the exit code, and the codes of what is wrong.
Change = Callable[[Any], object]
Judge = Callable[..., tuple[int, list[str]]]


@dataclass
class House:
    """An installation with a case, whose files somebody takes out."""

    engine: Engine
    superuser: Engine
    settings: Settings
    world: World
    number: str
    folder: Path

    def take_out(self, name: str, number: str | None = None, since: int | None = None) -> Path:
        store = document_store_of(self.engine, self.settings)
        with transaction(self.engine) as db:
            actor = self.world.actor(db, "auditor")
            file = make_case_file(db, actor, store, number or self.number, "/cases/x/file", since=since)
        path = self.folder / name
        path.write_bytes(b"".join(file.pieces()))
        return path

    def sign(self) -> None:
        sequence(self.engine, self.settings)
        publish(self.superuser)

    def go_on(self) -> None:
        """One more event of the case."""
        self.world.hand_in(document_store_of(self.engine, self.settings), self.number, name="more.pdf")

    @property
    def keys(self) -> Path:
        path = self.folder / "keys.pub"
        path.write_text("".join(f"{key.line}\n" for key in log_keys.public_keys(self.settings)))
        return path


@pytest.fixture(scope="package")
def house(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    name = database_server.create(template_database)
    settings = database_server.settings(name, folder / "var")
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
        number, _ = to_referral(world, db)
    store = document_store_of(engine, settings)
    world.hand_in(store, number, name="报告.pdf")
    made = House(engine, superuser, settings, world, number, folder)
    made.sign()
    yield made
    for one in (engine, superuser):
        one.dispose()


@pytest.fixture(scope="package")
def case_file(house: House) -> Path:
    """A whole file, all of it signed."""
    return house.take_out("case.zip")


@pytest.fixture(scope="package")
def other_file(house: House) -> Path:
    """A whole file of another case, which is a further site of the first."""
    with transaction(house.engine) as db:
        match, officer = house.world.new_match(db), house.world.actor(db, "officer")
        done = open_case(db, officer, match, new_request(), follows_from=house.number)
        number = str(done.answer["number"])
    house.sign()
    return house.take_out("other.zip", number)


@pytest.fixture(scope="package")
def keys(house: House, case_file: Path) -> Path:
    return house.keys


@pytest.fixture(scope="package")
def attestation(house: House) -> bytes:
    """One that was signed, with the proof of its event."""
    sign(house.engine, house.world, words="Nothing was left out.", knows=True)
    house.go_on()
    house.sign()
    with transaction(house.engine) as db:
        actor = house.world.actor(db, "auditor")
        return take_attestation(db, actor, house.world.programmes["BJ"], 1).data


@pytest.fixture(scope="package")
def findings_export(house: House) -> bytes:
    """Three findings, one closed after it was asked again, one given to somebody whose day is to come, one just raised."""
    world = house.world
    with transaction(house.engine) as db:
        auditor, officer = world.actor(db, "auditor"), world.actor(db, "officer")
        ids = [
            str(
                raise_finding(db, auditor, house.number, event=n, words=f"Why {n}?", request=new_request()).answer["id"]
            )
            for n in (1, 2, 3)
        ]
        answer_finding(db, officer, ids[0], words="It rained.", request=new_request())
        ask_again(db, auditor, ids[0], words="All day?", request=new_request())
        answer_finding(db, officer, ids[0], words="All day.", request=new_request())
        close_finding(db, auditor, ids[0], words="Settled.", request=new_request())
        assigned(world, db, ids[1])
    house.sign()
    with transaction(house.engine) as db:
        return take_findings(db, world.actor(db, "auditor"))


@pytest.fixture(scope="package")
def readings_export(house: House) -> bytes:
    """A whole chain, of an auditor who looked at pages; and some of what an officer and a provider took out."""
    world = house.world
    with transaction(house.engine) as db:
        auditor, officer = world.actor(db, "auditor"), world.actor(db, "officer")
        for n in range(4):
            note_reading(db, auditor, f"/cases?words={n}", house.number)
        note_reading(db, officer, "/cases.csv?state=open")
        note_reading(db, officer, "/tasks")
        note_reading(db, officer, f"/cases/{house.number}/file", house.number)
        note_reading(db, world.actor(db, "provider"), f"/cases/{house.number}/file", house.number)
    house.sign()
    with transaction(house.engine) as db:
        return take_readings(db, world.actor(db, "auditor"))


def told(out: str) -> list[str]:
    """The codes of the faults that are no remarks."""
    return [one["code"] for file in json.loads(out)["files"] for one in file["faults"] if one["level"] != "note"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command with some arguments: its exit code, and what it prints."""

    def ran(*arguments: object) -> tuple[int, str]:
        code = main([str(one) for one in arguments])
        return code, capsys.readouterr().out

    return ran


@pytest.fixture
def judge(taken_out: bytes, keys: Path, run: Run, tmp_path: Path) -> Judge:
    """What is said of a file of JSON as somebody changed it; the module of the test says which file that is."""

    def judged(change: Change = lambda content: None, key: Path = keys) -> tuple[int, list[str]]:
        content = json.loads(taken_out)
        change(content)
        path = tmp_path / "changed.json"
        path.write_bytes(canonical(content))
        code, out = run(path, "--key", key, "--json")
        return code, told(out)

    return judged
