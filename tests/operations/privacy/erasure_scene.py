"""Somebody who is to be erased: a person who worked, is written of everywhere, and has left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework.operations.cases.handing_over import hand_over
from casework.operations.cases.saved_views import save_view
from casework.operations.catalogue.assessment_visits import add_visit
from casework.operations.catalogue.needs_assessments import plan_assessment
from casework.operations.catalogue.organisations import keep_row
from casework.operations.core.drafts import save_draft
from casework.operations.core.perform import home_of, new_id
from casework.operations.documents.storage import DocumentStore
from casework.operations.people import registry
from casework.operations.people.account_recovery import ask_recovery
from casework.operations.people.service import deactivate_person
from casework.operations.privacy import erasure_requests
from casework.operations.privacy.erasure import carry_out
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.additions import add_mail
from tests.support.world import World, new_request, note_rows

NAME, NAME_ZH, EMAIL, PHONE = "Quentin Zephyrine", "斐泽宁", "q.zephyrine@canary.example", "+49 30 555 12 34"
CANARIES = (NAME, "Zephyrine", NAME_ZH, EMAIL, PHONE)


@dataclass
class Scene:
    """A person who worked, is written of everywhere, and has left."""

    engine: Engine
    superuser: Engine
    world: World
    person: str
    number: str

    def ask(self, db: Connection, by: str = "administrator", **other: Any) -> str:
        given: dict[str, Any] = {
            "programme": self.world.programmes["BJ"],
            "person": self.person,
            "words": [PHONE, "Zephyrine"],
            "basis": "request",
            "reason": f"{NAME} asked for it.",
        }
        done = erasure_requests.ask_erasure(db, self.world.actor(db, by), **(given | other), request=new_request())
        return str(done.answer["id"])

    def decide(self, db: Connection, erasure: str, by: str = "compliance", *, agree: bool = True) -> None:
        erasure_requests.decide_erasure(
            db, self.world.actor(db, by), erasure, agree=agree, note="Seen.", request=new_request()
        )

    def erase(self, **other: Any) -> str:
        with transaction(self.engine) as db:
            erasure = self.ask(db, **other)
            self.decide(db, erasure)
        carry_out(self.engine, erasure)
        return erasure

    def found(self, words: tuple[str, ...] = CANARIES) -> dict[str, set[str]]:
        """By canary, the tables in which a dump of everything has it."""
        with self.superuser.connect() as db:
            tables = (
                db.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
                .scalars()
                .all()
            )
            dump = {
                table: "\n".join(db.execute(text(f"SELECT to_jsonb(x)::text FROM {table} x")).scalars()).casefold()
                for table in tables
            }
        found = {word: {table for table, rows in dump.items() if word.casefold() in rows} for word in words}
        return {word: tables for word, tables in found.items() if tables}

    def kinds(self, log: str) -> list[str]:
        with self.engine.connect() as db:
            return list(
                db.execute(
                    text("SELECT kind FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq"), {"log": log}
                ).scalars()
            )


def set_scene(engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore) -> Scene:
    """Let somebody come, work, be written of wherever one can be, and leave."""
    with transaction(engine) as db:
        person = registry.register_person(db, email=EMAIL, name=NAME, name_zh=NAME_ZH, password_hash="x")
        registry.grant_role(db, person, "officer", programme=world.programmes["BJ"])
        world.people["quentin"] = person
        # The need is called so, and with it the case.
        rows = [{"parameter": f"Steam of {NAME_ZH}", "now": "5"}]
        db.execute(
            text("UPDATE needs SET title = :title, problem = :title, figures = CAST(:rows AS jsonb)"),
            {"title": f"Steam for {NAME_ZH}", "rows": json.dumps(rows)},
        )
        note_rows(db, "needs")
        db.execute(
            text(
                "INSERT INTO past_projects (id, programme_id, source, external_id, title, technology_owner, ended_on, outcome)"
                " VALUES (:id, :programme, 'list', 'P1', :title, :title, '2023-05-31', 'no_agreement')"
            ),
            {"id": new_id(), "programme": world.programmes["BJ"], "title": f"The boiler of {NAME}"},
        )
        note_rows(db, "past_projects")
        office = world.actor(db, "officer")
        plan = {"title": f"The heat of {NAME}", "starts_on": "2026-01-01", "ends_on": "2026-06-30"}
        done = plan_assessment(db, office, programme=world.programmes["BJ"], fields=plan, request=new_request())
        came = {"kind": "visit", "day": "2026-02-02", "title": "The boilers", "participants": [{"name": NAME_ZH}]}
        add_visit(db, office, str(done.answer["id"]), fields={**came, "notes": f"Call {PHONE}"}, request=new_request())
        number = world.open_case(db, 0, "quentin")
        world.fire(db, "quentin", number, "take")
        quentin, case = world.actor(db, "quentin"), load(db, home_of(db, number), "case")
        world.write(db, "quentin", case, words=f"Call me: {PHONE}", tell=["officer"])
        world.write(db, "supervisor", case, words=f"Ask q.ZEPHYRINE@canary.example, that is {NAME}.", tell=["quentin"])
        world.write(db, "supervisor", case, words="Nobody is named here.")
        save_draft(db, world.people["officer"], "note", {"words": [f"To {NAME}"]})
        save_view(db, quentin, "cases", name="mine", query="words=Quentin+Zephyrine", request=new_request())
        for name in (NAME, NAME.upper()):
            # Two names that are one without the words.
            save_view(db, world.actor(db, "supervisor"), "cases", name=name, query="", request=new_request())
        add_mail(db, person)
        for one in (person, world.people["officer"]):
            ask_recovery(
                db,
                world.actor(db, "administrator"),
                person=one,
                means=["password"],
                reason=f"{NAME} called.",
                request=new_request(),
            )
        db.execute(
            text(
                "INSERT INTO readings (person_id, address) VALUES (CAST(:id AS uuid), '/cases?words=%E6%96%90%E6%B3%BD%E5%AE%81')"
            ),
            {"id": world.people["auditor"]},
        )
        for what, fields in (
            ("contacts", {"name": NAME, "email": "q.ZEPHYRINE@canary.example", "telephone": PHONE}),
            ("owners", {"name": NAME, "kind": "person", "share": "30"}),
        ):
            keep_row(
                db,
                world.actor(db, "officer"),
                world.organisations["technology_owner"],
                what,
                None,
                fields=fields,
                source=f"A call with {NAME}",
                request=new_request(),
            )
    world.hand_in(document_store, number, "quentin", title=f"Letter of {NAME}", name="Zephyrine.pdf")
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        hand_over(
            db,
            world.actor(db, "quentin"),
            number,
            owner=world.people["officer"],
            team=[],
            note=f"From {NAME}.",
            revision=case.revision,
            request=new_request(),
        )
        deactivate_person(db, world.actor(db, "administrator"), person, new_request())
    return Scene(engine, superuser_engine, world, person, number)
