"""The people of an office: who is there, who comes and goes, and which roles they have in between."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, text

from casework.demo.cast import PLAYERS
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request
from casework.operations.people.absences import end_absence, list_absences, record_absence
from casework.operations.people.role_requests import decide_role
from casework.operations.people.service import (
    create_membership,
    create_person,
    deactivate_person,
    end_member,
    end_membership,
    reopen_person,
)
from casework.permissions.actors import COVERED, Actor
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.stage import Stage
from casework.records.actors import find_actor
from casework.records.database import ENGINE
from casework.records.row_security import read_as


def new_request() -> Request:
    """A key that was never used, of somebody who was told what may follow and wants it done."""
    return Request(str(uuid.uuid4()), "", sure=True)


class OfficePeople:
    """Who works in the programme; what happens to people is drawn by lot."""

    stage: Stage
    dice: random.Random
    programme: str
    #: By person the roles of the player, and the organisation where it is no programme's.
    roles_of: dict[str, tuple[tuple[str, ...], str | None]]

    @contextmanager
    def action(self) -> Iterator[Connection]:
        with self.stage.action() as db:
            read_as(db, ENGINE)
            yield db

    def people(self, db: Connection) -> list[Actor]:
        """Everybody with an account and a role now, always in the same order."""
        ids = db.execute(text("SELECT id FROM people WHERE active ORDER BY email")).scalars().all()
        return [one for id in ids if (one := find_actor(db, str(id))) is not None and one.memberships]

    def one_with(self, db: Connection, *roles: str, but: str = "", own: bool = True) -> Actor | None:
        found = [
            one
            for one in self.people(db)
            if one.person != but and any(m.role in roles and (m.deputy_for is None or not own) for m in one.memberships)
        ]
        return self.dice.choice(found) if found else None

    def for_step(self, hand: OperationsHand, person: str) -> Actor:
        """Whoever does a step that was written for a person: that one, who stands in, the case's owner, or a colleague."""
        db, (roles, _) = hand.stage.db, self.roles_of.get(person, ((), None))
        everybody = self.people(db)
        wanted = {person}
        if Role.OFFICER in roles and hand.logs:
            case = hand.case
            wanted = {case.owner, *case.team} if case.owner else wanted
        choices = [
            [
                one
                for one in everybody
                if one.person in wanted and any(m.deputy_for is None and m.role in roles for m in one.memberships)
            ],
            [one for one in everybody if any(m.deputy_for in wanted and m.role in roles for m in one.memberships)],
            [one for one in everybody if any(m.role in roles for m in one.memberships)],
        ]
        found = next((some for some in choices if some), None)
        if found is None:
            raise NotFound("person")
        return self.dice.choice(found)

    def logs(self, db: Connection) -> list[tuple[str, str]]:
        rows = db.execute(text("SELECT id::text, kind FROM logs WHERE kind IN ('case', 'mediation') ORDER BY id"))
        return [(row.id, row.kind) for row in rows]

    def go_away(self, db: Connection) -> None:
        """Somebody is away for some days, entered by oneself or by who leads; a colleague stands in."""
        person = self.one_with(db, *COVERED)
        if person is None:
            return
        mine = self.dice.choice([m for m in person.memberships if m.role in COVERED and m.deputy_for is None])
        scope = mine.programme or mine.organisation
        there = [
            one
            for one in self.people(db)
            if one.person != person.person and any(scope in (m.programme, m.organisation) for m in one.memberships)
        ]
        if not there:
            return
        first = self.stage.today + timedelta(days=self.dice.randint(0, 6))
        leader = self.one_with(db, Role.SUPERVISOR if mine.programme else "provider_lead") or person
        record_absence(
            db,
            self.dice.choice((person, leader)),
            scope=str(scope),
            person=person.person,
            substitute=self.dice.choice(there).person,
            first_day=first,
            last_day=first + timedelta(days=self.dice.randint(0, 15)),
            request=new_request(),
        )

    def come_back(self, db: Connection) -> None:
        actor = self.dice.choice(self.people(db))
        found = [one for one in list_absences(db, actor).items if one.may_end]
        if found:
            end_absence(db, actor, self.dice.choice(found).id, new_request())

    def _administrator(self, db: Connection) -> Actor:
        found = self.one_with(db, "administrator")
        assert found is not None
        return found

    def give_role(self, db: Connection) -> None:
        """An administrator gives somebody a role more, for good or for some weeks, in one's own name or as a deputy."""
        given = self.dice.choice(PLAYERS)
        role, where = self.dice.choice(given.roles), given.where and self.stage.ids[given.where]
        if role == "administrator":
            return
        ends = self.stage.moment + timedelta(days=self.dice.randint(1, 40)) if self.dice.random() < 0.5 else None
        person = self.dice.choice(self.people(db))
        deputy_for = self.stage.ids[given.key] if self.dice.random() < 0.2 else None
        asked = create_membership(
            db,
            self._administrator(db),
            person=person.person,
            role=role,
            programme=None if where else self.programme,
            organisation=where,
            deputy_for=deputy_for,
            starts_at=None,
            ends_at=ends,
            request=new_request(),
        )
        self._agree(db, asked, person.person)

    def _agree(self, db: Connection, asked: Done, person: str) -> None:
        """A supervisor says the second word, where one is needed and there is somebody."""
        second = self.one_with(db, Role.SUPERVISOR, but=person)
        if asked.answer["state"] == "asked" and second is not None:
            decide_role(db, second, str(asked.answer["id"]), agree=True, note="", request=new_request())

    def end_role(self, db: Connection) -> None:
        row = db.execute(
            text(
                "SELECT id::text, organisation_id FROM memberships WHERE role <> 'administrator' AND starts_at <= casework_now()"
                " AND (ends_at IS NULL OR ends_at > casework_now()) ORDER BY starts_at, person_id, id OFFSET :n LIMIT 1"
            ),
            {"n": self.dice.randint(0, 30)},
        ).one_or_none()
        if row is None:
            return
        lead = self.one_with(db, "provider_lead", own=False)
        if row.organisation_id and lead and self.dice.random() < 0.5:
            end_member(db, lead, row.id, new_request())
        else:
            end_membership(db, self._administrator(db), row.id, new_request())

    def leave(self, db: Connection) -> None:
        """An account closes; sometimes at once, with cases that are left to others."""
        person = self.one_with(db, *COVERED)
        if person is not None and len(self.people(db)) > 15:
            at_once = self.dice.random() < 0.5
            deactivate_person(db, self._administrator(db), person.person, new_request(), at_once=at_once)

    def close_account(self, db: Connection) -> None:
        """Any account closes at once, whatever it leaves; of a dispute officer nobody is told what that is."""
        person = self.dice.choice(self.people(db))
        if len(self.people(db)) > 15:
            deactivate_person(db, self._administrator(db), person.person, new_request(), at_once=True)

    def reopen(self, db: Connection) -> None:
        """Somebody comes back to an account that was closed, and has a role again that was had before."""
        row = db.execute(
            text(
                "SELECT p.id::text, m.role, m.programme_id::text AS programme, m.organisation_id::text AS organisation FROM people p"
                " JOIN memberships m ON m.person_id = p.id AND m.deputy_for IS NULL WHERE NOT p.active ORDER BY p.email, m.role LIMIT 1"
            )
        ).one_or_none()
        if row is None:
            raise NotFound("person")
        administrator = self._administrator(db)
        reopen_person(db, administrator, SecretBox(["k" * 40]), row.id, new_request(), mailing=False)
        asked = create_membership(
            db,
            administrator,
            person=row.id,
            role=row.role,
            programme=row.programme,
            organisation=row.organisation,
            deputy_for=None,
            starts_at=None,
            ends_at=None,
            request=new_request(),
        )
        self._agree(db, asked, row.id)

    def newcomer(self, db: Connection, role: Role | None = None, organisation: str | None = None) -> None:
        """Somebody new, in the role of one of the players."""
        like = self.dice.choice([one for one in PLAYERS if one.roles[0] in COVERED and one.deputy_for is None])
        if role is None:
            role, organisation = like.roles[0], like.where and self.stage.ids[like.where]
        n = len(self.roles_of)
        administrator = self._administrator(db)
        made = create_person(
            db,
            administrator,
            SecretBox(["k" * 40]),
            email=f"newcomer-{n}@demo.example",
            name=f"Newcomer {n}",
            name_zh=None,
            language="en",
            mailing=False,
            request=new_request(),
        )
        person = str(made.answer["id"])
        self.roles_of[person] = ((role,), None)
        asked = create_membership(
            db,
            administrator,
            person=person,
            role=role,
            programme=None if organisation else self.programme,
            organisation=organisation,
            deputy_for=None,
            starts_at=None,
            ends_at=None,
            request=new_request(),
        )
        self._agree(db, asked, person)
