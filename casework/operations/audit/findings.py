"""Findings: what an auditor found at an event of a case, and what became of it.

Each finding has a log of its own: its actions are events like any others, chained and verified, and the case's own
history, which an auditor may only read, stays as it was. Words are in the bodies, so that they can be erased.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine import two_person
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import Matter, Refusal
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound, WrongState
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased
from casework.operations.audit.views import FindingAction, FindingDetails, FindingMay, FindingRow
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.register_log import append
from casework.operations.core.views import row_as, to_named
from casework.permissions.actors import READS_ALL, Actor
from casework.permissions.visibility import MEDIATED, Sight
from casework.permissions.work import capacities, conflict
from casework.records.access_sql import mediated
from casework.records.case_loader import load
from casework.records.event_log import lock_log, new_log, now

RAISED, ANSWERED_IT, ASKED_AGAIN, CLOSED_IT = "raised", "answered", "asked_again", "closed"
#: What an auditor does, who has no part in what is judged.
JUDGING = frozenset({RAISED, ASKED_AGAIN, CLOSED_IT})
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATES = (OPEN, ANSWERED, CLOSED)
LONGEST = 4000
_ACTIONS = {
    ANSWERED_IT: reasons.actions.ANSWER_FINDING, ASKED_AGAIN: reasons.actions.REOPEN_FINDING,
    CLOSED_IT: reasons.actions.CLOSE_FINDING,
}  # fmt: skip


# --- the fold --------------------------------------------------------------------------------------------------------


def fold(events: Sequence[RegisterEvent]) -> JsonObject:
    """The row that a finding's log adds up to."""
    row: JsonObject = {}
    for n, event in enumerate(events, 1):
        row["revision"] = n
        words = event.body.get("words")
        words = None if isinstance(words, Erased) else words
        match event.kind:
            case "raised":
                row |= {
                    "id": event.log,
                    "programme_id": event.effects["programme"],
                    "case_id": event.effects["case"],
                    "seq": event.effects["seq"],
                    "state": OPEN,
                    "words": words,
                    "answer": None,
                    "raised_by": event.actor,
                    "raised_at": instant(event.at),
                    "answered_by": None,
                    "answered_at": None,
                    "closed_by": None,
                    "closed_at": None,
                }
            case "answered":
                row |= {
                    "state": ANSWERED,
                    "answer": words,
                    "answered_by": event.actor,
                    "answered_at": instant(event.at),
                }
            case "asked_again":
                row |= {"state": OPEN}
            case "closed":
                row |= {"state": CLOSED, "closed_by": event.actor, "closed_at": instant(event.at)}
    return row


# --- reading ---------------------------------------------------------------------------------------------------------

#: The findings of some programmes with their cases, the newest first.
_SELECT = f"""
    SELECT f.*, c.number, {titled("c")} AS title FROM findings f JOIN cases c ON c.id = f.case_id
    WHERE f.programme_id = ANY(CAST(:programmes AS uuid[])) {{more}}
    ORDER BY f.raised_at DESC, f.id DESC LIMIT :most
"""


def list_findings(
    db: Connection,
    actor: Actor,
    *,
    state: str | None = None,
    number: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[FindingRow]:
    """Findings in the programmes that the actor reads in full, the newest first; of one case where it is named."""
    most, more = insist_limit(limit), ""
    given: dict[str, Any] = {"programmes": _programmes(actor), "most": most + 1}
    if number is not None:
        case, level = find_case(db, actor, number)
        if level < Sight.ALL:
            raise NotFound("case")
        more, given["case"] = " AND f.case_id = CAST(:case AS uuid)", case.log
    if state is not None:
        more, given["state"] = more + " AND f.state = :state", state
    if keys := from_cursor(cursor, 2):
        more += " AND (f.raised_at, f.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(text(_SELECT.format(more=more)), given).all()
    shown, following = page(rows, most, lambda row: (row.raised_at, str(row.id)))
    return Page(items=_shown(db, shown), next=following)


def count_findings(db: Connection, actor: Actor) -> dict[str, int]:
    """How many there are in each state."""
    rows = db.execute(
        text("SELECT state, count(*) AS n FROM findings WHERE programme_id = ANY(CAST(:p AS uuid[])) GROUP BY state"),
        {"p": _programmes(actor)},
    )
    return dict.fromkeys(STATES, 0) | {row.state: row.n for row in rows}


def of_event(db: Connection, actor: Actor, number: str, seq: int) -> list[FindingRow]:
    """The findings about one event, for those who see the whole case; the caller has asked for that."""
    rows = db.execute(
        text(
            f"SELECT f.*, c.number, {titled('c')} AS title FROM findings f JOIN cases c ON c.id = f.case_id"
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
    row = _seen(db, actor, finding)
    rows = db.execute(
        text(
            "SELECT seq, at, kind, actor_id, header->>'role' AS role, body FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq"
        ),
        {"log": finding},
    ).all()
    names = names_of(db, {row.actor_id for row in rows})
    actions = [
        FindingAction(
            at=instant(row.at),
            kind=row.kind,
            role=row.role,
            words=(row.body.get("words") or {}).get("value"),
            actor=to_named(row.actor_id, names),
        )
        for row in rows
    ]
    may = FindingMay(
        answer=row.state == OPEN and _refusal_to_answer(db, actor, row) is None,
        close=row.state == ANSWERED and _refusal_to_judge(db, actor, row) is None,
    )
    return row_as(FindingDetails, _shown(db, [row])[0], actions=actions, may=may)


def _shown(db: Connection, rows: Sequence[Any]) -> list[FindingRow]:
    names = names_of(db, {id for row in rows for id in (row.raised_by, row.answered_by, row.closed_by)})
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
            revision=row.revision,
        )
        for row in rows
    ]


def _programmes(actor: Actor) -> list[str]:
    return sorted({m.programme for m in actor.memberships if m.programme and m.role in READS_ALL})


def _seen(db: Connection, actor: Actor, finding: str, *, lock: bool = False) -> Any:
    row = db.execute(
        text(
            f"SELECT f.*, c.number, {titled('c')} AS title FROM findings f JOIN cases c ON c.id = f.case_id WHERE f.id = CAST(:id AS uuid)"
            + (" FOR UPDATE OF f" if lock else "")
        ),
        {"id": finding},
    ).one_or_none()
    if row is None or row.programme_id not in _programmes(actor):
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
    said = _words(words)
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
        refusal=_refusal_to_answer,
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
        refusal=_refusal_to_judge,
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
        refusal=_refusal_to_judge,
        words=words,
        request=request,
        revision=revision,
    )


def _refusal_to_answer(db: Connection, actor: Actor, row: Any) -> NotAllowed | None:
    case = load(db, row.case_id, "case")
    mine = {by.role for by in capacities(actor, case, case.main)}
    in_role = bool(mine & {Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE})
    match two_person.refusal(Matter(row.raised_by), actor.person, in_role=in_role):
        case Refusal.ROLE:
            return NotAllowed(why=reasons.audit.ANSWERED_BY)
        case Refusal.PARTY:
            return NotAllowed(why=reasons.audit.RAISER)
    why = conflict(actor, case)
    return NotAllowed(why=why) if why else None


def insist_impartial(db: Connection, actor: Actor, log: str) -> None:
    """Raises NotAllowed for an auditor who once worked on what is to be judged, in whatever role, or who may have mediated."""
    if (why := _worked_on(db, actor, log)) is not None:
        raise why


def _worked_on(db: Connection, actor: Actor, log: str) -> NotAllowed | None:
    row = db.execute(_PARTIAL, {"log": log, "person": actor.person}).one()
    if row.acted:
        return NotAllowed(why=reasons.audit.WORKED_ON_IT)
    return NotAllowed(why=MEDIATED) if row.mediated else None


#: Whether a person has acted in a log, and whether they were among those who mediate when its case was opened.
_PARTIAL = text(f"""
    SELECT EXISTS (
        SELECT FROM events WHERE log_id = CAST(:log AS uuid)
        AND (actor_id = CAST(:person AS text) OR header->>'acting_for' = CAST(:person AS text))
    ) AS acted, EXISTS (
        SELECT FROM cases c WHERE c.id = CAST(:log AS uuid) AND {mediated("CAST(:person AS uuid)", "c.programme_id", "c.opened_at")}
    ) AS mediated
""")


def _refusal_to_judge(db: Connection, actor: Actor, row: Any) -> NotAllowed | None:
    in_role = actor.in_programme(row.programme_id, (Role.AUDITOR,))
    match two_person.refusal(Matter(row.answered_by), actor.person, in_role=in_role):
        case Refusal.ROLE:
            return NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.AUDITOR,)))
        case Refusal.PARTY:
            return NotAllowed(why=reasons.audit.ANSWERER)
    return _worked_on(db, actor, row.case_id)


def _action(
    db: Connection,
    actor: Actor,
    finding: str,
    kind: str,
    *,
    wanted: str,
    refusal: Callable[[Connection, Actor, Any], NotAllowed | None],
    words: str,
    request: Request,
    revision: int | None,
) -> Done:
    row = _seen(db, actor, finding)
    if refused := refusal(db, actor, row):
        raise refused
    said = _words(words)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, finding)
    row = _seen(db, actor, finding, lock=True)
    if revision is not None and revision != row.revision:
        raise CaseHasMoved
    if row.state != wanted:
        raise WrongState(action=_ACTIONS[kind], why=reasons.audit.IN_STATE(state=row.state))
    if refused := refusal(db, actor, row):
        raise refused
    role = Role.AUDITOR if wanted == ANSWERED else _role(db, actor, row)
    event = log.next_event(kind, actor.person, role=role, body={"words": said})
    append(db, log, [event], request.key_hash)
    columns = _next(row, event)
    write_row(db, columns)
    return finish(db, actor, request, Done({"id": finding, "state": columns["state"], "revision": columns["revision"]}))


def _role(db: Connection, actor: Actor, row: Any) -> str:
    case = load(db, row.case_id, "case")
    mine = [by.role for by in capacities(actor, case, case.main)]
    return next(role for role in (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE) if role in mine)


def _next(row: Any, event: RegisterEvent) -> JsonObject:
    columns = {name: getattr(row, name) for name in _COLUMNS}
    words = event.body["words"]
    match event.kind:
        case "answered":
            columns |= {"state": ANSWERED, "answer": words, "answered_by": event.actor, "answered_at": event.at}
        case "asked_again":
            columns |= {"state": OPEN}
        case _:
            columns |= {"state": CLOSED, "closed_by": event.actor, "closed_at": event.at}
    return columns | {"revision": row.revision + 1}


_COLUMNS = (
    "id", "programme_id", "case_id", "seq", "state", "words", "answer", "raised_by", "raised_at", "answered_by",
    "answered_at", "closed_by", "closed_at", "revision",
)  # fmt: skip


def write_row(db: Connection, row: JsonMapping) -> None:
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")
    plain = {name: instant(value) if hasattr(value, "isoformat") else value for name, value in row.items()}
    db.execute(
        text(
            f"INSERT INTO findings ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)}"
            f" FROM jsonb_populate_record(NULL::findings, CAST(:row AS jsonb)) ON CONFLICT (id) DO UPDATE SET {changed}"
        ),
        {"row": json.dumps(plain)},
    )


def _words(words: str) -> str:
    said = words.strip()
    if not said:
        raise InvalidForm(fields={"words": reasons.fields.REQUIRED})
    if len(said) > LONGEST:
        raise InvalidForm(fields={"words": reasons.fields.LENGTH_BETWEEN(least=1, most=LONGEST)})
    if any(ord(letter) < 32 and letter not in "\n\r\t" or "\ud800" <= letter <= "\udfff" for letter in said):
        raise InvalidForm(fields={"words": reasons.fields.UNSTORABLE})
    return said
