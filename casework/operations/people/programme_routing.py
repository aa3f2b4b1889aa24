"""The table by which a programme's queues give tasks: which is in force, who proposed and who agreed to each version, and what waits.

Proposals and versions are events of the programme's log. A task that is given keeps which version said what of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import REASON
from casework.engine.decision_tables.tables import Rule, Table, TableFault, to_json
from casework.engine.execution.guards import line
from casework.engine.roles import QUEUE_ROLES
from casework.engine.setting_proposals import PROPOSERS, Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.tasks.allocation import ANYBODY, IN_PROGRAMMES
from casework.engine.tasks.routing import EMPTY, fitted, notes_of, people_in, unsound, without_words
from casework.engine.tasks.routing_tables import FIRST_VERSION, NOTES, OF_ROUTING, ROUTING_ASKED, table_in, written
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, Refused
from casework.ledger.canonical_json import instant
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import called
from casework.operations.core.views import Named, NamedPerson, to_named
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.routing_views import (
    ProgrammeRouting,
    ProposedRouting,
    RoutingChanged,
    RoutingRow,
    RoutingShown,
    RoutingVersion,
)
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.operations.people.setting_decisions import (
    Decided,
    agreed_of,
    decide,
    people_of,
    read_proposals,
    reason_of,
    refusal_to_decide,
    waiting_of,
)
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme

#: How it is decided.
_DECIDED = Decided(
    kinds=OF_ROUTING, none_proposed=reasons.routing.NONE_PROPOSED, own_proposal=reasons.routing.OWN_PROPOSAL
)
#: Writes the table that is in force.
_KEEP = text("UPDATE programmes SET routing = CAST(:routing AS jsonb) WHERE id = CAST(:id AS uuid)")
#: Who works in a queue of a programme.
_PEOPLE = text(f"""
    SELECT p.id::text, {called("p")} AS name FROM people p WHERE p.active AND NOT p.service AND EXISTS (
        SELECT FROM memberships m WHERE m.person_id = p.id AND m.programme_id = CAST(:programme AS uuid) AND m.role = ANY(:roles)
        AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    ) ORDER BY 2, 1
""")
_ROLES = sorted({role for queue in IN_PROGRAMMES for role in QUEUE_ROLES[queue]})
#: The queues of a programme that give tasks to people by themselves.
_RULED = text("SELECT queue FROM allocations WHERE scope_id = CAST(:programme AS uuid) AND strategy <> 'none'")


def tables_of(proposals: Iterable[Proposal]) -> list[tuple[int, Table, Proposal | None]]:
    """The versions in order: number, table, and the proposal that was agreed to."""
    agreed = enumerate(agreed_of(proposals), start=1)
    return [(FIRST_VERSION, EMPTY, None), *((FIRST_VERSION + n, table_in(one), one) for n, one in agreed)]


# --- reading ---------------------------------------------------------------------------------------------------------


def show_routing(db: Connection, actor: Actor, programme: str) -> ProgrammeRouting:
    """The routing table of a programme, its versions and what is proposed. Raises NotFound."""
    insist_reads(actor, programme)
    proposals = read_proposals(db, programme, OF_ROUTING)
    versions = tables_of(proposals)
    number, table, _ = versions[-1]
    waiting = waiting_of(proposals)
    tables = [each for _, each, _ in versions] + ([table_in(waiting)] if waiting is not None else [])
    names = names_of(db, people_of(proposals) | {id for each in tables for _, id in people_in(each)})
    ruled = set(db.execute(_RULED, {"programme": programme}).scalars())
    return ProgrammeRouting(
        id=programme,
        version=told_last(db, programme, OF_ROUTING),
        number=number,
        shown=_shown(table, names),
        versions=[_version(here, versions[max(n - 1, 0)][1], names) for n, here in reversed(list(enumerate(versions)))],
        proposed=None if waiting is None else _proposed(actor, programme, waiting, table, names),
        people=read_people(db, programme),
        by_hand=[str(queue) for queue in IN_PROGRAMMES if queue not in ruled],
        mine=in_the_programme(actor, programme, PROPOSERS) is not None,
    )


def read_people(db: Connection, programme: str) -> list[NamedPerson]:
    """Whom a row may name: everybody who works in a queue of the programme now."""
    rows = db.execute(_PEOPLE, {"programme": programme, "roles": _ROLES})
    return [NamedPerson(id=row.id, name=row.name) for row in rows]


def _shown(table: Table, names: Mapping[str, str]) -> RoutingShown:
    return RoutingShown(
        hit_policy=table.hit_policy,
        rows=[_row(table, n, rule, names) for n, rule in enumerate(table.rules, 1)],
        otherwise=_named(table.outputs[0].default, names),
        table=to_json(table),
    )


def _row(table: Table, n: int, rule: Rule, names: Mapping[str, str]) -> RoutingRow:
    cells = {one.name: str(condition) for one, condition in zip(table.inputs, rule.conditions, strict=True)}
    return RoutingRow(number=n, cells=cells, to=_named(rule.outputs[0], names), note=rule.note)


def _named(said: object, names: Mapping[str, str]) -> Named | None:
    return None if said in (None, ANYBODY) else to_named(str(said), names)


def _changes(before: Table, after: Table, names: Mapping[str, str]) -> Iterator[RoutingChanged]:
    """The rows that come, go or change, in order."""
    was = [_row(before, n, rule, names) for n, rule in enumerate(before.rules, 1)]
    now = [_row(after, n, rule, names) for n, rule in enumerate(after.rules, 1)]

    def said(row: RoutingRow) -> str:
        asked = {name: cell for name, cell in row.cells.items() if cell != "-"}
        return json.dumps([asked, row.to and row.to.id, row.note], sort_keys=True)

    matcher = SequenceMatcher(None, [said(row) for row in was], [said(row) for row in now], autojunk=False)
    for what, first, last, begin, end in matcher.get_opcodes():
        if what == "equal":
            continue
        olds, news = was[first:last], now[begin:end]
        for n in range(max(len(olds), len(news))):
            yield RoutingChanged(before=olds[n] if n < len(olds) else None, after=news[n] if n < len(news) else None)


def _version(one: tuple[int, Table, Proposal | None], before: Table, names: Mapping[str, str]) -> RoutingVersion:
    number, table, proposal = one
    decided = proposal.decided if proposal is not None else None
    return RoutingVersion(
        number=number,
        changes=list(_changes(before, table, names)) if proposal is not None else [],
        since=instant(decided.at) if decided is not None else None,
        proposed_by=to_named(proposal.asked.actor, names) if proposal is not None else None,
        agreed_by=to_named(decided.actor, names) if decided is not None else None,
        reason=reason_of(proposal.asked) if proposal is not None else None,
    )


def _proposed(actor: Actor, programme: str, one: Proposal, table: Table, names: Mapping[str, str]) -> ProposedRouting:
    return ProposedRouting(
        shown=_shown(table_in(one), names),
        changes=list(_changes(table, table_in(one), names)),
        proposed_by=to_named(one.asked.actor, names),
        at=instant(one.asked.at),
        reason=reason_of(one.asked),
        decides=refusal_to_decide(actor, programme, one, agree=True) is None,
        own=one.asked.actor == actor.person,
    )


# --- setting ---------------------------------------------------------------------------------------------------------


def propose_routing(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    table: Table,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Propose another routing table, whole, to which somebody else must agree; what was proposed before and waits is replaced.

    Raises InvalidForm with what is wrong with it, and RecordHasMoved where something was proposed or decided after it was `seen`.
    """
    by = insist_sets(actor, programme)
    words = line(reason, REASON)
    table = _insist_sound(db, programme, table)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_ROUTING, seen)
    now = tables_of(read_proposals(db, programme, OF_ROUTING))[-1][1]
    if to_json(table) == to_json(now):
        raise Refused(reasons.routing.SAME)
    notes = notes_of(table)
    body = {REASON: words} | ({NOTES: notes} if notes else {})
    effects: RegisterEffects = {"routing_asked": without_words(table)}
    version = tell(db, log, by, ROUTING_ASKED, request, effects=effects, body=body)
    return finish(db, actor, request, Done({"id": programme, "version": version, "state": ASKED}, 201))


def _insist_sound(db: Connection, programme: str, table: Table) -> Table:
    """The table with the columns that are known here, where it decides every task and once, among those who work there."""
    try:
        table = fitted(table)
    except TableFault as fault:
        raise InvalidForm(fields=fault.faults) from fault
    known = {one.id for one in read_people(db, programme)}
    if faults := {place: reasons.routing.NOBODY(said=id) for place, id in people_in(table) if id not in known}:
        raise InvalidForm(fields=faults)
    if (wrong := unsound(table)) is not None:
        raise InvalidForm(fields={"rules": wrong})
    return table


def decide_routing(
    db: Connection, actor: Actor, programme: str, *, agree: bool, note: str, request: Request, seen: int
) -> Done:
    """Agree as the second person, from when on the table is in force; or do not, and say why. Who proposed it may take it back.

    Raises RecordHasMoved where something else was proposed or decided after it was `seen`.
    """

    def put_in_force(proposals: list[Proposal]) -> RegisterEffects:
        routing = written(tables_of(proposals)[-1][0] + 1, proposals[-1])
        db.execute(_KEEP, {"routing": json.dumps(routing), "id": programme})
        return {"routing": routing}

    return decide(
        db, actor, programme, _DECIDED, agree=agree, note=note, request=request, seen=seen, put_in_force=put_in_force
    )


__all__ = ["decide_routing", "propose_routing", "read_people", "show_routing", "tables_of"]
