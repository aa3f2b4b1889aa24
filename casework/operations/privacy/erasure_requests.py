"""Erasing a person: an administrator asks, a second person agrees, and a job takes out everything that names them.

Each erasure has a log of its own. What must be kept stands in the way, and is said with the day until which it does.
Actions, roles and moments are no words: they stay, under an id that names nobody any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import ERASED, SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import (
    AGREED,
    ASKED,
    DONE,
    REFUSED,
    Matter,
    Refusal,
    Step,
    follows,
    refusal,
    state_after,
)
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.json_values import JsonMapping, JsonObject, JsonValue
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of, when
from casework.operations.core.register_log import append
from casework.operations.core.views import row_as, to_named
from casework.operations.privacy.personal_data import Naming, checked_words
from casework.operations.privacy.personal_texts import find_texts
from casework.operations.privacy.retention import YEARS, find_duties
from casework.operations.privacy.views import ErasureDetails, ErasureRow
from casework.permissions.actors import Actor
from casework.records.event_log import Log, lock_log, new_log, now
from casework.records.row_security import whole

#: Kinds of events in an erasure's log, and the states that they lead to.
ASKED_FOR, AGREED_TO, REFUSED_IT, CARRIED_OUT = "erasure_asked", "erasure_agreed", "erasure_refused", "erasure_done"
_STEPS = {ASKED_FOR: Step.ASK, AGREED_TO: Step.AGREE, REFUSED_IT: Step.REFUSE, CARRIED_OUT: Step.CARRY_OUT}
STATES = (ASKED, AGREED, DONE, REFUSED)
BASES = ("request", "withdrawn", "needless", "order")
#: Who agrees; never who asked, nor whom it is about.
DECIDERS = (Role.COMPLIANCE, Role.MANAGER)
#: How long after the second person agreed everything must be gone.
WITHIN = timedelta(hours=24)
LONGEST = 2_000


# --- the fold --------------------------------------------------------------------------------------------------------


def fold(events: Iterable[RegisterEvent]) -> JsonObject:
    """The row that an erasure's log adds up to."""
    return reduce(_after, events, {})


def _after(row: JsonObject, event: RegisterEvent) -> JsonObject:
    """The row after one event more: what is written, and what a check adds up."""
    match event.kind:
        case "erasure_asked":
            return {
                "id": event.log,
                "programme_id": event.effects["programme"],
                "person_id": event.effects["person"],
                "basis": event.effects["basis"],
                "state": ASKED,
                "words": _said(event.body["words"]),
                "reason": _said(event.body["reason"]),
                "asked_by": event.actor,
                "asked_at": instant(event.at),
                "decided_by": None,
                "decided_at": None,
                "done_at": None,
                "archived": None,
            }
        case "erasure_agreed":
            return row | {"state": AGREED, "decided_by": event.actor, "decided_at": instant(event.at)}
        case "erasure_refused":
            # What must be kept refuses it by itself, too late for whoever agreed.
            by = row["decided_by"] if event.actor == SYSTEM_ACTOR else event.actor
            return row | {"state": REFUSED, "decided_by": by, "decided_at": instant(event.at)}
        case "erasure_done":
            return row | {
                "state": DONE,
                "done_at": instant(event.at),
                "archived": len(event.effects.get("sealed", ())),
            }
    return row


def _said(value: JsonValue) -> JsonValue:
    return None if isinstance(value, Erased) else value


def faults(events: Sequence[RegisterEvent]) -> list[tuple[int, str]]:
    """What could not have happened so: the number of the event, and why."""
    wrong, state, asker = list[tuple[int, str]](), None, None
    for event in events:
        if event.kind == ERASED:
            continue
        step = _STEPS.get(event.kind)
        if step is None or not follows(state, step):
            wrong.append((event.seq, f"{event.kind} does not follow here"))
        matter = Matter(asker, frozenset({event.effects.get("person")}))
        if event.kind == AGREED_TO and matter.is_party(event.actor):
            wrong.append((event.seq, "nobody agrees to what they asked for, or to what is about them"))
        if event.kind == ASKED_FOR:
            asker = event.actor
        state = state_after(step) if step else None
    return wrong


# --- actions -----------------------------------------------------------------------------------------------------------


@sensitive
def ask_erasure(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    person: str | None,
    words: Sequence[str],
    basis: str,
    reason: str,
    request: Request,
    years: int = YEARS,
) -> Done:
    """Ask that everything that names a person be erased; `words` name somebody without an account, or add to an account's.

    Raises Refused with what must be kept, and until when.
    """
    _insist_role(actor, programme, (Role.ADMINISTRATOR,))
    faults = {}
    if basis not in BASES:
        faults["basis"] = reasons.fields.NOT_A_CHOICE
    if not reason.strip() or len(reason) > LONGEST:
        faults["reason"] = reasons.fields.REQUIRED if not reason.strip() else reasons.fields.LONGEST(most=LONGEST)
    if faults:
        raise InvalidForm(fields=faults)
    named = naming_of(db, person, words)
    if not named.words:
        raise InvalidForm(fields={"words": reasons.privacy.REQUIRED_WITHOUT_ACCOUNT})
    if actor.person == person:
        raise NotAllowed(why=reasons.privacy.NOT_ONESELF)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if duties := find_duties(db, person, named, years=years):
        raise Refused(*duties)
    waiting = "SELECT 1 FROM erasures WHERE person_id = CAST(:person AS uuid) AND state IN ('asked', 'agreed')"
    if person and db.execute(text(waiting), {"person": person}).first():
        raise Refused(reasons.privacy.UNDER_WAY)
    id, moment = str(uuid_utils.uuid7()), now(db)
    effects: RegisterEffects = {"programme": programme, "person": person, "basis": basis}
    event = RegisterEvent(
        log=id,
        seq=1,
        at=moment,
        kind=ASKED_FOR,
        actor=actor.person,
        role=Role.ADMINISTRATOR,
        effects=effects,
        body={"words": list(named.words), "reason": reason.strip()},
    )
    # Of no programme: nobody who reads a programme's registers reads of whom it is.
    append(db, new_log(id, "erasure", None, moment), [event], request.key_hash)
    write_row(db, fold([event]))
    return finish(db, actor, request, Done({"id": id, "state": ASKED}, 201))


def naming_of(db: Connection, person: str | None, words: Sequence[str]) -> Naming:
    """The words that name a person: those given, and of an account its names and address. Raises NotFound."""
    own: list[str] = []
    if person is not None:
        row = db.execute(
            text("SELECT name, name_zh, email, erased_at FROM people WHERE id = CAST(:id AS uuid)"), {"id": person}
        ).one_or_none()
        if row is None:
            raise NotFound("person")
        if row.erased_at is not None:
            raise WrongState(action=reasons.actions.ERASE_PERSON, why=reasons.privacy.ERASED)
        own = [name for name in (row.name, row.name_zh, row.email) if name]
    return Naming(tuple(dict.fromkeys((*checked_words(own, "name"), *checked_words(words)))))


@sensitive
def decide_erasure(
    db: Connection, actor: Actor, erasure: str, *, agree: bool, note: str, request: Request, years: int = YEARS
) -> Done:
    """Agree as the second person, upon which it is carried out at once and cannot be undone; or do not agree."""
    row = _find(db, actor, erasure)
    _insist_role(actor, row.programme_id, DECIDERS)
    if refusal(_matter(row), actor.person, in_role=True) is Refusal.PARTY:
        raise NotAllowed(why=reasons.people.OWN_REQUEST)
    if len(note) > LONGEST or (not agree and not note.strip()):
        raise InvalidForm(
            fields={"note": reasons.fields.LONGEST(most=LONGEST) if note.strip() else reasons.fields.REQUIRED}
        )
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, erasure)
    row = _find(db, actor, erasure)
    if not _matter(row).waits:
        raise WrongState(action=reasons.actions.DECIDE_ON_ERASURE, why=reasons.people.IN_STATE(state=row.state))
    if agree and (duties := find_duties(db, row.person_id, Naming(tuple(row.words)), years=years)):
        raise Refused(*duties)
    role = next(decider for decider in DECIDERS if actor.in_programme(row.programme_id, (decider,)))
    kind = AGREED_TO if agree else REFUSED_IT
    append_action(
        db,
        log,
        kind,
        {"person": row.person_id},
        {"note": note.strip()},
        by=actor.person,
        role=role,
        key=request.key_hash,
    )
    return finish(db, actor, request, Done({"id": erasure, "state": AGREED if agree else REFUSED}))


def append_action(
    db: Connection,
    log: Log,
    kind: str,
    effects: RegisterEffects,
    body: JsonMapping,
    *,
    by: str = SYSTEM_ACTOR,
    role: str | None = None,
    key: str | None = None,
) -> None:
    """One more event of an erasure, whose log is locked, and its row after it."""
    event = log.next_event(kind, by, role=role, effects=effects, body=body)
    append(db, log, [event], key)
    before = db.execute(
        text("SELECT to_jsonb(e) FROM erasures e WHERE e.id = CAST(:id AS uuid)"), {"id": log.id}
    ).scalar_one()
    write_row(db, _after(before, event))


_COLUMNS = (
    "id", "programme_id", "person_id", "basis", "state", "words", "reason", "asked_by", "asked_at", "decided_by",
    "decided_at", "done_at", "archived",
)  # fmt: skip


def write_row(db: Connection, row: JsonMapping) -> None:
    """The row of an erasure, as its fold has it."""
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")
    db.execute(
        text(
            f"INSERT INTO erasures ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)}"
            f" FROM jsonb_populate_record(NULL::erasures, CAST(:row AS jsonb)) ON CONFLICT (id) DO UPDATE SET {changed}"
        ),
        {"row": json.dumps(row)},
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def list_erasures(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[ErasureRow]:
    """Erasures in the programmes whose administrator, compliance officer or manager the actor is, the newest first."""
    most = insist_limit(limit)
    given: dict[str, Any] = {"programmes": _programmes(actor), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = " AND (e.asked_at, e.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"SELECT e.* FROM erasures e WHERE e.programme_id = ANY(CAST(:programmes AS uuid[])){more}"
            " ORDER BY e.asked_at DESC, e.id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.asked_at, row.id))
    names = names_of(db, {person for row in shown for person in (row.person_id, row.asked_by, row.decided_by)})
    return Page(items=[_shown(row, names) for row in shown], next=following)


def show_erasure(db: Connection, actor: Actor, erasure: str, *, years: int = YEARS) -> ErasureDetails:
    """One erasure with why it was asked for, and whether the actor may decide on it. Raises NotFound."""
    row = _find(db, actor, erasure)
    names = names_of(db, {row.person_id, row.asked_by, row.decided_by})
    in_role = actor.in_programme(row.programme_id, DECIDERS)
    named = Naming(tuple(row.words)) if _matter(row).waits else None
    duties = find_duties(db, row.person_id, named, years=years) if named else []
    texts = _count_texts(db, erasure, row.person_id, named) if named else None
    return row_as(
        ErasureDetails,
        _shown(row, names),
        words=row.words,
        reason=row.reason,
        decides=refusal(_matter(row), actor.person, in_role=in_role) is None,
        kept=duties,
        texts=texts,
    )


def _count_texts(db: Connection, erasure: str, person: str | None, named: Naming) -> int:
    """How many texts of the history would go. Of sealed mediations none is counted: that would tell that there are any."""
    with whole(db):
        events_of = find_texts(db, person, named, but=("mediation",))
    return sum(len(event.fields) for log, events in events_of.items() if log != erasure for event in events)


def _shown(row: Any, names: Mapping[str, str]) -> ErasureRow:
    return ErasureRow(
        id=row.id,
        programme=row.programme_id,
        person=to_named(row.person_id, names),
        basis=row.basis,
        state=row.state,
        asked_by=to_named(row.asked_by, names),
        asked_at=instant(row.asked_at),
        decided_by=to_named(row.decided_by, names),
        decided_at=when(row.decided_at),
        done_at=when(row.done_at),
        archived=row.archived,
        due_at=when(row.decided_at + WITHIN) if row.state == AGREED else None,
    )


def _programmes(actor: Actor) -> list[str]:
    return sorted({m.programme for m in actor.memberships if m.programme and m.role in (Role.ADMINISTRATOR, *DECIDERS)})


def _matter(row: Any) -> Matter:
    return Matter(row.asked_by, frozenset({row.person_id}), row.state)


def _find(db: Connection, actor: Actor, erasure: str) -> Any:
    row = db.execute(text("SELECT * FROM erasures WHERE id = CAST(:id AS uuid)"), {"id": erasure}).one_or_none()
    if row is None or row.programme_id not in _programmes(actor):
        raise NotFound("erasure")
    return row


def _insist_role(actor: Actor, programme: str, roles: tuple[Role, ...]) -> None:
    if actor.own_role(programme, roles) is not None:
        return
    if programme not in _programmes(actor):
        raise NotFound("programme")
    raise NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=roles))
