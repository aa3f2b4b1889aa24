"""Every route with every role, on things of here, of elsewhere and of nowhere: the table, walked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.operations.audit.findings import raise_finding
from casework.operations.auth.sessions import secret_hash
from casework.operations.auth.sign_in import sign_in
from casework.operations.auth.tokens import make_token
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.sources import open_source
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.matching.runs import start_run
from casework.operations.mediations.service import open_mediation
from casework.operations.people import registry
from casework.operations.referrals.acknowledgements import object_to
from casework.operations.tasks.service import add_item
from casework.operations.verification.sequencer import sequence
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.web.app import create_app
from tests.security.authorization_api import TABLE
from tests.security.authorization_rows import ROLES, Row
from tests.security.authorization_walk import faults_of
from tests.support.additions import (
    add_absence,
    add_assessment,
    add_attestation,
    add_batch,
    add_burden,
    add_case_link,
    add_endpoint,
    add_erasure,
    add_failed_job,
    add_file,
    add_hold,
    add_idle,
    add_incoming,
    add_interest,
    add_invitation,
    add_link,
    add_mail,
    add_party,
    add_proposal,
    add_recovery,
    add_report,
    add_role_request,
    add_sample,
    add_screening,
    add_service_account,
    add_statement,
    add_unsealing,
    add_witness,
    send_need_file,
    show_burden,
)
from tests.support.api_client import PREFIX, Answer, Client
from tests.support.databases import DatabaseServer
from tests.support.personae import make_personae
from tests.support.way_to_referral import to_referral
from tests.support.world import World, add_match, add_need, add_technology, build_world, new_request


@dataclass
class Scene:
    """The things that the rows are about, by where they are and what they are called."""

    app: Flask
    engine: Engine
    world: World
    things: Mapping[str, Mapping[str, str]]

    def enter(self, role: str) -> None:
        """A token is at hand."""

    def ask(self, row: Row, role: str, where: str) -> Answer:
        token = None if role == "anonymous" else self.world.tokens[role]
        client = Client(self.app.test_client(), token)
        things = self.things[where]
        path = row.address(things)
        if row.method == "GET":
            return client.get(path + ("?limit=100" if row.lists and row.lists not in _UNPAGED else ""))
        return client.post(path, row.sent(things), if_match=self.revision(row, where))

    def revision(self, row: Row, where: str) -> int | None:
        if not row.if_match or row.if_match == "stale":
            return 99_999 if row.if_match else None
        with transaction(self.engine) as db:
            found = db.execute(
                text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"),
                {"id": self.things[where][row.if_match]},
            ).scalar_one_or_none()
        return int(found) if found is not None else 1


_UNPAGED = {
    "role_request",
    "account",
    "unsealing",
    "endpoint",
    "incoming",
    "mediation",
    "token",
    "session",
    "programme",
    "absence",
    "recovery",
}


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    name = database_server.create(template_database)
    var: Path = tmp_path_factory.mktemp("scene")
    app = create_app(database_server.settings(name, var))
    engine: Engine = app.extensions["casework"]
    with transaction(engine) as db:
        world = build_world(db)
    # An attestation rests on a checkpoint.
    sequence(engine, database_server.settings(name, var))
    with transaction(engine) as db:
        things = _things(world, db)
    document_store = DocumentStore(engine, app.extensions["casework.store"], app.extensions["casework.secret_box"])
    papers = {
        where: world.hand_in(document_store, things[where]["number"], by)
        for where, by in (("here", "officer"), ("there", "foreign_officer"))
    }
    papers["absent"] = str(uuid.uuid4())
    shown, sent = {"absent": str(uuid.uuid4())}, {"absent": str(uuid.uuid4())}
    for where, by, scope in (("here", "officer", "BJ"), ("there", "foreign_officer", "SH")):
        of = things[where]
        shown[where] = show_burden(document_store, world, of["right"], of["burden"], by=by, scope=scope)
        sent[where] = send_need_file(document_store, world, of["statement"], by=by, scope=scope)
    things = {
        where: {**some, "document": papers[where], "version": "1", "evidence": shown[where], "need_file": sent[where]}
        for where, some in things.items()
    }
    make_personae(world, engine, things["here"]["number"], things["here"]["mediation"])
    yield Scene(app, engine, world, things)
    engine.dispose()
    database_server.drop(name)


def _things(world: World, db: Connection) -> Mapping[str, Mapping[str, str]]:
    number, referral = to_referral(world, db, more_plan={"pledge": "bank"})
    other = world.referral(db, number, "pledge")
    world.send(db, number, other, "pledge")
    there = world.programmes["SH"]
    officer = world.actor(db, "foreign_officer")
    need, technology = add_need(db, there, "n-1", None), add_technology(db, there, "t-1", None)
    match = add_match(db, officer, there, need, technology)
    world.matches.append(match)
    elsewhere = world.open_case(db, -1, "foreign_officer")
    more = add_need(db, there, "n-2", None), add_technology(db, there, "t-2", None)
    world.matches.append(add_match(db, officer, there, *more))
    spare = world.open_case(db, -1, "foreign_officer")
    right = record_right(
        db,
        officer,
        programme=there,
        technologies=[technology],
        kind="know_how",
        fields={"owner": "There"},
        confirmed=True,
        request=new_request(),
    ).answer["id"]
    mediation = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
    leaver = registry.register_person(db, email="leaver@example.org", name="Leaver")
    membership = registry.grant_role(db, leaver, "auditor", programme=world.programmes["BJ"])
    away = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people["foreign_officer"]}
    ).scalar_one()
    finding = raise_finding(
        db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request()
    ).answer["id"]
    watcher = registry.register_person(db, email="watcher@example.org", name="Watcher")
    registry.grant_role(db, watcher, "auditor", programme=there)
    world.people["watcher"] = watcher
    found = raise_finding(
        db, world.actor(db, "watcher"), elsewhere, event=1, words="Why?", request=new_request()
    ).answer["id"]
    registry.grant_role(db, world.add_person(db, "only_one"), "supervisor", programme=there)
    registry.grant_role(db, world.add_person(db, "foreign_auditor"), "auditor", programme=there)
    asked = [add_role_request(db, world, one) for one in ("BJ", "SH")]
    written = {
        "here": _messages(world, db, number, "officer", "officer", "supervisor")
        | _shared(world, db, number, referral, "provider"),
        "there": _messages(world, db, elsewhere, "foreign_officer", "only_one", "foreign_officer")
        | _shared(world, db, number, other, "foreign_provider"),
    }
    unsealings = [
        add_unsealing(db, world, str(mediation["id"]), "auditor"),
        add_unsealing(db, world, str(mediation["id"]), "manager", ended=True),
    ]
    sealed = world.write(db, "dispute_officer", load(db, str(mediation["id"]), "mediation"))
    library = load_library()
    consent = db.execute(text("SELECT id FROM consents ORDER BY id LIMIT 1")).scalar_one()
    case = library.latest("case")
    assert case is not None
    objections = [
        str(
            object_to(db, world.actor(db, by), of, to="send", words="Not so.", request=new_request()).answer[
                "objection"
            ]
        )
        for by, of in (("provider", referral), ("foreign_provider", other))
    ]
    absences = [
        add_absence(db, world, *one)
        for one in (("officer", "other_officer", "BJ"), ("foreign_officer", "only_one", "SH"))
    ]
    hooks = [
        add_endpoint(db, world.organisations[one], world.people[by])
        for one, by in (("lab", "provider_lead"), ("bank", "foreign_provider"))
    ]
    # Not that of another case that comes later.
    own = world.needs[-1]
    interests = [add_interest(db, world, *one) for one in (("officer", "BJ", own), ("foreign_officer", "SH", need))]
    stated = [add_statement(db, world, *one) for one in (("officer", "BJ"), ("foreign_officer", "SH"))]
    assessed = [add_assessment(db, world, *one) for one in (("officer", "BJ", own), ("foreign_officer", "SH", need))]
    leaving = [add_erasure(db, world, one) for one in ("BJ", "SH")]
    held = [add_hold(db, world, one) for one in ("BJ", "SH")]
    invited = [add_invitation(db, world, one) for one in ("lab", "bank")]
    account = add_service_account(db, world)
    incoming = [
        add_incoming(db, world.organisations[one], account, world.people["provider_lead"]) for one in ("lab", "bank")
    ]
    link_task, link = add_link(db, world, number)
    case_link = add_case_link(db, world, number)
    here = {
        "recovery": add_recovery(db, world, "officer"),
        "idle": add_idle(db, "idle"),
        "notification": str(uuid.uuid4()),
        "view": str(uuid.uuid4()),
        "subscription": str(uuid.uuid4()),
        "question": "waivers",
        "account": account,
        "erasure": leaving[0],
        "batch": add_batch(db, world, "supervisor", "BJ", number),
        "hold": held[0],
        "role_request": asked[0],
        "invitation": invited[0],
        "endpoint": hooks[0][0],
        "incoming": incoming[0],
        "hook_message": hooks[0][1],
        "job": add_failed_job(db),
        "mail": add_mail(db, world.people["officer"]),
        **add_party(db, world, "officer", world.programmes["BJ"]),
        "absence": absences[0],
        "objection": objections[0],
        "provider": world.organisations["lab"],
        "service": "assessment",
        "away": world.people["officer"],
        "number": number,
        "track": world.main_track(db, number),
        "transition": "propose_close",
        "consent": str(consent),
        "task": _step_task(db, world.main_track(db, number)),
        "link_task": link_task,
        "link": link,
        "case_link": case_link,
        "item": _item(world, db, "officer", number),
        "clock": _clock(db, number),
        "referral": referral,
        "referral_task": _step_task(db, referral),
        "referral_transition": "accept",
        "referral_send": "send",
        "seq": _answered(db, number),
        "answered_task": _answered_task(db, number),
        "mediation": mediation["id"],
        "mediation_track": mediation["track"],
        "mediation_transition": "send",
        "match": _match_of(db, number),
        "run": _run(world, db, "officer", own),
        "source": open_source(db, world.programmes["BJ"], "A fair").id,
        "handed": add_file(db, world, "officer", world.programmes["BJ"]),
        "proposal": add_proposal(db, world.programmes["BJ"], own, world.technologies[0]),
        "listed_match": interests[0][0],
        "interest_request": interests[0][1],
        "statement": stated[0],
        **assessed[0],
        "need": own,
        "technology": world.technologies[-1],
        "right": world.rights[0],
        "burden": add_burden(db, world, "officer", world.rights[0]),
        "programme": world.programmes["BJ"],
        "person": world.people["provider"],
        "leaver": leaver,
        "membership": membership,
        "name": "case",
        "fingerprint": case.fingerprint,
        "edition": str(case.number),
        "other_edition": case.fingerprint,
        "lab": world.organisations["lab"],
        "officer": world.people["officer"],
        "spare_number": world.new_case(db),
        "token": make_token(db, world.people["officer"], name="spare", scopes=["read"])[0],
        "session": _session(db, world, "officer"),
        "finding": str(finding),
        "unsealing": unsealings[0],
        "ended_unsealing": unsealings[1],
        "sealed": str(sealed),
        **written["here"],
    }
    here["witness"] = add_witness(db, world)
    here["report"] = add_report(db, world, "supervisor", "BJ")
    here["attestation"] = add_attestation(db, world, "auditor", "BJ")
    here["kept"] = add_sample(db, world, "auditor", "BJ")
    here["entry"] = add_screening(db, world, here["party"], here["owner"])
    far = here | {
        "witness": add_witness(db, world),
        "report": add_report(db, world, "only_one", "SH"),
        "attestation": add_attestation(db, world, "foreign_auditor", "SH"),
        "entry": str(uuid.uuid4()),
        "seq": "1",
        "answered_task": str(uuid.uuid4()),
        "recovery": add_recovery(db, world, "foreign_officer"),
        "idle": add_idle(db, "idle-there"),
        "account": str(uuid.uuid4()),
        "erasure": leaving[1],
        "batch": add_batch(db, world, "only_one", "SH", elsewhere),
        "hold": held[1],
        "role_request": asked[1],
        "invitation": invited[1],
        "endpoint": hooks[1][0],
        "incoming": incoming[1],
        "hook_message": hooks[1][1],
        **add_party(db, world, "foreign_officer", there),
        "absence": absences[1],
        "objection": objections[1],
        "provider": world.organisations["bank"],
        "away": world.people["foreign_officer"],
        "number": elsewhere,
        "track": world.main_track(db, elsewhere),
        "spare_number": spare,
        "task": _step_task(db, world.main_track(db, elsewhere)),
        "link_task": _step_task(db, world.main_track(db, elsewhere)),
        "link": str(uuid.uuid4()),
        "case_link": str(uuid.uuid4()),
        "item": _item(world, db, "foreign_officer", elsewhere),
        "clock": _clock(db, elsewhere),
        "referral": other,
        "referral_task": _step_task(db, other),
        "mediation": str(uuid.uuid4()),
        "match": match,
        "run": _run(world, db, "foreign_officer", need),
        "source": open_source(db, there, "A fair").id,
        "handed": add_file(db, world, "foreign_officer", there),
        "proposal": add_proposal(db, there, need, more[1]),
        "listed_match": interests[1][0],
        "interest_request": interests[1][1],
        "statement": stated[1],
        **assessed[1],
        "need": need,
        "technology": technology,
        "right": str(right),
        "burden": add_burden(db, world, "foreign_officer", str(right)),
        "programme": there,
        "person": world.people["foreign_officer"],
        "leaver": world.people["foreign_officer"],
        "membership": str(away),
        "token": make_token(db, world.people["foreign_officer"], name="spare", scopes=["read"])[0],
        "session": _session(db, world, "foreign_officer"),
        "finding": str(found),
        "unsealing": str(uuid.uuid4()),
        "ended_unsealing": str(uuid.uuid4()),
        "sealed": str(uuid.uuid4()),
        **written["there"],
    }
    kept = {"name", "transition", "referral_transition", "referral_send", "mediation_transition"}
    absent = {name: value if name in kept else str(uuid.uuid4()) for name, value in here.items()}
    return {
        "here": here,
        "there": far,
        "absent": absent
        | {
            "number": "BJ-2099-0001",
            "attestation": "99",
            "kept": "99",
            "spare_number": "BJ-2099-0001",
            "fingerprint": "0" * 64,
        },
    }


def _messages(world: World, db: Connection, number: str, writer: str, teller: str, told: str) -> dict[str, str]:
    """An internal note, and one by which somebody is told."""
    case = load(db, home_of(db, number), "case")
    note = world.write(db, writer, case)
    message = world.write(db, teller, case, tell=(told,))
    mention = db.execute(
        text("SELECT id FROM mentions WHERE message_id = CAST(:id AS uuid)"), {"id": message}
    ).scalar_one()
    return {"note": note, "mention": str(mention)}


def _shared(world: World, db: Connection, number: str, referral: str, by: str) -> dict[str, str]:
    return {"shared": world.write(db, by, load(db, home_of(db, number), "case"), referral)}


def _clock(db: Connection, number: str) -> str:
    statement = (
        "SELECT k.id FROM clocks k JOIN cases c ON c.id = k.log_id JOIN tasks t ON t.id = k.task_id"
        " WHERE c.number = :number AND t.organisation_id IS NULL ORDER BY k.id LIMIT 1"
    )
    return str(db.execute(text(statement), {"number": number}).scalar_one())


def _answered(db: Connection, number: str) -> str:
    """The first form that was filled in."""
    statement = (
        "SELECT min(e.seq) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :n AND e.kind = 'completed'"
    )
    return str(db.execute(text(statement), {"n": number}).scalar_one())


def _answered_task(db: Connection, number: str) -> str:
    """The task that was finished with it."""
    statement = (
        "SELECT e.effects->>'task' FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :n AND e.seq = :seq"
    )
    return str(db.execute(text(statement), {"n": number, "seq": int(_answered(db, number))}).scalar_one())


def _step_task(db: Connection, track: str) -> str:
    return str(
        db.execute(
            text("SELECT id FROM tasks WHERE track_id = CAST(:id AS uuid) AND type = 'step' AND closed_at IS NULL"),
            {"id": track},
        ).scalar_one()
    )


def _item(world: World, db: Connection, by: str, number: str) -> str:
    """An item on the checklist of the task that a case stands at."""
    task = _step_task(db, world.main_track(db, number))
    add_item(db, world.actor(db, by), task, words="Ask the owner", request=new_request())
    return str(
        db.execute(
            text("SELECT jsonb_object_keys(items) FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task}
        ).scalar_one()
    )


def _run(world: World, db: Connection, by: str, need: str) -> str:
    return str(start_run(db, world.actor(db, by), need, request=new_request()).answer["id"])


def _match_of(db: Connection, number: str) -> str:
    return str(db.execute(text("SELECT match_id FROM cases WHERE number = :n"), {"n": number}).scalar_one())


def _session(db: Connection, world: World, name: str) -> str:
    return secret_hash(sign_in(db, f"{name}@example.org", world.password).secret).hex()


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_each_role_gets_what_the_table_says(scene: Scene, row: Row) -> None:
    faults = faults_of(scene, row, _shape)
    assert not faults, "\n".join(faults)


def test_the_histories_know_whatever_was_done(scene: Scene) -> None:
    """After the walk, in which each action was allowed to somebody."""
    assert [str(one) for one in verify_all(scene.engine)] == []


def _shape(answer: Answer) -> Any:
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def test_every_route_is_in_the_table(scene: Scene) -> None:
    served = {
        (method, re.sub(r"<([a-z_]+)>", r"{\1}", rule.rule.removeprefix(PREFIX)))
        for rule in scene.app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert {(row.method, row.path) for row in TABLE} == served


def test_every_row_speaks_of_roles_that_there_are() -> None:
    for row in TABLE:
        assert row.roles <= set(ROLES), row.name
