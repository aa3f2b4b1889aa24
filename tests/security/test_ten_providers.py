"""Providers, two to a case: nothing that one of them says or is told reaches another, in any byte they can get.

Four of them by default: whoever works on the same case, and whoever works elsewhere; ten in `make test-long`."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.jobs.mail_content import write_mail
from casework.operations.auth.tokens import make_token
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.integrations.webhooks import create_endpoint, prepare
from casework.operations.notifications.mail_outbox import compose
from casework.operations.notifications.service import tell_due
from casework.operations.people import registry
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.file_makers import pdf
from tests.support.samples import values
from tests.support.way_to_referral import to_request
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.slow


@dataclass
class House:
    """One of them: its words, which stand nowhere else, and the ids of what is its own."""

    name: str
    organisation: str
    case: str = ""
    things: dict[str, str] = field(default_factory=dict)

    def word(self, what: str) -> str:
        return f"Canary-{self.name}-{what}"

    @property
    def marks(self) -> list[str]:
        """What no other provider may ever be sent."""
        return [f"Canary-{self.name}-", *self.things.values()]


@pytest.fixture(params=values(4, whole=10))
def houses(request: pytest.FixtureRequest, app: Flask, engine: Engine, world: World) -> list[House]:
    """Each has asked, been answered, been written to, and handed in a paper; two and two in one case."""
    made = [House(f"{n}{chr(ord('A') + n)}", "") for n in range(request.param)]
    with transaction(engine) as db:
        for one in made:
            _found(world, db, one)
        for first, second in zip(made[::2], made[1::2], strict=True):
            number, referral = to_request(world, db, more_plan={"assessment": first.name})
            world.send(db, number, referral, "assessment")
            beside = {"service": "assessment", "beside": [second.organisation], "join": "all"}
            world.fire(db, "officer", number, "ask_beside", beside)
            for house, theirs in ((first, referral), (second, world.referral(db, number, "assessment"))):
                house.case, house.things["referral"] = number, theirs
        for one in made:
            _talk(world, db, one)
        secret_box = app.extensions["casework.secret_box"]
        for one in made:
            lead = world.actor(db, one.name)
            url = f"https://receiver.example/{one.word('hook')}"
            done = create_endpoint(
                db, lead, secret_box, organisation=one.organisation, url=url, inside=(), request=new_request()
            )
            one.things["endpoint"] = str(done.answer["id"])
    document_store = DocumentStore(engine, app.extensions["casework.store"], secret_box)
    for one in made:
        content = pdf(f"/Lang({one.word('bytes')})".encode())
        one.things["document"] = world.hand_in(
            document_store,
            one.case,
            one.name,
            title=one.word("title"),
            name=f"{one.word('file')}.pdf",
            content=content,
            referral=one.things["referral"],
        )
    with transaction(engine) as db:
        for one in made:
            world.fire(db, one.name, one.case, "ask_info", {"items": one.word("again")}, track=one.things["referral"])
            world.fire(
                db, "officer", one.case, "supply_info", {"answer": one.word("told")}, track=one.things["referral"]
            )
    return made


def _found(world: World, db: Connection, house: House) -> None:
    house.organisation = registry.register_organisation(
        db, name=house.word("house"), kind="provider", services=("assessment",)
    )
    world.organisations[house.name] = house.organisation
    person = registry.register_person(
        db,
        email=f"{house.word('mail').lower()}@example.org",
        name=house.word("lead"),
        password_hash=_hash_of(db, world),
    )
    registry.grant_role(db, person, "provider_lead", organisation=house.organisation)
    world.people[house.name] = person
    world.tokens[house.name] = make_token(db, person, name="test", scopes=("read", "write"), lasts=None)[1]
    house.things["person"] = person


def _hash_of(db: Connection, world: World) -> str:
    """Everybody in the world has the same password; hashing it for each of them would only take time."""
    return str(
        db.execute(
            text("SELECT password_hash FROM people WHERE id = :id"), {"id": world.people["provider"]}
        ).scalar_one()
    )


def _talk(world: World, db: Connection, house: House) -> None:
    referral = house.things["referral"]
    world.fire(
        db,
        house.name,
        house.case,
        "accept",
        {
            "interest": False,
            "confidentiality": True,
            "service": "assessment",
            "person": world.people[house.name],
            "charge": "free",
            "planned_on": today().replace(year=today().year + 1, day=1).isoformat(),
        },
        track=referral,
    )
    case = load(db, home_of(db, house.case), "case")
    house.things["message"] = world.write(db, "officer", case, referral, house.word("shared"), tell=(house.name,))
    world.write(db, house.name, load(db, case.log, "case"), referral, house.word("answer"), tell=("officer",))
    task = text("SELECT id FROM tasks WHERE track_id = CAST(:id AS uuid) AND closed_at IS NULL ORDER BY id LIMIT 1")
    house.things["task"] = str(db.execute(task, {"id": referral}).scalar_one())


def _paths(app: Flask, about: House) -> Iterator[str]:
    """Every address that can be opened, with the things of one house in it."""
    things = {**about.things, "track": about.things["referral"], "number": about.case, "name": "accept", "version": "1"}
    for rule in app.url_map.iter_rules():
        if (
            "GET" in (rule.methods or ())
            and rule.endpoint != "static"
            and rule.endpoint.rpartition(".")[2] != "sign_out"
        ):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: things.get(found[1], about.things["referral"]), rule.rule)
    yield from (f"/search?q={words}" for words in ("Canary", about.word("title"), about.word("house")))
    yield f"/api/v1/search?q={about.word('title')}"


def _bytes(browser: Browser, token: str, path: str) -> str:
    """Status, headers and all that is in an answer, also within sheets and archives; but for the address that was asked."""
    answer = browser.get(path, headers={"Authorization": f"Bearer {token}"} if path.startswith("/api/") else {})
    parts = [answer.data]
    if zipfile.is_zipfile(io.BytesIO(answer.data)):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            parts += [part for name in file.namelist() for part in (name.encode(), file.read(name))]
    said = "\n".join([answer.status, str(answer.headers), *(part.decode("utf-8", "replace") for part in parts)])
    return _but_asked(said, path)


def _but_asked(said: str, path: str) -> str:
    """What was asked for may stand there again: in links of one's own menu, and in the field of a search."""
    for asked in filter(None, [*re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", path), path.partition("q=")[2]]):
        said = said.replace(asked, "")
    return said


def test_no_byte_of_a_provider_reaches_another(app: Flask, world: World, houses: list[House]) -> None:
    leaks, met = [], dict[str, set[str]]()
    for n, house in enumerate(houses):
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{house.word('mail').lower()}@example.org", world.password).status_code == 303
        said: dict[str, str] = {}
        # Its own things; those of whoever works on the same case; and those of a house elsewhere.
        for about in (house, houses[n ^ 1], houses[(n + 2) % len(houses)]):
            for path in _paths(app, about):
                if path not in said:
                    said[path] = _bytes(browser, world.tokens[house.name], path)
        for path, words in said.items():
            leaks += [
                f"{house.name} reads {mark} at {path}"
                for other in houses
                if other is not house
                for mark in other.marks
                if mark in words
            ]
        met[house.name] = {what for what in MET if any(house.word(what) in words for words in said.values())}
    assert leaks == []
    # Each of them meets all of its own, or the walk would prove nothing.
    assert met == {house.name: set(MET) for house in houses}


#: What a house finds on its own pages and in its own files.
MET = ("house", "shared", "answer", "title", "file", "bytes", "again", "told", "hook")


def test_no_mail_and_no_webhook_tells_one_provider_of_another(
    app: Flask, engine: Engine, world: World, houses: list[House], tmp_path: Path
) -> None:
    tell_due(engine, mailing=True)
    secret_box, settings = app.extensions["casework.secret_box"], Settings(profile="test", var=tmp_path)
    told: Mapping[str, list[str]] = {house.name: [] for house in houses}
    with transaction(engine) as db:
        for house in houses:
            mails = db.execute(
                text("SELECT id FROM mails WHERE person_id = CAST(:id AS uuid)"), {"id": house.things["person"]}
            )
            letters = [compose(db, str(mail), secret_box) for mail in mails.scalars().all()]
            told[house.name].extend(write_mail(one, settings).as_string() for one in letters if one is not None)
            sent = text("SELECT id FROM webhook_messages WHERE endpoint_id = CAST(:id AS uuid)")
            for message in db.execute(sent, {"id": house.things["endpoint"]}).scalars().all():
                told[house.name].append(str(prepare(db, str(message), secret_box)))
    assert all(len(words) > 2 for words in told.values())
    assert [
        f"{house.name} is told {mark}"
        for house in houses
        for other in houses
        if other is not house
        for mark in other.marks
        if any(mark in words for words in told[house.name])
    ] == []
