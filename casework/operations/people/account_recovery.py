"""Letting somebody in again who has lost the password or the second factor: two persons do it, and neither of them alone.

An administrator asks and says how they know that it is the person; somebody else of the office agrees. Each is shown one
half of a code, once, and tells it to the person, who needs both. The person is told of every step by mail.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.two_person import AGREED, ASKED, REFUSED, Matter, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongCode
from casework.json_values import JsonObject
from casework.operations.auth import second_factor
from casework.operations.auth.account_log import (
    RECOVERED,
    RECOVERY_AGREED,
    RECOVERY_ASKED,
    RECOVERY_REFUSED,
    note_account,
)
from casework.operations.auth.password_change import RESET_LASTS, make_link
from casework.operations.auth.passwords import hash_password, password_fits
from casework.operations.auth.sessions import end_access
from casework.operations.auth.step_up import sensitive
from casework.operations.core.email_addresses import canonical
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.presenters import when
from casework.operations.core.register_entries import note_entries
from casework.operations.core.views import NamedInBoth
from casework.operations.people.views import Recovery
from casework.permissions.actors import Actor
from casework.records.register_entries import body_of

PASSWORD, SECOND_FACTOR = "password", "second_factor"
MEANS = (PASSWORD, SECOND_FACTOR)
#: Who agrees, besides another administrator.
DECIDERS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COMPLIANCE, Role.MANAGER})
#: How long it waits for the second person, and then how long the code works.
WAITS, LASTS = timedelta(hours=24), timedelta(hours=8)
#: Random bytes of each half: eight letters and digits, which are easy to say.
HALF_BYTES = 5
#: The table, and the columns that the second person's word changes.
TABLE = "recoveries"
_DECIDED = ("state", "decided_by", "decided_at", "decision_reason", "second_half", "expires_at")
#: A reason has so many letters.
LEAST, MOST = 5, 1000

#: The recoveries of accounts, with who asked and who agreed to each.
_ROW = """
    SELECT r.id, r.person_id, p.name, p.name_zh, r.means, r.reason, r.asked_by, a.name AS asker, a.name_zh AS asker_zh, r.asked_at,
        r.decided_by, d.name AS decider, d.name_zh AS decider_zh, r.decided_at, r.decision_reason, r.expires_at, r.used_at,
        CASE WHEN r.state IN ('asked', 'agreed') AND r.expires_at <= casework_now() THEN 'lapsed' ELSE r.state END AS state
    FROM recoveries r JOIN people p ON p.id = r.person_id JOIN people a ON a.id = r.asked_by
    LEFT JOIN people d ON d.id = r.decided_by
"""
#: An administrator sees all of them; others of the office those of their programmes, and of people who are in none.
_MINE = """
    (:administers OR EXISTS (SELECT FROM memberships m WHERE m.person_id = r.person_id
        AND m.programme_id = ANY(CAST(:programmes AS uuid[])))
    OR NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = r.person_id AND m.programme_id IS NOT NULL))
    AND r.person_id <> CAST(:me AS uuid)
"""


def list_recoveries(db: Connection, actor: Actor) -> Page[Recovery]:
    """The last hundred that the actor may look after, the newest first. Raises NotFound for others than the office."""
    mine = _reach(actor)
    rows = db.execute(text(f"{_ROW} WHERE {_MINE} ORDER BY r.asked_at DESC, r.id DESC LIMIT 100"), mine)
    return Page(items=[_item(row, actor) for row in rows])


@sensitive
def ask_recovery(
    db: Connection, actor: Actor, *, person: str, means: Sequence[str], reason: str, request: Request
) -> Done:
    """An administrator asks; the first half of the code stands in the first answer only. One that was open ends."""
    if Role.ADMINISTRATOR not in actor.roles():
        raise NotAllowed(why=reasons.people.RECOVERY_ASKED_BY)
    if person == actor.person:
        raise NotAllowed(why=reasons.people.NO_RECOVERY_OF_OWN)
    faults = {}
    if not means or set(means) - set(MEANS):
        faults["means"] = reasons.fields.REQUIRED
    if not LEAST <= len(reason.strip()) <= MOST:
        faults["reason"] = reasons.fields.LENGTH_BETWEEN(least=LEAST, most=MOST)
    if faults:
        raise InvalidForm(fields=faults)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if db.execute(_ACTIVE, {"id": person}).first() is None:
        raise NotFound("person")
    withdrawn = db.execute(_WITHDRAW, {"person": person}).scalars().all()
    id, half = str(uuid_utils.uuid7()), new_half()
    db.execute(
        text(
            "INSERT INTO recoveries (id, person_id, means, reason, asked_by, asked_at, first_half, expires_at) SELECT"
            " CAST(:id AS uuid), CAST(:person AS uuid), :means, :reason, CAST(:by AS uuid), n, :half, n + :waits"
            " FROM (SELECT casework_now() AS n) moment"
        ),
        {
            "id": id,
            "person": person,
            "means": [mean for mean in MEANS if mean in means],
            "reason": reason.strip(),
            "by": actor.person,
            "half": hash_password(plain(half)),
            "waits": WAITS,
        },
    )
    body = body_of(db, TABLE, person, withdrawn, columns=["state"]) | body_of(db, TABLE, person, [id])
    note_account(db, person, RECOVERY_ASKED, actor.person, body=body, recovery=id, means=sorted(means))
    answer = {"id": id, "state": ASKED}
    finish(db, actor, request, Done(answer, 201))
    return Done(answer | {"half": half}, 201)


#: The open account of a person, locked.
_ACTIVE = text("SELECT 1 FROM people WHERE id = CAST(:id AS uuid) AND active AND NOT service FOR NO KEY UPDATE")
#: Withdraws what recoveries of a person are still open.
_WITHDRAW = text("""
    UPDATE recoveries SET state = 'withdrawn' WHERE person_id = CAST(:person AS uuid) AND state IN ('asked', 'agreed')
    RETURNING id
""")


def find_recovery(db: Connection, actor: Actor, recovery: str) -> Recovery:
    """One that the actor may look after. Raises NotFound."""
    return _item(_find(db, actor, recovery), actor)


def _find(db: Connection, actor: Actor, recovery: str, lock: str = "") -> Any:
    row = db.execute(
        text(f"{_ROW} WHERE r.id = CAST(:id AS uuid) AND {_MINE} {lock}"), _reach(actor) | {"id": recovery}
    ).one_or_none()
    if row is None:
        raise NotFound("recovery")
    return row


@sensitive
def decide_recovery(
    db: Connection, actor: Actor, recovery: str, *, agree: bool, reason: str = "", request: Request
) -> Done:
    """The second person agrees or not; the second half of the code stands in the first answer only. To refuse takes a reason."""
    row, reason = _find(db, actor, recovery, "FOR NO KEY UPDATE OF r"), reason.strip()
    if len(reason) > MOST or (reason or not agree) and len(reason) < LEAST:
        raise InvalidForm(fields={"reason": reasons.fields.LENGTH_BETWEEN(least=LEAST, most=MOST)})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    match refusal(_matter(row), actor.person, in_role=True):
        case Refusal.PARTY:
            raise Refused(reasons.people.ANOTHER_AGREES)
        case Refusal.STATE:
            raise Refused(reasons.people.NOT_OPEN)
    state = AGREED if agree else REFUSED
    half = new_half() if agree else None
    db.execute(
        text(
            "UPDATE recoveries SET state = :state, decided_by = CAST(:by AS uuid), decided_at = casework_now(),"
            " decision_reason = nullif(:reason, ''), second_half = :half,"
            " expires_at = CASE WHEN :agree THEN casework_now() + :lasts ELSE expires_at END"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {
            "id": row.id,
            "state": state,
            "by": actor.person,
            "agree": agree,
            "reason": reason,
            "lasts": LASTS,
            "half": hash_password(plain(half)) if half else None,
        },
    )
    body = body_of(db, TABLE, row.person_id, [row.id], columns=_DECIDED)
    note_account(
        db, row.person_id, RECOVERY_AGREED if agree else RECOVERY_REFUSED, actor.person, body=body, recovery=row.id
    )
    answer = {"id": row.id, "state": state}
    finish(db, actor, request, Done(answer))
    return Done(answer | ({"half": half} if half else {}))


def use_recovery(db: Connection, secret_box: SecretBox, email: str, first: str, second: str) -> str | None:
    """Both halves are right: what was lost is taken away, every session and token ends. Gives the link that sets a new
    password, where that was lost. Its caller notes the attempt. Raises WrongCode, whatever was wrong.
    """
    row = db.execute(_AGREED, {"email": canonical(email)}).one_or_none()
    # Both are looked at, whatever the first one gave: the time tells nothing.
    fits = [
        password_fits(row.first_half if row else None, plain(first)),
        password_fits(row.second_half if row else None, plain(second)),
    ]
    if row is None or not all(fits):
        raise WrongCode
    db.execute(
        text("UPDATE recoveries SET state = 'used', used_at = casework_now() WHERE id = CAST(:id AS uuid)"),
        {"id": row.id},
    )
    end_access(db, row.person_id, by=row.person_id)
    if SECOND_FACTOR in row.means:
        second_factor.take_out(db, row.person_id)
    body = body_of(db, TABLE, row.person_id, [row.id], columns=["state", "used_at"])
    note_account(db, row.person_id, RECOVERED, row.person_id, body=body, recovery=row.id, means=list(row.means))
    if PASSWORD not in row.means:
        return None
    db.execute(text("UPDATE people SET password_hash = NULL WHERE id = CAST(:id AS uuid)"), {"id": row.person_id})
    note_entries(
        db, "people", row.person_id, [row.person_id], kind="password_lost", by=row.person_id, columns=["password_hash"]
    )
    return make_link(db, secret_box, row.person_id, by=row.decided_by, lasts=RESET_LASTS, mailed=False)


#: The recovery of an address that was agreed to and holds, locked.
_AGREED = text("""
    SELECT r.id, r.person_id, r.means, r.first_half, r.second_half, r.decided_by FROM recoveries r JOIN people p ON p.id = r.person_id
    WHERE lower(p.email) = :email AND p.active AND r.state = 'agreed' AND r.expires_at > casework_now() FOR NO KEY UPDATE OF r
""")


def _reach(actor: Actor) -> JsonObject:
    held = [m for m in actor.memberships if m.role in DECIDERS]
    if not held:
        raise NotFound
    return {
        "administers": any(m.role == Role.ADMINISTRATOR for m in held),
        "me": actor.person,
        "programmes": sorted({m.programme for m in held if m.programme}),
    }


def _matter(row: Any) -> Matter:
    return Matter(row.asked_by, frozenset({row.person_id}), row.state)


def _item(row: Any, actor: Actor) -> Recovery:
    return Recovery(
        id=row.id,
        person=NamedInBoth(id=row.person_id, name=row.name, name_zh=row.name_zh),
        means=list(row.means),
        reason=row.reason,
        state=row.state,
        asked_at=when(row.asked_at),
        expires_at=when(row.expires_at),
        asked_by=NamedInBoth(id=row.asked_by, name=row.asker, name_zh=row.asker_zh),
        decided_at=when(row.decided_at),
        decided_by=NamedInBoth(id=row.decided_by, name=row.decider, name_zh=row.decider_zh) if row.decided_by else None,
        decision_reason=row.decision_reason,
        used_at=when(row.used_at),
        may_decide=refusal(_matter(row), actor.person, in_role=True) is None,
    )


def new_half() -> str:
    """Eight letters and digits, in two groups."""
    half = base64.b32encode(secrets.token_bytes(HALF_BYTES)).decode().lower()
    return f"{half[:4]}-{half[4:]}"


def plain(half: str) -> str:
    """A half as it is compared: however it was typed. Never empty, for that would be no password."""
    return "".join(letter for letter in half.lower() if letter.isalnum())[:40] or "-"


__all__ = [
    "DECIDERS", "LASTS", "MEANS", "MOST", "WAITS", "ask_recovery", "decide_recovery", "find_recovery", "list_recoveries", "use_recovery",
]  # fmt: skip
