"""The retention classes of a programme: which are in force, who proposed and who agreed to each version, and what waits.

Proposals and versions are events of the programme's log. What classes are called stands in the body of the proposal alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.letterheads import REASON
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.parts import MAIN, REFERRAL
from casework.engine.retention import (
    DECIDERS,
    FIRST_VERSION,
    LONGEST_NAME,
    MOST_CLASSES,
    MOST_YEARS,
    OF_RETENTION,
    PROPOSERS,
    RETENTION_ASKED,
    RETENTION_REFUSED,
    RETENTION_SET,
    SHIPPED,
    Fault,
    Proposal,
    RetentionClass,
    differences,
    fault_of,
    fold,
    in_order,
    written,
)
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.ledger.canonical_json import instant
from casework.operations.core.i18n import SERVICES
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.views import to_named
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.retention_views import (
    ClassChanged,
    ClassShown,
    ProgrammeRetention,
    ProposedRetention,
    RetentionVersion,
)
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.event_log import register_event_of
from casework.records.row_security import whole

#: What was proposed and decided of the retention classes of a programme, in order.
_EVENTS = text(
    "SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq"
)
#: Writes the classes that are in force.
_KEEP = text("UPDATE programmes SET retention = CAST(:retention AS jsonb) WHERE id = CAST(:id AS uuid)")
#: The longest reason for not agreeing.
LONGEST = 2_000
#: Of a sealed mediation nobody learns: no class asks whether there was one.
_UNASKED = frozenset({"mediation"})

Classes = Sequence[RetentionClass]


def kinds_offered() -> list[str]:
    """The services and workflows by which a class may take a case."""
    library = load_library()
    main = {
        name
        for name in library.newest
        if library.latest(name) and library[library.newest[name]].part in (MAIN, REFERRAL)
    }
    return sorted((set(SERVICES) | set(library.newest)) - main - _UNASKED)


def outcomes_offered() -> list[str]:
    """How a case may end."""
    edition = load_library().playing(MAIN)
    return sorted(edition.codes_of("outcome")) if edition is not None else []


#: What is said of each fault, and at which field of the class that has it.
_SAID: Mapping[Fault, Why] = {
    Fault.CODE: reasons.retention.CODE,
    Fault.TWICE: reasons.retention.TWICE,
    Fault.NAME: reasons.fields.LONGEST(most=LONGEST_NAME),
    Fault.YEARS: reasons.fields.BETWEEN(least="1", most=str(MOST_YEARS)),
    Fault.TAKES_NOTHING: reasons.retention.TAKES_NOTHING,
    Fault.TAKES_ALL: reasons.retention.TAKES_ALL,
    Fault.NO_OTHER: reasons.retention.NO_OTHER,
    Fault.TOO_MANY: reasons.fields.AT_MOST(value=str(MOST_CLASSES)),
}
_FIELDS: Mapping[Fault, str] = {Fault.CODE: "code", Fault.TWICE: "code", Fault.NAME: "name", Fault.YEARS: "years"}


def _insist_sound(classes: Classes, before: Classes) -> None:
    """That classes can be in force. What a class names may have been left out of the newest editions since. Raises InvalidForm."""
    if (fault := fault_of(classes)) is not None:
        raise InvalidForm(fields={_FIELDS.get(fault, "kinds"): _SAID[fault]})
    kinds = set(kinds_offered()).union(*(one.kinds for one in before))
    outcomes = set(outcomes_offered()).union(*(one.outcomes for one in before))
    for one in classes:
        if not one.kinds <= kinds:
            raise InvalidForm(fields={"kinds": reasons.fields.NOT_A_CHOICE})
        if not one.outcomes <= outcomes:
            raise InvalidForm(fields={"outcomes": reasons.fields.NOT_A_CHOICE})


def _events(db: Connection, programme: str) -> list[RegisterEvent]:
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": list(OF_RETENTION)}).all()
    return [register_event_of(row.header, row.effects, row.body) for row in rows]


def _versions(proposals: Iterable[Proposal]) -> list[tuple[int, Classes, Proposal | None]]:
    """The versions in order: number, classes, and the proposal that was agreed to."""
    agreed = [one for one in proposals if one.state == AGREED]
    return [
        (FIRST_VERSION, SHIPPED, None),
        *((FIRST_VERSION + n, one.classes, one) for n, one in enumerate(agreed, start=1)),
    ]


def show_retention(db: Connection, actor: Actor, programme: str) -> ProgrammeRetention:
    """The retention classes of a programme, their versions and what is proposed. Raises NotFound."""
    insist_reads(actor, programme)
    proposals = fold(_events(db, programme))
    versions = _versions(proposals)
    number, classes, _ = versions[-1]
    names = names_of(db, {event.actor for one in proposals for event in (one.asked, one.decided) if event is not None})
    waiting = proposals[-1] if proposals and proposals[-1].state == ASKED else None
    return ProgrammeRetention(
        id=programme,
        version=told_last(db, programme, OF_RETENTION),
        number=number,
        classes=[_shown(one) for one in classes],
        versions=[
            _version(here, versions[n - 1][1] if n else here[1], names)
            for n, here in reversed(list(enumerate(versions)))
        ],
        proposed=None if waiting is None else _proposed(actor, programme, waiting, classes, names),
        kinds=kinds_offered(),
        outcomes=outcomes_offered(),
        mine=in_the_programme(actor, programme, PROPOSERS) is not None,
    )


def _shown(one: RetentionClass) -> ClassShown:
    return ClassShown(
        code=one.code,
        name=one.name,
        name_zh=one.name_zh,
        years=one.years,
        kinds=sorted(one.kinds),
        outcomes=sorted(one.outcomes),
    )


def _changes(before: Classes, after: Classes) -> list[ClassChanged]:
    return [
        ClassChanged(code=code, before=_shown(was) if was else None, after=_shown(now) if now else None)
        for code, was, now in differences(before, after)
    ]


def _version(one: tuple[int, Classes, Proposal | None], before: Classes, names: Mapping[str, str]) -> RetentionVersion:
    number, classes, proposal = one
    decided = proposal.decided if proposal is not None else None
    return RetentionVersion(
        number=number,
        changes=_changes(before, classes),
        since=instant(decided.at) if decided is not None else None,
        proposed_by=to_named(proposal.asked.actor, names) if proposal is not None else None,
        agreed_by=to_named(decided.actor, names) if decided is not None else None,
        reason=_reason(proposal.asked) if proposal is not None else None,
    )


def _proposed(
    actor: Actor, programme: str, one: Proposal, classes: Classes, names: Mapping[str, str]
) -> ProposedRetention:
    return ProposedRetention(
        classes=[_shown(each) for each in one.classes],
        changes=_changes(classes, one.classes),
        proposed_by=to_named(one.asked.actor, names),
        at=instant(one.asked.at),
        reason=_reason(one.asked),
        decides=_refusal(actor, programme, one, agree=True) is None,
        own=one.asked.actor == actor.person,
    )


def _reason(event: RegisterEvent) -> str | None:
    said = event.body.get(REASON)
    return said if isinstance(said, str) else None


def _refusal(actor: Actor, programme: str, one: Proposal, *, agree: bool) -> Refusal | None:
    in_role = actor.own_role(programme, DECIDERS) is not None
    return refusal(one.matter, actor.person, in_role=in_role, agree=agree, withdrawable=True)


def propose_retention(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    classes: Sequence[RetentionClass],
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Propose other retention classes, all of them as they would be, to which somebody else must agree.

    What was proposed before and waits is replaced. Raises InvalidForm, and RecordHasMoved where something was proposed or decided after
    it was `seen`.
    """
    by = insist_sets(actor, programme)
    words = line(reason, REASON)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_RETENTION, seen)
    now = _versions(fold(_events(db, programme)))[-1][1]
    _insist_sound(classes, now)
    if not differences(now, classes):
        raise Refused(reasons.retention.SAME)
    body = {"names": {one.code: [one.name, one.name_zh] for one in classes}, REASON: words}
    version = tell(db, log, by, RETENTION_ASKED, request, effects={"retention_asked": in_order(classes)}, body=body)
    return finish(db, actor, request, Done({"id": programme, "version": version, "state": ASKED}, 201))


def decide_retention(
    db: Connection, actor: Actor, programme: str, *, agree: bool, note: str, request: Request, seen: int
) -> Done:
    """Agree as the second person, from when on the classes are in force; or do not, and say why. Who proposed may take them back.

    Raises RecordHasMoved where something else was proposed or decided after it was `seen`.
    """
    insist_reads(actor, programme)
    role = actor.own_role(programme, DECIDERS)
    if role is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=DECIDERS))
    if len(note) > LONGEST or (not agree and not note.strip()):
        why: Why = reasons.fields.LONGEST(most=LONGEST) if note.strip() else reasons.fields.REQUIRED
        raise InvalidForm(fields={"note": why})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, OF_RETENTION, seen)
    proposals = fold(_events(db, programme))
    if not proposals or proposals[-1].state != ASKED:
        raise Refused(reasons.retention.NONE_PROPOSED)
    if _refusal(actor, programme, proposals[-1], agree=agree) is Refusal.PARTY:
        raise NotAllowed(why=reasons.retention.OWN_PROPOSAL)
    body = {REASON: note.strip()} if note.strip() else {}
    by, number = By(actor.person, role), _versions(proposals)[-1][0]
    if not agree:
        version = tell(db, log, by, RETENTION_REFUSED, request, body=body)
        return finish(db, actor, request, Done({"id": programme, "version": version, "state": REFUSED}))
    retention = written(number + 1, proposals[-1])
    db.execute(_KEEP, {"retention": json.dumps(retention), "id": programme})
    version = tell(db, log, by, RETENTION_SET, request, effects={"retention": retention}, body=body)
    return finish(db, actor, request, Done({"id": programme, "version": version, "state": AGREED}))


__all__ = ["decide_retention", "kinds_offered", "outcomes_offered", "propose_retention", "show_retention"]
