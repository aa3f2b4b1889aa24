"""Two worlds that differ in a secret alone: every byte that an outsider can reach is the same in both.

One world is built and copied, database and all, so that ids, times and sessions are equal; in the second something secret
happens besides. Then every address that the application has is opened in both, as every role that is outside the secret; by
default each address as a fifth of them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, Engine, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casework.api import PREFIX
from casework.definitions import load_library
from casework.jobs.mail_content import write_mail
from casework.operations.catalogue.assessment_visits import add_visit
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import create_record
from casework.operations.catalogue.matches import create_match
from casework.operations.catalogue.needs_assessments import plan_assessment
from casework.operations.core.drafts import save_draft
from casework.operations.core.perform import home_of
from casework.operations.matching.decisions import decide
from casework.operations.matching.runs import read_run, start_run
from casework.operations.mediations.service import open_mediation
from casework.operations.notifications.mail_outbox import compose
from casework.operations.notifications.service import tell_due
from casework.operations.people.registry import register_organisation
from casework.operations.referrals.service import fire_in_referral
from casework.operations.verification.sequencer import sequence
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from casework.web.catalogue.pages import NAMES_OF_VIEWS
from tests.security import authorization_api as api
from tests.security import authorization_web as pages
from tests.security.authorization_rows import ROLES, Row
from tests.support.databases import DatabaseServer
from tests.support.papers import words_of
from tests.support.samples import Sample, a_fifth
from tests.support.scene import Scene, Things, set_scene
from tests.support.signed_worlds import log_of_its_own, of_the_tree, proven, sign_alike, tiles_of
from tests.support.web_client import Browser
from tests.support.world import World, add_match, new_request, today

pytestmark = pytest.mark.slow

PEOPLE = frozenset(ROLES) - {"anonymous"}
PROVIDERS = frozenset({"provider", "provider_lead"})
#: What is said in secret; a word that stands nowhere else.
WORDS = "Quicksilver"


@dataclass(frozen=True)
class Secret:
    """Something that happens in the second world alone, and those who are outside of it."""

    happens: Callable[[World, Connection, Things], None]
    outsiders: frozenset[str]
    #: Whether insiders are mailed of it.
    mailed: bool = True


def _mediate(world: World, db: Connection, things: Things) -> None:
    """One mediation more is opened and sent to a mediator, and in the other one much is said."""
    mediation = things["here"]["mediation"]
    for _ in range(5):
        world.write(db, "dispute_officer", load(db, mediation, "mediation"), words=f"{WORDS}: they will not settle.")
    opened = open_mediation(db, world.actor(db, "dispute_officer"), things["here"]["number"], new_request()).answer
    _type(world, db, f"fire:{opened['track']}:send", "dispute_officer")
    _type(world, db, f"fire:{things['here']['track']}:{things['here']['transition']}", "dispute_officer")
    revision = db.execute(
        text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": opened["track"]}
    ).scalar_one()
    fire_in_referral(
        db,
        world.actor(db, "dispute_officer"),
        str(opened["track"]),
        "send",
        track=None,
        revision=revision,
        data={
            "service": "mediation",
            "provider": world.organisations["lab"],
            "fee": "both",
            "wanted_on": today().replace(year=today().year + 1, day=1).isoformat(),
        },
        request=new_request(),
    )


def _type(world: World, db: Connection, form: str, *names: str) -> None:
    """Somebody fills in a form, or what has the name of one, and does not send it."""
    for name in names:
        save_draft(db, world.people[name], form, {"f-note": [WORDS]})


def _whisper(world: World, db: Connection, things: Things) -> None:
    """The office writes to itself, and to another provider of the same case, who works."""
    number, other = things["here"]["number"], things["there"]["referral"]
    case = load(db, home_of(db, number), "case")
    for _ in range(4):
        note = world.write(db, "officer", case, words=f"{WORDS} inside.", tell=("supervisor",))
        world.write(db, "supervisor", case, words=f"{WORDS}, I see.", reply_to=note)
        asked = world.write(db, "officer", case, other, words=f"{WORDS} to the bank.")
        world.write(db, "foreign_provider", case, other, words=f"{WORDS} from the bank.", reply_to=asked)
    _type(world, db, f"fire:{things['here']['referral']}:decline", "officer", "supervisor", "foreign_provider")
    _type(world, db, f"fire:{case.main.id}:hold", "officer")
    world.fire(db, "foreign_provider", number, "ask_info", {"items": f"{WORDS} papers."}, track=other)
    world.fire(db, "officer", number, "supply_info", {"answer": f"{WORDS}, as asked."}, track=other)
    world.fire(db, "foreign_provider", number, "decline", {"reason": "price", "note": WORDS}, track=other)


def _ask_others(world: World, db: Connection, things: Things) -> None:
    """Another provider is asked beside, what the case waits for changes, and the other's request comes to nothing."""
    number = things["here"]["number"]
    beside = {"service": "assessment", "beside": [world.organisations["other"]], "join": "first"}
    world.fire(db, "officer", number, "ask_beside", beside)
    world.fire(db, "officer", number, "change_join", {"service": "assessment", "join": "all", "reason": f"{WORDS}."})
    other = world.referral(db, number, "assessment")
    world.write(db, "officer", load(db, home_of(db, number), "case"), other, words=f"{WORDS} to the other.")
    world.fire(db, "officer", number, "cancel", {"reason": "other", "fees_settled": True, "note": WORDS}, track=other)


def _hold(world: World, db: Connection, things: Things) -> None:
    """The case waits, and with it what the office was to do for its providers."""
    number = things["here"]["number"]
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": f"{WORDS} is voted on."}
    world.write(db, "supervisor", load(db, home_of(db, number), "case"), words=f"{WORDS} first.", tell=("officer",))
    world.fire(db, "officer", number, "hold", waits)
    case = load(db, home_of(db, number), "case")
    assert {clock.track for clock in case.clocks.values() if clock.id in case.held_clocks} & {
        things["here"]["referral"]
    }


def _close(world: World, db: Connection, things: Things) -> None:
    """A closed need is brought in from a source of its own; an officer enters another, beside one that is a twin of it, searches for it,
    decides on what was found, and matches it."""
    row = f"external_id,title,publication\nN1,{WORDS} boiler,closed\n".encode()
    assert import_records(db.engine, "needs", io.BytesIO(row), programme="BJ", source=WORDS).created == 1
    officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
    told = {
        "title": f"{WORDS} pump",
        "problem": f"{WORDS} heat of the works, which goes into the river all year.",
        "owner_id": world.organisations["need_owner"],
    }
    ids = []
    for source in ("visit", "call"):
        done = create_record(
            db, officer, "need", programme=programme, fields=told, source=source, confirmed=True, request=new_request()
        )
        ids.append(str(done.answer["id"]))
    run = str(start_run(db, officer, ids[0], request=new_request()).answer["id"])
    create_match(
        db,
        officer,
        programme=programme,
        need=ids[0],
        technology=things["here"]["technology"],
        source="visit",
        external_id=None,
        proposed_on=None,
        proposed_by=WORDS,
        score=None,
        rationale=WORDS,
        request=new_request(),
    )
    here = things["here"]["technology"]
    other = next(
        one["technology"] for one in read_run(db, officer, run).found["candidates"] if one["technology"] != here
    )
    decide(db, officer, run, technology=other, decision="shortlist", request=new_request())
    refused: dict[str, Any] = {"code": "not_ready", "reason": f"{WORDS} runs out of it."}
    decide(db, officer, run, technology=here, decision="refuse", request=new_request(), **refused)
    _type(world, db, f"need:new:{programme}", "officer")
    _assess(world, db, programme)


def _assess(world: World, db: Connection, programme: str) -> None:
    """Whoever reads closed needs plans an assessment, and enters an event of it."""
    officer, days = world.actor(db, "officer"), {"starts_on": "2026-01-01", "ends_on": "2026-06-30"}
    plan = {"title": f"{WORDS} in the city", **days}
    done = plan_assessment(db, officer, programme=programme, fields=plan, request=new_request())
    event = {"kind": "event", "day": "2026-02-02", "title": f"{WORDS} forum", "notes": f"{WORDS} was asked for."}
    add_visit(db, officer, str(done.answer["id"]), fields=event, request=new_request())


#: What a need that is closed is called, and the case that was opened from it; and what it is called where that is the secret.
CALLED, CALLED_IN_SECRET = "Warm water of the works", f"{WORDS} of the works"


def _open_of_closed(world: World, db: Connection) -> None:
    """A case is opened from a need that only those who keep it may see."""
    officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
    told = {"title": CALLED, "publication": "closed", "owner_id": world.organisations["need_owner"]}
    done = create_record(
        db, officer, "need", programme=programme, fields=told, source="visit", confirmed=True, request=new_request()
    )
    world.matches.append(add_match(db, officer, programme, str(done.answer["id"]), world.technologies[-1]))
    world.open_case(db, -1)


def _call_otherwise(owner_url: str) -> None:
    """That need and its case are called otherwise, in every row and every event, and nothing else is another."""
    with psycopg.connect(owner_url) as db:
        for table, column in (("needs", "title"), ("cases", "title"), ("events", "body")):
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            kind = "text" if column == "title" else "jsonb"
            changed = db.execute(
                f"UPDATE {table} SET {column} = CAST(replace(CAST({column} AS text), %s, %s) AS {kind})"
                f" WHERE strpos(CAST({column} AS text), %s) > 0",
                (CALLED, CALLED_IN_SECRET, CALLED),
            )
            assert changed.rowcount > 0
            db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


#: In this world that need is called otherwise as well: of all who are outside of its secret nobody sees a case of it whole.
CALLED_OTHERWISE = "who else is asked"
SECRETS: Mapping[str, Secret] = {
    "a closed need": Secret(_close, PEOPLE - {"officer", "other_officer", "supervisor", "auditor"}, mailed=False),
    "a mediation": Secret(_mediate, PEOPLE - PROVIDERS - {"dispute_officer"}),
    CALLED_OTHERWISE: Secret(
        _ask_others, PROVIDERS | {"foreign_provider", "verifier", "observer", "dispute_officer", "foreign_officer"}
    ),
    "the case is on hold": Secret(
        _hold, PROVIDERS | {"foreign_provider", "verifier", "dispute_officer", "foreign_officer"}
    ),
    "what others are told": Secret(
        _whisper, PROVIDERS | {"verifier", "observer", "dispute_officer", "foreign_officer"}
    ),
}


@dataclass
class Twin:
    """One of two worlds: its application, and a browser for each role with the session that both worlds know."""

    app: Flask
    world: World
    browsers: Mapping[str, Browser]
    #: What each role was answered at each address: the world without a secret is asked once for all secrets.
    answers: dict[tuple[str, str], object] = field(default_factory=dict)

    def answer(self, role: str, path: str) -> object:
        if (role, path) not in self.answers:
            self.answers[role, path] = _told(self.open(role, path))
        return self.answers[role, path]

    def open(self, role: str, path: str) -> TestResponse:
        known = path.startswith("/api/") and role in self.world.tokens
        token = {"Authorization": f"Bearer {self.world.tokens[role]}"} if known else {}
        return self.browsers[role].get(path, headers=token)


def _copy(server: DatabaseServer, database: str, var: Path, scene: Scene) -> tuple[Twin, str]:
    name = server.create(database)
    app = create_app(server.settings(name, var))
    browsers = {}
    for role, before in scene.browsers.items():
        browsers[role] = Browser(app.test_client())
        for cookie in (before.flask._cookies or {}).values():  # the jar of a test client is not public
            browsers[role].flask.set_cookie(cookie.key, cookie.value, path=cookie.path)
    return Twin(app, scene.world, browsers), name


@pytest.fixture(scope="module")
def base(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Scene, str, Path]]:
    var = tmp_path_factory.mktemp("twins")
    with set_scene(database_server, template_database, var) as scene:
        engine: Engine = scene.app.extensions["casework"]
        with transaction(engine) as db:
            scene.world.organisations["other"] = register_organisation(
                db, name="Tianjin Second House", kind="provider", services=("assessment",)
            )
            _open_of_closed(scene.world, db)
        with transaction(engine) as db:
            # Everybody follows everything, sealed or not: what each is told of it is what each sees.
            db.execute(
                text(
                    "INSERT INTO follows (person_id, log_id) SELECT p.id, l.id FROM people p CROSS JOIN logs l"
                    " WHERE l.kind IN ('case', 'mediation') AND p.id = ANY(CAST(:people AS uuid[]))"
                ),
                {"people": sorted(scene.world.people.values())},
            )
        tell_due(engine, mailing=True)
        database = str(engine.url.database)
        sequence(engine, database_server.settings(database, var))
        engine.dispose()
        yield scene, database, var


@pytest.fixture(scope="module")
def worlds(base: tuple[Scene, str, Path], database_server: DatabaseServer) -> Iterator[Mapping[str | None, Twin]]:
    """The world without a secret, under None, and one for each secret. In each what happened is in the tree that was signed, and published;
    and as much has happened in each, which is all that the tree's size may say."""
    scene, database, var = base
    twins: dict[str | None, Twin] = {}
    names = []
    for what in (None, *SECRETS):
        twins[what], name = _copy(database_server, database, var, scene)
        names.append(name)
        engine: Engine = twins[what].app.extensions["casework"]
        if what is not None:
            with transaction(engine) as db:
                SECRETS[what].happens(scene.world, db, scene.things)
        if what == CALLED_OTHERWISE:
            _call_otherwise(database_server.owner_url(name))
        tell_due(engine, mailing=True)
    logs = {name: log_of_its_own(database_server.settings(name, var), name) for name in names}
    assert sign_alike(logs, [database_server.owner_url(name) for name in names]) > 0
    with psycopg.connect(database_server.owner_url(names[0])) as connection:
        (moment,) = connection.execute("SELECT (casework_now() + interval '1 minute')::text").fetchone() or ("",)
    for name in names:
        # In all of them it is the same moment from now on, so that nothing differs by what has passed meanwhile.
        with psycopg.connect(database_server.owner_url(name)) as connection:
            connection.execute(
                "CREATE OR REPLACE FUNCTION casework_now() RETURNS timestamptz "
                f"LANGUAGE sql VOLATILE AS $$ SELECT timestamptz '{moment}' $$"
            )
    # Pages go by the process's clock, and an axis of time ends at the full hour.
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        yield twins
    for twin in twins.values():
        twin.app.extensions["casework"].dispose()
    for name in names:
        database_server.drop(name)


@pytest.fixture(params=SECRETS)
def twins(
    request: pytest.FixtureRequest, base: tuple[Scene, str, Path], worlds: Mapping[str | None, Twin]
) -> tuple[Secret, Scene, Twin, Twin]:
    scene, _, _ = base
    return SECRETS[request.param], scene, worlds[None], worlds[request.param]


def _addresses(app: Flask, things: Things) -> dict[str, Set[str]]:
    """Every address that can be opened, with the things of here and of elsewhere in it; and some searches. Of each who may open
    it by the tables, where it is about something."""
    found: dict[str, Set[str]] = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static" and rule.rule not in _OWN:
            for where in ("here", "there", "absent"):
                address = _fill(rule, things[where])
                found[address] = found.get(address, frozenset()) | _may_open(rule.rule, where)
    more = [
        f"/search?q={WORDS}",
        "/search?q=mediation",
        f"/go?q={WORDS}",
        f"/cases?words={WORDS}",
        f"/api/v1/cases?words={WORDS}",
        f"/cases/{things['here']['number']}/history?only=messages",
        "/cases?phase=none",
        "/cases?waits=provider",
        *(f"/matches?view={view}" for view in NAMES_OF_VIEWS),
        "/sample?seed=1234abcd",
    ]
    return found | dict.fromkeys(more, PEOPLE)


#: Who reads the registers of a programme, but none of its closed needs.
_READERS = ("compliance", "manager")


def _registers(app: Flask, things: Mapping[str, str]) -> Set[str]:
    """Whatever lists or counts records: every address that names none, and those of a programme, a need and a technology."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.arguments <= {"programme", "need", "technology"}]
    tabs = {f"/matches?view={view}" for view in NAMES_OF_VIEWS}
    return {_fill(rule, things) for rule in rules} | tabs


def _may_open(rule: str, where: str) -> Set[str]:
    """Who is let in to what is here, or lies there, by the tables of who may do what."""
    shape = re.sub(r"<(?:\w+:)?(\w+)>", "<>", rule)
    rows = [row for row in (*pages.TABLE, *api.TABLE) if row.method == "GET" and _shape(row) == shape]
    return frozenset[str]().union(*(row.allowed if where == "here" else getattr(row, where) for row in rows))


def _shape(row: Row) -> str:
    return (PREFIX if row.api else "") + re.sub(r"[<{]\w+[>}]", "<>", row.path)


def _fill(rule: Rule, things: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return things.get(found[1].rpartition(":")[2], "00000000-0000-4000-8000-000000000000")

    return re.sub(r"<([^>]+)>", value, rule.rule)


def _more_things(scene: Scene) -> Things:
    """The things of the pages, and those that only the API has addresses for."""
    case = load_library().latest("case")
    assert case is not None
    world = scene.world
    more = {
        "need": world.needs[0],
        "technology": world.technologies[0],
        "right": world.rights[0],
        "fingerprint": case.fingerprint,
        "name": "case",
    }
    return {where: {**more, **things} for where, things in scene.things.items()}


#: Of a page, what is new each time it is made; of headers, those that name the request alone.
_FRESH = re.compile(
    r'(name="(?:csrf_token|key|done|seal|seed)" value=")[^"]*|("request_id": ?")[^"]*|(name="csrf-token" content=")[^"]*'
    r"|([1-5]\d\d · <code>)[^<]*"
)
#: A secret of one's own that is made anew each time, and what draws lots unless a seed is named.
_OWN = frozenset({"/account/second-factor", "/sample"})
_OF_THE_REQUEST = {"set-cookie", "date", "x-request-id"}


def _told(answer: TestResponse) -> object:
    """All that an answer tells, but for what is new each time, and what is chance of the tree."""
    path = answer.request.path
    headers = sorted((name, value) for name, value in answer.headers if name.lower() not in _OF_THE_REQUEST)
    if answer.data[:2] == b"PK":
        # A sheet or a case's file: what is in it. Of a sheet the moment of its making stands beside.
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            parts = {name: file.read(name) for name in file.namelist() if name != "docProps/core.xml"}
        for name in {"proof.json", "SHA256SUMS"} & parts.keys():
            parts[name] = proven(parts[name].decode()).encode()
        return answer.status, parts
    if answer.data[:4] == b"%PDF":
        return answer.status, proven(words_of(answer.data)) if of_the_tree(path) else words_of(answer.data)
    if path.startswith("/log/tile/"):
        return answer.status, headers, len(answer.data)
    if (answer.mimetype or "").startswith("image/"):
        return answer.status, answer.data
    said = _FRESH.sub(lambda found: next(one for one in found.groups() if one) or "", answer.text)
    return answer.status, headers, proven(said) if of_the_tree(path) else said


def _asked(sample: Sample, addresses: Mapping[str, Set[str]], registers: Set[str]) -> list[tuple[str, str]]:
    """What falls to the outsiders of any secret, and the registers to each who reads them. All ask the same in all worlds, and in
    the same order: the one without a secret is asked once, and what somebody has opened may change what they are told next, and
    others who read who read."""

    def may(who: str, address: str) -> bool:
        return who in addresses[address]

    pairs = set().union(*(sample.pairs(sorted(one.outsiders), addresses, may) for one in SECRETS.values()))
    pairs |= {(who, address) for who in _READERS for address in registers & addresses.keys()}
    return [one for one in Sample(1).pairs(sorted(PEOPLE), addresses) if one in pairs]


@a_fifth
def test_an_outsider_reads_the_same_in_both_worlds(twins: tuple[Secret, Scene, Twin, Twin], sample: Sample) -> None:
    secret, scene, without, with_it = twins
    different = []
    things = _more_things(scene)
    addresses, registers = _addresses(without.app, things), _registers(without.app, things["here"])
    every = _asked(sample, addresses, registers)
    asked = [(role, path) for role, path in every if role in secret.outsiders]
    for role, path in every:
        expected, answer = without.answer(role, path), _told(with_it.open(role, path))
        if role in secret.outsiders and answer != expected:
            different.append(f"{role} {path}: {_first_difference(str(expected), str(answer))}")
    assert {role for role, _ in asked} == secret.outsiders
    assert {path for _, path in asked} == set(addresses)
    if secret.happens is _close:
        pages = {"/desk", f"/technologies/{things['here']['technology']}", f"/needs/{things['here']['need']}/desk"}
        assert {(who, page) for who in _READERS for page in pages} <= set(asked)
    # What somebody outside may open at all, somebody has opened.
    opened = {path for role, path in asked if role in addresses[path]}
    assert {path for path, may in addresses.items() if may & secret.outsiders} == opened
    assert len(opened) > 100
    assert not different, "\n".join(different[:40])


def test_who_sees_a_case_in_outline_is_not_told_what_its_closed_need_is_called(
    worlds: Mapping[str | None, Twin],
) -> None:
    """By its own addresses, by lists, files and searches: also by those that the walk over all of them gave to somebody else."""
    without, with_it = worlds[None], worlds[CALLED_OTHERWISE]
    with transaction(without.app.extensions["casework"]) as db:
        number = db.execute(text("SELECT number FROM cases WHERE title = :title"), {"title": CALLED}).scalar_one()
    rules = [rule for rule in without.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    asked = [
        (_fill(rule, {"number": number}), _may_open(rule.rule, "here"))
        for rule in rules
        if rule.arguments == {"number"}
    ]
    lists = [
        f"{api}/{path}"
        for path in ("cases?", "search?q=", "search?q=works", f"search?q={number}")
        for api in ("", PREFIX)
    ]
    lists += [
        f"{api}/{path}={word}"
        for path in ("cases?words", "search?q")
        for word in (WORDS, "works")
        for api in ("", PREFIX)
    ]
    asked += [(path, frozenset({"observer", "dispute_officer"})) for path in lists]
    different, opened = [], set()
    for path, may in asked:
        for role in sorted(may & {"observer", "dispute_officer"}):
            expected, answer = without.answer(role, path), _told(with_it.open(role, path))
            opened.add(path)
            if answer != expected or "of the works" in str(answer):
                different.append(f"{role} {path}: {_first_difference(str(expected), str(answer))}")
    assert not different, "\n".join(different)
    assert {f"/cases/{number}", f"{PREFIX}/cases/{number}"} <= opened
    assert f"Case {number}" in str(without.answer("observer", "/cases"))
    for twin, called in ((without, CALLED), (with_it, CALLED_IN_SECRET)):
        assert called in str(_told(twin.open("officer", f"/cases/{number}")))


def test_an_outsider_reads_the_same_of_the_tree_and_of_the_past_in_both_worlds(
    twins: tuple[Secret, Scene, Twin, Twin],
) -> None:
    """The tree was signed after the secret, and both ask as of a moment before it, and of now."""
    secret, scene, without, with_it = twins
    number, size = scene.things["here"]["number"], int(without.open("anonymous", "/log/checkpoint").text.split("\n")[1])
    with transaction(without.app.extensions["casework"]) as db:
        moments = db.execute(_MOMENTS, {"number": number}).one()
    tiles = tiles_of(size)
    past = [
        address.format(number=number, moment=moment)
        for moment in moments
        for address in (
            "/cases/{number}/past?as_of={moment}",
            "/api/v1/cases/{number}?as_of={moment}",
            "/api/v1/cases/{number}/clocks?as_of={moment}",
            "/api/v1/cases/{number}/events?as_of={moment}",
        )
    ]
    proofs = [f"/api/v1/cases/{number}/certificate?event={n}" for n in (1, 2)]
    proofs += [f"/cases/{number}/history/1/certificate{kind}" for kind in ("", ".json", ".pdf")]
    different, opened = [], set()
    for role in sorted(secret.outsiders | {"anonymous"}):
        for path in ("/log/checkpoint", *tiles, *past, *proofs):
            expected, answer = without.answer(role, path), _told(with_it.open(role, path))
            assert isinstance(expected, tuple)
            if expected[0] == "200 OK":
                opened.add(path)
            if answer != expected:
                different.append(f"{role} {path}: {_first_difference(str(expected), str(answer))}")
    assert not different, "\n".join(different[:40])
    assert {"/log/checkpoint", *tiles} <= opened
    if secret.happens in (_mediate, _close):
        assert {*past, *proofs} <= opened


#: Before the secret, and after it.
_MOMENTS = text("""
    SELECT to_char((max(e.at) FILTER (WHERE e.seq = 2) + interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS before,
        to_char(casework_now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS after
    FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :number
""")


def _posted(twin: Twin, role: str) -> list[tuple[str, ...]]:
    """Every mail that waits for somebody, as it would leave: all but its own number and moment."""
    engine, secret_box = twin.app.extensions["casework"], twin.app.extensions["casework.secret_box"]
    with transaction(engine) as db:
        waiting = text("SELECT id FROM mails WHERE person_id = CAST(:id AS uuid) AND state = 'queued'")
        mails = db.execute(waiting, {"id": twin.world.people[role]}).scalars().all()
        letters = [letter for mail in mails if (letter := compose(db, str(mail), secret_box)) is not None]
    written = [write_mail(one, Settings(profile="test", var=Path(twin.app.instance_path))) for one in letters]
    return sorted(
        (str(one["Subject"]), str(one["To"]), *(str(part.get_content()) for part in one.iter_parts()))
        for one in written
    )


def test_an_outsider_is_mailed_the_same_in_both_worlds(twins: tuple[Secret, Scene, Twin, Twin]) -> None:
    secret, _, without, with_it = twins
    posted = {role: (_posted(without, role), _posted(with_it, role)) for role in sorted(secret.outsiders)}
    assert [role for role, (one, other) in posted.items() if one != other] == []
    insider = "provider" if secret.happens is _mediate else "officer"
    assert any(one for one, _ in posted.values())
    assert (_posted(without, insider) != _posted(with_it, insider)) is secret.mailed


def _told_by_hooks(twin: Twin) -> list[tuple[str, str]]:
    """What the systems of the lab are told of by webhooks."""
    with transaction(twin.app.extensions["casework"]) as db:
        found = db.execute(
            text(
                "SELECT m.type, m.payload FROM webhook_messages m JOIN webhook_endpoints e ON e.id = m.endpoint_id"
                " WHERE e.organisation_id = CAST(:id AS uuid) ORDER BY m.made_at, m.id"
            ),
            {"id": twin.world.organisations["lab"]},
        )
        return [(row.type, row.payload) for row in found]


def test_a_provider_s_system_is_told_the_same_in_both_worlds(twins: tuple[Secret, Scene, Twin, Twin]) -> None:
    secret, _, without, with_it = twins
    one, other = _told_by_hooks(without), _told_by_hooks(with_it)
    assert one
    # In the mediation the lab is the mediator, who is told of being asked.
    assert (one == other) is (secret.happens is not _mediate)


def _first_difference(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"…{one[max(0, at - 60) : at + 60]!r} is …{other[max(0, at - 60) : at + 60]!r}"


def test_an_insider_reads_of_it(twins: tuple[Secret, Scene, Twin, Twin]) -> None:
    """The worlds do differ, and what compares them would see it."""
    secret, scene, without, with_it = twins
    insider = "dispute_officer" if secret.happens is _mediate else "officer"
    assert any(
        _told(without.open(insider, path)) != _told(with_it.open(insider, path))
        for path in (
            f"/mediations/{scene.things['here']['mediation']}",
            "/mediations",
            "/needs",
            f"/cases/{scene.things['here']['number']}",
        )
    )
