"""Findings: what an auditor found at an event of a case, and what became of it.

Each finding has a log of its own: its actions are events like any others, chained and verified, and the case's own
history, which an auditor may only read, stays as it was. Words are in the bodies, so that they can be erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound, WrongState
from casework.ledger.canonical_json import instant
from casework.operations.audit.finding_rights import (
    Refusing,
    insist_impartial,
    refusal_to_answer,
    refusal_to_assign,
    refusal_to_judge,
)
from casework.operations.audit.finding_rows import (
    ANSWERED,
    ANSWERED_IT,
    ASKED_AGAIN,
    ASSIGNED,
    CLOSED_IT,
    OPEN,
    RAISED,
    STATES,
    fold,
    fold_again,
    write_row,
)
from casework.operations.audit.views import FindingAction, FindingDetails, FindingMay, FindingRow
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.register_log import append
from casework.operations.core.views import row_as, to_named
from casework.operations.people.role_notices import announce
from casework.permissions.actors import Actor, programmes_read
from casework.permissions.visibility import Sight
from casework.permissions.work import capacities
from casework.records.case_loader import load
from casework.records.event_log import Log, lock_log, new_log, now

LONGEST = 4000
#: No more are taken out at once.
MOST_EXPORTED = 10_000
_ACTIONS = {
    ANSWERED_IT: reasons.actions.ANSWER_FINDING, ASKED_AGAIN: reasons.actions.REOPEN_FINDING,
    CLOSED_IT: reasons.actions.CLOSE_FINDING, ASSIGNED: reasons.actions.ASSIGN_FINDING,
}  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------------------

#: Not answered, though the day by which somebody was to do it has passed.
LATE = f"f.state = '{OPEN}' AND f.due_at <= casework_now()"
_ROW = f"f.*, c.number, {titled('c')} AS title, coalesce({LATE}, false) AS late"
#: The findings of some programmes with their cases, the newest first.
_SELECT = f"""
    SELECT {_ROW} FROM findings f JOIN cases c ON c.id = f.case_id
    WHERE f.programme_id = ANY(CAST(:programmes AS uuid[])) {{more}}
    ORDER BY f.raised_at DESC, f.id DESC LIMIT :most
"""


def list_findings(
    db: Connection,
    actor: Actor,
    *,
    state: str | None = None,
    number: str | None = None,
    owner: str | None = None,
    late: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[FindingRow]:
    """Findings in the programmes that the actor reads in full, the newest first; of one case where it is named, and of one owner."""
    most = insist_limit(limit)
    more, given = _asked(db, actor, state, number=number, owner=owner, late=late)
    if keys := from_cursor(cursor, 2):
        more += " AND (f.raised_at, f.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(text(_SELECT.format(more=more)), given | {"most": most + 1}).all()
    shown, following = page(rows, most, lambda row: (row.raised_at, str(row.id)))
    return Page(items=_shown(db, shown), next=following)


def export_findings(
    db: Connection,
    actor: Actor,
    *,
    state: str | None = None,
    owner: str | None = None,
    late: bool = False,
    most: int = MOST_EXPORTED,
) -> list[FindingRow]:
    """The same at once, to be taken out: the newest ones."""
    more, given = _asked(db, actor, state, owner=owner, late=late)
    return _shown(db, db.execute(text(_SELECT.format(more=more)), given | {"most": most}).all())


def _asked(
    db: Connection,
    actor: Actor,
    state: str | None,
    *,
    number: str | None = None,
    owner: str | None = None,
    late: bool = False,
) -> tuple[str, dict[str, Any]]:
    """The condition on what a list of findings shows, and its values."""
    more, given = "", dict[str, Any](programmes=programmes_read(actor))
    if number is not None:
        case, level = find_case(db, actor, number)
        if level < Sight.ALL:
            raise NotFound("case")
        more, given["case"] = " AND f.case_id = CAST(:case AS uuid)", case.log
    if state is not None:
        more, given["state"] = more + " AND f.state = :state", state
    if owner is not None:
        more, given["owner"] = more + " AND f.owner_id = CAST(:owner AS uuid)", owner
    if late:
        more += f" AND {LATE}"
    return more, given


def count_findings(db: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each state, how many of them are late, and how many of these wait for the actor."""
    rows = db.execute(_COUNTS, {"programmes": programmes_read(actor), "person": actor.person}).all()
    counts = dict.fromkeys((*STATES, "late", "mine"), 0) | {row.state: row.n for row in rows}
    return counts | {"late": sum(row.late for row in rows), "mine": sum(row.mine for row in rows)}


#: How many findings of some programmes are in each state, how many are late, and how many are open that a person owns.
_COUNTS = text(f"""
    SELECT f.state, count(*) AS n, count(*) FILTER (WHERE {LATE}) AS late,
        count(*) FILTER (WHERE f.state = '{OPEN}' AND f.owner_id = CAST(:person AS uuid)) AS mine
    FROM findings f WHERE f.programme_id = ANY(CAST(:programmes AS uuid[])) GROUP BY f.state
""")
#: The findings that a person is to answer, what is due first before the rest.
_MINE = text(f"""
    SELECT {_ROW} FROM findings f JOIN cases c ON c.id = f.case_id
    WHERE f.owner_id = CAST(:person AS uuid) AND f.state = '{OPEN}' AND f.programme_id = ANY(CAST(:programmes AS uuid[]))
    ORDER BY f.due_at, f.id LIMIT :most
""")


def list_mine(db: Connection, actor: Actor, *, most: int) -> list[FindingRow]:
    """The first findings that the actor is to answer, what is due first before the rest."""
    programmes = sorted({actor.focus} & set(programmes_read(actor))) if actor.focus else programmes_read(actor)
    if not programmes:
        return []
    rows = db.execute(_MINE, {"person": actor.person, "programmes": programmes, "most": most}).all()
    return _shown(db, rows) if rows else []


def of_event(db: Connection, actor: Actor, number: str, seq: int) -> list[FindingRow]:
    """The findings about one event, for those who see the whole case; the caller has asked for that."""
    rows = db.execute(
        text(
            f"SELECT {_ROW} FROM findings f JOIN cases c ON c.id = f.case_id"
            " WHERE c.number = :number AND f.seq = :seq ORDER BY f.raised_at, f.id"
        ),
        {"number": number, "seq": seq},
    ).all()
    return _shown(db, rows)


def count_by_event(db: Connection, log: str) -> dict[int, int]:
    """How many findings there are at each event of a case."""
    rows = db.execute(
        text("SELECT seq, count(*) AS n FROM findings WHERE case_id = CAST(:log AS uuid) GROUP BY seq"), {"log": log}
    )
    return {row.seq: row.n for row in rows}


def show_finding(db: Connection, actor: Actor, finding: str) -> FindingDetails:
    """One finding with everything that was said about it, and what the actor may do. Raises NotFound."""
    row = find_seen(db, actor, finding)
    rows = db.execute(_ACTIONS_OF, {"log": finding}).all()
    owners = [row.effects.get("owner") for row in rows]
    names = names_of(db, {id for id in (*(row.actor_id for row in rows), *owners) if id not in (None, SYSTEM_ACTOR)})
    actions = [
        FindingAction(
            at=instant(row.at),
            kind=row.kind,
            role=row.role,
            words=(row.body.get("words") or {}).get("value"),
            actor=to_named(row.actor_id, names),
            owner=to_named(owner, names) if owner else None,
            due_at=row.effects.get("due_at"),
        )
        for row, owner in zip(rows, owners, strict=True)
    ]
    may = FindingMay(
        answer=row.state == OPEN and refusal_to_answer(db, actor, row) is None,
        close=row.state == ANSWERED and refusal_to_judge(db, actor, row) is None,
        assign=row.state == OPEN and refusal_to_assign(db, actor, row) is None,
    )
    return row_as(FindingDetails, _shown(db, [row])[0], actions=actions, may=may)


#: Everything that happened to a finding, in order.
_ACTIONS_OF = text("""
    SELECT seq, at, kind, actor_id, header->>'role' AS role, effects, body FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq
""")


def _shown(db: Connection, rows: Sequence[Any]) -> list[FindingRow]:
    names = names_of(db, {id for row in rows for id in (row.raised_by, row.answered_by, row.closed_by, row.owner_id)})
    return [
        FindingRow(
            id=row.id,
            number=row.number,
            title=row.title,
            event=row.seq,
            state=row.state,
            words=row.words,
            answer=row.answer,
            raised_by=to_named(row.raised_by, names),
            raised_at=instant(row.raised_at),
            answered_by=to_named(row.answered_by, names),
            answered_at=when(row.answered_at),
            closed_by=to_named(row.closed_by, names),
            closed_at=when(row.closed_at),
            owner=to_named(row.owner_id, names) if row.owner_id else None,
            due_at=when(row.due_at),
            late=row.late,
            revision=row.revision,
        )
        for row in rows
    ]


def find_seen(db: Connection, actor: Actor, finding: str, *, lock: bool = False) -> Any:
    """The row of a finding that the actor may read. Raises NotFound."""
    row = db.execute(
        text(
            f"SELECT {_ROW} FROM findings f JOIN cases c ON c.id = f.case_id WHERE f.id = CAST(:id AS uuid)"
            + (" FOR UPDATE OF f" if lock else "")
        ),
        {"id": finding},
    ).one_or_none()
    if row is None or row.programme_id not in programmes_read(actor):
        raise NotFound("finding")
    return row


# --- actions -----------------------------------------------------------------------------------------------------------


def raise_finding(db: Connection, actor: Actor, number: str, *, event: int, words: str, request: Request) -> Done:
    """Write down what is wrong, or not clear, at an event of a case."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    if not actor.in_programme(case.programme, (Role.AUDITOR,)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.AUDITOR,)))
    insist_impartial(db, actor, case.log)
    said = said_words(words)
    if not 1 <= event <= case.seq:
        raise InvalidForm(fields={"event": reasons.audit.NO_EVENT})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id, moment = str(uuid_utils.uuid7()), now(db)
    effects: RegisterEffects = {"programme": case.programme, "case": case.log, "seq": event}
    opening = RegisterEvent(
        log=id,
        seq=1,
        at=moment,
        kind=RAISED,
        actor=actor.person,
        role=Role.AUDITOR,
        effects=effects,
        body={"words": said},
    )
    append(db, new_log(id, "finding", case.programme, moment), [opening], request.key_hash)
    write_row(db, fold([opening]))
    return finish(db, actor, request, Done({"id": id, "state": OPEN, "revision": 1}, 201))


def answer_finding(
    db: Connection, actor: Actor, finding: str, *, words: str, request: Request, revision: int | None = None
) -> Done:
    """Say what is the matter, or what was done about it. Whoever raised it cannot answer it."""
    return _action(
        db,
        actor,
        finding,
        ANSWERED_IT,
        wanted=OPEN,
        refusal=refusal_to_answer,
        words=words,
        request=request,
        revision=revision,
    )


def ask_again(
    db: Connection, actor: Actor, finding: str, *, words: str, request: Request, revision: int | None = None
) -> Done:
    """The answer does not settle it: it is open once more."""
    return _action(
        db,
        actor,
        finding,
        ASKED_AGAIN,
        wanted=ANSWERED,
        refusal=refusal_to_judge,
        words=words,
        request=request,
        revision=revision,
    )


def close_finding(
    db: Connection, actor: Actor, finding: str, *, words: str, request: Request, revision: int | None = None
) -> Done:
    """The answer settles it. Whoever answered cannot close it."""
    return _action(
        db,
        actor,
        finding,
        CLOSED_IT,
        wanted=ANSWERED,
        refusal=refusal_to_judge,
        words=words,
        request=request,
        revision=revision,
    )


def _action(
    db: Connection,
    actor: Actor,
    finding: str,
    kind: str,
    *,
    wanted: str,
    refusal: Refusing,
    words: str,
    request: Request,
    revision: int | None,
) -> Done:
    row = find_seen(db, actor, finding)
    if refused := refusal(db, actor, row):
        raise refused
    said = said_words(words)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log, row = lock_seen(db, actor, finding, kind, wanted=wanted, refusal=refusal, revision=revision)
    role = Role.AUDITOR if kind in (ASKED_AGAIN, CLOSED_IT) else _role(db, actor, row)
    event = log.next_event(kind, actor.person, role=role, body={"words": said})
    append(db, log, [event], request.key_hash)
    columns = fold_again(db, finding)
    announce(db, finding, event.seq)
    return finish(db, actor, request, Done({"id": finding, "state": columns["state"], "revision": columns["revision"]}))


def lock_seen(
    db: Connection,
    actor: Actor,
    finding: str,
    kind: str,
    *,
    wanted: str,
    refusal: Refusing,
    revision: int | None,
) -> tuple[Log, Any]:
    """The log of a finding and its row, which nobody changes until the end of the transaction. Raises NotFound, CaseHasMoved where it is no
    more what was looked at, WrongState, and NotAllowed where it is refused by now."""
    log = lock_log(db, finding)
    row = find_seen(db, actor, finding, lock=True)
    if revision is not None and revision != row.revision:
        raise CaseHasMoved
    if row.state != wanted:
        raise WrongState(action=_ACTIONS[kind], why=reasons.audit.IN_STATE(state=row.state))
    if refused := refusal(db, actor, row):
        raise refused
    return log, row


def _role(db: Connection, actor: Actor, row: Any) -> str:
    case = load(db, row.case_id, "case")
    mine = [by.role for by in capacities(actor, case, case.main)]
    return next(role for role in (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE) if role in mine)


def said_words(words: str) -> str:
    """What somebody says, as it is kept. Raises InvalidForm."""
    said = words.strip()
    if not said:
        raise InvalidForm(fields={"words": reasons.fields.REQUIRED})
    if len(said) > LONGEST:
        raise InvalidForm(fields={"words": reasons.fields.LENGTH_BETWEEN(least=1, most=LONGEST)})
    if any(ord(letter) < 32 and letter not in "\n\r\t" or "\ud800" <= letter <= "\udfff" for letter in said):
        raise InvalidForm(fields={"words": reasons.fields.UNSTORABLE})
    return said
