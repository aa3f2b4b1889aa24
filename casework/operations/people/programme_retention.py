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
from casework.engine.execution.guards import line
from casework.engine.parts import MAIN, REFERRAL
from casework.engine.retention import (
    FIRST_VERSION,
    LONGEST_NAME,
    MOST_CLASSES,
    MOST_YEARS,
    OF_RETENTION,
    RETENTION_ASKED,
    SHIPPED,
    Fault,
    RetentionClass,
    classes_in,
    differences,
    fault_of,
    in_order,
    written,
)
from casework.engine.setting_proposals import PROPOSERS, Proposal
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, Refused
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
from casework.reasons import Why

#: How it is decided.
_DECIDED = Decided(
    kinds=OF_RETENTION, none_proposed=reasons.retention.NONE_PROPOSED, own_proposal=reasons.retention.OWN_PROPOSAL
)
#: Writes the classes that are in force.
_KEEP = text("UPDATE programmes SET retention = CAST(:retention AS jsonb) WHERE id = CAST(:id AS uuid)")
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
    Fault.FATE: reasons.fields.NOT_A_CHOICE,
    Fault.TOO_MANY: reasons.fields.AT_MOST(value=str(MOST_CLASSES)),
}
_FIELDS: Mapping[Fault, str] = {
    Fault.CODE: "code",
    Fault.TWICE: "code",
    Fault.NAME: "name",
    Fault.YEARS: "years",
    Fault.FATE: "fate",
}


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


def _versions(proposals: Iterable[Proposal]) -> list[tuple[int, Classes, Proposal | None]]:
    """The versions in order: number, classes, and the proposal that was agreed to."""
    return [
        (FIRST_VERSION, SHIPPED, None),
        *((FIRST_VERSION + n, classes_in(one), one) for n, one in enumerate(agreed_of(proposals), start=1)),
    ]


def show_retention(db: Connection, actor: Actor, programme: str) -> ProgrammeRetention:
    """The retention classes of a programme, their versions and what is proposed. Raises NotFound."""
    insist_reads(actor, programme)
    proposals = read_proposals(db, programme, OF_RETENTION)
    versions = _versions(proposals)
    number, classes, _ = versions[-1]
    names = names_of(db, people_of(proposals))
    waiting = waiting_of(proposals)
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
        fate=one.fate,
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
        reason=reason_of(proposal.asked) if proposal is not None else None,
    )


def _proposed(
    actor: Actor, programme: str, one: Proposal, classes: Classes, names: Mapping[str, str]
) -> ProposedRetention:
    return ProposedRetention(
        classes=[_shown(each) for each in classes_in(one)],
        changes=_changes(classes, classes_in(one)),
        proposed_by=to_named(one.asked.actor, names),
        at=instant(one.asked.at),
        reason=reason_of(one.asked),
        decides=refusal_to_decide(actor, programme, one, agree=True) is None,
        own=one.asked.actor == actor.person,
    )


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
    now = _versions(read_proposals(db, programme, OF_RETENTION))[-1][1]
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

    def put_in_force(proposals: list[Proposal]) -> RegisterEffects:
        retention = written(_versions(proposals)[-1][0] + 1, proposals[-1])
        db.execute(_KEEP, {"retention": json.dumps(retention), "id": programme})
        return {"retention": retention}

    return decide(
        db, actor, programme, _DECIDED, agree=agree, note=note, request=request, seen=seen, put_in_force=put_in_force
    )


__all__ = ["decide_retention", "kinds_offered", "outcomes_offered", "propose_retention", "show_retention"]
