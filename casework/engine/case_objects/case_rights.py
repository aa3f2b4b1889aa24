"""Which IP rights a case is about: more of them, or fewer."""

from __future__ import annotations

from casework import reasons
from casework.engine.case_objects.encumbrances import standing
from casework.engine.execution.commands import ChangeRights
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.task_changes import commit
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import RIGHTS_CHANGED
from casework.errors import InvalidForm, WrongState

#: A right that was recorded was added, one was entered in the record for this case, or one was taken out.
ADDED, ENTERED, REMOVED = "added", "entered", "removed"
#: Who adds one, and who takes one out: that lets a check pass which it would hold up, so whoever works on the case does not do it.
ADDERS, REMOVERS = (Role.OFFICER, Role.SUPERVISOR), (Role.SUPERVISOR,)
#: A case is about so many at most.
MOST = 100


def change_rights(builder: EventBuilder, command: ChangeRights) -> None:
    """Reads the fact `rights`. Raises InvalidForm for what is there already, is not there, or is burdened by this case."""
    case = builder.case
    if case.closed_at is not None:
        raise WrongState(
            action=reasons.actions.REMOVE_RIGHTS if command.what == REMOVED else reasons.actions.ADD_RIGHTS,
            why=reasons.cases.CLOSED,
        )
    # Why one is entered for a case needs no words.
    body = {} if command.what == ENTERED else {"reason": line(command.reason, "reason")}
    rights = list(dict.fromkeys(command.rights))
    if not rights:
        raise InvalidForm(fields={"rights": reasons.fields.REQUIRED})
    if command.what != REMOVED and set(rights) & set(case.rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_IS_THERE})
    if command.what != REMOVED and len(rights) + len(case.rights) > MOST:
        raise InvalidForm(fields={"rights": reasons.catalogue.MOST_RIGHTS(most=MOST)})
    if command.what == REMOVED and not set(rights) <= set(case.rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_NOT_THERE})
    known = builder.context.facts["rights"]
    if command.what == REMOVED and any(names(case, right) for right in rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_NAMED_HERE})
    if command.what == REMOVED and any(standing(known[right]["encumbrances"], {}, case.log) for right in rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_BURDENED_HERE})
    after = list(after_change(case, command.what, rights))
    builder.begin(RIGHTS_CHANGED, None, {"what": command.what, "data": {"rights": rights}, "case_rights": after}, body)
    commit(builder)


def after_change(case: Case, what: str, rights: list[str]) -> tuple[str, ...]:
    """What the case is about once these were added or taken out."""
    if what in (ADDED, ENTERED):
        return (*case.rights, *rights)
    return tuple(right for right in case.rights if right not in rights)


def names(case: Case, right: str) -> bool:
    """Whether an answer that counts names the right: of a track that goes on, or of a proposal that waits."""
    answers = [fired.data for track in case.live_tracks() for fired in track.fired.values()]
    answers += [proposal.data for proposal in case.proposals.values()]
    return any(
        value == right or isinstance(value, list | tuple) and right in value
        for data in answers
        for value in data.values()
    )
