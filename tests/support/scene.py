"""The things that the table of who may open which page is about: of here, of elsewhere, and of nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, Engine, text
from werkzeug.test import TestResponse

from casework.definitions import load_library
from casework.operations.audit.findings import raise_finding
from casework.operations.cases.saved_views import save_view
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.sources import open_source
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.runs import start_run
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.figure_mails import subscribe
from casework.operations.people import registry
from casework.operations.referrals.acknowledgements import object_to
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.web.app import create_app
from tests.security.authorization_rows import ROLES, Row
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
    add_story,
    add_table,
    add_unsealing,
    add_witness,
    send_need_file,
    show_burden,
)
from tests.support.databases import DatabaseServer
from tests.support.published import sign_and_publish
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, add_match, add_need, add_technology, build_world, new_request

Things = Mapping[str, Mapping[str, str]]


@dataclass
class Scene:
    """The things that the rows are about, and a browser for each role."""

    app: Flask
    world: World
    things: Things
    browsers: dict[str, Browser]

    def ask(self, row: Row, role: str, where: str) -> TestResponse:
        things = self.things[where]
        path, browser = row.address(things), self.browser(role)
        return browser.get(path) if row.method == "GET" else browser.post(path, row.sent(things))

    def enter(self, role: str) -> None:
        self.browser(role)

    def browser(self, name: str) -> Browser:
        """The browser of somebody who has signed in."""
        if name not in self.browsers:
            self.browsers[name] = Browser(self.app.test_client())
            assert self.browsers[name].sign_in(f"{name}@example.org", self.world.password).status_code == 303
            self.browsers[name].ready()
        return self.browsers[name]


@contextmanager
def set_scene(database_server: DatabaseServer, template_database: str, var: Path) -> Iterator[Scene]:
    name = database_server.create(template_database)
    app = create_app(database_server.settings(name, var))
    engine: Engine = app.extensions["casework"]
    # Before a transaction: on a busy machine one that waits for it is ended.
    make_ready()
    with transaction(engine) as db:
        world = build_world(db)
    # An attestation rests on a checkpoint, and readings are taken out as far as one is published.
    settings = database_server.settings(name, var)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    sign_and_publish(engine, superuser, settings)
    superuser.dispose()
    with transaction(engine) as db:
        things = make_things(world, db)
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
    scene = Scene(app, world, things, {"anonymous": Browser(app.test_client())})
    for role in ROLES:
        scene.browser(role)
    yield scene
    engine.dispose()
    database_server.drop(name)


def make_things(world: World, db: Connection) -> Things:
    world.set_letterhead(db)
    number, referral = to_referral(world, db, more_plan={"pledge": "bank"})
    other = world.referral(db, number, "pledge")
    world.send(db, number, other, "pledge")
    there = world.programmes["SH"]
    need, technology = add_need(db, there, "n-1", None), add_technology(db, there, "t-1", None)
    match = add_match(db, world.actor(db, "foreign_officer"), there, need, technology)
    world.matches.append(match)
    elsewhere = world.open_case(db, -1, "foreign_officer")
    runs = [
        str(start_run(db, world.actor(db, by), one, request=new_request()).answer["id"])
        for by, one in (("officer", world.needs[0]), ("foreign_officer", need))
    ]
    watcher = registry.register_person(db, email="watcher@example.org", name="Watcher")
    registry.grant_role(db, watcher, "auditor", programme=there)
    world.people["watcher"] = watcher
    found = [
        str(raise_finding(db, world.actor(db, by), where, event=1, words="Why?", request=new_request()).answer["id"])
        for by, where in (("auditor", number), ("watcher", elsewhere))
    ]
    leaver = registry.register_person(db, email="leaver@example.org", name="Leaver")
    membership = registry.grant_role(db, leaver, "auditor", programme=world.programmes["BJ"])
    away = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people["foreign_officer"]}
    ).scalar_one()
    case = load_library().latest("case")
    assert case is not None
    mediation = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
    spare = registry.register_person(db, email="spare@example.org", name="Spare")
    members = [
        registry.grant_role(db, spare, "provider", organisation=world.organisations[one]) for one in ("lab", "bank")
    ]
    consent = db.execute(text("SELECT id FROM consents ORDER BY id LIMIT 1")).scalar_one()
    views = [
        str(save_view(db, world.actor(db, name), "cases", name="mine", query="", request=new_request()).answer["id"])
        for name in ("officer", "foreign_officer")
    ]
    figure_views, figure_mails = [], []
    for name in ("officer", "foreign_officer"):
        reader = world.actor(db, name)
        kept = save_view(db, reader, "figures", name="mine", query="period=last_month", request=new_request()).answer
        figure_views.append(str(kept["id"]))
        asked_for = subscribe(db, reader, figure_views[-1], rhythm="monthly", request=new_request()).answer
        figure_mails.append(str(asked_for["id"]))
    mail = add_mail(db, world.people["officer"])
    case_here, case_there = (load(db, home_of(db, one), "case") for one in (number, elsewhere))
    unsealings = [
        add_unsealing(db, world, str(mediation["id"]), "auditor"),
        add_unsealing(db, world, str(mediation["id"]), "manager", ended=True),
    ]
    world.fire(
        db,
        "officer",
        number,
        "amend_plan",
        {"payer": "programme", "skip_assessment": False, "reason": "A date has changed."},
    )
    sealed = world.write(db, "dispute_officer", load(db, str(mediation["id"]), "mediation"))
    registry.grant_role(db, world.add_person(db, "only_one"), "supervisor", programme=there)
    registry.grant_role(db, world.add_person(db, "foreign_auditor"), "auditor", programme=there)
    asked = [add_role_request(db, world, one) for one in ("BJ", "SH")]
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
    account = add_service_account(db, world)
    incoming = [
        add_incoming(db, world.organisations[one], account, world.people["provider_lead"]) for one in ("lab", "bank")
    ]
    stated = [add_statement(db, world, *one) for one in (("officer", "BJ"), ("foreign_officer", "SH"))]
    assessed = [
        add_assessment(db, world, *one) for one in (("officer", "BJ", world.needs[0]), ("foreign_officer", "SH", need))
    ]
    interests = [
        add_interest(db, world, *one) for one in (("officer", "BJ", world.needs[0]), ("foreign_officer", "SH", need))
    ]
    story_consents = [add_story(db, world, *one) for one in (("officer", number), ("foreign_officer", elsewhere))]
    leaving = [add_erasure(db, world, one) for one in ("BJ", "SH")]
    held = [add_hold(db, world, one) for one in ("BJ", "SH")]
    link_task, link = add_link(db, world, number)
    case_link = add_case_link(db, world, number)
    invited = [add_invitation(db, world, one) for one in ("lab", "bank")]
    here = {
        "recovery": add_recovery(db, world, "officer"),
        "idle": add_idle(db, "idle"),
        "operation": "modify",
        "mail": mail,
        "absence": absences[0],
        "objection": objections[0],
        "provider": world.organisations["lab"],
        "service": "assessment",
        "transition": "propose_close",
        "kind": "renew_consent",
        "consent": str(consent),
        "task": _task(db, number, "kick_off"),
        "step_task": _task(db, number, "assessment"),
        "decision": _task(db, number, "decide_amend_plan"),
        "match": str(_match(db, number)),
        "run": runs[0],
        "candidate": _candidate(db, runs[0]),
        "listed_match": interests[0][0],
        "interest_request": interests[0][1],
        "story_consent": story_consents[0],
        "right": world.rights[0],
        "burden": add_burden(db, world, "officer", world.rights[0]),
        "technology": world.technologies[0],
        "need": world.needs[0],
        "statement": stated[0],
        **assessed[0],
        "view": views[0],
        "figure_view": figure_views[0],
        "figure_mail": figure_mails[0],
        "subscription": figure_mails[0],
        "job": add_failed_job(db),
        "account": account,
        "who": world.people["officer"],
        "erasure": leaving[0],
        "batch": add_batch(db, world, "supervisor", "BJ", number),
        "hold": held[0],
        "role": asked[0],
        "invitation": invited[0],
        "link_task": link_task,
        "link": link,
        "case_link": case_link,
        "hook": hooks[0][0],
        "incoming": incoming[0],
        "hook_message": hooks[0][1],
        "number": number,
        "answered": _answered(db, number),
        "answered_task": _answered_task(db, number),
        "seq": "1",
        "referral": referral,
        "track": world.main_track(db, number),
        "finding": found[0],
        "person": world.people["provider"],
        "officer": world.people["officer"],
        "leaver": leaver,
        "membership": membership,
        "question": "waivers",
        "figure": "funnel",
        "organisation": world.organisations["lab"],
        **add_party(db, world, "officer", world.programmes["BJ"]),
        "table": "organisations",
        "brought": add_table(db, world, "officer", world.programmes["BJ"]),
        "records": "needs",
        "handed": add_file(db, world, "officer", world.programmes["BJ"]),
        "source": open_source(db, world.programmes["BJ"], "A fair").id,
        "proposal": add_proposal(db, world.programmes["BJ"], world.needs[-1], world.technologies[0]),
        "what": "contacts",
        "programme": world.programmes["BJ"],
        "workflow": "case",
        "edition": str(case.number),
        "other_edition": case.fingerprint,
        "member": members[0],
        "referral_transition": "accept",
        "referral_send": "send",
        "referral_task": _step_task(db, referral),
        "referral_revision": _revision(db, referral),
        "opening": unsealings[0],
        "ended_opening": unsealings[1],
        "mediation": str(mediation["id"]),
        "mediation_track": str(mediation["track"]),
        "mediation_transition": "send",
        "note": world.write(db, "officer", case_here),
        "shared": world.write(db, "provider", case_here, referral),
        "sealed": sealed,
        "report": add_report(db, world, "supervisor", "BJ"),
        "attestation": add_attestation(db, world, "auditor", "BJ"),
        "kept": add_sample(db, world, "auditor", "BJ"),
    }
    right = _right(db, world, there, technology)
    here["witness"] = add_witness(db, world)
    here["entry"] = add_screening(db, world, here["party"], here["owner"])
    far = here | {
        "witness": add_witness(db, world),
        "entry": str(uuid.uuid4()),
        "answered": "1",
        "answered_task": str(uuid.uuid4()),
        "recovery": add_recovery(db, world, "foreign_officer"),
        "idle": add_idle(db, "idle-there"),
        "account": str(uuid.uuid4()),
        "who": str(uuid.uuid4()),
        "erasure": leaving[1],
        "batch": add_batch(db, world, "only_one", "SH", elsewhere),
        "hold": held[1],
        "statement": stated[1],
        **assessed[1],
        "role": asked[1],
        "invitation": invited[1],
        "link_task": _task(db, elsewhere, "proposed"),
        "link": str(uuid.uuid4()),
        "case_link": str(uuid.uuid4()),
        "hook": hooks[1][0],
        "incoming": incoming[1],
        "hook_message": hooks[1][1],
        "absence": absences[1],
        "objection": objections[1],
        "provider": world.organisations["bank"],
        "service": "pledge",
        "transition": "take",
        "decision": str(uuid.uuid4()),
        "task": _task(db, elsewhere, "proposed"),
        "step_task": _task(db, elsewhere, "proposed"),
        "match": match,
        "run": runs[1],
        "candidate": _candidate(db, runs[1]),
        "listed_match": interests[1][0],
        "interest_request": interests[1][1],
        "story_consent": story_consents[1],
        "right": right,
        "burden": add_burden(db, world, "foreign_officer", right),
        "technology": technology,
        "need": need,
        "view": views[1],
        "figure_view": figure_views[1],
        "figure_mail": figure_mails[1],
        "subscription": figure_mails[1],
        "number": elsewhere,
        "referral": other,
        "track": world.main_track(db, elsewhere),
        "finding": found[1],
        "person": world.people["foreign_officer"],
        "officer": world.people["foreign_officer"],
        "leaver": world.people["foreign_officer"],
        "membership": str(away),
        "organisation": world.organisations["bank"],
        **add_party(db, world, "foreign_officer", there),
        "brought": add_table(db, world, "foreign_officer", there),
        "handed": add_file(db, world, "foreign_officer", there),
        "source": open_source(db, there, "A fair").id,
        "proposal": add_proposal(db, there, need, technology),
        "programme": there,
        "report": add_report(db, world, "only_one", "SH"),
        "attestation": add_attestation(db, world, "foreign_auditor", "SH"),
        "member": members[1],
        "referral_task": _step_task(db, other),
        "referral_revision": _revision(db, other),
        "opening": str(uuid.uuid4()),
        "ended_opening": str(uuid.uuid4()),
        "mediation": str(uuid.uuid4()),
        "mediation_track": str(uuid.uuid4()),
        "note": world.write(db, "foreign_officer", case_there),
        "shared": world.write(db, "foreign_provider", case_here, other),
    }
    absent = {name: str(uuid.uuid4()) for name in here} | {
        "attestation": "99",
        "kept": "99",
        "operation": "modify",
        "what": "contacts",
        "table": "rights",
        "brought": "1",
        "records": "technologies",
        "number": "BJ-2099-0001",
        "seq": "1",
        "question": "nothing",
        "figure": "nothing",
        "workflow": "nothing",
        "edition": "1",
        "other_edition": "0" * 64,
        "answered": "1",
        "transition": "propose_close",
        "kind": "renew_consent",
        "referral_transition": "accept",
        "referral_send": "send",
        "mediation_transition": "send",
        "referral_revision": "1",
    }
    return {"here": here, "there": far, "absent": absent}


def _right(db: Connection, world: World, programme: str, technology: str) -> str:
    """A right elsewhere."""
    done = record_right(
        db,
        world.actor(db, "foreign_officer"),
        programme=programme,
        technologies=[technology],
        kind="design",
        fields={"office": "CNIPA", "number": "CN there", "owner": "There", "status": "in_force"},
        confirmed=True,
        request=new_request(),
    )
    return str(done.answer["id"])


def _task(db: Connection, number: str, name: str) -> str:
    found = db.execute(
        text("SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :number AND t.name = :name"),
        {"number": number, "name": name},
    )
    return str(found.scalar_one())


def _answered(db: Connection, number: str) -> str:
    """The first form of a task that was filled in."""
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
    found = db.execute(
        text("SELECT id FROM tasks WHERE track_id = CAST(:id AS uuid) AND type = 'step' AND closed_at IS NULL"),
        {"id": track},
    )
    return str(found.scalar_one())


def _revision(db: Connection, track: str) -> str:
    found = db.execute(text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track})
    return str(found.scalar_one())


def _candidate(db: Connection, run: str) -> str:
    """The last of a list, of which no case was opened."""
    found = db.execute(
        text("SELECT CAST(list AS json)->'candidates'->-1->>'technology' FROM match_runs WHERE id = :id"), {"id": run}
    )
    return str(found.scalar_one())


def _match(db: Connection, number: str) -> str:
    return str(db.execute(text("SELECT match_id FROM cases WHERE number = :n"), {"n": number}).scalar_one())
