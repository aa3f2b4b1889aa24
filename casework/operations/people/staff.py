"""Joiners, movers and leavers, as a file tells them: all of it, or nothing with every row that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, Refused
from casework.operations.auth.account_log import ROLE_ENDED, ROLE_GIVEN, note_account
from casework.operations.auth.sessions import end_access
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import SYSTEM
from casework.operations.core.register_log import GRANTED, ROLE_ASKED, ROLE_REFUSED
from casework.operations.people import account_closing
from casework.operations.people.absences import pass_on_role
from casework.operations.people.invitation_mail import INVITATION_PAGE, ROW, UNSENT, cancel_mails
from casework.operations.people.invitation_rules import INVITED, REVOKED
from casework.operations.people.invitations import (
    MOST_A_DAY,
    MOST_DAYS,
    Scope,
    insist_form,
    record_invitation,
    record_revocation,
)
from casework.operations.people.registry import grant_role
from casework.operations.people.role_ending import end_roles
from casework.operations.people.role_requests import ask_role, fold
from casework.operations.people.staff_file import Fault, Line, digest_of, read_lines
from casework.operations.people.staff_rules import (
    Change,
    Held,
    Invited,
    Joiner,
    Known,
    Plan,
    Standing,
    decide,
    given_by_file,
)
from casework.permissions.actors import takes_two
from casework.records.database import savepoint
from casework.records.event_log import now
from casework.records.row_security import whole


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who was invited: the code to tell, and the link."""

    email: str
    code: str
    link: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file."""

    digest: str
    plan: Plan
    invited: tuple[Invitee, ...] = ()
    #: Who is invited tomorrow, for so many mails a day are enough.
    later: int = 0
    #: Roles that wait for a second person's word.
    asked: int = 0
    #: Of those who left: the open cases to hand over, by programme.
    left: tuple[tuple[str, str, int], ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        plan = self.plan
        return {
            "invited": len(self.invited),
            "given": len(plan.given) - self.asked,
            "asked": self.asked,
            "ended": len(plan.ended),
            "closed": len(plan.leavers),
            "withdrawn": len(plan.withdrawn),
        }

    @property
    def summary(self) -> str:
        """The same in a sentence."""
        said = ", ".join(f"{count} {what}" for what, count in self.counts.items() if count) or "Nothing to change"
        return f"{said}; {self.later} to be invited tomorrow." if self.later else f"{said}."


#: Of two who bring a file at once the second one finds what the first one did.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('casework people file', 1))")
#: The programmes by their codes.
_PROGRAMMES = text("SELECT code, id::text AS id FROM programmes ORDER BY code")
#: The accounts of some addresses, and of everybody who has a role in a programme, with the roles that have not ended.
_PEOPLE = text("""
    SELECT p.id::text AS person, lower(p.email) AS email, p.active, p.service, m.id::text AS membership,
        m.programme_id::text AS programme, m.role, m.deputy_for IS NOT NULL AS deputy
    FROM people p LEFT JOIN memberships m ON m.person_id = p.id AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    WHERE p.email IS NOT NULL AND (lower(p.email) = ANY(:emails) OR m.programme_id IS NOT NULL) ORDER BY p.id, m.id
""")
#: The invitations of some addresses to programmes, with what files did with them.
_INVITED = text(f"""
    SELECT i.id::text AS id, lower(i.email) AS email, i.programme_id::text AS programme, i.roles, i.state = 'open' AS open,
        EXISTS (SELECT FROM events e WHERE e.log_id = i.scope_id AND e.kind = :kind AND e.effects ? 'file'
            AND e.effects->>'invitation' = i.id::text) AS by_file,
        i.state = 'revoked' AND EXISTS (SELECT FROM events e WHERE e.log_id = i.scope_id AND e.kind = :revoked
            AND e.effects ? 'file' AND e.effects->>'invitation' = i.id::text) AS taken_back
    FROM ({ROW}) i WHERE i.programme_id IS NOT NULL AND lower(i.email) = ANY(:emails) ORDER BY i.id
""")
#: The events by which roles were asked for, refused and given in all programmes, where something came before.
_TOLD = text("""
    SELECT e.log_id::text AS log, e.seq, e.at, e.kind, e.actor_id, e.effects FROM events e JOIN programmes g ON g.id = e.log_id
    WHERE e.kind = ANY(:kinds) AND e.effects ?| ARRAY['file', 'invitation', 'request'] ORDER BY e.log_id, e.seq
""")


def find_standing(db: Connection, lines: Sequence[Line]) -> tuple[Standing, dict[str, str]]:
    """What stands of the people of a file, and the programmes' ids by their codes."""
    emails = sorted({line.email for line in lines})
    ids: dict[str, str] = {row.code: row.id for row in db.execute(_PROGRAMMES)}
    codes = {id: code for code, id in ids.items()}
    with whole(db):
        rows = db.execute(_PEOPLE, {"emails": emails}).all()
        invited = db.execute(_INVITED, {"emails": emails, "kind": INVITED, "revoked": REVOKED}).all()
        kinds = [INVITED, ROLE_ASKED, ROLE_REFUSED, GRANTED]
        told = [
            RegisterEvent(log=row.log, seq=row.seq, at=row.at, kind=row.kind, actor=row.actor_id, effects=row.effects)
            for row in db.execute(_TOLD, {"kinds": kinds})
        ]
    by_file = given_by_file(told)
    asked = fold(event for event in told if "request" in event.effects)
    held: dict[str, list[Held]] = {}
    for row in rows:
        mine = held.setdefault(row.person, [])
        if row.membership is not None:
            code = codes.get(row.programme)
            mine.append(Held(row.membership, code, row.role, row.membership in by_file, row.deputy))
    people = {row.email: Known(row.person, row.email, row.active, row.service, tuple(held[row.person])) for row in rows}
    standing = Standing(
        frozenset(ids),
        people,
        tuple(
            Invited(
                row.id, row.email, codes[row.programme], frozenset(row.roles), row.open, row.by_file, row.taken_back
            )
            for row in invited
        ),
        frozenset(
            (one.person, codes[one.programme], one.role)
            for one in asked.values()
            if one.state != "agreed" and one.deputy_for is None
        ),
    )
    return standing, ids


def plan_file(db: Connection, content: bytes) -> Plan:
    """What a file would change now, or what is wrong with it; changes nothing. Raises Refused for what is no such file."""
    lines, faults = read_lines(content)
    if faults:
        return Plan(faults=tuple(sorted(faults, key=lambda fault: (fault.row, fault.column))))
    return decide(lines, find_standing(db, lines)[0], Calendar("none").local_date(now(db)))


def bring_people(
    db: Connection, secret_box: SecretBox, content: bytes, *, mailing: bool, allow_many: bool = False
) -> Brought:
    """Do what a file says, all of it; with any row that is wrong nothing, and its plan says which.

    `mailing`: the invitations go out now, with the codes that the answer has. Else they wait until an administrator sends them.
    Raises Refused for what is no such file, and for one that would end too much.
    """
    db.execute(_ALONE)
    digest, plan = digest_of(content), plan_file(db, content)
    if plan.faults or plan.is_empty:
        return Brought(digest, plan)
    if plan.too_many and not allow_many:
        raise Refused(reasons.people.STAFF_TOO_MANY(count=plan.losing, most=plan.of))
    shell = _Bringing(db, secret_box, digest, mailing)
    try:
        with savepoint(db):
            return shell.bring(plan)
    except _Stopped as stopped:
        return Brought(digest, Plan(faults=(stopped.fault,)))


class _Stopped(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@contextmanager
def _at(line: Line) -> Iterator[None]:
    """What refuses within is told of this row."""
    try:
        yield
    except InvalidForm as fault:
        column, why = next(iter(fault.fields.items()))
        raise _Stopped(Fault(line.row, column, why)) from fault
    except Refused as fault:
        raise _Stopped(Fault(line.row, "role", fault.reasons[0])) from fault


class _Bringing:
    def __init__(self, db: Connection, secret_box: SecretBox, digest: str, mailing: bool) -> None:
        self.db, self.secret_box, self.digest, self.mailing = db, secret_box, digest, mailing
        self.because: RegisterEffects = {"file": digest}
        self.programmes = {row.code: row.id for row in db.execute(_PROGRAMMES)}

    def bring(self, plan: Plan) -> Brought:
        self._end(plan)
        left = [
            (known.email, name, count)
            for _, known in plan.leavers
            for name, count in account_closing.cases_left(self.db, known.person).items()
        ]
        for one in plan.withdrawn:
            record_revocation(self.db, one.id, self.programmes[one.programme], SYSTEM_ACTOR, because=self.because)
        asked = sum(self._give(change) for change in plan.given)
        rooms = {code: self._room(id) for code, id in self.programmes.items()}
        invited: list[Invitee] = []
        for joiner in plan.joiners:
            if rooms[joiner.line.programme] > 0:
                rooms[joiner.line.programme] -= 1
                invited.append(self._invite(joiner))
        return Brought(self.digest, plan, tuple(invited), len(plan.joiners) - len(invited), asked, tuple(left))

    def _end(self, plan: Plan) -> None:
        """All roles at once, so that their logs are locked in one order."""
        db = self.db
        leaving = [account_closing.find_leaving(db, known.person) for _, known in plan.leavers]
        roles = {role for one in leaving for role in one.roles} | {str(change.membership) for change in plan.ended}
        also = {log for one in leaving for log in one.asked_in}
        if roles or also:
            end_roles(db, sorted(roles), SYSTEM, also=sorted(also), because=self.because)
        for one in leaving:
            # Again: of an absence that two of them had part in nothing is left for the second.
            account_closing.close(db, account_closing.find_leaving(db, one.person), SYSTEM, because=self.because)
        for change in plan.ended:
            end_access(db, change.person)
            note_account(db, change.person, ROLE_ENDED, SYSTEM_ACTOR, membership=str(change.membership))

    def _give(self, change: Change) -> bool:
        """Give a role, or ask for it where that takes two; whether it was asked for."""
        db, programme = self.db, self.programmes[change.programme]
        with _at(change.line):
            if takes_two(change.role):
                ask_role(db, change.person, change.role, programme=programme, because=self.because)
                return True
            membership = grant_role(db, change.person, change.role, programme=programme, because=self.because)
        pass_on_role(db, membership, SYSTEM)
        note_account(db, change.person, ROLE_GIVEN, SYSTEM_ACTOR, membership=membership)
        return False

    def _invite(self, joiner: Joiner) -> Invitee:
        line, scope = joiner.line, Scope(self.programmes[joiner.line.programme])
        with _at(line):
            insist_form(
                self.db,
                None,
                scope,
                line.email,
                name=line.name,
                roles=joiner.roles,
                language=line.language,
                days=MOST_DAYS,
            )
            id, code, secret = record_invitation(
                self.db,
                None,
                self.secret_box,
                scope=scope,
                email=line.email,
                name=line.name,
                roles=joiner.roles,
                language=line.language,
                days=MOST_DAYS,
                because=self.because,
            )
        if not self.mailing:
            # Nobody is there to tell the code: the mail comes with the one that somebody tells.
            cancel_mails(self.db, id)
        return Invitee(line.email, code, INVITATION_PAGE + secret)

    def _room(self, programme: str) -> int:
        """How many may be invited to a programme still within this day."""
        sent = self.db.execute(_SENT, {"scope": programme}).scalar_one()
        return MOST_A_DAY - int(sent)


#: How many invitations to a programme were mailed within a day.
_SENT = text("""
    SELECT count(*) FROM mails m JOIN invitations i ON i.id = m.invitation_id WHERE i.scope_id = CAST(:scope AS uuid)
    AND m.made_at > casework_now() - interval '1 day'
""")


def count_unsent(db: Connection) -> int:
    """How many were invited by a file, and wait until somebody sends them the mail with a code."""
    with whole(db):
        return int(db.execute(_UNSENT, {"kind": INVITED}).scalar_one())


#: How many open invitations of a file nobody has sent.
_UNSENT = text(f"""
    SELECT count(*) FROM ({ROW}) i WHERE i.state = 'open' AND i.issue = 1 AND i.invited_by IS NULL
    AND {UNSENT}
    AND EXISTS (SELECT FROM events e WHERE e.log_id = i.scope_id AND e.kind = :kind AND e.effects ? 'file'
        AND e.effects->>'invitation' = i.id::text)
""")

__all__ = ["Brought", "Invitee", "bring_people", "count_unsent", "find_standing", "plan_file"]
