"""What a test adds to the world when it needs it: people who wait for something, mails, jobs, webhooks, unsealings."""

from __future__ import annotations

import io
import uuid
from base64 import b64encode
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.batches import BATCH_ASKED, OF_BATCH, asked_for, of_plan
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import NamedCheckpoint
from casework.operations.cases.case_links import link_cases
from casework.operations.cases.side_tasks import add_task
from casework.operations.catalogue import file_imports
from casework.operations.catalogue.assessment_needs import set_origin
from casework.operations.catalogue.assessment_visits import add_visit
from casework.operations.catalogue.evidence import Papers, file_for_burden
from casework.operations.catalogue.need_links import Said, send_statement, show_statement_of
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.need_statements import ask_back
from casework.operations.catalogue.need_statements import invite as invite_enterprise
from casework.operations.catalogue.needs_assessments import add_enterprises, plan_assessment
from casework.operations.catalogue.organisations import keep_row, record_organisation
from casework.operations.catalogue.outside_burdens import enter_burden
from casework.operations.catalogue.screenings import record_screening
from casework.operations.catalogue.table_import import import_table
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import home_of
from casework.operations.core.register_entries import note_entries
from casework.operations.documents.storage import DocumentStore
from casework.operations.documents.uploads import receive
from casework.operations.integrations.service_accounts import create_service_account
from casework.operations.links.office_links import give, open_link, secret_of
from casework.operations.links.service import Wanted, give_link
from casework.operations.matching.interest import Asked, ask_side
from casework.operations.matching.proposals import PROPOSED
from casework.operations.matching.shortlist import set_shortlisted
from casework.operations.mediations.unsealing import ask_unsealing, end_unsealing
from casework.operations.oversight.reports import count_report, keep_report
from casework.operations.people import registry
from casework.operations.people.absences import record_absence
from casework.operations.people.account_recovery import ask_recovery
from casework.operations.people.case_migrations import make_plan
from casework.operations.people.invitations import Scope, invite
from casework.operations.people.role_requests import ask_role
from casework.operations.people.setting_changes import take_turn, tell
from casework.operations.privacy.erasure_requests import ask_erasure
from casework.operations.privacy.legal_holds import place_hold
from casework.operations.results.consent_mail import STORY
from casework.operations.verification.attestations import Draft, keep_attestation
from casework.operations.verification.examined import Scope as Examined
from casework.operations.verification.examined import examine
from casework.operations.verification.kept_samples import keep_sample
from casework.operations.verification.witnesses import name_witness
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole
from casework.records.tree_tiles import newest_checkpoint
from casework_verify.witnesses import new_secret
from tests.support.file_makers import PDF, png
from tests.support.world import World, add_match, add_technology, new_request, today


def add_failed_job(db: Connection) -> str:
    """A job that has failed once and is tried again in an hour."""
    id = str(uuid.uuid4())
    db.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
            " VALUES ('others', 'casework:send', jsonb_build_object('tries', 1, 'id', CAST(:id AS text)), now() + interval '1 hour')"
        ),
        {"id": id},
    )
    return id


def add_mail(db: Connection, person: str) -> str:
    """A mail that was sent."""
    id = str(uuid.uuid4())
    db.execute(
        text(
            "INSERT INTO mails (id, person_id, key, kind, sealed, state, made_at, send_at) VALUES (:id, :person, :key, 'task',"
            " false, 'sent', now(), now())"
        ),
        {"id": id, "person": person, "key": id},
    )
    return id


def add_invitation(db: Connection, world: World, organisation: str, by: str = "administrator") -> str:
    """An invitation to an organisation whose mail waits. Its code nobody knows."""
    scope, secret_box = Scope(organisation=world.organisations[organisation]), SecretBox(["k" * 32])
    done = invite(
        db,
        world.actor(db, by),
        secret_box,
        scope=scope,
        email=f"{organisation}-newcomer@example.org",
        name="Newcomer",
        roles=["provider"],
        request=new_request(),
    )
    return str(done.answer["id"])


def add_link(db: Connection, world: World, number: str, by: str = "officer") -> tuple[str, str]:
    """A one-time link for the need owner, that is asked for a new consent: (the task, the link). Its secret nobody knows."""
    actor = world.actor(db, by)
    log, track = home_of(db, number), world.main_track(db, number)
    added = add_task(db, actor, log, "case", track, task="renew_consent", about=None, request=new_request())
    (task,) = added.answer["tasks"]
    wanted = Wanted("need_owner", 14, "en", code=False)
    done = give_link(db, actor, SecretBox(["k" * 32]), task, wanted, request=new_request())
    return task, str(done.answer["id"])


def add_case_link(db: Connection, world: World, number: str, by: str = "officer") -> str:
    """A link of a case to another one of its programme, which is opened for that."""
    actor, other = world.actor(db, by), world.new_case(db)
    link_cases(db, actor, number, other=other, kind="related", revision=None, request=new_request())
    case = load(db, home_of(db, number), "case")
    return next(one.id for one in case.related.values() if one.number == other)


def add_assessment(db: Connection, world: World, by: str, programme: str, need: str) -> dict[str, str]:
    """An assessment of a city's needs, with an enterprise to ask, a visit, and a need that came of that."""
    actor, owner = world.actor(db, by), world.organisations["lab"]
    fields: dict[str, Any] = {"title": "Heat in the north", "starts_on": "2026-01-01", "ends_on": "2026-06-30"}
    home: dict[str, Any] = {"programme": world.programmes[programme], "request": new_request()}
    assessment = str(plan_assessment(db, actor, fields={**fields, "sectors": ["Energy"]}, **home).answer["id"])
    listed = add_enterprises(db, actor, assessment, organisations=[owner], request=new_request())
    visit = {"kind": "visit", "day": "2026-02-02", "title": "The boilers", "participants": [{"name": "Li Wen"}]}
    seen = str(add_visit(db, actor, assessment, fields=visit, request=new_request()).answer["id"])
    set_origin(db, actor, need, origin=seen, request=new_request())
    return {"needs_assessment": assessment, "enterprise": str(listed.answer["ids"][0]), "visit": seen}


def add_statement(db: Connection, world: World, by: str, programme: str) -> str:
    """A need that an organisation was invited to state, and has sent."""
    box, actor = SecretBox(["k" * 32]), world.actor(db, by)
    done = invite_enterprise(
        db,
        actor,
        box,
        programme=world.programmes[programme],
        organisation=world.organisations["lab"],
        address="",
        language="en",
        request=new_request(),
    )
    token = str(done.answer["path"]).partition("#")[2]
    told = {"title": "Heat at 70 degrees", "problem": "Heat of the halls goes into the air.", "tried": "A store"}
    said = Said(fields=told, by="Zhou Min", position="Director")
    send_statement(db, token, open_link(db, STATEMENT, token), said)
    return str(done.answer["id"])


def send_need_file(
    store: DocumentStore, world: World, statement: str, *, by: str = "officer", scope: str = "BJ"
) -> str:
    """The enterprise is asked for a plan and sends one with its need, in transactions of its own; gives the file's id."""
    token = secret_of(SecretBox(["k" * 32]), STATEMENT, statement)
    with receive(io.BytesIO(PDF), "plan.pdf") as upload:
        kept = store.keep(world.programmes[scope], statement, upload)
    with transaction(store.engine) as db:
        ask_back(db, world.actor(db, by), statement, question="有平面图吗？", request=new_request())
        opened = open_link(db, STATEMENT, token)
        said = show_statement_of(db, token, opened).said
        assert said is not None
        send_statement(db, token, opened, said, files=[kept])
    return kept.blob


def add_erasure(db: Connection, world: World, programme: str) -> str:
    """An erasure of somebody without an account, which an administrator of the programme has asked for."""
    clerk = registry.register_person(db, email=f"clerk-{programme.lower()}@example.org", name=f"Clerk of {programme}")
    registry.grant_role(db, clerk, "administrator", programme=world.programmes[programme])
    asker = find_actor(db, clerk)
    assert asker is not None
    done = ask_erasure(
        db,
        asker,
        programme=world.programmes[programme],
        person=None,
        words=["Ottoline Bramble"],
        basis="request",
        reason="She left.",
        request=new_request(),
    )
    return str(done.answer["id"])


def add_hold(db: Connection, world: World, programme: str) -> str:
    """A legal hold on all cases of a programme, which a compliance officer of it has placed, for as long as it takes a test to look."""
    keeper = registry.register_person(
        db, email=f"keeper-{programme.lower()}@example.org", name=f"Keeper of {programme}"
    )
    registry.grant_role(db, keeper, "compliance", programme=world.programmes[programme])
    placer = find_actor(db, keeper)
    assert placer is not None
    done = place_hold(
        db, placer, programme=world.programmes[programme], reason="A court has asked.", request=new_request()
    )
    return str(done.answer["id"])


def add_batch(db: Connection, world: World, by: str, programme: str, number: str) -> str:
    """A batch that would move one case to another edition, and waits for a second person."""
    plan = make_plan("referral", 2, 1)
    asked = of_plan("referral", plan.old.fingerprint, plan.new.fingerprint, {}, plan.digest)
    said = asked_for(str(uuid.uuid4()), asked, [home_of(db, number)])
    log = take_turn(db, world.programmes[programme], OF_BATCH, None)
    actor, body = By(world.people[by], Role.SUPERVISOR), {"reason": "The law changed."}
    tell(db, log, actor, BATCH_ASKED, new_request(), effects={"batch_asked": said}, body=body)
    return str(said["id"])


def add_role_request(db: Connection, world: World, programme: str) -> str:
    """A role for somebody new, to which a second person must agree."""
    somebody = registry.register_person(
        db, email=f"candidate-{programme.lower()}@example.org", name=f"Candidate of {programme}"
    )
    by = world.people["administrator"] if programme == "BJ" else SYSTEM_ACTOR
    return ask_role(db, somebody, "officer", programme=world.programmes[programme], by=by)


def add_report(db: Connection, world: World, by: str, scope: str) -> str:
    """A stage report that was frozen; nobody has agreed to it yet."""
    actor, programme = world.actor(db, by), world.programmes[scope]
    drafted = count_report(db, actor, programme)()
    return str(keep_report(db, actor, programme, drafted, new_request()).answer["id"])


def add_attestation(db: Connection, world: World, by: str, scope: str) -> str:
    """What an auditor attested of a programme, the first time; where no tree is signed, on a checkpoint of nobody's. Gives its number."""
    actor, programme = world.actor(db, by), world.programmes[scope]
    found = examine(db, actor, programme, Examined(since=date(2026, 1, 1), until=date(2026, 12, 31)))
    with whole(db):
        log, newest = lock_log(db, programme), newest_checkpoint(db)
    size, root = (1, bytes(32)) if newest is None else (newest.size, newest.root)
    tree: NamedCheckpoint = {"origin": "log.example", "size": size, "root": b64encode(root).decode()}
    draft = Draft(number=1, found=found, checkpoint=tree, open=())
    keep_attestation(db, log, actor, draft, "Nothing was left out.", supersedes=None, key=None)
    return str(draft.number)


def add_sample(db: Connection, world: World, by: str, scope: str) -> str:
    """A sample of one case that an auditor keeps. Gives its number."""
    actor, programme = world.actor(db, by), world.programmes[scope]
    done = keep_sample(db, actor, programme, seed="audit", size=1, as_of=now(db), request=new_request())
    return str(done.answer["number"])


def add_recovery(db: Connection, world: World, person: str) -> str:
    """An administrator has asked that somebody may sign in anew; the halves of its code nobody knows."""
    done = ask_recovery(
        db,
        world.actor(db, "administrator"),
        person=world.people[person],
        means=["second_factor"],
        reason="She called.",
        request=new_request(),
    )
    return str(done.answer["id"])


def add_idle(db: Connection, name: str) -> str:
    """Somebody with an account who has never signed in."""
    return registry.register_person(db, email=f"{name}@example.org", name=name.title())


def add_service_account(db: Connection, world: World) -> str:
    """A service account of the lab that may only read; gives its id."""
    done = create_service_account(
        db,
        world.actor(db, "provider_lead"),
        organisation=world.organisations["lab"],
        name="LIMS",
        scopes=["referrals.read"],
        days=30,
        request=new_request(),
    )
    return str(done.answer["id"])


def add_endpoint(db: Connection, organisation: str, by: str) -> tuple[str, str]:
    """An endpoint of an organisation, and a message that was sent there: (endpoint, message). Nobody opens its secret."""
    endpoint, message = str(uuid.uuid4()), str(uuid.uuid4())
    db.execute(
        text(
            "INSERT INTO webhook_endpoints (id, organisation_id, url, secret, made_by, made_at)"
            " VALUES (:id, :org, 'https://receiver.example/hook', 'x', :by, now())"
        ),
        {"id": endpoint, "org": organisation, "by": by},
    )
    note_entries(db, "webhook_endpoints", organisation, [endpoint], kind="endpoint_made", by=by)
    db.execute(
        text(
            "INSERT INTO webhook_messages (id, endpoint_id, log_id, seq, type, payload, state, made_at, send_at)"
            " SELECT :id, :endpoint, id, 1, 'referral.send', '{}', 'delivered', now(), now() FROM logs ORDER BY id LIMIT 1"
        ),
        {"id": message, "endpoint": endpoint},
    )
    return endpoint, message


def add_incoming(db: Connection, organisation: str, account: str, by: str) -> str:
    """An address of an organisation at which messages of its system come in, with one that came. Nobody opens its secret."""
    incoming = str(uuid.uuid4())
    db.execute(
        text(
            "INSERT INTO incoming_webhooks (id, organisation_id, account_id, secret, made_by, made_at)"
            " VALUES (:id, :org, :account, 'x', :by, now())"
        ),
        {"id": incoming, "org": organisation, "account": account, "by": by},
    )
    note_entries(db, "incoming_webhooks", organisation, [incoming], kind="incoming_made", by=by)
    db.execute(
        text(
            "INSERT INTO incoming_messages (id, incoming_id, message_id, digest, type, state, status, code, made_at, last_at)"
            " VALUES (:id, :incoming, 'msg_1', 'x', 'message.write', 'refused', 404, 'not_found', now(), now())"
        ),
        {"id": str(uuid.uuid4()), "incoming": incoming},
    )
    return incoming


def add_witness(db: Connection, world: World) -> str:
    """A witness of the log of all events, whose key nobody has."""
    key = new_secret(f"witness.example/{uuid.uuid4()}", uuid.uuid4().bytes * 2).witness.line
    return str(name_witness(db, world.actor(db, "auditor"), key, new_request()).answer["id"])


def add_unsealing(db: Connection, world: World, mediation: str, reader: str, *, ended: bool = False) -> str:
    """Ask that somebody may read a mediation, the compliance reviewer agreeing; or for it no more."""
    done = ask_unsealing(
        db,
        world.actor(db, "dispute_officer"),
        mediation,
        reader=world.people[reader],
        decider=world.people["compliance"],
        days=1,
        reason="The court asks.",
        request=new_request(),
    )
    if ended:
        end_unsealing(db, world.actor(db, "dispute_officer"), str(done.answer["id"]), request=new_request())
    return str(done.answer["id"])


def add_absence(
    db: Connection,
    world: World,
    person: str,
    substitute: str,
    scope: str,
    *,
    first: int = 30,
    last: int = 40,
    by: str = "",
) -> str:
    """Enter that a person is away, in days from today; gives the absence's id."""
    done = record_absence(
        db,
        world.actor(db, by or person),
        scope=(world.programmes | world.organisations)[scope],
        person=world.people[person],
        substitute=world.people[substitute],
        first_day=today() + timedelta(days=first),
        last_day=today() + timedelta(days=last),
        request=new_request(),
    )
    return str(done.answer["id"])


def add_party(db: Connection, world: World, by: str, programme: str) -> dict[str, str]:
    """An organisation that a programme keeps, with a contact and an owner."""
    actor = world.actor(db, by)
    party = str(
        record_organisation(
            db, actor, programme=programme, fields={"name": "Kiln Works"}, source="Register", request=new_request()
        ).answer["id"]
    )

    def keep(what: str, name: str) -> str:
        fields = {"name": name}
        done = keep_row(db, actor, party, what, None, fields=fields, source="A call", request=new_request())
        return str(done.answer["id"])

    contact = keep("contacts", "Li Wen")
    return {"party": party, "contact": contact, "owner": keep("owners", "Kiln Holding"), "row": contact}


def add_table(db: Connection, world: World, by: str, programme: str) -> str:
    """A table of organisations that was brought in: the number of its entry in the programme's log."""
    done = import_table(
        db,
        world.actor(db, by),
        programme=programme,
        table="organisations",
        content=f"name,country\nTable Works of {by},CN\n".encode(),
        source="A list",
        name="works.csv",
        request=new_request(),
    )
    return str(done.answer["entry"])


def add_file(db: Connection, world: World, by: str, programme: str) -> str:
    """A file of needs that was handed in and is looked at."""
    content = "external_id,title,颜色\nF1,蒸汽,红\nF2,,红\n".encode()
    actor, source = world.actor(db, by), f"A list of {by}"
    return file_imports.add_file(
        db, actor, programme, "needs", content=content, name="需求.csv", source=source, complete=False
    )


def add_interest(db: Connection, world: World, by: str, scope: str, need: str) -> tuple[str, str]:
    """A match on the shortlist of a need, and what the technology's owner is asked of it: (the match, the question)."""
    actor, programme = world.actor(db, by), world.programmes[scope]
    technology = add_technology(db, programme, f"asked-{scope}", world.organisations["lab"])
    match = add_match(db, actor, programme, need, technology)
    set_shortlisted(db, actor, match, on=True, request=new_request())
    question = Asked(
        side="technology_owner",
        matches=[match],
        address="zhou@campus.example",
        language="en",
        message="Look.",
        need_words="Heat at 70 degrees.",
    )
    return match, str(ask_side(db, actor, SecretBox(["k" * 32]), question, new_request()).answer["id"])


def add_story(db: Connection, world: World, by: str, number: str) -> str:
    """A story that is written of a case, as if it had gone well, with a picture, and what a party is asked about it: that question."""
    officer, programme = world.actor(db, by), load(db, home_of(db, number), "case").programme
    story, consent = str(uuid.uuid4()), str(uuid.uuid4())
    given = {"story": story, "consent": consent, "programme": programme, "number": number, "by": officer.person}
    db.execute(_STORY, given | {"picture": png(1, 1)})
    db.execute(_ASKED, given | {"organisation": world.organisations["need_owner"]})
    give(db, SecretBox(["k" * 32]), STORY, consent, address=None, lasts=timedelta(days=14))
    for table, id in (("success_stories", story), ("story_consents", consent)):
        note_entries(db, table, programme, [id], kind="story_written", by=officer.person)
    return consent


_STORY = text("""
    INSERT INTO success_stories (
        id, programme_id, number, title, title_zh, words, words_zh, caption, caption_zh, picture, impacts, state, written_by, writers,
        written_at
    ) VALUES (
        CAST(:story AS uuid), CAST(:programme AS uuid), :number, 'Steam from straw', '秸秆制汽', 'It runs.', '已投运。', 'The boiler',
        '锅炉', :picture, '[{"called": "Energy used (MWh)", "called_zh": "用能量（MWh）", "level": "measured", "unit": "MWh", "value": "80",
        "saving": "20", "from_on": "2026-01-01", "to_on": "2026-01-31"}]', 'asked', CAST(:by AS uuid),
        ARRAY[CAST(:by AS uuid)], casework_now()
    )
""")
_ASKED = text("""
    INSERT INTO story_consents (id, programme_id, story_id, side, organisation_id, asked_by, asked_at, language, message)
    VALUES (CAST(:consent AS uuid), CAST(:programme AS uuid), CAST(:story AS uuid), 'need_owner', CAST(:organisation AS uuid),
        CAST(:by AS uuid), casework_now(), 'en', '')
""")


def add_proposal(db: Connection, programme: str, need: str, technology: str) -> str:
    """A technology that the program proposes for a need."""
    id = str(uuid.uuid4())
    statement = text(
        "INSERT INTO match_proposals (id, programme_id, need_id, technology_id, share, words, made_at)"
        " VALUES (:id, :programme, :need, :technology, 0.5, '[\"steam\"]', casework_now())"
    )
    db.execute(statement, {"id": id, "programme": programme, "need": need, "technology": technology})
    note_entries(db, "match_proposals", programme, [id], kind=PROPOSED)
    return id


def add_screening(db: Connection, world: World, party: str, owner: str) -> str:
    """The compliance reviewer has looked for a party and its one owner in the lists."""
    day = today().isoformat()
    fields = {"result": "clear", "checked_on": day, "valid_until": day, "lists": "UN", "evidence": "Query 7"}
    done = record_screening(
        db, world.actor(db, "compliance"), party, fields=fields, owners={owner: "clear"}, request=new_request()
    )
    return str(done.answer["id"])


def keep_paper(store: DocumentStore, home: str, programme: str, content: bytes = PDF) -> Papers:
    """A file that waits in the store for an entry of a register."""
    with receive(io.BytesIO(content), "extract.pdf") as upload:
        return Papers(store, [store.keep(home, programme, upload)])


def show_burden(
    store: DocumentStore, world: World, right: str, burden: str, *, by: str = "officer", scope: str = "BJ"
) -> str:
    """File the extract that shows what lies on a right, in transactions of its own; gives the evidence's id."""
    papers = keep_paper(store, right, world.programmes[scope])
    with transaction(store.engine) as db:
        done = file_for_burden(db, world.actor(db, by), right, burden, papers=papers, request=new_request())
        return str(done.answer["id"])


def add_burden(db: Connection, world: World, by: str, right: str, **other: Any) -> str:
    """A request for invalidation, or something else that came of no case here, entered by an officer."""
    given = {"kind": "invalidation", "from": "2026-01-05", **other}
    done = enter_burden(
        db, world.actor(db, by), right, values=given, number="Y 1", source="CNIPA register", request=new_request()
    )
    return str(done.answer["id"])
